"""The consumer of the event log: watchers, groups and authors who are linked to hear of a post; what is gone is untold.

Idempotent by event and person. One reading tells at most 500 people at once; jobs go on from there.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tertulia.forum.notifications.choosing import Choice, choose
from tertulia.forum.notifications.gathering import find_message, find_subject, gather_reasons
from tertulia.forum.notifications.naming import invitation
from tertulia.forum.notifications.people import load_people
from tertulia.forum.notifications.telling import insert, tell
from tertulia.forum.unit import Unit
from tertulia.model.events import PostCreated, PostEdited, TopicGroupInvited
from tertulia.model.levels import Level
from tertulia.store.events import LoggedEvent, find_event
from tertulia.store.notifications import audience as store

FAN_OUT = "notifications.fan_out"
SLICE = 200  # people in one transaction of the job: well under 100 ms
AT_ONCE = 500  # people in one reading of the log
MOST_EVENTS = 50  # that tell somebody something, in one reading: even few people cost some statements each

_Fanning = PostCreated | PostEdited | TopicGroupInvited
_TAGS = frozenset(("post_created", "post_edited", "topic_group_invited"))
_decode = msgspec.json.Decoder(_Fanning).decode


async def consume(unit: Unit, logged: Sequence[LoggedEvent]) -> int:
    """Tells everybody whom the events concern and who was not named in them, and answers for how many of the events:
    the rest waits for the next turn. In a unit that writes."""
    left, told = AT_ONCE, 0
    for number, event in enumerate(logged):
        if event.event not in _TAGS:
            continue
        if told >= MOST_EVENTS:
            return number
        told += 1
        if left <= 0:
            await _go_on(unit, event.id, after=0)
            continue
        left -= await _tell_slice(unit, event, after=0)
    return len(logged)


async def fan_out(unit: Unit, *, event_id: int, after: int) -> None:
    """The job: the next 200 people with ids above `after`."""
    await unit.write()
    event = await find_event(unit.tx, event_id)
    if event is not None:
        await _tell_slice(unit, event, after=after)


async def _go_on(unit: Unit, event_id: int, *, after: int) -> None:
    await unit.later(FAN_OUT, unique=f"{FAN_OUT} {event_id} {after}", event_id=event_id, after=after)


async def _tell_slice(unit: Unit, logged: LoggedEvent, *, after: int) -> int:
    """Tells one slice and has a job tell the next, if there is one; answers how many people were looked at."""
    event = _decode(logged.facts)
    if isinstance(event, TopicGroupInvited):
        looked_at = await _tell_group(unit, event, event_id=logged.id, after=after)
    else:
        looked_at = await _tell_of_post(unit, event, event_id=logged.id, after=after)
    if len(looked_at) == SLICE:
        await _go_on(unit, logged.id, after=looked_at[-1])
    return len(looked_at)


async def _tell_of_post(unit: Unit, event: PostCreated | PostEdited, *, event_id: int, after: int) -> list[int]:
    if (isinstance(event, PostCreated) and event.quiet) or (isinstance(event, PostEdited) and not event.raw_changed):
        return []
    found = await find_subject(unit, event.post_id, event.topic_id)
    if found is None:
        return []
    reasons = await gather_reasons(unit, event, post=found[0], topic=found[1], with_links=True)
    named = {*reasons.mentioned, *reasons.quoted, *reasons.linked}
    if reasons.is_new:
        named |= {*reasons.around.allowed_user_ids, reasons.replied or 0}
        people = await store.list_audience(
            unit.tx, reasons.around, group_ids=reasons.group_ids, after=after, limit=SLICE
        )
    else:
        people = await store.list_members(unit.tx, reasons.group_ids, after=after, limit=SLICE)
    ids = sorted({*people, *(each for each in named if each > after)})[:SLICE]
    actor_id = event.user_id if event.actor_id is None else event.actor_id
    persons = await load_people(
        unit, set(ids) - {event.user_id}, post=reasons.post, topic=reasons.topic, around=reasons.around,
        actor_id=actor_id,
    )  # fmt: skip
    choices: dict[int, Choice] = {}
    for user_id, person in persons.items():
        choice = choose(reasons, person)
        if choice is not None:
            choices[user_id] = choice
    await tell(unit, choices, reasons=reasons, actor_id=actor_id, event_id=event_id)
    return ids


async def _tell_group(unit: Unit, event: TopicGroupInvited, *, event_id: int, after: int) -> list[int]:
    """Members who would hear of messages to their group hear that it was let into one."""
    found = await find_message(unit, event.topic_id)
    if found is None:
        return []
    post, topic = found
    around = await store.find_around(unit.tx, topic.id, category_id=None, is_message=True)
    ids = await store.list_members(unit.tx, [event.group_id], after=after, limit=SLICE)
    persons = await load_people(unit, ids, post=post, topic=topic, around=around, actor_id=event.actor_id)
    default = around.group_levels.get(event.group_id, int(Level.MUTED))
    told = [
        invitation(user_id, topic=topic, actor_id=event.actor_id, event_id=event_id)
        for user_id, person in persons.items()
        if user_id not in around.allowed_user_ids
        and (default if person.level is None else person.level) >= Level.TRACKING
    ]
    await insert(unit, told)
    return ids
