"""Topic lists: latest, new, unread, top, categories, tags, suggested."""

from __future__ import annotations

from enum import Enum
from typing import Any, cast

import msgspec
from msgspec import UNSET, UnsetType

from tertulia.dialects.discourse.shapes.people import BasicUser, ListUser
from tertulia.dialects.discourse.shapes.tags import Tag
from tertulia.dialects.discourse.wire import iso
from tertulia.model.topics import Poster as PosterView
from tertulia.model.topics import TopicListItem, TopicListView
from tertulia.model.users import UserCard

ARCHETYPES = ("regular", "private_message")
_REGULAR_LEVEL = 1
MOST_FACES = 5  # source: upstream


_encode = msgspec.json.Encoder().encode


class ListPlace(Enum):
    """Where a row stands: upstream's lists differ in a few fields."""

    SITE = "site"
    CATEGORY = "category"
    SUGGESTED = "suggested"


class Poster(msgspec.Struct):
    """A face in a list; the person itself is in `users`."""

    extras: str | None
    description: str
    user_id: int
    primary_group_id: int | None

    @classmethod
    def of(cls, poster: PosterView, *, card: UserCard | None) -> Poster:
        extras, description = describe(poster)
        return cls(extras, description, poster.user_id, card.primary_group_id if card else None)


def faces(item: TopicListItem, *, users: dict[int, UserCard], mine: int | None) -> list[MessageFace]:
    """At most five people of a message: its author first, and never the one whose messages are listed."""
    ids = dict.fromkeys((item.topic.user_id, *item.participants))
    latest = item.topic.last_post_user_id
    return [
        MessageFace("latest" if user_id == latest else None, None, user_id, users[user_id].primary_group_id)
        for user_id in ids
        if user_id != mine and user_id in users
    ][:MOST_FACES]


class MessageFace(msgspec.Struct):
    """Somebody in a message; the person is in `users`."""

    extras: str | None
    description: str | None
    user_id: int
    primary_group_id: int | None


class SuggestedPoster(msgspec.Struct):
    """A face in a list that carries its people itself."""

    extras: str | None
    description: str
    user: BasicUser

    @classmethod
    def of(cls, poster: PosterView, *, card: UserCard) -> SuggestedPoster:
        extras, description = describe(poster)
        return cls(extras, description, BasicUser.of(card))


def describe(poster: PosterView) -> tuple[str | None, str]:
    """(extras, description) as clients show them: who began, who was last."""
    roles = [
        role
        for role, holds in (("Original Poster", poster.is_original), ("Most Recent Poster", poster.is_latest))
        if holds
    ]
    extras = "latest" if poster.is_latest else None
    if poster.is_latest and poster.is_original:
        extras = "latest single" if len(roles) == 2 else "latest"
    return extras, ", ".join(roles) or "Frequent Poster"


class TopicItem(msgspec.Struct):
    """One row of a list."""

    id: int
    title: str
    fancy_title: str
    slug: str
    posts_count: int
    reply_count: int
    highest_post_number: int
    image_url: str | None
    created_at: str
    last_posted_at: str
    bumped: bool
    bumped_at: str
    archetype: str
    unseen: bool
    pinned: bool
    unpinned: bool | None
    visible: bool
    closed: bool
    archived: bool
    bookmarked: bool | None
    liked: bool | None
    tags: list[Tag]
    tags_descriptions: dict[str, str]
    views: int
    like_count: int
    category_id: int | None
    featured_link: str | None
    posters: list[Poster] | list[SuggestedPoster]
    has_summary: bool | UnsetType = UNSET
    last_poster_username: str | UnsetType = UNSET
    pinned_globally: bool | UnsetType = UNSET
    op_like_count: int | UnsetType = UNSET
    excerpt: str | UnsetType = UNSET
    last_read_post_number: int | UnsetType = UNSET
    unread_posts: int | UnsetType = UNSET
    notification_level: int | UnsetType = UNSET
    external_id: str | UnsetType = UNSET
    allowed_user_count: int | UnsetType = UNSET
    participants: list[MessageFace] | UnsetType = UNSET

    @classmethod
    def of(
        cls, item: TopicListItem, *, users: dict[int, UserCard], place: ListPlace, mine: int | None = None
    ) -> TopicItem:
        topic, state = item.topic, item.state
        suggested = place is ListPlace.SUGGESTED
        posters: list[Any] = [
            SuggestedPoster.of(poster, card=users[poster.user_id])
            if suggested
            else Poster.of(poster, card=users.get(poster.user_id))
            for poster in item.posters
            if not suggested or poster.user_id in users
        ]
        shape = cls(
            id=topic.id,
            title=topic.title,
            fancy_title=topic.fancy_title,
            slug=topic.slug,
            posts_count=topic.posts_count,
            reply_count=topic.reply_count,
            highest_post_number=topic.highest_post_number,
            image_url=topic.image_url,
            created_at=iso(topic.created_at),
            last_posted_at=iso(topic.last_posted_at),
            bumped=True,
            bumped_at=iso(topic.bumped_at),
            archetype=ARCHETYPES[topic.archetype],
            unseen=item.is_new,
            pinned=item.pinned,
            unpinned=True if item.unpinned else None,
            visible=topic.visible,
            closed=topic.closed,
            archived=topic.archived,
            bookmarked=item.bookmarked if state else None,
            liked=item.liked if state else None,
            tags=[Tag.of(tag) for tag in item.tags],
            tags_descriptions={},
            views=topic.views,
            like_count=topic.like_count,
            category_id=topic.category_id,
            featured_link=topic.featured_link,
            posters=posters,
        )
        if place is not ListPlace.SITE or item.pinned:
            shape.excerpt = topic.excerpt
        if not suggested:
            last = users.get(topic.last_post_user_id)
            shape.has_summary = topic.has_summary
            shape.last_poster_username = last.username if last else ""
            shape.pinned_globally = topic.pinned_globally
        if place is ListPlace.SITE:
            shape.op_like_count = topic.first_post_like_count
        if topic.is_message and not suggested:
            shape.allowed_user_count = len(item.participants)
            shape.participants = faces(item, users=users, mine=mine)
        if state is not None:
            shape.last_read_post_number = state.last_read_post_number
            shape.unread_posts = item.unread_posts
            shape.notification_level = _REGULAR_LEVEL if state.level is None else state.level
        return shape


class TopicList(msgspec.Struct):
    """The inner part of a list's answer. A category's list carries no draft."""

    can_create_topic: bool
    per_page: int
    topics: list[TopicItem]
    draft: str | None | UnsetType = UNSET
    draft_key: str | UnsetType = UNSET
    draft_sequence: int | UnsetType = UNSET
    more_topics_url: str | UnsetType = UNSET
    for_period: str | UnsetType = UNSET
    filter: str | UnsetType = UNSET
    top_tags: list[Tag] | UnsetType = UNSET
    tags: list[dict[str, Any]] | UnsetType = UNSET


class TopicListAnswer(msgspec.Struct):
    """A list with the people that it names."""

    users: list[ListUser] | list[BasicUser]
    primary_groups: list[Any]
    topic_list: TopicList
    flair_groups: list[Any] | UnsetType = UNSET

    @classmethod
    def of(cls, view: TopicListView, *, more_url: str | None, filter_name: str | None = None) -> TopicListAnswer:
        place = ListPlace.SITE if view.category is None else ListPlace.CATEGORY
        users, items = _parts_of(view, place)
        inner = TopicList(
            can_create_topic=view.can_create_topic,
            per_page=view.per_page,
            topics=items,
            more_topics_url=more_url if more_url and view.more else UNSET,
            for_period=view.period if view.period else UNSET,
            filter=filter_name if filter_name else UNSET,
            top_tags=[Tag.of(tag) for tag in view.top_tags],
        )
        if view.tag is not None:
            tag = view.tag
            shown = {"id": tag.id, "name": tag.name, "slug": tag.name, "topic_count": tag.topic_count, "staff": False}
            inner.tags = [shown]
        if place is ListPlace.CATEGORY:
            return cls(users, [], inner)
        inner.draft, inner.draft_key, inner.draft_sequence = None, "new_topic", 0
        return cls(users, [], inner, flair_groups=[])


def _parts_of(view: TopicListView, place: ListPlace) -> tuple[list[Any], list[TopicItem]]:
    """People and rows; encoded once where the same reader is given them again."""
    form = (TopicList, place)
    known: tuple[list[Any], list[TopicItem]] | None = view.forms.get(form) if view.forms is not None else None
    if known is not None:
        return known
    kind = BasicUser if place is ListPlace.CATEGORY else ListUser
    users = [kind.of(card) for card in view.users.values()]
    items = [TopicItem.of(item, users=view.users, place=place, mine=view.mine) for item in view.items]
    if view.forms is None:
        return users, items
    made = cast(list[Any], msgspec.Raw(_encode(users))), cast(list[TopicItem], msgspec.Raw(_encode(items)))
    view.forms[form] = made
    return made
