"""A topic with its window of posts, and the short answers of changes to it."""

from __future__ import annotations

from typing import Any, cast

import msgspec
from msgspec import UNSET, UnsetType

from tertulia.dialects.discourse.shapes.lists import ARCHETYPES, ListPlace, TopicItem
from tertulia.dialects.discourse.shapes.people import BasicUser, Participant
from tertulia.dialects.discourse.shapes.posts import Place, Post
from tertulia.dialects.discourse.shapes.tags import Tag
from tertulia.dialects.discourse.wire import iso, maybe_iso
from tertulia.model.posts import PostView
from tertulia.model.topics import Topic as TopicRecord
from tertulia.model.topics import TopicView

_encode = msgspec.json.Encoder().encode
_TOPIC_FLAGS = (4, 7, 8, 10)


def _post_of(view: PostView, *, with_raw: bool) -> Post:
    """The post; encoded once where many readers are given the same."""
    if view.forms is None:
        return Post.of(view, place=Place.STREAM, with_raw=with_raw)
    form = (Post, with_raw)
    made: Post | None = view.forms.get(form)
    if made is None:
        encoded = msgspec.Raw(_encode(Post.of(view, place=Place.STREAM, with_raw=with_raw)))
        made = view.forms[form] = cast(Post, encoded)  # the encoder puts it where a post would stand
    return made


class PostStream(msgspec.Struct):
    """The window of posts, and the ids of all of them (left out for mega topics)."""

    posts: list[Post]
    stream: list[int] | UnsetType = UNSET
    isMegaTopic: bool | UnsetType = UNSET
    firstId: int | UnsetType = UNSET
    lastId: int | UnsetType = UNSET

    @classmethod
    def of(cls, view: TopicView, *, with_raw: bool = False) -> PostStream:
        posts = [_post_of(post, with_raw=with_raw) for post in view.posts]
        if view.is_mega:
            return cls(posts=posts, isMegaTopic=True, firstId=view.topic.first_post_id, lastId=view.topic.last_post_id)
        return cls(posts=posts, stream=list(view.stream))


class Link(msgspec.Struct):
    """A link in the topic, beside its posts."""

    url: str
    title: str
    internal: bool
    attachment: bool
    reflection: bool
    clicks: int
    user_id: int
    domain: str
    root_domain: str


class Details(msgspec.Struct):
    """Who takes part, and what the reader may do. Abilities are sent only where they hold, as upstream."""

    can_edit: bool
    notification_level: int
    can_move_posts: bool
    can_delete: bool
    can_remove_allowed_users: bool
    can_create_post: bool
    can_reply_as_new_topic: bool
    can_convert_topic: bool
    can_review_topic: bool
    can_close_topic: bool
    can_archive_topic: bool
    can_split_merge_topic: bool
    can_edit_staff_notes: bool
    can_toggle_topic_visibility: bool
    can_pin_unpin_topic: bool
    can_moderate_category: bool
    can_remove_self_id: int
    participants: list[Participant]
    created_by: BasicUser
    last_poster: BasicUser
    can_recover: bool | UnsetType = UNSET
    can_flag_topic: bool | UnsetType = UNSET
    links: list[Link] | UnsetType = UNSET
    allowed_users: list[BasicUser] | UnsetType = UNSET
    allowed_groups: list[dict[str, Any]] | UnsetType = UNSET
    can_invite_to: bool | UnsetType = UNSET

    @classmethod
    def of(cls, view: TopicView, *, reader_id: int | None) -> Details:
        may = view.abilities
        shape = cls(
            can_edit=may.edit,
            notification_level=view.level,
            can_move_posts=may.move_posts,
            can_delete=may.delete,
            can_remove_allowed_users=may.remove_people if view.topic.is_message else may.moderate,
            can_create_post=may.reply,
            can_reply_as_new_topic=may.reply,
            can_convert_topic=may.moderate,
            can_review_topic=may.moderate,
            can_close_topic=may.close,
            can_archive_topic=may.archive,
            can_split_merge_topic=may.split_merge,
            can_edit_staff_notes=may.moderate,
            can_toggle_topic_visibility=may.toggle_visibility,
            can_pin_unpin_topic=may.pin,
            can_moderate_category=may.moderate,
            can_remove_self_id=reader_id or 0,
            participants=[Participant.of(each) for each in view.participants],
            created_by=BasicUser.of(view.creator),
            last_poster=BasicUser.of(view.last_poster),
            can_recover=True if may.recover else UNSET,
        )
        if view.links:
            shape.links = [
                Link(
                    link.url, link.title, link.internal, False, link.reflection, link.clicks, link.user_id,
                    link.domain, ".".join(link.domain.split(".")[-2:]),
                )
                for link in view.links
            ]  # fmt: skip
        if view.topic.is_message:
            shape.allowed_users = [BasicUser.of(card) for card in view.allowed_users]
            shape.allowed_groups = [{"id": group.id, "name": group.name} for group in view.allowed_groups]
            shape.can_invite_to = may.invite or UNSET
        return shape


def _suggested_of(view: TopicView) -> list[TopicItem]:
    """Rows of topics to read next; encoded once where the same reader is given them again."""
    forms, form = view.suggested_forms, (TopicItem,)
    made: list[TopicItem] | None = forms.get(form) if forms is not None else None
    if made is None:
        made = [TopicItem.of(item, users=view.suggested_users, place=ListPlace.SUGGESTED) for item in view.suggested]
        if forms is not None:
            made = forms[form] = cast(list[TopicItem], msgspec.Raw(_encode(made)))
    return made


class TopicAction(msgspec.Struct):
    """A flag that the topic as a whole may get."""

    id: int
    count: int
    hidden: bool
    can_act: bool


class Topic(msgspec.Struct):
    """The topic page's JSON."""

    post_stream: PostStream
    suggested_topics: list[TopicItem]
    tags: list[Tag]
    tags_descriptions: dict[str, str]
    id: int
    title: str
    fancy_title: str
    posts_count: int
    created_at: str
    views: int
    reply_count: int
    like_count: int
    last_posted_at: str
    visible: bool
    closed: bool
    archived: bool
    has_summary: bool
    archetype: str
    slug: str
    category_id: int | None
    word_count: int
    deleted_at: str | None
    user_id: int
    featured_link: str | None
    pinned_globally: bool
    pinned_at: str | None
    pinned_until: str | None
    image_url: str | None
    slow_mode_seconds: int
    draft: str | None
    draft_key: str
    draft_sequence: int | None
    unpinned: bool | None
    pinned: bool
    current_post_number: int
    highest_post_number: int
    deleted_by: BasicUser | None
    has_deleted: bool
    actions_summary: list[TopicAction]
    chunk_size: int
    bookmarked: bool
    bookmarks: list[Any]
    topic_timer: str | None
    message_bus_last_id: int
    participant_count: int
    show_read_indicator: bool
    thumbnails: list[Any] | None
    slow_mode_enabled_until: str | None
    details: Details
    timeline_lookup: list[tuple[int, int]] | UnsetType = UNSET
    external_id: str | UnsetType = UNSET
    last_read_post_number: int | UnsetType = UNSET
    message_archived: bool | UnsetType = UNSET

    @classmethod
    def of(cls, view: TopicView, *, reader_id: int | None, now: int, with_raw: bool = False) -> Topic:
        topic, state = view.topic, view.state
        cleared = bool(
            state and state.cleared_pinned_at and topic.pinned_at and state.cleared_pinned_at >= topic.pinned_at
        )
        shape = cls(
            post_stream=PostStream.of(view, with_raw=with_raw),
            suggested_topics=_suggested_of(view),
            tags=[Tag.of(tag) for tag in view.tags],
            tags_descriptions={},
            id=topic.id,
            title=topic.title,
            fancy_title=topic.fancy_title,
            posts_count=topic.posts_count,
            created_at=iso(topic.created_at),
            views=topic.views,
            reply_count=topic.reply_count,
            like_count=topic.like_count,
            last_posted_at=iso(topic.last_posted_at),
            visible=topic.visible,
            closed=topic.closed,
            archived=topic.archived,
            has_summary=topic.has_summary,
            archetype=ARCHETYPES[topic.archetype],
            slug=topic.slug,
            category_id=topic.category_id,
            word_count=topic.word_count,
            deleted_at=maybe_iso(topic.deleted_at),
            user_id=topic.user_id,
            featured_link=topic.featured_link,
            pinned_globally=topic.pinned_globally,
            pinned_at=maybe_iso(topic.pinned_at),
            pinned_until=maybe_iso(topic.pinned_until),
            image_url=topic.image_url,
            slow_mode_seconds=topic.slow_mode_seconds,
            draft=None,
            draft_key=f"topic_{topic.id}",
            draft_sequence=None if reader_id is None else 0,
            unpinned=True if cleared else None,
            pinned=topic.is_pinned(now) and not cleared,
            current_post_number=view.current_post_number,
            highest_post_number=topic.highest_post_number,
            deleted_by=BasicUser.of(view.deleted_by) if view.deleted_by else None,
            has_deleted=view.abilities.view_deleted and topic.highest_post_number > topic.posts_count,
            actions_summary=[TopicAction(each, 0, False, reader_id is not None) for each in _TOPIC_FLAGS],
            chunk_size=view.chunk_size,
            bookmarked=view.bookmarked,
            bookmarks=[],
            topic_timer=None,
            message_bus_last_id=0,
            participant_count=topic.participant_count,
            show_read_indicator=False,
            thumbnails=None,
            slow_mode_enabled_until=None,
            details=Details.of(view, reader_id=reader_id),
        )
        _add_optional(shape, view)
        return shape


def _add_optional(shape: Topic, view: TopicView) -> None:
    """Fields that upstream sends only where they say something."""
    if not view.is_mega:
        shape.timeline_lookup = list(view.timeline)
    if view.topic.external_id is not None:
        shape.external_id = view.topic.external_id
    if view.topic.is_message:
        shape.message_archived = view.message_archived
    if view.state is not None:
        shape.last_read_post_number = view.state.last_read_post_number


class TopicPosts(msgspec.Struct):
    """Some posts of a topic, asked for by id."""

    post_stream: PostStream
    id: int


class BasicTopic(msgspec.Struct):
    """The topic after a change."""

    id: int
    title: str
    fancy_title: str
    slug: str
    posts_count: int

    @classmethod
    def of(cls, topic: TopicRecord) -> BasicTopic:
        return cls(topic.id, topic.title, topic.fancy_title, topic.slug, topic.posts_count)


class UpdatedTopic(msgspec.Struct):
    """The answer of a change to a topic."""

    basic_topic: BasicTopic


class MessagePeople(msgspec.Struct):
    """Who a new message went to."""

    id: int
    allowed_users: list[BasicUser]
    allowed_groups: list[dict[str, Any]]


def message_of(post: Post, *, topic: TopicView) -> dict[str, Any]:
    """A new message's post, with the people it went to beside it."""
    people = MessagePeople(
        id=topic.topic.id,
        allowed_users=[BasicUser.of(card) for card in topic.allowed_users],
        allowed_groups=[{"id": group.id, "name": group.name} for group in topic.allowed_groups],
    )
    body: dict[str, Any] = msgspec.to_builtins(post)
    return {**body, "topic": msgspec.to_builtins(people)}
