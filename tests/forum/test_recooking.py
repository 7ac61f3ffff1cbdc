"""Cooking again: what changes, what stays, in slices, and what is left when it is cut short."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from markdown_it import MarkdownIt

from tertulia.forum import recooking
from tertulia.forum.cooking import VERSION
from tertulia.forum.posts.editing import update_post
from tertulia.forum.recooking import Recook, put_recooking, rebake_post, recook_all
from tertulia.forum.unit import Ports
from tertulia.model.errors import LoginRequired, NotAllowed, PostMissing
from tertulia.model.posts import Post, UpdatePost
from tertulia.worker import Worker
from tests.forum.writing import ADMIN, Forum, found

pytestmark = pytest.mark.anyio
OLD = "<p>as it was</p>"


async def change(forum: Forum, sql: str) -> None:
    async with forum.ports.unit() as unit:
        await unit.write()
        await unit.tx.text(sql)
        await unit.commit()


async def make_old(forum: Forum, *post_ids: int, version: int = 1) -> None:
    """As if an older version had cooked them and found nothing in them."""
    ids = ", ".join(str(each) for each in post_ids)
    await change(forum, f"UPDATE posts SET cooked = '{OLD}', cook_version = {version} WHERE id IN ({ids})")
    for table in ("post_mentions", "topic_links", "post_quotes"):
        await change(forum, f"DELETE FROM {table} WHERE post_id IN ({ids})")
    await change(forum, "UPDATE posts SET quote_count = 0")


async def recook(forum: Forum, **options: Any) -> tuple[int, bool]:
    told: list[tuple[int, int]] = []
    stopped = options.pop("stopped", lambda: False)
    done, ended = await recook_all(
        Recook(**options), open_unit=forum.ports.unit, tell=lambda *each: told.append(each), stopped=stopped
    )
    assert not told or told[-1][0] == done
    return done, ended


async def test_an_old_post_gets_its_html_and_all_that_follows_and_nothing_else_changes(ports: Ports) -> None:
    forum = await found(ports)
    topic, other = await forum.topic(), await forum.topic()
    raw = f'Ask @author.\n\n[quote="reader, post:1, topic:{other.id}"]\nso\n[/quote]\n\nhttps://example.org/page it is'
    post = await forum.reply(topic.id, raw=raw)
    again, before = await forum.topic_now(topic.id), await forum.counts()
    await make_old(forum, post.id)
    forum.clock.pass_seconds(9999)
    assert await recook(forum) == (1, True)
    fresh = await forum.post_now(post.id)
    assert fresh == post and fresh.cook_version == VERSION
    now = await forum.topic_now(topic.id)
    assert msgspec.structs.replace(now, version=again.version) == again
    assert await forum.counts() == before
    assert (await forum.post_now(other.first_post_id)).quote_count == 1
    assert await recook(forum) == (0, True)


async def test_a_first_post_gives_its_topic_excerpt_and_picture_again(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic(raw="Look at this one\n\n![a](https://example.org/a.png)")
    await make_old(forum, topic.first_post_id)
    await change(forum, "UPDATE topics SET excerpt = 'no', image_url = NULL")
    assert await recook(forum) == (1, True)
    now = await forum.topic_now(topic.id)
    assert msgspec.structs.replace(now, version=topic.version) == topic
    assert now.image_url == "https://example.org/a.png"


async def test_words_uploads_and_the_form_for_pages_come_from_the_same_pass(
    ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[str] = []
    parse = MarkdownIt.parse
    monkeypatch.setattr(MarkdownIt, "parse", lambda self, src, env=None: (parsed.append(src), parse(self, src, env))[1])
    forum = await found(ports)
    topic, other = await forum.topic(), await forum.topic()
    raw = f'Ask @author.\n\n[quote="author, post:1, topic:{other.id}"]\nso\n[/quote]\n\n![cat](http://a.example/c.png)'
    del parsed[:]
    post = await forum.reply(topic.id, raw=raw)
    assert parsed == [raw]
    again, form = (
        await forum.topic_now(topic.id),
        await forum.value(f"SELECT page_html FROM posts WHERE id = {post.id}"),
    )
    await make_old(forum, post.id)
    await change(forum, f"UPDATE posts SET word_count = word_count + 50, page_html = NULL WHERE id = {post.id}")
    await change(forum, f"UPDATE topics SET word_count = word_count + 50 WHERE id = {topic.id}")
    assert await recook(forum) == (1, True)
    assert parsed == [raw, raw]
    assert await forum.post_now(post.id) == post
    assert (await forum.topic_now(topic.id)).word_count == again.word_count
    assert await forum.value(f"SELECT page_html FROM posts WHERE id = {post.id}") == form
    assert "Picture: cat" in form and f"/t/-/{other.id}/1" in form


async def test_imported_posts_are_cooked_only_when_asked_and_never_without_markdown(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    first, second, third = [await forum.reply(topic.id) for _ in range(3)]
    await make_old(forum, first.id, second.id, version=0)
    await make_old(forum, third.id, version=2)
    await change(forum, f"UPDATE posts SET raw_derived = 1 WHERE id = {second.id}")
    assert await recook(forum, before=2) == (0, True)
    assert await recook(forum) == (1, True)
    assert (await forum.post_now(first.id)).cooked == OLD
    assert await recook(forum, imported=True) == (1, True)
    assert (await forum.post_now(first.id)).cooked == first.cooked
    assert (await forum.post_now(second.id)).cooked == OLD


async def test_a_run_that_is_cut_short_is_taken_up_where_it_ended(
    ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recooking, "_POSTS", 2)
    forum = await found(ports)
    posts: list[Post] = []
    for topic in [await forum.topic(), await forum.topic()]:
        posts += [await forum.reply(topic.id) for _ in range(3)]
    await make_old(forum, *(post.id for post in posts))
    turns = iter([False, False, True])
    assert await recook(forum, stopped=lambda: next(turns)) == (3, False)
    assert await recook(forum) == (3, True)
    assert [await forum.post_now(post.id) for post in posts] == posts


async def test_the_worker_does_it_slice_by_slice(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recooking, "_POSTS", 2)
    forum = await found(ports)
    topic = await forum.topic()
    posts = [await forum.reply(topic.id, by) for by in (forum.reader, forum.author, forum.reader, ADMIN, forum.reader)]
    await make_old(forum, *(post.id for post in posts))
    async with forum.acting(ADMIN) as unit:
        await put_recooking(unit, Recook())
        await put_recooking(unit, Recook())
    assert await Worker(ports).drain() >= 3
    assert [await forum.post_now(post.id) for post in posts] == posts
    assert await forum.ran() == []


async def test_a_text_that_changed_while_it_was_cooked_is_left_to_its_editor(
    ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    forum = await found(ports)
    post = await forum.reply((await forum.topic()).id)
    await make_old(forum, post.id)
    prepare = recooking.prepare_body

    async def edited_meanwhile(unit: Any, raw: str, **options: Any) -> Any:
        body = await prepare(unit, raw, **options)
        async with forum.acting(forum.reader) as editing:
            await update_post(editing, UpdatePost(post_id=post.id, raw="Something else altogether, written just now."))
        return body

    monkeypatch.setattr(recooking, "prepare_body", edited_meanwhile)
    assert await recook(forum) == (0, True)
    assert "Something else altogether" in (await forum.post_now(post.id)).cooked


async def test_links_keep_their_clicks_and_what_others_links_show_stays(ports: Ports) -> None:
    forum = await found(ports)
    topic, other = await forum.topic(raw="See https://example.org/page for all of it"), await forum.topic()
    await forum.reply(other.id, raw=f"It was told in [another place](/t/{topic.slug}/{topic.id}) before")
    await change(forum, "UPDATE topic_links SET clicks = 7, created_at = 5")
    links = "SELECT COUNT(*) FROM topic_links WHERE clicks = 7 AND created_at = 5"
    before = await forum.value(links)
    assert before == 3
    await change(forum, "UPDATE posts SET cook_version = 1")
    assert await recook(forum) == (await forum.value("SELECT COUNT(*) FROM posts WHERE raw <> ''"), True)
    assert await forum.value(links) == before == await forum.value("SELECT COUNT(*) FROM topic_links")


async def test_what_an_import_brought_of_a_link_is_not_shown_twice(ports: Ports) -> None:
    forum = await found(ports)
    topic, other = await forum.topic(), await forum.topic()
    await forum.reply(other.id, raw=f"It was told in [another place](/t/{topic.slug}/{topic.id}) before")
    await change(
        forum,
        "UPDATE topic_links SET linked_post_id = NULL, url = 'https://old.example.org' || url WHERE reflection = 1",
    )
    await change(forum, "UPDATE posts SET cook_version = 0")
    assert (await recook(forum, imported=True))[1]
    shown = f"topic_links WHERE topic_id = {topic.id} AND reflection = 1"
    assert await forum.value(f"SELECT COUNT(*) FROM {shown}") == 1
    assert await forum.value(f"SELECT url FROM {shown}") == f"/t/{other.slug}/{other.id}/2"


async def test_a_link_to_what_its_author_cannot_see_leaves_no_trace_there(ports: Ports) -> None:
    forum = await found(ports)
    secret = await forum.topic(by=ADMIN)
    await change(forum, f"UPDATE topics SET category_id = 3 WHERE id = {secret.id}")
    await change(forum, "DELETE FROM category_grants WHERE category_id = 3")
    await change(forum, "UPDATE versions SET version = version + 1")
    post = await forum.reply((await forum.topic()).id, raw=f"It says so [over there](/t/{secret.id}), who knows")
    await make_old(forum, post.id)
    assert await recook(forum) == (1, True)
    assert await forum.value("SELECT COUNT(*) FROM topic_links WHERE reflection = 1") == 0
    assert await forum.value(f"SELECT COUNT(*) FROM topic_links WHERE linked_topic_id = {secret.id}") == 0


async def test_staff_cook_one_post_again_and_others_may_not(ports: Ports) -> None:
    forum = await found(ports)
    post = await forum.reply((await forum.topic()).id)
    await make_old(forum, post.id, version=VERSION)
    for who, refusal in ((None, LoginRequired), (forum.reader, NotAllowed)):
        with pytest.raises(refusal):
            async with forum.acting(who) as unit:
                await rebake_post(unit, post.id)
    assert (await forum.post_now(post.id)).cooked == OLD
    async with forum.acting(forum.moderator) as unit:
        await rebake_post(unit, post.id)
        assert unit.actor.user_id == forum.moderator
    assert await forum.post_now(post.id) == post
    with pytest.raises(PostMissing):
        async with forum.acting(forum.moderator) as unit:
            await rebake_post(unit, 999_999)
