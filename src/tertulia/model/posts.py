"""Posts: the record, revisions, votes, bookmarks, and the commands about them."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import msgspec

from tertulia.model.users import UserCard


class PostType(IntEnum):
    """What kind of post it is (numbers as Discourse sends them)."""

    REGULAR = 1
    MODERATOR_ACTION = 2
    SMALL_ACTION = 3
    WHISPER = 4


class Post(msgspec.Struct, frozen=True):
    """One post. `version` counts all revisions, `public_version` those not hidden; first version is 1."""

    id: int
    topic_id: int
    post_number: int
    user_id: int
    post_type: int
    action_code: str | None
    raw: str
    cooked: str
    cook_version: int
    raw_key: str
    raw_derived: bool
    reply_to_post_number: int | None
    reply_to_post_id: int | None
    reply_to_user_id: int | None
    reply_count: int
    quote_count: int
    like_count: int
    down_count: int
    bookmark_count: int
    incoming_link_count: int
    reads: int
    score: float
    word_count: int
    version: int
    public_version: int
    created_at: int
    updated_at: int
    last_editor_id: int
    edit_reason: str | None
    deleted_at: int | None
    deleted_by: int | None
    user_deleted: bool
    hidden: bool
    wiki: bool
    locked_by: int | None
    notice: str | None
    via_key: bool
    action_subject: str | None = None  # whom a small action is about


class PostAbilities(msgspec.Struct, frozen=True, kw_only=True):
    """What the reader may do next with the post."""

    edit: bool = False
    delete: bool = False
    recover: bool = False
    purge: bool = False
    wiki: bool = False
    like: bool = False
    undo_like: bool = False
    down_vote: bool = False
    flag: bool = False
    see_history: bool = True
    see_raw: bool = True
    bookmark: bool = False
    moderate: bool = False


class PostView(msgspec.Struct, frozen=True, kw_only=True):
    """A post as one reader may see it. `my_vote` is -1, 0 or 1.

    `forms` is None unless the same view is given to many readers: then whoever presents it may leave there, under a
    key of their own, what they made of it and of nothing else."""

    post: Post
    user: UserCard
    topic_title: str
    topic_slug: str
    topic_user_id: int
    topic_archetype: int
    category_id: int | None
    topic_posts_count: int
    reply_to_user: UserCard | None = None
    last_editor: UserCard | None = None
    deleted_by: UserCard | None = None
    primary_group_name: str | None = None
    my_vote: int = 0
    bookmarked: bool = False
    bookmark_id: int | None = None
    read: bool = True
    yours: bool = False
    can_see_content: bool = True
    abilities: PostAbilities = PostAbilities()
    mentioned: tuple[UserCard, ...] = ()
    links: tuple[PostLink, ...] = ()
    forms: dict[tuple[object, ...], Any] | None = None


class PostLink(msgspec.Struct, frozen=True):
    """A link in a post, with the times it was followed."""

    url: str
    title: str
    internal: bool
    reflection: bool
    clicks: int


class ClickLink(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody followed a link with this address: of the post, or (`post_id` 0) of any post of the topic."""

    url: str
    post_id: int = 0
    topic_id: int = 0


class Revision(msgspec.Struct, frozen=True):
    """One edit: what changed, as pairs of before and after by field (raw, title, category_id, tags, wiki)."""

    id: int
    post_id: int
    number: int
    user_id: int
    edit_reason: str | None
    changes: str
    hidden: bool
    created_at: int


class RevisionView(msgspec.Struct, frozen=True, kw_only=True):
    """One revision beside its neighbours; `changes` maps a field to its (before, after)."""

    revision: Revision
    post: Post
    editor: UserCard
    changes: dict[str, tuple[object, object]]
    cooked_before: str
    cooked_after: str
    first: int
    previous: int | None
    next: int | None
    last: int
    can_edit: bool


class PostList(msgspec.Struct, frozen=True, kw_only=True):
    """Posts across topics, newest first; `more` when older ones exist."""

    posts: tuple[PostView, ...]
    more: bool
    total: int | None = None


class CreatePost(msgspec.Struct, frozen=True, kw_only=True):
    """A reply. The last four count only when an API credential of staff acts."""

    topic_id: int
    raw: str
    reply_to_post_number: int | None = None
    reply_to_post_id: int | None = None
    auto_track: bool = True
    no_bump: bool = False
    whisper: bool = False
    created_at: int | None = None
    skip_validations: bool = False
    import_mode: bool = False


class UpdatePost(msgspec.Struct, frozen=True, kw_only=True):
    """A new text for a post, and for a first post also of its topic. `original_raw` refuses the change when the
    stored text differs."""

    post_id: int
    raw: str | msgspec.UnsetType = msgspec.UNSET
    edit_reason: str | None = None
    original_raw: str | None = None
    title: str | msgspec.UnsetType = msgspec.UNSET
    category_id: int | None | msgspec.UnsetType = msgspec.UNSET
    tags: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    bypass_bump: bool = False
    skip_validations: bool = False


class ListPosts(msgspec.Struct, frozen=True, kw_only=True):
    """Posts across topics, newest first: all, or by one user. `before_id` bounds ids (inclusive)."""

    user_id: int | None = None
    before_id: int | None = None
    messages: bool = False
    only_replies: bool = False
    only_first: bool = False
    liked_by: int | None = None
    voted_down_by: int | None = None
    bookmarked_by: int | None = None
    group_id: int | None = None  # by its members
    mentioned_group_id: int | None = None
    category_id: int | None = None
    before: int | None = None  # ms
    best_first: bool = False
    offset: int = 0
    limit: int = 50


class VotePost(msgspec.Struct, frozen=True, kw_only=True):
    """`value` 1 up, -1 down, 0 takes the vote back."""

    post_id: int
    value: int
    strict: bool = True


class Bookmark(msgspec.Struct, frozen=True):
    """A mark on a post or topic (`subject` "Post" or "Topic")."""

    id: int
    user_id: int
    subject: str
    subject_id: int
    name: str | None
    reminder_at: int | None
    auto_delete_preference: int
    pinned: bool
    created_at: int
    updated_at: int


class SaveBookmark(msgspec.Struct, frozen=True, kw_only=True):
    """Mark a post or topic."""

    subject: str
    subject_id: int
    name: str | None = None
    reminder_at: int | None = None
    auto_delete_preference: int = 0
