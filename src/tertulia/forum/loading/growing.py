"""Topics in pieces: each piece leaves every counter right, so that a load may end after any of them.

For content that is made up as it is loaded (`forum/seeding`); whole topics of elsewhere are in `content.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from operator import itemgetter
from typing import Any

import msgspec

from tertulia.forum.unit import Unit
from tertulia.store.fulltext.loading import SearchRow, copy_texts
from tertulia.store.upkeep import growing
from tertulia.store.upkeep.loading import checkpoint_elsewhere, copy_values, widen_writer


class Rows(msgspec.Struct, frozen=True):
    """Rows of one table: two columns or more, and each row's values in their order."""

    columns: tuple[str, ...]
    values: list[tuple[Any, ...]]


class _Piece(msgspec.Struct, kw_only=True):
    """`texts` are as `copy_texts` takes them. `people` maps a user to posts, topics, likes received, likes given and
    the time of the last post (ms, 0 for none). `posters` and `states` may be there already, with other numbers."""

    category_id: int
    topic_id: int
    begun_at: int
    last_post: tuple[int, int]  # id, ms
    texts: list[SearchRow]
    people: dict[int, list[int]]
    posters: list[dict[str, int]]
    states: list[dict[str, int | None]]
    change: dict[str, int] | None = None  # of a topic that is here already
    tag_ids: tuple[int, ...] = ()

    @property
    def post_count(self) -> int:
        return len(self.texts)


class Growth(_Piece, kw_only=True):
    """Posts that a topic has more, with the topic where they are its first; rows of a table have the same columns."""

    rows: dict[str, list[dict[str, Any]]]


class Piece(_Piece, kw_only=True):
    """The same, as it is written; what a helper process hands over."""

    tables: dict[str, Rows]


class Slice(msgspec.Struct, kw_only=True):
    """Pieces put together, so that nothing is left to do while others wait but to write."""

    tables: dict[str, Rows]
    texts: list[SearchRow]
    changes: list[dict[str, int]]
    posters: list[dict[str, int]]
    states: list[dict[str, int | None]]
    categories: list[dict[str, int]]
    tags: Counter[int]
    people: dict[int, list[int]]
    topics: int

    @property
    def post_count(self) -> int:
        return len(self.texts)


def pack(growth: Growth) -> Piece:
    """Gives rows as their values only."""
    tables = {}
    for table, rows in growth.rows.items():
        if rows:
            columns = tuple(rows[0])
            tables[table] = Rows(columns, [*map(itemgetter(*columns), rows)])
    return Piece(
        category_id=growth.category_id,
        topic_id=growth.topic_id,
        begun_at=growth.begun_at,
        last_post=growth.last_post,
        texts=growth.texts,
        people=growth.people,
        posters=growth.posters,
        states=growth.states,
        change=growth.change,
        tag_ids=growth.tag_ids,
        tables=tables,
    )


def put_together(pieces: Sequence[Piece]) -> Slice:
    """One slice of these pieces, which are in the order of their posts."""
    tables: dict[str, Rows] = {}
    people: dict[int, list[int]] = {}
    for piece in pieces:
        for table, rows in piece.tables.items():
            tables.setdefault(table, Rows(rows.columns, [])).values.extend(rows.values)
        for user_id, more in piece.people.items():
            known = people.get(user_id)
            people[user_id] = more if known is None else _sum(known, more)
    return Slice(
        tables=tables,
        texts=[text for piece in pieces for text in piece.texts],
        changes=[piece.change for piece in pieces if piece.change is not None],
        posters=_posters(pieces),
        states=_states(pieces),
        categories=_categories(pieces),
        tags=Counter(tag for piece in pieces for tag in piece.tag_ids),
        people=people,
        topics=sum(piece.change is None for piece in pieces),
    )


async def load_slice(unit: Unit, ready: Slice) -> None:
    """Puts the slice. Raises UniqueViolation where somebody else took a number meanwhile."""
    await unit.write()
    for table, rows in ready.tables.items():
        await copy_values(unit.tx, table, rows.columns, rows.values)
    await copy_texts(unit.tx, ready.texts)
    await growing.grow_topics(unit.tx, ready.changes)
    await growing.grow_posters(unit.tx, ready.posters)
    await growing.grow_states(unit.tx, ready.states)
    await growing.grow_categories(unit.tx, ready.categories)
    await growing.grow_tags(unit.tx, ready.tags)
    await growing.grow_users(unit.tx, ready.people)


async def begin_growing(unit: Unit) -> None:
    """Lets this process write much: from now on `settle` moves what is written to its place, no commit does."""
    await widen_writer(unit.tx)


async def settle(unit: Unit) -> None:
    """Moves what was committed to its place, in a thread, while others may read and write (SQLite only)."""
    work = checkpoint_elsewhere(unit.ports.database)
    if work is not None:
        await unit.ports.offload.thread(work)


def _posters(pieces: Sequence[Piece]) -> list[dict[str, int]]:
    """One row for each person in a topic."""
    found: dict[tuple[int, int], dict[str, int]] = {}
    for piece in pieces:
        for row in piece.posters:
            key = row["topic_id"], row["user_id"]
            known = found.get(key)
            found[key] = row if known is None else row | {"post_count": known["post_count"] + row["post_count"]}
    return [*found.values()]


def _states(pieces: Sequence[Piece]) -> list[dict[str, int | None]]:
    """One row for each reader of a topic: the first visit of the first, all else of the last."""
    found: dict[tuple[int | None, int | None], dict[str, int | None]] = {}
    for row in (row for piece in pieces for row in piece.states):
        key = row["topic_id"], row["user_id"]
        known = found.get(key, row)
        found[key] = row | {"level": known["level"], "first_visited_at": known["first_visited_at"]}
    return [*found.values()]


def _categories(pieces: Sequence[Piece]) -> list[dict[str, int]]:
    """What each category has more, and what is newest of it, in the order of their ids."""
    found = []
    for category_id in sorted({piece.category_id for piece in pieces}):
        own = [piece for piece in pieces if piece.category_id == category_id]
        begun = max(own, key=lambda piece: (piece.begun_at, piece.topic_id))
        bumped = max(own, key=lambda piece: (piece.last_post[1], piece.topic_id))
        found.append(
            {
                "of_category": category_id,
                "began": sum(piece.change is None for piece in own),
                "posted": sum(piece.post_count for piece in own),
                "begun_at": begun.begun_at,
                "topic_id": begun.topic_id,
                "bumped_at": bumped.last_post[1],
                "post_id": bumped.last_post[0],
            }
        )
    return found


def _sum(one: list[int], other: list[int]) -> list[int]:
    return [one[0] + other[0], one[1] + other[1], one[2] + other[2], one[3] + other[3], max(one[4], other[4])]
