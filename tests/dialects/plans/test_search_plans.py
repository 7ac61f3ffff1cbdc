"""What a search looks through does not grow with the forum: people, the newest of a kind of posts, common words."""

from __future__ import annotations

import pytest

from tertulia.forum.indexing import recent
from tertulia.forum.search.query import parse_query
from tertulia.forum.search.resolving import resolve
from tertulia.forum.search.searching import match_text
from tertulia.forum.unit import Unit
from tertulia.forum.users.listing import search_users
from tertulia.store.fulltext.searching import fill as fill_question
from tertulia.store.fulltext.searching import list_hits
from tertulia.testing.forum import Forum
from tests.dialects.plans.filling import fill
from tests.dialects.plans.reading import cost, watching

HITS = 10


async def find_people(unit: Unit) -> None:
    assert len(await search_users(unit, "adm", limit=5)) < 5  # so that names are looked at as well


async def find_newest(unit: Unit) -> None:
    await find_posts(unit, "in:first")


async def find_common_word(unit: Unit) -> None:
    await find_posts(unit, "server")


async def find_first_posts_with_a_common_word(unit: Unit) -> None:
    await find_posts(unit, "server in:first")


async def find_posts(unit: Unit, q: str) -> None:
    asked = parse_query(q, now=unit.now)
    plan, values = await resolve(unit, asked, topic_id=None)
    match = match_text(unit, asked) if plan.matches else ""
    filled = fill_question(values=values, match=match, visibility=unit.actor.visibility, limit=HITS, offset=0)
    assert len(await list_hits(unit.tx, plan, filled=filled)) == HITS


FINDS = (find_people, find_newest, find_common_word, find_first_posts_with_a_common_word)


def test_a_search_costs_as_much_on_a_forum_eight_times_as_large(forum: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    forum.inline_jobs = False
    monkeypatch.setattr(recent, "RECENT", 500)
    monkeypatch.setattr(recent, "LEAST", 600)
    monkeypatch.setattr(recent, "SLICE", 10_000)
    forum.clock.freeze()
    found = []
    for part, seed in ((1, 1), (7, 2)):
        fill(forum, people=500 * part, topics=700 * part, posts=700 * part, seed=seed)
        for _ in range(3):
            forum.unit(recent.keep_recent)
        costs = {}
        for find in FINDS:
            with watching(monkeypatch) as statements:
                forum.unit(find)
                seen = statements.take()
            costs[find.__name__] = sum(cost(forum, query, values).work for query, values in seen)
        found.append(costs)
    small, large = found
    grown = {name: (small[name], work) for name, work in large.items() if work > 1.5 * small[name] + 500}
    assert not grown
