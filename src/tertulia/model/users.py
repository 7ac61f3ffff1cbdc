"""Users: the record, what other people's pages need of them, and the commands about them."""

from __future__ import annotations

from enum import Enum

import msgspec

SYSTEM_ID = -1
ADMIN_ID = 1


class User(msgspec.Struct, frozen=True):
    """One account. `password_hash` never leaves the core; times are ms since the epoch."""

    id: int
    username: str
    username_key: str
    name: str
    email: str | None
    email_key: str | None
    password_hash: str | None
    active: bool
    approved: bool
    staged: bool
    admin: bool
    moderator: bool
    trust_level: int
    manual_locked_trust_level: int | None
    title: str | None
    bio_raw: str
    bio_cooked: str
    location: str
    website: str
    birthday: str
    signature: str
    locale: str
    timezone: str
    avatar_template: str | None
    external_id: str | None
    primary_group_id: int | None
    created_at: int
    updated_at: int
    last_seen_at: int | None
    last_posted_at: int | None
    suspended_at: int | None
    suspended_till: int | None
    suspended_by: int | None
    suspend_reason: str | None
    silenced_at: int | None
    silenced_till: int | None
    silenced_by: int | None
    silence_reason: str | None
    anonymized: bool
    post_count: int
    topic_count: int
    likes_given: int
    likes_received: int
    down_votes_received: int
    profile_views: int
    follower_count: int
    following_count: int
    topics_entered: int
    posts_read: int
    time_read: int
    days_visited: int

    def is_suspended(self, now: int) -> bool:
        return self.suspended_till is not None and self.suspended_till > now

    def is_silenced(self, now: int) -> bool:
        return self.silenced_till is not None and self.silenced_till > now

    @property
    def is_staff(self) -> bool:
        return self.admin or self.moderator

    @property
    def reputation(self) -> int:
        """Up-votes minus down-votes received."""
        return self.likes_received - self.down_votes_received


class UserCard(msgspec.Struct, frozen=True):
    """What a post or list shows of its author."""

    id: int
    username: str
    name: str
    avatar_template: str | None
    admin: bool
    moderator: bool
    trust_level: int
    title: str | None
    primary_group_id: int | None
    signature: str
    created_at: int
    last_seen_at: int | None
    suspended_till: int | None
    silenced_till: int | None
    post_count: int
    topic_count: int
    likes_received: int
    down_votes_received: int

    @property
    def is_staff(self) -> bool:
        return self.admin or self.moderator

    @property
    def reputation(self) -> int:
        return self.likes_received - self.down_votes_received


class UserGroup(msgspec.Struct, frozen=True):
    """A group that a user is in, as a profile lists it."""

    id: int
    name: str
    full_name: str
    automatic: bool
    owner: bool
    visibility_level: int


class UserView(msgspec.Struct, frozen=True, kw_only=True):
    """A profile as one reader may see it."""

    user: User
    groups: tuple[UserGroup, ...]
    invited_by: UserCard | None = None
    suspended_by: UserCard | None = None
    silenced_by: UserCard | None = None
    is_self: bool
    sees_email: bool
    can_edit: bool
    can_admin: bool
    follows: bool
    flags_received: int = 0


class UserListOrder(Enum):
    """How a list of users is sorted."""

    CREATED = "created"
    LAST_SEEN = "last_seen"
    USERNAME = "username"
    EMAIL = "email"
    TRUST_LEVEL = "trust_level"
    POST_COUNT = "posts"
    REPUTATION = "reputation"
    DAYS_VISITED = "days_visited"
    TIME_READ = "time_read"
    TOPICS_VIEWED = "topics_viewed"
    POSTS_READ = "posts_read"
    LIKES_GIVEN = "likes_given"
    TOPIC_COUNT = "topics"


class ListUsers(msgspec.Struct, frozen=True, kw_only=True):
    """A page of accounts. `flag` one of all, active, new, staff, admins, moderators, suspended, silenced, pending,
    staged, banned, online. `filter` matches username, name or (for staff) e-mail by substring. `page` is 0-based."""

    flag: str = "active"
    filter: str = ""
    email: str = ""
    order: UserListOrder = UserListOrder.CREATED
    ascending: bool = False
    page: int = 0
    per_page: int = 100


class UserList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of accounts and the number of all that match."""

    users: tuple[User, ...]
    total: int
    page: int
    per_page: int


class ListDirectory(msgspec.Struct, frozen=True, kw_only=True):
    """A page of everybody's numbers. `period` one of all, daily, weekly, monthly, quarterly, yearly.

    `page` is 0-based. `filter` is a part of a name; `username` leaves one person, `group` its members; people and
    members of groups can be left out by name."""

    period: str
    order: str = "likes_received"
    filter: str = ""
    username: str = ""
    group: str = ""
    without_users: tuple[str, ...] = ()
    without_groups: tuple[str, ...] = ()
    ascending: bool = False
    page: int = 0
    per_page: int = 50


class DirectoryNumbers(msgspec.Struct, frozen=True):
    """What somebody did in a period."""

    likes_received: int = 0
    likes_given: int = 0
    topics_entered: int = 0
    topic_count: int = 0
    post_count: int = 0
    posts_read: int = 0
    days_visited: int = 0


class DirectoryRow(msgspec.Struct, frozen=True):
    """Somebody with their numbers."""

    user: User
    numbers: DirectoryNumbers


class DirectoryList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the directory, the number of all people in it, and when the numbers were counted (ms)."""

    rows: tuple[DirectoryRow, ...]
    total: int
    at: int


class CreateUser(msgspec.Struct, frozen=True, kw_only=True):
    """A new account. `active`, `approved`, `trust_level`, `external_id` count only when staff (or a staff key) asks."""

    username: str
    email: str | None = None
    name: str = ""
    password: str | None = None
    active: bool = False
    approved: bool = False
    external_id: str | None = None
    created_at: int | None = None
    locale: str = ""


class UpdateUser(msgspec.Struct, frozen=True, kw_only=True):
    """Profile changes; `msgspec.UNSET` leaves a field as it is."""

    user_id: int
    name: str | msgspec.UnsetType = msgspec.UNSET
    title: str | None | msgspec.UnsetType = msgspec.UNSET
    bio_raw: str | msgspec.UnsetType = msgspec.UNSET
    location: str | msgspec.UnsetType = msgspec.UNSET
    website: str | msgspec.UnsetType = msgspec.UNSET
    birthday: str | msgspec.UnsetType = msgspec.UNSET
    signature: str | msgspec.UnsetType = msgspec.UNSET
    locale: str | msgspec.UnsetType = msgspec.UNSET
    timezone: str | msgspec.UnsetType = msgspec.UNSET
    primary_group_id: int | None | msgspec.UnsetType = msgspec.UNSET


class SuspendUser(msgspec.Struct, frozen=True, kw_only=True):
    """No log-in and no credential until the given time (`until` None = for ever)."""

    user_id: int
    until: int | None
    reason: str


class SilenceUser(msgspec.Struct, frozen=True, kw_only=True):
    """No posting until the given time (`until` None = for ever)."""

    user_id: int
    until: int | None
    reason: str
