"""Small facts that come with reading, written in bulk: views of topics, uses of keys, when users were last seen."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import and_, case, func, select, update

from tertulia.store.engine import Tx, among, insert_query, parameter, query, upsert_query
from tertulia.store.schema.keys import keys
from tertulia.store.schema.topics import topic_states, topic_views, topics
from tertulia.store.schema.users import user_visits, users

_RECENT_VIEWS = query(
    lambda: select(topic_views.c.topic_id, topic_views.c.viewer).where(
        among(topic_views.c.topic_id, "topic_ids"),
        among(topic_views.c.viewer, "viewers"),
        topic_views.c.viewed_at > parameter("since"),
    )
)
_SAVE_VIEW = upsert_query(
    topic_views,
    columns=("topic_id", "viewer", "viewed_at"),
    key=("topic_id", "viewer"),
    update=("viewed_at",),
)
_COUNT_VIEWS = query(
    lambda: update(topics).where(topics.c.id == parameter("topic_id")).values(views=topics.c.views + parameter("count"))
)
_BEGIN_STATE = insert_query(topic_states, "topic_id", "user_id", ignore=True)
_ENTERED = query(
    lambda: select(topic_states.c.user_id, topic_states.c.topic_id).where(
        among(topic_states.c.user_id, "user_ids"),
        among(topic_states.c.topic_id, "topic_ids"),
        topic_states.c.first_visited_at.is_not(None),
    )
)
_VISIT = query(
    lambda: (
        update(topic_states)
        .where(topic_states.c.topic_id == parameter("topic_id"), topic_states.c.user_id == parameter("user_id"))
        .values(
            first_visited_at=func.coalesce(topic_states.c.first_visited_at, parameter("at")),
            last_visited_at=parameter("at"),
        )
    )
)
_COUNT_ENTERED = query(
    lambda: (
        update(users)
        .where(users.c.id == parameter("user_id"))
        .values(topics_entered=users.c.topics_entered + parameter("count"))
    )
)
_USE_KEY = query(
    lambda: (
        update(keys)
        .where(keys.c.id == parameter("key_id"))
        .values(
            last_used_at=parameter("at"),
            last_used_address=parameter("address", str),
            last_used_agent=parameter("agent", str),
        )
    )
)
_BIND_KEY = query(
    lambda: update(keys).where(keys.c.id == parameter("key_id")).values(client_id=parameter("client_id", str))
)
_LOCK_USERS = query(lambda: select(users.c.id).where(among(users.c.id, "ids")).order_by(users.c.id).with_for_update())
_SEE = query(
    lambda: (
        update(users)
        .where(users.c.id == parameter("user_id"))
        .values(
            last_seen_at=case(
                (and_(users.c.last_seen_at.is_not(None), users.c.last_seen_at > parameter("at")), users.c.last_seen_at),
                else_=parameter("at"),
            )
        )
    )
)
_VISITED = query(
    lambda: select(user_visits.c.user_id, user_visits.c.day).where(
        among(user_visits.c.user_id, "user_ids"), among(user_visits.c.day, "days")
    )
)
_SAVE_DAY = insert_query(user_visits, "user_id", "day", ignore=True)
_COUNT_DAY = query(
    lambda: (
        update(users)
        .where(users.c.id == parameter("user_id"))
        .values(days_visited=users.c.days_visited + parameter("count"))
    )
)


async def lock_users(tx: Tx, user_ids: Iterable[int]) -> None:
    """Locks users by ascending id, before any of them is changed."""
    await tx.all(_LOCK_USERS, ids=sorted(set(user_ids)))


async def list_recent_views(
    tx: Tx, *, topic_ids: Iterable[int], viewers: Iterable[str], since: int
) -> set[tuple[int, str]]:
    """(topic id, viewer) of views that counted after `since` (ms)."""
    rows = await tx.all(_RECENT_VIEWS, topic_ids=sorted(set(topic_ids)), viewers=sorted(set(viewers)), since=since)
    return {(int(row[0]), str(row[1])) for row in rows}


async def save_views(tx: Tx, views: Iterable[tuple[int, str, int]]) -> None:
    """Counts (topic id, viewer, at) as one view each."""
    rows = sorted(views)
    counts: dict[int, int] = {}
    for topic_id, _, _ in rows:
        counts[topic_id] = counts.get(topic_id, 0) + 1
    await tx.many(_COUNT_VIEWS, [{"topic_id": topic_id, "count": count} for topic_id, count in sorted(counts.items())])
    await tx.many(
        _SAVE_VIEW, [{"topic_id": topic_id, "viewer": viewer, "viewed_at": at} for topic_id, viewer, at in rows]
    )


async def save_visits(tx: Tx, visits: Iterable[tuple[int, int, int]]) -> None:
    """Notes that (topic id, user id, at) opened the topic; a first visit counts for the user."""
    rows = sorted(visits)
    if not rows:
        return
    entered = await tx.all(
        _ENTERED, user_ids=sorted({user_id for _, user_id, _ in rows}), topic_ids=sorted({row[0] for row in rows})
    )
    known = {(int(row[1]), int(row[0])) for row in entered}
    await tx.many(_BEGIN_STATE, [{"topic_id": topic_id, "user_id": user_id} for topic_id, user_id, _ in rows])
    await tx.many(_VISIT, [{"topic_id": topic_id, "user_id": user_id, "at": at} for topic_id, user_id, at in rows])
    counts: dict[int, int] = {}
    for topic_id, user_id, _ in rows:
        if (topic_id, user_id) not in known:
            counts[user_id] = counts.get(user_id, 0) + 1
    await tx.many(_COUNT_ENTERED, [{"user_id": user_id, "count": count} for user_id, count in sorted(counts.items())])


async def save_key_uses(tx: Tx, uses: Iterable[tuple[int, int, str, str]]) -> None:
    """Notes the last use of keys: (key id, at, address, agent)."""
    await tx.many(
        _USE_KEY,
        [
            {"key_id": key_id, "at": at, "address": address, "agent": agent}
            for key_id, at, address, agent in sorted(uses)
        ],
    )


async def save_key_clients(tx: Tx, clients: Iterable[tuple[int, str]]) -> None:
    """Notes which program uses a key now: (key id, client id)."""
    await tx.many(_BIND_KEY, [{"key_id": key_id, "client_id": client_id} for key_id, client_id in sorted(clients)])


async def save_seen(tx: Tx, seen: Iterable[tuple[int, int]], *, day: int) -> None:
    """Notes when users were last seen: (user id, at); `day` in days since the epoch counts once per user."""
    rows = sorted(seen)
    if not rows:
        return
    await tx.many(_SEE, [{"user_id": user_id, "at": at} for user_id, at in rows])
    visited = await tx.all(_VISITED, user_ids=[user_id for user_id, _ in rows], days=[day])
    fresh = sorted({user_id for user_id, _ in rows} - {int(row[0]) for row in visited})
    await tx.many(_SAVE_DAY, [{"user_id": user_id, "day": day} for user_id in fresh])
    await tx.many(_COUNT_DAY, [{"user_id": user_id, "count": 1} for user_id in fresh])
