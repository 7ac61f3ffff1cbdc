"""Triggers that keep `people_ranks` and `people_seen` as accounts come, change and go.

In the database, so that no service, import or upkeep can forget it (docs/decisions/0017). One writer at a time adds to
one row on SQLite; on PostgreSQL each person has rows of its own, which `tallies.py` adds up.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

_RANK: Final = ("trust_level", "active", "admin", "moderator", "staged")
_HOUR: Final = "3600000"


def _add_rank(row: str, by: int) -> str:
    names = ", ".join(_RANK)
    values = ", ".join(f"{row}.{name}" for name in _RANK)
    return (
        f"INSERT INTO people_ranks ({names}, user_id, count) VALUES ({values}, <part>, {by}) "
        f"ON CONFLICT ({names}, user_id) DO UPDATE SET count = people_ranks.count + excluded.count;"
    )


def _add_seen(row: str, by: int) -> str:
    return (
        "INSERT INTO people_seen (hour, user_id, count) "
        f"SELECT {row}.last_seen_at / {_HOUR}, <part>, {by} WHERE {row}.last_seen_at IS NOT NULL "
        "ON CONFLICT (hour, user_id) DO UPDATE SET count = people_seen.count + excluded.count;"
    )


# (name, when, row that decides whose it is, what must differ, statements)
_TRIGGERS: Final = (
    ("tally_users_insert", "INSERT", "NEW", "", (_add_rank("NEW", 1), _add_seen("NEW", 1))),
    ("tally_users_delete", "DELETE", "OLD", "", (_add_rank("OLD", -1), _add_seen("OLD", -1))),
    (
        "tally_users_rank", f"UPDATE OF {', '.join(_RANK)}", "NEW",
        " OR ".join(f"OLD.{name} <> NEW.{name}" for name in _RANK),
        (_add_rank("OLD", -1), _add_rank("NEW", 1)),
    ),
    (
        "tally_users_seen", "UPDATE OF last_seen_at", "NEW",
        f"COALESCE(OLD.last_seen_at / {_HOUR}, -1) <> COALESCE(NEW.last_seen_at / {_HOUR}, -1)",
        (_add_seen("OLD", -1), _add_seen("NEW", 1)),
    ),
)  # fmt: skip


def _sqlite() -> Iterator[str]:
    for name, when, row, changed, body in _TRIGGERS:
        condition = f"{row}.id > 0 AND ({changed})" if changed else f"{row}.id > 0"
        yield (
            f"CREATE TRIGGER IF NOT EXISTS {name} AFTER {when} ON users FOR EACH ROW WHEN {condition} "
            f"BEGIN {' '.join(body).replace('<part>', '0')} END"
        )


def _postgresql() -> Iterator[str]:
    for name, when, row, changed, body in _TRIGGERS:
        condition = f"{row}.id > 0 AND ({changed})" if changed else f"{row}.id > 0"
        yield (
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $tally$ "
            f"BEGIN {' '.join(body).replace('<part>', f'{row}.id')} RETURN NULL; END $tally$"
        )
        yield (
            f"CREATE OR REPLACE TRIGGER {name} AFTER {when} ON users FOR EACH ROW WHEN ({condition}) "
            f"EXECUTE FUNCTION {name}()"
        )


SQLITE_TRIGGERS = (*_sqlite(),)
POSTGRESQL_TRIGGERS = (*_postgresql(),)
# Every row of these tables again from the accounts, for a forum that had none of them.
RECOUNT = (
    "DELETE FROM people_ranks",
    f"INSERT INTO people_ranks ({', '.join(_RANK)}, user_id, count) "
    f"SELECT {', '.join(_RANK)}, 0, COUNT(*) FROM users WHERE id > 0 GROUP BY {', '.join(_RANK)}",
    "DELETE FROM people_seen",
    f"INSERT INTO people_seen (hour, user_id, count) SELECT last_seen_at / {_HOUR}, 0, COUNT(*) "
    f"FROM users WHERE id > 0 AND last_seen_at IS NOT NULL GROUP BY last_seen_at / {_HOUR}",
)
