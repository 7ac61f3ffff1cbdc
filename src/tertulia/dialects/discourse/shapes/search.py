"""Search results: posts with an excerpt around the match, their topics, and what else has such a name."""

from __future__ import annotations

from typing import Any

import msgspec

from tertulia.dialects.discourse.shapes.groups import Group
from tertulia.dialects.discourse.shapes.people import BasicUser
from tertulia.dialects.discourse.shapes.tags import Tag
from tertulia.dialects.discourse.wire import avatar, iso
from tertulia.model.categories import CategoryRef
from tertulia.model.search import SearchHit, SearchView
from tertulia.model.topics import TopicListItem


class FoundPost(msgspec.Struct, kw_only=True):
    """One hit."""

    id: int
    name: str | None
    username: str
    avatar_template: str
    created_at: str
    like_count: int
    blurb: str
    post_number: int
    topic_title_headline: str
    topic_id: int

    @classmethod
    def of(cls, hit: SearchHit) -> FoundPost:
        post, user = hit.post.post, hit.post.user
        return cls(
            id=post.id,
            name=user.name,
            username=user.username,
            avatar_template=avatar(user.avatar_template, username=user.username),
            created_at=iso(post.created_at),
            like_count=post.like_count,
            blurb=hit.blurb,
            post_number=post.post_number,
            topic_title_headline=hit.title_headline,
            topic_id=post.topic_id,
        )


class FoundTopic(msgspec.Struct, kw_only=True):
    """The topic of a hit."""

    id: int
    title: str
    fancy_title: str
    slug: str
    posts_count: int
    reply_count: int
    highest_post_number: int
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
    category_id: int | None
    has_accepted_answer: bool

    @classmethod
    def of(cls, item: TopicListItem) -> FoundTopic:
        topic, known = item.topic, item.state is not None
        return cls(
            id=topic.id,
            title=topic.title,
            fancy_title=topic.fancy_title,
            slug=topic.slug,
            posts_count=topic.posts_count,
            reply_count=topic.reply_count,
            highest_post_number=topic.highest_post_number,
            created_at=iso(topic.created_at),
            last_posted_at=iso(topic.last_posted_at),
            bumped=True,
            bumped_at=iso(topic.bumped_at),
            archetype="private_message" if topic.is_message else "regular",
            unseen=item.is_new,
            pinned=item.pinned,
            unpinned=True if item.unpinned else None,
            visible=topic.visible,
            closed=topic.closed,
            archived=topic.archived,
            bookmarked=item.bookmarked if known else None,
            liked=item.liked if known else None,
            tags=[Tag.of(tag) for tag in item.tags],
            tags_descriptions={},
            category_id=topic.category_id,
            has_accepted_answer=False,
        )


def category_of(ref: CategoryRef) -> dict[str, Any]:
    """A category whose name matches."""
    shape: dict[str, Any] = {
        "id": ref.id,
        "name": ref.name,
        "color": ref.color,
        "text_color": ref.text_color,
        "slug": ref.slug,
        "topic_count": ref.topic_count,
        "post_count": ref.post_count,
        "description": ref.description_html or ref.description or None,
        "read_restricted": ref.restricted,
    }
    return shape | ({"parent_category_id": ref.parent_id} if ref.parent_id else {})


class GroupedResult(msgspec.Struct, kw_only=True):
    """Which of the things belong to the result, and whether there are more."""

    more_posts: bool | None
    more_users: bool | None
    more_categories: bool | None
    term: str
    search_log_id: int
    more_full_page_results: bool | None
    can_create_topic: bool
    error: str | None
    extra: dict[str, Any]
    post_ids: list[int]
    user_ids: list[int]
    category_ids: list[int]
    tag_ids: list[int]
    group_ids: list[int]


class SearchAnswer(msgspec.Struct, kw_only=True):
    """One page of results."""

    posts: list[FoundPost]
    topics: list[FoundTopic]
    users: list[BasicUser]
    categories: list[dict[str, Any]]
    tags: list[Tag]
    groups: list[Group]
    grouped_search_result: GroupedResult

    @classmethod
    def of(cls, view: SearchView, *, term: str, can_create_topic: bool, full_page: bool) -> SearchAnswer:
        more = True if view.more else None
        grouped = GroupedResult(
            more_posts=None if full_page else more,
            more_users=True if view.more_users else None,
            more_categories=True if view.more_categories else None,
            term=term,
            search_log_id=0,
            more_full_page_results=more if full_page else None,
            can_create_topic=can_create_topic,
            error=None,
            extra={},
            post_ids=[hit.post.post.id for hit in view.hits],
            user_ids=[card.id for card in view.users],
            category_ids=[ref.id for ref in view.categories],
            tag_ids=[tag.id for tag in view.tags],
            group_ids=[found.group.id for found in view.groups],
        )
        return cls(
            posts=[FoundPost.of(hit) for hit in view.hits],
            topics=[FoundTopic.of(item) for item in view.topics],
            users=[BasicUser.of(card) for card in view.users],
            categories=[category_of(ref) for ref in view.categories],
            tags=[Tag.of(tag) for tag in view.tags],
            groups=[Group.of(found) for found in view.groups],
            grouped_search_result=grouped,
        )
