"""What may be asked about topics, posts and lists, beside the other rows in `routes.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tertulia.http.routing import Row, absent
from tertulia.http.routing.later import LaterModule

bookmarks = LaterModule("tertulia.dialects.discourse.bookmarks")
lists = LaterModule("tertulia.dialects.discourse.lists")
posts = LaterModule("tertulia.dialects.discourse.posts")
topics = LaterModule("tertulia.dialects.discourse.topics")


def _row(method: str, path: str, handler: Callable[..., Any], name: str, **options: Any) -> Row:
    return Row(method, path, handler, name=name, dialect="discourse", **options)


def _user(method: str, path: str, handler: Callable[..., Any], name: str, **options: Any) -> Row:
    return _row(method, path, handler, name, access="user", **options)


_READ, _LISTS = "topics:read wordpress:publishing", "topics:read_lists"
_EDIT = "topics:update wordpress:publishing"
_TOPIC_PATHS = ("/t/{topic_id:int}", "/t/{slug}/{topic_id:int}")


def _twice(method: str, tail: str, handler: Callable[..., Any], name: str, **options: Any) -> tuple[Row, ...]:
    """The same under `/t/ID` and `/t/SLUG/ID`."""
    return tuple(_row(method, path + tail, handler, name, **options) for path in _TOPIC_PATHS)


_LIST_NAMES: tuple[tuple[str, Callable[..., Any], str], ...] = (
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

LIST_ROWS = (
    _row("GET", "/", lists.get_latest, "list/latest", scope=_LISTS, kept="list", summary="Latest topics"),
    *(
        _row(
            "GET",
            prefix + name,
            handler,
            f"list/{name}",
            scope=_LISTS,
            access=access,
            kept="list",
            summary=f"The {name} list",
        )
        for name, handler, access in _LIST_NAMES
        for prefix in ("/", "/l/")
    ),
    _row("GET", "/top/{period}", lists.get_top_period, "list/top", scope=_LISTS, kept="list"),
    _row("GET", "/topics/created-by/{username:username}", lists.get_created_by, "list/topics_by"),
    *(
        _row(
            "GET",
            path,
            lists.get_category,
            "list/category_latest",
            scope=_LISTS,
            kept="list",
            summary="Topics of a category",
        )
        for slugs in ("/c/{slug}", "/c/{parent_slug}/{slug}")
        for path in (
            slugs,
            f"{slugs}/l/{{filter}}",
            f"{slugs}/{{category_id:int}}",
            f"{slugs}/{{category_id:int}}/none",
            f"{slugs}/{{category_id:int}}/l/{{filter}}",
            f"{slugs}/{{category_id:int}}/none/l/{{filter}}",
        )
        if path != "/c/{parent_slug}/{slug}/none"
    ),
    _row("GET", "/c/{category_id:int}", lists.get_category, "list/category_latest", scope=_LISTS, kept="list"),
    _row(
        "GET", "/c/{category_id:int}/l/{filter}", lists.get_category, "list/category_latest", scope=_LISTS, kept="list"
    ),
)

TOPIC_ROWS_ONLY = (
    *_twice(
        "GET", "", topics.get_topic, "topics/show", scope=_READ, kept="topic", summary="A topic with its first posts"
    ),
    *_twice("GET", "/{post_number:int}", topics.get_topic, "topics/show", scope=_READ, kept="topic"),
    *_twice("GET", "/last", topics.get_last, "topics/show", scope=_READ),
    *_twice("GET", "/summary", topics.get_topic, "topics/show", scope=_READ, kept="topic"),
    _row("GET", "/t/{slug}", topics.get_topic_by_slug, "topics/show", scope=_READ),
    _row(
        "GET",
        "/t/external_id/{external_id}",
        topics.get_topic_by_external_id,
        "topics/show_by_external_id",
        scope=_READ,
    ),
    _row("GET", "/t/id_for/{slug}", topics.get_id_for_slug, "topics/id_for_slug"),
    _row(
        "GET",
        "/t/{topic_id:int}/posts",
        topics.get_posts,
        "topics/posts",
        scope=_READ,
        kept="topic",
        summary="Posts by id",
    ),
    _row("GET", "/t/{topic_id:int}/post_ids", topics.get_post_ids, "topics/post_ids", scope=_READ),
    _row("GET", "/t/{topic_id:int}/excerpts", topics.get_excerpts, "topics/excerpts", scope=_READ),
    *(
        _user("PUT", path, topics.update_topic, "topics/update", scope=_EDIT, summary="Title, category, tags")
        for path in _TOPIC_PATHS
    ),
    _user("PUT", "/t/{topic_id:int}/tags", topics.update_topic, "topics/update_tags", scope=_EDIT),
    *(_user("DELETE", path, topics.delete_topic, "topics/destroy", scope="topics:delete") for path in _TOPIC_PATHS),
    _user("PUT", "/t/{topic_id:int}/recover", topics.recover_topic, "topics/recover", scope="topics:recover"),
    *(
        _user(
            "PUT",
            f"{path}/status",
            topics.put_status,
            "topics/status",
            scope="topics:status topics:update wordpress:publishing",
        )
        for path in _TOPIC_PATHS
    ),
    _user("PUT", "/t/{topic_id:int}/change-timestamp", topics.put_timestamp, "topics/change_timestamps"),
    _user("PUT", "/t/{topic_id:int}/reset-bump-date", topics.put_bump_date, "topics/reset_bump_date"),
    _user("PUT", "/t/{topic_id:int}/reset-bump-date/{post_id:int}", topics.put_bump_date, "topics/reset_bump_date"),
    _user(
        "POST",
        "/t/{topic_id:int}/change-owner",
        topics.post_owner,
        "topics/change_post_owners",
        scope="topics:change_owner",
    ),
    _user("PUT", "/t/{topic_id:int}/clear-pin", topics.put_clear_pin, "topics/clear_pin"),
    _user("PUT", "/t/{topic_id:int}/re-pin", topics.put_re_pin, "topics/re_pin"),
    _user("POST", "/t/{topic_id:int}/notifications", topics.post_notifications, "topics/set_notifications"),
    _user("POST", "/t/{topic_id:int}/timings", topics.post_timings, "topics/timings"),
    _user("POST", "/topics/timings", topics.post_timings, "topics/timings"),
    _user("DELETE", "/t/{topic_id:int}/timings", topics.delete_timings, "topics/destroy_timings"),
    _user("PUT", "/t/{topic_id:int}/bookmark", bookmarks.put_topic_bookmark, "topics/bookmark"),
    _user("PUT", "/t/{topic_id:int}/remove_bookmarks", bookmarks.put_remove_bookmarks, "topics/remove_bookmarks"),
    _user("PUT", "/topics/reset-new", topics.put_reset_new, "topics/reset_new"),
)

POST_ROWS = (
    _user("POST", "/posts", posts.create_post, "posts/create", scope="topics:write wordpress:publishing",
          summary="A topic, a reply or a message"),
    _row("GET", "/posts", posts.get_posts, "posts/latest", scope="posts:list", summary="The newest posts"),
    _user("GET", "/private-posts", posts.get_private_posts, "posts/latest"),
    _row("GET", "/posts/{post_id:int}", posts.get_post, "posts/show", summary="A post with its Markdown"),
    _row("GET", "/posts/by_number/{topic_id:int}/{post_number:int}", posts.get_post_by_number, "posts/by_number"),
    _user("PUT", "/posts/{post_id:int}", posts.update_post, "posts/update", scope="posts:edit", summary="A new text"),
    _user("DELETE", "/posts/{post_id:int}", posts.delete_post, "posts/destroy", scope="posts:delete"),
    _user("DELETE", "/posts/destroy_many", posts.delete_posts, "posts/destroy_many"),
    _user("PUT", "/posts/{post_id:int}/recover", posts.recover_post, "posts/recover", scope="posts:recover"),
    _row("GET", "/posts/{post_id:int}/replies", posts.get_replies, "posts/replies"),
    _row("GET", "/posts/{post_id:int}/reply-ids", posts.get_reply_ids, "posts/reply_ids"),
    _row("GET", "/posts/{post_id:int}/reply-history", posts.get_reply_history, "posts/reply_history"),
    _row("GET", "/posts/{post_id:int}/cooked", posts.get_cooked, "posts/cooked"),
    _row("GET", "/posts/{post_id:int}/raw", posts.get_raw, "posts/markdown_id"),
    _user("PUT", "/posts/{post_id:int}/wiki", posts.put_wiki, "posts/wiki"),
    _user("PUT", "/posts/{post_id:int}/locked", posts.put_locked, "posts/locked"),
    _user("PUT", "/posts/{post_id:int}/rebake", posts.put_rebake, "posts/rebake", summary="Its HTML made again"),
    _row("GET", "/posts/{post_id:int}/revisions/latest", posts.get_latest_revision, "posts/latest_revision",
         scope="revisions:read"),
    _row("GET", "/posts/{post_id:int}/revisions/{revision:int}", posts.get_revision, "posts/revisions",
         scope="revisions:read"),
    _user("PUT", "/posts/{post_id:int}/revisions/{revision:int}/revert", posts.put_revert, "posts/revert",
          scope="revisions:modify"),
    _user("DELETE", "/posts/{post_id:int}/bookmark", bookmarks.delete_bookmark_of_post, "posts/destroy_bookmark"),
    _row("GET", "/raw/{topic_id:int}", posts.get_raw_topic, "posts/markdown_num", suffixes=()),
    _row("GET", "/raw/{topic_id:int}/{post_number:int}", posts.get_raw_topic, "posts/markdown_num", suffixes=()),
    _row("GET", "/p/{post_id:int}", posts.find_post_topic, "posts/short_link"),
    _user("POST", "/post_actions", posts.create_post_action, "post_actions/create", summary="Likes a post"),
    _user("DELETE", "/post_actions/{post_id:int}", posts.delete_post_action, "post_actions/destroy"),
    _row("GET", "/post_action_users", posts.get_post_action_users, "post_action_users/index"),
    _row("POST", "/clicks/track", posts.track_click, "clicks/track", csrf=False, summary="Counts a followed link"),
    _user("POST", "/bookmarks", bookmarks.create_bookmark, "bookmarks/create"),
    _user("DELETE", "/bookmarks/{bookmark_id:int}", bookmarks.delete_bookmark, "bookmarks/destroy"),
)  # fmt: skip

ABSENT_ROWS = (
    absent(
        "GET", "/posts/{post_id:int}/expand-embed", why="no posts are made from other sites' pages", dialect="discourse"
    ),
    absent("GET", "/posts/{post_id:int}/raw-email", why="posts do not arrive by e-mail", dialect="discourse"),
    absent("PUT", "/t/{topic_id:int}/shared-draft", why="there are no shared drafts", dialect="discourse"),
    absent("PUT", "/t/{topic_id:int}/publish", why="there are no shared drafts", dialect="discourse"),
)

TOPIC_ROWS = (*LIST_ROWS, *TOPIC_ROWS_ONLY, *POST_ROWS, *ABSENT_ROWS)
