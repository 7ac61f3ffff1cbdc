"""Search as readers meet it: what they may find, filters, pages, and what a hit shows."""

from __future__ import annotations

import pytest

from tertulia.forum.categories.saving import save_category
from tertulia.forum.levels import set_level
from tertulia.forum.search.searching import search
from tertulia.forum.topics.creating import create_topic
from tertulia.forum.topics.deleting import delete_topic, recover_topic
from tertulia.forum.topics.editing import update_topic
from tertulia.forum.unit import Ports
from tertulia.model import errors
from tertulia.model.categories import SaveCategory
from tertulia.model.levels import SetLevel
from tertulia.model.search import Search, SearchView
from tertulia.model.topics import CreateTopic, UpdateTopic
from tests.forum.sites.given import acting, add_post, add_topic, add_user, counted

pytestmark = pytest.mark.anyio
DAY = 86_400_000


async def ask(ports: Ports, q: str, person: int | None = None, **fields: object) -> SearchView:
    async with acting(ports, person) as unit:
        return await search(unit, Search(q=q, **fields))


async def topics(ports: Ports, q: str, person: int | None = None, **fields: object) -> list[int]:
    return [hit.post.post.topic_id for hit in (await ask(ports, q, person, **fields)).hits]


async def test_nobody_finds_what_they_cannot_see(ports: Ports) -> None:
    member, other = await add_user(ports, "mira"), await add_user(ports, "otto")
    moderator = await add_user(ports, "mod", moderator=1)
    async with acting(ports) as unit:
        now = unit.now
    secret = await add_topic(ports, "Sharks in the staff room", "sharks", category_id=3)
    message = await add_topic(ports, "Sharks for mira", "sharks", to=[member], user_id=member)
    await add_topic(ports, "Sharks deleted", "sharks", deleted_at=now)
    unlisted = await add_topic(ports, "Sharks unlisted", "sharks", visible=0)
    topic = await add_topic(ports, "About the sea", "water")
    await add_post(ports, topic, 2, "sharks deleted", deleted_at=now)
    await add_post(ports, topic, 3, "sharks hidden", hidden=1)
    await add_post(ports, topic, 4, "sharks whispered", post_type=4)
    assert await topics(ports, "sharks") == []
    assert await topics(ports, "sharks", member) == []
    assert await topics(ports, "sharks", member, topic_id=message) == [message]
    assert await topics(ports, "sharks in:messages", member) == [message]
    assert await topics(ports, "sharks in:messages", other) == []
    assert await topics(ports, "sharks in:all", other) == []
    assert set(await topics(ports, "sharks in:all", member)) == {message}
    assert set(await topics(ports, "sharks", moderator)) == {secret, topic}
    assert set(await topics(ports, "sharks", 1)) == {secret, topic}
    assert await topics(ports, "sharks in:messages", 1) == []
    assert await topics(ports, "sharks in:all-pms", 1) == [message]
    assert await topics(ports, "sharks in:all-pms", member) == []
    assert await topics(ports, "sharks personal_messages:mira", 1) == [message]
    assert await topics(ports, "sharks personal_messages:mira", other) == []
    assert await topics(ports, "sharks include:unlisted", member) == []
    assert unlisted in await topics(ports, "sharks status:unlisted", 1)
    for stranger in (None, other):
        with pytest.raises(errors.TopicMissing):
            await ask(ports, "sharks", stranger, topic_id=message)


async def test_messages_are_searched_by_people_who_are_logged_in(ports: Ports) -> None:
    with pytest.raises(errors.LoginRequired):
        await ask(ports, "sharks in:messages")


async def test_a_search_has_a_least_length_and_pages_an_end(ports: Ports) -> None:
    for short in ("", "  ", "ab"):
        with pytest.raises(errors.SearchTermTooShort) as told:
            await ask(ports, short)
        assert told.value.params == {"minimum": 3}
    assert (await ask(ports, "...")).hits == ()
    for page in (0, -1, 51):
        with pytest.raises(errors.SearchPageInvalid):
            await ask(ports, "sharks", page=page)
    assert (await ask(ports, "sharks", page=50)).hits == ()


async def test_a_topic_is_one_hit_unless_it_is_what_is_searched(ports: Ports) -> None:
    topic = await add_topic(ports, "Sharks", "sharks", "more sharks", "sharks sharks")
    other = await add_topic(ports, "Whales", "and sharks")
    assert sorted(await topics(ports, "sharks")) == [topic, other]
    assert await topics(ports, "sharks", topic_id=topic) == [topic] * 3
    assert await topics(ports, f"sharks topic:{topic}") == [topic] * 3
    view = await ask(ports, "sharks")
    assert sorted(item.topic.id for item in view.topics) == [topic, other]


async def test_pages_hold_every_hit_once(ports: Ports) -> None:
    made = [await add_topic(ports, f"Sharks {number}", "sharks") for number in range(5)]
    pages = [await ask(ports, "sharks", page=page, per_page=2) for page in (1, 2, 3, 4)]
    assert sorted(hit.post.post.topic_id for page in pages for hit in page.hits) == made
    assert [page.more for page in pages] == [True, True, False, False]


async def test_filters_narrow_what_is_found(ports: Ports) -> None:
    mira, otto = await add_user(ports, "mira"), await add_user(ports, "otto")
    async with acting(ports) as unit:
        below = (await save_category(unit, SaveCategory(name="Deep Sea", parent_id=0))).category.id
        await unit.commit()
    async with acting(ports) as unit:
        child = (await save_category(unit, SaveCategory(name="Trench", parent_id=below))).category.id
        await unit.commit()
        now = unit.now
    old = await add_topic(
        ports, "Sharks old", "sharks", user_id=mira, at=now - 100 * DAY, views=5, tags=["big", "fish"]
    )
    new = await add_topic(
        ports, "Sharks new", "sharks", "reply sharks", user_id=otto, category_id=child, views=9, tags=["fish"], closed=1
    )
    both = {old, new}
    expected = {
        "sharks": both,
        "sharks user:mira": {old},
        "sharks @OTTO": {new},
        f"sharks user:{mira}": {old},
        "sharks @mira @otto": set(),
        "sharks @nobody": set(),
        "sharks created:@otto": {new},
        "sharks category:uncategorized": {old},
        "sharks category:deep-sea": {new},
        "sharks category:=deep-sea": set(),
        'sharks category:"deep sea"': {new},
        "sharks categories:deep-sea,uncategorized": both,
        f"sharks category:{child}": {new},
        "sharks #deep-sea:trench": {new},
        "sharks #trench": {new},
        "sharks #fish": both,
        "sharks #staff": set(),
        "sharks category:staff": set(),
        "sharks #nothing": set(),
        "sharks tags:big": {old},
        "sharks tags:big,absent": {old},
        "sharks tags:big+fish": {old},
        "sharks tags:big+absent": set(),
        "sharks tags:absent": set(),
        "sharks -tags:big": {new},
        "sharks in:tagged": both,
        "sharks in:untagged": set(),
        "sharks before:30": {old},
        "sharks after:30": {new},
        "sharks status:closed": {new},
        "sharks status:open": {old},
        "sharks status:noreplies": {old},
        "sharks status:public": both,
        "sharks status:archived": set(),
        "sharks min_posts:2": {new},
        "sharks max_posts:1": {old},
        "sharks posts_count:2": {new},
        "sharks min_views:6": {new},
        "sharks max_views:6": {old},
        "reply in:first": set(),
        "reply in:replies": {new},
        "sharks in:pinned": set(),
        "sharks in:wiki": set(),
        "sharks with:images": set(),
        "sharks badge:leader": set(),
        "sharks group:staff": set(),
        "sharks filetype:pdf": set(),
        "user:mira": {old},
        "in:first": both,
    }
    found = {question: set(await topics(ports, question)) for question in expected}
    assert found == expected


async def test_the_order_is_chosen(ports: Ports) -> None:
    async with acting(ports) as unit:
        now = unit.now
    first = await add_topic(ports, "Sharks", "sharks", at=now - 2 * DAY, views=1)
    second = await add_topic(ports, "Sharks", "sharks", at=now - 3 * DAY, views=7)
    late = await add_post(ports, first, 2, "sharks", at=now - DAY, like_count=4)
    view = await ask(ports, "sharks order:latest")
    assert view.hits[0].post.post.id == late
    assert await topics(ports, "sharks order:oldest") == [second, first]
    assert await topics(ports, "sharks order:latest_topic") == [first, second]
    assert await topics(ports, "sharks order:oldest_topic") == [second, first]
    assert await topics(ports, "sharks order:views") == [second, first]
    assert await topics(ports, "sharks order:likes") == [first, second]
    for order in ("hot", "read"):
        assert sorted(await topics(ports, f"sharks order:{order}", 1)) == [first, second]


async def test_filters_about_the_reader_are_the_readers_own(ports: Ports) -> None:
    mira = await add_user(ports, "mira")
    mine = await add_topic(ports, "Sharks", "sharks", user_id=mira)
    other = await add_topic(ports, "Sharks too", "sharks")
    async with acting(ports, mira) as unit:
        await set_level(unit, SetLevel(subject="topic", subject_id=other, level=3))
        await unit.tx.text(f"UPDATE topic_states SET last_read_post_number = 1 WHERE topic_id = {other}")
        await unit.commit()
    assert await topics(ports, "sharks in:created", mira) == [mine]
    assert await topics(ports, "sharks @me", mira) == [mine]
    assert await topics(ports, "sharks in:watching", mira) == [other]
    assert await topics(ports, "sharks in:tracking", mira) == []
    assert await topics(ports, "sharks in:seen", mira) == [other]
    assert await topics(ports, "sharks in:unseen", mira) == [mine]
    for place in ("likes", "bookmarks", "posted"):
        assert await topics(ports, f"sharks in:{place}", mira) == []
    for own in ("in:created", "@me", "in:watching", "in:likes", "in:seen", "in:unseen"):
        assert await topics(ports, f"sharks {own}") == []


async def test_a_hit_shows_where_it_matches_and_nothing_that_a_browser_would_run(ports: Ports) -> None:
    body = "filler " * 100 + "then a shark &lt;script&gt; came " + "filler " * 100
    await add_topic(ports, "The <b>Shark</b> & 'me'", body)
    (hit,) = (await ask(ports, "shark")).hits
    assert hit.title_headline == "The &lt;b&gt;<span class=\"search-highlight\">Shark</span>&lt;/b&gt; &amp; 'me'"
    assert "shark &lt;script&gt; came" in hit.blurb
    assert hit.blurb.startswith("…filler") and hit.blurb.endswith("…") and len(hit.blurb) < 260


async def test_part_of_a_run_without_spaces_is_marked(ports: Ports) -> None:
    await add_topic(ports, "日本語の掲示板", "x")
    (hit,) = (await ask(ports, "掲示板")).hits
    assert hit.title_headline == '日本語の<span class="search-highlight">掲示板</span>'


async def test_names_of_people_categories_and_tags_are_found_when_asked(ports: Ports) -> None:
    await add_user(ports, "staffan")
    await add_topic(ports, "One", "x", tags=["staffing"])
    kinds = ("users", "categories", "tags")
    view = await ask(ports, "staff", 1, kinds=kinds)
    assert [user.username for user in view.users] == ["staffan"]
    assert [ref.name for ref in view.categories] == ["Staff"] and [ref.name for ref in view.tags] == ["staffing"]
    assert (await ask(ports, "staff", kinds=kinds)).categories == ()
    assert (await ask(ports, "staff", 1, kinds=kinds)).hits == ()
    plain = await ask(ports, "staff", 1)
    assert (plain.users, plain.categories, plain.tags) == ((), (), ())


async def test_a_unit_that_writes_finds_what_it_wrote(ports: Ports) -> None:
    topic = await add_topic(ports, "Sharks", "sharks")
    async with acting(ports) as unit:
        await unit.write()
        await unit.tx.text(f"UPDATE topics SET category_id = 3 WHERE id = {topic}")
        assert len((await search(unit, Search(q="sharks category:staff"))).hits) == 1
        await unit.commit()


async def test_what_is_written_is_found_and_what_is_deleted_is_not(ports: Ports) -> None:
    async with acting(ports) as unit:
        command = CreateTopic(
            title="Observations of **nocturnal** moths", raw="They come to the lamp at midnight.", category_id=1
        )
        made = await create_topic(unit, command)
        await unit.commit()
    topic = made.post.topic_id
    assert await topics(ports, "nocturnal moths") == [topic] == await topics(ports, "lamp midnight")
    async with acting(ports) as unit:
        await delete_topic(unit, topic)
        await unit.commit()
    assert await topics(ports, "nocturnal moths", 1) == []
    async with acting(ports) as unit:
        await recover_topic(unit, topic)
        await update_topic(unit, UpdateTopic(topic_id=topic, title="Observations of daytime butterflies"))
        await unit.commit()
    assert await topics(ports, "nocturnal") == [] and await topics(ports, "butterflies midnight") == [topic]


async def test_hostile_questions_find_nothing_and_break_nothing(ports: Ports) -> None:
    await add_topic(ports, "Sharks", "sharks", tags=["one"])
    for question in (
        "#a\x00b sharks", "sharks\ud800", "tags:\x00,b sharks", "user:\x00a", "category:\x00", "\x00\x00\x00 \x00",
        "topic:999999999999999999", "user:999999999999999999", "min_posts:999999999999999999 sharks", '"' * 900,
        "sharks " * 500, "(" * 1_000, "tags:a tags:b tags:c tags:one sharks", "sharks*:A", "NEAR(sharks one)",
        "messages_of:%00", "before:99999 zzz", "category:" + "x:" * 200,
    ):  # fmt: skip
        try:
            found = await topics(ports, question, 1)
        except (errors.SearchTermTooShort, errors.TopicMissing):
            continue
        assert len(found) <= 1


async def test_more_hits_take_no_more_statements(ports: Ports) -> None:
    async def statements() -> int:
        async with acting(ports) as unit:
            with counted(unit) as seen:
                assert (await search(unit, Search(q="sharks"))).hits
        return len(seen)

    for number in range(3):
        await add_topic(ports, f"Sharks {number}", "sharks", tags=["one"])
    few = await statements()
    for number in range(27):
        await add_topic(ports, f"Sharks again {number}", "sharks", tags=[f"tag{number}"])
    assert 0 < few == await statements()
