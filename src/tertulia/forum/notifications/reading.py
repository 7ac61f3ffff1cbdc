"""Somebody's notifications as that person (or an admin) reads them, and how many are unread."""

from __future__ import annotations

from collections.abc import Sequence

from tertulia.forum.batches import note_notifications_seen
from tertulia.forum.permissions import allow
from tertulia.forum.unit import Unit
from tertulia.forum.users.finding import find_user
from tertulia.model.actor import Actor
from tertulia.model.errors import LoginRequired, NotificationMissing
from tertulia.model.notifications import (
    ListNotifications,
    Notification,
    NotificationKind,
    NotificationList,
    NotificationView,
    UnreadCounts,
)
from tertulia.model.users import UserCard
from tertulia.store import cards
from tertulia.store.notifications import reading as store
from tertulia.store.notifications.reading import Found, ListSpec
from tertulia.store.notifications.rows import find_notification as find_stored

MOST_LISTED = 60  # source: upstream
RECENT = 15
_MOST_OFFSET = 1_000_000


async def list_notifications(unit: Unit, command: ListNotifications) -> NotificationList:
    """A page, newest first; those about what the reader can no longer see are left out.

    Raises LoginRequired, UserMissing, NotAllowed (only admins read those of others)."""
    user_id = await _whose(unit, command.username)
    spec = ListSpec(read=command.read, kinds=bool(command.kinds))
    offset, limit = min(max(command.offset, 0), _MOST_OFFSET), min(max(command.limit, 0), MOST_LISTED)
    visibility = unit.actor.visibility
    found = await store.list_notifications(
        unit.tx, user_id, spec, kinds=command.kinds, window=(offset, limit), visibility=visibility
    )
    total = await store.count_notifications(unit.tx, user_id, spec, kinds=command.kinds, visibility=visibility)
    people = await _people(unit, found, user_id=user_id)
    return NotificationList(
        user=people[user_id],
        items=await _views(unit, found, people=people),
        total=total,
        offset=offset,
        limit=limit,
        seen_id=await store.find_seen(unit.tx, user_id),
    )


async def list_recent(
    unit: Unit, *, limit: int = RECENT, kinds: tuple[int, ...] = (), silent: bool = False
) -> NotificationList:
    """The actor's newest, unread important ones first. Unless `silent`, they count as seen from now on.

    Raises LoginRequired."""
    user_id = await _whose(unit, None)
    most = min(max(limit, 0), MOST_LISTED)
    found: list[Found] = []
    for urgent in (True, False):
        spec = ListSpec(kinds=bool(kinds), urgent=urgent)
        found += await store.list_notifications(
            unit.tx, user_id, spec, kinds=kinds, window=(0, most), visibility=unit.actor.visibility
        )
    found = found[:most]
    people = await _people(unit, found, user_id=user_id)
    seen = await store.find_seen(unit.tx, user_id)
    newest = max((one.notification.id for one in found), default=0)
    if newest > seen and not silent:
        note_notifications_seen(unit.ports, user_id, newest)
        seen = newest
    views = await _views(unit, found, people=people)
    return NotificationList(user=people[user_id], items=views, total=len(found), offset=0, limit=most, seen_id=seen)


async def find_own(unit: Unit, notification_id: int) -> NotificationView:
    """One of the actor's. Raises LoginRequired, NotificationMissing (also for those of others)."""
    user_id = await _whose(unit, None)
    known = await find_stored(unit.tx, notification_id)
    if known is None or known.user_id != user_id:
        raise NotificationMissing()
    return await view_notification(unit, known)


async def view_notification(unit: Unit, known: Notification) -> NotificationView:
    """It with its names; without those of a topic that the actor cannot see."""
    found = await store.find_visible(unit.tx, known.id, visibility=unit.actor.visibility)
    one = found or Found(known, None, None, None, None)
    people = await _people(unit, [one], user_id=known.user_id)
    return (await _views(unit, [one], people=people))[0]


async def count_unread(unit: Unit, actor: Actor | None = None) -> UnreadCounts:
    """What the actor (the unit's, unless told) has not read and can still see; nothing for anonymous visitors."""
    actor = actor or unit.actor
    if actor.user_id is None:
        return UnreadCounts()
    user_id = actor.user_id
    rows = await store.list_unread(unit.tx, user_id, visibility=actor.visibility)
    by_kind: dict[int, int] = {}
    for _, kind, _, _ in rows:
        by_kind[kind] = by_kind.get(kind, 0) + 1
    fresh = [(kind, high) for one_id, kind, high, seen in rows if one_id > seen]
    return UnreadCounts(
        fresh=sum(not high for _, high in fresh),
        fresh_all=len(fresh),
        high_priority=sum(high for _, _, high, _ in rows),
        fresh_messages=sum(kind == NotificationKind.PRIVATE_MESSAGE for kind, _ in fresh),
        by_kind=by_kind,
        seen_id=await store.find_seen(unit.tx, user_id),
    )


async def _whose(unit: Unit, username: str | None) -> int:
    allow(unit, "member")
    if unit.actor.user_id is None:
        raise LoginRequired()
    if username is None:
        return unit.actor.user_id
    user = await find_user(unit, username=username)
    if user.id != unit.actor.user_id:
        allow(unit, "user.admin")
    return user.id


async def _people(unit: Unit, found: Sequence[Found], *, user_id: int) -> dict[int, UserCard]:
    named = [one.notification for one in found]
    ids = {user_id, *(one.actor_id for one in named), *(one.second_actor_id for one in named)}
    return await cards.list_cards(unit.tx, ids)


async def _views(unit: Unit, found: Sequence[Found], *, people: dict[int, UserCard]) -> tuple[NotificationView, ...]:
    groups = await cards.list_group_names(unit.tx, {one.notification.group_id for one in found})
    return tuple(
        NotificationView(
            notification=one.notification,
            topic_title=one.topic_title,
            fancy_title=one.fancy_title,
            slug=one.slug,
            post_type=one.post_type,
            actor=people.get(one.notification.actor_id or 0),
            second_actor=people.get(one.notification.second_actor_id or 0),
            group_name=groups.get(one.notification.group_id or 0),
        )
        for one in found
    )
