"""What must be awaited before a post is written: who is named in it, and its HTML.

Nothing is refused here; read next: `checking.py` for the rules, `references.py` for what is stored of it.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from tertulia.forum.cooking import CookContext, Cooked, cook, find_mentions
from tertulia.forum.handles import handle_key
from tertulia.forum.posts.texts import clean_raw, raw_key
from tertulia.forum.unit import Unit
from tertulia.forum.users.names import username_key
from tertulia.store.writing.references import list_named_groups, list_named_users

INLINE_BYTES = 2_000  # longer texts cook for over a millisecond


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """A cleaned text, its HTML, and the ids of the people it may name, by lower-cased name."""

    raw: str
    raw_key: str
    cooked: Cooked
    people: Mapping[str, int]

    def mentioned(self) -> list[int]:
        """Ids of the people it names, in order, each once."""
        return list(dict.fromkeys(self.people[name] for name in self.cooked.mentions if name in self.people))

    def mention_count(self) -> int:
        return len(self.cooked.mentions) + len(self.cooked.group_mentions)


async def prepare_body(unit: Unit, raw: str) -> Body:
    """Cleans and cooks a text with the names that exist now. Reads and waits, so call it before `unit.write()`."""
    text = clean_raw(raw)
    names = find_mentions(text)
    people = await list_named_users(unit.tx, {username_key(name) for name in names})
    groups = await list_named_groups(unit.tx, {handle_key(name) for name in names})
    known = {name: people[username_key(name)] for name in names if username_key(name) in people}
    mentionable = {
        name: groups[handle_key(name)][1]
        for name in names
        if handle_key(name) in groups and groups[handle_key(name)][2] > 0
    }
    context = CookContext(
        base_url=unit.settings.process.base_url,
        usernames={name: shown for name, (_, shown) in known.items()},
        groups=mentionable,
    )
    if len(text) > INLINE_BYTES:
        cooked = await unit.ports.offload.thread(lambda: cook(text, context=context))
    else:
        cooked = cook(text, context=context)
    return Body(
        raw=text,
        raw_key=raw_key(text),
        cooked=cooked,
        people={name: user_id for name, (user_id, _) in known.items()},
    )
