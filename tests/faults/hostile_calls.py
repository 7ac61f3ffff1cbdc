"""Requests that fit a row of the route table and little else: wrong types, absurd numbers, odd names.

The same seed makes the same calls.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any
from urllib.parse import quote

from tertulia.http.routing import Row
from tertulia.http.routing.later import LaterHandler
from tertulia.http.routing.rows import Parameter, parse_template
from tertulia.testing.client import encode_form
from tests.uploading import PDF, bomb, multipart, picture
from tests.uploading import headers as with_boundary

ROOMS = ("tertulia.dialects", "tertulia.pages")
NUMBERS = ("1", "2", "3", "4", "2", "1", "0", "-1", "99", "9223372036854775807", "9223372036854775808", "9" * 23)
WORDS = (
    "admin", "member", "system", "nobody", "general-talk", "latest", "title", "-", "é", "a" * 300, "..", "a/b", "a.b",
    "\0", "%ff", "x\r\ny", "'\"", "<script>", "1",
)  # fmt: skip
# What many rules accept, so that a call comes further than the first check.
PLAUSIBLE: dict[str, Any] = {
    "raw": "A text that is long enough to be taken, surely.",
    "content": "A text that is long enough to be taken, surely.",
    "title": "A title that is long enough",
    "username": "member",
    "name": "Plausible",
    "id": 2,
    "post_action_type_id": 2,
    "status": "closed",
}
ODD: tuple[Any, ...] = (
    None, True, False, 0, 1, 2, -1, 2**31, 2**63 - 1, 2**63, 2**70, 1.5, 1e308, "", " ", "1", "-1", "true", "x" * 3000,
    "\0", "é\u202e", "member", "@member,admin", "a@b.c", "2026-01-01", "0001-01-01T00:00:00+14:00", "9999-99-99",
    "9" * 30, "1,2,x", "1e5", "nan", "²", "private_message", "Topic", [], [None], [1, "x", {}, []], [[]],
    [{"name": "t"}], ["admin", "member"], {}, {"a": 1}, {"0": "x"}, {"raw": 5}, {"title": [1]}, {"a": {"b": [1]}},
)  # fmt: skip


FILES = (
    b"", b"text", PDF, picture(), picture()[:40], bomb(), b"GIF89a", b"\xff\xd8\xff", b"<svg xmlns='x'><script/></svg>",
)  # fmt: skip
FILE_NAMES = (
    "a.png", "a.txt", "a.svg", "..", "a/b.gif", "\u202egnp.exe", "a;b=c.pdf", "x" * 400 + ".jpg", ".png", "a\0.md",
)  # fmt: skip


class Calls:
    """Calls made up with one random generator."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def path(self, row: Row) -> str:
        """A path of the row, mostly with ids and names that exist."""
        segments = []
        for segment in parse_template(row.path):
            if isinstance(segment, Parameter):
                chosen = NUMBERS if segment.converter == "int" else WORDS
                known = chosen[:6] if self.random.random() < 0.8 else chosen
                segments.append(quote(self.random.choice(known), safe="-"))
            else:
                segments.append(segment)
        suffix = self.random.choice(("", *row.suffixes))
        return "/" + "/".join(segments) + (suffix if segments else "")

    def values(self, row: Row) -> dict[str, Any]:
        """Parameters that the row's handler reads, some of them, with values that it may not expect."""
        names = sorted(parameter_names(row))
        chosen = self.random.sample(names, min(len(names), self.random.choice((1, 3, 6, 12))))
        return {name: self._value(name) for name in chosen}

    def _value(self, name: str) -> Any:
        last = name.rpartition("_")[2]
        if self.random.random() < 0.5 and (name in PLAUSIBLE or last in PLAUSIBLE):
            return PLAUSIBLE.get(name, PLAUSIBLE.get(last))
        return self.random.choice(ODD)

    def call(self, row: Row, headers: dict[str, str], values: dict[str, Any]) -> dict[str, Any]:
        """What `Forum.request` takes: the values as JSON, as a form with or without a file, or in the query."""
        path, form = self.path(row), self.random.choice(("json", "form", "query", "file"))
        if row.method == "GET" or form == "query":
            return {"method": row.method, "path": f"{path}?{encode_form(values).decode()}", "headers": headers}
        if form == "file":
            field = self.random.choice((*values, "file", "files[]"))
            fields = {key: value for key, value in values.items() if key not in ("content", "name", "field")}
            body = multipart(self.random.choice(FILES), name=self.random.choice(FILE_NAMES), field=field, **fields)
            return {"method": row.method, "path": path, "headers": with_boundary(headers), "body": body}
        return {"method": row.method, "path": path, "headers": headers, form: values}


def parameter_names(row: Row) -> set[str]:
    """Every word that the code of the row's handler, and what it calls in its room, may read as a name."""
    handler = row.handler.resolve() if isinstance(row.handler, LaterHandler) else row.handler
    return {"id", "page"} | {
        word
        for function in _reached(handler, set())
        for word in _texts(function.__code__.co_consts)
        if re.fullmatch("[a-z_][a-zA-Z_]{0,40}", word)
    }


def _reached(function: Callable[..., Any] | Any, seen: set[object]) -> Iterator[FunctionType]:
    if not isinstance(function, FunctionType) or function in seen or not function.__module__.startswith(ROOMS):
        return
    seen.add(function)
    yield function
    held = [cell.cell_contents for cell in function.__closure__ or ()]
    for other in [*(function.__globals__.get(name) for name in function.__code__.co_names), *held]:
        yield from _reached(other, seen)


def _texts(constants: tuple[Any, ...]) -> Iterator[str]:
    for constant in constants:
        if isinstance(constant, str):
            yield constant
        elif isinstance(constant, tuple | frozenset):
            yield from _texts(tuple(constant))
