"""What the view of a topic and of a post holds beside the text, and lists of posts across topics."""

import pytest

from tertulia.forum.posts.listing import list_posts
from tertulia.forum.posts.reading import read_post, view_posts
from tertulia.forum.topics.reading import read_topic
from tertulia.forum.unit import Ports, Unit
from tertulia.model.errors import LoginRequired, NotFound, PostMissing
from tertulia.model.posts import ListPosts
from tertulia.model.topics import ReadTopic
from tertulia.store.schema.posts import bookmarks, post_mentions, votes
from tertulia.store.schema.topics import topic_links
from tests.forum.reading import given

pytestmark = pytest.mark.anyio


async def test_a_topic_names_its_people_links_and_what_to_read_next(ports: Ports) -> None:
    async with given.acting(ports, 1) as unit:
        await unit.write()
        anna, ben = [await given.make_user(unit, name) for name in ("anna", "ben")]
        topic_id = await given.make_discussion(unit, "Page", by=anna, posts_of=(ben, ben))
        others = [await given.make_discussion(unit, f"Other {number}", by=anna) for number in range(7)]
        link = {"topic_id": topic_id, "post_id": 1, "user_id": anna, "created_at": 1}
        await given.insert(unit.tx, topic_links, url="https://example.org/", clicks=3, **link)
        await given.set_state(unit, topic_id, ben, level=3)
        await given.set_state(unit, topic_id, anna, level=1)
        await given.make_tag(unit, "shown", topic_ids=(topic_id,))
    async with given.acting(ports, ben) as unit:
        view = await read_topic(unit, ReadTopic(topic_id=topic_id))
        assert (view.creator.id, view.last_poster.id) == (anna, ben)
        assert [(each.user.id, each.post_count) for each in view.participants] == [(ben, 2), (anna, 1)]
        assert [each.url for each in view.links] == ["https://example.org/"]
        assert [tag.name for tag in view.tags] == ["shown"]
        assert view.category is not None
        assert view.state is not None
        assert view.abilities.reply
        assert not view.abilities.close
        assert view.timeline[0][0] == 1
        suggested = [item.topic.id for item in view.suggested]
        assert len(suggested) == 5
        assert set(suggested) <= set(others)
        assert set(view.suggested_users) == {anna}
    async with given.acting(ports) as unit:
        view = await read_topic(unit, ReadTopic(topic_id=topic_id))
        assert view.abilities.create_post_blocked_by == "not_logged_in"
        assert not any(post.abilities.like or post.abilities.bookmark for post in view.posts)
        assert (await read_topic(unit, ReadTopic(topic_id=topic_id, with_suggested=False))).suggested == ()


async def test_a_message_names_those_it_is_for_and_suggests_nothing(ports: Ports) -> None:
    async with given.acting(ports, 1) as unit:
        await unit.write()
        anna, ben = [await given.make_user(unit, name) for name in ("anna", "ben")]
        await given.make_discussion(unit, "Other", by=anna)
        topic_id = await given.make_message(unit, "Hello", by=anna, to=(ben,))
        group = await given.make_group(unit, "crew", members=())
        await unit.tx.text(f"INSERT INTO topic_allowed_groups (topic_id, group_id) VALUES ({topic_id}, {group})")
    async with given.acting(ports, ben) as unit:
        view = await read_topic(unit, ReadTopic(topic_id=topic_id))
        assert [card.username for card in view.allowed_users] == ["anna", "ben"]
        assert [each.name for each in view.allowed_groups] == ["crew"]
        assert view.suggested == ()
        assert view.category is None
        assert view.abilities.reply


async def test_a_post_names_author_editor_mentions_and_whom_it_answers(ports: Ports) -> None:
    async with given.acting(ports, 1) as unit:
        await unit.write()
        anna, ben = [await given.make_user(unit, name) for name in ("anna", "ben")]
        topic_id = await given.make_topic(unit, "Page", by=anna)
        group = await given.make_group(unit, "crew", members=(anna,))
        await unit.tx.text(f"UPDATE users SET primary_group_id = {group} WHERE id = {anna}")
        first = await given.make_post(unit, topic_id, 1, by=ben)
        fields = {"reply_to_post_number": 1, "reply_to_post_id": first, "reply_to_user_id": ben, "last_editor_id": 1}
        post_id = await given.make_post(unit, topic_id, 2, by=anna, **fields)
        await given.insert(unit.tx, post_mentions, post_id=post_id, user_id=ben)
        await given.insert(
            unit.tx, topic_links, topic_id=topic_id, post_id=post_id, user_id=anna, url="u", created_at=1
        )
        await given.insert(unit.tx, votes, post_id=post_id, user_id=ben, value=-1, created_at=unit.now)
    async with given.acting(ports, ben) as unit:
        view = await read_post(unit, post_id)
        assert view.user.username == "anna"
        assert view.primary_group_name == "crew"
        assert view.reply_to_user is not None
        assert view.reply_to_user.id == ben
        assert view.last_editor is not None
        assert view.last_editor.id == 1
        assert [card.id for card in view.mentioned] == [ben]
        assert [link.url for link in view.links] == ["u"]
        assert (view.my_vote, view.abilities.like, view.abilities.undo_like) == (-1, True, False)
        assert (view.abilities.edit, view.abilities.flag) == (False, True)
        assert view.topic_title == "Page"
        assert await view_posts(unit, []) == []
    async with given.acting(ports, anna) as unit:
        mine = await read_post(unit, post_id)
        assert (mine.yours, mine.abilities.edit, mine.abilities.like, mine.my_vote) == (True, True, False, 0)
    async with given.acting(ports) as unit:
        with pytest.raises(PostMissing):
            await read_post(unit, 999_999)


async def _numbers(unit: Unit, **wanted: object) -> list[tuple[int, int]]:
    view = await list_posts(unit, ListPosts(**wanted))
    return [(each.post.topic_id, each.post.post_number) for each in view.posts]


async def test_posts_are_listed_newest_first_and_narrowed(ports: Ports) -> None:
    async with given.acting(ports, 1) as unit:
        await unit.write()
        anna, ben = [await given.make_user(unit, name) for name in ("anna", "ben")]
        one = await given.make_discussion(unit, "one", by=anna, posts_of=(ben, anna))
        two = await given.make_discussion(unit, "two", by=ben)
        letter = await given.make_message(unit, "letter", by=anna, to=(ben,))
        marked = await given.make_post(unit, one, 4, by=ben, like_count=9)
        await given.insert(unit.tx, votes, post_id=marked, user_id=anna, value=1, created_at=1)
        mark = {"user_id": anna, "subject": "Post", "subject_id": marked, "created_at": 1, "updated_at": 1}
        await given.insert(unit.tx, bookmarks, **mark)
    async with given.acting(ports, anna) as unit:
        newest = [(one, 4), (two, 1), (one, 3), (one, 2), (one, 1)]
        assert await _numbers(unit) == newest
        page = await list_posts(unit, ListPosts(limit=2))
        assert page.more
        below = page.posts[-1].post.id - 1
        assert await _numbers(unit, before_id=below) == newest[2:]
        assert await _numbers(unit, offset=3) == newest[3:]
        assert await _numbers(unit, user_id=anna) == [(one, 3), (one, 1)]
        assert await _numbers(unit, user_id=anna, only_replies=True) == [(one, 3)]
        assert await _numbers(unit, user_id=anna, only_first=True) == [(one, 1)]
        assert (await _numbers(unit, user_id=ben, best_first=True))[0] == (one, 4)
        assert await _numbers(unit, liked_by=anna) == [(one, 4)]
        assert await _numbers(unit, bookmarked_by=anna) == [(one, 4)]
        assert await _numbers(unit, voted_down_by=anna) == []
        assert await _numbers(unit, messages=True) == [(letter, 2), (letter, 1)]
        for private in ({"bookmarked_by": ben}, {"voted_down_by": ben}):
            with pytest.raises(NotFound):
                await list_posts(unit, ListPosts(**private))
    async with given.acting(ports) as unit:
        with pytest.raises(LoginRequired):
            await list_posts(unit, ListPosts(messages=True))
    async with given.acting(ports, 1) as unit:
        assert await _numbers(unit, messages=True) == [(letter, 2), (letter, 1)]
