"""What the SQLite of this Python can do, for checks of an installation."""

from __future__ import annotations

import sqlite3

import msgspec


class SqliteFacts(msgspec.Struct, frozen=True):
    """Version as numbers and as text, and whether full-text search is compiled in."""

    version: tuple[int, ...]
    text: str
    has_full_text: bool


def sqlite_facts() -> SqliteFacts:
    """Asks a database in memory."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE t USING fts5(x)")
        has_full_text = True
    except sqlite3.OperationalError:
        has_full_text = False
    finally:
        connection.close()
    return SqliteFacts(sqlite3.sqlite_version_info, sqlite3.sqlite_version, has_full_text)
