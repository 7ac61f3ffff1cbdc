"""Creating topics: what is made, what is refused, and that a refusal leaves nothing behind."""

from __future__ import annotations

from typing import Any

import pytest

from tertulia.forum.unit import Ports
from tertulia.model.errors import ForumError
from tertulia.model.privileges import READABLE
from tertulia.model.topics import Archetype
from tests.forum.reading.given import make_category
from tests.forum.writing import ADMIN, codes, found

pytestmark = pytest.mark.anyio


async def test_a_topic_begins_with_its_first_post_and_is_counted_everywhere(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic(title="Why is the sky 'blue'?", raw="Because of --- well, @reader knows, I suppose.")
    first = await forum.post_now(topic.first_post_id)
    assert (first.post_number, first.topic_id, first.version) == (1, topic.id, 1)
    assert (topic.slug, topic.posts_count, topic.highest_post_number) == ("why-is-the-sky-blue", 1, 1)
    assert topic.fancy_title == "Why is the sky &lsquo;blue&rsquo;?"
    assert topic.last_post_id == first.id and topic.participant_count == 1
    assert topic.word_count == first.word_count > 5
    assert topic.excerpt.startswith("Because of")
    category = f"categories WHERE id = {forum.category}"
    assert await forum.value(f"SELECT topic_count * 10 + post_count FROM {category}") == 11
    assert await forum.value(f"SELECT latest_post_id FROM {category}") == first.id
    assert await forum.value(f"SELECT latest_topic_id FROM {category}") == topic.id
    assert await forum.value(f"SELECT topic_count * 10 + post_count FROM users WHERE id = {forum.author}") == 11
    assert await forum.value(f"SELECT user_id FROM post_mentions WHERE post_id = {first.id}") == forum.reader
    state = f"topic_states WHERE topic_id = {topic.id} AND user_id = {forum.author}"
    assert await forum.value(f"SELECT level * 10 + last_read_post_number FROM {state}") == 31
    assert await forum.value("SELECT COUNT(*) FROM post_search") == 1
    assert await forum.value("SELECT COUNT(*) FROM events WHERE event IN ('topic_created', 'post_created')") == 2


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"title": ""}, ["topic.title_blank", "topic.title_too_short", "topic.title_unclear"]),
        ({"title": "Short one"}, ["topic.title_too_short", "topic.title_unclear"]),
        ({"title": "x y " * 100}, ["topic.title_too_long"]),
        ({"title": "AAAA WHY DOES NOBODY HELP ME HERE"}, ["topic.title_unclear"]),
        ({"title": "What does " + "abcdefghij" * 4 + " mean"}, ["topic.title_word_too_long"]),
        ({"title": "Look :smile: :heart: what I found today"}, ["topic.title_emojis"]),
        ({"raw": ""}, ["post.body_blank", "post.body_too_short", "post.body_unclear"]),
        ({"raw": "quite a short"}, ["post.body_too_short"]),
        ({"raw": "ab " * 20_000}, ["post.body_too_long"]),
        ({"raw": "a" * 40}, ["post.body_unclear"]),
        ({"raw": "THIS IS ALL IN CAPITALS AND I MEAN IT"}, ["post.body_unclear"]),
        ({"category_id": 9999}, ["category.unknown"]),
        ({"category_id": 3}, ["category.unknown"]),
        ({"category_id": -5}, ["category.unknown"]),
        ({"category_id": None}, ["category.required"]),
        ({"tags": tuple(f"tag{n}" for n in range(6))}, ["tag.too_many"]),
        ({"featured_link": "javascript:alert(1)"}, ["request.parameter_invalid"]),
        ({"archetype": 1, "recipients": ()}, ["message.recipients_missing"]),
        ({"archetype": 1, "recipients": ("@reader", "nobody", "a@b.org", "x\0y")}, ["message.recipients_unknown"]),
        ({"archetype": 1, "recipients": tuple(f"u{n}" for n in range(31))}, ["message.recipients_too_many"]),
        (
            {"title": "Tiny", "raw": "no", "category_id": None},
            [
                "topic.title_too_short",
                "topic.title_unclear",
                "post.body_too_short",
                "post.body_unclear",
                "category.required",
            ],
        ),
    ],
)
async def test_a_refused_topic_names_everything_wrong_and_leaves_nothing(
    ports: Ports, fields: dict[str, Any], expected: list[str]
) -> None:
    forum = await found(ports)
    before = await forum.counts()
    with pytest.raises(ForumError) as refused:
        await forum.topic(**fields)
    assert codes(refused.value) == expected
    assert await forum.counts() == before


async def test_only_people_who_may_create_a_topic_make_one(ports: Ports) -> None:
    forum = await found(ports)
    async with forum.acting(ADMIN) as unit:
        await unit.write()
        readonly = await make_category(unit, "Readonly", grants={0: int(READABLE)})
        disabled = await make_category(unit, "Disabled", grants={0: 65535})
        await unit.tx.text(f"UPDATE categories SET disabled = 1 WHERE id = {disabled}")
        silenced = f"UPDATE users SET silenced_till = {unit.now + 10_000} WHERE id = {forum.reader}"
        await unit.tx.text(silenced)
    cases = [
        ("not_logged_in", {"by": -99}),
        ("not_allowed", {"category_id": readonly}),
        ("category.disabled", {"category_id": disabled}),
        ("user.silenced", {"by": forum.reader}),
    ]
    for code, fields in cases:
        with pytest.raises(ForumError) as refused:
            await forum.topic(**fields)
        assert codes(refused.value) == [code]


async def test_a_title_is_given_once_to_listed_topics(ports: Ports) -> None:
    forum = await found(ports)
    title = "How do I bake bread at home"
    await forum.topic(title=title)
    with pytest.raises(ForumError) as refused:
        await forum.topic(title="  how do I  BAKE bread at home ")
    assert codes(refused.value) == ["topic.title_taken"]
    forum.site["allow_duplicate_topic_titles"] = True
    assert (await forum.topic(title=title)).title == title


async def test_the_same_text_again_within_minutes_is_too_similar(ports: Ports) -> None:
    forum = await found(ports)
    await forum.topic(raw="These words are going to be repeated soon.")
    with pytest.raises(ForumError) as refused:
        await forum.topic(raw="these words are going   to be repeated soon.")
    assert codes(refused.value) == ["post.body_too_similar"]
    await forum.topic(by=ADMIN, raw="These words are going to be repeated soon.")
    await forum.topic(by=ADMIN, raw="These words are going to be repeated soon.")
    forum.clock.pass_seconds(301)
    await forum.topic(raw="These words are going to be repeated soon.")


async def test_new_users_are_held_to_fewer_people_links_and_pictures(ports: Ports) -> None:
    forum = await found(ports)
    raw = (
        "Hello @author @reader @moderator, see https://a.example and https://b.example, "
        "also https://c.example ![x](https://c.example/1.png) ![y](https://c.example/2.png)"
    )
    with pytest.raises(ForumError) as refused:
        await forum.topic(by=forum.newcomer, raw=raw)
    assert codes(refused.value) == [
        "post.mentions_too_many_new_user",
        "post.links_too_many_new_user",
        "post.media_too_many_new_user",
    ]
    forum.site["max_mentions_per_post"] = 2
    with pytest.raises(ForumError) as refused:
        await forum.topic(raw=raw)
    assert codes(refused.value) == ["post.mentions_too_many"]
    assert (await forum.topic(by=forum.moderator, raw=raw)).image_url == "https://c.example/1.png"


async def test_a_key_of_staff_may_set_time_id_and_skip_the_rules(ports: Ports) -> None:
    forum = await found(ports)
    asked = {
        "title": "x",
        "raw": "y",
        "created_at": 1_500_000_000_000,
        "external_id": "Order-7",
        "skip_validations": True,
    }
    topic = await forum.topic(by=ADMIN, by_key=True, **asked)
    assert (topic.title, topic.created_at, topic.bumped_at) == ("x", asked["created_at"], asked["created_at"])
    assert topic.external_id == "Order-7"
    with pytest.raises(ForumError) as refused:
        await forum.topic(by=ADMIN, by_key=True, external_id="order-7")
    assert codes(refused.value) == ["topic.external_id_taken"]
    with pytest.raises(ForumError) as refused:
        await forum.topic(by=ADMIN, by_key=True, external_id="no spaces")
    assert codes(refused.value) == ["topic.external_id_invalid"]
    with pytest.raises(ForumError) as refused:
        await forum.topic(by=forum.author, by_key=True, **asked)
    assert "topic.title_too_short" in codes(refused.value)
    plain = await forum.topic(created_at=1_500_000_000_000, external_id="mine")
    assert plain.created_at == forum.clock.now() and plain.external_id is None


async def test_a_time_to_come_is_now(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic(by=ADMIN, by_key=True, created_at=forum.clock.now() + 10**9)
    assert topic.created_at == forum.clock.now()


async def test_topics_without_a_category_go_where_the_site_says(ports: Ports) -> None:
    forum = await found(ports)
    assert (await forum.topic(category_id=1)).category_id == 1
    assert (await forum.topic(by=ADMIN, category_id=None)).category_id == 1
    forum.site["default_composer_category"] = forum.category
    assert (await forum.topic(category_id=None)).category_id == forum.category
    forum.site["allow_uncategorized_topics"] = True
    assert (await forum.topic(category_id=None)).category_id == 1


async def test_only_moderators_begin_a_topic_unlisted(ports: Ports) -> None:
    forum = await found(ports)
    with pytest.raises(ForumError) as refused:
        await forum.topic(visible=False)
    assert codes(refused.value) == ["topic.unlisted_refused"]


async def test_unlisted_topics_do_not_count_in_their_category(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic(by=ADMIN, visible=False)
    assert not topic.visible
    assert await forum.value(f"SELECT topic_count + post_count FROM categories WHERE id = {forum.category}") == 0


async def test_tags_are_put_on_in_order_and_unknown_ones_made_by_those_who_may(ports: Ports) -> None:
    forum = await found(ports)
    await forum.topic(by=ADMIN, tags=("Cooking", "bread"))
    topic = await forum.topic(tags=("bread", "never-seen", "COOKING", "bread"))
    names = (
        "SELECT string_agg(name, ',') FROM"
        if ports.database.engine == "postgresql"
        else "SELECT group_concat(name) FROM"
    )
    order = f"(SELECT name FROM tags JOIN topic_tags ON tag_id = id WHERE topic_id = {topic.id} ORDER BY position) t"
    assert await forum.value(f"{names} {order}") == "bread,cooking"
    assert await forum.value("SELECT topic_count FROM tags WHERE name = 'bread'") == 2


async def test_a_category_may_ask_for_tags(ports: Ports) -> None:
    forum = await found(ports)
    async with forum.acting(ADMIN) as unit:
        await unit.write()
        await unit.tx.text(f"UPDATE categories SET minimum_required_tags = 1 WHERE id = {forum.category}")
    with pytest.raises(ForumError) as refused:
        await forum.topic()
    assert codes(refused.value) == ["tag.too_few"]
    await forum.topic(by=forum.moderator)


async def test_a_message_lets_in_its_author_and_recipients_only(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic(
        archetype=Archetype.MESSAGE, recipients=("@Reader", "reader"), title="hi", raw="Ten or so characters."
    )
    assert topic.is_message and topic.category_id is None
    allowed = f"topic_allowed_users WHERE topic_id = {topic.id}"
    assert await forum.value(f"SELECT COUNT(*) FROM {allowed}") == 2
    assert (await forum.reply(topic.id, by=forum.reader)).post_number == 2
    with pytest.raises(ForumError) as refused:
        await forum.reply(topic.id, by=forum.newcomer)
    assert codes(refused.value) == ["topic.not_found"]
    assert await forum.value(f"SELECT post_count + topic_count FROM users WHERE id = {forum.author}") == 0
    await forum.reply(topic.id, by=ADMIN)
    assert await forum.value(f"SELECT COUNT(*) FROM {allowed}") == 3


async def test_characters_that_cannot_be_stored_do_not_get_in(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic(
        by=ADMIN,
        title="A title\0 with \ud800 hostile\u202e characters",
        raw="A body\0 with \udfff hostile characters, @re\0ader and @\ud800 and [x](http://x.example/\0\ud801).",
        tags=("ta\0g", "\ud800", "\u202e"),
        featured_link="https://x.example/path",
    )
    first = await forum.post_now(topic.first_post_id)
    assert topic.title == "A title with hostile characters"
    assert not set("\0\ud800\udfff\u202e") & set(topic.title + topic.fancy_title + first.raw + first.cooked)
    assert await forum.value("SELECT COUNT(*) FROM tags") == 1
    with pytest.raises(ForumError) as refused:
        await forum.topic(featured_link="https://x.example/\0")
    assert codes(refused.value) == ["request.parameter_invalid"]


async def test_a_long_text_is_cooked_and_a_huge_one_refused_before_it_is(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic(raw="Paragraphs of text follow.\n\n" + "Some *more* words here. " * 400)
    assert "<em>more</em>" in (await forum.post_now(topic.first_post_id)).cooked
    with pytest.raises(ForumError) as refused:
        await forum.topic(raw="[a](" * 500_000)
    assert codes(refused.value) == ["post.body_too_long"]
