"""What a statement changes: the table, the columns, and which parameter names the row.

Read off the statement itself, so that nobody who writes can forget to say it. What follows is in `store/changes.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BindParameter, Delete, Insert, Update
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import BinaryExpression, BooleanClauseList, ClauseElement, ColumnClause

ANY = "*"
_WRITES = re.compile(r"\bINSERT\s+INTO\b|\bDELETE\s+FROM\b|(?:^|\()\s*(?:UPDATE|DELETE|INSERT)\b", re.IGNORECASE)
_TABLE = re.compile(r'^\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)', re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """`columns` are those of an UPDATE; None: whole rows. `binds` leads from a column to the parameter it equals."""

    table: str
    columns: frozenset[str] | None = None
    binds: dict[str, str] = field(default_factory=dict)
    inserts: bool = False


def target_of(statement: ClauseElement) -> Target | None:
    """The target of a Core statement; None for one that only reads."""
    if isinstance(statement, Insert):
        given: dict[Any, Any] = dict(getattr(statement, "_values", None) or {})
        binds = {_column(column): value.key for column, value in given.items() if isinstance(value, BindParameter)}
        return Target(statement.table.name, None, binds, inserts=True)
    if isinstance(statement, Update):
        given = dict(getattr(statement, "_values", None) or {})
        columns = frozenset(map(_column, given))
        return Target(_name(statement), columns or None, _binds(statement))
    if isinstance(statement, Delete):
        return Target(_name(statement), None, _binds(statement))
    return None


def target_of_text(sql: str) -> Target | None:
    """The target of plain SQL; `*` where it writes and does not begin with what it writes to."""
    if not _WRITES.search(sql):
        return None
    found = _TABLE.match(sql)
    return Target(found[1].lower() if found else ANY)


def _column(column: Any) -> str:
    return column if isinstance(column, str) else str(column.key)


def _name(statement: Update | Delete) -> str:
    return str(getattr(statement.table, "name", ANY))


def _binds(statement: Update | Delete) -> dict[str, str]:
    """Only conditions that must all hold count: a row outside them is not changed."""
    found: dict[str, str] = {}
    column: Any
    bind: Any
    waiting: list[Any] = list(statement._where_criteria)
    while waiting:
        clause = waiting.pop()
        if isinstance(clause, BooleanClauseList):
            if clause.operator is operators.and_:
                waiting.extend(clause.clauses)
            continue
        if isinstance(clause, BinaryExpression):
            if clause.operator is not operators.eq:
                continue
            column, bind = clause.left, clause.right
        else:
            column, bind = getattr(clause, "column", None), getattr(clause, "bind", None)
            if getattr(clause, "negated", False):
                continue
        if isinstance(column, ColumnClause) and isinstance(bind, BindParameter) and column.table is statement.table:
            found[column.name] = bind.key
    return found
