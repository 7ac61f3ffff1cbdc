"""The form of a post for pages is kept beside it wherever its HTML is written, and read by pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tertulia.forum import recooking
from tertulia.forum.page_forms.form import PAGE_VERSION, needs_form, page_form
from tertulia.forum.page_forms.keeping import read_page_forms, renew_page_forms
from tertulia.forum.posts.editing import update_post
from tertulia.forum.posts.reading import read_post
from tertulia.forum.unit import Ports
from tertulia.model.posts import UpdatePost
from tertulia.worker import Worker
from tests.forum.cooking.payloads import PAYLOADS
from tests.forum.cooking.tree import html_of
from tests.forum.cooking.vectors import EVERYTHING
from tests.forum.writing import ADMIN, Forum, found

pytestmark = pytest.mark.anyio
PICTURE = "Look: ![a cat](http://a.example/cat.png)"


async def kept(forum: Forum, post_id: int) -> tuple[str | None, int]:
    async with forum.ports.unit() as unit:
        row = await unit.tx.text("SELECT page_html, page_version FROM posts WHERE id = " + str(post_id))
    return row[0][0], row[0][1]


async def change(forum: Forum, sql: str) -> None:
    async with forum.ports.unit() as unit:
        await unit.write()
        await unit.tx.text(sql)
        await unit.commit()


async def ask(forum: Forum, service: Callable[..., Awaitable[Any]], *arguments: Any) -> None:
    async with forum.acting(ADMIN) as unit:
        await service(unit, *arguments)


async def shown(forum: Forum, post_id: int) -> str:
    async with forum.acting(ADMIN) as unit:
        return (await read_page_forms(unit, [await read_post(unit, post_id)]))[post_id]


async def test_a_post_keeps_its_form_for_pages_and_one_without_any_keeps_nothing(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    plain, picture = await forum.reply(topic.id), await forum.reply(topic.id, raw=PICTURE)
    assert await kept(forum, plain.id) == (None, PAGE_VERSION)
    form, version = await kept(forum, picture.id)
    assert version == PAGE_VERSION and form == page_form(picture.cooked) != picture.cooked
    assert "<img" in picture.cooked and "<img" not in str(form)
    assert await shown(forum, plain.id) == plain.cooked
    assert await shown(forum, picture.id) == form


async def test_an_edit_writes_the_form_with_the_text(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    post = await forum.reply(topic.id, raw=PICTURE)
    await ask(forum, update_post, UpdatePost(post_id=post.id, raw="Nothing to look at any more."))
    assert await kept(forum, post.id) == (None, PAGE_VERSION)
    await ask(forum, update_post, UpdatePost(post_id=post.id, raw=f"Again. {PICTURE}"))
    assert "Picture: a cat" in str((await kept(forum, post.id))[0])


async def test_what_is_kept_is_what_pages_read(ports: Ports) -> None:
    forum = await found(ports)
    post = await forum.reply((await forum.topic()).id, raw=PICTURE)
    await change(forum, f"UPDATE posts SET page_html = '<p>kept</p>' WHERE id = {post.id}")
    assert await shown(forum, post.id) == "<p>kept</p>"


async def test_an_old_or_missing_form_is_made_while_it_is_read(ports: Ports) -> None:
    forum = await found(ports)
    post = await forum.reply((await forum.topic()).id, raw=PICTURE)
    await change(forum, f"UPDATE posts SET page_html = '<p>old</p>', page_version = 0 WHERE id = {post.id}")
    assert await shown(forum, post.id) == page_form(post.cooked)
    await change(forum, f"UPDATE posts SET page_html = NULL, page_version = {PAGE_VERSION} WHERE id = {post.id}")
    assert await shown(forum, post.id) == page_form(post.cooked)


async def test_forms_of_an_older_version_are_renewed_and_the_html_stays(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    plain, picture = await forum.reply(topic.id), await forum.reply(topic.id, raw=PICTURE)
    await change(forum, "UPDATE posts SET page_html = '<p>old</p>', page_version = 0, cook_version = 0")
    count, ended = await renew_page_forms(open_unit=ports.unit)
    assert (count, ended) == (3, True)
    assert await kept(forum, plain.id) == (None, PAGE_VERSION)
    assert await kept(forum, picture.id) == (page_form(picture.cooked), PAGE_VERSION)
    assert (await forum.post_now(picture.id)).cooked == picture.cooked
    assert await renew_page_forms(open_unit=ports.unit) == (0, True)


async def test_the_worker_renews_forms_when_it_cooks_again(ports: Ports) -> None:
    forum = await found(ports)
    post = await forum.reply((await forum.topic()).id, raw=PICTURE)
    await change(forum, "UPDATE posts SET page_html = NULL, page_version = 0")
    await ask(forum, recooking.put_recooking, recooking.Recook())
    await Worker(ports).drain()
    assert await kept(forum, post.id) == (page_form(post.cooked), PAGE_VERSION)


async def test_footnotes_of_two_posts_with_the_same_text_have_ids_of_their_own(ports: Ports) -> None:
    forum = await found(ports)
    raw = f"A claim[^1] with a picture. {PICTURE}\n\n[^1]: And where it is from."
    first, second = await forum.topic(raw=raw), await forum.topic(forum.reader, raw=raw)
    for topic in (first, second):
        post = await forum.post_now(topic.first_post_id)
        form = str((await kept(forum, post.id))[0])
        for html in (post.cooked, form):
            assert f'<a href="#footnote-{post.id}-1" id="footnote-ref-{post.id}-1">[1]</a>' in html
            assert f'<li id="footnote-{post.id}-1" class="footnote-item">' in html
            assert f'<a href="#footnote-ref-{post.id}-1" class="footnote-backref">' in html
        await ask(forum, recooking.rebake_post, post.id)
        assert (await forum.post_now(post.id)).cooked == post.cooked


def test_what_needs_no_form_has_none() -> None:
    emoji = '<img src="{}" title=":a:" class="emoji" alt=":a:"{}>'
    assert not needs_form("<p>Nothing <b>to</b> load :smile:</p>") and not needs_form(html_of("Well :smile: then"))
    assert not needs_form(emoji.format("https://e.example/a.png", ""))
    assert needs_form(emoji.format("http://e.example/a.png", "")) and needs_form(emoji.format("//e.example/a", ""))
    assert needs_form(emoji.format("/a.png", ' srcset="http://e.example/a.png 2x"'))
    for payload in (*PAYLOADS, *EVERYTHING):
        html = html_of(payload)
        if not needs_form(html):
            assert page_form(f'{html}<img src="/a.png">').startswith(html)
