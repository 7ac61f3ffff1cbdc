"""What somebody has not read yet costs what it is, not what they ever read."""

from __future__ import annotations

import pytest

from tertulia.forum.unit import Unit
from tertulia.testing.forum import Forum
from tests.dialects.plans.filling import count_rows, fill, samples
from tests.dialects.plans.reading import cost, watching

PATHS = ("/unread.json", "/new.json", "/latest.json")
FLOOR = 300  # of work that is nothing
PAGE = 31
DAY = 86_400_000


def work(forum: Forum, monkeypatch: pytest.MonkeyPatch, path: str, *, name: str) -> int:
    """Of the statements that choose the topics, and of the one that says where their reader liked something."""
    with watching(monkeypatch) as statements:
        assert forum.get(path, headers=forum.keyed(name)).status == 200
        seen = statements.take()
    chosen = [each for each in seen if "reader" in each[1] or "votes" in each[0].sqlite().words]
    assert len(chosen) >= 1, path
    costs = [cost(forum, query, values) for query, values in chosen]
    return sum(each.work for each in costs)


def leave(forum: Forum) -> str:
    """Leaves the person who wrote most a page of topics to read to the end, and a page of new ones; answers who."""
    name = str(samples(forum)["user"])

    async def lag(unit: Unit) -> None:
        await unit.write()
        ((user_id,),) = await unit.tx.text(f"SELECT id FROM users WHERE username = '{name}'")
        end = "(SELECT highest_post_number FROM topics WHERE topics.id = topic_states.topic_id)"
        page = (
            "SELECT s.topic_id FROM topic_states s JOIN topics t ON t.id = s.topic_id "
            f"WHERE s.user_id = {user_id} AND t.highest_post_number > 1 ORDER BY t.bumped_at DESC, t.id LIMIT {PAGE}"
        )
        for change in ("maybe_unread = 0", f"last_read_post_number = 1, maybe_unread = 1 WHERE topic_id IN ({page})"):
            what, _, narrowed = change.partition(" WHERE ")
            last_read = f"last_read_post_number = {end}, " if not narrowed else ""
            where = f" AND {narrowed}" if narrowed else ""
            await unit.tx.text(f"UPDATE topic_states SET {last_read}{what} WHERE user_id = {user_id}{where}")
        await unit.tx.text(f"UPDATE topics SET created_at = created_at - {9 * DAY}, bumped_at = bumped_at - {9 * DAY}")
        others = f"SELECT topic_id FROM topic_states WHERE user_id = {user_id}"
        await unit.tx.text(
            f"UPDATE topics SET created_at = {unit.now}, bumped_at = {unit.now} WHERE id IN "
            f"(SELECT id FROM topics WHERE id NOT IN ({others}) ORDER BY id DESC LIMIT {PAGE})"
        )
        await unit.commit()

    forum.unit(lag)
    forum.unit(count_rows)
    return name


def test_lists_of_somebody_who_read_much_cost_what_they_cost_who_read_little(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    forum.inline_jobs = False
    forum.clock.freeze()
    found = []
    for part, seed in ((1, 1), (9, 2)):
        fill(forum, people=60 * part, topics=400 * part, posts=1_600 * part, seed=seed)
        name = leave(forum)
        found.append({path: work(forum, monkeypatch, path, name=name) for path in PATHS})
    small, large = found
    grown = {path: (small[path], each) for path, each in large.items() if each > 1.5 * small[path] + FLOOR}
    assert not grown
