"""A profile as Discourse's clients read it. What only its owner and staff may know is left out for others."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from tertulia.dialects.discourse.shapes.groups import Group
from tertulia.dialects.discourse.shapes.people import BasicUser
from tertulia.dialects.discourse.shapes.user_keys import UserApiKey
from tertulia.dialects.discourse.shapes.user_options import options_of, schedule
from tertulia.dialects.discourse.wire import avatar, iso, maybe_iso
from tertulia.forum.addresses import letter_avatar
from tertulia.forum.users.choices import Choices
from tertulia.model.groups import GroupView
from tertulia.model.keys import KeyView
from tertulia.model.users import UserView

_MUTED, _REGULAR, _TRACKING, _WATCHING, _FIRST_POST = range(5)


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """Who looks at the profile, as far as its shape depends on it."""

    logged_in: bool
    is_admin: bool
    now: int


class GroupUser(msgspec.Struct):
    """One membership."""

    group_id: int
    user_id: int
    notification_level: int
    owner: bool | UnsetType = UNSET


class Profile(msgspec.Struct, kw_only=True):
    """What everybody who sees a profile is told."""

    id: int
    username: str
    name: str | None
    avatar_template: str
    email: str | UnsetType = UNSET
    secondary_emails: list[str] | UnsetType = UNSET
    unconfirmed_emails: list[str] | UnsetType = UNSET
    last_posted_at: str | None
    last_seen_at: str | None
    created_at: str
    ignored: bool
    muted: bool
    can_ignore_user: bool
    can_ignore_users: bool
    can_mute_user: bool
    can_mute_users: bool
    can_send_private_messages: bool
    can_send_private_message_to_user: bool
    trust_level: int
    moderator: bool
    admin: bool
    title: str | None
    badge_count: int
    custom_fields: dict[str, Any]
    time_read: int
    recent_time_read: int
    primary_group_id: int | None
    primary_group_name: str | None
    flair_group_id: int | None
    flair_name: str | None
    flair_url: str | None
    flair_bg_color: str | None
    flair_color: str | None
    featured_topic: dict[str, Any] | None
    staged: bool
    can_edit: bool
    can_edit_username: bool
    can_edit_email: bool
    can_edit_name: bool
    uploaded_avatar_id: int | None
    has_title_badges: bool
    pending_count: int
    pending_posts_count: int
    profile_view_count: int
    second_factor_enabled: bool
    can_upload_profile_header: bool
    can_upload_user_card_background: bool
    bio_raw: str | UnsetType = UNSET
    bio_cooked: str | UnsetType = UNSET
    location: str | UnsetType = UNSET
    website: str | UnsetType = UNSET
    website_name: str | UnsetType = UNSET
    date_of_birth: str | UnsetType = UNSET
    suspend_reason: str | UnsetType = UNSET
    suspended_till: str | UnsetType = UNSET
    silence_reason: str | UnsetType = UNSET
    silenced_till: str | UnsetType = UNSET
    post_count: int | UnsetType = UNSET
    topic_count: int | UnsetType = UNSET
    can_be_deleted: bool | UnsetType = UNSET
    can_delete_all_posts: bool | UnsetType = UNSET
    locale: str | None | UnsetType = UNSET
    muted_category_ids: list[int] | UnsetType = UNSET
    regular_category_ids: list[int] | UnsetType = UNSET
    tracked_category_ids: list[int] | UnsetType = UNSET
    watched_category_ids: list[int] | UnsetType = UNSET
    watched_first_post_category_ids: list[int] | UnsetType = UNSET
    muted_tags: list[dict[str, Any]] | UnsetType = UNSET
    tracked_tags: list[dict[str, Any]] | UnsetType = UNSET
    watched_tags: list[dict[str, Any]] | UnsetType = UNSET
    watching_first_post_tags: list[dict[str, Any]] | UnsetType = UNSET
    system_avatar_upload_id: str | None | UnsetType = UNSET
    system_avatar_template: str | UnsetType = UNSET
    muted_usernames: list[str] | UnsetType = UNSET
    ignored_usernames: list[str] | UnsetType = UNSET
    allowed_pm_usernames: list[str] | UnsetType = UNSET
    mailing_list_posts_per_day: int | UnsetType = UNSET
    can_change_bio: bool | UnsetType = UNSET
    can_change_location: bool | UnsetType = UNSET
    can_change_website: bool | UnsetType = UNSET
    can_change_tracking_preferences: bool | UnsetType = UNSET
    user_api_keys: list[UserApiKey] | None | UnsetType = UNSET
    user_auth_tokens: list[dict[str, Any]] | UnsetType = UNSET
    user_notification_schedule: dict[str, Any] | UnsetType = UNSET
    use_logo_small_as_avatar: bool | UnsetType = UNSET
    featured_user_badge_ids: list[int] = []
    invited_by: BasicUser | None = None
    groups: list[Group] = []
    group_users: list[GroupUser] = []
    user_option: dict[str, Any] | UnsetType = UNSET

    @classmethod
    def of(
        cls,
        view: UserView,
        *,
        reader: Reader,
        groups: tuple[GroupView, ...] = (),
        choices: Choices | None = None,
        apps: tuple[KeyView, ...] = (),
    ) -> Profile:
        shape = _public(cls, view, reader=reader)
        shape.groups = [Group.of(group) for group in groups]
        shape.group_users = [
            GroupUser(group.id, view.user.id, _WATCHING, group.owner or UNSET)
            for group in view.groups
            if not group.automatic
        ]
        _add_filled(shape, view, reader=reader)
        if view.can_edit:
            _add_private(shape, view, choices=choices or Choices(), apps=apps)
        return shape


def _public(cls: type[Profile], view: UserView, *, reader: Reader) -> Profile:
    user, others = view.user, reader.logged_in and not view.is_self
    primary = next((group.name for group in view.groups if group.id == user.primary_group_id), None)
    return cls(
        id=user.id,
        username=user.username,
        name=user.name,
        avatar_template=avatar(user.avatar_template, username=user.username),
        last_posted_at=maybe_iso(user.last_posted_at),
        last_seen_at=maybe_iso(user.last_seen_at),
        created_at=iso(user.created_at),
        ignored=False,
        muted=False,
        can_ignore_user=others and not user.is_staff,
        can_ignore_users=reader.logged_in,
        can_mute_user=others and not user.is_staff,
        can_mute_users=reader.logged_in,
        can_send_private_messages=reader.logged_in,
        can_send_private_message_to_user=others,
        trust_level=user.trust_level,
        moderator=user.moderator,
        admin=user.admin,
        title=user.title,
        badge_count=0,
        custom_fields={},
        time_read=user.time_read,
        recent_time_read=0,
        primary_group_id=user.primary_group_id,
        primary_group_name=primary,
        flair_group_id=None,
        flair_name=None,
        flair_url=None,
        flair_bg_color=None,
        flair_color=None,
        featured_topic=None,
        staged=user.staged,
        can_edit=view.can_edit,
        can_edit_username=view.can_edit,
        can_edit_email=view.is_self or reader.is_admin,
        can_edit_name=view.can_edit,
        uploaded_avatar_id=None,
        has_title_badges=False,
        pending_count=0,
        pending_posts_count=0,
        profile_view_count=user.profile_views,
        second_factor_enabled=False,
        can_upload_profile_header=False,
        can_upload_user_card_background=False,
    )


def _add_filled(shape: Profile, view: UserView, *, reader: Reader) -> None:
    """Fields that upstream sends only where they say something."""
    user = view.user
    if user.bio_raw:
        shape.bio_raw, shape.bio_cooked = user.bio_raw, user.bio_cooked
    if user.location:
        shape.location = user.location
    if user.website:
        shape.website = user.website
        shape.website_name = user.website.split("://", 1)[-1].split("/", 1)[0]
    if user.birthday:
        shape.date_of_birth = user.birthday
    if user.suspended_till is not None and user.is_suspended(reader.now):
        shape.suspended_till, shape.suspend_reason = iso(user.suspended_till), user.suspend_reason or UNSET
    if user.silenced_till is not None and user.is_silenced(reader.now):
        shape.silenced_till, shape.silence_reason = iso(user.silenced_till), user.silence_reason or UNSET


def _tags(choices: Choices, level: int) -> list[dict[str, Any]]:
    return [{"id": tag.id, "name": tag.name, "slug": tag.name} for tag in choices.tags_at(level)]


def _add_private(shape: Profile, view: UserView, *, choices: Choices, apps: tuple[KeyView, ...]) -> None:
    """For the owner and for staff. Addresses are for the owner alone; staff have a route of their own for them."""
    user = view.user
    if view.is_self and user.email:
        shape.email, shape.secondary_emails, shape.unconfirmed_emails = user.email, [], []
    shape.post_count, shape.topic_count = user.post_count, user.topic_count
    shape.can_be_deleted = view.can_admin and not user.admin and user.id > 0
    shape.can_delete_all_posts = False
    shape.locale = user.locale or None
    shape.muted_category_ids = choices.categories_at(_MUTED)
    shape.regular_category_ids = choices.categories_at(_REGULAR)
    shape.tracked_category_ids = choices.categories_at(_TRACKING)
    shape.watched_category_ids = choices.categories_at(_WATCHING)
    shape.watched_first_post_category_ids = choices.categories_at(_FIRST_POST)
    shape.muted_tags, shape.tracked_tags = _tags(choices, _MUTED), _tags(choices, _TRACKING)
    shape.watched_tags, shape.watching_first_post_tags = _tags(choices, _WATCHING), _tags(choices, _FIRST_POST)
    shape.system_avatar_upload_id, shape.system_avatar_template = None, letter_avatar(user.username)
    shape.muted_usernames, shape.ignored_usernames, shape.allowed_pm_usernames = [], [], []
    shape.mailing_list_posts_per_day = 0
    shape.can_change_bio = shape.can_change_location = shape.can_change_website = True
    shape.can_change_tracking_preferences = True
    shape.user_api_keys, shape.user_auth_tokens = [UserApiKey.of(app) for app in apps] or None, []
    shape.user_notification_schedule, shape.use_logo_small_as_avatar = schedule(), False
    shape.user_option = options_of(user.id, timezone=user.timezone)


class UserAnswer(msgspec.Struct):
    """A profile's page."""

    user_badges: list[Any]
    user: Profile


class UserCardAnswer(msgspec.Struct):
    """A profile without badges."""

    user: Profile


class UpdatedUser(msgspec.Struct):
    """The answer to a change of one's profile."""

    success: str
    user: Profile


class CreatedUser(msgspec.Struct):
    """The answer to a registration that succeeded."""

    success: bool
    active: bool
    message: str
    user_id: int
