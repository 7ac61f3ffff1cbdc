"""The plugin's second version: what may be asked (source: the contract notes' list of its routes)."""

from __future__ import annotations

from tertulia.dialects.nodebb.rows import Envelope, Payload, absences, handlers, rows_under
from tertulia.http.routing import Row

categories = handlers("plugin.categories")
groups = handlers("plugin.groups")
posts = handlers("plugin.posts")
tokens = handlers("plugin.tokens")
topics = handlers("plugin.topics")
uploads = handlers("read.uploads")
users = handlers("plugin.users")
utilities = handlers("plugin.utilities")

BASE = "/api/v2"
_row = rows_under(BASE, access="user", answer=Payload)

ROWS: tuple[Row, ...] = (
    _row("GET", "/ping", utilities.ping, access="anyone", name="ping"),
    _row("POST", "/ping", utilities.ping_back),
    _row("POST", "/users", users.create, access="admin"),
    _row("PUT", "/users/{uid:int}", users.update),
    _row("DELETE", "/users/{uid:int}", users.delete),
    _row("PUT", "/users/{uid:int}/password", users.change_password),
    _row("PUT", "/users/{uid:int}/follow", users.follow),
    _row("DELETE", "/users/{uid:int}/follow", users.unfollow),
    _row("PUT", "/users/{uid:int}/ban", users.ban, access="admin"),
    _row("DELETE", "/users/{uid:int}/ban", users.unban, access="admin"),
    _row("GET", "/users/{uid:int}/tokens", tokens.list_tokens),
    _row("POST", "/users/{uid:int}/tokens", tokens.create, access="anyone", name="tokens/create", limit="open"),
    _row("DELETE", "/users/{uid:int}/tokens/{token}", tokens.delete),
    _row("POST", "/groups", groups.create, access="admin"),
    _row("DELETE", "/groups/{slug}", groups.delete),
    _row("PUT", "/groups/{slug}/membership", groups.join),
    _row("DELETE", "/groups/{slug}/membership", groups.leave),
    _row("PUT", "/groups/{slug}/membership/{uid:int}", groups.add_member, access="admin"),
    _row("DELETE", "/groups/{slug}/membership/{uid:int}", groups.remove_member, access="admin"),
    _row("POST", "/categories", categories.create, access="admin"),
    _row("PUT", "/categories/{cid:int}", categories.update, access="admin"),
    _row("DELETE", "/categories/{cid:int}", categories.delete, access="admin"),
    _row("PUT", "/categories/{cid:int}/state", categories.enable, access="admin"),
    _row("DELETE", "/categories/{cid:int}/state", categories.disable, access="admin"),
    _row("PUT", "/categories/{cid:int}/privileges", categories.give, access="admin"),
    _row("DELETE", "/categories/{cid:int}/privileges", categories.take, access="admin"),
    _row("POST", "/topics", topics.create_topic),
    _row("POST", "/topics/{tid:int}", topics.reply),
    _row("PUT", "/topics/{tid:int}", topics.edit),
    _row("DELETE", "/topics/{tid:int}", topics.purge),
    _row("PUT", "/topics/{tid:int}/state", topics.restore),
    _row("DELETE", "/topics/{tid:int}/state", topics.delete),
    _row("PUT", "/topics/{tid:int}/follow", topics.follow),
    _row("DELETE", "/topics/{tid:int}/follow", topics.unfollow),
    _row("PUT", "/topics/{tid:int}/tags", topics.set_tags),
    _row("DELETE", "/topics/{tid:int}/tags", topics.clear_tags),
    _row("PUT", "/topics/{tid:int}/pin", topics.pin),
    _row("DELETE", "/topics/{tid:int}/pin", topics.unpin),
    _row("PUT", "/posts/{pid:int}", posts.edit),
    _row("DELETE", "/posts/{pid:int}", posts.purge),
    _row("PUT", "/posts/{pid:int}/state", posts.restore),
    _row("DELETE", "/posts/{pid:int}/state", posts.delete),
    _row("POST", "/posts/{pid:int}/vote", posts.vote),
    _row("DELETE", "/posts/{pid:int}/vote", posts.unvote),
    _row("POST", "/posts/{pid:int}/bookmark", posts.bookmark),
    _row("DELETE", "/posts/{pid:int}/bookmark", posts.unbookmark),
    *absences(
        BASE,
        why="the original answers 404 here too: the route of a topic's id comes first",
        rows=("POST /topics/follow", "DELETE /topics/follow"),
    ),
    *absences(BASE, why="chats are not there yet", rows=("POST /users/{uid:int}/chats",)),
    _row("POST", "/util/upload", uploads.upload, answer=Envelope),
    *absences(
        BASE, why="there is no maintenance mode yet", rows=("POST /util/maintenance", "DELETE /util/maintenance")
    ),
)
