"""Ids and names that meet: founding's rows give way, others are named and refused, offsets shift everything."""

from __future__ import annotations

from pathlib import Path

import pytest

from tertulia.forum.keys.authenticating import authenticate_admin_key
from tertulia.forum.keys.creating import create_key
from tertulia.forum.sessions.actors import build_actor, system_actor
from tertulia.forum.sites.welcome import create_welcome_topic
from tertulia.forum.topics.reading import read_topic
from tertulia.forum.unit import Ports
from tertulia.importers.discourse_archive import ImportRefused
from tertulia.model.actor import CredentialKind
from tertulia.model.keys import CreateKey
from tertulia.model.topics import ReadTopic, TopicView
from tests.importers.archives import post, raw_page, topic, write_archive
from tests.importers.conftest import Import

pytestmark = pytest.mark.anyio


async def welcome(ports: Ports) -> None:
    async with ports.unit() as unit:
        await create_welcome_topic(unit)
        await unit.commit()


async def read(ports: Ports, topic_id: int) -> TopicView:
    async with ports.unit() as unit:
        unit.actor = await build_actor(unit, None)
        return await read_topic(unit, ReadTopic(topic_id=topic_id))


async def rows(ports: Ports, sql: str) -> list[tuple[object, ...]]:
    async with ports.unit() as unit:
        return [tuple(row) for row in await unit.tx.text(sql)]


async def test_the_welcome_topic_gives_way_to_topic_one_of_the_archive(
    ports: Ports, run_import: Import, tmp_path: Path
) -> None:
    await welcome(ports)
    report = await run_import(write_archive(tmp_path, topic(1, [post(1, 1), post(2, 2)])))
    assert (await read(ports, 1)).topic.title == "Title of topic 1"
    assert any("welcome topic" in notice for notice in report.notices)
    assert await rows(ports, "SELECT topic_count, post_count FROM categories WHERE id = 1") == [(0, 0)]
    assert await rows(ports, "SELECT COUNT(*) FROM post_search") == [(2,)]


async def test_the_welcome_topic_stays_where_nothing_needs_its_ids(
    ports: Ports, run_import: Import, tmp_path: Path
) -> None:
    await welcome(ports)
    await run_import(write_archive(tmp_path, topic(9, [post(90, 1)])))
    assert (await read(ports, 1)).topic.title == "Welcome to your new forum"


async def test_the_admin_moves_to_a_free_id_with_its_keys_and_is_told(
    ports: Ports, run_import: Import, tmp_path: Path
) -> None:
    async with ports.unit() as unit:
        unit.actor = await system_actor(unit)
        key = await create_key(unit, CreateKey(kind=int(CredentialKind.ADMIN_KEY), user_id=1))
        await unit.commit()
    report = await run_import(write_archive(tmp_path, topic(9, [post(90, 1, user_id=1), post(91, 2, user_id=40)])))
    assert await rows(ports, "SELECT id, username FROM users WHERE id > 0 ORDER BY id") == [
        (1, "user1"),
        (40, "user40"),
        (41, "admin"),
    ]
    assert any("admin has the id 41" in notice for notice in report.notices)
    async with ports.unit() as unit:
        user, _ = await authenticate_admin_key(unit, str(key.secret), address="127.0.0.1", agent="")
    assert user.id == 41 and user.admin


async def test_posts_of_the_archives_system_user_are_our_system_users(
    ports: Ports, run_import: Import, tmp_path: Path
) -> None:
    await run_import(write_archive(tmp_path, topic(9, [post(90, 1), post(91, 2, user_id=-1, username="system")])))
    assert [item.user.username for item in (await read(ports, 9)).posts] == ["user7", "system"]
    assert await rows(ports, "SELECT COUNT(*) FROM users WHERE id < 0") == [(1,)]


async def test_categories_of_founding_give_way(ports: Ports, run_import: Import, tmp_path: Path) -> None:
    await welcome(ports)
    await run_import(write_archive(tmp_path, topic(9, [post(90, 1)], category_id=3)))
    assert (await read(ports, 9)).topic.category_id == 3
    assert await rows(ports, "SELECT name FROM categories WHERE id = 3") == [("Category 3",)]


async def test_the_same_username_with_another_id_is_named_and_refused(
    ports: Ports, run_import: Import, tmp_path: Path
) -> None:
    with pytest.raises(ImportRefused, match="usernames admin"):
        await run_import(write_archive(tmp_path, topic(9, [post(90, 1, username="Admin")])))
    assert await rows(ports, "SELECT COUNT(*) FROM topics") == [(0,)]
    assert await rows(ports, "SELECT COUNT(*) FROM imports") == [(0,)]


async def test_ids_of_other_content_are_named_and_refused(ports: Ports, run_import: Import, tmp_path: Path) -> None:
    await run_import(write_archive(tmp_path / "one", topic(9, [post(90, 1)])))
    with pytest.raises(ImportRefused, match=r"user ids 7; category ids 10; topic ids 9; post ids 90") as refused:
        await run_import(write_archive(tmp_path / "two", topic(9, [post(90, 1), post(92, 2)])))
    assert "--offset-ids" in str(refused.value)


async def test_offset_ids_puts_everything_above_what_is_here(ports: Ports, run_import: Import, tmp_path: Path) -> None:
    await run_import(write_archive(tmp_path / "one", topic(9, [post(90, 1)])))
    quoting = '<aside class="quote" data-post="1" data-topic="9"><blockquote><p>T</p></blockquote></aside>'
    body = topic(9, [post(90, 1), post(92, 2, user_id=8, cooked=quoting, reply_to_post_number=1)])
    report = await run_import(write_archive(tmp_path / "two", body), offset_ids=True)
    view = await read(ports, 18)
    assert [item.post.id for item in view.posts] == [180, 182]
    assert [item.user.username for item in view.posts] == ["user71", "user8"]
    assert view.posts[1].post.reply_to_post_id == 180
    assert 'data-topic="18"' in view.posts[1].post.cooked
    assert await rows(ports, "SELECT post_id, quoted_post_id FROM post_quotes") == [(182, 180)]
    assert any("user7 is user71" in notice for notice in report.notices)
    assert (await read(ports, 9)).posts[0].user.username == "user7"


async def test_the_same_people_and_categories_come_as_often_as_archives_bring_them(
    ports: Ports, run_import: Import, tmp_path: Path
) -> None:
    for place in range(4):
        await run_import(
            write_archive(tmp_path / str(place), topic(9 + place, [post(90, 1), post(92, 2, user_id=8)])),
            offset_ids=place > 0,
        )
    names = await rows(ports, "SELECT username FROM users WHERE id > 1 ORDER BY id")
    assert len(names) == len(set(names)) == 8
    slugs = await rows(ports, "SELECT slug FROM categories WHERE id > 1 ORDER BY id")
    assert len(slugs) == len(set(slugs)) >= 4


async def test_offset_ids_moves_links_of_the_site_and_no_others(
    ports: Ports, run_import: Import, tmp_path: Path
) -> None:
    await run_import(write_archive(tmp_path / "one", topic(9, [post(90, 1)])))
    links = "[a](/t/some-slug/9/2) /t/9/1 /t/gone/5 /t/2d-artifacts https://other.example/t/some-slug/9"
    cooked = '<p><a href="/t/some-slug/9/2">a</a> <a href="https://other.example/t/some-slug/9">b</a></p>'
    link = {"url": "/t/9/1", "internal": True, "reflection": False, "clicks": 1}
    body = topic(9, [post(90, 1, cooked=cooked, link_counts=[link])])
    archive = write_archive(tmp_path / "two", body, raws={9: raw_page([("user7", 1, links)])})
    await run_import(archive, offset_ids=True)
    first = (await read(ports, 18)).posts[0].post
    assert first.raw == "[a](/t/some-slug/18/2) /t/18/1 /t/gone/14 /t/2d-artifacts https://other.example/t/some-slug/9"
    assert 'href="/t/some-slug/18/2"' in first.cooked and 'href="https://other.example/t/some-slug/9"' in first.cooked
    assert await rows(ports, "SELECT url, linked_topic_id FROM topic_links") == [("/t/18/1", 18)]


async def test_two_categories_of_one_name_are_told_apart(ports: Ports, run_import: Import, tmp_path: Path) -> None:
    file = tmp_path / "names.json"
    file.write_text('{"10": "Staff"}')
    report = await run_import(write_archive(tmp_path / "a", topic(9, [post(90, 1)])), categories=file)
    assert await rows(ports, "SELECT id, name FROM categories ORDER BY id") == [
        (1, "Uncategorized"),
        (3, "Staff"),
        (10, "Staff 2"),
    ]
    assert any("Staff 2" in notice for notice in report.notices)
