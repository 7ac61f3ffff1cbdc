"""OpenAPI 3.1 from the route tables: what each row takes from its path and what its handler promises to answer.

The shapes are read off the handlers' return annotations, so the description cannot drift from the code.
`tertulia openapi` prints it; `docs/reference/openapi.json` keeps it, and a test compares.
"""

from __future__ import annotations

import json
import re
import types
import typing
from collections.abc import Callable, Iterable
from typing import Any

from tertulia.http.call import Answer
from tertulia.http.routing import Row
from tertulia.http.routing.later import LaterHandler
from tertulia.http.schemas import Schemas

_PARAMETER = re.compile(r"\{([a-z_][a-z0-9_]*)(?::([a-z]+))?\}")
MEDIA = {"json": "application/json", "html": "text/html", "rss": "application/rss+xml"}


def describe(rows: Iterable[Row], *, version: str) -> dict[str, Any]:
    """The whole description; rows that are declared absent are left out.

    Rows of one method and path that answer in different formats are one operation."""
    shown = [row for row in rows if row.absent is None]
    schemas = Schemas()
    paths: dict[str, dict[str, Any]] = {}
    for row in sorted(shown, key=lambda row: (row.path, row.method, row.formats)):
        promise = promised(row)
        operation = _operation(row, schema={} if promise is None else schemas.of(promise))
        entry = paths.setdefault(bare_path(row), {})
        known = entry.setdefault(row.method.lower(), operation)
        if known is not operation:
            for status, response in operation["responses"].items():
                here = known["responses"].setdefault(status, response)
                here["content"] = {**response["content"], **here["content"]}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tertulia", "version": version, "license": {"name": "Apache-2.0"}},
        "paths": paths,
        "components": {"schemas": dict(sorted(schemas.components.items())), "securitySchemes": _SECURITY},
    }


def render(description: dict[str, Any]) -> str:
    """The description as JSON with one path and one component per line, so that a diff shows what changed."""
    parts = []
    for key, value in description.items():
        if key == "paths":
            parts.append(f'"paths": {_lines(value)}')
        elif key == "components":
            inner = [f"{json.dumps(name)}: {_lines(held)}" for name, held in value.items()]
            parts.append('"components": {\n' + ",\n".join(inner) + "\n}")
        else:
            parts.append(f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _lines(held: dict[str, Any]) -> str:
    encoded = (
        f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False, separators=(',', ':'))}"
        for name, value in held.items()
    )
    return "{\n" + ",\n".join(encoded) + "\n}"


def bare_path(row: Row) -> str:
    """The row's path as OpenAPI writes it: parameters without their converters."""
    return _PARAMETER.sub(r"{\1}", row.path)


_SECURITY = {
    "apiKey": {"type": "apiKey", "in": "header", "name": "Api-Key"},
    "userApiKey": {"type": "apiKey", "in": "header", "name": "User-Api-Key"},
    "bearer": {"type": "http", "scheme": "bearer"},
    "session": {"type": "apiKey", "in": "cookie", "name": "_t"},
}


def promised(row: Row) -> Any:
    """The type that the row's JSON answer has: as its handler is annotated, else `answer` of the row, else None."""
    if "json" not in row.formats:
        return None
    hint = typing.get_type_hints(_handler(row)).get("return", Any)
    options = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    kept = [option for option in options if option not in (Answer, Any, None, type(None))]
    return kept[0] if len(kept) == 1 else row.answer


def _handler(row: Row) -> Callable[..., Any]:
    return row.handler.resolve() if isinstance(row.handler, LaterHandler) else row.handler


def _operation(row: Row, *, schema: dict[str, Any]) -> dict[str, Any]:
    doc = (_handler(row).__doc__ or "").strip().split("\n")[0]
    content = {
        MEDIA.get(form, "text/plain"): {"schema": schema if form == "json" else {"type": "string"}}
        for form in row.formats
    }
    operation: dict[str, Any] = {
        "operationId": operation_id(row),
        "tags": [row.dialect],
        "summary": row.summary or doc,
        "parameters": [
            {
                "name": name,
                "in": "path",
                "required": True,
                "schema": {"type": "integer"} if kind == "int" else {"type": "string"},
            }
            for name, kind in _PARAMETER.findall(row.path)
        ],
        "responses": {str(row.status): {"description": "Done", "content": content}, "default": _FAILURE},
    }
    if row.method not in ("GET", "HEAD", "DELETE"):
        operation["requestBody"] = {
            "content": {media: {"schema": {"type": "object"}} for media in _BODIES},
            "required": False,
        }
    if row.access != "anyone":
        names = ("bearer", "session") if row.dialect == "nodebb" else ("apiKey", "userApiKey", "session")
        operation["security"] = [{name: []} for name in names]
    return operation


_FAILURE = {"description": "Refused; the code is in X-Tertulia-Reason", "content": {}}
_BODIES = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")


def operation_id(row: Row) -> str:
    """Unique per row: method, path and format."""
    path = re.sub(r"[^a-z0-9]+", "_", _PARAMETER.sub(r"\1", row.path).lower()).strip("_")
    return f"{row.method.lower()}_{path or 'root'}" + ("" if "json" in row.formats else f"_{row.formats[0]}")
