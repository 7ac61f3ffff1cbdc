"""The route tables: every row has a handler, and nothing of them loads before somebody asks."""

from __future__ import annotations

import inspect

import pytest

from tertulia.dialects.nodebb.routes import ROWS
from tertulia.http.routing import Row
from tertulia.http.routing.later import LaterHandler


@pytest.mark.parametrize("row", [row for row in ROWS if row.absent is None], ids=str)
def test_every_row_has_a_handler_that_takes_a_call(row: Row) -> None:
    assert isinstance(row.handler, LaterHandler)
    handler = row.handler.resolve()
    assert inspect.iscoroutinefunction(handler)
    assert list(inspect.signature(handler).parameters) == ["call"]


def test_a_handler_that_is_not_there_is_an_error() -> None:
    with pytest.raises(AttributeError):
        LaterHandler("tertulia.dialects.nodebb.v3.topics", "fly").resolve()


def test_every_row_speaks_this_dialect_under_its_base() -> None:
    for row in ROWS:
        assert row.dialect == "nodebb" and (row.path == "/api" or row.path.startswith("/api/"))
