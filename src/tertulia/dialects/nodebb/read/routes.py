"""The read API: what may be asked (source: the original's own contract of this API)."""

from __future__ import annotations

from tertulia.dialects.nodebb.rows import Envelope, absences, handlers, rows_under
from tertulia.http.routing import Row

categories = handlers("read.categories")
groups = handlers("read.groups")
lists = handlers("read.lists")
notifications = handlers("read.notifications")
search = handlers("read.search")
site = handlers("read.site")
topics = handlers("read.topics")
uploads = handlers("read.uploads")
users = handlers("read.users")

BASE = "/api"
_open = rows_under(BASE, access="anyone")
_row = rows_under(BASE, access="user")

_SITE = (
    _open("GET", "", categories.home),
    _open("GET", "/config", site.get_config, limit="open"),
    _open("GET", "/login", site.login, limit="open"),
    _open("GET", "/register", site.register, limit="open"),
    _open("GET", "/search", search.search),
)
_TOPICS = (
    _open("GET", "/topic/{tid:int}", topics.get),
    _open("GET", "/topic/{tid:int}/{slug}", topics.get),
    _open("GET", "/topic/{tid:int}/{slug}/{post_index:int}", topics.get_around),
    _open("GET", "/topic/pagination/{tid:int}", topics.get_pagination),
    _open("GET", "/topic/teaser/{tid:int}", topics.get_teaser),
    _open("GET", "/post/{pid:int}", topics.locate_post),
    _row("POST", "/post/upload", uploads.upload, answer=Envelope),
    _open("GET", "/recent", lists.recent),
    _open("GET", "/recent/posts/{term}", search.recent_posts),
    _open("GET", "/popular", lists.popular),
    _open("GET", "/top", lists.top),
    _row("GET", "/unread", lists.unread),
    _row("GET", "/unread/total", lists.unread_total),
    _open("GET", "/tags", lists.tags),
    _open("GET", "/tags/{tag}", lists.tag),
)
_CATEGORIES = (
    _open("GET", "/categories", categories.get_all),
    _row("GET", "/categories/{cid:int}/moderators", categories.moderators, access="admin"),
    _open("GET", "/category/{cid:int}", categories.get),
    _open("GET", "/category/{cid:int}/{slug}", categories.get),
    _open("GET", "/category/{cid:int}/{slug}/{topic_index:int}", categories.get_around),
)
_USERS = (
    _open("GET", "/users", users.get_all),
    _open("GET", "/user/uid/{uid:int}", users.by_id),
    _open("GET", "/user/username/{username}", users.by_name),
    _open("GET", "/user/email/{email}", users.by_email),
    _row("GET", "/notifications", notifications.get_all),
    _row("GET", "/self", users.get_self),
    _row("GET", "/me", users.locate_self),
    _row("GET", "/me/{rest:path}", users.locate_self),
    _open("GET", "/uid/{uid:int}", users.locate),
    _open("GET", "/user/{userslug}", users.get),
    _open("GET", "/user/{userslug}/posts", users.posts),
    _open("GET", "/user/{userslug}/topics", users.topics),
    _open("GET", "/user/{userslug}/best", users.best),
    _open("GET", "/user/{userslug}/upvoted", users.upvoted),
    _row("GET", "/user/{userslug}/downvoted", users.downvoted),
    _row("GET", "/user/{userslug}/bookmarks", users.bookmarks),
    _open("GET", "/user/{userslug}/followers", users.followers),
    _open("GET", "/user/{userslug}/following", users.followed),
    _open("GET", "/user/{userslug}/groups", users.groups),
    _row("GET", "/user/{userslug}/read", users.read),
    _row("GET", "/user/{userslug}/watched", users.watched),
    _row("GET", "/user/{userslug}/ignored", users.ignored),
)
_GROUPS = (
    _open("GET", "/groups", groups.get_all),
    _open("GET", "/groups/{slug}", groups.get),
    _open("GET", "/groups/{slug}/members", groups.get_members),
)
_ABSENT = absences(
    BASE,
    why="the forum is not federated with others",
    rows=("GET /world", "GET /ap", "GET /intents/{intent}", "GET /user/{userslug}/shares"),
)
ROWS: tuple[Row, ...] = (*_SITE, *_TOPICS, *_CATEGORIES, *_USERS, *_GROUPS, *_ABSENT)
