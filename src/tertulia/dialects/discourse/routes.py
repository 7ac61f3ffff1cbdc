"""What may be asked in Discourse's words. Topics, posts and lists are in `routes_topics.py`.

A row's name is the upstream's controller and action; its scope names what opens it to a narrowed key (None: only
global keys). Source: the contract's route table.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tertulia.dialects.discourse.admin.routes_reports import REPORT_ROWS
from tertulia.dialects.discourse.admin.routes_web_hooks import WEBHOOK_ROWS
from tertulia.dialects.discourse.answers import legacy as _legacy
from tertulia.dialects.discourse.keys.routes import KEY_ROWS
from tertulia.dialects.discourse.messaging.routes import GROUP_EXTRA_ROWS, MESSAGE_ROWS
from tertulia.dialects.discourse.notifying.routes import NOTIFICATION_ROWS
from tertulia.dialects.discourse.routes_search import SEARCH_ROWS
from tertulia.dialects.discourse.routes_topics import TOPIC_ROWS
from tertulia.dialects.discourse.uploads.routes import UPLOAD_ROWS
from tertulia.http.call import Call
from tertulia.http.routing import Row
from tertulia.http.routing.later import LaterModule

_ROOM = "tertulia.dialects.discourse"
account_mail = LaterModule(f"{_ROOM}.registering.mail")
accounts = LaterModule(f"{_ROOM}.registering.accounts")
activity = LaterModule(f"{_ROOM}.activity")
admin_users = LaterModule(f"{_ROOM}.admin.users")
categories = LaterModule(f"{_ROOM}.categories")
groups = LaterModule(f"{_ROOM}.groups")
keys = LaterModule(f"{_ROOM}.admin.keys")
oneboxes = LaterModule(f"{_ROOM}.oneboxes")
pictures = LaterModule(f"{_ROOM}.pictures")
session = LaterModule(f"{_ROOM}.session")
site = LaterModule(f"{_ROOM}.site")
site_settings = LaterModule(f"{_ROOM}.admin.site_settings")
staff_logs = LaterModule(f"{_ROOM}.admin.staff_logs")
tags = LaterModule(f"{_ROOM}.tags")
users = LaterModule(f"{_ROOM}.users")

_UPDATE = "users:update"
_SHOW = "users:show wordpress:connect"
_MANAGE = "groups:manage_groups"
_ADMINISTER = "groups:administer_groups"


def _row(method: str, path: str, handler: Callable[..., Any], name: str, **options: Any) -> Row:
    return Row(method, path, handler, name=name, dialect="discourse", **options)


def _twins(
    prefixes: tuple[str, ...], method: str, tail: str, handler: Callable[..., Any], name: str, **options: Any
) -> tuple[Row, ...]:
    """The same under every spelling of the first piece."""
    return tuple(_row(method, prefix + tail, handler, name, **options) for prefix in prefixes)


# -- people -----------------------------------------------------------------------------------------
_U = ("/u", "/users")


def _people(method: str, tail: str, handler: Callable[..., Any], name: str, **options: Any) -> tuple[Row, ...]:
    return _twins(_U, method, tail, handler, name, **options)


def _own(method: str, tail: str, handler: Callable[..., Any], name: str, **options: Any) -> tuple[Row, ...]:
    return _twins(_U, method, "/{username:username}" + tail, handler, name, access="user", **options)


USER_ROWS = (
    *_people(
        "POST", "", accounts.create_user, "users/create", scope="users:create wordpress:utilities", limit="open",
        summary="Registers an account",
    ),
    *_people("GET", "/check_username", accounts.check_username, "users/check_username", limit="open"),
    *_people("GET", "/check_email", accounts.check_email, "users/check_email", limit="open"),
    *_people("GET", "/search/users", users.search_users, "users/search_users", summary="People by name"),
    *_people(
        "GET", "/{username:username}", users.get_user, "users/show", scope=_SHOW, summary="A profile"
    ),
    *_people("GET", "/by-external/{external_id}", users.get_user_by_external_id, "users/show", scope=_SHOW),
    *_people("GET", "/{username:username}/card", users.get_card, "users/show_card"),
    _row("GET", "/user-cards", users.get_cards, "users/cards"),
    *_people("GET", "/{username:username}/activity", activity.get_posts, "posts/user_posts_feed"),
    *_own("GET", "/emails", users.get_emails, "users/check_emails", scope="users:check_emails"),
    *_people("GET", "/{username:username}/summary", activity.get_summary, "users/summary"),
    *_own("PUT", "", users.update_user, "users/update", scope=_UPDATE, summary="Changes a profile"),
    *_own("DELETE", "", users.delete_user, "users/destroy"),
    *_own("PUT", "/preferences/username", users.rename_user, "users/username"),
    *_own("PUT", "/preferences/email", users.change_email, "users_email/update"),
    _row("GET", "/user_actions", activity.get_user_actions, "user_actions/index", summary="What somebody did"),
    _row("GET", "/directory_items", activity.get_directory, "directory_items/index"),
)  # fmt: skip


# -- groups -----------------------------------------------------------------------------------------
_G = ("/groups", "/g")


def _groups(method: str, tail: str, handler: Callable[..., Any], name: str, **options: Any) -> tuple[Row, ...]:
    return _twins(_G, method, tail, handler, name, **options)


_MEMBERS = "/{group_id:int}/members"
_OWNERS = "/{group_id:int}/owners"
GROUP_ROWS = (
    *_groups(
        "GET", "", groups.get_groups, "groups/index", scope=f"{_ADMINISTER} wordpress:utilities", summary="Groups"
    ),
    *_groups("GET", "/search", groups.search_groups, "groups/search", access="user"),
    *_groups("GET", "/{group_name:name}", groups.get_group, "groups/show", scope=_ADMINISTER, summary="A group"),
    *_groups("GET", "/by-id/{group_id:int}", groups.get_group_by_id, "groups/show", scope=_ADMINISTER),
    *_groups("GET", "/{group_name:name}/members", groups.get_members, "groups/members", scope=_MANAGE),
    *_groups("GET", "/{group_name:name}/mentionable", groups.get_mentionable, "groups/mentionable", access="user"),
    *_groups("GET", "/{group_name:name}/messageable", groups.get_messageable, "groups/messageable", access="user"),
    *_groups("PUT", "/{group_id:int}", groups.update_group, "groups/update", access="user", scope=_ADMINISTER),
    *_groups("PUT", _MEMBERS, groups.add_members, "groups/add_members", access="user", scope=_MANAGE),
    *_groups("DELETE", _MEMBERS, groups.remove_members, "groups/remove_member", access="user", scope=_MANAGE),
    *_groups("PUT", _OWNERS, groups.add_owners, "groups/add_owners", access="user"),
    *_groups("PUT", "/{group_id:int}/join", groups.join_group, "groups/join", access="user"),
    *_groups("DELETE", "/{group_id:int}/leave", groups.leave_group, "groups/leave", access="user"),
    _row("POST", "/admin/groups", groups.create_group, "admin::groups/create", access="admin", scope=_ADMINISTER,
         summary="Makes a group"),
    _row("DELETE", "/admin/groups/{group_id:int}", groups.delete_group, "admin::groups/destroy", access="admin",
         scope=_ADMINISTER),
    _row("PUT", "/admin/groups/{group_id:int}/members", _legacy(groups.add_members), "groups/add_members",
         access="user", scope=_MANAGE),
    _row("DELETE", "/admin/groups/{group_id:int}/members", _legacy(groups.remove_members),
         "groups/remove_member", access="user", scope=_MANAGE),
    _row("PUT", "/admin/groups/{group_id:int}/owners", _legacy(groups.add_owners), "groups/add_owners",
         access="user"),
    _row("DELETE", "/admin/groups/{group_id:int}/owners", groups.remove_owners, "admin::groups/remove_owner",
         access="user"),
    _row("PUT", "/admin/groups/{group_id:int}/primary", groups.set_primary, "admin::groups/set_primary",
         access="admin"),
)  # fmt: skip

# -- categories and tags ----------------------------------------------------------------------------
_SHOW_CATEGORY = "categories:show"
_LISTS = "topics:read_lists"
CATEGORY_ROWS = (
    _row("GET", "/categories", categories.get_categories, "categories/index", scope="categories:list",
         summary="Categories"),
    _row("GET", "/categories_and_latest", categories.get_categories_and_latest, "categories/categories_and_latest"),
    _row("GET", "/categories_and_top", categories.get_categories_and_top, "categories/categories_and_top"),
    _row("GET", "/categories_and_hot", categories.get_categories_and_hot, "categories/categories_and_hot"),
    _row("POST", "/categories", categories.create_category, "categories/create", access="user",
         summary="Makes a category"),
    _row("PUT", "/categories/{category_id:int}", categories.update_category, "categories/update", access="user"),
    _row("DELETE", "/categories/{category_id:int}", categories.delete_category, "categories/destroy",
         access="user"),
    _row("POST", "/categories/reorder", categories.reorder_categories, "categories/reorder", access="user"),
    _row("POST", "/categories/search", categories.search_categories, "categories/search", csrf=False),
    _row("GET", "/categories/find", categories.find_categories, "categories/find"),
    _row("GET", "/c/{category_id:int}/show", categories.get_category, "categories/show", scope=_SHOW_CATEGORY,
         summary="A category"),
    _row("GET", "/c/{slug}/show", categories.get_category, "categories/show", scope=_SHOW_CATEGORY),
    _row("GET", "/c/{category_id:int}/visible_groups", categories.get_visible_groups,
         "categories/visible_groups", access="user"),
    _row("GET", "/c/{slug}/find_by_slug", categories.get_category, "categories/find_by_slug"),
    _row("GET", "/c/{parent_slug}/{slug}/find_by_slug", categories.get_category, "categories/find_by_slug"),
    _row("GET", "/c/{slug}/{category_id:int}/subcategories", categories.get_subcategories, "categories/index",
         scope="categories:list"),
    _row("POST", "/category/{category_id:int}/notifications", categories.set_notifications,
         "categories/set_notifications", access="user"),
    _row("POST", "/category/{category_id:int}/move", categories.move_category, "categories/move", access="user"),
    _row("PUT", "/category/{category_id:int}/slug", categories.update_slug, "categories/update_slug",
         access="user"),
)  # fmt: skip
TAG_ROWS = (
    _row("GET", "/tags", tags.get_tags, "tags/index", scope="tags:list", summary="Tags"),
    _row("GET", "/tags/list", tags.list_page, "tags/list"),
    _row("GET", "/tags/filter/search", tags.search_tags, "tags/search"),
    _row("GET", "/tags/{tag:name}", tags.get_old_address, "tags/redirect"),
    _row("GET", "/tag/{tag:name}", tags.get_tag, "tags/show", scope=_LISTS, kept="list", summary="Topics under a tag"),
    _row("GET", "/tag/{tag:name}/{tag_id:int}", tags.get_tag, "tags/show", scope=_LISTS, kept="list"),
    _row("GET", "/tag/{tag:name}/l/{filter}", tags.get_tag, "tags/show", scope=_LISTS, kept="list"),
    _row("GET", "/tags/c/{slug}/{category_id:int}/{tag:name}", tags.get_tag_in_category, "tags/show"),
    _row("GET", "/tags/c/{slug}/{category_id:int}/{tag:name}/l/{filter}", tags.get_tag_in_category, "tags/show"),
    _row("GET", "/tags/intersection/{tag:name}/{tags:path}", tags.get_intersection, "tags/show"),
    _row("GET", "/tag/{tag:name}/info", tags.get_info, "tags/info"),
    _row("GET", "/tag/{tag:name}/notifications", tags.get_notifications, "tags/notifications", access="user"),
    _row("PUT", "/tag/{tag:name}/notifications", tags.set_notifications, "tags/update_notifications",
         access="user"),
    _row("POST", "/tags/bulk-create", tags.create_tags, "tags/bulk_create", access="user"),
    _row("PUT", "/tag/{tag:name}", tags.update_tag, "tags/update", access="user"),
    _row("DELETE", "/tag/{tag:name}", tags.delete_tag, "tags/destroy", access="user"),
)  # fmt: skip

# -- the site, search, sessions ---------------------------------------------------------------------
SITE_ROWS = (
    _row("GET", "/site", site.get_site, "site/site", scope="wordpress:publishing", summary="The site's vocabulary"),
    _row("GET", "/site/basic-info", site.get_basic_info, "site/basic_info", limit="open"),
    _row("GET", "/site/statistics", site.get_statistics, "site/statistics"),
    _row("GET", "/about", site.get_about, "about/index", summary="Who runs the site, and its numbers"),
    _row("GET", "/onebox", oneboxes.get_onebox, "onebox/show", access="user",
         summary="What a post would show in the place of an address"),
    _row("GET", "/inline-onebox", oneboxes.get_inline_oneboxes, "inline_onebox/show", access="user",
         summary="Titles of addresses"),
    *SEARCH_ROWS,
    _row("GET", "/letter_avatar_proxy/{version}/letter/{letter}/{color}/{size}", pictures.get_letter,
         "user_avatars/show_proxy_letter", suffixes=(".png", ".svg"), limit="asset", csrf=False),
    _row("GET", "/letter_avatar/{username:username}/{size}/{version}", pictures.get_avatar,
         "user_avatars/show_letter", suffixes=(".png", ".svg"), limit="asset", csrf=False),
    _row("GET", "/emoji/{emoji}", pictures.get_emoji, "emoji/show", suffixes=(".svg",), limit="asset", csrf=False),
)  # fmt: skip
SESSION_ROWS = (
    _row("GET", "/session/csrf", session.get_csrf, "session/csrf", limit="open", summary="The token for writing"),
    _row("GET", "/session/hp", session.get_honeypot, "session/get_honeypot_value", limit="open"),
    _row("GET", "/session/current", session.get_current, "session/current", scope="session:current", limit="open",
         summary="Who one is"),
    _row("GET", "/session/scopes", session.get_scopes, "session/scopes", scope="keys:own_scopes", limit="open"),
    _row("POST", "/session", session.create_session, "session/create", limit="open", summary="Logs in"),
    _row("DELETE", "/session/{username:username}", session.delete_session, "session/destroy", limit="open"),
    _row("POST", "/session/forgot_password", account_mail.forgot_password, "session/forgot_password", limit="open",
         summary="Mails a link for a new password"),
    *_twins(_U, "PUT", "/password-reset/{token}", account_mail.update_password, "users/password_reset_update",
            limit="open"),
    *_twins(_U, "PUT", "/activate-account/{token}", account_mail.activate_account,
            "users/perform_account_activation", limit="open"),
)  # fmt: skip

# -- for staff --------------------------------------------------------------------------------------
_KEY = "/admin/api/keys/{key_id:int}"
_ACCOUNT_PATHS = ("/admin/users/{user_id:int}", "/admin/users/{username:username}")
_SUSPEND = "users:suspend"


def _account(method: str, tail: str, handler: Callable[..., Any], action: str, **options: Any) -> tuple[Row, ...]:
    """What staff do with an account, which the path names by id or by username."""
    name, access = f"admin::users/{action}", options.pop("access", "staff")
    return _twins(_ACCOUNT_PATHS, method, tail, handler, name, access=access, **options)


ACCOUNT_ROWS = (
    _row("GET", "/admin/users", admin_users.get_users, "admin::users/index", access="staff",
         scope="users:list wordpress:connect"),
    _row("GET", "/admin/users/list/{flag}", admin_users.get_users, "admin::users/index", access="staff",
         scope="users:list wordpress:connect", summary="Accounts"),
    *_account("GET", "", admin_users.get_user, "show", summary="An account"),
    _row("GET", "/admin/users/{user_id:int}/{username:username}", admin_users.get_user, "admin::users/show",
         access="staff"),
    *_account("DELETE", "", admin_users.delete_user, "destroy", scope="users:delete"),
    *_account("PUT", "/suspend", admin_users.suspend_user, "suspend", scope=_SUSPEND),
    *_account("PUT", "/unsuspend", admin_users.unsuspend_user, "unsuspend"),
    *_account("PUT", "/silence", admin_users.silence_user, "silence"),
    *_account("PUT", "/unsilence", admin_users.unsilence_user, "unsilence"),
    *_account("PUT", "/block", _legacy(admin_users.block_user), "silence"),
    *_account("PUT", "/unblock", _legacy(admin_users.unsilence_user), "unsilence"),
    *_account("PUT", "/activate", admin_users.activate_user, "activate"),
    *_account("PUT", "/deactivate", admin_users.deactivate_user, "deactivate"),
    *_account("PUT", "/approve", admin_users.approve_user, "approve"),
    *_account("GET", "/approve", _legacy(admin_users.approve_by_reading), "approve"),
    _row("PUT", "/admin/users/approve-bulk", admin_users.approve_users, "admin::users/approve_bulk", access="staff"),
    *_account("POST", "/generate_api_key", _legacy(admin_users.create_key_of), "generate_api_key", access="admin"),
    *_account("POST", "/log_out", admin_users.log_out_user, "log_out", access="admin",
              scope="users:log_out wordpress:connect"),
    *_account("PUT", "/anonymize", admin_users.anonymize_user, "anonymize", access="admin", scope="users:anonymize"),
    *_account("PUT", "/grant_admin", admin_users.grant_admin, "grant_admin", access="admin"),
    *_account("PUT", "/revoke_admin", admin_users.revoke_admin, "revoke_admin", access="admin"),
    *_account("PUT", "/grant_moderation", admin_users.grant_moderation, "grant_moderation", access="admin"),
    *_account("PUT", "/revoke_moderation", admin_users.revoke_moderation, "revoke_moderation", access="admin"),
    *_account("PUT", "/trust_level", admin_users.set_trust_level, "trust_level"),
    *_account("PUT", "/trust_level_lock", admin_users.lock_trust_level, "trust_level_lock"),
    *_account("PUT", "/primary_group", admin_users.set_primary_group, "primary_group"),
    *_account("POST", "/groups", admin_users.add_group, "add_group", access="admin"),
    *_account("DELETE", "/groups/{group_id:int}", admin_users.remove_group, "remove_group", access="admin"),
    _row("DELETE", "/admin/users/destroy-bulk", admin_users.delete_users, "admin::users/destroy_bulk",
         access="staff"),
)  # fmt: skip


def scope_urls() -> dict[str, list[str]]:
    """The addresses that each scope opens, as the catalogue of scopes shows them."""
    found: dict[str, list[str]] = {}
    for row in ROWS:
        for scope in (row.scope or "").split():
            found.setdefault(scope, []).append(f"{row.path} ({row.method})")
    return found


async def get_scopes(call: Call) -> Any:
    """The catalogue of scopes, with addresses out of this table."""
    from tertulia.dialects.discourse.admin.keys import scopes_answer

    return scopes_answer(scope_urls())


ADMIN_ROWS = (
    _row("GET", "/admin/api/keys", keys.get_keys, "admin::api/index", access="admin", summary="API keys"),
    _row("POST", "/admin/api/keys", keys.create_key, "admin::api/create", access="admin"),
    _row("GET", "/admin/api/keys/scopes", get_scopes, "admin::api/scopes", access="admin"),
    _row("GET", _KEY, keys.get_key, "admin::api/show", access="admin"),
    _row("PUT", _KEY, keys.update_key, "admin::api/update", access="admin"),
    _row("DELETE", _KEY, keys.delete_key, "admin::api/destroy", access="admin"),
    _row("POST", f"{_KEY}/revoke", keys.revoke_key, "admin::api/revoke_key", access="admin"),
    _row("POST", f"{_KEY}/undo-revoke", keys.restore_key, "admin::api/undo_revoke_key", access="admin"),
    *_twins(("/admin/site_settings", "/admin/config/site_settings"), "GET", "", site_settings.get_settings,
            "admin::site_settings/index", access="admin", summary="Site settings"),
    _row("PUT", "/admin/site_settings/{setting_name}", site_settings.update_setting,
         "admin::site_settings/update", access="admin"),
    _row("GET", "/admin/logs/staff_action_logs", staff_logs.get_staff_actions, "admin::staff_action_logs/index",
         access="staff", summary="What staff did"),
)  # fmt: skip

ROWS: tuple[Row, ...] = (
    *TOPIC_ROWS,
    *USER_ROWS,
    *GROUP_ROWS,
    *GROUP_EXTRA_ROWS,
    *MESSAGE_ROWS,
    *CATEGORY_ROWS,
    *TAG_ROWS,
    *SITE_ROWS,
    *SESSION_ROWS,
    *UPLOAD_ROWS,
    *NOTIFICATION_ROWS,
    *ACCOUNT_ROWS,
    *ADMIN_ROWS,
    *WEBHOOK_ROWS,
    *REPORT_ROWS,
    *KEY_ROWS,
)
