"""Triggers that mark a finished day of a report when a row that it counted is added, changed or removed.

In the database, so that no service, import or upkeep can forget it (docs/decisions/0010). A mark is a row of its own
per transaction: whoever counts a day removes the marks that it saw, and one committed meanwhile stays.
Days behind `report_progress.day` are not marked: they are counted whenever they are asked for.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Final

_DAY: Final = "86400000"
_HORIZON = "(SELECT reached.day FROM report_progress reached WHERE reached.id = 1)"
_OF_POSTS = ("posts", "listed_posts", "messages_with_replies", "engaged")
_OF_TOPICS = ("topics", "listed_topics", "messages", "system_messages", "answers")
_PUBLIC = "earlier.deleted_at IS NULL AND earlier.post_type = 1 AND home.archetype = 0 AND home.deleted_at IS NULL"


def _mark(kinds: Sequence[str], days: str) -> str:
    """One statement: marks these kinds on the days that the SELECT `days` gives as `day`."""
    names = " UNION ALL ".join(f"SELECT '{kind}' AS kind" for kind in kinds)
    return (
        "INSERT INTO report_marks (kind, day, transaction_id) SELECT DISTINCT named.kind, marked.day, <transaction> "
        f"FROM ({names}) named CROSS JOIN ({days}) marked WHERE marked.day <= {_HORIZON} AND NOT EXISTS "
        "(SELECT 1 FROM report_marks known WHERE known.kind = named.kind AND known.day = marked.day "
        "AND known.transaction_id = <transaction>);"
    )


def _of(*rows: str, column: str = "created_at") -> str:
    return " UNION ALL ".join(f"SELECT {row}.{column} / {_DAY} AS day" for row in rows)


def _first_post(author: str, elsewhere: str) -> str:
    """The day of somebody's first public post besides those that changed: who was new on it may change with them."""
    return (
        f"SELECT earlier.created_at / {_DAY} FROM posts earlier JOIN topics home ON home.id = earlier.topic_id "
        f"WHERE earlier.user_id = {author} AND earlier.user_id > 0 AND {elsewhere} AND {_PUBLIC} "
        "ORDER BY earlier.created_at LIMIT 1"
    )


def _posts(*rows: str) -> Iterator[str]:
    yield _mark(_OF_POSTS, _of(*rows))
    past = " OR ".join(f"{row}.created_at / {_DAY} <= {_HORIZON}" for row in rows)
    firsts = " UNION ALL ".join(
        f"SELECT ({_first_post(f'{row}.user_id', f'earlier.id <> {row}.id')}) AS day" for row in rows
    )
    yield _mark(("new_authors",), f"SELECT found.day FROM ({_of(*rows)} UNION ALL {firsts}) found WHERE {past}")


def _answered(row: str) -> str:
    return f"SELECT asked.created_at / {_DAY} AS day FROM topics asked WHERE asked.id = {row}.topic_id"


# Of all replies to a topic only the first of somebody else changes how long it waited. Looked for among the first few,
# as whoever asked may have gone on for thousands of posts; a day that is marked without need is counted once more.
_LOOKED_THROUGH: Final = 50
_FIRST_ANSWER = (
    f"{_answered('NEW')} AND NEW.post_number > 1 AND NEW.post_type = 1 AND NEW.user_id <> asked.user_id "
    "AND NOT EXISTS (SELECT 1 FROM (SELECT * FROM posts spoken WHERE spoken.topic_id = NEW.topic_id "
    f"AND spoken.post_number > 1 AND spoken.post_number < NEW.post_number ORDER BY spoken.post_number "
    f"LIMIT {_LOOKED_THROUGH}) earlier WHERE earlier.user_id <> asked.user_id AND earlier.user_id > 0 "
    "AND earlier.deleted_at IS NULL AND earlier.post_type = 1)"
)


def _of_post(table: str, where: str) -> str:
    bookmarked = " AND found.subject = 'Post'" if table == "bookmarks" else ""
    column = "subject_id" if table == "bookmarks" else "post_id"
    return f"SELECT found.created_at / {_DAY} AS day FROM {table} found WHERE found.{column} {where}{bookmarked}"


def _topic_changed() -> Iterator[str]:
    yield _mark(_OF_TOPICS, _of("OLD", "NEW"))
    spoken = f"SELECT spoken.created_at / {_DAY} AS day FROM posts spoken WHERE spoken.topic_id = NEW.id"
    yield _mark((*_OF_POSTS, "new_authors"), spoken)
    authors = "SELECT DISTINCT spoken.user_id FROM posts spoken WHERE spoken.topic_id = NEW.id AND spoken.user_id > 0"
    first = _first_post("author.user_id", "earlier.topic_id <> NEW.id")
    yield _mark(("new_authors",), f"SELECT ({first}) AS day FROM ({authors}) author")


def _topic_moved() -> Iterator[str]:
    in_topic = "IN (SELECT held.id FROM posts held WHERE held.topic_id = NEW.id)"
    yield _mark(("topics", "answers"), _of("NEW"))
    yield _mark(("posts",), f"SELECT held.created_at / {_DAY} AS day FROM posts held WHERE held.topic_id = NEW.id")
    yield _mark(("likes",), _of_post("votes", in_topic))
    of_topic = f"SELECT kept.created_at / {_DAY} FROM bookmarks kept WHERE kept.subject_id = NEW.id"
    yield _mark(("bookmarks",), f"{_of_post('bookmarks', in_topic)} UNION ALL {of_topic} AND kept.subject = 'Topic'")


def _post_changed() -> Iterator[str]:
    yield from _posts("OLD", "NEW")
    yield _mark(("answers",), f"{_answered('OLD')} UNION ALL {_answered('NEW')}")
    for kind, table in (("likes", "votes"), ("bookmarks", "bookmarks")):
        yield _mark((kind,), f"{_of_post(table, '= NEW.id')} AND OLD.topic_id <> NEW.topic_id")
    yield _mark(("liked",), f"{_of_post('votes', '= NEW.id')} AND OLD.user_id <> NEW.user_id")


def _visited(row: str) -> list[str]:
    return [_mark(("visits", "month"), f"SELECT {row}.day AS day")]


# (table, columns whose change matters or none for INSERT and DELETE, statements)
_TRIGGERS: tuple[tuple[str, str, Sequence[str], Sequence[str]], ...] = (
    ("posts", "INSERT", (), (*_posts("NEW"),)),
    ("posts", "INSERT", (), (_mark(("answers",), _FIRST_ANSWER),)),
    ("posts", "DELETE", (), (*_posts("OLD"), _mark(("answers",), _answered("OLD")))),
    (
        "posts", "UPDATE", ("deleted_at", "post_type", "user_id", "topic_id", "post_number", "created_at"),
        (*_post_changed(),),
    ),
    ("topics", "INSERT", (), (_mark(_OF_TOPICS, _of("NEW")),)),
    ("topics", "DELETE", (), (_mark(_OF_TOPICS, _of("OLD")),)),
    ("topics", "UPDATE", ("deleted_at", "archetype", "user_id", "created_at"), (*_topic_changed(),)),
    ("topics", "UPDATE", ("category_id",), (*_topic_moved(),)),
    ("topics", "UPDATE", ("visible",), (_mark(("listed_topics",), _of("NEW")),)),
    ("votes", "INSERT", (), (_mark(("likes", "liked", "engaged"), _of("NEW")),)),
    ("votes", "DELETE", (), (_mark(("likes", "liked", "engaged"), _of("OLD")),)),
    ("votes", "UPDATE", ("value", "created_at", "user_id"), (_mark(("likes", "liked", "engaged"), _of("OLD", "NEW")),)),
    ("bookmarks", "INSERT", (), (_mark(("bookmarks",), _of("NEW")),)),
    ("bookmarks", "DELETE", (), (_mark(("bookmarks",), _of("OLD")),)),
    ("bookmarks", "UPDATE", ("created_at", "subject", "subject_id"), (_mark(("bookmarks",), _of("OLD", "NEW")),)),
    ("user_visits", "INSERT", (), _visited("NEW")),
    ("user_visits", "DELETE", (), _visited("OLD")),
    ("user_visits", "UPDATE", ("user_id", "day"), (*_visited("OLD"), *_visited("NEW"))),
    ("users", "INSERT", (), (_mark(("signups",), _of("NEW")),)),
    ("users", "DELETE", (), (_mark(("signups",), _of("OLD")),)),
    ("users", "UPDATE", ("staged", "created_at"), (_mark(("signups",), _of("OLD", "NEW")),)),
)  # fmt: skip


def _guard(table: str, act: str, body: Sequence[str]) -> str:
    """What must hold for the trigger to mark anything: nearly all rows are of today, which no trigger marks."""
    if act != "INSERT" or "asked" in body[0]:
        return f"{_HORIZON} IS NOT NULL"
    return f"NEW.{'day' if table == 'user_visits' else f'created_at / {_DAY}'} <= {_HORIZON}"


def _named() -> Iterator[tuple[str, str, str, Sequence[str], str, str]]:
    """(name, table, when with its columns, columns, guard, statements)"""
    for table, act, columns, body in _TRIGGERS:
        what = ("answers",) if act == "INSERT" and "asked" in body[0] else columns[:1]
        name = "_".join(("report", table, act.lower(), *what))
        when = f"{act} OF {', '.join(columns)}" if columns else act
        yield name, table, when, columns, _guard(table, act, body), " ".join(body)


def _sqlite() -> Iterator[str]:
    for name, table, when, columns, guard, body in _named():
        changed = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)
        condition = f"({changed}) AND {guard}" if columns else guard
        yield (
            f"CREATE TRIGGER IF NOT EXISTS {name} AFTER {when} ON {table} FOR EACH ROW WHEN {condition} "
            f"BEGIN {body.replace('<transaction>', '0')} END"
        )


def _postgresql() -> Iterator[str]:
    """One trigger for all that follows an act, with one look at how far reports came: each costs as much as a row."""
    xid = "CAST(CAST(pg_current_xact_id() AS text) AS bigint)"
    for (table, when, columns), rows in itertools.groupby(_named(), key=lambda row: row[1:4]):
        marking = [(name, guard.replace(_HORIZON, "horizon"), body) for name, *_, guard, body in rows]
        name = marking[0][0]
        changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
        condition = f"WHEN ({changed}) " if columns else ""
        acts = " ".join(f"IF {guard} THEN {body} END IF;" for _, guard, body in marking)
        yield (
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $marking$ "
            f"DECLARE horizon bigint := {_HORIZON}; "
            f"BEGIN {acts.replace('<transaction>', xid)} RETURN NULL; END $marking$"
        )
        yield (
            f"CREATE OR REPLACE TRIGGER {name} AFTER {when} ON {table} FOR EACH ROW {condition}"
            f"EXECUTE FUNCTION {name}()"
        )


SQLITE_TRIGGERS = (*_sqlite(),)
POSTGRESQL_TRIGGERS = (*_postgresql(),)
