"""The best of somebody and the first page of the directory cost what they did, however much there came to be."""

from __future__ import annotations

import pytest

from tertulia.forum.reports.keeping import gather_tallies
from tertulia.testing.forum import Forum
from tests.dialects.plans.filling import fill, samples
from tests.dialects.plans.reading import cost, watching

PAGES = ("/u/{user}/summary.json", "/api/user/{user}/best", "/directory_items.json?period=all&order=likes_received")
DIRECTORY = PAGES[-1]
FLOOR = 300  # of work that is nothing


def work(forum: Forum, monkeypatch: pytest.MonkeyPatch, path: str) -> int:
    """Of the statements that give a page; for the directory with its total."""
    with watching(monkeypatch) as statements:
        assert forum.get(path).status == 200
        seen = statements.take()
    pages = seen if path == DIRECTORY else [each for each in seen if "offset" in each[1]]
    assert pages, path
    return sum(cost(forum, query, values).work for query, values in pages)


def busiest(forum: Forum) -> str:
    return str(samples(forum)["user"]).lower()


def test_the_best_of_many_posts_and_people_costs_what_the_best_of_few_does(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    forum.inline_jobs = False
    forum.clock.freeze()
    fill(forum, people=60, topics=150, posts=600, seed=1)
    small = {path: work(forum, monkeypatch, path.format(user=busiest(forum))) for path in PAGES}
    fill(forum, people=540, topics=1_350, posts=5_400, seed=2)
    forum.unit(gather_tallies)
    for path in PAGES:
        large = work(forum, monkeypatch, path.format(user=busiest(forum)))
        assert large <= 1.5 * small[path] + FLOOR, (path, small[path], large)
