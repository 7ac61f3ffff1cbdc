"""Rows to records: a mapper reads the columns that a record's fields name and restores booleans.

Columns hold integers, floats, text and bytes only, so the one conversion needed is 0/1 to bool.
"""

from __future__ import annotations

import typing
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Table

RecordT = typing.TypeVar("RecordT", bound=msgspec.Struct)


class Mapper(typing.Generic[RecordT]):
    """Maps rows of `table` (or of the named other columns) to `record`, field by field in its order."""

    def __init__(self, record: type[RecordT], table: Table, **others: ColumnElement[Any]) -> None:
        self.record = record
        self.names: tuple[str, ...] = record.__struct_fields__
        self.columns: tuple[ColumnElement[Any], ...] = tuple(
            others[name] if name in others else table.c[name] for name in self.names
        )
        hints = typing.get_type_hints(record)
        self._booleans = tuple(index for index, name in enumerate(self.names) if hints[name] is bool)

    def one(self, row: Sequence[Any], *, offset: int = 0) -> RecordT:
        """The record in a row, whose first column is at `offset`."""
        values = list(row[offset : offset + len(self.names)])
        for index in self._booleans:
            values[index] = bool(values[index])
        return self.record(*values)

    def maybe(self, row: Sequence[Any] | None, *, offset: int = 0) -> RecordT | None:
        return None if row is None else self.one(row, offset=offset)

    def all(self, rows: Iterable[Sequence[Any]]) -> list[RecordT]:
        return [self.one(row) for row in rows]

    def __len__(self) -> int:
        return len(self.names)
