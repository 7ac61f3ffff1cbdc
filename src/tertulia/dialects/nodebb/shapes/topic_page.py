"""The page of one topic."""

from __future__ import annotations

from typing import Any

import msgspec

from tertulia.dialects.nodebb.shapes.categories import Category
from tertulia.dialects.nodebb.shapes.pagination import Pagination
from tertulia.dialects.nodebb.shapes.people import Person, face
from tertulia.dialects.nodebb.shapes.posts import TopicPost
from tertulia.dialects.nodebb.shapes.topics import TopicRecord
from tertulia.dialects.nodebb.wire import Reader
from tertulia.forum.topics.tallies import TopicTally
from tertulia.model.levels import Level
from tertulia.model.privileges import EVERY, Privilege
from tertulia.model.topics import TopicView
from tertulia.settings import SiteSettings

_AUTHOR = ("uid", "username", "displayname", "userslug", "isLocal")
# What the forum has not, so that clients that look for it find none.
_ABSENT: dict[str, Any] = {
    "crossposts": (), "events": (), "forker": None, "icons": (), "merger": None, "postSharing": (), "related": (),
    "tagWhitelist": (), "thread_tools": (), "privateUploads": False,
}  # fmt: skip


class TopicPrivileges(msgspec.Struct, frozen=True, kw_only=True):
    """What the reader may do in a topic. `tid` is a text here, as the original sends it."""

    tid: str
    uid: int
    read: bool
    purge: bool
    editable: bool
    deletable: bool
    disabled: int
    isAdminOrMod: bool
    canMoveOwnTopic: bool
    view_thread_tools: bool
    view_deleted: bool
    view_scheduled: bool
    topics_read: bool = msgspec.field(name="topics:read")
    topics_reply: bool = msgspec.field(name="topics:reply")
    topics_delete: bool = msgspec.field(name="topics:delete")
    topics_tag: bool = msgspec.field(name="topics:tag")
    topics_schedule: bool = msgspec.field(name="topics:schedule")
    posts_edit: bool = msgspec.field(name="posts:edit")
    posts_history: bool = msgspec.field(name="posts:history")
    posts_delete: bool = msgspec.field(name="posts:delete")
    posts_upvote: bool = msgspec.field(name="posts:upvote")
    posts_downvote: bool = msgspec.field(name="posts:downvote")
    posts_view_deleted: bool = msgspec.field(name="posts:view_deleted")

    @classmethod
    def of(cls, view: TopicView, *, reader: Reader) -> TopicPrivileges:
        able = view.abilities
        bits = int(EVERY) if reader.is_admin else (view.category.privileges if view.category else 0)
        return cls(
            tid=str(view.topic.id),
            uid=reader.user_id,
            read=True,
            purge=able.purge,
            editable=able.edit,
            deletable=able.delete,
            disabled=int(view.category.category.disabled) if view.category else 0,
            isAdminOrMod=able.moderate,
            canMoveOwnTopic=False,
            view_thread_tools=able.moderate or able.delete,
            view_deleted=able.view_deleted,
            view_scheduled=able.moderate,
            topics_read=True,
            topics_reply=able.reply,
            topics_delete=able.delete,
            topics_tag=able.edit_tags,
            topics_schedule=bool(bits & Privilege.TOPICS_SCHEDULE),
            posts_edit=bool(bits & Privilege.POSTS_EDIT),
            posts_history=bool(bits & Privilege.POSTS_HISTORY),
            posts_delete=bool(bits & Privilege.POSTS_DELETE),
            posts_upvote=bool(bits & Privilege.POSTS_UPVOTE),
            posts_downvote=bool(bits & Privilege.POSTS_DOWNVOTE),
            posts_view_deleted=able.view_deleted,
        )


def topic_page(view: TopicView, *, tally: TopicTally, reader: Reader, site: SiteSettings) -> dict[str, Any]:
    """Everything about the topic; the frame of the page is in `read/frame.py`."""
    topic = view.topic
    record: dict[str, Any] = msgspec.to_builtins(
        TopicRecord.of_topic(topic, refs=view.tags, now=reader.now, tally=tally)
    )
    level = view.state.level if view.state else None
    creator = face(view.creator)
    return {
        **record,
        **_ABSENT,
        **_rules(view, site=site),
        "teaserPid": str(topic.last_post_id),
        "author": {name: creator[name] for name in _AUTHOR},
        "category": Category.of(view.category.category, max_tags=site.max_tags_per_topic) if view.category else None,
        "deleter": Person.of(view.deleted_by) if view.deleted_by else None,
        "bookmark": view.state.last_read_post_number if view.state else None,
        "isFollowing": level == Level.WATCHING,
        "isNotFollowing": level not in (Level.WATCHING, Level.MUTED),
        "isIgnoring": level == Level.MUTED,
        "unreplied": topic.posts_count <= 1,
        "postIndex": view.current_post_number,
        "posts": _posts(view, reader=reader),
        "pagination": Pagination.of(page=view.page, count=view.page_count),
        "privileges": TopicPrivileges.of(view, reader=reader),
        "rssFeedUrl": f"/topic/{topic.id}.rss",
        "sortOption": "oldest_to_newest",
        "sortOptionLabel": "Oldest to Newest",
    }


def _posts(view: TopicView, *, reader: Reader) -> list[TopicPost]:
    places = {post_id: index for index, post_id in enumerate(view.stream)}
    shown = {post.post.id: post for post in view.posts}
    return [
        TopicPost.of(
            post,
            reader=reader,
            index=places.get(post.post.id, post.post.post_number - 1),
            parent=shown.get(post.post.reply_to_post_id or 0),
        )
        for post in view.posts
    ]


def _rules(view: TopicView, *, site: SiteSettings) -> dict[str, Any]:
    """The site's rules that a client shows beside a topic. Times in seconds; 0 is no limit."""
    return {
        "minTags": view.category.category.minimum_required_tags if view.category else 0,
        "maxTags": site.max_tags_per_topic,
        "postEditDuration": site.post_edit_time_limit * 60,
        "postDeleteDuration": 0,
        "necroThreshold": 0,
        "topicStaleDays": 0,
        "bookmarkThreshold": 5,
        "allowMultipleBadges": False,
        "scrollToMyPost": True,
        "updateUrlWithPostIndex": True,
        "showPostPreviewsOnHover": False,
        "signatures:hideDuplicates": 0,
        "reputation:disabled": 0,
        "downvote:disabled": 0,
        "upvoteVisibility": "all",
        "downvoteVisibility": "privileged",
        "feeds:disableRSS": 1,
    }
