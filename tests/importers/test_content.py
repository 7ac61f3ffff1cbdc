"""What an import keeps: authors, times, ids, slugs, counts, replies, quotes, HTML, Markdown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tertulia.forum.categories.reading import read_category
from tertulia.forum.search.searching import search
from tertulia.forum.sessions.actors import build_actor, system_actor
from tertulia.forum.topics.creating import create_topic
from tertulia.forum.topics.reading import read_topic
from tertulia.forum.unit import Ports
from tertulia.forum.users.profiles import read_user
from tertulia.model.errors import TopicMissing
from tertulia.model.search import Search
from tertulia.model.topics import CreateTopic, ReadTopic, TopicView
from tests.importers.archives import post, raw_page, topic, write_archive
from tests.importers.conftest import Import

pytestmark = pytest.mark.anyio


async def read(ports: Ports, topic_id: int) -> TopicView:
    async with ports.unit() as unit:
        unit.actor = await build_actor(unit, None)
        return await read_topic(unit, ReadTopic(topic_id=topic_id))


async def test_ids_times_authors_slugs_and_counts_are_those_of_the_archive(
    ports: Ports, run_import: Import, tmp_path: Path
) -> None:
    body = topic(50, [post(500, 1), post(505, 3, user_id=8)], slug="a-slug-of-its-own", views=77, closed=True)
    report = await run_import(write_archive(tmp_path, body))
    view = await read(ports, 50)
    assert (view.topic.slug, view.topic.views, view.topic.closed) == ("a-slug-of-its-own", 77, True)
    assert view.topic.created_at == 1583298360789
    assert [item.post.id for item in view.posts] == [500, 505]
    assert [item.post.post_number for item in view.posts] == [1, 3]
    assert [item.user.username for item in view.posts] == ["user7", "user8"]
    first = view.posts[0].post
    assert (first.like_count, first.reads, first.score, first.incoming_link_count) == (3, 5, 1.5, 2)
    assert (view.topic.posts_count, view.topic.like_count, view.topic.highest_post_number) == (2, 6, 3)
    assert (report.kept["topics"], report.kept["posts"], report.kept["users"]) == (1, 2, 2)


async def test_replies_quotes_and_mentions_lead_to_the_posts_and_people_they_named(
    ports: Ports, run_import: Import, tmp_path: Path
) -> None:
    quoting = (
        '<aside class="quote" data-post="1" data-topic="50"><blockquote><p>Text</p></blockquote></aside>'
        '<p><a class="mention" href="/u/user7">@user7</a></p>'
    )
    body = topic(50, [post(500, 1), post(501, 2, user_id=8, reply_to_post_number=1, cooked=quoting, quote_count=1)])
    await run_import(write_archive(tmp_path, body))
    reply = (await read(ports, 50)).posts[1].post
    assert (reply.reply_to_post_number, reply.reply_to_post_id, reply.reply_to_user_id) == (1, 500, 7)
    async with ports.unit() as unit:
        assert await unit.tx.text("SELECT post_id, quoted_post_id FROM post_quotes")
        assert [tuple(row) for row in await unit.tx.text("SELECT post_id, user_id FROM post_mentions")] == [(501, 7)]


async def test_markdown_comes_from_the_page_and_else_is_the_html_marked_as_derived(
    ports: Ports, run_import: Import, tmp_path: Path
) -> None:
    body = topic(50, [post(500, 1), post(501, 2)])
    page = raw_page([("user7", 1, "Text of *post* 500.\n\n- a list")])
    report = await run_import(write_archive(tmp_path, body, raws={50: page}))
    first, second = (item.post for item in (await read(ports, 50)).posts)
    assert (first.raw, first.raw_derived) == ("Text of *post* 500.\n\n- a list", False)
    assert (second.raw, second.raw_derived) == ("<p>Text of post 501.</p>", True)
    assert report.not_kept["post without Markdown, whose HTML stands for it"] == 1


async def test_html_is_kept_as_the_archive_has_it_without_what_a_browser_would_run(
    ports: Ports, run_import: Import, tmp_path: Path
) -> None:
    cooked = '<p>Hello <b>there</b><script>alert(1)</script><img src="x" onerror="alert(1)"></p>'
    await run_import(write_archive(tmp_path, topic(50, [post(500, 1, cooked=cooked)])))
    kept = (await read(ports, 50)).posts[0].post.cooked
    assert "<b>there</b>" in kept
    assert "script" not in kept and "onerror" not in kept


async def test_people_bring_names_levels_roles_and_pictures_and_cannot_log_in(
    ports: Ports, run_import: Import, tmp_path: Path
) -> None:
    fields = {"user_title": "Helper", "moderator": True, "avatar_template": "/user_avatar/x/{size}/1_2.png"}
    await run_import(write_archive(tmp_path, topic(50, [post(500, 1, **fields)])))
    async with ports.unit() as unit:
        unit.actor = await system_actor(unit)
        user = (await read_user(unit, user_id=7)).user
    assert (user.username, user.name, user.title) == ("user7", "User 7", "Helper")
    assert (user.moderator, user.admin, user.trust_level) == (True, False, 2)
    assert user.avatar_template == "/user_avatar/x/{size}/1_2.png"
    assert (user.password_hash, user.email) == (None, None)
    assert (user.post_count, user.topic_count, user.likes_received) == (1, 1, 3)


async def test_posts_are_found_by_their_words_at_once(ports: Ports, run_import: Import, tmp_path: Path) -> None:
    cooked = "<p>A very particular octopus</p>"
    await run_import(write_archive(tmp_path, topic(50, [post(500, 1), post(501, 2, cooked=cooked)])))
    async with ports.unit() as unit:
        unit.actor = await build_actor(unit, None)
        found = await search(unit, Search(q="octopus"))
    assert [hit.post.post.id for hit in found.hits] == [501]


async def test_a_category_that_nothing_names_is_called_by_its_number_and_counts_its_topics(
    ports: Ports, run_import: Import, tmp_path: Path
) -> None:
    await run_import(write_archive(tmp_path, topic(50, [post(500, 1), post(501, 2)])))
    async with ports.unit() as unit:
        unit.actor = await build_actor(unit, None)
        category = (await read_category(unit, 10)).category
    assert (category.name, category.slug) == ("Category 10", "category-10")
    assert (category.topic_count, category.post_count, category.latest_topic_id) == (1, 2, 50)


@pytest.mark.parametrize(
    "text",
    [
        '{"10": "Questions"}',
        '{"categories": [{"id": 10, "name": "Questions", "slug": "questions", "color": "FF0000"}]}',
        '{"category_list": {"categories": [{"id": 10, "name": "Questions", "slug": "questions"}]}}',
    ],
    ids=["map", "site.json", "categories.json"],
)
async def test_categories_take_their_names_from_the_file(
    text: str, ports: Ports, run_import: Import, tmp_path: Path
) -> None:
    file = tmp_path / "categories.json"
    file.write_text(text)
    await run_import(write_archive(tmp_path / "archive", topic(50, [post(500, 1)])), categories=file)
    async with ports.unit() as unit:
        unit.actor = await build_actor(unit, None)
        category = (await read_category(unit, 10)).category
    assert (category.name, category.slug) == ("Questions", "questions")


async def test_private_messages_are_seen_by_those_they_are_for_only(
    ports: Ports, run_import: Import, tmp_path: Path
) -> None:
    details = {"allowed_users": [{"id": 7, "username": "user7"}, {"id": 8, "username": "user8"}]}
    body = topic(50, [post(500, 1)], archetype="private_message", category_id=None, details=details)
    await run_import(write_archive(tmp_path, body, topic(51, [post(510, 1, user_id=8)])))
    with pytest.raises(TopicMissing):
        await read(ports, 50)
    async with ports.unit() as unit:
        unit.actor = await system_actor(unit)
        user = (await read_user(unit, user_id=8)).user
        unit.actor = await build_actor(unit, user)
        assert (await read_topic(unit, ReadTopic(topic_id=50))).topic.is_message


async def test_tags_are_made_and_counted(ports: Ports, run_import: Import, tmp_path: Path) -> None:
    bodies = [topic(50, [post(500, 1)], tags=["api", "howto"]), topic(51, [post(510, 1)], tags=[{"name": "api"}])]
    await run_import(write_archive(tmp_path, *bodies))
    assert [tag.name for tag in (await read(ports, 50)).tags] == ["api", "howto"]
    async with ports.unit() as unit:
        rows = await unit.tx.text("SELECT name, topic_count FROM tags ORDER BY name")
    assert [tuple(row) for row in rows] == [("api", 2), ("howto", 1)]


async def test_new_topics_and_posts_get_ids_above_those_of_the_archive(
    ports: Ports, run_import: Import, tmp_path: Path
) -> None:
    await run_import(write_archive(tmp_path, topic(5000, [post(70000, 1)])))
    async with ports.unit() as unit:
        unit.actor = await system_actor(unit)
        made = await create_topic(
            unit, CreateTopic(title="The first topic after the import", raw="What an import leaves room for.")
        )
        await unit.commit()
    assert (made.post.topic_id, made.post.id) == (5001, 70001)
