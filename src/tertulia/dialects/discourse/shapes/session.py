"""The short form of oneself."""

from __future__ import annotations

import msgspec

from tertulia.dialects.discourse.shapes.groups import Group
from tertulia.dialects.discourse.wire import avatar
from tertulia.model.groups import GroupView
from tertulia.model.notifications import UnreadCounts
from tertulia.model.users import UserView


class CurrentUser(msgspec.Struct, kw_only=True):
    """What a client needs to know of whoever it acts for."""

    id: int
    username: str
    name: str | None
    avatar_template: str
    unread_notifications: int
    unread_high_priority_notifications: int
    all_unread_notifications_count: int
    new_personal_messages_notifications_count: int
    grouped_unread_notifications: dict[str, int]
    seen_notification_id: int
    admin: bool
    moderator: bool
    staff: bool
    trust_level: int
    title: str | None
    can_create_topic: bool
    can_create_group: bool
    can_send_private_messages: bool
    can_edit: bool
    reply_count: int
    topic_count: int
    primary_group_id: int | None
    timezone: str | None
    staged: bool
    groups: list[Group]

    @classmethod
    def of(
        cls, view: UserView, *, groups: tuple[GroupView, ...], can_create_topic: bool, unread: UnreadCounts
    ) -> CurrentUser:
        user = view.user
        return cls(
            id=user.id,
            username=user.username,
            name=user.name,
            avatar_template=avatar(user.avatar_template, username=user.username),
            unread_notifications=unread.fresh,
            unread_high_priority_notifications=unread.high_priority,
            all_unread_notifications_count=unread.fresh_all,
            new_personal_messages_notifications_count=unread.fresh_messages,
            grouped_unread_notifications={str(kind): count for kind, count in unread.by_kind.items()},
            seen_notification_id=unread.seen_id,
            admin=user.admin,
            moderator=user.moderator,
            staff=user.is_staff,
            trust_level=user.trust_level,
            title=user.title,
            can_create_topic=can_create_topic,
            can_create_group=user.admin,
            can_send_private_messages=True,
            can_edit=view.can_edit,
            reply_count=max(user.post_count - user.topic_count, 0),
            topic_count=user.topic_count,
            primary_group_id=user.primary_group_id,
            timezone=user.timezone or None,
            staged=user.staged,
            groups=[Group.of(group) for group in groups],
        )
