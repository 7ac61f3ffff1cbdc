"""Notifications stored: one per post and person, older ones of a topic folded into the newest, likes counted.

Who hears what is chosen in `choosing.py`. Everything here runs in a unit that writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from tertulia.forum.notifications.choosing import Choice, Reasons
from tertulia.forum.unit import Unit
from tertulia.model.notifications import MOST_KEPT, NewNotification, Notification, NotificationKind
from tertulia.store.notifications import rows as store
from tertulia.store.notifications.audience import count_inbox

TRIM = "notifications.trim"
_SLICE = 500  # rows that one run of the job deletes
_TRIM_EVERY = 64  # how many notifications somebody may get before the oldest are counted again
# Of these a topic keeps one unread at a time for each person. Source: upstream.
FOLDED = (NotificationKind.REPLIED, NotificationKind.POSTED, NotificationKind.PRIVATE_MESSAGE)
# Whoever was answered or told of the post needs not hear that it names them, too.
_COVERING = frozenset(FOLDED)
_OF_POSTS = frozenset(
    (
        NotificationKind.MENTIONED,
        NotificationKind.REPLIED,
        NotificationKind.QUOTED,
        NotificationKind.PRIVATE_MESSAGE,
        NotificationKind.POSTED,
        NotificationKind.LINKED,
        NotificationKind.GROUP_MENTIONED,
        NotificationKind.WATCHING_FIRST_POST,
        NotificationKind.WATCHING_CATEGORY_OR_TAG,
    )
)


async def tell(unit: Unit, choices: Mapping[int, Choice], *, reasons: Reasons, actor_id: int, event_id: int) -> None:
    """Tells each person what was chosen, unless they were told of the post, or of a later one, already."""
    if not choices:
        return
    post, topic = reasons.post, reasons.topic
    earlier = await store.list_earlier(unit.tx, sorted(choices), topic_id=topic.id, post_id=post.id, kinds=FOLDED)
    made: list[NewNotification] = []
    folded: list[int] = []
    for user_id, choice in sorted(choices.items()):
        known = earlier.get(user_id, [])
        if _is_told(known, choice, reasons=reasons, event_id=event_id):
            continue
        new = NewNotification(
            user_id=user_id,
            kind=choice.kind,
            topic_id=topic.id,
            post_number=post.post_number,
            post_id=post.id,
            actor_id=actor_id,
            group_id=choice.group_id,
            event_id=event_id,
            read=choice.read,
        )
        if choice.kind in FOLDED:
            older = [one for one in known if one.kind in FOLDED]
            folded += [one.id for one in older]
            new = _fold(new, older)
        made.append(new)
    if folded:
        await store.delete_notifications(unit.tx, folded)
    await insert(unit, await _summarized(unit, made))


def _is_told(known: Sequence[Notification], choice: Choice, *, reasons: Reasons, event_id: int) -> bool:
    kinds = {one.kind for one in known if one.post_id == reasons.post.id}
    if reasons.is_new:
        later = any(one.event_id is not None and one.event_id > event_id for one in known if one.kind in FOLDED)
        return bool(kinds & _OF_POSTS) or (later and choice.kind in FOLDED)
    return choice.kind in kinds or bool(kinds & _COVERING)


def _fold(new: NewNotification, older: Sequence[Notification]) -> NewNotification:
    """Stands for what was not read yet as well, and leads to the first of it."""
    unread = [one for one in older if not one.read]
    if not unread:
        return new
    count = new.count + sum(one.count for one in unread)
    first = min((one.post_number for one in unread if one.post_number is not None), default=new.post_number)
    return msgspec.structs.replace(new, count=count, post_number=first)


async def _summarized(unit: Unit, made: list[NewNotification]) -> list[NewNotification]:
    """Summaries of a group's messages replace each other and say how many messages there are."""
    for group_id in sorted({new.group_id for new in made if _is_summary(new) and new.group_id is not None}):
        members = [new.user_id for new in made if _is_summary(new) and new.group_id == group_id]
        await store.delete_summaries(unit.tx, members, group_id=group_id)
        count = await count_inbox(unit.tx, group_id)
        made = [
            msgspec.structs.replace(new, count=count) if _is_summary(new) and new.group_id == group_id else new
            for new in made
        ]
    return made


def _is_summary(new: NewNotification) -> bool:
    return new.kind == NotificationKind.GROUP_MESSAGE_SUMMARY


async def insert(unit: Unit, made: Sequence[NewNotification]) -> None:
    """Stores them, and now and then has a job look whether somebody has too many."""
    if not made:
        return
    await store.insert_notifications(unit.tx, made, now=unit.now)
    for new in made:
        if ((new.event_id or 0) + new.user_id) % _TRIM_EVERY == 0:
            await unit.later(TRIM, unique=f"{TRIM} {new.user_id}", user_id=new.user_id)


async def trim_notifications(unit: Unit, *, user_id: int) -> bool:
    """The job: deletes the oldest of somebody's notifications beyond 10,000, in slices. True while there is more."""
    await unit.write()
    return await store.delete_oldest(unit.tx, user_id, kept=MOST_KEPT, limit=_SLICE)
