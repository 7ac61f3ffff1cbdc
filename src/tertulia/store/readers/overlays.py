"""What is one reader's own in a topic that many read: votes, bookmarks, read state, levels; one statement for all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import BigInteger, ColumnElement, and_, cast, literal_column, null, or_, select

from tertulia.model.levels import Subject
from tertulia.model.topics import TopicState
from tertulia.store.engine import Tx, among, parameter, query
from tertulia.store.readers.bookmarks import POST, TOPIC
from tertulia.store.readers.topic_states import STATE
from tertulia.store.schema.posts import bookmarks, posts, votes
from tertulia.store.schema.tags import levels
from tertulia.store.schema.topics import topic_states

_VOTE, _POST, _TOPIC, _LEVEL, _STATE = range(5)


class Mine(msgspec.Struct, frozen=True):
    """A reader's own. `votes` are (value, created_at) and `marked` bookmark ids by post; `category_level` is the
    level chosen for the topic's category, `levels` those for it and for the topic's tags."""

    votes: dict[int, tuple[int, int]] = {}
    marked: dict[int, int] = {}
    topic_marked: bool = False
    category_level: int | None = None
    levels: frozenset[int] = frozenset()
    state: TopicState | None = None


def _row(kind: int, *columns: ColumnElement[Any]) -> list[Any]:
    """Columns of one kind, filled up to the width of the widest."""
    gaps = [cast(null(), BigInteger) for _ in range(len(STATE.names) - len(columns))]
    return [literal_column(str(kind), BigInteger).label("kind"), *columns, *gaps]


def _of(table: Any) -> ColumnElement[bool]:
    owned: ColumnElement[bool] = table.c.user_id == parameter("user_id")
    return owned


_MINE = query(
    lambda: (
        select(*_row(_STATE, *STATE.columns))
        .where(topic_states.c.topic_id == parameter("topic_id"), _of(topic_states))
        .union_all(
            select(*_row(_VOTE, votes.c.post_id, votes.c.value, votes.c.created_at)).where(
                among(votes.c.post_id, "ids"), _of(votes)
            ),
            select(*_row(_POST, bookmarks.c.subject_id, bookmarks.c.id)).where(
                _of(bookmarks), bookmarks.c.subject == POST, among(bookmarks.c.subject_id, "ids")
            ),
            select(*_row(_TOPIC, bookmarks.c.subject_id)).where(
                _of(bookmarks), bookmarks.c.subject == TOPIC, bookmarks.c.subject_id == parameter("topic_id")
            ),
            select(*_row(_TOPIC, posts.c.topic_id))
            .select_from(bookmarks.join(posts, posts.c.id == bookmarks.c.subject_id))
            .where(_of(bookmarks), bookmarks.c.subject == POST, posts.c.topic_id == parameter("topic_id")),
            select(*_row(_LEVEL, levels.c.subject, levels.c.level)).where(
                _of(levels),
                or_(
                    and_(levels.c.subject == int(Subject.CATEGORY), levels.c.subject_id == parameter("category_id")),
                    and_(levels.c.subject == int(Subject.TAG), among(levels.c.subject_id, "tag_ids")),
                ),
            ),
        )
    )
)


async def read_mine(
    tx: Tx, user_id: int, topic_id: int, *, post_ids: Sequence[int], category_id: int | None, tag_ids: Sequence[int]
) -> Mine:
    """Everything of the user's own in the topic and in these posts of it."""
    rows = await tx.alone(
        _MINE,
        user_id=user_id,
        topic_id=topic_id,
        ids=list(post_ids),
        category_id=category_id or 0,
        tag_ids=list(tag_ids),
    )
    if not rows:
        return Mine()
    of = {kind: [row[1:] for row in rows if row[0] == kind] for kind in (_VOTE, _POST, _TOPIC, _LEVEL, _STATE)}
    return Mine(
        votes={int(row[0]): (int(row[1]), int(row[2])) for row in of[_VOTE]},
        marked={int(row[0]): int(row[1]) for row in of[_POST]},
        topic_marked=bool(of[_TOPIC]),
        category_level=next((int(row[1]) for row in of[_LEVEL] if row[0] == int(Subject.CATEGORY)), None),
        levels=frozenset(int(row[1]) for row in of[_LEVEL]),
        state=STATE.maybe(of[_STATE][0] if of[_STATE] else None),
    )
