"""What a client asks before it shows anything: the site's vocabulary, categories and groups, and the about page."""

from __future__ import annotations

from typing import Any

import msgspec

from tertulia.dialects.discourse.shapes.categories import SiteCategory
from tertulia.dialects.discourse.shapes.people import BasicUser
from tertulia.dialects.discourse.shapes.tags import Tag
from tertulia.dialects.discourse.wire import iso, maybe_iso
from tertulia.model.categories import UNCATEGORIZED_ID
from tertulia.model.groups import EVERYONE_ID
from tertulia.model.sites import AboutView, SiteCounts, SiteView
from tertulia.model.users import UserCard

# Source: the upstream's numbers, which its clients hold too.
NOTIFICATION_TYPES = {
    "mentioned": 1, "replied": 2, "quoted": 3, "edited": 4, "liked": 5, "private_message": 6,
    "invited_to_private_message": 7, "invitee_accepted": 8, "posted": 9, "moved_post": 10, "linked": 11,
    "granted_badge": 12, "invited_to_topic": 13, "custom": 14, "group_mentioned": 15,
    "group_message_summary": 16, "watching_first_post": 17, "topic_reminder": 18, "liked_consolidated": 19,
    "post_approved": 20, "code_review_commit_approved": 21, "membership_request_accepted": 22,
    "membership_request_consolidated": 23, "bookmark_reminder": 24, "reaction": 25, "votes_released": 26,
    "event_reminder": 27, "event_invitation": 28, "chat_mention": 29, "chat_message": 30,
    "chat_invitation": 31, "chat_group_mention": 32, "chat_quoted": 33, "assigned": 34,
    "question_answer_user_commented": 35, "watching_category_or_tag": 36, "new_features": 37,
    "admin_problems": 38, "linked_consolidated": 39, "chat_watched_thread": 40,
}  # fmt: skip
_POST_TYPES = {"regular": 1, "moderator_action": 2, "small_action": 3, "whisper": 4}
_TRUST_LEVELS = {"newuser": 0, "basic": 1, "member": 2, "regular": 3, "leader": 4}
_FILTERS = ["latest", "unread", "new", "unseen", "top", "read", "posted", "bookmarks", "hot"]
_ANONYMOUS_FILTERS = ["latest", "top", "categories", "hot"]
_PERIODS = ["all", "yearly", "quarterly", "monthly", "weekly", "daily"]
_ARCHETYPES = [
    {"id": "regular", "name": "Regular Topic", "options": []},
    {"id": "private_message", "name": "Personal Message", "options": []},
]
_LIKE = {
    "id": 2, "name_key": "like", "name": "Like", "description": "Like this post", "short_description": "Like this post",
    "is_flag": False, "require_message": False, "enabled": True, "applies_to": [], "is_used": False, "position": 0,
    "auto_action_type": False, "system": True,
}  # fmt: skip


class SiteGroup(msgspec.Struct):
    """A group by name."""

    id: int
    name: str
    full_name: str
    display_name: str
    flair_url: str | None
    flair_bg_color: str | None
    flair_color: str | None
    automatic: bool


class Site(msgspec.Struct, kw_only=True):
    """The site's vocabulary."""

    default_archetype: str
    notification_types: dict[str, int]
    post_types: dict[str, int]
    trust_levels: dict[str, int]
    groups: list[SiteGroup]
    filters: list[str]
    homepage_choices: list[str]
    periods: list[str]
    top_menu_items: list[str]
    anonymous_top_menu_items: list[str]
    uncategorized_category_id: int
    user_field_max_length: int
    post_action_types: list[dict[str, Any]]
    topic_flag_types: list[dict[str, Any]]
    can_create_tag: bool
    can_tag_topics: bool
    can_tag_pms: bool
    tags_filter_regexp: str
    top_tags: list[Tag]
    wizard_required: bool
    can_associate_groups: bool
    email_configured: bool
    topic_featured_link_allowed_category_ids: list[int]
    user_themes: list[dict[str, Any]]
    user_color_schemes: list[dict[str, Any]]
    default_light_color_scheme: dict[str, Any] | None
    default_dark_color_scheme: dict[str, Any] | None
    censored_regexp: list[dict[str, Any]]
    custom_emoji_translation: dict[str, Any]
    watched_words_replace: str | None
    watched_words_link: str | None
    categories: list[SiteCategory]
    archetypes: list[dict[str, Any]]
    user_fields: list[dict[str, Any]]
    auth_providers: list[dict[str, Any]]
    full_name_required_for_signup: bool
    full_name_visible_in_signup: bool

    @classmethod
    def of(cls, view: SiteView) -> Site:
        return cls(
            default_archetype="regular",
            notification_types=NOTIFICATION_TYPES,
            post_types=_POST_TYPES,
            trust_levels=_TRUST_LEVELS,
            groups=[
                SiteGroup(
                    group.id, group.name, group.full_name, group.full_name or group.name, None, None, None,
                    group.automatic,
                )
                for group in view.groups
                if group.id != EVERYONE_ID
            ],
            filters=_FILTERS,
            homepage_choices=_FILTERS,
            periods=_PERIODS,
            top_menu_items=[*_FILTERS, "categories"],
            anonymous_top_menu_items=_ANONYMOUS_FILTERS,
            uncategorized_category_id=UNCATEGORIZED_ID,
            user_field_max_length=2048,
            post_action_types=[_LIKE],
            topic_flag_types=[],
            can_create_tag=view.can_create_tag,
            can_tag_topics=view.can_tag_topics,
            can_tag_pms=False,
            tags_filter_regexp="[\\/\\?#\\[\\]@!\\$&'\\(\\)\\*\\+,;=\\.%\\\\`^\\s|\\{\\}\"<>]+",
            top_tags=[Tag.of(tag) for tag in view.top_tags],
            wizard_required=False,
            can_associate_groups=False,
            email_configured=False,
            topic_featured_link_allowed_category_ids=[each.category.id for each in view.categories],
            user_themes=[],
            user_color_schemes=[],
            default_light_color_scheme=None,
            default_dark_color_scheme=None,
            censored_regexp=[],
            custom_emoji_translation={},
            watched_words_replace=None,
            watched_words_link=None,
            categories=[SiteCategory.of(each) for each in view.categories],
            archetypes=_ARCHETYPES,
            user_fields=[],
            auth_providers=[],
            full_name_required_for_signup=False,
            full_name_visible_in_signup=True,
        )  # fmt: skip


class BasicInfo(msgspec.Struct, kw_only=True):
    """What an app shows of a site that it does not know yet."""

    logo_url: str
    logo_small_url: str
    apple_touch_icon_url: str
    favicon_url: str
    mobile_logo_url: str
    title: str
    description: str
    header_primary_color: str
    header_background_color: str
    login_required: bool
    locale: str
    include_in_discourse_discover: bool

    @classmethod
    def of(cls, *, title: str, description: str, login_required: bool, locale: str) -> BasicInfo:
        """The site has no logo of its own yet; the colours are those of its header."""
        return cls(
            logo_url="",
            logo_small_url="",
            apple_touch_icon_url="",
            favicon_url="",
            mobile_logo_url="",
            title=title,
            description=description,
            header_primary_color="333333",
            header_background_color="ffffff",
            login_required=login_required,
            locale=locale,
            include_in_discourse_discover=False,
        )


class Staff(msgspec.Struct):
    """Somebody who runs the site."""

    id: int
    username: str
    name: str | None
    avatar_template: str
    title: str | None
    last_seen_at: str | None

    @classmethod
    def of(cls, card: UserCard) -> Staff:
        basic = BasicUser.of(card)
        return cls(
            basic.id, basic.username, basic.name, basic.avatar_template, card.title, maybe_iso(card.last_seen_at)
        )


def statistics_of(counts: SiteCounts) -> dict[str, int]:
    """Totals, and how many in the last day, 7 and 30 days."""
    totals = {"topics": counts.topics, "posts": counts.posts, "users": counts.users, "likes": counts.likes}
    stats: dict[str, int] = {}
    for name, total in totals.items():
        prefix = name.removesuffix("s")
        stats[f"{name}_count"] = stats[f"{prefix}_count"] = total
        stats[f"{name}_last_day"] = getattr(counts, f"{name}_day")
        stats[f"{name}_7_days"] = getattr(counts, f"{name}_week")
        stats[f"{name}_30_days"] = getattr(counts, f"{name}_month")
    stats["active_users_last_day"] = counts.active_day
    stats["active_users_7_days"] = counts.active_week
    stats["active_users_30_days"] = counts.active_month
    return stats


def about_of(view: AboutView, *, facts: dict[str, Any]) -> dict[str, Any]:
    """The about page; `facts` are what settings say of the site."""
    people = {card.id: card for card in (*view.admins, *view.moderators)}
    return {
        "users": [Staff.of(card) for card in people.values()],
        "categories": [],
        "about": {
            **facts,
            "stats": statistics_of(view.counts),
            "site_creation_date": iso(view.created_at),
            "can_see_about_stats": True,
            "admin_ids": [card.id for card in view.admins],
            "moderator_ids": [card.id for card in view.moderators],
        },
    }
