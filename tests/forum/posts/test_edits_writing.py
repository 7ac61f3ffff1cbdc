"""Edits of posts: versions, the grace period, conflicts, who may, and going back."""

from __future__ import annotations

from typing import Any

import pytest

from tertulia.forum.posts.editing import set_locked, set_wiki, update_post
from tertulia.forum.posts.revisions import list_revisions, read_revision, revert_post
from tertulia.forum.unit import Ports
from tertulia.model.errors import ForumError
from tertulia.model.posts import Post, UpdatePost
from tests.forum.writing import ADMIN, Forum, codes, found

pytestmark = pytest.mark.anyio


async def edit(forum: Forum, post_id: int, by: int, *, by_key: bool = False, **fields: Any) -> Post:
    async with forum.acting(by, by_key=by_key) as unit:
        return (await update_post(unit, UpdatePost(post_id=post_id, **fields))).post


async def test_a_small_edit_soon_after_makes_no_version(ports: Ports) -> None:
    forum = await found(ports)
    post = await forum.reply((await forum.topic()).id)
    edited = await edit(forum, post.id, forum.reader, raw=post.raw + " Truly.")
    assert (edited.version, edited.raw) == (1, post.raw + " Truly.")
    assert "Truly" in edited.cooked and edited.word_count == post.word_count + 1
    assert await forum.value("SELECT COUNT(*) FROM post_revisions") == 0


async def test_late_large_explained_and_foreign_edits_make_versions(ports: Ports) -> None:
    forum = await found(ports)
    post = await forum.reply((await forum.topic()).id)
    large = await edit(forum, post.id, forum.reader, raw=post.raw + " More words that matter." * 30)
    explained = await edit(forum, post.id, forum.reader, raw=large.raw + " So.", edit_reason=" a\u202e reason ")
    forum.clock.pass_seconds(301)
    late = await edit(forum, post.id, forum.reader, raw=large.raw + " So there.")
    foreign = await edit(forum, post.id, forum.moderator, raw=large.raw + " So there it is.")
    assert [large.version, explained.version, late.version, foreign.version] == [2, 3, 4, 5]
    assert (explained.edit_reason, foreign.edit_reason) == ("a reason", None)
    assert foreign.last_editor_id == forum.moderator and foreign.public_version == 5
    amended = await edit(forum, post.id, forum.moderator, raw=large.raw + " So there it was.")
    assert amended.version == 5
    back = await edit(forum, post.id, forum.moderator, raw=late.raw)
    assert back.version == 4


async def test_the_same_text_again_changes_nothing(ports: Ports) -> None:
    forum = await found(ports)
    post = await forum.reply((await forum.topic()).id)
    forum.clock.pass_seconds(9999)
    before = await forum.counts()
    assert await edit(forum, post.id, forum.reader, raw=post.raw + "\n  ") == post
    assert await forum.counts() == before


async def test_an_edit_of_the_last_post_bumps_unless_told_not_to(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    first, last = topic.first_post_id, (await forum.reply(topic.id)).id
    bumped = (await forum.topic_now(topic.id)).bumped_at
    forum.clock.pass_seconds(600)
    await edit(forum, first, forum.author, raw=forum.words())
    await edit(forum, last, forum.reader, raw=forum.words(), bypass_bump=True)
    assert (await forum.topic_now(topic.id)).bumped_at == bumped
    await edit(forum, last, forum.reader, raw=forum.words())
    assert (await forum.topic_now(topic.id)).bumped_at == forum.clock.now()


async def test_an_edit_from_an_older_text_is_a_conflict(ports: Ports) -> None:
    forum = await found(ports)
    post = await forum.reply((await forum.topic()).id)
    with pytest.raises(ForumError) as refused:
        await edit(forum, post.id, forum.reader, raw=forum.words(), original_raw="What I saw was different.")
    assert codes(refused.value) == ["post.edit_conflict"]
    edited = await edit(forum, post.id, forum.reader, raw=forum.words(), original_raw=post.raw)
    assert edited.raw != post.raw


async def test_who_may_not_edit_is_told_why_and_changes_nothing(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    post = await forum.reply(topic.id, by=forum.newcomer)
    before = await forum.counts()
    cases: list[tuple[int, dict[str, Any], list[str]]] = [
        (forum.reader, {}, ["not_allowed"]),
        (-99, {}, ["not_logged_in"]),
        (forum.newcomer, {"raw": "no"}, ["post.body_too_short", "post.body_unclear"]),
        (forum.newcomer, {"raw": "x" * 40_000}, ["post.body_too_long"]),
    ]
    for by, fields, expected in cases:
        with pytest.raises(ForumError) as refused:
            await edit(forum, post.id, by, **{"raw": forum.words(), **fields})
        assert codes(refused.value) == expected
    forum.clock.pass_seconds(1440 * 60 + 1)
    with pytest.raises(ForumError) as refused:
        await edit(forum, post.id, forum.newcomer, raw=forum.words())
    assert codes(refused.value) == ["post.edit_too_late"]
    with pytest.raises(ForumError) as refused:
        await edit(forum, 4711, ADMIN, raw=forum.words())
    assert codes(refused.value) == ["post.not_found"]
    assert await forum.counts() == before


async def test_only_a_key_of_staff_skips_the_rules(ports: Ports) -> None:
    forum = await found(ports)
    post = await forum.reply((await forum.topic()).id)
    assert (await edit(forum, post.id, ADMIN, by_key=True, raw="no", skip_validations=True)).raw == "no"
    with pytest.raises(ForumError) as refused:
        await edit(forum, post.id, ADMIN, raw="go", skip_validations=True)
    assert "post.body_too_short" in codes(refused.value)


async def test_staff_edits_of_others_are_logged_with_their_reason(ports: Ports) -> None:
    forum = await found(ports)
    post = await forum.reply((await forum.topic()).id)
    await edit(forum, post.id, forum.moderator, raw=forum.words(), edit_reason="cleaned up")
    row = "FROM staff_actions WHERE action = 'post_edit'"
    assert await forum.value(f"SELECT details {row}") == "cleaned up"
    assert await forum.value(f"SELECT before {row}") == post.raw
    assert await forum.value(f"SELECT target_user_id {row}") == forum.reader
    await edit(forum, post.id, forum.reader, raw=forum.words())
    assert await forum.value(f"SELECT COUNT(*) {row}") == 1


async def test_a_first_post_changes_its_topic_too(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    await edit(
        forum,
        topic.first_post_id,
        ADMIN,
        raw="Another beginning ![p](https://x.example/p.png) of the same story.",
        title="Quite another title for it",
        category_id=3,
        tags=("moved",),
    )
    fresh = await forum.topic_now(topic.id)
    assert (fresh.title, fresh.slug, fresh.category_id) == (
        "Quite another title for it",
        "quite-another-title-for-it",
        3,
    )
    assert fresh.image_url == "https://x.example/p.png" and fresh.excerpt.startswith("Another beginning")
    async with forum.acting(ADMIN) as unit:
        view = await read_revision(unit, topic.first_post_id, None)
    assert set(view.changes) == {"raw", "title", "category_id", "tags"}
    assert view.changes["category_id"] == (forum.category, 3)
    assert await forum.value(f"SELECT topic_count FROM categories WHERE id = {forum.category}") == 0
    assert await forum.value("SELECT topic_count * 10 + post_count FROM categories WHERE id = 3") == 11


async def test_a_title_sent_with_a_reply_is_ignored(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    post = await forum.reply(topic.id)
    await edit(forum, post.id, forum.reader, raw=forum.words(), title="This must not be the title")
    assert (await forum.topic_now(topic.id)).title == topic.title


async def test_wiki_posts_are_everybodys_and_locked_ones_staffs(ports: Ports) -> None:
    forum = await found(ports)
    post = await forum.reply((await forum.topic()).id)
    with pytest.raises(ForumError) as refused:
        async with forum.acting(forum.reader) as unit:
            await set_wiki(unit, post.id, True)
    assert codes(refused.value) == ["not_allowed"]
    async with forum.acting(forum.moderator) as unit:
        assert (await set_wiki(unit, post.id, True)).post.wiki
    assert (await edit(forum, post.id, forum.author, raw=forum.words())).last_editor_id == forum.author
    async with forum.acting(forum.moderator) as unit:
        await set_wiki(unit, post.id, False)
        assert (await set_locked(unit, post.id, True)).post.locked_by == forum.moderator
    with pytest.raises(ForumError) as refused:
        await edit(forum, post.id, forum.reader, raw=forum.words())
    assert codes(refused.value) == ["not_allowed"]


async def test_revisions_are_read_beside_their_neighbours_and_gone_back_to(ports: Ports) -> None:
    forum = await found(ports)
    post = await forum.reply((await forum.topic()).id)
    texts = [post.raw, forum.words(), forum.words()]
    for raw in texts[1:]:
        forum.clock.pass_seconds(400)
        await edit(forum, post.id, forum.reader, raw=raw)
    async with forum.acting(None) as unit:
        view = await read_revision(unit, post.id, 2)
        assert (view.first, view.previous, view.next, view.last) == (2, None, 3, 3)
        assert view.changes == {"raw": (texts[0], texts[1])} and texts[1] in view.cooked_after
        assert [revision.number for revision in await list_revisions(unit, post.id)] == [2, 3]
    for number, code in ((1, "post.revision_number_invalid"), (9, "post.revision_not_found")):
        with pytest.raises(ForumError) as refused:
            async with forum.acting(None) as unit:
                await read_revision(unit, post.id, number)
        assert codes(refused.value) == [code]
    with pytest.raises(ForumError) as refused:
        async with forum.acting(forum.reader) as unit:
            await revert_post(unit, post.id, 2)
    assert codes(refused.value) == ["not_allowed"]
    async with forum.acting(forum.moderator) as unit:
        reverted = (await revert_post(unit, post.id, 2)).post
    assert (reverted.raw, reverted.version) == (texts[0], 4)
    with pytest.raises(ForumError) as refused:
        async with forum.acting(forum.moderator) as unit:
            await revert_post(unit, post.id, 2)
    assert codes(refused.value) == ["post.reverts_nothing"]


async def test_history_can_be_kept_from_the_public(ports: Ports) -> None:
    forum = await found(ports)
    post = await forum.reply((await forum.topic()).id)
    await edit(forum, post.id, forum.moderator, raw=forum.words())
    forum.site["edit_history_visible_to_public"] = False
    for by in (forum.reader, forum.moderator):
        async with forum.acting(by) as unit:
            assert (await read_revision(unit, post.id, None)).revision.number == 2
    with pytest.raises(ForumError) as refused:
        async with forum.acting(forum.author) as unit:
            await read_revision(unit, post.id, None)
    assert codes(refused.value) == ["not_allowed"]
