"""Promises about earning trust: levels 1 and 2 while reading, level 3 by and by and lost again, locks that hold."""

from __future__ import annotations

from typing import Any

import pytest

from tertulia.forum import batches
from tertulia.forum.topics.read_state import record_timings, record_visit
from tertulia.forum.unit import Ports, Unit
from tertulia.forum.users.promoting import DAY, MINUTE, SLICE, consider_promotion, review_regulars
from tertulia.forum.users.roles import lock_trust_level, set_trust_level
from tertulia.model.topics import ReadTimings
from tertulia.store.schema.groups import group_members, groups
from tertulia.store.schema.posts import votes
from tertulia.store.schema.topics import topic_states
from tertulia.store.schema.users import user_visits
from tertulia.testing.clock import TestClock
from tertulia.testing.forum import Forum
from tests.forum.reading.given import insert, make_discussion
from tests.forum.users.given import ADMIN, act, events_of, log_of, person, stored

pytestmark = pytest.mark.anyio

AGE = 400 * DAY
BASIC = {"topics_entered": 5, "posts_read": 30, "time_read": 10 * MINUTE}
MEMBER = {
    "topics_entered": 20,
    "posts_read": 100,
    "time_read": 60 * MINUTE,
    "days_visited": 15,
    "likes_received": 1,
    "likes_given": 1,
}
REGULAR = {**MEMBER, "trust_level": 2, "topics_entered": 200, "posts_read": 500, "days_visited": 50}
# One tenth of what is asked for, so that few rows show as much.
FEW = {
    "tl3_requires_days_visited": 5,
    "tl3_requires_topics_replied_to": 2,
    "tl3_requires_likes_given": 3,
    "tl3_requires_likes_received": 2,
}


@pytest.fixture
def clock(ports: Ports) -> TestClock:
    """A clock to set. It stands still, so that an age is exact."""
    clock = TestClock()
    clock.freeze()
    ports.clock = clock
    return clock


async def somebody(ports: Ports, *, replies: int = 0, age: int = AGE, name: str = "mary", **fields: Any) -> int:
    """A user with counters, who replied to so many topics of the admin (and opened one of their own)."""
    created = ports.clock.now() - age
    user_id = await person(ports, name, **{"trust_level": 0, "created_at": created, **fields})

    async def write(unit: Unit) -> None:
        await unit.write()
        for number in range(replies):
            await make_discussion(unit, f"Topic {number} for {name}", by=ADMIN, posts_of=(user_id,))
        await make_discussion(unit, f"Own topic of {name}", by=user_id, posts_of=(user_id,))

    await act(ports, -1, write)
    return user_id


async def considered(ports: Ports, user_id: int, **site: object) -> int:
    async def consider(unit: Unit) -> int:
        await unit.write()
        return await consider_promotion(unit, user_id)

    level = await act(ports, -1, consider, **site)
    assert (await stored(ports, user_id)).trust_level == level
    return level


async def test_level_1_is_earned_by_reading(ports: Ports, clock: TestClock) -> None:
    mary = await somebody(ports, age=10 * MINUTE, **BASIC)
    assert await considered(ports, mary) == 1
    assert await considered(ports, mary) == 1
    assert (await events_of(ports)).count("trust_level_changed") == 1


@pytest.mark.parametrize("missing", sorted(BASIC))
async def test_each_missing_requirement_keeps_level_0(ports: Ports, clock: TestClock, missing: str) -> None:
    assert await considered(ports, await somebody(ports, **{**BASIC, missing: BASIC[missing] - 1})) == 0


async def test_an_account_must_be_old_enough_for_each_level(ports: Ports, clock: TestClock) -> None:
    young = await somebody(ports, age=10 * MINUTE - 1, replies=3, **MEMBER)
    assert await considered(ports, young) == 0
    clock.advance(seconds=1)
    assert await considered(ports, young) == 1
    clock.advance(minutes=49)
    assert await considered(ports, young) == 1
    clock.advance(minutes=1)
    assert await considered(ports, young) == 2


async def test_somebody_who_earned_both_levels_rises_to_2_at_once(ports: Ports, clock: TestClock) -> None:
    mary = await somebody(ports, replies=3, **MEMBER)
    assert await considered(ports, mary) == 2
    assert (await events_of(ports)).count("trust_level_changed") == 1


@pytest.mark.parametrize("missing", sorted(MEMBER))
async def test_each_missing_requirement_keeps_level_1(ports: Ports, clock: TestClock, missing: str) -> None:
    fields = {**MEMBER, missing: MEMBER[missing] - 1}
    assert await considered(ports, await somebody(ports, replies=3, trust_level=1, **fields)) == 1


async def test_a_topic_of_ones_own_is_none_that_one_replied_to(ports: Ports, clock: TestClock) -> None:
    mary = await somebody(ports, replies=2, **MEMBER)
    assert await considered(ports, mary) == 1
    assert await considered(ports, mary, tl2_requires_topic_reply_count=2) == 2


async def test_nobody_is_lowered_by_reading(ports: Ports, clock: TestClock) -> None:
    for level in (1, 2, 3, 4):
        assert await considered(ports, await somebody(ports, name=f"level{level}", trust_level=level)) == level


async def test_a_locked_level_stays(ports: Ports, clock: TestClock) -> None:
    mary = await somebody(ports, replies=3, **MEMBER)
    await act(ports, ADMIN, lambda unit: lock_trust_level(unit, mary, locked=True))
    assert await considered(ports, mary) == 0
    await act(ports, ADMIN, lambda unit: lock_trust_level(unit, mary, locked=False))
    assert await considered(ports, mary) == 2


async def test_reading_counts_what_trust_needs_once(ports: Ports, clock: TestClock) -> None:
    mary = await somebody(ports)

    async def make(unit: Unit) -> int:
        await unit.write()
        return await make_discussion(unit, "Read me", by=ADMIN, posts_of=(ADMIN, ADMIN))

    topic_id = await act(ports, -1, make)

    async def open_and_read(unit: Unit) -> None:
        await record_visit(unit, topic_id)
        batches.note_seen(ports, mary, unit.now)
        await record_timings(unit, ReadTimings(topic_id=topic_id, timings={1: 900, 2: 900}, topic_time=1800))

    for _ in range(2):
        await act(ports, mary, open_and_read)
        await act(ports, -1, batches.flush)
    user = await stored(ports, mary)
    assert (user.topics_entered, user.posts_read, user.time_read, user.days_visited) == (1, 2, 3600, 1)
    clock.advance(days=1)
    await act(ports, -1, batches.flush)
    await act(ports, mary, open_and_read)
    assert (await stored(ports, mary)).days_visited == 2


async def test_a_topic_opened_before_it_is_read_is_entered_once(ports: Ports, clock: TestClock) -> None:
    mary = await somebody(ports)
    own = await act(ports, -1, lambda unit: unit.tx.text(f"SELECT max(id) FROM topics WHERE user_id = {mary}"))
    await act(ports, mary, lambda unit: record_visit(unit, own[0][0]))
    await act(ports, -1, batches.flush)
    reading = ReadTimings(topic_id=own[0][0], timings={1: 900}, topic_time=900)
    await act(ports, mary, lambda unit: record_timings(unit, reading))
    assert (await stored(ports, mary)).topics_entered == 1


async def regular(
    ports: Ports, *, name: str = "rita", days: int = 5, given: int = 3, got: int = 2, **fields: Any
) -> int:
    """Somebody who meets `FEW`, unless told otherwise."""
    replies = fields.pop("replies", 2)
    user_id = await somebody(ports, name=name, replies=replies, **{**REGULAR, **fields})

    async def write(unit: Unit) -> None:
        await unit.write()
        await make_discussion(unit, "To be liked", by=ADMIN, posts_of=(ADMIN, ADMIN, ADMIN))
        today = unit.now // DAY
        for day in range(days):
            await insert(unit.tx, user_visits, user_id=user_id, day=today - day, posts_read=20, time_read=0)
        theirs = await unit.tx.text(f"SELECT id FROM posts WHERE user_id <> {user_id} ORDER BY id DESC")
        mine = await unit.tx.text(f"SELECT id FROM posts WHERE user_id = {user_id} ORDER BY id")
        for (post_id,) in theirs[:given]:
            await insert(unit.tx, votes, post_id=post_id, user_id=user_id, value=1, created_at=unit.now)
        for (post_id,) in mine[:got]:
            await insert(unit.tx, votes, post_id=post_id, user_id=ADMIN, value=1, created_at=unit.now)
            await unit.tx.text(f"UPDATE posts SET like_count = 1 WHERE id = {post_id}")
        for (topic_id,) in await unit.tx.text("SELECT id FROM topics"):
            seen = {"topic_id": topic_id, "user_id": user_id, "last_visited_at": unit.now}
            await unit.tx.text(f"DELETE FROM topic_states WHERE topic_id = {topic_id} AND user_id = {user_id}")
            await insert(unit.tx, topic_states, **seen)

    await act(ports, -1, write)
    return user_id


async def reviewed(ports: Ports, user_id: int, **site: object) -> int:
    await act(ports, -1, review_regulars, **{**FEW, **site})
    return (await stored(ports, user_id)).trust_level


async def test_level_3_is_earned_and_logged_once(ports: Ports, clock: TestClock) -> None:
    rita = await regular(ports)
    assert await reviewed(ports, rita) == 3
    assert await reviewed(ports, rita) == 3
    assert await log_of(ports) == [("auto_trust_level_change", rita)]
    assert (await events_of(ports)).count("trust_level_changed") == 1


@pytest.mark.parametrize(
    "missing",
    [
        {"days": 4},
        {"replies": 1},
        {"given": 2},
        {"got": 1},
        {"topics_entered": 199},
        {"posts_read": 499},
        {"suspended_till": 2**52},
        {"silenced_till": 2**52},
        {"manual_locked_trust_level": 2},
        {"active": 0},
    ],
    ids="-".join,
)
async def test_each_missing_requirement_keeps_level_2(ports: Ports, clock: TestClock, missing: dict[str, Any]) -> None:
    assert await reviewed(ports, await regular(ports, **missing)) == 2


async def test_the_share_of_what_was_new_counts_and_is_capped(ports: Ports, clock: TestClock) -> None:
    rita = await regular(ports)
    await somebody(ports, name="writer", replies=40)  # eighty new posts in forty topics that rita never saw
    assert await reviewed(ports, rita, tl3_requires_posts_read=0) == 2
    assert await reviewed(ports, rita, tl3_requires_posts_read=0, tl3_requires_topics_viewed_cap=2) == 3
    await act(ports, ADMIN, lambda unit: set_trust_level(unit, rita, 2))
    alone = {"tl3_requires_topics_viewed": 0, "tl3_requires_posts_read": 100}
    await act(ports, -1, lambda unit: somebody_read(unit, rita, posts=1))
    assert await reviewed(ports, rita, **alone) == 2
    assert await reviewed(ports, rita, tl3_requires_posts_read_cap=5, **alone) == 3


async def test_a_topic_that_was_only_dismissed_was_not_viewed(ports: Ports, clock: TestClock) -> None:
    rita = await regular(ports)

    async def forget(unit: Unit) -> None:
        await unit.write()
        await unit.tx.text(f"UPDATE topic_states SET last_visited_at = NULL WHERE user_id = {rita}")

    await act(ports, -1, forget)
    assert await reviewed(ports, rita) == 2
    assert await reviewed(ports, rita, tl3_requires_topics_viewed=0) == 3


async def somebody_read(unit: Unit, user_id: int, *, posts: int) -> None:
    await unit.write()
    await unit.tx.text(f"UPDATE user_visits SET posts_read = {posts} WHERE user_id = {user_id}")


async def test_level_3_is_lost_after_its_least_duration(ports: Ports, clock: TestClock) -> None:
    rita = await regular(ports)
    assert await reviewed(ports, rita) == 3
    clock.advance(days=14, seconds=-1)
    assert await reviewed(ports, rita, tl3_requires_likes_given=4) == 3
    clock.advance(seconds=2)
    assert await reviewed(ports, rita) == 3
    assert await reviewed(ports, rita, tl3_requires_likes_given=4) == 2
    assert await log_of(ports) == [("auto_trust_level_change", rita)] * 2


async def test_what_is_older_than_the_period_no_longer_counts(ports: Ports, clock: TestClock) -> None:
    rita = await regular(ports)
    assert await reviewed(ports, rita) == 3
    clock.advance(days=94)
    assert await reviewed(ports, rita) == 3
    clock.advance(days=7)
    assert await reviewed(ports, rita) == 2


@pytest.mark.parametrize("granted", [None, 2, 3])
async def test_a_group_keeps_the_level_it_grants(ports: Ports, clock: TestClock, granted: int | None) -> None:
    rita = await regular(ports)
    assert await reviewed(ports, rita) == 3

    async def join(unit: Unit) -> None:
        await unit.write()
        named = {"name": "trusted", "name_key": "trusted", "grant_trust_level": granted}
        group_id = await insert(unit.tx, groups, returning="id", created_at=1, updated_at=1, **named)
        await insert(unit.tx, group_members, group_id=group_id, user_id=rita, created_at=1)

    await act(ports, -1, join)
    clock.advance(days=200)
    assert await reviewed(ports, rita) == (3 if granted == 3 else 2)


async def test_a_lock_and_an_import_keep_level_3(ports: Ports, clock: TestClock) -> None:
    locked, imported = await regular(ports), await somebody(ports, name="imported", trust_level=3)
    assert await reviewed(ports, locked) == 3
    await act(ports, ADMIN, lambda unit: lock_trust_level(unit, locked, locked=True))
    clock.advance(days=200)
    assert await reviewed(ports, locked) == 3
    assert (await stored(ports, imported)).trust_level == 3


async def test_a_review_goes_on_where_the_last_one_stopped(ports: Ports, clock: TestClock) -> None:
    async def fill(unit: Unit) -> None:
        await unit.write()
        await unit.tx.text("UPDATE users SET trust_level = 3 WHERE id = 1")

    await act(ports, -1, fill)
    for number in range(SLICE - 1):
        await person(ports, f"many{number}", trust_level=3)
    last = await regular(ports)
    assert await reviewed(ports, last) == 2
    assert await reviewed(ports, last) == 3


def test_an_author_who_reads_the_own_topic_has_opened_it_once(forum: Forum) -> None:
    forum.given.user("nora", password="a long and quiet evening")
    topic_ids = [forum.given.topic(by="nora").post.topic_id for _ in range(2)]
    browser = forum.login("nora", "a long and quiet evening")

    def entered() -> int:
        rows = forum.unit(lambda unit: unit.tx.text("SELECT topics_entered FROM users WHERE username = 'nora'"))
        return int(rows[0][0])

    assert entered() == 0
    assert forum.get(f"/t/{topic_ids[0]}.json", headers=browser).status == 200
    assert entered() == 1
    for topic_id in topic_ids:
        form = {"topic_id": topic_id, "topic_time": 900, "timings": {"1": 900}}
        assert forum.post("/topics/timings", headers=browser, form=form).status == 200
    assert entered() == 2


def test_a_reader_is_promoted_once_by_the_timings_a_client_reports(forum: Forum) -> None:
    forum.given.user("nora", trust_level=0)
    forum.clock.advance(minutes=15)
    topics = [forum.given.topic().post.topic_id for _ in range(5)]
    for topic_id in topics:
        for _ in range(5):
            forum.given.reply(topic_id)

    def level() -> int:
        return int(forum.get("/u/nora.json", headers=forum.keyed()).json["user"]["trust_level"])

    for topic_id in topics:
        assert level() == 0
        form = {"topic_id": topic_id, "topic_time": 130_000, "timings": {str(n): 5000 for n in range(1, 7)}}
        assert forum.post("/topics/timings", headers=forum.keyed("nora"), form=form).status == 200
    assert level() == 1
    assert forum.post("/topics/timings", headers=forum.keyed("nora"), form=form).status == 200
    told = forum.unit(lambda unit: unit.tx.text("SELECT facts FROM events WHERE event = 'trust_level_changed'"))
    assert len(told) == 1
    names = {group["name"] for group in forum.get("/u/nora.json", headers=forum.keyed()).json["user"]["groups"]}
    assert "trust_level_1" in names
