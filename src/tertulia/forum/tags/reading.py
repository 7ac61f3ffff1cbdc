"""Tags read: all, one, and those that begin with some letters.

A tag that only topics carry which the reader cannot see is missing, as if it did not exist.
"""

from __future__ import annotations

from tertulia.forum.characters import remove_invisible
from tertulia.forum.permissions import able
from tertulia.forum.tags.names import clean_tag, tag_key
from tertulia.forum.unit import Unit
from tertulia.model.errors import TagMissing
from tertulia.model.levels import Subject
from tertulia.model.tags import Tag, TagList, TagRef, TagView
from tertulia.store import tags as store
from tertulia.store.levels import find_level

MAXIMUM_LIST = 2_000
MAXIMUM_FOUND = 100


async def list_tags(unit: Unit) -> TagList:
    """The tags of public topics, the commonest first; staff also see the others. At most 2,000."""
    found = await store.list_tags(unit.tx, visibility=unit.actor.visibility, limit=MAXIMUM_LIST)
    return TagList(tags=tuple(found), can_create=able(unit, "tag.create"), can_admin=able(unit, "tag.edit"))


async def find_tag(unit: Unit, name: str) -> Tag:
    """The tag of that name, however it is written. Raises TagMissing."""
    found = await store.find_tag(unit.tx, tag_key(remove_invisible(name[:400])), visibility=unit.actor.visibility)
    if found is None:
        raise TagMissing()
    return found


async def read_tag(unit: Unit, name: str) -> TagView:
    """One tag with the actor's level in it. Raises TagMissing."""
    tag = await find_tag(unit, name)
    level = None
    if unit.actor.user_id is not None:
        level = await find_level(unit.tx, unit.actor.user_id, subject=Subject.TAG, subject_id=tag.id)
    return TagView(tag=tag, level=level, can_edit=able(unit, "tag.edit"))


async def search_tags(unit: Unit, term: str, *, limit: int) -> tuple[TagRef, ...]:
    """Tags whose name begins with `term` (all for an empty one), the commonest first; at most 100."""
    bounded = max(1, min(limit, MAXIMUM_FOUND))
    prefix = tag_key(clean_tag(term, maximum=100))
    visibility = unit.actor.visibility
    if prefix:
        return tuple(await store.search_tags(unit.tx, prefix, visibility=visibility, limit=bounded))
    if term.strip():
        return ()
    found = await store.list_tags(unit.tx, visibility=visibility, limit=bounded)
    return tuple(TagRef(tag.id, tag.name, tag.topic_count) for tag in found)
