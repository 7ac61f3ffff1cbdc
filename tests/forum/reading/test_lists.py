"""Lists of topics: filters, orders, pins, levels, pages."""

import pytest

from tertulia.forum.topics.listing import list_topics
from tertulia.forum.topics.read_state import dismiss_new
from tertulia.forum.unit import Ports, Unit
from tertulia.model.errors import CategoryMissing, LoginRequired, NotFound, ParameterInvalid
from tertulia.model.privileges import FULL
from tertulia.model.topics import ListTopics, TopicFilter, TopicOrder
from tertulia.store.schema.posts import bookmarks, votes
from tests.forum.reading import given

pytestmark = pytest.mark.anyio


async def _titles(unit: Unit, **wanted: object) -> list[str]:
    view = await list_topics(unit, ListTopics(**wanted))  # type: ignore[arg-type]
    return [item.topic.title for item in view.items]


async def test_latest_is_by_activity_and_every_order_turns_around(ports: Ports) -> None:
    async with given.acting(ports, 1) as unit:
        await unit.write()
        for index, title in enumerate(("b", "c", "a")):
            counters = {"views": index, "posts_count": 3 - index, "like_count": index, "participant_count": index}
            await given.make_topic(unit, title, by=1, at=unit.now + index, first_post_like_count=index, **counters)
    async with given.acting(ports) as unit:
        assert await _titles(unit) == ["a", "c", "b"]
        assert await _titles(unit, ascending=True) == ["b", "c", "a"]
        assert await _titles(unit, order=TopicOrder.TITLE) == ["c", "b", "a"]
        assert await _titles(unit, order=TopicOrder.POSTS) == ["b", "c", "a"]
        for order in (TopicOrder.VIEWS, TopicOrder.LIKES, TopicOrder.OP_LIKES, TopicOrder.POSTERS, TopicOrder.CREATED):
            assert await _titles(unit, order=order) == ["a", "c", "b"], order
        assert len(await _titles(unit, order=TopicOrder.CATEGORY)) == 3
        assert await _titles(unit, min_posts=2, max_posts=2) == ["c"]
        assert await _titles(unit, before=unit.now - given.DAY) == []
        assert await _titles(unit, filter=TopicFilter.TOP, period="daily") == ["a", "c", "b"]
        assert len(await _titles(unit, filter=TopicFilter.HOT)) == 3
        assert await _titles(unit, search="A") == ["a"]
        assert await _titles(unit, search="%") == []


async def test_pinned_topics_come_first_once_and_never_again(ports: Ports) -> None:
    async with given.acting(ports, 1) as unit:
        await unit.write()
        member = await given.make_user(unit, "member")
        other = await given.make_category(unit, "Other", grants={0: int(FULL)})
        for number in range(5):
            await given.make_topic(unit, f"plain {number}", by=1, at=unit.now - number)
        old = unit.now - 90 * given.DAY
        pin = {"pinned_at": old, "at": old}
        globally = await given.make_topic(unit, "global", by=1, pinned_globally=1, **pin)
        await given.make_topic(unit, "local", by=1, category_id=other, **pin)
        await given.make_topic(unit, "over", by=1, pinned_globally=1, pinned_until=old + 1, **pin)
        await given.set_state(unit, globally, member, cleared_pinned_at=unit.now)
    async with given.acting(ports) as unit:
        first = await list_topics(unit, ListTopics(per_page=3, with_total=True))
        assert [item.topic.title for item in first.items] == ["global", "plain 0", "plain 1"]
        assert first.items[0].pinned
        assert (first.more, first.total) == (True, 8)
        assert await _titles(unit, per_page=3, page=1) == ["plain 2", "plain 3", "plain 4"]
        last = await list_topics(unit, ListTopics(per_page=3, page=2))
        assert {item.topic.title for item in last.items} == {"local", "over"}
        assert not last.more
        assert await _titles(unit, category_id=other) == ["local"]
        assert (await _titles(unit, order=TopicOrder.CREATED))[0] == "plain 0"
    async with given.acting(ports, member) as unit:
        view = await list_topics(unit, ListTopics())
        assert view.items[0].topic.title == "plain 0"
        assert [item.topic.title for item in view.items if item.unpinned] == ["global"]


async def test_categories_are_listed_with_or_without_what_is_below_them(ports: Ports) -> None:
    async with given.acting(ports, 1) as unit:
        await unit.write()
        parent = await given.make_category(unit, "Parent", grants={0: int(FULL)})
        child = await given.make_category(unit, "Child", grants={0: int(FULL)}, parent_id=parent)
        hidden = await given.make_category(unit, "Hidden", grants={3: int(FULL)}, parent_id=parent)
        for name, category_id in (("in parent", parent), ("in child", child), ("in hidden", hidden), ("out", 1)):
            await given.make_topic(unit, name, by=1, category_id=category_id)
    async with given.acting(ports) as unit:
        assert set(await _titles(unit, category_id=parent)) == {"in parent", "in child"}
        assert await _titles(unit, category_id=parent, include_subcategories=False) == ["in parent"]
        view = await list_topics(unit, ListTopics(category_id=child))
        assert view.category is not None
        assert view.category.category.id == child
        with pytest.raises(CategoryMissing):
            await list_topics(unit, ListTopics(category_id=hidden))
        with pytest.raises(CategoryMissing):
            await list_topics(unit, ListTopics(category_id=999))
    async with given.acting(ports, 1) as unit:
        assert "in hidden" in await _titles(unit, category_id=parent)


async def test_tags_narrow_a_list_to_any_to_all_and_to_none(ports: Ports) -> None:
    async with given.acting(ports, 1) as unit:
        await unit.write()
        red, both, bare = [await given.make_topic(unit, title, by=1) for title in ("red", "both", "bare")]
        await given.make_tag(unit, "Red", topic_ids=(red, both))
        await given.make_tag(unit, "blue", topic_ids=(both,))
    assert bare
    async with given.acting(ports) as unit:
        assert set(await _titles(unit, tags=("red",))) == {"red", "both"}
        assert set(await _titles(unit, tags=("red", "blue"))) == {"red", "both"}
        assert await _titles(unit, tags=("RED", "blue", "blue"), match_all_tags=True) == ["both"]
        assert await _titles(unit, tags=("red", "unknown"), match_all_tags=True) == []
        assert await _titles(unit, tags=("unknown",)) == []
        assert await _titles(unit, tags=("red",), exclude_tags=("blue", "unknown")) == ["red"]
        assert await _titles(unit, no_tags=True) == ["bare"]
        view = await list_topics(unit, ListTopics(tags=("red",)))
        assert view.tag is not None
        assert view.tag.name == "Red"
        assert [tag.name for tag in view.items[0].tags]
        assert [tag.name for tag in view.top_tags] == ["Red", "blue"]


async def test_muted_topics_categories_and_tags_are_left_out_of_latest(ports: Ports) -> None:
    async with given.acting(ports, 1) as unit:
        await unit.write()
        member = await given.make_user(unit, "member")
        other = await given.make_category(unit, "Other", grants={0: int(FULL)})
        await given.make_topic(unit, "kept", by=1)
        await given.make_topic(unit, "in muted category", by=1, category_id=other)
        muted = await given.make_topic(unit, "muted", by=1)
        tagged = await given.make_topic(unit, "tagged", by=1)
        tag = await given.make_tag(unit, "boring", topic_ids=(tagged,))
        await given.set_state(unit, muted, member, level=0)
        await given.mute(unit, member, subject=0, subject_id=other)
        await given.mute(unit, member, subject=1, subject_id=tag)
    async with given.acting(ports, member) as unit:
        assert await _titles(unit) == ["kept"]
        assert await _titles(unit, category_id=other) == ["in muted category"]
        assert await _titles(unit, tags=("boring",)) == ["tagged"]
        assert await _titles(unit, state="muted") == ["muted"]
        with pytest.raises(ParameterInvalid):
            await list_topics(unit, ListTopics(state="loud"))
    async with given.acting(ports) as unit:
        assert len(await _titles(unit)) == 4


async def test_lists_about_the_reader_follow_what_was_read(ports: Ports) -> None:
    async with given.acting(ports, 1) as unit:
        await unit.write()
        member = await given.make_user(unit, "member")
        read = await given.make_discussion(unit, "read", by=1, posts_of=(1, 1))
        unread = await given.make_discussion(unit, "unread", by=1, posts_of=(1, 1))
        mine = await given.make_discussion(unit, "mine", by=member)
        await given.make_discussion(unit, "fresh", by=1)
        await given.make_discussion(unit, "old", by=1, at=unit.now - 9 * given.DAY)
        visit = {"first_visited_at": unit.now, "last_visited_at": unit.now}
        await given.set_state(unit, read, member, last_read_post_number=3, level=2, **visit)
        await given.set_state(unit, unread, member, last_read_post_number=1, level=2, **visit)
        mark = {"user_id": member, "subject": "Post", "created_at": 1, "updated_at": 1}
        first = (await unit.tx.text(f"SELECT first_post_id FROM topics WHERE id = {unread}"))[0][0]
        await given.insert(unit.tx, bookmarks, subject_id=first, **mark)
        await given.insert(unit.tx, votes, post_id=first, user_id=member, value=1, created_at=1)
    async with given.acting(ports, member) as unit:
        assert await _titles(unit, filter=TopicFilter.UNREAD) == ["unread"]
        assert set(await _titles(unit, filter=TopicFilter.NEW)) == {"fresh", "mine"}
        assert set(await _titles(unit, filter=TopicFilter.UNSEEN)) == {"fresh", "mine", "unread", "old"}
        assert set(await _titles(unit, filter=TopicFilter.READ)) == {"read", "unread"}
        assert await _titles(unit, filter=TopicFilter.POSTED) == ["mine"]
        assert await _titles(unit, filter=TopicFilter.BOOKMARKED) == ["unread"]
        assert await _titles(unit, filter=TopicFilter.CREATED) == ["mine"]
        items = {item.topic.title: item for item in (await list_topics(unit, ListTopics())).items}
        assert items["unread"].unread_posts == 2
        assert (items["unread"].bookmarked, items["unread"].liked) == (True, True)
        assert (items["read"].bookmarked, items["read"].unread_posts) == (False, 0)
        assert (items["fresh"].is_new, items["read"].is_new, items["old"].is_new) == (True, False, False)
        fresh = items["fresh"].topic.id
    async with given.acting(ports, member) as unit:
        assert await dismiss_new(unit, (fresh,)) == (fresh,)
    async with given.acting(ports, member) as unit:
        assert await _titles(unit, filter=TopicFilter.NEW) == ["mine"]
    async with given.acting(ports, member) as unit:
        assert await dismiss_new(unit, None) == (mine,)
    async with given.acting(ports, member) as unit:
        assert await _titles(unit, filter=TopicFilter.NEW) == []


async def test_messages_are_listed_by_box_and_only_for_their_owner(ports: Ports) -> None:
    async with given.acting(ports, 1) as unit:
        await unit.write()
        anna, ben = [await given.make_user(unit, name) for name in ("anna", "ben")]
        await given.make_message(unit, "to ben", by=anna, to=(ben,))
        alone = await given.make_discussion(unit, "unanswered", by=anna, category_id=None)
        for table in ("topic_allowed_users",):
            await unit.tx.text(f"INSERT INTO {table} (topic_id, user_id, archived_at) VALUES ({alone}, {anna}, 0)")
    messages = {"filter": TopicFilter.MESSAGES}
    async with given.acting(ports, anna) as unit:
        assert await _titles(unit, **messages) == ["to ben"]
        assert set(await _titles(unit, **messages, state="sent")) == {"to ben", "unanswered"}
        assert await _titles(unit, **messages, state="archive") == []
        view = await list_topics(unit, ListTopics(filter=TopicFilter.MESSAGES))
        assert set(view.items[0].participants) == {anna, ben}
        assert set(view.users) >= {anna, ben}
        with pytest.raises(NotFound):
            await list_topics(unit, ListTopics(filter=TopicFilter.MESSAGES, user_id=ben))
        with pytest.raises(ParameterInvalid):
            await list_topics(unit, ListTopics(filter=TopicFilter.MESSAGES, state="lost"))
        assert await _titles(unit) == []
    async with given.acting(ports, 1) as unit:
        assert await _titles(unit, **messages, user_id=ben) == ["to ben"]


async def test_unlisted_and_deleted_topics_are_listed_only_for_those_who_ask_and_may(ports: Ports) -> None:
    async with given.acting(ports, 1) as unit:
        await unit.write()
        member = await given.make_user(unit, "member")
        await given.make_topic(unit, "unlisted", by=member, visible=0)
        await given.make_topic(unit, "deleted", by=member, deleted_at=unit.now)
        await given.make_topic(unit, "closed", by=member, closed=1)
        await given.make_topic(unit, "archived", by=member, archived=1)
    async with given.acting(ports, 1) as unit:
        assert set(await _titles(unit)) == {"closed", "archived"}
        assert await _titles(unit, status="unlisted") == ["unlisted"]
        assert await _titles(unit, status="deleted") == ["deleted"]
        assert await _titles(unit, status="closed") == ["closed"]
        assert await _titles(unit, status="archived") == ["archived"]
        assert await _titles(unit, status="open") == []
        assert set(await _titles(unit, status="public")) == {"closed", "archived"}
        with pytest.raises(ParameterInvalid):
            await list_topics(unit, ListTopics(status="odd"))
    async with given.acting(ports, member) as unit:
        assert await _titles(unit, status="unlisted") == []
        assert await _titles(unit, status="deleted") == []
        assert "unlisted" in await _titles(unit, filter=TopicFilter.CREATED)


async def test_anonymous_readers_have_no_lists_about_themselves(ports: Ports) -> None:
    async with given.acting(ports) as unit:
        for kind in TopicFilter:
            if kind in (TopicFilter.LATEST, TopicFilter.TOP, TopicFilter.HOT, TopicFilter.CREATED):
                continue
            with pytest.raises(LoginRequired):
                await list_topics(unit, ListTopics(filter=kind))
        for wrong in ({"page": -1}, {"page": 10**9}, {"period": "hourly"}):
            with pytest.raises(ParameterInvalid):
                await list_topics(unit, ListTopics(**wrong))
        assert not (await list_topics(unit, ListTopics())).can_create_topic


async def test_faces_are_the_author_the_busiest_and_the_latest(ports: Ports) -> None:
    async with given.acting(ports, 1) as unit:
        await unit.write()
        people = [await given.make_user(unit, f"user{number}") for number in range(8)]
        busy = people[2]
        replies = (*people[1:], busy, busy, people[7])
        await given.make_discussion(unit, "faces", by=people[0], posts_of=replies)
    async with given.acting(ports) as unit:
        view = await list_topics(unit, ListTopics(with_teasers=True))
        faces = view.items[0].posters
        assert len(faces) == 5
        assert (faces[0].user_id, faces[0].is_original) == (people[0], True)
        assert (faces[-1].user_id, faces[-1].is_latest) == (people[7], True)
        assert faces[1].user_id == busy
        assert set(view.users) == {face.user_id for face in faces}
        assert view.items[0].teaser is not None
        assert view.items[0].teaser.user_id == people[7]
        assert view.items[0].first_post is not None
        assert view.items[0].first_post.post_number == 1
