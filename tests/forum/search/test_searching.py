"""Search as readers meet it: what they may find, filters, pages, and what a hit shows."""

from __future__ import annotations

import contextlib
import time

import pytest

from tertulia.forum.categories.saving import save_category
from tertulia.forum.groups.saving import save_group
from tertulia.forum.levels import set_level
from tertulia.forum.search.searching import search
from tertulia.forum.topics.creating import create_topic
from tertulia.forum.topics.deleting import delete_topic, recover_topic
from tertulia.forum.topics.editing import update_topic
from tertulia.forum.unit import Ports
from tertulia.model import errors
from tertulia.model.categories import SaveCategory
from tertulia.model.groups import SaveGroup
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
    assert await topics(ports, "sharks in:all-pms", member) == [message]
    assert await topics(ports, "sharks in:all-pms", other) == []
    assert await topics(ports, "sharks in:all", 1) == [secret, topic]
    assert await topics(ports, "sharks personal_messages:mira", 1) == [message]
    assert await topics(ports, "sharks personal_messages:mira", member) == [message]
    with pytest.raises(errors.NotAllowed):
        await topics(ports, "sharks personal_messages:mira", other)
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
        "sharks -tags:big+fish": {new},
        "sharks -tags:big+absent": both,
        "sharks -tags:big,fish": set(),
        "sharks #=deep-sea": set(),
        "sharks #=trench": {new},
        "SHARKS USER:Mira": {old},
        "sharks Status:OPEN In:First": {old},
        "reply created:@otto": set(),
        "sharks order:sideways": both,
        "sharks before:nonsense": both,
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


async def test_people_of_a_group_are_found_by_those_who_may_see_its_members(ports: Ports) -> None:
    mira, otto = await add_user(ports, "mira"), await add_user(ports, "otto", trust_level=2)
    by_mira = await add_topic(ports, "Sharks", "sharks", user_id=mira)
    by_otto = await add_topic(ports, "Sharks too", "sharks", user_id=otto)
    async with acting(ports) as unit:
        open_ = await save_group(unit, SaveGroup(name="divers", usernames=("mira",)))
        await unit.commit()
    async with acting(ports) as unit:
        await save_group(unit, SaveGroup(name="secret", usernames=("otto",), members_visibility_level=2))
        await unit.commit()
    assert await topics(ports, "sharks group:divers") == [by_mira]
    assert await topics(ports, "sharks GROUP:Divers") == [by_mira]
    assert await topics(ports, f"sharks group:{open_.group.id}") == [by_mira]
    assert await topics(ports, "sharks group:trust_level_2") == [by_otto]
    assert await topics(ports, "sharks group:staff group:divers") == []
    assert await topics(ports, "sharks group:nobody") == [] == await topics(ports, "sharks group:everyone")
    assert await topics(ports, "sharks group:secret") == [] == await topics(ports, "sharks group:secret", mira)
    assert (
        await topics(ports, "sharks group:secret", otto) == [by_otto] == await topics(ports, "sharks group:secret", 1)
    )
    own = await add_topic(ports, "Sharks of the admin", "sharks")
    assert await topics(ports, "sharks group:admins") == [own] == await topics(ports, "sharks group:staff")
    assert await topics(ports, "sharks group:moderators") == []


async def test_the_inbox_of_a_group_is_searched_by_its_members(ports: Ports) -> None:
    mira, otto = await add_user(ports, "mira"), await add_user(ports, "otto")
    async with acting(ports) as unit:
        group = (await save_group(unit, SaveGroup(name="divers", usernames=("mira",)))).group.id
        await unit.commit()
    inbox = await add_topic(ports, "Sharks for divers", "sharks", to=[otto])
    direct = await add_topic(ports, "Sharks for two", "sharks", to=[otto, mira])
    async with ports.unit() as unit:
        await unit.write()
        await unit.tx.text(f"INSERT INTO topic_allowed_groups (topic_id, group_id) VALUES ({inbox}, {group})")
        await unit.commit()
    assert await topics(ports, "sharks group_messages:divers", mira) == [inbox]
    assert await topics(ports, "sharks group_messages:divers", otto) == [inbox]
    assert await topics(ports, "sharks group_messages:divers", 1) == []
    assert set(await topics(ports, "sharks in:messages", mira)) == {inbox, direct}
    assert set(await topics(ports, "sharks personal_messages:mira", 1)) == {inbox, direct}
    assert await topics(ports, "sharks in:personal-direct", mira) == [direct]
    assert await topics(ports, "sharks group_messages:nobody", mira) == []
    with pytest.raises(errors.LoginRequired):
        await topics(ports, "sharks group_messages:divers")


async def test_pictures_and_files_are_looked_for_in_each_post(ports: Ports) -> None:
    picture = await add_topic(ports, "Sharks", '<img src="/a.png" alt="a"> sharks', "sharks without")
    await add_topic(ports, "Sharks smile", '<img src="/e.svg" class="emoji" alt=":a:"> sharks')
    link = await add_topic(ports, "Sharks linked", "sharks")
    for number, url in enumerate(("https://a.org/x/Report.PDF?page=2", "https://a.org/pdf", "https://a.org/a.pdfx")):
        post_id = await add_post(ports, link, 2 + number, f"whales{number}")
        async with ports.unit() as unit:
            await unit.write()
            await unit.tx.text(
                "INSERT INTO topic_links (topic_id, post_id, user_id, url, created_at) "
                f"VALUES ({link}, {post_id}, 1, '{url}', 1)"
            )
            await unit.commit()
    assert await topics(ports, "sharks with:images") == [picture]
    assert await topics(ports, "without with:images") == []
    assert await topics(ports, "filetype:pdf") == [link] == await topics(ports, "filetypes:zip,.pdf")
    assert await topics(ports, "whales0 filetype:pdf") == [link]
    assert await topics(ports, "whales1 filetype:pdf") == [] == await topics(ports, "whales2 filetype:pdf")
    assert await topics(ports, "filetype:zip") == []


async def test_in_a_topic_hits_stand_in_the_order_of_the_posts(ports: Ports) -> None:
    topic = await add_topic(ports, "Whales", "sharks " * 2, "sharks " * 9, "sharks")
    view = await ask(ports, "sharks", topic_id=topic)
    assert [hit.post.post.post_number for hit in view.hits] == [1, 2, 3]


async def test_a_topic_is_found_by_its_number_if_it_can_be_seen(ports: Ports) -> None:
    member = await add_user(ports, "mira")
    topic = await add_topic(ports, "Whales", "sharks", "more")
    secret = await add_topic(ports, "Secret", "sharks", category_id=3)
    view = await ask(ports, str(topic), wanted_topic_id=topic)
    assert [hit.post.post.topic_id for hit in view.hits] == [topic] and view.hits[0].post.post.post_number == 1
    assert (await ask(ports, "secret", member, wanted_topic_id=secret)).hits == ()
    assert (await ask(ports, "nothing", wanted_topic_id=topic, wanted_archetype=1)).hits == ()
    assert len((await ask(ports, "nothing", wanted_topic_id=topic, wanted_archetype=0)).hits) == 1
    assert (await ask(ports, "nothing", wanted_topic_id=10**30)).hits == ()


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
    assert sorted(await topics(ports, "sharks order:read", 1)) == [first, second]


async def test_hot_is_what_moves_much_for_its_age(ports: Ports) -> None:
    async with acting(ports) as unit:
        now = unit.now

    async def moved(hours: int, *, views: int, likes: int, posts: int) -> int:
        topic = await add_topic(ports, "Sharks", "sharks", at=now - hours * DAY // 24, views=views)
        async with ports.unit() as unit:
            await unit.write()
            await unit.tx.text(f"UPDATE topics SET like_count = {likes}, posts_count = {posts} WHERE id = {topic}")
            await unit.commit()
        return topic

    # What it did against its hours and two more: 20, 10, 20 2/7, 19.
    viewed = await moved(8, views=180, likes=0, posts=1)
    old = await moved(98, views=980, likes=0, posts=1)
    liked = await moved(5, views=2, likes=3, posts=1)
    answered = await moved(18, views=40, likes=0, posts=17)
    assert await topics(ports, "sharks order:hot") == [liked, viewed, answered, old]


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
    assert await topics(ports, "sharks in:tracking", mira) == [other]
    assert await topics(ports, "sharks in:seen", mira) == [other]
    assert await topics(ports, "sharks in:unseen", mira) == [mine]
    assert await topics(ports, "sharks in:posted", mira) == [mine]
    for place in ("likes", "bookmarks"):
        assert await topics(ports, f"sharks in:{place}", mira) == []
    for own in ("in:created", "@me"):
        assert await topics(ports, f"sharks {own}") == []
    for own in ("likes", "bookmarks", "posted", "watching", "tracking", "seen", "unseen"):
        assert set(await topics(ports, f"sharks in:{own}")) == {mine, other}  # a visitor did nothing: no filter


async def test_a_hit_shows_where_it_matches_and_nothing_that_a_browser_would_run(ports: Ports) -> None:
    body = "filler " * 100 + "then a shark &lt;script&gt; came " + "filler " * 100
    await add_topic(ports, "The <b>Shark</b> & 'me'", body)
    (hit,) = (await ask(ports, "shark")).hits
    assert hit.title_headline == "The &lt;b&gt;<span class=\"search-highlight\">Shark</span>&lt;/b&gt; &amp; 'me'"
    assert '<span class="search-highlight">shark</span> &lt;script&gt; came' in hit.blurb
    assert hit.blurb.startswith("…filler") and hit.blurb.endswith("…") and len(hit.blurb) < 300


async def test_part_of_a_run_without_spaces_is_marked(ports: Ports) -> None:
    await add_topic(ports, "日本語の掲示板", "x")
    (hit,) = (await ask(ports, "掲示板")).hits
    assert hit.title_headline == '日本語の<span class="search-highlight">掲示板</span>'


async def test_names_of_people_categories_and_tags_are_found_when_asked(ports: Ports) -> None:
    await add_user(ports, "staffan")
    await add_topic(ports, "One", "x", tags=["staffing"])
    kinds = ("users", "categories", "tags", "groups")
    view = await ask(ports, "staff", 1, kinds=kinds)
    assert [user.username for user in view.users] == ["staffan"]
    assert [ref.name for ref in view.categories] == ["Staff"] and [ref.name for ref in view.tags] == ["staffing"]
    assert [found.group.name for found in view.groups] == ["staff"] and not view.more_users
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


@pytest.mark.parametrize(
    "piece", ['"', "(", "a ", "sharks ", "x:", "#a ", "tags:a ", "shar* ", "-", "日", "e\u0301", "'\\"]
)
async def test_a_longer_question_takes_no_more_than_its_share(ports: Ports, piece: str) -> None:
    for number in range(10):
        await add_topic(ports, f"Sharks {number}", "sharks sharks 日日日日 " * 20)

    async def cost(characters: int) -> float:
        question = "sharks " + (piece * characters)[:characters]
        spent = []
        for _ in range(3):
            began = time.process_time()
            with contextlib.suppress(errors.SearchTermTooShort):
                await topics(ports, question)
            spent.append(time.process_time() - began)
        return min(spent)

    few = await cost(125)
    assert await cost(1_000) <= few * 24 + 0.01  # eight times the text; what grows with its square takes 64 times


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
