"""Tags made, renamed and deleted by staff. Tags that come to be by using them are made in `tagging.py`."""

from __future__ import annotations

import msgspec

from tertulia.forum.characters import remove_invisible
from tertulia.forum.permissions import allow
from tertulia.forum.staff_actions import log_staff_action
from tertulia.forum.tags.names import check_tag, tag_key
from tertulia.forum.unit import Unit
from tertulia.model.errors import TagExists, TagMissing
from tertulia.model.events import TagCreated, TagDeleted, TagUpdated
from tertulia.model.tags import Tag
from tertulia.store import tags as store

MAXIMUM_DESCRIPTION = 1_000


async def create_tag(unit: Unit, name: str, *, description: str = "") -> Tag:
    """A new tag that no topic carries yet. Raises NotAllowed, TagNameInvalid, TagTooLong, TagExists."""
    allow(unit, "tag.edit")
    checked = _check(unit, name)
    key = tag_key(checked)
    text = _describe(description)
    await unit.write()
    if await store.lock_tag(unit.tx, key) is not None:
        raise TagExists(name=checked)
    tag_id = await store.insert_tag(unit.tx, name=checked, name_key=key, description=text, now=unit.now)
    unit.tell(TagCreated(tag_id=tag_id, name=checked))
    await log_staff_action(unit, "create_tag", subject=checked)
    return Tag(tag_id, checked, key, text, 0, unit.now)


async def rename_tag(unit: Unit, name: str, *, new_name: str | None = None, description: str | None = None) -> Tag:
    """Gives a tag another name or description; None leaves them. Its topics keep it.

    Raises NotAllowed, TagMissing, TagNameInvalid, TagTooLong, TagExists."""
    allow(unit, "tag.edit")
    checked = None if new_name is None else _check(unit, new_name)
    await unit.write()
    tag = await _lock(unit, name)
    wanted = tag
    if checked is not None:
        wanted = msgspec.structs.replace(wanted, name=checked, name_key=tag_key(checked))
        if wanted.name_key != tag.name_key and await store.lock_tag(unit.tx, wanted.name_key) is not None:
            raise TagExists(name=checked)
    if description is not None:
        wanted = msgspec.structs.replace(wanted, description=_describe(description))
    if wanted != tag:
        await store.update_tag(unit.tx, wanted)
        unit.tell(TagUpdated(tag_id=tag.id, name=wanted.name))
        await log_staff_action(unit, "renamed_tag", subject=wanted.name, before=tag.name, after=wanted.name)
    return wanted


async def delete_tag(unit: Unit, name: str) -> None:
    """Deletes a tag and takes it off its topics. Raises NotAllowed, TagMissing."""
    allow(unit, "tag.edit")
    await unit.write()
    tag = await _lock(unit, name)
    await store.delete_tag(unit.tx, tag.id)
    unit.tell(TagDeleted(tag_id=tag.id, name=tag.name, tag=tag))
    await log_staff_action(unit, "deleted_tag", subject=tag.name)


async def _lock(unit: Unit, name: str) -> Tag:
    tag = await store.lock_tag(unit.tx, tag_key(remove_invisible(name[:400])))
    if tag is None:
        raise TagMissing()
    return tag


def _check(unit: Unit, name: str) -> str:
    site = unit.site
    return check_tag(name, maximum=site.max_tag_length, force_lowercase=site.force_lowercase_tags)


def _describe(text: str) -> str:
    return remove_invisible(text[:MAXIMUM_DESCRIPTION]).strip()
