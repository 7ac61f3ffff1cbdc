"""What a browser may ask. Addresses and parameter names are those of the data under the same address.

Forms are sent to addresses of their own, so that they never meet a row of the API.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from tertulia.http.call import Answer, Call
from tertulia.http.routing import Row
from tertulia.http.routing.later import LaterModule
from tertulia.pages import assets, lists
from tertulia.pages.messages.routes import MESSAGE_ROWS
from tertulia.pages.notifying.routes import NOTIFICATION_ROWS

about = LaterModule("tertulia.pages.about")
account = LaterModule("tertulia.pages.account")
admin_keys = LaterModule("tertulia.pages.admin_keys")
apps = LaterModule("tertulia.pages.preferences.apps")
category = LaterModule("tertulia.pages.category")
compose = LaterModule("tertulia.pages.compose")
dashboard = LaterModule("tertulia.pages.admin.dashboard")
login = LaterModule("tertulia.pages.login")
reports = LaterModule("tertulia.pages.admin.reports")
search = LaterModule("tertulia.pages.search")
tag = LaterModule("tertulia.pages.tag")
topic = LaterModule("tertulia.pages.topic")
user = LaterModule("tertulia.pages.user")
webhooks = LaterModule("tertulia.pages.admin.webhooks")

Handler = Callable[[Call], Awaitable[Answer]]


def _row(method: str, path: str, handler: Handler, **options: Any) -> Row:
    return Row(method, path, handler, formats=("html",), suffixes=(), dialect="pages", **options)


def _get(path: str, handler: Handler, **options: Any) -> Row:
    return _row("GET", path, handler, **options)


def _post(path: str, handler: Handler, **options: Any) -> Row:
    return _row("POST", path, handler, **{"access": "user", **options})


_LISTS: tuple[tuple[str, Handler, str], ...] = (
    ("latest", lists.get_latest, "anyone"),
    ("top", lists.get_top, "anyone"),
    ("hot", lists.get_hot, "anyone"),
    ("new", lists.get_new, "user"),
    ("unread", lists.get_unread, "user"),
    ("unseen", lists.get_unseen, "user"),
    ("read", lists.get_read, "user"),
    ("posted", lists.get_posted, "user"),
    ("bookmarks", lists.get_bookmarks, "user"),
)
_TOPIC_PATHS = ("/t/{topic_id:int}", "/t/{slug}/{topic_id:int}")

ROWS: tuple[Row, ...] = (
    *MESSAGE_ROWS,
    *NOTIFICATION_ROWS,
    _get("/static/{file:name}", assets.get_asset, limit="asset", csrf=False),
    # -- lists
    _get("/", lists.get_latest, kept="list"),
    *(_get(f"/{name}", handler, access=access, kept="list") for name, handler, access in _LISTS),
    *(_get(f"/l/{name}", handler, access=access, kept="list") for name, handler, access in _LISTS),
    _get("/topics/created-by/{username:username}", lists.get_created_by),
    # -- categories and tags
    _get("/categories", category.get_categories, kept="list"),
    _get("/c/{category_id:int}", category.get_category, kept="list"),
    *(
        _get(slugs + tail, category.get_category, kept="list")
        for slugs in ("/c/{slug}", "/c/{parent_slug}/{slug}")
        for tail in (
            "",
            "/{category_id:int}",
            "/{category_id:int}/none",
            "/{category_id:int}/l/{filter}",
            "/{category_id:int}/none/l/{filter}",
        )
    ),
    _get("/tags", tag.get_tags, kept="list"),
    _get("/tag/{tag:name}", tag.get_tag, kept="list"),
    # -- topics and posts
    *(_get(path, topic.get_topic, kept="topic") for path in _TOPIC_PATHS),
    *(_get(f"{path}/{{post_number:int}}", topic.get_topic, kept="topic") for path in _TOPIC_PATHS),
    *(_get(f"{path}/last", topic.get_last) for path in _TOPIC_PATHS),
    _get("/p/{post_id:int}", topic.get_post),
    _post("/p/{post_id:int}/like", topic.post_like),
    _post("/p/{post_id:int}/unlike", topic.post_unlike),
    # -- people, search, the forum
    _get("/u/{username:username}", user.get_user),
    _get("/u/{username:username}/preferences/apps", apps.get_apps, access="user"),
    _post("/u/{username:username}/preferences/apps/{key_id:int}/revoke", apps.post_revoke),
    _get("/search", search.get_search),
    _get("/about", about.get_about),
    # -- logging in and out
    _get("/login", login.get_login, limit="open"),
    _post("/login", login.post_login, access="anyone", limit="open"),
    _post("/logout", login.post_logout, access="anyone", limit="open"),
    # -- mailed links
    _get("/password-reset", account.get_forgot, limit="open"),
    _post("/password-reset", account.post_forgot, access="anyone", limit="open"),
    _get("/u/password-reset/{token}", account.get_reset, limit="open"),
    _post("/u/password-reset/{token}", account.post_reset, access="anyone", limit="open"),
    _get("/u/activate-account/{token}", account.get_activate, limit="open"),
    _post("/u/activate-account/{token}", account.post_activate, access="anyone", limit="open"),
    # -- writing
    _get("/new-topic", compose.get_new_topic, access="user"),
    _post("/new-topic", compose.post_new_topic),
    _get("/t/{slug}/{topic_id:int}/reply", compose.get_reply, access="user"),
    _post("/t/{slug}/{topic_id:int}/reply", compose.post_reply),
    # -- staff
    *(_get(path, dashboard.get_dashboard, access="staff") for path in ("/admin", "/admin/dashboard")),
    _get("/admin/reports", reports.get_reports, access="staff"),
    _get("/admin/reports/{type}", reports.get_report, access="staff"),
    _get("/admin/api/keys", admin_keys.get_keys, access="admin"),
    _post("/admin/api/keys/create", admin_keys.post_create_key, access="admin"),
    _post("/admin/api/keys/{key_id:int}/revoke-key", admin_keys.post_revoke_key, access="admin"),
    _post("/admin/api/keys/{key_id:int}/restore-key", admin_keys.post_restore_key, access="admin"),
    _get("/admin/api/web_hooks", webhooks.get_hooks, access="admin"),
    _get("/admin/api/web_hooks/new", webhooks.get_new_hook, access="admin"),
    _get("/admin/api/web_hooks/{hook_id:int}", webhooks.get_hook, access="admin"),
    _post("/admin/api/web_hooks/create", webhooks.post_create_hook, access="admin"),
    _post("/admin/api/web_hooks/{hook_id:int}/change", webhooks.post_change_hook, access="admin"),
    _post("/admin/api/web_hooks/{hook_id:int}/delete", webhooks.post_delete_hook, access="admin"),
    _post("/admin/api/web_hooks/{hook_id:int}/ping-hook", webhooks.post_ping_hook, access="admin"),
    _post(
        "/admin/api/web_hooks/{hook_id:int}/events/{event_id:int}/send-again", webhooks.post_redeliver, access="admin"
    ),
)
