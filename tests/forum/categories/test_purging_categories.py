"""Categories deleted with what is in them."""

from __future__ import annotations

import json

import pytest

from tertulia.forum import category_purging
from tertulia.forum.categories.reading import read_category
from tertulia.forum.categories.saving import save_category
from tertulia.forum.category_purging import purge_category, purge_slice
from tertulia.forum.posts import whole_topics
from tertulia.forum.search.searching import search
from tertulia.forum.sessions.actors import system_actor
from tertulia.forum.topics import deleting
from tertulia.forum.unit import Ports
from tertulia.model import errors
from tertulia.model.categories import SaveCategory
from tertulia.model.search import Search
from tests.forum.sites.given import acting, add_topic, add_user

pytestmark = pytest.mark.anyio


async def doomed(ports: Ports, *, topics: int, posts: int) -> int:
    async with acting(ports) as unit:
        view = await save_category(unit, SaveCategory(name="Doomed"))
        await unit.commit()
    for number in range(topics):
        await add_topic(ports, f"Doomed {number}", *["body"] * posts, category_id=view.category.id, tags=["gone"])
    return view.category.id


async def is_gone(ports: Ports, category_id: int) -> bool:
    async with acting(ports) as unit:
        try:
            await read_category(unit, category_id)
        except errors.CategoryMissing:
            left = await unit.tx.text(f"SELECT COUNT(*) FROM topics WHERE category_id = {category_id}")
            assert left[0][0] == 0
            assert not (await search(unit, Search(q="doomed"))).hits
            assert not [row for row in await unit.tx.text("SELECT topic_count FROM tags") if row[0]]
            return True
    return False


async def run_jobs(ports: Ports) -> int:
    """Runs every waiting job of the two kinds that take part, as a worker would; answers how many."""
    async with ports.unit() as unit:
        rows = await unit.tx.text("SELECT id, kind, arguments FROM jobs ORDER BY run_at, id")
    bodies = {"categories.purge": purge_slice, "topics.purge": deleting.purge_slice}
    for job_id, kind, arguments in rows:
        async with ports.unit() as unit:
            unit.actor = await system_actor(unit)
            await bodies[kind](unit, **json.loads(arguments))
            await unit.settle()
            await unit.write()
            await unit.tx.text(f"DELETE FROM jobs WHERE id = {job_id}")
            await unit.commit()
    return len(rows)


async def test_a_small_category_goes_at_once_with_its_topics(ports: Ports) -> None:
    category_id = await doomed(ports, topics=3, posts=2)
    kept = await add_topic(ports, "Kept", "body")
    async with acting(ports) as unit:
        await purge_category(unit, category_id)
        await unit.commit()
    assert await is_gone(ports, category_id)
    async with acting(ports) as unit:
        assert [row[0] for row in await unit.tx.text("SELECT id FROM topics")] == [kept]


async def test_a_large_category_goes_in_slices(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(category_purging, "POSTS_AT_ONCE", 4)
    monkeypatch.setattr(whole_topics, "AT_ONCE", 4)
    category_id = await doomed(ports, topics=4, posts=2)
    await add_topic(ports, "Doomed and long", *["body"] * 6, category_id=category_id)
    async with acting(ports) as unit:
        await purge_category(unit, category_id)
        await unit.commit()
    assert not await is_gone(ports, category_id)
    async with acting(ports) as unit:
        assert (await read_category(unit, category_id)).category.disabled
    rounds = 0
    while await run_jobs(ports):
        rounds += 1
        assert rounds < 10
    assert await is_gone(ports, category_id)


async def test_only_admins_purge_a_category(ports: Ports) -> None:
    category_id = await doomed(ports, topics=1, posts=1)
    moderator = await add_user(ports, "mod", moderator=1)
    async with acting(ports, moderator) as unit:
        with pytest.raises(errors.NotAllowed):
            await purge_category(unit, category_id)
    async with acting(ports) as unit:
        with pytest.raises(errors.CategorySpecial):
            await purge_category(unit, 1)
        with pytest.raises(errors.CategoryMissing):
            await purge_category(unit, 99)
        await save_category(unit, SaveCategory(name="Below", parent_id=category_id))
        with pytest.raises(errors.CategoryHasChildren):
            await purge_category(unit, category_id)
