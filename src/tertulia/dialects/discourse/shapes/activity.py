"""What somebody did: their posts as a list of actions, a summary, and everybody's numbers side by side."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec.structs import asdict

from tertulia.dialects.discourse.shapes.people import BasicUser
from tertulia.dialects.discourse.wire import avatar, iso
from tertulia.forum.cooking import excerpt
from tertulia.model.posts import PostView
from tertulia.model.topics import TopicListItem
from tertulia.model.users import DirectoryList, DirectoryRow, User, UserCard

LIKED, NEW_TOPIC, REPLIED = 1, 4, 5


class UserAction(msgspec.Struct, kw_only=True):
    """One post as something that somebody did: made a topic, replied, liked."""

    excerpt: str
    action_type: int
    created_at: str
    avatar_template: str
    acting_avatar_template: str
    slug: str
    topic_id: int
    target_user_id: int
    target_name: str | None
    target_username: str
    post_number: int
    post_id: int
    username: str
    name: str | None
    user_id: int
    acting_username: str
    acting_name: str | None
    acting_user_id: int
    title: str
    deleted: bool
    hidden: bool | None
    post_type: int
    action_code: str | None
    category_id: int | None
    closed: bool
    archived: bool

    @classmethod
    def of(cls, view: PostView, *, liked_by: User | None = None) -> UserAction:
        """`liked_by` acts; without it the author does."""
        post, author = view.post, view.user
        picture = avatar(author.avatar_template, username=author.username)
        kind = NEW_TOPIC if post.post_number == 1 else REPLIED
        acting: User | UserCard = liked_by or author
        target: User | UserCard = liked_by or author
        return cls(
            excerpt=excerpt(post.cooked) if view.can_see_content else "",
            action_type=LIKED if liked_by else kind,
            created_at=iso(post.created_at),
            avatar_template=picture,
            acting_avatar_template=avatar(acting.avatar_template, username=acting.username),
            slug=view.topic_slug,
            topic_id=post.topic_id,
            target_user_id=target.id,
            target_name=target.name,
            target_username=target.username,
            post_number=post.post_number,
            post_id=post.id,
            username=author.username,
            name=author.name,
            user_id=author.id,
            acting_username=acting.username,
            acting_name=acting.name,
            acting_user_id=acting.id,
            title=view.topic_title,
            deleted=post.deleted_at is not None,
            hidden=True if post.hidden else None,
            post_type=post.post_type,
            action_code=post.action_code,
            category_id=view.category_id,
            closed=False,
            archived=False,
        )


def summary_of(user: User, *, topics: tuple[TopicListItem, ...], replies: tuple[PostView, ...]) -> dict[str, Any]:
    """Numbers of a user with their best topics and replies."""
    return {
        "topics": [
            {
                "id": item.topic.id,
                "title": item.topic.title,
                "fancy_title": item.topic.fancy_title,
                "slug": item.topic.slug,
                "posts_count": item.topic.posts_count,
                "category_id": item.topic.category_id,
                "like_count": item.topic.like_count,
                "created_at": iso(item.topic.created_at),
            }
            for item in topics
        ],
        "badges": [],
        "users": [BasicUser(user.id, user.username, user.name, avatar(user.avatar_template, username=user.username))],
        "user_summary": {
            "username": user.username,
            "likes_given": user.likes_given,
            "likes_received": user.likes_received,
            "topics_entered": user.topics_entered,
            "posts_read_count": user.posts_read,
            "days_visited": user.days_visited,
            "topic_count": user.topic_count,
            "post_count": user.post_count,
            "time_read": user.time_read,
            "can_see_summary_stats": True,
            "can_see_user_actions": True,
            "topic_ids": [item.topic.id for item in topics],
            "replies": [
                {
                    "post_number": view.post.post_number,
                    "like_count": view.post.like_count,
                    "created_at": iso(view.post.created_at),
                    "topic_id": view.post.topic_id,
                    "title": view.topic_title,
                }
                for view in replies
            ],
        },
    }


class DirectoryUser(msgspec.Struct):
    """Whose numbers they are."""

    id: int
    username: str
    name: str | None
    avatar_template: str
    title: str | None


class DirectoryItem(msgspec.Struct):
    """The numbers of one user."""

    id: int
    likes_received: int
    likes_given: int
    topics_entered: int
    topic_count: int
    post_count: int
    posts_read: int
    days_visited: int
    user: DirectoryUser

    @classmethod
    def of(cls, row: DirectoryRow) -> DirectoryItem:
        user = row.user
        shown = DirectoryUser(
            user.id, user.username, user.name, avatar(user.avatar_template, username=user.username), user.title
        )
        return cls(id=user.id, user=shown, **asdict(row.numbers))


class DirectoryMeta(msgspec.Struct):
    """How fresh the numbers are, and where the next page is."""

    last_updated_at: str
    total_rows_directory_items: int
    load_more_directory_items: str


class DirectoryAnswer(msgspec.Struct):
    """A page of the directory."""

    directory_items: list[DirectoryItem]
    meta: DirectoryMeta

    @classmethod
    def of(cls, found: DirectoryList, *, more_url: str) -> DirectoryAnswer:
        return cls([DirectoryItem.of(row) for row in found.rows], DirectoryMeta(iso(found.at), found.total, more_url))
