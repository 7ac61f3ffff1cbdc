"""What a reader has read: timings of posts, visits of topics, and taking both back."""

from __future__ import annotations

from tertulia.forum.batches import note_visit
from tertulia.forum.permissions import allow
from tertulia.forum.topics.listing import list_new_topics
from tertulia.forum.topics.reading import find_topic
from tertulia.forum.unit import Unit
from tertulia.forum.users.promoting import consider_promotion
from tertulia.model.topics import ReadTimings
from tertulia.store import topics_reading
from tertulia.store.notifications.rows import mark_posts_read
from tertulia.store.readers import topic_states
from tertulia.store.users import lock_user

MOST_TIMINGS = 1000
MOST_MILLISECONDS = 6 * 60_000  # of one report; source: upstream bounds what a browser may claim
TRACK_AFTER = 4 * 60_000  # source: upstream tracks a topic after four minutes of reading
_DAY = 86_400_000


async def record_timings(unit: Unit, command: ReadTimings) -> None:
    """Notes what was on the reader's screen, and with it the trust that was earned. Numbers beyond the topic's last
    and more than 1,000 are ignored.

    Raises LoginRequired, TopicMissing."""
    allow(unit, "member")
    await find_topic(unit, command.topic_id)
    await unit.write()
    await topics_reading.lock_topic(unit.tx, command.topic_id)
    topic = await find_topic(unit, command.topic_id)
    reader = unit.actor.user_id or 0
    await lock_user(unit.tx, reader)  # before the state, as whoever counts views does
    state = await topic_states.find_state(unit.tx, topic.id, reader)
    known = state.last_read_post_number if state else 0
    numbers = [number for number in list(command.timings)[:MOST_TIMINGS] if 1 <= number <= topic.highest_post_number]
    spent = min(max(command.topic_time, 0), MOST_MILLISECONDS)
    read = topic_states.Reading(
        topic_id=topic.id,
        user_id=reader,
        post_number=max(numbers, default=0),
        milliseconds=spent,
        track_after=TRACK_AFTER,
    )
    await topic_states.save_reading(unit.tx, read, now=unit.now)
    await mark_posts_read(unit.tx, reader, topic_id=topic.id, numbers=numbers)
    fresh = [number for number in numbers if number > known]
    # Whoever reads has opened the topic, though the batch that says so may come later or never.
    entered = state is None or state.first_visited_at is None
    await topic_states.count_reads(unit.tx, read, numbers=fresh, entered=entered, day=unit.now // _DAY)
    await consider_promotion(unit, reader)


async def record_visit(unit: Unit, topic_id: int) -> None:
    """Counts a view soon, at most once per reader in `topic_view_duration_hours`. Raises TopicMissing."""
    note_visit(unit, (await find_topic(unit, topic_id)).id)


async def mark_unread(unit: Unit, topic_id: int) -> None:
    """Lets the last post of a topic be unread again. Raises LoginRequired, TopicMissing."""
    allow(unit, "member")
    topic = await find_topic(unit, topic_id)
    await unit.write()
    await topic_states.save_unread(
        unit.tx, topic.id, unit.actor.user_id or 0, last_read=max(topic.highest_post_number - 1, 0)
    )


async def dismiss_new(unit: Unit, topic_ids: tuple[int, ...] | None) -> tuple[int, ...]:
    """Makes topics (None: the thousand newest that are new) no longer new; answers which. Raises LoginRequired."""
    allow(unit, "member")
    if topic_ids is None:
        found = await list_new_topics(unit, limit=MOST_TIMINGS)
    else:
        wanted = topic_ids[:MOST_TIMINGS]
        visible = await topics_reading.list_topics_by_ids(unit.tx, wanted, visibility=unit.actor.visibility)
        found = list(visible.values())
    await unit.write()
    await topic_states.save_dismissed(
        unit.tx, unit.actor.user_id or 0, [(topic.id, topic.highest_post_number) for topic in found]
    )
    return tuple(topic.id for topic in found)
