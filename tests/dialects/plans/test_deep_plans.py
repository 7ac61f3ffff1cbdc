"""Page 60 of a list costs what page 1 does, once somebody has been near it or on it; absurd ones are refused."""

from __future__ import annotations

import pytest

from tertulia.forum.unit import Unit
from tertulia.testing.forum import Forum
from tests.dialects.plans.filling import count_rows, fill
from tests.dialects.plans.reading import cost, watching

PER_PAGE = 30
LISTS = (
    "/latest.json?page={}",
    "/latest.json?page={}&order=created",
    "/latest.json?page={}&order=views&ascending=true",
    "/latest.json?page={}&order=title",
    "/latest.json?page={}&no_definitions=true&per_page=30",
    "/top.json?page={}&period=all&per_page=30",
    "/c/uncategorized/1.json?page={}",
)


def work(forum: Forum, monkeypatch: pytest.MonkeyPatch, path: str, *, who: str) -> int:
    with watching(monkeypatch) as statements:
        answer = forum.get(path, headers=forum.keyed(who) if who else {})
        seen = statements.take()
    assert answer.status == 200
    assert len(answer.json["topic_list"]["topics"]) == PER_PAGE, path
    return sum(cost(forum, query, values).work for query, values in seen if "offset" in values)


@pytest.mark.parametrize("who", ["", "mary"])
def test_a_page_deep_in_a_list_costs_what_the_first_one_costs(
    forum: Forum, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    forum.inline_jobs = False
    forum.clock.freeze()
    forum.given.user("mary")
    fill(forum, people=20, topics=2_100, posts=2_100, seed=3)

    async def gather(unit: Unit) -> None:
        await unit.write()
        await unit.tx.text("UPDATE topics SET category_id = 1 WHERE category_id IS NOT NULL")
        await unit.tx.text("UPDATE categories SET topic_count = 0 WHERE id > 1")
        await unit.tx.text("UPDATE categories SET topic_count = (SELECT count(*) FROM topics) WHERE id = 1")
        await unit.commit()

    forum.unit(gather)
    forum.unit(count_rows)
    for template in LISTS:
        first = work(forum, monkeypatch, template.format(1), who=who)
        forum.get(template.format(59), headers=forum.keyed(who) if who else {})
        deep = work(forum, monkeypatch, template.format(60), who=who)
        assert deep <= 1.5 * first + 200, (template, first, deep)
        work(forum, monkeypatch, template.format(45), who=who)
        again = work(forum, monkeypatch, template.format(45), who=who)
        assert again <= 1.5 * first + 200, (template, first, again)


@pytest.mark.parametrize("path", ["/latest.json?page={}", "/c/uncategorized/1.json?page={}", "/top.json?page={}"])
def test_a_page_that_no_list_has_is_refused(forum: Forum, path: str) -> None:
    assert forum.get(path.format(100_001)).status == 400
    assert forum.get(path.format(-1)).status == 400
    assert forum.get(path.format(100_000)).json["topic_list"]["topics"] == []


def test_an_offset_that_no_list_has_is_answered_with_nothing(forum: Forum) -> None:
    forum.given.topic(by="admin")
    assert forum.get("/user_actions.json?username=admin&offset=999999999").json["user_actions"] == []
