"""Accounts as staff see them: the list, the whole account, suspension and silence."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from tertulia.dialects.discourse.shapes.groups import Group
from tertulia.dialects.discourse.shapes.people import BasicUser
from tertulia.dialects.discourse.wire import avatar, iso, maybe_iso
from tertulia.model.groups import GroupView
from tertulia.model.users import User, UserCard, UserView


class ListedAccount(msgspec.Struct, kw_only=True):
    """One account in a list. Ages are in seconds."""

    id: int
    username: str
    name: str | None
    avatar_template: str
    email: str | UnsetType = UNSET
    secondary_emails: list[str] | UnsetType = UNSET
    active: bool
    admin: bool
    moderator: bool
    last_seen_at: str | None
    last_emailed_at: str | None
    created_at: str
    last_seen_age: float | None
    last_emailed_age: float | None
    created_at_age: float | None
    trust_level: int
    manual_locked_trust_level: int | None
    title: str | None
    time_read: int
    staged: bool
    days_visited: int
    posts_read_count: int
    topics_entered: int
    post_count: int
    approved: bool | UnsetType = UNSET
    suspended_at: str | UnsetType = UNSET
    suspended_till: str | UnsetType = UNSET
    suspended: bool | UnsetType = UNSET
    silenced_at: str | UnsetType = UNSET
    silenced_till: str | UnsetType = UNSET
    silenced: bool | UnsetType = UNSET

    @classmethod
    def of(cls, user: User, *, now: int, with_email: bool) -> ListedAccount:
        shape = cls(**_listed(user, now=now))
        if with_email and user.email:
            shape.email, shape.secondary_emails = user.email, []
        if not user.approved:
            shape.approved = False
        if user.suspended_till is not None and user.suspended_at is not None and user.is_suspended(now):
            shape.suspended, shape.suspended_at = True, iso(user.suspended_at)
            shape.suspended_till = iso(user.suspended_till)
        if user.silenced_till is not None and user.silenced_at is not None and user.is_silenced(now):
            shape.silenced, shape.silenced_at = True, iso(user.silenced_at)
            shape.silenced_till = iso(user.silenced_till)
        return shape


def _listed(user: User, *, now: int) -> dict[str, Any]:
    return {
        "id": user.id,
        "username": user.username,
        "name": user.name,
        "avatar_template": avatar(user.avatar_template, username=user.username),
        "active": user.active,
        "admin": user.admin,
        "moderator": user.moderator,
        "last_seen_at": maybe_iso(user.last_seen_at),
        "last_emailed_at": None,
        "created_at": iso(user.created_at),
        "last_seen_age": _age(user.last_seen_at, now=now),
        "last_emailed_age": None,
        "created_at_age": _age(user.created_at, now=now),
        "trust_level": user.trust_level,
        "manual_locked_trust_level": user.manual_locked_trust_level,
        "title": user.title,
        "time_read": user.time_read,
        "staged": user.staged,
        "days_visited": user.days_visited,
        "posts_read_count": user.posts_read,
        "topics_entered": user.topics_entered,
        "post_count": user.post_count,
    }


def _age(at: int | None, *, now: int) -> float | None:
    return None if at is None else (now - at) / 1000


class Account(ListedAccount, kw_only=True):
    """One account with all that staff may do with it. Addresses of machines are kept for keys and sessions only."""

    can_send_activation_email: bool
    can_activate: bool
    can_deactivate: bool
    can_change_trust_level: bool
    ip_address: str
    registration_ip_address: str | None
    can_grant_admin: bool
    can_revoke_admin: bool
    can_grant_moderation: bool
    can_revoke_moderation: bool
    can_impersonate: bool
    like_count: int
    like_given_count: int
    topic_count: int
    flags_given_count: int
    flags_received_count: int
    private_topics_count: int
    can_delete_all_posts: bool
    can_be_deleted: bool
    can_be_anonymized: bool
    can_be_merged: bool
    full_suspend_reason: str | None
    full_silence_reason: str | None
    silence_reason: str | None
    primary_group_id: int | None
    badge_count: int
    warnings_received_count: int
    bounce_score: int | None
    reset_bounce_score_after: str | None
    can_view_action_logs: bool
    can_disable_second_factor: bool
    can_delete_sso_record: bool
    api_key_count: int
    single_sign_on_record: dict[str, Any] | None
    approved_by: BasicUser | None
    suspended_by: BasicUser | None
    silenced_by: BasicUser | None
    groups: list[Group]
    external_ids: dict[str, str]
    include_ip: bool

    @classmethod
    def whole(
        cls, view: UserView, *, now: int, by_admin: bool, groups: tuple[GroupView, ...], api_keys: int
    ) -> Account:
        user = view.user
        other, person = not view.is_self, user.id > 0
        suspended, silenced = user.is_suspended(now), user.is_silenced(now)
        listed = ListedAccount.of(user, now=now, with_email=False)
        return cls(
            **msgspec.structs.asdict(listed),
            can_send_activation_email=False,
            can_activate=not user.active,
            can_deactivate=user.active and other and person and (by_admin or not user.is_staff),
            can_change_trust_level=person and (by_admin or not user.admin),
            ip_address="",
            registration_ip_address=None,
            can_grant_admin=by_admin and person and not user.admin,
            can_revoke_admin=by_admin and person and other and user.admin,
            can_grant_moderation=by_admin and person and not user.moderator,
            can_revoke_moderation=by_admin and person and user.moderator,
            can_impersonate=False,
            like_count=user.likes_received,
            like_given_count=user.likes_given,
            topic_count=user.topic_count,
            flags_given_count=0,
            flags_received_count=view.flags_received,
            private_topics_count=0,
            can_delete_all_posts=False,
            can_be_deleted=by_admin and person and not user.admin,
            can_be_anonymized=by_admin and person and not user.is_staff and not user.anonymized,
            can_be_merged=False,
            full_suspend_reason=user.suspend_reason if suspended else None,
            full_silence_reason=user.silence_reason if silenced else None,
            silence_reason=user.silence_reason if silenced else None,
            primary_group_id=user.primary_group_id,
            badge_count=0,
            warnings_received_count=0,
            bounce_score=None,
            reset_bounce_score_after=None,
            can_view_action_logs=True,
            can_disable_second_factor=False,
            can_delete_sso_record=False,
            api_key_count=api_keys,
            single_sign_on_record={"external_id": user.external_id} if user.external_id else None,
            approved_by=None,
            suspended_by=BasicUser.of(view.suspended_by) if suspended and view.suspended_by else None,
            silenced_by=BasicUser.of(view.silenced_by) if silenced and view.silenced_by else None,
            groups=[Group.of(group) for group in groups],
            external_ids={},
            include_ip=False,
        )


def suspension_of(user: User, *, by: UserCard | None) -> dict[str, Any]:
    """What is answered after suspending, and after taking it back."""
    return {
        "suspension": {
            "suspend_reason": user.suspend_reason,
            "full_suspend_reason": user.suspend_reason,
            "suspended_till": maybe_iso(user.suspended_till),
            "suspended_at": maybe_iso(user.suspended_at),
            "suspended_by": BasicUser.of(by) if by else None,
        }
    }


def silence_of(user: User, *, by: UserCard | None, word: str, now: int) -> dict[str, Any]:
    """What is answered after silencing (`word` silence), and after taking it back (unsilence)."""
    return {
        word: {
            "silenced": user.is_silenced(now),
            "silence_reason": user.silence_reason,
            "full_silence_reason": user.silence_reason,
            "silenced_till": maybe_iso(user.silenced_till),
            "silenced_at": maybe_iso(user.silenced_at),
            "silenced_by": BasicUser.of(by) if by else None,
        }
    }
