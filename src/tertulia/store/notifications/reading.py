"""Notifications as their owners read them: only those about what can still be seen."""

from __future__ import annotations

import functools
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select

from tertulia.model.actor import Visibility
from tertulia.model.notifications import Notification
from tertulia.store.engine import Query, Tx, among, parameter, query
from tertulia.store.notifications.rows import NOTIFICATION
from tertulia.store.posts_reading import whisper_is_visible
from tertulia.store.schema.notifications import notifications, notifications_seen
from tertulia.store.schema.posts import posts
from tertulia.store.schema.topics import topics
from tertulia.store.visibility import topic_is_visible, values

_SOURCE = notifications.outerjoin(topics, topics.c.id == notifications.c.topic_id).outerjoin(
    posts, posts.c.id == notifications.c.post_id
)
_MOST_UNREAD = 400  # source: upstream counts no further


class Found(msgspec.Struct, frozen=True):
    """A notification with what its topic and post are called now."""

    notification: Notification
    topic_title: str | None
    fancy_title: str | None
    slug: str | None
    post_type: int | None


class ListSpec(msgspec.Struct, frozen=True, kw_only=True):
    """What decides the text of the query. `urgent`: only those that are unread and important, or only the others."""

    read: bool | None = None
    kinds: bool = False
    urgent: bool | None = None


def _visible() -> ColumnElement[bool]:
    """Nobody hears of what was deleted, though staff could see it."""
    topic = and_(topics.c.deleted_at.is_(None), topic_is_visible())
    post = and_(posts.c.deleted_at.is_(None), whisper_is_visible())
    return and_(
        or_(notifications.c.topic_id.is_(None), topic),
        or_(notifications.c.post_id.is_(None), post),
    )


def _chosen(spec: ListSpec) -> list[ColumnElement[bool]]:
    clauses = [notifications.c.user_id == parameter("user_id"), _visible()]
    urgent = and_(notifications.c.read == 0, notifications.c.high_priority == 1)
    if spec.read is not None:
        clauses.append(notifications.c.read == int(spec.read))
    if spec.kinds:
        clauses.append(among(notifications.c.kind, "kinds"))
    if spec.urgent is not None:
        clauses.append(urgent if spec.urgent else not_(urgent))
    return clauses


@functools.cache
def _page(spec: ListSpec) -> Query:
    def build() -> Select[Any]:
        named = (topics.c.title, topics.c.fancy_title, topics.c.slug, posts.c.post_type)
        chosen = select(*NOTIFICATION.columns, *named).select_from(_SOURCE).where(*_chosen(spec))
        return chosen.order_by(notifications.c.id.desc()).limit(parameter("limit")).offset(parameter("offset"))

    return query(build)


@functools.cache
def _total(spec: ListSpec) -> Query:
    return query(lambda: select(func.count(notifications.c.id)).select_from(_SOURCE).where(*_chosen(spec)))


def _unread() -> Select[Any]:
    newest = (
        select(notifications.c.id, notifications.c.kind, notifications.c.high_priority)
        .select_from(_SOURCE)
        .where(notifications.c.user_id == parameter("user_id"), notifications.c.read == 0, _visible())
        .order_by(notifications.c.id.desc())
        .limit(_MOST_UNREAD)
        .subquery()
    )
    seen = (
        select(notifications_seen.c.notification_id)
        .where(notifications_seen.c.user_id == parameter("user_id"))
        .scalar_subquery()
    )
    return select(newest.c.id, newest.c.kind, newest.c.high_priority, func.coalesce(seen, 0))


_UNREAD = query(_unread)
_SEEN = query(
    lambda: select(notifications_seen.c.notification_id).where(notifications_seen.c.user_id == parameter("user_id"))
)


async def list_notifications(
    tx: Tx,
    user_id: int,
    spec: ListSpec,
    *,
    kinds: tuple[int, ...] = (),
    window: tuple[int, int],
    visibility: Visibility,
) -> list[Found]:
    """Newest first; `window` is (offset, limit)."""
    offset, limit = window
    arguments = {"kinds": list(kinds)} if spec.kinds else {}
    rows = await tx.all(_page(spec), user_id=user_id, offset=offset, limit=limit, **arguments, **values(visibility))
    width = len(NOTIFICATION)
    return [Found(NOTIFICATION.one(row), *row[width:]) for row in rows]


_ONE = query(
    lambda: (
        select(*NOTIFICATION.columns, topics.c.title, topics.c.fancy_title, topics.c.slug, posts.c.post_type)
        .select_from(_SOURCE)
        .where(notifications.c.id == parameter("notification_id"), _visible())
    )
)


async def find_visible(tx: Tx, notification_id: int, *, visibility: Visibility) -> Found | None:
    """One, when the reader can see what it is about; whose it is, callers ask."""
    row = await tx.one(_ONE, notification_id=notification_id, **values(visibility))
    width = len(NOTIFICATION)
    return None if row is None else Found(NOTIFICATION.one(row), *row[width:])


async def count_notifications(
    tx: Tx, user_id: int, spec: ListSpec, *, kinds: tuple[int, ...] = (), visibility: Visibility
) -> int:
    """How many the list has in all its pages."""
    arguments = {"kinds": list(kinds)} if spec.kinds else {}
    return int(await tx.value(_total(spec), user_id=user_id, **arguments, **values(visibility)))


async def list_unread(tx: Tx, user_id: int, *, visibility: Visibility) -> list[tuple[int, int, bool, int]]:
    """(id, kind, whether important, newest id that was looked at) of the 400 newest unread ones."""
    rows = await tx.all(_UNREAD, user_id=user_id, **values(visibility))
    return [(int(row[0]), int(row[1]), bool(row[2]), int(row[3])) for row in rows]


async def find_seen(tx: Tx, user_id: int) -> int:
    """The newest that somebody has looked at; 0 when none."""
    return int(await tx.value(_SEEN, user_id=user_id) or 0)
