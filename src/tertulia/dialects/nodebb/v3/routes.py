"""The write API: what may be asked (source: the original's own contract of this API)."""

from __future__ import annotations

from tertulia.dialects.nodebb.rows import Envelope, absences, handlers, rows_under
from tertulia.http.routing import Row

categories = handlers("v3.categories")
diffs = handlers("v3.diffs")
groups = handlers("v3.groups")
notifications = handlers("v3.notifications")
posts = handlers("v3.posts")
privileges = handlers("v3.privileges")
tags = handlers("v3.tags")
tokens = handlers("v3.tokens")
topics = handlers("v3.topics")
users = handlers("v3.users")
utilities = handlers("v3.utilities")

BASE = "/api/v3"
_row = rows_under(BASE, access="user", answer=Envelope)
_open = rows_under(BASE, access="anyone", answer=Envelope)
_admin = rows_under(BASE, access="admin", answer=Envelope)

_UTILITIES = (
    _open("GET", "/ping", utilities.ping, limit="open"),
    _row("POST", "/ping", utilities.ping_back),
    _open("POST", "/utilities/login", utilities.login, csrf=False, limit="open"),
    _row("POST", "/users/reauth/verify", utilities.verify),
)
_TOPICS = (
    _row("POST", "/topics", topics.create),
    _open("GET", "/topics/{tid:int}", topics.get),
    _row("POST", "/topics/{tid:int}", topics.reply),
    _row("DELETE", "/topics/{tid:int}", topics.purge),
    _row("PUT", "/topics/{tid:int}/state", topics.restore),
    _row("DELETE", "/topics/{tid:int}/state", topics.delete),
    _row("PUT", "/topics/{tid:int}/lock", topics.lock),
    _row("DELETE", "/topics/{tid:int}/lock", topics.unlock),
    _row("PUT", "/topics/{tid:int}/pin", topics.pin),
    _row("DELETE", "/topics/{tid:int}/pin", topics.unpin),
    _row("PUT", "/topics/{tid:int}/follow", topics.follow),
    _row("DELETE", "/topics/{tid:int}/follow", topics.unfollow),
    _row("PUT", "/topics/{tid:int}/ignore", topics.ignore),
    _row("DELETE", "/topics/{tid:int}/ignore", topics.unfollow),
    _row("PUT", "/topics/{tid:int}/tags", topics.set_tags),
    _row("PATCH", "/topics/{tid:int}/tags", topics.add_tags),
    _row("DELETE", "/topics/{tid:int}/tags", topics.clear_tags),
    _row("PUT", "/topics/{tid:int}/read", topics.mark_read),
    _row("DELETE", "/topics/{tid:int}/read", topics.mark_unread),
    _row("PUT", "/topics/{tid:int}/move", topics.move),
)
_POSTS = (
    _open("GET", "/posts/{pid:int}", posts.get),
    _row("PUT", "/posts/{pid:int}", posts.edit),
    _row("DELETE", "/posts/{pid:int}", posts.purge),
    _open("GET", "/posts/{pid:int}/index", posts.index),
    _open("GET", "/posts/{pid:int}/raw", posts.raw),
    _open("GET", "/posts/{pid:int}/summary", posts.summary),
    _row("PUT", "/posts/{pid:int}/state", posts.restore),
    _row("DELETE", "/posts/{pid:int}/state", posts.delete),
    _row("PUT", "/posts/{pid:int}/vote", posts.vote),
    _row("DELETE", "/posts/{pid:int}/vote", posts.unvote),
    _open("GET", "/posts/{pid:int}/voters", posts.voters),
    _open("GET", "/posts/{pid:int}/upvoters", posts.upvoters),
    _row("PUT", "/posts/{pid:int}/bookmark", posts.bookmark),
    _row("DELETE", "/posts/{pid:int}/bookmark", posts.unbookmark),
    _open("GET", "/posts/{pid:int}/replies", posts.replies),
    _row("PUT", "/posts/{pid:int}/owner", posts.set_owner),
    _row("POST", "/posts/owner", posts.set_owners),
    _open("GET", "/posts/{pid:int}/diffs", diffs.get_all),
    _open("GET", "/posts/{pid:int}/diffs/{since:int}", diffs.get),
    _row("PUT", "/posts/{pid:int}/diffs/{since:int}", diffs.restore),
)
_USERS = (
    _admin("POST", "/users", users.create),
    _admin("DELETE", "/users", users.delete_many),
    _open("GET", "/users/{uid:int}", users.get),
    _row("PUT", "/users/{uid:int}", users.update),
    _row("DELETE", "/users/{uid:int}", users.delete),
    _row("DELETE", "/users/{uid:int}/account", users.delete_account),
    _open("GET", "/users/{uid:int}/status", users.status),
    _open("HEAD", "/users/{uid:int}/status/{status}", users.has_status),
    _row("PUT", "/users/{uid:int}/password", users.change_password),
    _row("GET", "/users/{uid:int}/emails", users.emails),
    _row("POST", "/users/{uid:int}/emails", users.add_email),
    _row("PUT", "/users/{uid:int}/follow", users.follow),
    _row("DELETE", "/users/{uid:int}/follow", users.unfollow),
    _row("PUT", "/users/{uid:int}/ban", users.ban),
    _row("DELETE", "/users/{uid:int}/ban", users.unban),
    _row("PUT", "/users/{uid:int}/mute", users.mute),
    _row("DELETE", "/users/{uid:int}/mute", users.unmute),
    _row("POST", "/users/{uid:int}/tokens", tokens.create),
    _row("DELETE", "/users/{uid:int}/tokens/{token}", tokens.delete),
    _admin("POST", "/admin/tokens", tokens.create_any),
    _admin("GET", "/admin/tokens/{token:int}", tokens.get_any),
    _admin("PUT", "/admin/tokens/{token:int}", tokens.update_any),
    _admin("DELETE", "/admin/tokens/{token:int}", tokens.delete_any),
    _admin("POST", "/admin/tokens/{token:int}/roll", tokens.roll_any),
)
_NOTIFICATIONS = (
    _row("GET", "/notifications", notifications.get_all),
    _row("GET", "/notifications/count", notifications.count),
    _row("GET", "/notifications/{nid:int}", notifications.get),
    _row("PUT", "/notifications/{nid:int}/read", notifications.mark_read),
    _row("DELETE", "/notifications/{nid:int}/read", notifications.mark_unread),
)
_GROUPS = (
    _open("GET", "/groups", groups.get_all),
    _row("POST", "/groups", groups.create),
    _open("HEAD", "/groups/{slug}", groups.exists),
    _row("PUT", "/groups/{slug}", groups.update),
    _row("DELETE", "/groups/{slug}", groups.delete),
    _open("GET", "/groups/{slug}/members", groups.get_members),
    _row("PUT", "/groups/{slug}/membership/{uid:int}", groups.join),
    _row("DELETE", "/groups/{slug}/membership/{uid:int}", groups.leave),
    _row("PUT", "/groups/{slug}/ownership/{uid:int}", groups.give_ownership),
    _row("DELETE", "/groups/{slug}/ownership/{uid:int}", groups.take_ownership),
    _row("GET", "/groups/{slug}/pending", groups.get_pending),
    _row("PUT", "/groups/{slug}/pending/{uid:int}", groups.accept),
    _row("DELETE", "/groups/{slug}/pending/{uid:int}", groups.reject),
)
_CATEGORIES = (
    _open("GET", "/categories", categories.get_all),
    _admin("POST", "/categories", categories.create),
    _open("GET", "/categories/{cid:int}", categories.get),
    _admin("PUT", "/categories/{cid:int}", categories.update),
    _admin("DELETE", "/categories/{cid:int}", categories.delete),
    _open("GET", "/categories/{cid:int}/count", categories.count),
    _open("GET", "/categories/{cid:int}/posts", categories.posts),
    _open("GET", "/categories/{cid:int}/children", categories.children),
    _open("GET", "/categories/{cid:int}/topics", categories.topics),
    _row("PUT", "/categories/{cid:int}/watch", categories.watch),
    _row("DELETE", "/categories/{cid:int}/watch", categories.unwatch),
    _row("DELETE", "/categories/{cid:int}/watch/{member:int}", categories.unwatch_member),
    _admin("GET", "/categories/{cid:int}/privileges", privileges.get),
    _admin("PUT", "/categories/{cid:int}/privileges/{privilege}", privileges.give),
    _admin("DELETE", "/categories/{cid:int}/privileges/{privilege}", privileges.take),
    _admin("DELETE", "/categories/{cid:int}/privileges/{privilege}/{member}", privileges.take_from),
    _admin("PUT", "/categories/{cid:int}/moderator/{uid:int}", privileges.make_moderator),
    _admin("DELETE", "/categories/{cid:int}/moderator/{uid:int}", privileges.end_moderator),
    _row("PUT", "/tags/{tag}/follow", tags.follow),
    _row("DELETE", "/tags/{tag}/follow", tags.unfollow),
)
_ABSENT = (
    *absences(
        BASE,
        why="the forum has no plugins to install",
        rows=(
            "POST /admin/plugins/{plugin}", "DELETE /admin/plugins/{plugin}",
            "PUT /admin/plugins/{plugin}/active", "PUT /admin/plugins/{plugin}/upgrade",
        ),
    ),
    *absences(
        BASE,
        why="the forum is not federated with others",
        rows=(
            "PUT /categories/{cid:int}/follow", "DELETE /categories/{cid:int}/follow",
            "DELETE /categories/{cid:int}/follow/{actor:path}", "GET /posts/{pid:int}/announcers",
            "GET /posts/{pid:int}/announcers/tooltip", "GET /intents/query/{handle}",
            "POST /admin/activitypub/rules", "DELETE /admin/activitypub/rules/{rid}",
            "PUT /admin/activitypub/rules/order", "POST /admin/activitypub/relays",
            "DELETE /admin/activitypub/relays/{url}", "POST /admin/activitypub/blocklists",
            "POST /admin/activitypub/blocklists/core", "DELETE /admin/activitypub/blocklists/core",
            "GET /admin/activitypub/blocklists/{url}", "DELETE /admin/activitypub/blocklists/{url}",
            "POST /admin/activitypub/blocklists/{url}/refresh",
        ),
    ),
    *absences(
        BASE,
        why="a topic stands in one category only",
        rows=(
            "GET /topics/{tid:int}/crossposts", "POST /topics/{tid:int}/crossposts",
            "DELETE /topics/{tid:int}/crossposts",
        ),
    ),
)  # fmt: skip
ROWS: tuple[Row, ...] = (*_UTILITIES, *_TOPICS, *_POSTS, *_USERS, *_NOTIFICATIONS, *_GROUPS, *_CATEGORIES, *_ABSENT)
