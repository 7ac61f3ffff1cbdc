"""Posts as one reader may see them: by id, by number, the replies to one, and many at once for every other view.

`view_posts` costs the same number of statements for one post and for a thousand.
Read next: `abilities.py`; lists across topics are in `listing.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from tertulia.forum.posts.abilities import may_see_content, post_abilities
from tertulia.forum.unit import Unit
from tertulia.model.errors import NotFound, PostMissing, TopicMissing
from tertulia.model.posts import Post, PostLink, PostView
from tertulia.model.topics import Topic, TopicState
from tertulia.model.users import UserCard
from tertulia.store import cards, posts_reading, topics_reading
from tertulia.store.lists.streams import FIRST, HIDE, StreamSpec, list_stream
from tertulia.store.readers import bookmarks as bookmark_store
from tertulia.store.readers import topic_states, votes

REPLIES_AT_ONCE = 20  # source: upstream answers replies in pages of twenty
RAW_POSTS_PER_PAGE = 100


MOST_PLAIN = 400  # views kept beside shared posts; so many posts for so many kinds of reader


class Beside(msgspec.Struct):
    """What was loaded beside the posts, each in bulk, the same for all who see the same things.

    `plain` holds the views of posts with which their reader has nothing to do, by kind of reader, where the whole is
    kept for other readers; otherwise it is None."""

    topics: Mapping[int, Topic]
    users: Mapping[int, UserCard]
    group_names: Mapping[int, str]
    mentions: Mapping[int, tuple[int, ...]]
    links: Mapping[int, tuple[PostLink, ...]]
    plain: dict[tuple[object, ...], PostView] | None = None


class Own(msgspec.Struct, frozen=True):
    """What the reader has to do with the posts: votes (value, created_at) and bookmarks by post, states by topic."""

    votes: Mapping[int, tuple[int, int]] = {}
    bookmarks: Mapping[int, int] = {}
    states: Mapping[int, TopicState] = {}


async def find_post(unit: Unit, post_id: int) -> tuple[Post, Topic]:
    """The post with its topic. Raises PostMissing, also for what the actor cannot see."""
    found = await posts_reading.find_post(unit.tx, post_id, visibility=unit.actor.visibility)
    if found is None:
        raise PostMissing()
    return found


async def read_post(unit: Unit, post_id: int) -> PostView:
    """One post. Raises PostMissing."""
    post, _ = await find_post(unit, post_id)
    return (await view_posts(unit, [post]))[0]


async def read_post_by_number(unit: Unit, topic_id: int, post_number: int) -> PostView:
    """The post with a number in its topic. Raises PostMissing."""
    found = await posts_reading.find_post_by_number(unit.tx, topic_id, post_number, visibility=unit.actor.visibility)
    if found is None:
        raise PostMissing()
    return (await view_posts(unit, [found[0]]))[0]


async def list_replies(unit: Unit, post_id: int, *, after: int = 1) -> tuple[PostView, ...]:
    """The first twenty direct replies with numbers above `after`. Raises PostMissing."""
    await find_post(unit, post_id)
    replies = await posts_reading.list_replies(
        unit.tx, post_id, after=after, limit=REPLIES_AT_ONCE, visibility=unit.actor.visibility
    )
    return tuple(await view_posts(unit, replies))


async def read_raw(unit: Unit, topic_id: int, *, post_number: int | None = None, page: int = 1) -> list[PostView]:
    """Posts of a topic for reading their Markdown: one, or a page (1-based) of a hundred.

    A page after the last is empty. Raises TopicMissing, PostMissing, NotFound (a page below 1)."""
    if post_number is not None:
        return [await read_post_by_number(unit, topic_id, post_number)]
    topic = await topics_reading.find_topic(unit.tx, topic_id, visibility=unit.actor.visibility)
    if topic is None:
        raise TopicMissing()
    if page < 1:
        raise NotFound()
    rows = await list_stream(
        unit.tx,
        topic_id,
        spec=StreamSpec(deleted=FIRST if unit.actor.visibility.sees_deleted else HIDE),
        offset=(page - 1) * RAW_POSTS_PER_PAGE,
        limit=RAW_POSTS_PER_PAGE,
    )
    found = await posts_reading.list_posts_of_topic(
        unit.tx, topic_id, [row.id for row in rows], visibility=unit.actor.visibility
    )
    return await view_posts(unit, found)


async def view_posts(unit: Unit, posts: Sequence[Post]) -> list[PostView]:
    """Views of posts that the actor was found to see, in the given order.

    Posts whose topic is not visible are left out, as a last guard. Hidden ones come without their text."""
    if not posts:
        return []
    tx, reader = unit.tx, unit.actor.user_id
    beside = await load_beside(unit, posts)
    own = Own()
    if reader is not None:
        ids = [post.id for post in posts]
        own = Own(
            votes=await votes.list_votes_of(tx, reader, ids),
            bookmarks=await bookmark_store.list_marked_posts(tx, reader, ids),
            states=await topic_states.list_states(tx, reader, beside.topics.keys()),
        )
    return present_posts(unit, posts, beside=beside, own=own)


async def view_created(unit: Unit, post: Post, *, topic: Topic, mentions: Sequence[int], has_links: bool) -> PostView:
    """The view of a post that the actor wrote just now: nobody voted on it or marked it yet, and it is read."""
    named = {post.id: tuple(sorted(mentions))}
    users = await _list_people(unit, [post], named)
    links = await posts_reading.list_post_links(unit.tx, named, visibility=unit.actor.visibility) if has_links else {}
    beside = Beside(
        topics={topic.id: topic},
        users=users,
        group_names=await cards.list_group_names(unit.tx, {card.primary_group_id for card in users.values()}),
        mentions=named,
        links=links,
    )
    return msgspec.structs.replace(_view(unit, post, beside=beside, own=Own()), read=True)


async def load_beside(unit: Unit, posts: Sequence[Post]) -> Beside:
    """What is shown beside posts, but for what is the reader's own."""
    tx, visibility = unit.tx, unit.actor.visibility
    ids = [post.id for post in posts]
    topic_ids = {post.topic_id for post in posts}
    mentions = await posts_reading.list_mentions(tx, ids)
    users = await _list_people(unit, posts, mentions)
    return Beside(
        topics=await topics_reading.list_topics_by_ids(tx, topic_ids, visibility=visibility),
        users=users,
        group_names=await cards.list_group_names(tx, {card.primary_group_id for card in users.values()}),
        mentions=mentions,
        links=await posts_reading.list_post_links(tx, ids, visibility=visibility),
    )


async def _list_people(unit: Unit, posts: Sequence[Post], mentions: Mapping[int, Sequence[int]]) -> dict[int, UserCard]:
    """Everybody whom the posts show."""
    people = {
        user_id
        for post in posts
        for user_id in (post.user_id, post.reply_to_user_id, post.last_editor_id, post.deleted_by)
    }
    people.update(user_id for mentioned in mentions.values() for user_id in mentioned)
    return await cards.list_cards(unit.tx, people)


def present_posts(unit: Unit, posts: Sequence[Post], *, beside: Beside, own: Own) -> list[PostView]:
    """The views, without reading anything more."""
    shown = [post for post in posts if post.topic_id in beside.topics]
    if beside.plain is None:
        return [_view(unit, post, beside=beside, own=own) for post in shown]
    if len(beside.plain) > MOST_PLAIN:
        beside.plain.clear()
    kinds = {topic.id: _kind_of_reader(unit, topic) for topic in beside.topics.values()}
    return [_share(unit, post, beside=beside, own=own, kind=kinds[post.topic_id]) for post in shown]


def _kind_of_reader(unit: Unit, topic: Topic) -> tuple[object, ...]:
    """Everything about a reader that decides on what they may do with posts that are neither theirs nor voted on."""
    actor = unit.actor
    user = actor.user
    if user is None:
        return (None, actor.privileges.get(topic.category_id or 0))
    return (
        user.admin,
        user.moderator,
        user.trust_level,
        user.is_silenced(unit.now),
        int(actor.privileges.get(topic.category_id or 0, 0)),
        actor.visibility.sees_deleted,
    )


def _share(unit: Unit, post: Post, *, beside: Beside, own: Own, kind: tuple[object, ...]) -> PostView:
    """The view that others like the reader are given too, unless there is something of the reader's own in it."""
    reader, topic = unit.actor.user_id, beside.topics[post.topic_id]
    owned = reader is not None and reader in (post.user_id, topic.user_id)
    if beside.plain is None or owned or post.id in own.votes or post.id in own.bookmarks:
        return _view(unit, post, beside=beside, own=own)
    key = (post.id, _is_read(unit, post, own), kind)
    known = beside.plain.get(key)
    if known is None:
        view = _view(unit, post, beside=beside, own=own)
        known = beside.plain[key] = msgspec.structs.replace(view, forms={})
    return known


def _is_read(unit: Unit, post: Post, own: Own) -> bool:
    state = own.states.get(post.topic_id)
    return unit.actor.user is None or (state is not None and state.last_read_post_number >= post.post_number)


def _view(unit: Unit, post: Post, *, beside: Beside, own: Own) -> PostView:
    topic = beside.topics[post.topic_id]
    vote = own.votes.get(post.id)
    author = beside.users.get(post.user_id) or unknown_user(post.user_id)
    readable = may_see_content(unit, post)
    return PostView(
        post=post if readable else msgspec.structs.replace(post, raw="", cooked=""),
        user=author,
        topic_title=topic.title,
        topic_slug=topic.slug,
        topic_user_id=topic.user_id,
        topic_archetype=topic.archetype,
        category_id=topic.category_id,
        topic_posts_count=topic.posts_count,
        reply_to_user=beside.users.get(post.reply_to_user_id or 0),
        last_editor=beside.users.get(post.last_editor_id),
        deleted_by=beside.users.get(post.deleted_by) if post.deleted_by is not None else None,
        primary_group_name=beside.group_names.get(author.primary_group_id or 0),
        my_vote=vote[0] if vote else 0,
        bookmarked=post.id in own.bookmarks,
        bookmark_id=own.bookmarks.get(post.id),
        read=_is_read(unit, post, own),
        yours=unit.actor.user_id is not None and unit.actor.user_id == post.user_id,
        can_see_content=readable,
        abilities=post_abilities(unit, post, topic=topic, vote=vote),
        mentioned=tuple(
            beside.users[user_id] for user_id in beside.mentions.get(post.id, ()) if user_id in beside.users
        ),
        links=beside.links.get(post.id, ()) if readable else (),
    )


def unknown_user(user_id: int) -> UserCard:
    """A card for an author whose account is gone."""
    return UserCard(
        id=user_id, username="", name="", avatar_template=None, admin=False, moderator=False, trust_level=0,
        title=None, primary_group_id=None, signature="", created_at=0, last_seen_at=None, suspended_till=None,
        silenced_till=None, post_count=0, topic_count=0, likes_received=0, down_votes_received=0,
    )  # fmt: skip
