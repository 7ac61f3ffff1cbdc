"""Preferences that nobody can change here yet: what the forum does is what the upstream's defaults say.

Read next: `users.py`, which sends them beside a profile.
"""

from __future__ import annotations

from typing import Any

_DAYS = range(7)
# Source: the upstream's defaults of a fresh site. Mail and push do not exist yet, so nothing is sent by any of them.
_OPTIONS: dict[str, Any] = {
    "mailing_list_mode": False, "mailing_list_mode_frequency": 1, "email_digests": False, "email_level": 1,
    "email_messages_level": 0, "external_links_in_new_tab": False, "bookmark_auto_delete_preference": 3,
    "color_scheme_id": None, "dark_scheme_id": None, "dynamic_favicon": False, "enable_quoting": True,
    "enable_smart_lists": True, "enable_markdown_monospace_font": True, "digest_after_minutes": 10080,
    "automatically_unpin_topics": True, "auto_track_topics_after_msecs": 240000,
    "notification_level_when_replying": 2, "new_topic_duration_minutes": 2880, "email_previous_replies": 2,
    "email_in_reply_to": True, "like_notification_frequency": 1, "notify_on_linked_posts": True,
    "push_notification_level": "mentions", "enable_upcoming_change_available_notifications": False,
    "include_tl0_in_digests": False, "theme_ids": [], "theme_key_seq": 0, "allow_private_messages": True,
    "enable_allowed_pm_users": False, "homepage_id": None, "hide_profile_and_presence": False,
    "hide_profile": False, "hide_presence": False, "text_size": "normal", "text_size_seq": 0,
    "title_count_mode": "notifications", "skip_new_user_tips": False, "default_calendar": "none_selected",
    "sidebar_link_to_filtered_list": False, "sidebar_show_count_of_new_items": False,
    "watched_precedence_over_muted": False, "topics_unread_when_closed": True, "composition_mode": 1,
    "interface_color_mode": 1, "automatically_translate": False, "understood_languages": [],
    "show_original_content": False, "send_shortcut": "enter",
}  # fmt: skip


def options_of(user_id: int, *, timezone: str) -> dict[str, Any]:
    """The preferences of one user."""
    return {"user_id": user_id, **_OPTIONS, "timezone": timezone or None}


def schedule() -> dict[str, Any]:
    """At what minutes of the week notifications are let through: always."""
    days = {f"day_{day}_{edge}_time": at for day in _DAYS for edge, at in (("start", 480), ("end", 1020))}
    return {"enabled": False, **days}
