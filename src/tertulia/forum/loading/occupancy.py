"""What a load may not touch: which of its ids and names belong to somebody else already.

Rows that founding the forum made are no obstacle: they give way (`places.py`, `people.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TypeVar

import msgspec

from tertulia.forum.unit import Unit
from tertulia.model.categories import UNCATEGORIZED_ID
from tertulia.model.users import ADMIN_ID, SYSTEM_ID
from tertulia.store.upkeep import loading as store
from tertulia.store.upkeep.loading import list_known

WELCOME_TOPIC_ID = 1
WELCOME_POST_ID = 1
STAFF_CATEGORY_ID = 3
_CHUNK = 5000
ValueT = TypeVar("ValueT")


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a load wants to write. `usernames` maps the key of a name to the id it goes with."""

    user_ids: Collection[int] = ()
    usernames: dict[str, int] = {}
    category_ids: Collection[int] = ()
    topic_ids: Collection[int] = ()
    post_ids: Collection[int] = ()


class Clashes(msgspec.Struct, frozen=True, kw_only=True):
    """What is in the way. `usernames` maps the key of a taken name to the id that has it."""

    user_ids: tuple[int, ...] = ()
    usernames: dict[str, int] = {}
    category_ids: tuple[int, ...] = ()
    topic_ids: tuple[int, ...] = ()
    post_ids: tuple[int, ...] = ()

    @property
    def any(self) -> bool:
        return bool(self.user_ids or self.usernames or self.category_ids or self.topic_ids or self.post_ids)


class Highest(msgspec.Struct, frozen=True):
    """The highest ids in use."""

    user: int
    topic: int
    post: int
    category: int


async def find_clashes(unit: Unit, claim: Claim) -> Clashes:
    """Ids and names that the claim shares with rows which founding did not make. Reads only."""
    welcome = await has_only_welcome_topic(unit)
    taken: dict[str, int] = {}
    for names in _chunks(claim.usernames):
        found = await store.list_ids_by_key(unit.tx, "users", "username_key", wanted=names)
        # The admin moves when the load brings a user 1, so even the same id would be two users of one name.
        taken |= {
            key: user_id
            for key, user_id in found.items()
            if user_id != SYSTEM_ID and (user_id == ADMIN_ID or claim.usernames[key] != user_id)
        }
    return Clashes(
        user_ids=_without(await _known(unit, "users", claim.user_ids), (SYSTEM_ID, ADMIN_ID)),
        usernames=taken,
        category_ids=_without(
            await _known(unit, "categories", claim.category_ids),
            (UNCATEGORIZED_ID, STAFF_CATEGORY_ID) if welcome else (),
        ),
        topic_ids=_without(await _known(unit, "topics", claim.topic_ids), (WELCOME_TOPIC_ID,) if welcome else ()),
        post_ids=_without(await _known(unit, "posts", claim.post_ids), (WELCOME_POST_ID,) if welcome else ()),
    )


async def has_only_welcome_topic(unit: Unit) -> bool:
    """Whether the forum holds no more content than founding gives it: at most one post, by the system user."""
    highest = await find_highest(unit)
    if highest.topic > WELCOME_TOPIC_ID or highest.post > WELCOME_POST_ID:
        return False
    authors = await list_known(unit.tx, "posts", "user_id", wanted=[SYSTEM_ID])
    return highest.post == 0 or authors == [SYSTEM_ID]


async def find_highest(unit: Unit) -> Highest:
    """The highest ids that are in use, by noun."""
    tables = ("users", "topics", "posts", "categories")
    return Highest(*[await store.find_highest_id(unit.tx, table) for table in tables])


async def find_last_given(unit: Unit) -> Highest:
    """The highest ids that were ever given, by noun. From here on nobody else is given any until the unit ends."""
    await unit.write()
    tables = ("users", "topics", "posts", "categories")
    return Highest(*[await store.find_last_given_id(unit.tx, table) for table in tables])


async def _known(unit: Unit, table: str, wanted: Collection[int]) -> list[int]:
    found: list[int] = []
    for ids in _chunks(wanted):
        found.extend(await list_known(unit.tx, table, "id", wanted=ids))
    return found


def _chunks(values: Collection[ValueT]) -> Iterator[list[ValueT]]:
    whole = list(values)
    for start in range(0, len(whole), _CHUNK):
        yield whole[start : start + _CHUNK]


def _without(found: Collection[int], free: Collection[int]) -> tuple[int, ...]:
    return tuple(each for each in found if each not in free)
