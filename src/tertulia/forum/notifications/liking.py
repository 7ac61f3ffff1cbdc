"""Likes: one notification per post and day that counts them; many likes by one person become one.

Source of the figures: upstream's defaults (first like and then daily; over three within two hours are one).
"""

from __future__ import annotations

from tertulia.forum.notifications.gathering import find_subject
from tertulia.forum.notifications.naming import may_hear
from tertulia.forum.notifications.telling import insert
from tertulia.forum.unit import Unit
from tertulia.model.events import VoteChanged
from tertulia.model.notifications import NewNotification, NotificationKind
from tertulia.store.notifications import audience
from tertulia.store.notifications import rows as store

DAY = 86_400_000
CONSOLIDATION_WINDOW = 7_200_000
CONSOLIDATION_THRESHOLD = 3


async def tell_vote(unit: Unit, event: VoteChanged) -> None:
    """Tells the author of a like, or takes a like that was taken back out of what the author was told."""
    if event.actor_id is None or event.actor_id == event.user_id:
        return
    if event.after == 1 and event.before != 1:
        await _tell_like(unit, event, actor_id=event.actor_id)
    elif event.before == 1 and event.after != 1:
        await _take_back(unit, event)


async def _tell_like(unit: Unit, event: VoteChanged, *, actor_id: int) -> None:
    found = await find_subject(unit, event.post_id, event.topic_id)
    if found is None or not await may_hear(unit, event.user_id, post=found[0], topic=found[1], actor_id=actor_id):
        return
    known = await store.list_likes_of_post(unit.tx, event.user_id, post_id=event.post_id)
    if known and known[0].created_at > unit.now - DAY:
        newest = known[0]
        if newest.actor_id != actor_id:
            fields = {"actor_id": actor_id, "second_actor_id": newest.actor_id, "count": newest.count + 1}
            await store.update_notification(unit.tx, newest.id, fields=fields)
        return
    if await _consolidate(unit, event, actor_id=actor_id):
        return
    await insert(unit, [_liked(unit, event, actor_id=actor_id, number=found[0].post_number)])


def _liked(unit: Unit, event: VoteChanged, *, actor_id: int, number: int) -> NewNotification:
    return NewNotification(
        user_id=event.user_id,
        kind=NotificationKind.LIKED,
        topic_id=event.topic_id,
        post_number=number,
        post_id=event.post_id,
        actor_id=actor_id,
        event_id=unit.event_id,
    )


async def _consolidate(unit: Unit, event: VoteChanged, *, actor_id: int) -> bool:
    """Counts the like in one notification of many by the same person, where there are that many."""
    since = unit.now - CONSOLIDATION_WINDOW
    both = (NotificationKind.LIKED_CONSOLIDATED, NotificationKind.LIKED)
    known = await store.list_likes_by(unit.tx, event.user_id, actor_id=actor_id, kinds=both, since=since)
    many, single = [[one for one in known if one.kind == kind] for kind in both]
    if many:
        await store.update_notification(unit.tx, many[0].id, fields={"count": many[0].count + 1, "read": 0})
        return True
    single = [one for one in single if one.second_actor_id is None]
    if len(single) + 1 <= CONSOLIDATION_THRESHOLD:
        return False
    await store.delete_notifications(unit.tx, [one.id for one in single])
    new = NewNotification(
        user_id=event.user_id,
        kind=NotificationKind.LIKED_CONSOLIDATED,
        actor_id=actor_id,
        count=len(single) + 1,
        event_id=unit.event_id,
    )
    await insert(unit, [new])
    return True


async def _take_back(unit: Unit, event: VoteChanged) -> None:
    """What is left of a day's likes stays told, and as read or unread as it was."""
    known = await store.list_likes_of_post(unit.tx, event.user_id, post_id=event.post_id)
    if not known:
        return
    await store.delete_notifications(unit.tx, [one.id for one in known])
    left = await audience.list_likers(unit.tx, event.post_id, since=unit.now - DAY)
    left = [user_id for user_id in left if user_id != event.user_id]
    if not left:
        return
    number = next((one.post_number for one in known if one.post_number is not None), 1)
    new = NewNotification(
        user_id=event.user_id,
        kind=NotificationKind.LIKED,
        topic_id=event.topic_id,
        post_number=number,
        post_id=event.post_id,
        actor_id=left[0],
        second_actor_id=left[1] if len(left) > 1 else None,
        count=len(left),
        event_id=unit.event_id,
        read=all(one.read for one in known),
    )
    await insert(unit, [new])
