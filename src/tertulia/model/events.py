"""Events: what happened, as facts. Each is written to the event log inside the transaction that made it true.

`effects/table.py` says what follows from each. Whatever is destroyed is carried whole, as nobody can look it up later.
"""

from __future__ import annotations

import msgspec

from tertulia.model.categories import Category
from tertulia.model.groups import Group
from tertulia.model.tags import Tag
from tertulia.model.users import User


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event"):
    """Base of all events: who did it (None = nobody in particular)."""

    actor_id: int | None = None


class TopicEvent(Event, frozen=True, kw_only=True):
    topic_id: int
    category_id: int | None = None


class TopicCreated(TopicEvent, frozen=True, kw_only=True, tag="topic_created"):
    post_id: int
    user_id: int
    quiet: bool = False


class TopicEdited(TopicEvent, frozen=True, kw_only=True, tag="topic_edited"):
    before: dict[str, object]
    after: dict[str, object]


class TopicStatusChanged(TopicEvent, frozen=True, kw_only=True, tag="topic_status_changed"):
    status: str
    enabled: bool


class TopicDeleted(TopicEvent, frozen=True, kw_only=True, tag="topic_deleted"):
    user_id: int


class TopicRecovered(TopicEvent, frozen=True, kw_only=True, tag="topic_recovered"):
    user_id: int


class TopicPurged(TopicEvent, frozen=True, kw_only=True, tag="topic_purged"):
    title: str
    slug: str
    user_id: int
    posts_count: int


class TopicUserInvited(TopicEvent, frozen=True, kw_only=True, tag="topic_user_invited"):
    user_id: int


class TopicGroupInvited(TopicEvent, frozen=True, kw_only=True, tag="topic_group_invited"):
    group_id: int


class TopicUserRemoved(TopicEvent, frozen=True, kw_only=True, tag="topic_user_removed"):
    user_id: int


class TopicGroupRemoved(TopicEvent, frozen=True, kw_only=True, tag="topic_group_removed"):
    group_id: int


class PostEvent(Event, frozen=True, kw_only=True):
    post_id: int
    topic_id: int
    user_id: int
    category_id: int | None = None


class PostCreated(PostEvent, frozen=True, kw_only=True, tag="post_created"):
    post_number: int
    mentions: tuple[int, ...] = ()
    group_mentions: tuple[int, ...] = ()
    quotes: tuple[int, ...] = ()
    quiet: bool = False


class PostEdited(PostEvent, frozen=True, kw_only=True, tag="post_edited"):
    post_number: int
    version: int
    raw_changed: bool
    edit_reason: str | None = None
    mentions: tuple[int, ...] = ()  # of people, groups and posts, those that the text before did not name
    group_mentions: tuple[int, ...] = ()
    quotes: tuple[int, ...] = ()


class PostDeleted(PostEvent, frozen=True, kw_only=True, tag="post_deleted"):
    post_number: int
    by_author: bool


class PostRecovered(PostEvent, frozen=True, kw_only=True, tag="post_recovered"):
    post_number: int


class PostPurged(PostEvent, frozen=True, kw_only=True, tag="post_purged"):
    post_number: int
    raw: str


class VoteChanged(PostEvent, frozen=True, kw_only=True, tag="vote_changed"):
    before: int
    after: int


class UserEvent(Event, frozen=True, kw_only=True):
    user_id: int


class UserCreated(UserEvent, frozen=True, kw_only=True, tag="user_created"):
    username: str


class UserUpdated(UserEvent, frozen=True, kw_only=True, tag="user_updated"):
    fields: tuple[str, ...]


class UserDeleted(UserEvent, frozen=True, kw_only=True, tag="user_deleted"):
    username: str
    name: str
    email: str | None
    user: User | None = None  # without what proves who somebody is


class UserSuspended(UserEvent, frozen=True, kw_only=True, tag="user_suspended"):
    until: int | None
    reason: str


class UserUnsuspended(UserEvent, frozen=True, kw_only=True, tag="user_unsuspended"):
    pass


class UserSilenced(UserEvent, frozen=True, kw_only=True, tag="user_silenced"):
    until: int | None
    reason: str


class UserUnsilenced(UserEvent, frozen=True, kw_only=True, tag="user_unsilenced"):
    pass


class UserRoleChanged(UserEvent, frozen=True, kw_only=True, tag="user_role_changed"):
    role: str
    granted: bool


class TrustLevelChanged(UserEvent, frozen=True, kw_only=True, tag="trust_level_changed"):
    before: int
    after: int


class UserLoggedIn(UserEvent, frozen=True, kw_only=True, tag="user_logged_in"):
    pass


class UserLoggedOut(UserEvent, frozen=True, kw_only=True, tag="user_logged_out"):
    pass


class GroupEvent(Event, frozen=True, kw_only=True):
    group_id: int
    name: str


class GroupCreated(GroupEvent, frozen=True, kw_only=True, tag="group_created"):
    pass


class GroupUpdated(GroupEvent, frozen=True, kw_only=True, tag="group_updated"):
    pass


class GroupDeleted(GroupEvent, frozen=True, kw_only=True, tag="group_deleted"):
    group: Group | None = None


class GroupMembersAdded(GroupEvent, frozen=True, kw_only=True, tag="group_members_added"):
    user_ids: tuple[int, ...]


class GroupMembersRemoved(GroupEvent, frozen=True, kw_only=True, tag="group_members_removed"):
    user_ids: tuple[int, ...]


class CategoryEvent(Event, frozen=True, kw_only=True):
    category_id: int
    name: str


class CategoryCreated(CategoryEvent, frozen=True, kw_only=True, tag="category_created"):
    pass


class CategoryUpdated(CategoryEvent, frozen=True, kw_only=True, tag="category_updated"):
    pass


class CategoryDeleted(CategoryEvent, frozen=True, kw_only=True, tag="category_deleted"):
    slug: str
    category: Category | None = None


class PrivilegesChanged(CategoryEvent, frozen=True, kw_only=True, tag="privileges_changed"):
    pass


class TagEvent(Event, frozen=True, kw_only=True):
    tag_id: int
    name: str


class TagCreated(TagEvent, frozen=True, kw_only=True, tag="tag_created"):
    pass


class TagUpdated(TagEvent, frozen=True, kw_only=True, tag="tag_updated"):
    pass


class TagDeleted(TagEvent, frozen=True, kw_only=True, tag="tag_deleted"):
    tag: Tag | None = None


class SettingChanged(Event, frozen=True, kw_only=True, tag="setting_changed"):
    name: str
    before: str
    after: str


class KeyEvent(Event, frozen=True, kw_only=True):
    key_id: int


class KeyCreated(KeyEvent, frozen=True, kw_only=True, tag="key_created"):
    pass


class KeyRevoked(KeyEvent, frozen=True, kw_only=True, tag="key_revoked"):
    pass


class KeyRestored(KeyEvent, frozen=True, kw_only=True, tag="key_restored"):
    pass


class KeyDeleted(KeyEvent, frozen=True, kw_only=True, tag="key_deleted"):
    truncated: str


ALL: tuple[type[Event], ...] = (
    TopicCreated, TopicEdited, TopicStatusChanged, TopicDeleted, TopicRecovered, TopicPurged,
    TopicUserInvited, TopicGroupInvited, TopicUserRemoved, TopicGroupRemoved,
    PostCreated, PostEdited, PostDeleted, PostRecovered, PostPurged, VoteChanged,
    UserCreated, UserUpdated, UserDeleted, UserSuspended, UserUnsuspended, UserSilenced, UserUnsilenced,
    UserRoleChanged, TrustLevelChanged, UserLoggedIn, UserLoggedOut,
    GroupCreated, GroupUpdated, GroupDeleted, GroupMembersAdded, GroupMembersRemoved,
    CategoryCreated, CategoryUpdated, CategoryDeleted, PrivilegesChanged,
    TagCreated, TagUpdated, TagDeleted, SettingChanged, KeyCreated, KeyRevoked, KeyRestored, KeyDeleted,
)  # fmt: skip
