"""Lists of posts across topics: the newest, those of one user, those that somebody voted for or marked."""

from __future__ import annotations

import functools
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, and_, or_, select, tuple_

from tertulia.model.actor import Visibility
from tertulia.model.posts import Post, PostType
from tertulia.model.topics import Archetype
from tertulia.store.engine import Query, Tx, among, hidden, parameter, query
from tertulia.store.engine.query import SQLITE
from tertulia.store.lists.clauses import is_by_member, is_by_role, members_of_group, messages_of_reader
from tertulia.store.lists.landmarks import Landmarks, Place, list_name
from tertulia.store.posts_reading import POST
from tertulia.store.schema.posts import bookmarks, post_group_mentions, posts, votes
from tertulia.store.schema.topics import topics
from tertulia.store.visibility import values

DEEP = 100  # posts
_KINDS = (int(PostType.REGULAR), int(PostType.MODERATOR_ACTION))


class PostListSpec(msgspec.Struct, frozen=True, kw_only=True):
    """The form of a list; ids to compare with are parameters. `joined` is "", "voted", "bookmarked" or "mentions"."""

    messages: bool = False
    all_messages: bool = False  # only for those who see all
    by_user: bool = False
    bounded: bool = False
    only_replies: bool = False
    only_first: bool = False
    joined: str = ""
    best_first: bool = False
    by_members: bool = False
    few: bool = False  # members wrote little against all posts, so that a search begins with them
    of_role: bool = False  # of a built-in group
    in_category: bool = False
    earlier: bool = False


async def list_posts(
    tx: Tx,
    spec: PostListSpec,
    *,
    visibility: Visibility,
    offset: int,
    limit: int,
    landmarks: Landmarks,
    **given: Any,
) -> list[Post]:
    """Posts of a form. Never deleted, hidden or whispered ones, none of deleted or unlisted topics, and private
    messages only where the form asks for nothing else. `given`: `user_id`, `before_id`, `reader`, `vote`, `now` (ms).

    A page further down than `DEEP` begins at the nearest place in `landmarks`, like those of topics."""
    given |= values(visibility)
    if offset < DEEP or spec.best_first:
        return POST.all(await tx.all(_page(spec), offset=offset, limit=limit, **given))
    statement = _page(spec)
    name = list_name(spec, statement.sqlite() if tx.engine == SQLITE else statement.postgresql(), given)
    place = landmarks.nearest(name, offset=offset, now=given["now"])
    skipped = offset - (place.passed if place else 0)
    before = int(skipped > 0)  # the last one skipped is read: this page begins behind it
    bounds = {"offset": skipped - before, "limit": limit + before}
    if place is None:
        rows = await tx.all(statement, **bounds, **given)
    else:
        beyond = {"after_key": place.key, "after_id": place.id}
        rows = await tx.all(_page(spec, beyond=True), **bounds, **given, **beyond)
    found = POST.all(rows)
    passed = enumerate(zip(rows, found, strict=True), start=offset - before + 1)
    places = [Place(count, int(row[-1]), post.id) for count, (row, post) in passed]
    landmarks.note_page(name, places, offset=offset, now=given["now"])
    return found[before:]


@functools.cache
def _page(spec: PostListSpec, *, beyond: bool = False) -> Query:
    return query(lambda: _select_page(spec, beyond=beyond))


def _select_page(spec: PostListSpec, *, beyond: bool) -> Select[Any]:
    source = posts.join(topics, topics.c.id == posts.c.topic_id)
    if spec.joined == "voted":
        source = source.join(votes, votes.c.post_id == posts.c.id)
    elif spec.joined == "bookmarked":
        source = source.join(bookmarks, and_(bookmarks.c.subject == "Post", bookmarks.c.subject_id == posts.c.id))
    elif spec.joined == "mentions":
        source = source.join(post_group_mentions, post_group_mentions.c.post_id == posts.c.id)
    order = _order(spec)
    statement = select(*POST.columns, order[0]).select_from(source).where(*_conditions(spec))
    if beyond:
        there = tuple_(parameter("after_key"), parameter("after_id"))
        statement = statement.where(tuple_(order[0], order[-1]) < there)
    statement = statement.order_by(*(each.desc() for each in order))
    return statement.limit(parameter("limit")).offset(parameter("offset"))


def _conditions(spec: PostListSpec) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        posts.c.deleted_at.is_(None),
        posts.c.hidden == 0,
        or_(*(posts.c.post_type == kind for kind in _KINDS)),
        topics.c.deleted_at.is_(None),
        topics.c.visible == 1,
    ]
    if spec.messages:
        found.append(hidden(topics.c.archetype) == int(Archetype.MESSAGE))
        if not spec.all_messages:
            found.append(posts.c.topic_id.in_(messages_of_reader()))
    else:
        found.append(hidden(topics.c.archetype) == int(Archetype.REGULAR))
        found.append(among(hidden(topics.c.category_id), "visible_categories"))
    if spec.by_user:
        found.append(posts.c.user_id == parameter("user_id"))
    if spec.bounded:
        found.append(posts.c.id <= parameter("before_id"))
    if spec.only_replies:
        found.append(posts.c.post_number > 1)
    if spec.only_first:
        found.append(posts.c.post_number == 1)
    if spec.joined == "voted":
        found += [votes.c.user_id == parameter("reader"), votes.c.value == parameter("vote")]
    if spec.joined == "mentions":
        found.append(post_group_mentions.c.group_id == parameter("mentioned_group_id"))
    if spec.by_members:
        found.append(_by_members(spec))
    if spec.in_category:
        found.append(topics.c.category_id == parameter("category_id"))
    if spec.earlier:
        found.append(posts.c.created_at < parameter("before"))
    if spec.joined == "bookmarked":
        found.append(bookmarks.c.user_id == parameter("reader"))
    return found


def _by_members(spec: PostListSpec) -> ColumnElement[bool]:
    if spec.few:
        return posts.c.user_id.in_(members_of_group())
    return is_by_role(posts.c.user_id) if spec.of_role else is_by_member(posts.c.user_id)


def _order(spec: PostListSpec) -> list[ColumnElement[Any]]:
    """What the newest, or best, have most of; the last of it is an id."""
    if spec.best_first:
        return [(posts.c.like_count - posts.c.down_count), posts.c.id]
    if spec.joined == "voted":
        return [votes.c.created_at, posts.c.id]
    if spec.joined == "bookmarked":
        return [bookmarks.c.updated_at, bookmarks.c.subject_id]
    if spec.joined == "mentions":
        return [post_group_mentions.c.post_id]
    if spec.by_members and spec.few:
        return [hidden(posts.c.id)]
    if spec.by_user:
        return [posts.c.created_at, posts.c.id]
    if spec.messages and not spec.all_messages:
        return [hidden(posts.c.id)]
    return [posts.c.id]
