"""Notifications: what somebody should hear of, as facts; and whose acts somebody does not want to hear of."""

from __future__ import annotations

from enum import IntEnum

import msgspec

from tertulia.model.users import UserCard


class NotificationKind(IntEnum):
    """Why somebody is told. Source of the numbers, which are stored: upstream, whose clients hold them too.

    Only the kinds that the forum makes itself; staff may create notifications of any number."""

    MENTIONED = 1
    REPLIED = 2
    QUOTED = 3
    EDITED = 4
    LIKED = 5
    PRIVATE_MESSAGE = 6
    INVITED_TO_MESSAGE = 7
    POSTED = 9
    LINKED = 11
    GROUP_MENTIONED = 15
    GROUP_MESSAGE_SUMMARY = 16
    WATCHING_FIRST_POST = 17
    LIKED_CONSOLIDATED = 19
    WATCHING_CATEGORY_OR_TAG = 36


BOOKMARK_REMINDER = 24
HIGH_PRIORITY = frozenset((int(NotificationKind.PRIVATE_MESSAGE), BOOKMARK_REMINDER))  # source: upstream
MOST_KEPT = 10_000  # of one person; source: upstream


class Notification(msgspec.Struct, frozen=True):
    """One thing that one person was told. Words and names are looked up when it is read.

    `post_number` is where it leads, `post_id` the post that caused it; `count` how many acts it stands for (of a
    group's summary: messages in its inbox). `given` is the text that staff gave to one that they made."""

    id: int
    user_id: int
    kind: int
    read: bool
    high_priority: bool
    created_at: int
    topic_id: int | None
    post_number: int | None
    post_id: int | None
    actor_id: int | None
    second_actor_id: int | None
    group_id: int | None
    count: int
    revision: int | None
    event_id: int | None
    given: str


class NewNotification(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be told to somebody; `count` above 1 when it stands for several acts."""

    user_id: int
    kind: int
    topic_id: int | None = None
    post_number: int | None = None
    post_id: int | None = None
    actor_id: int | None = None
    second_actor_id: int | None = None
    group_id: int | None = None
    count: int = 1
    revision: int | None = None
    event_id: int | None = None
    given: str = ""
    read: bool = False


class NotificationView(msgspec.Struct, frozen=True, kw_only=True):
    """A notification with the names that it needs today; None for what is gone."""

    notification: Notification
    topic_title: str | None
    fancy_title: str | None
    slug: str | None
    post_type: int | None
    actor: UserCard | None
    second_actor: UserCard | None
    group_name: str | None


class NotificationList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of somebody's notifications, the number of all that match, and the newest that the person has seen."""

    user: UserCard
    items: tuple[NotificationView, ...]
    total: int
    offset: int
    limit: int
    seen_id: int


class ListNotifications(msgspec.Struct, frozen=True, kw_only=True):
    """A page of somebody's (None = the actor's) notifications, newest first; `read` None = read and unread."""

    username: str | None = None
    read: bool | None = None
    kinds: tuple[int, ...] = ()
    offset: int = 0
    limit: int = 60


class UnreadCounts(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody has not read. `fresh` are ordinary ones newer than the last that was seen, `fresh_all` those
    and important ones, `high_priority` all important ones; `by_kind` counts all unread, at most 400."""

    fresh: int = 0
    fresh_all: int = 0
    high_priority: int = 0
    fresh_messages: int = 0
    by_kind: dict[int, int] = {}
    seen_id: int = 0

    @property
    def shown(self) -> int:
        """The number on the bell."""
        return self.fresh + self.high_priority


class SaveNotification(msgspec.Struct, frozen=True, kw_only=True):
    """A notification as staff make or change it; `msgspec.UNSET` leaves a field as it is."""

    kind: int | msgspec.UnsetType = msgspec.UNSET
    user_id: int | msgspec.UnsetType = msgspec.UNSET
    given: str | msgspec.UnsetType = msgspec.UNSET
    read: bool | msgspec.UnsetType = msgspec.UNSET
    topic_id: int | None | msgspec.UnsetType = msgspec.UNSET
    post_number: int | None | msgspec.UnsetType = msgspec.UNSET


class Relation(IntEnum):
    """How somebody keeps somebody else away."""

    MUTED = 1
    IGNORED = 2


class SetRelation(msgspec.Struct, frozen=True, kw_only=True):
    """Whose acts the actor does not want to hear of; `relation` None lets them through again. `until` in ms."""

    user_id: int
    relation: Relation | None
    until: int | None = None
