"""Lists cost as much on a large forum as on a small one, and no plan of theirs reads a whole table."""

from __future__ import annotations

import pytest

from tertulia.app import route_table
from tertulia.testing.forum import Forum
from tests.dialects.plans.filling import act, fill, samples
from tests.dialects.plans.paths import ANYBODY, PATHS, STAFF, STATEMENTS
from tests.dialects.plans.reading import Cost, cost, watching

SMALL, LARGE = (50, 260, 600), (450, 2340, 5400)  # people, topics, posts: the second come on top of the first
READERS = ("", "mary")
# Work that is nothing. SQLite goes the same way in small and large tables. PostgreSQL chooses by their size, and may
# go through one of these once, so that only more than one pass through the largest of them counts.
FLOOR = {"sqlite": 8_000, "postgresql": 7_000}
MOST_GROWTH = 1.5

Asked = tuple[str, str]  # who, path as it is in `paths.py`


def everything() -> list[Asked]:
    asked = [(who, path) for path in ANYBODY for who in READERS if not (who and path.startswith("/api/"))]
    return asked + [("admin", path) for path in STAFF]


def measure(forum: Forum, monkeypatch: pytest.MonkeyPatch, *, words: dict[str, object]) -> dict[Asked, dict[str, Cost]]:
    """The dearest run of every statement that each list issues, by its text."""
    found: dict[Asked, dict[str, Cost]] = {}
    for who, template in everything():
        path = template.format(**words)
        headers = {} if not who else forum.bearer() if path.startswith("/api/") else forum.keyed(who)
        headers |= {} if ".json" in path or path.startswith("/api/") else {"Accept": "text/html"}
        with watching(monkeypatch) as statements:
            answer = forum.get(path, headers=headers)
            seen = statements.take()
        assert answer.status < 500, (path, answer)
        costs = [cost(forum, query, values) for query, values in seen]
        dearest: dict[str, Cost] = {}
        for each in sorted(costs, key=lambda each: each.work):
            dearest[each.text] = each
        found[(who, template)] = dearest
    return found


def grown(small: dict[str, Cost], large: dict[str, Cost], *, floor: int) -> list[Cost]:
    """Statements that cost more where there is more, or read a table from end to end."""
    found = []
    for text, each in large.items():
        before = small[text].work if text in small else 0
        if each.work > floor and (each.faults or each.work > MOST_GROWTH * before):
            found.append(each)
    return found


def reason(path: str, each: Cost) -> str | None:
    """Why it is accepted that a statement costs more, by what the table says of it."""
    text = " ".join(each.text.split())
    return next((piece for piece in STATEMENTS if piece in text), path if path in PATHS else None)


def test_no_list_costs_more_on_a_forum_ten_times_as_large(forum: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    forum.inline_jobs = False
    forum.clock.freeze()
    mary = forum.given.user("mary")
    fill(forum, people=SMALL[0], topics=SMALL[1], posts=SMALL[2], seed=1)
    act(forum, mary.id)
    words = samples(forum)
    small = measure(forum, monkeypatch, words=words)
    fill(forum, people=LARGE[0], topics=LARGE[1], posts=LARGE[2], seed=2)
    large = measure(forum, monkeypatch, words=words)
    floor, accepted, wrong = FLOOR[forum.database.engine], set(), []
    for (who, path), costs in large.items():
        for each in grown(small[(who, path)], costs, floor=floor):
            why = reason(path, each)
            accepted.add(why)
            if why is None:
                before = small[(who, path)].get(each.text)
                was = before.work if before else 0
                wrong.append(
                    f"{who or 'a visitor'}, {path}: {was} -> {each.work} {each.faults}\n{each.text}\n{each.plan}"
                )
    assert not wrong, "\n\n".join(wrong)
    if forum.database.engine == "sqlite":
        stale = {*STATEMENTS, *PATHS} - accepted
        assert not stale, f"these cost the same now; take them out of paths.py: {stale}"


def test_every_path_of_the_table_leads_to_a_row() -> None:
    table = route_table()
    words = {"cid": 1, "slug": "a", "tag": "a", "topic": 1, "post": 1, "user": "a"}
    for path in (*ANYBODY, *STAFF):
        assert table.match("GET", path.format(**words).partition("?")[0]), path
