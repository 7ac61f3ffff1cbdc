"""Clicks of links: who counts, how often, and which links there are to count."""

from __future__ import annotations

import pytest

from tertulia.forum import batches
from tertulia.forum.posts.clicking import click_link
from tertulia.forum.posts.deleting import delete_post
from tertulia.forum.posts.editing import update_post
from tertulia.forum.sites.sweeping import sweep
from tertulia.forum.unit import Ports
from tertulia.model.posts import ClickLink, UpdatePost
from tests.forum.reading import given
from tests.forum.writing import ADMIN, Forum, found

pytestmark = pytest.mark.anyio
PAGE = "https://example.org/page?a=1&b=2"


async def click(forum: Forum, by: int | None, *, address: str = "10.0.0.1", **fields: str | int) -> None:
    async with given.acting(forum.ports, by, address=address) as unit:
        await click_link(unit, ClickLink(**{"url": PAGE, **fields}))


async def clicks(forum: Forum, post_id: int) -> int:
    async with forum.ports.unit() as unit:
        await batches.flush(unit)
        await unit.commit()
    return int(await forum.value(f"SELECT clicks FROM topic_links WHERE post_id = {post_id} AND reflection = 0"))


async def test_a_click_counts_once_a_day_for_each_person_and_address(ports: Ports) -> None:
    forum = await found(ports)
    post = await forum.reply((await forum.topic()).id, raw=f"Read this: {PAGE} all of it.")
    for _ in range(3):
        await click(forum, forum.author, post_id=post.id)
        await click(forum, None, post_id=post.id)
    assert await clicks(forum, post.id) == 2
    await click(forum, forum.author, post_id=post.id)
    await click(forum, None, post_id=post.id, address="10.0.0.2")
    assert await clicks(forum, post.id) == 3
    forum.clock.pass_seconds(86_401)
    await click(forum, forum.author, post_id=post.id)
    assert await clicks(forum, post.id) == 4


async def test_own_links_do_not_count(ports: Ports) -> None:
    forum = await found(ports)
    post = await forum.reply((await forum.topic()).id, raw=f"Read this: {PAGE} all of it.")
    await click(forum, forum.reader, post_id=post.id)
    assert await clicks(forum, post.id) == 0


async def test_only_links_of_posts_that_the_reader_sees_count(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    post = await forum.reply(topic.id, raw=f"Read this: {PAGE} all of it.")
    await click(forum, forum.author, post_id=post.id, url="https://example.org/another")
    await click(forum, forum.author, post_id=topic.first_post_id)
    await click(forum, forum.author, post_id=999_999)
    await click(forum, forum.author)
    await click(forum, None, post_id=post.id, address="")
    assert await clicks(forum, post.id) == 0
    message = await forum.topic(archetype=1, recipients=("reader",), raw=f"For your eyes: {PAGE} only.")
    await click(forum, forum.newcomer, post_id=message.first_post_id)
    await click(forum, forum.newcomer, topic_id=message.id)
    assert await clicks(forum, message.first_post_id) == 0
    await click(forum, forum.reader, post_id=message.first_post_id)
    assert await clicks(forum, message.first_post_id) == 1


async def test_a_link_is_found_by_its_topic_and_in_other_spellings(ports: Ports) -> None:
    forum = await found(ports)
    topic, other = await forum.topic(), await forum.topic()
    post = await forum.reply(topic.id, raw=f"Read /t/{other.slug}/{other.id} and [this](/t/{other.slug}/{other.id}).")
    async with ports.unit() as unit:
        base = unit.settings.process.base_url
    await click(forum, forum.author, topic_id=topic.id, url=f"/t/{other.slug}/{other.id}/")
    await click(forum, forum.newcomer, topic_id=topic.id, url=f"{base}/t/{other.slug}/{other.id}")
    assert await clicks(forum, post.id) == 2
    page = await forum.reply(topic.id, raw="Read this: http://example.org/plain all of it.")
    await click(forum, forum.author, post_id=page.id, url="https://example.org/plain/")
    assert await clicks(forum, page.id) == 1


async def test_an_edit_keeps_the_clicks_and_who_clicked(ports: Ports) -> None:
    forum = await found(ports)
    post = await forum.reply((await forum.topic()).id, raw=f"Read this: {PAGE} all of it.")
    await click(forum, forum.author, post_id=post.id)
    assert await clicks(forum, post.id) == 1
    async with forum.acting(ADMIN) as unit:
        await update_post(unit, UpdatePost(post_id=post.id, raw=f"Read this instead: {PAGE} all of it."))
    await click(forum, forum.author, post_id=post.id)
    assert await clicks(forum, post.id) == 1


async def test_marks_of_clicks_are_forgotten_after_a_day_and_the_count_stays(ports: Ports) -> None:
    forum = await found(ports)
    post = await forum.reply((await forum.topic()).id, raw=f"Read this: {PAGE} all of it.")
    await click(forum, forum.author, post_id=post.id)
    assert await clicks(forum, post.id) == 1
    forum.clock.pass_seconds(86_401)
    async with forum.ports.unit() as unit:
        await sweep(unit)
        await unit.commit()
    assert await forum.value("SELECT COUNT(*) FROM link_clicks") == 0
    assert await clicks(forum, post.id) == 1


async def test_clicks_of_a_deleted_post_go_nowhere(ports: Ports) -> None:
    forum = await found(ports)
    post = await forum.reply((await forum.topic()).id, raw=f"Read this: {PAGE} all of it.")
    await click(forum, forum.author, post_id=post.id)
    async with forum.acting(ADMIN) as unit:
        await delete_post(unit, post.id)
    await click(forum, forum.newcomer, post_id=post.id)
    async with forum.ports.unit() as unit:
        await batches.flush(unit)
        await unit.commit()
    assert await forum.value("SELECT COUNT(*) FROM topic_links WHERE clicks > 0") == 0
