"""What is kept of finished days is what a count of every row says, whatever happened to those days since."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import msgspec
import pytest

from tertulia.forum.loading.progress import Offsets, begin_load, finish_load
from tertulia.forum.reports import keeping
from tertulia.forum.reports.catalogue import KINDS
from tertulia.forum.reports.counting import KEPT, LOOKED_BACK, QUARTERLY, count_days
from tertulia.forum.reports.kept import count_since, count_total
from tertulia.forum.reports.reading import latest, read_report
from tertulia.forum.sites.reading import read_about
from tertulia.forum.unit import Unit
from tertulia.model.reports import Report
from tertulia.store.reports import series
from tertulia.store.reports.kept import QUARTERS, find_progress, settle_marks
from tertulia.store.reports.series import QUARTER
from tertulia.testing.forum import Forum
from tests.forum.reading.test_statements import Statements
from tests.forum.reports.test_numbers import COUNTED, DAY, NOON, PEOPLE, Books, act, ask, rows, shown, visit

WITHOUT_TOTAL = ("new_contributors", "daily_engaged_users")


def keep(forum: Forum, *, most: int = 60) -> None:
    """The worker's turns, until every finished day is known."""
    for _ in range(most):
        forum.unit(keeping.keep_days)
        if [row["complete"] for row in rows(forum, "report_progress", "complete")] == [1] and not marks(forum):
            return
    raise AssertionError("days are never complete")


def marks(forum: Forum) -> set[tuple[str, int]]:
    return {(row["kind"], row["quarter"] // QUARTERS) for row in rows(forum, "report_marks", "kind", "quarter")}


def regret(forum: Forum, dice: random.Random, topics: list[int], categories: tuple[int, ...]) -> None:
    """One thing that changes what the past shows; what is refused is no harm."""
    who, topic, admin = dice.choice(PEOPLE), dice.choice(topics), forum.keyed()
    found = rows(forum, "posts", "id", "topic_id", "post_number")
    post = dice.choice([row["id"] for row in found if row["topic_id"] in topics])
    what = dice.randrange(10)
    if what == 0:
        forum.put(f"/t/-/{topic}.json", json={"category_id": dice.choice(categories)}, headers=admin)
    elif what == 1:
        forum.put(f"/posts/{post}/recover.json", headers=admin)
    elif what == 2:
        forum.put(f"/t/{topic}/recover.json", headers=admin)
    elif what == 3:
        forum.delete(f"/post_actions/{post}.json?post_action_type_id=2", headers=forum.keyed(who))
    elif what == 4:
        forum.put(f"/t/{topic}/status.json", json={"status": "visible", "enabled": "false"}, headers=admin)
    elif what == 5:
        at = forum.clock.now() // 1000 - dice.randrange(40) * 86_400
        forum.put(f"/t/{topic}/change-timestamp.json", json={"timestamp": at}, headers=admin)
    elif what == 6:
        forum.post(f"/t/{topic}/change-owner.json", json={"username": who, "post_ids": [post]}, headers=admin)
    elif what == 7:
        for row in rows(forum, "bookmarks", "id")[:1]:
            forum.delete(f"/bookmarks/{row['id']}.json", headers=forum.keyed(who))
    elif what == 8:
        forum.delete(f"/t/{topic}.json", headers=admin)
    else:
        at = "2026-05-01T00:00:00Z"
        body = {"topic_id": topic, "raw": f"Written long ago {dice.random()}", "created_at": at}
        forum.post("/posts.json", json=body, headers=admin)


def everything(forum: Forum, categories: tuple[int, ...], *, live: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for type_, kind in KINDS.items():
        for category_id in (None, *(categories if kind.by_category else ())):
            report = ask(forum, type_, days=70, category_id=category_id, live=live)
            found[f"{type_} of {category_id}"] = (
                report.points, report.total, report.previous_30_days, report.previous_period, report.rows,
            )  # fmt: skip
    return found


def check_moments(forum: Forum) -> None:
    """What the about page counts back from now, to the millisecond."""
    now = forum.clock.now()
    moments = [now - DAY, now - 7 * DAY + 1, now - 30 * DAY, now - QUARTER - 7]

    async def count(unit: Unit, kind: str) -> tuple[list[int], list[int]]:
        anew = [await series.count_moments(unit.tx, kind, since=moment, until=2 * now) for moment in moments]
        return await count_since(unit, kind, moments=moments), anew

    for kind in LOOKED_BACK:
        found, expected = forum.unit(lambda unit, kind=kind: count(unit, kind))
        assert found == expected, kind


def check(forum: Forum, categories: tuple[int, ...]) -> None:
    assert everything(forum, categories, live=False) == everything(forum, categories, live=True)
    check_moments(forum)
    books, today = Books(forum), forum.clock.now() // DAY
    for type_, recount in COUNTED.items():
        days = [row["created_at"] // DAY for row in recount(books)]
        report = ask(forum, type_, days=70)
        expected = {day: days.count(day) for day in days if today - 70 < day <= today}
        assert shown(report) == expected, type_
        if type_ not in WITHOUT_TOTAL:
            assert report.total == len(days), type_


@pytest.mark.parametrize("seed", [3, 11])
def test_kept_days_are_exact_after_acts_in_any_order(forum: Forum, seed: int) -> None:
    dice = random.Random(seed)
    forum.clock.freeze(rows(forum, "users", "id", "created_at")[0]["created_at"] // DAY * DAY + DAY + DAY // 2)
    categories = (1, forum.given.category("Kitchen").category.id)
    topics = [forum.given.topic().post.topic_id]
    for name in (*PEOPLE, "gone"):
        forum.given.user(name, trust_level=2)
    for turn in range(60):
        forum.clock.advance(hours=dice.choice((0, 1, 7, 30, 48)), minutes=dice.choice((0, 5, 40)))
        (act if dice.random() < 0.6 else regret)(forum, dice, topics, categories)
        visit(forum, dice.sample(range(1, 6), dice.randrange(3)))
        if dice.random() < 0.4:
            forum.unit(keeping.keep_days)
        if turn % 20 == 10:
            keep(forum)
            regret(forum, dice, topics, categories)
            check(forum, categories)
    keep(forum)
    reached = rows(forum, "report_progress", "first", "day")[0]
    every = set(range(reached["first"], reached["day"] + 1))
    for kind in KEPT:
        assert every <= {row["day"] for row in rows(forum, "report_days", "kind", "day") if row["kind"] == kind}
    assert len(every) > 30
    newest = rows(forum, "report_progress", "quarter")[0]["quarter"]
    begin = (reached["day"] + 1) * QUARTERS
    for kind in QUARTERLY:
        first = begin - (30 * QUARTERS if kind in LOOKED_BACK else 0)
        quarters = {row["quarter"] for row in rows(forum, "report_quarters", "kind", "quarter") if row["kind"] == kind}
        assert quarters == set(range(first, newest + 1))
    check(forum, categories)
    forum.delete(f"/admin/users/{_id(forum, 'quinn')}.json", json={"delete_posts": True}, headers=forum.keyed())
    check(forum, categories)
    keep(forum)
    check(forum, categories)


def _id(forum: Forum, username: str) -> int:
    return int(next(row["id"] for row in rows(forum, "users", "id", "username") if row["username"] == username))


@pytest.fixture
def settled(forum: Forum) -> Forum:
    """A topic with an answer and a like, forty finished days ago, all of them known."""
    forum.clock.freeze(NOON)
    for name in ("mary", "paul"):
        forum.given.user(name, trust_level=2)
    topic = forum.given.topic(by="mary").post
    forum.clock.advance(days=1)
    forum.given.reply(topic.topic_id, by="paul")
    forum.clock.advance(days=1)
    forum.post("/post_actions.json", json={"id": topic.id, "post_action_type_id": 2}, headers=forum.keyed("paul"))
    forum.clock.advance(days=40)
    keep(forum)
    return forum


def topic_of(forum: Forum, username: str) -> int:
    mary = _id(forum, username)
    return int(max(row["id"] for row in rows(forum, "topics", "id", "user_id") if row["user_id"] == mary))


def test_the_day_is_shown_anew_at_once_and_the_worker_counts_only_that_again(settled: Forum) -> None:
    day, topic = NOON // DAY, topic_of(settled, "mary")
    before = ask(settled, "topics")
    assert shown(before)[day] == 1
    settled.delete(f"/t/{topic}.json", headers=settled.keyed())
    assert ("topics", day) in marks(settled)
    after = ask(settled, "topics")
    assert day not in shown(after)
    assert after.total == int(before.total or 0) - 1
    known = len(rows(settled, "report_days", "day"))
    settled.unit(keeping.keep_days)
    assert marks(settled) == set()
    assert known - 30 < len(rows(settled, "report_days", "day")) < known
    assert ask(settled, "topics").total == after.total
    keep(settled)
    assert len(rows(settled, "report_days", "day")) == known
    assert shown(ask(settled, "topics")) == shown(after)
    settled.put(f"/t/{topic}/recover.json", headers=settled.keyed())
    assert ask(settled, "topics").total == before.total


def test_a_like_that_is_taken_back_leaves_its_own_day(settled: Forum) -> None:
    assert shown(ask(settled, "likes")) == {NOON // DAY + 2: 1}
    settled.clock.advance(days=-40)  # a like can be taken back for ten minutes
    post = rows(settled, "votes", "post_id")[0]["post_id"]
    answer = settled.delete(f"/post_actions/{post}.json?post_action_type_id=2", headers=settled.keyed("paul"))
    assert answer.status == 200, answer
    settled.clock.advance(days=40)
    assert shown(ask(settled, "likes")) == {}


def test_what_happens_today_marks_no_finished_day(settled: Forum) -> None:
    post = settled.given.topic(by="mary").post
    settled.given.reply(post.topic_id, by="paul")
    settled.post("/post_actions.json", json={"id": post.id, "post_action_type_id": 2}, headers=settled.keyed("paul"))
    visit(settled, [1])
    assert marks(settled) == set()


def test_only_the_first_answer_marks_the_day_of_its_topic(settled: Forum) -> None:
    alone = settled.given.topic(by="mary").post.topic_id
    settled.clock.advance(days=3)
    keep(settled)
    settled.given.reply(alone, by="mary")
    settled.given.reply(topic_of(settled, "mary"), by="mary")
    assert marks(settled) == set()
    settled.given.reply(alone, by="paul")
    assert marks(settled) == {("answers", settled.clock.now() // DAY - 3)}
    keep(settled)
    settled.given.reply(alone, by="paul")
    assert marks(settled) == set()


def test_the_first_answer_behind_a_long_monologue_marks_the_day_of_its_topic(settled: Forum) -> None:
    alone = settled.given.topic(by="mary").post.topic_id
    for _ in range(60):
        settled.given.reply(alone, by="mary")
    settled.clock.advance(days=3)
    keep(settled)
    settled.given.reply(alone, by="paul")
    assert marks(settled) == {("answers", settled.clock.now() // DAY - 3)}


def test_a_day_is_kept_an_hour_after_it_ended(forum: Forum) -> None:
    forum.clock.freeze(NOON + DAY // 2 + 3_600_000 - 1)
    keep(forum)
    assert rows(forum, "report_progress", "day") == [{"day": NOON // DAY - 1}]
    forum.clock.advance(seconds=0.001)
    keep(forum)
    assert rows(forum, "report_progress", "day") == [{"day": NOON // DAY}]


def test_a_load_makes_every_day_count_anew(settled: Forum) -> None:
    async def load(unit: Unit) -> None:
        begun = await begin_load(unit, "an archive", offsets=Offsets())
        await finish_load(unit, begun.id)

    before = ask(settled, "posts")
    settled.unit(load)
    assert rows(settled, "report_days", "kind") == []
    assert (shown(ask(settled, "posts")), ask(settled, "posts").total) == (shown(before), before.total)
    keep(settled)
    assert (shown(ask(settled, "posts")), ask(settled, "posts").total) == (shown(before), before.total)


def test_a_count_from_before_a_day_changed_is_not_kept(settled: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another worker forgets the day while this one still holds the number from before."""
    settled.clock.advance(days=1)
    settled.unit(keeping.keep_days)
    topic = topic_of(settled, "mary")
    truly, done = keeping.count_days, []

    async def slowly(unit: Unit, kind: str, **days: int) -> Any:
        found = await truly(unit, kind, **days)
        if not done:
            done.append(kind)
            await unit.pause()
            await another()
        return found

    async def another() -> None:
        async with settled.ports.unit() as unit:
            await unit.write()
            delete = "UPDATE topics SET deleted_at = 1 WHERE id = "
            await unit.tx.text(f"{delete}{topic}")
            await settle_marks(unit.tx)
            await unit.commit()

    with monkeypatch.context() as patched:
        patched.setattr(keeping, "count_days", slowly)
        known = len(rows(settled, "report_days", "day"))
        settled.unit(keeping.keep_days)
        assert done
        assert len(rows(settled, "report_days", "day")) < known  # forgotten, and nothing old kept
    keep(settled)
    assert NOON // DAY not in shown(ask(settled, "topics"))


def test_a_change_that_is_committed_while_a_day_is_counted_stays_marked(settled: Forum) -> None:
    if settled.database.engine == "sqlite":
        pytest.skip("on SQLite one unit writes at a time")
    topic = topic_of(settled, "mary")

    async def overlap() -> None:
        slow = settled.ports.unit()
        await slow.write()
        await slow.tx.text(f"UPDATE topics SET deleted_at = 1 WHERE id = {topic}")
        for _ in range(3):
            async with settled.ports.unit() as unit:
                await keeping.keep_days(unit)
                await unit.commit()
        await slow.commit()
        await asyncio.sleep(0)

    settled.wait(overlap)
    assert ("topics", NOON // DAY) in marks(settled)
    assert NOON // DAY not in shown(ask(settled, "topics"))
    keep(settled)
    assert NOON // DAY not in shown(ask(settled, "topics"))


@pytest.mark.parametrize("type_", ["posts", "topics", "likes", "new_contributors", "time_to_first_response"])
def test_a_report_of_what_is_known_reads_the_rows_of_the_last_half_hour_alone(
    settled: Forum, monkeypatch: pytest.MonkeyPatch, type_: str
) -> None:
    settled.clock.advance(hours=7, minutes=20)
    keep(settled)
    statements = Statements()
    now = settled.clock.now()

    async def watch(unit: Unit) -> Report:
        with monkeypatch.context() as patched:
            statements.watch(patched)
            return await read_report(unit, latest(unit, type_))

    settled.unit(watch)
    ranges = [(values["since"], values["until"]) for _, values in statements.seen if "until" in values]
    counted = [(since, until) for since, until in ranges if until > NOON]  # nothing is older
    assert counted
    assert all(since >= now - 2 * QUARTER for since, _ in counted)


def test_what_changed_earlier_today_is_shown_anew_at_once(settled: Forum) -> None:
    settled.clock.advance(hours=5)
    today = settled.clock.now() // DAY
    topic = settled.given.topic(by="mary").post.topic_id
    settled.clock.advance(hours=2)
    keep(settled)
    before = ask(settled, "topics")
    assert shown(before)[today] == 1
    settled.delete(f"/t/{topic}.json", headers=settled.keyed())
    after = ask(settled, "topics")
    assert (shown(after).get(today), after.total) == (None, int(before.total or 0) - 1)
    known = len(rows(settled, "report_quarters", "quarter"))
    settled.unit(keeping.keep_days)
    assert 0 < known - len(rows(settled, "report_quarters", "quarter")) < 12
    assert shown(ask(settled, "topics")) == shown(after)
    keep(settled)
    assert len(rows(settled, "report_quarters", "quarter")) == known
    assert shown(ask(settled, "topics")) == shown(after)


def test_a_topic_of_long_ago_marks_days_and_not_every_quarter_of_them(settled: Forum) -> None:
    topic = topic_of(settled, "mary")
    day = NOON // DAY
    for minutes in range(0, 600, 60):
        at = f"2026-04-02T{minutes // 60:02}:00:00Z"
        body = {"topic_id": topic, "raw": f"Written a long time ago, {minutes}", "created_at": at}
        assert settled.post("/posts.json", json=body, headers=settled.keyed()).status == 200
    keep(settled)
    settled.delete(f"/t/{topic}.json", headers=settled.keyed())
    marked = {row["quarter"] for row in rows(settled, "report_marks", "kind", "quarter") if row["kind"] == "posts"}
    assert marked == {day * QUARTERS, (day + 1) * QUARTERS}


def test_the_about_page_says_what_a_count_of_every_row_says(settled: Forum) -> None:
    settled.given.reply(settled.given.topic(by="mary").post.topic_id, by="paul")
    kept = settled.unit(read_about).counts
    books = Books(settled)
    now = settled.clock.now()
    assert kept.users == len(books.users)
    assert kept.topics == len(books.ordinary())
    assert kept.posts == len(books.public)
    assert kept.posts_day == sum(row["created_at"] >= now - DAY for row in books.public)
    assert kept.posts_month == sum(row["created_at"] >= now - 30 * DAY for row in books.public)
    assert (kept.likes, kept.likes_month) == (1, 0)

    async def forget(unit: Unit) -> None:
        await unit.write()
        await unit.tx.text("DELETE FROM report_days")

    settled.unit(forget)
    assert settled.unit(read_about).counts == kept


def test_the_about_page_counts_no_day_twice(settled: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    statements = Statements()

    async def watch(unit: Unit) -> None:
        with monkeypatch.context() as patched:
            statements.watch(patched)
            await read_about(unit)

    settled.unit(watch)
    days = [(query.sqlite().text, values["since"]) for query, values in statements.seen if "until" in values]
    assert days
    assert len(days) == len(set(days))


def test_moments_count_to_the_millisecond(settled: Forum) -> None:
    async def count(unit: Unit) -> list[int]:
        return await count_since(unit, "listed_topics", moments=(NOON, NOON + 1, NOON - 1, 0))

    found = settled.unit(count)
    assert (found[0] - found[1], found[2]) == (1, found[0])
    assert found[3] == settled.unit(lambda unit: count_total(unit, "listed_topics"))


def test_numbers_can_be_counted_anew_whatever_is_kept(settled: Forum) -> None:
    async def spoil(unit: Unit) -> None:
        await unit.write()
        await unit.tx.text("UPDATE report_days SET count = 77 WHERE kind = 'topics'")

    settled.unit(spoil)
    month = "start_date=2026-04-01&end_date=2026-04-01"
    path = f"/admin/reports/topics.json?{month}"
    assert settled.get(path, headers=settled.keyed()).json["report"]["data"] == [{"x": "2026-04-01", "y": 77}]
    anew = settled.get(f"{path}&cache=false", headers=settled.keyed()).json["report"]
    assert anew["data"] == [{"x": "2026-04-01", "y": 1}]
    assert anew["total"] == len(Books(settled).ordinary())
    assert settled.get(f"{path}&cache=perhaps", headers=settled.keyed()).status == 400


def test_days_before_what_is_kept_count_too(settled: Forum) -> None:
    async def shorten(unit: Unit) -> int:
        await unit.write()
        await unit.tx.text(f"UPDATE report_progress SET first = {NOON // DAY + 1}")
        await unit.tx.text(f"DELETE FROM report_days WHERE day <= {NOON // DAY}")
        found = await find_progress(unit.tx)
        return found.first if found else 0

    before = {name: settled.unit(lambda unit, name=name: count_total(unit, name)) for name in series.SOURCES}
    assert settled.unit(shorten) == NOON // DAY + 1
    assert before == {name: settled.unit(lambda unit, name=name: count_total(unit, name)) for name in series.SOURCES}
    assert shown(ask(settled, "topics"))[NOON // DAY] == 1


def test_every_kind_can_be_counted_for_a_day_without_anything(forum: Forum) -> None:
    async def count(unit: Unit) -> dict[str, Any]:
        return {kind: await count_days(unit, kind, first=5, last=5) for kind in KEPT}

    assert {kind: dict(days) for kind, days in forum.unit(count).items() if kind != "month"} == {
        kind: {} for kind in KEPT if kind != "month"
    }
    assert msgspec.to_builtins(KINDS["topics"])["by_category"] is True
