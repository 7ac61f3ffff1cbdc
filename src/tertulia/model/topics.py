"""Topics: the record, the views that lists and pages show, and the commands about them."""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import Any

import msgspec

from tertulia.model.categories import CategoryRef, CategoryView
from tertulia.model.groups import Group
from tertulia.model.posts import PostView
from tertulia.model.tags import TagRef
from tertulia.model.users import UserCard


class Archetype(IntEnum):
    """An ordinary topic, or a private message."""

    REGULAR = 0
    MESSAGE = 1


class Topic(msgspec.Struct, frozen=True):
    """One topic. Counters are of visible posts; times are ms; `category_id` is None for private messages."""

    id: int
    title: str
    title_key: str
    fancy_title: str
    slug: str
    archetype: int
    category_id: int | None
    user_id: int
    created_at: int
    updated_at: int
    bumped_at: int
    last_posted_at: int
    last_post_user_id: int
    last_post_id: int
    first_post_id: int
    posts_count: int
    reply_count: int
    highest_post_number: int
    participant_count: int
    like_count: int
    first_post_like_count: int
    views: int
    word_count: int
    incoming_link_count: int
    visible: bool
    closed: bool
    archived: bool
    pinned_at: int | None
    pinned_until: int | None
    pinned_globally: bool
    deleted_at: int | None
    deleted_by: int | None
    external_id: str | None
    featured_link: str | None
    image_url: str | None
    excerpt: str
    has_summary: bool
    slow_mode_seconds: int
    score: float
    version: int

    @property
    def is_message(self) -> bool:
        return self.archetype == Archetype.MESSAGE

    def is_pinned(self, now: int) -> bool:
        return self.pinned_at is not None and (self.pinned_until is None or self.pinned_until > now)


class TopicState(msgspec.Struct, frozen=True):
    """What one reader did with one topic (read state, level, bookmarks)."""

    topic_id: int
    user_id: int
    last_read_post_number: int
    highest_seen_post_number: int
    level: int | None
    first_visited_at: int | None
    last_visited_at: int | None
    cleared_pinned_at: int | None
    total_time_read: int


class Poster(msgspec.Struct, frozen=True):
    """One face in a topic list. `role` of: original, frequent, latest (several may be joined, original first)."""

    user_id: int
    is_original: bool
    is_latest: bool


class Teaser(msgspec.Struct, frozen=True):
    """The newest post of a topic in a list."""

    post_id: int
    post_number: int
    user_id: int
    created_at: int
    cooked: str


class TopicListItem(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a list. `state` is None for anonymous readers and for topics never visited."""

    topic: Topic
    tags: tuple[TagRef, ...]
    posters: tuple[Poster, ...]
    state: TopicState | None = None
    category: CategoryRef | None = None
    teaser: Teaser | None = None
    first_post: Teaser | None = None
    bookmarked: bool = False
    liked: bool = False
    pinned: bool = False
    unpinned: bool = False
    is_new: bool = False
    unread_posts: int = 0
    participants: tuple[int, ...] = ()


class Suggested(msgspec.Struct, frozen=True):
    """Topics to read next, with everybody that they name. `forms` as in `PostView`."""

    items: tuple[TopicListItem, ...]
    users: dict[int, UserCard]
    forms: dict[tuple[object, ...], Any] | None = None


class TopicListView(msgspec.Struct, frozen=True, kw_only=True):
    """A page of topics with everybody that it names. `total` only when the command asked for it."""

    items: tuple[TopicListItem, ...]
    users: dict[int, UserCard]
    page: int
    per_page: int
    more: bool
    can_create_topic: bool
    top_tags: tuple[TagRef, ...] = ()
    category: CategoryView | None = None
    tag: TagRef | None = None
    total: int | None = None
    period: str | None = None
    mine: int | None = None  # whose messages they are
    forms: dict[tuple[object, ...], Any] | None = None  # as in `PostView`


class TopicFilter(Enum):
    """Which list."""

    LATEST = "latest"
    NEW = "new"
    UNREAD = "unread"
    UNSEEN = "unseen"
    TOP = "top"
    HOT = "hot"
    READ = "read"
    POSTED = "posted"
    BOOKMARKED = "bookmarks"
    CREATED = "created"
    MESSAGES = "messages"


class TopicOrder(Enum):
    """How a list is sorted; DEFAULT is by activity with pinned topics first."""

    DEFAULT = "default"
    CREATED = "created"
    ACTIVITY = "activity"
    VIEWS = "views"
    POSTS = "posts"
    CATEGORY = "category"
    LIKES = "likes"
    OP_LIKES = "op_likes"
    POSTERS = "posters"
    TITLE = "title"


class ListTopics(msgspec.Struct, frozen=True, kw_only=True):
    """A page (0-based) of one list. `status` one of open, closed, archived, listed, unlisted, deleted, public or "".
    `period` (top): all, yearly, quarterly, monthly, weekly, daily. Times are ms. `group_id` (messages): those to one
    group instead of those to a user."""

    filter: TopicFilter = TopicFilter.LATEST
    category_id: int | None = None
    include_subcategories: bool = True
    tags: tuple[str, ...] = ()
    match_all_tags: bool = False
    exclude_tags: tuple[str, ...] = ()
    no_tags: bool = False
    user_id: int | None = None
    group_id: int | None = None
    topic_ids: tuple[int, ...] = ()
    order: TopicOrder = TopicOrder.DEFAULT
    ascending: bool = False
    status: str = ""
    state: str = ""
    period: str = ""
    min_posts: int | None = None
    max_posts: int | None = None
    before: int | None = None
    bumped_before: int | None = None
    search: str = ""
    page: int = 0
    per_page: int = 30
    with_total: bool = False
    with_teasers: bool = False


class Participant(msgspec.Struct, frozen=True):
    """Somebody who posted in a topic."""

    user: UserCard
    post_count: int


class TopicLink(msgspec.Struct, frozen=True):
    """A link that posts of a topic hold."""

    id: int
    url: str
    title: str
    internal: bool
    reflection: bool
    clicks: int
    user_id: int
    domain: str
    post_id: int


class TopicAbilities(msgspec.Struct, frozen=True, kw_only=True):
    """What the reader may do next with the topic."""

    reply: bool = False
    edit: bool = False
    delete: bool = False
    recover: bool = False
    purge: bool = False
    close: bool = False
    archive: bool = False
    pin: bool = False
    toggle_visibility: bool = False
    move_posts: bool = False
    split_merge: bool = False
    edit_tags: bool = False
    moderate: bool = False
    invite: bool = False
    remove_people: bool = False
    view_deleted: bool = False
    create_post_blocked_by: str = ""


class TopicView(msgspec.Struct, frozen=True, kw_only=True):
    """A topic as one reader may see it, with one window of posts. `stream` holds the ids of all visible posts in
    order (empty for mega topics, where `is_mega` is true and `first_post_id`, `last_post_id` bound it)."""

    topic: Topic
    tags: tuple[TagRef, ...]
    category: CategoryView | None
    stream: tuple[int, ...]
    posts: tuple[PostView, ...]
    timeline: tuple[tuple[int, int], ...]
    creator: UserCard
    last_poster: UserCard
    deleted_by: UserCard | None
    participants: tuple[Participant, ...]
    links: tuple[TopicLink, ...]
    state: TopicState | None
    abilities: TopicAbilities
    bookmarked: bool = False
    allowed_users: tuple[UserCard, ...] = ()
    allowed_groups: tuple[Group, ...] = ()
    message_archived: bool = False
    suggested: tuple[TopicListItem, ...] = ()
    suggested_users: dict[int, UserCard] = {}
    suggested_forms: dict[tuple[object, ...], Any] | None = None
    is_mega: bool = False
    first_post_id: int = 0
    last_post_id: int = 0
    has_deleted: bool = False
    page: int = 1
    page_count: int = 1
    current_post_number: int = 1
    chunk_size: int = 20
    around_level: int = 1  # what follows from the reader's levels for its category and tags

    @property
    def level(self) -> int:
        """How closely the reader follows the topic: as they chose, or as they follow its category and tags."""
        return self.state.level if self.state is not None and self.state.level is not None else self.around_level


class ReadTopic(msgspec.Struct, frozen=True, kw_only=True):
    """A topic with a window of posts: by `page` (1-based), around `post_number`, or all ids in `post_ids`.
    `chunk` posts per page (1..1000). `record_visit` counts a view. `usernames` and `replies_to` filter the stream.
    Without `with_stream` a long topic's posts come without it."""

    topic_id: int
    page: int | None = None
    post_number: int | None = None
    post_ids: tuple[int, ...] | None = None
    chunk: int = 20
    show_deleted: bool = False
    usernames: tuple[str, ...] = ()
    replies_to: int | None = None
    summary: bool = False
    with_suggested: bool = True
    with_stream: bool = True
    record_visit: bool = False
    newest_first: bool = False


class CreateTopic(msgspec.Struct, frozen=True, kw_only=True):
    """A new topic with its first post. `skip_validations`, `import_mode`, `created_at`, `external_id` count only when
    an API credential of staff acts. `recipients` makes a private message of it."""

    title: str
    raw: str
    category_id: int | None = None
    tags: tuple[str, ...] | None = None
    created_at: int | None = None
    external_id: str | None = None
    visible: bool = True
    featured_link: str | None = None
    skip_validations: bool = False
    import_mode: bool = False
    archetype: int = Archetype.REGULAR
    recipients: tuple[str, ...] = ()
    auto_track: bool = True


class UpdateTopic(msgspec.Struct, frozen=True, kw_only=True):
    """Changes to a topic itself; UNSET leaves a part as it is. `original_title`, `original_tags` refuse the change
    when the stored ones differ (someone else edited meanwhile)."""

    topic_id: int
    title: str | msgspec.UnsetType = msgspec.UNSET
    category_id: int | None | msgspec.UnsetType = msgspec.UNSET
    tags: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    featured_link: str | None | msgspec.UnsetType = msgspec.UNSET
    original_title: str | None = None
    original_tags: tuple[str, ...] | None = None
    edit_reason: str | None = None


class SetTopicStatus(msgspec.Struct, frozen=True, kw_only=True):
    """`status` one of closed, archived, visible, pinned, pinned_globally; `until` bounds a pin."""

    topic_id: int
    status: str
    enabled: bool
    until: int | None = None


class ReadTimings(msgspec.Struct, frozen=True, kw_only=True):
    """Posts that a reader had on the screen: post number to ms."""

    topic_id: int
    timings: dict[int, int]
    topic_time: int = 0
