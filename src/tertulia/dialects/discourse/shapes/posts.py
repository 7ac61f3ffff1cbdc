"""Posts: one shape, whose presence of some fields depends on where it stands (stream, alone, created, latest)."""

from __future__ import annotations

from enum import Enum
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from tertulia.dialects.discourse.shapes.people import BasicUser
from tertulia.dialects.discourse.wire import avatar, iso, maybe_iso
from tertulia.forum.addresses import topic_path
from tertulia.forum.cooking import excerpt
from tertulia.model.posts import PostView

LIKE = 2


class Place(Enum):
    """Where a post is shown."""

    STREAM = "stream"
    ALONE = "alone"
    CREATED = "created"
    LATEST = "latest"


class LinkCount(msgspec.Struct):
    """A link of the post, with how often it was followed."""

    url: str
    internal: bool
    reflection: bool
    title: str
    clicks: int


class Action(msgspec.Struct, omit_defaults=True):
    """What was and can be done to the post. Absent means no, as upstream sends it."""

    id: int
    count: int = 0
    acted: bool = False
    can_undo: bool = False
    can_act: bool = False
    hidden: bool = False


def actions_of(view: PostView) -> list[Action]:
    """The like, where it was given or may be."""
    like = Action(
        id=LIKE,
        count=view.post.like_count,
        acted=view.my_vote == 1,
        can_undo=view.my_vote == 1 and view.abilities.undo_like,
        can_act=view.my_vote != 1 and view.abilities.like,
    )
    return [like] if like != Action(id=LIKE) else []


class Post(msgspec.Struct):
    """A post as Discourse sends it."""

    id: int
    name: str | None
    username: str
    avatar_template: str
    created_at: str
    cooked: str
    post_number: int
    post_type: int
    updated_at: str
    reply_count: int
    reply_to_post_number: int | None
    quote_count: int
    incoming_link_count: int
    reads: int
    readers_count: int
    score: float
    yours: bool
    topic_id: int
    topic_slug: str
    display_username: str | None
    primary_group_name: str | None
    flair_name: str | None
    flair_url: str | None
    flair_bg_color: str | None
    flair_color: str | None
    version: int
    can_edit: bool
    can_delete: bool
    can_recover: bool
    can_see_hidden_post: bool
    can_wiki: bool
    user_title: str | None
    bookmarked: bool
    actions_summary: list[Action]
    moderator: bool
    admin: bool
    staff: bool
    user_id: int
    hidden: bool
    trust_level: int
    deleted_at: str | None
    user_deleted: bool
    edit_reason: str | None
    can_view_edit_history: bool
    wiki: bool
    reviewable_id: int | None
    reviewable_score_count: int
    reviewable_score_pending_count: int
    post_url: str | UnsetType = UNSET
    flair_group_id: int | None | UnsetType = UNSET
    badges_granted: list[Any] | UnsetType = UNSET
    posts_count: int | UnsetType = UNSET
    raw: str | UnsetType = UNSET
    read: bool | UnsetType = UNSET
    link_counts: list[LinkCount] | UnsetType = UNSET
    reply_to_user: BasicUser | UnsetType = UNSET
    action_code: str | UnsetType = UNSET
    action_code_who: str | UnsetType = UNSET
    deleted_by: BasicUser | UnsetType = UNSET
    bookmark_id: int | UnsetType = UNSET
    locked: bool | UnsetType = UNSET
    draft_sequence: int | UnsetType = UNSET
    topic_title: str | UnsetType = UNSET
    topic_html_title: str | UnsetType = UNSET
    category_id: int | None | UnsetType = UNSET
    excerpt: str | UnsetType = UNSET
    truncated: bool | UnsetType = UNSET
    mentioned_users: list[BasicUser] | UnsetType = UNSET

    @classmethod
    def of(cls, view: PostView, *, place: Place, with_raw: bool = False) -> Post:
        post, user, may = view.post, view.user, view.abilities
        shape = cls(
            id=post.id,
            name=user.name,
            username=user.username,
            avatar_template=avatar(user.avatar_template, username=user.username),
            created_at=iso(post.created_at),
            cooked=post.cooked if view.can_see_content else "",
            post_number=post.post_number,
            post_type=post.post_type,
            updated_at=iso(post.updated_at),
            reply_count=post.reply_count,
            reply_to_post_number=post.reply_to_post_number,
            quote_count=post.quote_count,
            incoming_link_count=post.incoming_link_count,
            reads=post.reads,
            readers_count=max(post.reads - 1, 0),
            score=post.score,
            yours=view.yours,
            topic_id=post.topic_id,
            topic_slug=view.topic_slug,
            display_username=user.name,
            primary_group_name=view.primary_group_name,
            flair_name=None,
            flair_url=None,
            flair_bg_color=None,
            flair_color=None,
            version=post.version if may.moderate else post.public_version,
            can_edit=may.edit,
            can_delete=may.delete,
            can_recover=may.recover,
            can_see_hidden_post=may.moderate or view.yours,
            can_wiki=may.wiki,
            user_title=user.title,
            bookmarked=view.bookmarked,
            actions_summary=actions_of(view),
            moderator=user.moderator,
            admin=user.admin,
            staff=user.is_staff,
            user_id=user.id,
            hidden=post.hidden,
            trust_level=user.trust_level,
            deleted_at=maybe_iso(post.deleted_at),
            user_deleted=post.user_deleted,
            edit_reason=post.edit_reason,
            can_view_edit_history=may.see_history,
            wiki=post.wiki,
            reviewable_id=0 if place is Place.STREAM else None,
            reviewable_score_count=0,
            reviewable_score_pending_count=0,
        )
        _add_optional(shape, view)
        _add_by_place(shape, view, place=place, with_raw=with_raw)
        return shape


def _add_optional(shape: Post, view: PostView) -> None:
    """Fields that upstream sends only where they say something."""
    post = view.post
    if view.reply_to_user is not None:
        shape.reply_to_user = BasicUser.of(view.reply_to_user)
    if post.action_code is not None:
        shape.action_code = post.action_code
    if post.action_subject is not None:
        shape.action_code_who = post.action_subject
    if view.deleted_by is not None:
        shape.deleted_by = BasicUser.of(view.deleted_by)
    if view.bookmark_id is not None:
        shape.bookmark_id = view.bookmark_id
    if post.locked_by is not None:
        shape.locked = True


def _add_by_place(shape: Post, view: PostView, *, place: Place, with_raw: bool) -> None:
    post = view.post
    if with_raw and view.abilities.see_raw:
        shape.raw = post.raw
    if place is Place.STREAM:
        shape.read = view.read
        if view.links:
            shape.link_counts = [
                LinkCount(link.url, link.internal, link.reflection, link.title, link.clicks) for link in view.links
            ]
        return
    shape.posts_count = view.topic_posts_count
    shape.post_url = topic_path(view.topic_slug, post.topic_id, post.post_number)
    shape.flair_group_id = None
    shape.badges_granted = []
    if place is Place.CREATED:
        shape.draft_sequence = 0
        shape.mentioned_users = [BasicUser.of(card) for card in view.mentioned]
    elif place is Place.LATEST:
        shape.topic_title = view.topic_title
        shape.topic_html_title = view.topic_title
        shape.category_id = view.category_id
        shape.excerpt = excerpt(post.cooked)
        shape.truncated = False
