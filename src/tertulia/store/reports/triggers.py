"""Triggers that mark a finished quarter of an hour when a row that reports counted in it is added, changed or removed.

In the database, so that no service, import or upkeep can forget it (docs/decisions/0010). A mark is a row of its own
per transaction: whoever counts removes the marks that it saw, and one committed meanwhile stays.
Quarters behind `report_progress.quarter` are not marked: they are counted whenever they are asked for.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Final

_QUARTER: Final = "900000"
_OF_DAY: Final = 96  # quarters
_FINE_DAYS: Final = 30  # finished days of which quarters are kept; what changed before marks the first of its day
_HORIZON = "(SELECT reached.quarter FROM report_progress reached WHERE reached.id = 1)"
_LAST_DAY = f"(SELECT reached.day * {_OF_DAY} FROM report_progress reached WHERE reached.id = 1)"
_OF_POSTS = ("posts", "listed_posts", "messages_with_replies", "engaged")
_OF_TOPICS = ("topics", "listed_topics", "messages", "system_messages", "answers")
_PUBLIC = "earlier.deleted_at IS NULL AND earlier.post_type = 1 AND home.archetype = 0 AND home.deleted_at IS NULL"


def _mark(kinds: Sequence[str], quarters: str, *, horizon: str = "reached.quarter") -> str:
    """One statement: marks these kinds in the quarters that the SELECT `quarters` gives as `quarter`."""
    names = " UNION ALL ".join(f"SELECT '{kind}' AS kind" for kind in kinds)
    place = (
        f"CASE WHEN changed.quarter / {_OF_DAY} > reached.day - {_FINE_DAYS} THEN changed.quarter "
        f"ELSE changed.quarter / {_OF_DAY} * {_OF_DAY} END"
    )
    return (
        "INSERT INTO report_marks (kind, quarter, transaction_id) "
        f"SELECT DISTINCT named.kind, marked.quarter, <transaction> FROM ({names}) named "
        f"CROSS JOIN (SELECT DISTINCT {place} AS quarter FROM ({quarters}) changed CROSS JOIN report_progress reached "
        f"WHERE reached.id = 1 AND changed.quarter <= {horizon}) marked WHERE NOT EXISTS "
        "(SELECT 1 FROM report_marks known WHERE known.kind = named.kind AND known.quarter = marked.quarter "
        "AND known.transaction_id = <transaction>);"
    )


def _of(*rows: str, column: str = "created_at") -> str:
    return " UNION ALL ".join(f"SELECT {row}.{column} / {_QUARTER} AS quarter" for row in rows)


def _first_post(author: str, elsewhere: str) -> str:
    """When somebody first posted in public besides what changed: who was new in that quarter may change with it."""
    return (
        f"SELECT earlier.created_at / {_QUARTER} FROM posts earlier JOIN topics home ON home.id = earlier.topic_id "
        f"WHERE earlier.user_id = {author} AND earlier.user_id > 0 AND {elsewhere} AND {_PUBLIC} "
        "ORDER BY earlier.created_at LIMIT 1"
    )


def _posts(*rows: str) -> Iterator[str]:
    yield _mark(_OF_POSTS, _of(*rows))
    past = " OR ".join(f"{row}.created_at / {_QUARTER} <= {_HORIZON}" for row in rows)
    firsts = " UNION ALL ".join(
        f"SELECT ({_first_post(f'{row}.user_id', f'earlier.id <> {row}.id')}) AS quarter" for row in rows
    )
    yield _mark(("new_authors",), f"SELECT found.quarter FROM ({_of(*rows)} UNION ALL {firsts}) found WHERE {past}")


def _answered(row: str) -> str:
    return f"SELECT asked.created_at / {_QUARTER} AS quarter FROM topics asked WHERE asked.id = {row}.topic_id"


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
    return (
        f"SELECT found.created_at / {_QUARTER} AS quarter FROM {table} found WHERE found.{column} {where}{bookmarked}"
    )


def _topic_changed() -> Iterator[str]:
    yield _mark(_OF_TOPICS, _of("OLD", "NEW"))
    spoken = f"SELECT spoken.created_at / {_QUARTER} AS quarter FROM posts spoken WHERE spoken.topic_id = NEW.id"
    yield _mark((*_OF_POSTS, "new_authors"), spoken)
    authors = "SELECT DISTINCT spoken.user_id FROM posts spoken WHERE spoken.topic_id = NEW.id AND spoken.user_id > 0"
    first = _first_post("author.user_id", "earlier.topic_id <> NEW.id")
    yield _mark(("new_authors",), f"SELECT ({first}) AS quarter FROM ({authors}) author")


def _topic_moved() -> Iterator[str]:
    in_topic = "IN (SELECT held.id FROM posts held WHERE held.topic_id = NEW.id)"
    yield _mark(("topics", "answers"), _of("NEW"))
    yield _mark(
        ("posts",), f"SELECT held.created_at / {_QUARTER} AS quarter FROM posts held WHERE held.topic_id = NEW.id"
    )
    yield _mark(("likes",), _of_post("votes", in_topic))
    of_topic = f"SELECT kept.created_at / {_QUARTER} FROM bookmarks kept WHERE kept.subject_id = NEW.id"
    yield _mark(("bookmarks",), f"{_of_post('bookmarks', in_topic)} UNION ALL {of_topic} AND kept.subject = 'Topic'")


def _post_changed() -> Iterator[str]:
    yield from _posts("OLD", "NEW")
    yield _mark(("answers",), f"{_answered('OLD')} UNION ALL {_answered('NEW')}")
    for kind, table in (("likes", "votes"), ("bookmarks", "bookmarks")):
        yield _mark((kind,), f"{_of_post(table, '= NEW.id')} AND OLD.topic_id <> NEW.topic_id")
    yield _mark(("liked",), f"{_of_post('votes', '= NEW.id')} AND OLD.user_id <> NEW.user_id")


def _visited(row: str) -> list[str]:
    """Visits know their day alone, and are kept of finished days only."""
    quarters = f"SELECT {row}.day * {_OF_DAY} AS quarter"
    return [_mark(("visits", "month"), quarters, horizon=f"reached.day * {_OF_DAY}")]


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
    """What must hold for the trigger to mark anything: nearly all rows are of this quarter, which no trigger marks."""
    if act != "INSERT" or "asked" in body[0]:
        return f"{_HORIZON} IS NOT NULL"
    if table == "user_visits":
        return f"NEW.day * {_OF_DAY} <= {_LAST_DAY}"
    return f"NEW.created_at / {_QUARTER} <= {_HORIZON}"


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
        reached = _LAST_DAY if (table, when) == ("user_visits", "INSERT") else _HORIZON
        marking = [(name, guard.replace(reached, "horizon"), body) for name, *_, guard, body in rows]
        name = marking[0][0]
        changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
        condition = f"WHEN ({changed}) " if columns else ""
        acts = " ".join(f"IF {guard} THEN {body} END IF;" for _, guard, body in marking)
        yield (
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $marking$ "
            f"DECLARE horizon bigint := {reached}; "
            f"BEGIN {acts.replace('<transaction>', xid)} RETURN NULL; END $marking$"
        )
        yield (
            f"CREATE OR REPLACE TRIGGER {name} AFTER {when} ON {table} FOR EACH ROW {condition}"
            f"EXECUTE FUNCTION {name}()"
        )


SQLITE_TRIGGERS = (*_sqlite(),)
POSTGRESQL_TRIGGERS = (*_postgresql(),)
