"""What must be awaited before a post is written: who is named in it, and its HTML.

Nothing is refused here; read next: `checking.py` for the rules, `references.py` for what is stored of it.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from tertulia.forum.cooking import CookContext, Cooked, cook, find_mentions
from tertulia.forum.groups.addressing import may_address
from tertulia.forum.groups.visibility import group_reader
from tertulia.forum.handles import handle_key
from tertulia.forum.oneboxes.finding import find_oneboxes
from tertulia.forum.page_forms.form import kept_form
from tertulia.forum.posts.texts import clean_raw, raw_key
from tertulia.forum.unit import Unit
from tertulia.forum.uploads.showing import image_box, read_cooked_uploads
from tertulia.forum.users.names import username_key
from tertulia.model.oneboxes import Place, ShownRef
from tertulia.store.groups import list_groups_by_keys
from tertulia.store.writing.references import list_named_users

INLINE_BYTES = 2_000  # longer texts cook for over a millisecond


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """A cleaned text, its HTML, and the ids of the people it may name, by lower-cased name."""

    raw: str
    raw_key: str
    cooked: Cooked
    page_html: str | None = None  # its form for pages, None when that is the HTML itself
    people: Mapping[str, int]
    groups: Mapping[str, int] = {}  # those that the author may mention
    shown: tuple[ShownRef, ...] = ()  # what its oneboxes and titles show something of
    asked: tuple[str, ...] = ()  # pages elsewhere that must be fetched to be shown

    def mentioned_groups(self) -> list[int]:
        """Ids of the groups it names, in order, each once."""
        return list(dict.fromkeys(self.groups[name] for name in self.cooked.group_mentions if name in self.groups))

    def mentioned(self) -> list[int]:
        """Ids of the people it names, in order, each once."""
        return list(dict.fromkeys(self.people[name] for name in self.cooked.mentions if name in self.people))

    def mention_count(self) -> int:
        return len(self.cooked.mentions) + len(self.cooked.group_mentions)


async def prepare_body(unit: Unit, raw: str, *, place: Place) -> Body:
    """Cleans and cooks a text with the names that exist now, and with what the place's readers may see of the
    addresses in it. Reads and waits, so call it before `unit.write()`."""
    text = clean_raw(raw)
    names = find_mentions(text)
    people = await list_named_users(unit.tx, {username_key(name) for name in names})
    groups = await _list_mentionable(unit, {handle_key(name) for name in names})
    known = {name: people[username_key(name)] for name in names if username_key(name) in people}
    mentionable = {name: groups[handle_key(name)] for name in names if handle_key(name) in groups}
    context = CookContext(
        base_url=unit.settings.process.base_url,
        usernames={name: shown for name, (_, shown) in known.items()},
        groups={name: shown for name, (_, shown) in mentionable.items()},
        uploads=await read_cooked_uploads(unit, text),
        image_box=image_box(unit),
        frames=unit.site.allowed_iframes,
    )
    cooked, page_html = await _cook(unit, text, context=context)
    # Which addresses stand bare is known once it is cooked; only a text that shows something of them is cooked twice.
    found = await find_oneboxes(unit, cooked.bare, place=place)
    if found.refs:
        context = msgspec.structs.replace(context, oneboxes=found.blocks, titles=found.titles)
        cooked, page_html = await _cook(unit, text, context=context)
    return Body(
        raw=text,
        raw_key=raw_key(text),
        cooked=cooked,
        page_html=page_html,
        people={name: user_id for name, (user_id, _) in known.items()},
        groups={name: group_id for name, (group_id, _) in mentionable.items()},
        shown=found.refs_of(cooked.boxed),
        asked=tuple(found.asked),
    )


async def _cook(unit: Unit, text: str, *, context: CookContext) -> tuple[Cooked, str | None]:
    if len(text) > INLINE_BYTES:
        return await unit.ports.offload.thread(lambda: _cook_now(text, context=context))
    return _cook_now(text, context=context)


def _cook_now(text: str, *, context: CookContext) -> tuple[Cooked, str | None]:
    cooked = cook(text, context=context)
    return cooked, kept_form(cooked.html)


async def _list_mentionable(unit: Unit, keys: set[str]) -> dict[str, tuple[int, str]]:
    """(id, name) by key, of the groups that the actor may mention."""
    groups = await list_groups_by_keys(unit.tx, keys) if keys else []
    if not groups:
        return {}
    owned = (await group_reader(unit)).owned_ids
    return {
        group.name_key: (group.id, group.name)
        for group in groups
        if may_address(unit, group, level=group.mentionable_level, owns=group.id in owned)
    }
