"""What a transaction changed in what people are shown, written beside it, so that kept answers end with its commit.

Nobody says it by hand: statements name their table, columns and row (`engine/targets.py`), and the tables below say
what follows. Whatever is not named here ends every kept answer. Read next: `freshness.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Any

import msgspec
from sqlalchemy import delete, select

from tertulia.store.engine import Tx, among, parameter, query
from tertulia.store.engine.base import Change
from tertulia.store.engine.query import POSTGRESQL
from tertulia.store.engine.targets import Target
from tertulia.store.schema.changes import changes
from tertulia.store.schema.posts import posts

EVERYTHING, LISTS, PEOPLE = 0, -1, -2
MOST_NAMED = 50
_MOST_KNOWN = 5_000

# What no kept answer shows. Adding a table here is a promise.
HIDDEN = frozenset(
    {
        "changes", "daily_counts", "deprecated_calls", "doomed_blobs", "email_tokens", "event_cursors",
        "events", "group_logs", "group_requests", "imported_topics", "imports", "jobs", "link_clicks",
        "notifications", "notifications_seen", "oneboxes", "people_ranks", "people_seen", "post_oneboxes",
        "post_revisions", "post_search", "post_search_recent", "remembered", "report_day_parts", "report_days",
        "report_marks", "report_progress", "report_quarters", "search_recent", "sqlite_sequence", "staff_actions",
        "topic_views", "user_follows", "user_uploads", "user_visits", "web_hook_events", "web_hooks",
    }
)  # fmt: skip
# Counters that may be a minute old, and what only a profile shows.
LAGGING: Mapping[str, frozenset[str]] = {
    "topics": frozenset({"views", "incoming_link_count"}),
    "posts": frozenset({"reads", "score", "incoming_link_count", "bookmark_count", "raw_key"}),
    "users": frozenset(
        {
            "last_seen_at", "last_posted_at", "post_count", "topic_count", "likes_given", "likes_received",
            "down_votes_received", "profile_views", "follower_count", "following_count", "topics_entered",
            "posts_read", "time_read", "days_visited", "password_hash", "timezone",
        }
    ),
    "topic_links": frozenset({"clicks"}),
    "uploads": frozenset({"created_at", "retain_hours"}),
    "sessions": frozenset({"seen_at", "expires_at"}),  # uses make it last longer; who ends one deletes it
    "keys": frozenset({"last_used_at", "last_used_address", "last_used_agent", "client_id"}),
}  # fmt: skip
# Columns that lists show and topics do not.
LISTED: Mapping[str, frozenset[str]] = {
    "categories": frozenset({"topic_count", "post_count", "latest_post_id", "latest_topic_id"}),
    "tags": frozenset({"topic_count"}),
}
# Columns that one topic and the lists show. Others lead to titles, links and suggestions elsewhere.
OF_TOPIC: Mapping[str, frozenset[str]] = {
    "topics": frozenset(
        {
            "bumped_at", "last_posted_at", "last_post_user_id", "last_post_id", "posts_count", "reply_count",
            "highest_post_number", "participant_count", "like_count", "first_post_like_count", "word_count", "score",
            "has_summary", "version", "updated_at", "closed", "archived", "pinned_at", "pinned_until",
            "pinned_globally", "slow_mode_seconds", "views", "incoming_link_count", "first_post_id",
        }
    ),
}  # fmt: skip
_OF_NEW_TOPIC = frozenset({"excerpt", "image_url"})
# Columns of a post whose change shows in its own topic only.
OF_POST = frozenset(
    {
        "raw", "cooked", "cook_version", "raw_key", "raw_derived", "reply_count", "quote_count", "like_count",
        "down_count", "bookmark_count", "incoming_link_count", "reads", "score", "word_count", "version",
        "public_version", "updated_at", "last_editor_id", "edit_reason", "wiki", "locked_by", "notice", "page_html",
        "page_version",
    }
)  # fmt: skip
# A new row, which nothing shown names yet.
_UNKNOWN_YET = frozenset({"users", "uploads", "upload_thumbnails", "keys", "sessions"})
# What only one person sees, in what is kept for them.
_OF_PEOPLE = frozenset({"bookmarks", "keys", "levels", "sessions", "topic_states", "user_relations"})
_ALLOWED = frozenset({"topic_allowed_users", "topic_allowed_groups"})
_ROWS_OF_TOPIC = frozenset({"topic_posters"}) | _ALLOWED
_ROWS_OF_POST = frozenset({"votes", "post_quotes", "post_mentions", "post_group_mentions", "post_uploads"})


class Reach(Enum):
    """How far a statement reaches."""

    NOWHERE = 0
    LISTS = 1
    TOPIC = 2  # the parameter names the topic
    POST = 3  # the parameter names the post
    PERSON = 4  # the parameter names the person; without one anybody may be meant
    EVERYTHING = 5


class Kept(msgspec.Struct, frozen=True):
    """Where a statement reaches, and the parameter that names the topic or post."""

    reach: Reach
    bind: str = ""


_known: dict[Target, Kept] = {}


def reach_of(target: Target) -> Kept:
    """How far a statement with this target reaches; everywhere where nothing else is promised."""
    found = _known.get(target)
    if found is None:
        found = _judge(target)
        if len(_known) < _MOST_KNOWN and (target.binds or target.columns is not None):  # others are made for one use
            _known[target] = found
    return found


def _judge(target: Target) -> Kept:
    table, columns, binds = target.table, target.columns, target.binds
    if table in HIDDEN or (columns is not None and columns <= LAGGING.get(table, frozenset())):
        return Kept(Reach.NOWHERE)
    if target.inserts and table in _UNKNOWN_YET:
        return Kept(Reach.NOWHERE)
    if columns is not None and columns <= LISTED.get(table, frozenset()):
        return Kept(Reach.LISTS)
    if table in _OF_PEOPLE:
        return Kept(Reach.PERSON, binds.get("user_id", ""))
    if table == "topics":
        return _of_topics(target)
    if table == "posts":
        return _of_posts(target)
    if table in _ALLOWED and not target.inserts:
        return Kept(Reach.EVERYTHING)  # whoever may read a message no longer must not find its title elsewhere either
    if table in _ROWS_OF_TOPIC and "topic_id" in binds:
        return Kept(Reach.TOPIC, binds["topic_id"])
    if table in _ROWS_OF_POST and "post_id" in binds:
        return Kept(Reach.POST, binds["post_id"])
    if table in ("topic_links", "topic_tags") and target.inserts and "topic_id" in binds:
        return Kept(Reach.TOPIC, binds["topic_id"])
    return Kept(Reach.EVERYTHING)


def _of_topics(target: Target) -> Kept:
    if target.inserts:
        return Kept(Reach.LISTS)
    columns = target.columns or frozenset(("title",))
    if "first_post_id" in columns:
        columns -= _OF_NEW_TOPIC  # they come with a first post, which nobody has seen yet
    if columns <= OF_TOPIC["topics"] and "id" in target.binds:
        return Kept(Reach.TOPIC, target.binds["id"])
    return Kept(Reach.EVERYTHING)


def _of_posts(target: Target) -> Kept:
    if target.inserts and "topic_id" in target.binds:
        return Kept(Reach.TOPIC, target.binds["topic_id"])
    if target.columns is not None and target.columns <= OF_POST:
        if "topic_id" in target.binds:
            return Kept(Reach.TOPIC, target.binds["topic_id"])
        if "id" in target.binds:
            return Kept(Reach.POST, target.binds["id"])
    return Kept(Reach.EVERYTHING)


# -- the log ----------------------------------------------------------------------------------------
_TOPICS_OF = query(lambda: select(posts.c.id, posts.c.topic_id).where(among(posts.c.id, "post_ids")))
_SQLITE = (
    "INSERT INTO changes (transaction_id, topic_id, user_id, created_at) "
    "SELECT 0, json_extract(value, '$[0]'), json_extract(value, '$[1]'), ? FROM json_each(?)"
)
_POSTGRESQL = (
    "INSERT INTO changes (transaction_id, topic_id, user_id, created_at) "
    "SELECT pg_current_xact_id()::text::bigint, of_topic, of_user, $1::bigint "
    "FROM unnest($2::bigint[], $3::bigint[]) changed(of_topic, of_user)"
)
_SWEEP = query(lambda: delete(changes).where(changes.c.created_at <= parameter("before")))


async def log_changes(tx: Tx, *, now: int) -> None:
    """Says in the transaction itself what it changed. The last write of every transaction."""
    found = await _find_changed(tx, tx.changed)
    if not found:
        return
    if tx.engine == POSTGRESQL:
        await tx.text(_POSTGRESQL, now, [topic_id for topic_id, _ in found], [user_id for _, user_id in found])
    else:
        await tx.text(_SQLITE, now, msgspec.json.encode(found).decode())


async def sweep_changes(tx: Tx, *, before: int) -> None:
    """Forgets rows from `before` (ms) and earlier; nobody may keep an answer nearly as long."""
    await tx.run(_SWEEP, before=before)


async def _find_changed(tx: Tx, written: Sequence[Change]) -> list[tuple[int, int]]:
    """(topic or what else, person) for each row of the log."""
    lists, topic_ids, post_ids, user_ids = False, set[int](), set[int](), set[int]()
    for target, values in written:
        kept = reach_of(target)
        if kept.reach is Reach.NOWHERE:
            continue
        named = _named(values, kept.bind) if kept.bind else None
        if kept.reach is Reach.LISTS:
            lists = True
        elif kept.reach is Reach.PERSON:
            user_ids.update((0,) if named is None else named)
        elif named is None:
            return [(EVERYTHING, 0)]
        else:
            (topic_ids if kept.reach is Reach.TOPIC else post_ids).update(named)
    if post_ids:
        rows = await tx.all(_TOPICS_OF, post_ids=sorted(post_ids))
        if len(rows) < len(post_ids):
            return [(EVERYTHING, 0)]  # a post that is gone cannot say where it was
        topic_ids.update(int(row[1]) for row in rows)
    if len(topic_ids) > MOST_NAMED:
        return [(EVERYTHING, 0)]
    if 0 in user_ids or len(user_ids) > MOST_NAMED:
        user_ids = {0}
    named_topics = sorted(topic_ids) or ([LISTS] if lists else [])
    return [*((topic_id, 0) for topic_id in named_topics), *((PEOPLE, user_id) for user_id in sorted(user_ids))]


def _named(values: Mapping[str, Any] | None, bind: str) -> Iterable[int] | None:
    value = values.get(bind) if values is not None else None
    if isinstance(value, int):
        return (value,)
    if isinstance(value, list | tuple | set | frozenset):
        return [int(each) for each in value]
    return None
