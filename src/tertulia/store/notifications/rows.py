"""Notifications written: told, marked as read, taken back. Lists and counts are in `reading.py`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, or_, select, update

from tertulia.model.notifications import HIGH_PRIORITY, NewNotification, Notification, NotificationKind
from tertulia.store.engine import Mapper, Tx, among, insert_query, parameter, query
from tertulia.store.schema.notifications import notifications, notifications_seen
from tertulia.store.writing.rows import change_row

NOTIFICATION = Mapper(Notification, notifications)
_MADE = (
    "user_id", "kind", "read", "high_priority", "created_at", "topic_id", "post_number", "post_id", "actor_id",
    "second_actor_id", "group_id", "count", "revision", "event_id", "given",
)  # fmt: skip
_OF_USER = notifications.c.user_id == parameter("user_id")

_INSERT = insert_query(notifications, *_MADE, ignore=True)
_INSERT_ONE = insert_query(notifications, *_MADE, returning="id")
_FIND = query(lambda: select(*NOTIFICATION.columns).where(notifications.c.id == parameter("notification_id")))
_DELETE = query(lambda: delete(notifications).where(among(notifications.c.id, "ids")))
_EARLIER = query(
    lambda: (
        select(*NOTIFICATION.columns)
        .where(notifications.c.topic_id == parameter("topic_id"), among(notifications.c.user_id, "user_ids"))
        .where(or_(notifications.c.post_id == parameter("post_id"), among(notifications.c.kind, "kinds")))
        .order_by(notifications.c.id)
    )
)
_SUMMARIES = query(
    lambda: delete(notifications).where(
        among(notifications.c.user_id, "user_ids"),
        notifications.c.kind == int(NotificationKind.GROUP_MESSAGE_SUMMARY),
        notifications.c.group_id == parameter("group_id"),
    )
)
_LIKES = query(
    lambda: (
        select(*NOTIFICATION.columns)
        .where(
            _OF_USER,
            notifications.c.post_id == parameter("post_id"),
            notifications.c.kind == int(NotificationKind.LIKED),
        )
        .order_by(notifications.c.id.desc())
    )
)
_LIKES_BY = query(
    lambda: (
        select(*NOTIFICATION.columns)
        .where(
            _OF_USER,
            notifications.c.actor_id == parameter("actor_id"),
            among(notifications.c.kind, "kinds"),
            notifications.c.created_at > parameter("since"),
        )
        .order_by(notifications.c.id.desc())
        .limit(20)
    )
)
_OF_POST = query(
    lambda: delete(notifications).where(
        or_(
            notifications.c.post_id == parameter("post_id"),
            and_(notifications.c.topic_id == parameter("topic_id"), notifications.c.post_number == parameter("number")),
        )
    )
)


def _read(*conditions: ColumnElement[bool]) -> Any:
    """Marks what is unread, so that a repeated call changes no row."""
    return query(lambda: update(notifications).where(_OF_USER, notifications.c.read == 0, *conditions).values(read=1))


_READ_ALL = _read()
_READ_SOME = _read(among(notifications.c.id, "ids"))
_READ_KINDS = _read(among(notifications.c.kind, "kinds"))
_IN_TOPIC = notifications.c.topic_id == parameter("topic_id")
_READ_POSTS = _read(_IN_TOPIC, among(notifications.c.post_number, "numbers"))
_READ_SPAN = _read(_IN_TOPIC, notifications.c.post_number.between(parameter("first"), parameter("last")))
_UNREAD = query(lambda: update(notifications).where(_OF_USER, among(notifications.c.id, "ids")).values(read=0))
_BEGIN_SEEN = insert_query(notifications_seen, "user_id", "notification_id", ignore=True)
_SEE = query(
    lambda: (
        update(notifications_seen)
        .where(notifications_seen.c.user_id == parameter("of_user"))
        .values(
            notification_id=case(
                (notifications_seen.c.notification_id < parameter("newest"), parameter("newest")),
                else_=notifications_seen.c.notification_id,
            )
        )
    )
)
_EDGE = query(
    lambda: (
        select(notifications.c.id)
        .where(_OF_USER)
        .order_by(notifications.c.id.desc())
        .limit(1)
        .offset(parameter("kept"))
    )
)
_OLDEST = query(
    lambda: delete(notifications).where(
        notifications.c.id.in_(
            select(notifications.c.id)
            .where(_OF_USER, notifications.c.id <= parameter("edge"))
            .order_by(notifications.c.id)
            .limit(parameter("limit"))
        )
    )
)


def _fields(new: NewNotification, *, now: int) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(new, name) for name in _MADE if name not in ("high_priority", "created_at")}
    return values | {"read": int(new.read), "high_priority": int(new.kind in HIGH_PRIORITY), "created_at": now}


async def insert_notifications(tx: Tx, rows: Iterable[NewNotification], *, now: int) -> None:
    """Tells each what it was not told of the same event yet."""
    await tx.many(_INSERT, [_fields(new, now=now) for new in rows])


async def insert_notification(tx: Tx, new: NewNotification, *, now: int) -> int:
    return int(await tx.value(_INSERT_ONE, **_fields(new, now=now)))


async def find_notification(tx: Tx, notification_id: int) -> Notification | None:
    """Whoever asks: callers look at whose it is."""
    return NOTIFICATION.maybe(await tx.one(_FIND, notification_id=notification_id))


async def update_notification(tx: Tx, notification_id: int, *, fields: Mapping[str, Any]) -> None:
    await change_row(tx, notifications, notification_id, fields=fields)


async def delete_notifications(tx: Tx, ids: Iterable[int]) -> None:
    await tx.run(_DELETE, ids=sorted(set(ids)))


async def list_earlier(
    tx: Tx, user_ids: Sequence[int], *, topic_id: int, post_id: int, kinds: Iterable[int]
) -> dict[int, list[Notification]]:
    """What these people were told about a post, and of the given kinds about its topic; oldest first, by person."""
    rows = await tx.all(
        _EARLIER, user_ids=list(user_ids), topic_id=topic_id, post_id=post_id, kinds=[int(kind) for kind in kinds]
    )
    found: dict[int, list[Notification]] = {}
    for one in NOTIFICATION.all(rows):
        found.setdefault(one.user_id, []).append(one)
    return found


async def delete_summaries(tx: Tx, user_ids: Sequence[int], *, group_id: int) -> None:
    """Takes the summaries of a group's messages back, before newer ones."""
    await tx.run(_SUMMARIES, user_ids=list(user_ids), group_id=group_id)


async def list_likes_of_post(tx: Tx, user_id: int, *, post_id: int) -> list[Notification]:
    """What the author was told of likes of one post; newest first."""
    return NOTIFICATION.all(await tx.all(_LIKES, user_id=user_id, post_id=post_id))


async def list_likes_by(tx: Tx, user_id: int, *, actor_id: int, kinds: Sequence[int], since: int) -> list[Notification]:
    """The 20 newest of these kinds that somebody was told of one person after `since` (ms)."""
    rows = await tx.all(_LIKES_BY, user_id=user_id, actor_id=actor_id, kinds=[int(kind) for kind in kinds], since=since)
    return NOTIFICATION.all(rows)


async def delete_of_post(tx: Tx, *, topic_id: int, post_id: int, number: int) -> None:
    """Takes back what a post caused, and what leads to it."""
    await tx.run(_OF_POST, topic_id=topic_id, post_id=post_id, number=number)


async def mark_read(tx: Tx, user_id: int, *, ids: Sequence[int] | None = None, kinds: Sequence[int] = ()) -> int:
    """Marks the given ones (of these kinds; without either, all) as read; answers how many were unread."""
    if ids is not None:
        return await tx.run(_READ_SOME, user_id=user_id, ids=list(ids))
    if kinds:
        return await tx.run(_READ_KINDS, user_id=user_id, kinds=list(kinds))
    return await tx.run(_READ_ALL, user_id=user_id)


async def mark_unread(tx: Tx, user_id: int, *, ids: Sequence[int]) -> None:
    await tx.run(_UNREAD, user_id=user_id, ids=list(ids))


async def mark_posts_read(tx: Tx, user_id: int, *, topic_id: int, numbers: Sequence[int]) -> None:
    """Whoever has read posts needs not be told of them."""
    if numbers:
        await tx.run(_READ_POSTS, user_id=user_id, topic_id=topic_id, numbers=list(numbers))


async def mark_spans_read(tx: Tx, spans: Iterable[tuple[int, int, int, int]]) -> None:
    """The same for (user id, topic id, first number, last number)."""
    await tx.many(
        _READ_SPAN,
        [
            {"user_id": user_id, "topic_id": topic_id, "first": first, "last": last}
            for user_id, topic_id, first, last in sorted(spans)
        ],
    )


async def save_seen(tx: Tx, seen: Iterable[tuple[int, int]]) -> None:
    """Notes (user id, id of the newest that they looked at); never backwards."""
    rows = sorted(seen)
    await tx.many(_BEGIN_SEEN, [{"user_id": user_id, "notification_id": 0} for user_id, _ in rows])
    await tx.many(_SEE, [{"of_user": user_id, "newest": newest} for user_id, newest in rows])


async def delete_oldest(tx: Tx, user_id: int, *, kept: int, limit: int) -> bool:
    """Deletes at most `limit` of those beyond the `kept` newest; False when none is left over."""
    edge = await tx.value(_EDGE, user_id=user_id, kept=kept)
    if edge is None:
        return False
    await tx.run(_OLDEST, user_id=user_id, edge=int(edge), limit=limit)
    return await tx.value(_EDGE, user_id=user_id, kept=kept) is not None
