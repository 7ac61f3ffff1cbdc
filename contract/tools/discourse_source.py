"""Facts of Discourse's API: the route list and the official document, as records and stripped schemas.

Takes method, path, names and types; never a sentence, an example or a title.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from contract.tools import parameters
from contract.tools.toml_lines import Value

KEPT = ("type", "required", "enum")


def official_operations(corpus: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yields (method, path, operation) of the official document."""
    document = json.loads((corpus / "discourse.openapi.json").read_text("utf-8"))
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def strip(schema: dict[str, Any]) -> dict[str, Any]:
    """Returns a schema's normal form: type, properties, required, items, enum and closedness only."""
    kept = {word: schema[word] for word in KEPT if schema.get(word) not in (None, [])}
    if "properties" in schema:
        kept["properties"] = {name: strip(inner) for name, inner in schema["properties"].items()}
    if isinstance(schema.get("items"), dict):
        kept["items"] = strip(schema["items"])
    rest = schema.get("additionalProperties")
    if isinstance(rest, dict):
        kept["additionalProperties"] = strip(rest)
    elif rest is False:
        kept["additionalProperties"] = False
    return kept


def shapes(corpus: Path) -> dict[str, dict[str, Any]]:
    """Returns operation id -> method, path, status, content type, stripped schema (null: no body)."""
    found = {}
    for method, path, operation in official_operations(corpus):
        status, response = next(iter(operation["responses"].items()))
        contents: dict[str, dict[str, Any]] = response.get("content") or {"": {}}
        kind, content = next(iter(contents.items()))
        schema = content.get("schema")
        found[operation["operationId"]] = {
            "method": method,
            "path": path,
            "status": int(status),
            "content": kind,
            "schema": strip(schema) if schema and kind == "application/json" else None,
        }
    return dict(sorted(found.items()))


def operations(corpus: Path) -> list[dict[str, Value]]:
    """Returns one record per row of the route list, with the official operations that it covers merged in."""
    official = {(method, path): operation for method, path, operation in official_operations(corpus)}
    found: list[dict[str, Value]] = []
    created: dict[str, list[str]] = {}
    with (corpus / "discourse-routes.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            method, area = row["method"], row["area"]
            column = row["params(*=required)"]
            listed = parameters.of_column(column)
            if "as create" in column:
                listed = created.get(area, [])
            elif "same filters" in column:
                listed = [str(name) for name in _list(found[-1]["parameters"])]
            covered = _covered(row) if row["in_openapi"] == "yes" else []
            ids = [official[method, path]["operationId"] for path in covered]
            described = [word for path in covered for word in parameters.of_openapi(official[method, path])]
            merged = _merge(described, listed=listed)
            if method == "POST" and area not in created:
                created[area] = merged
            paths = _paths(row)
            found.append(
                {
                    "id": ids[0] if ids else f"{method} {paths[0]}",
                    "methods": [method],
                    "paths": list(dict.fromkeys([*paths, *covered])),
                    "area": area,
                    "auth": row["auth"],
                    "official": ids,
                    "parameters": merged,
                }
            )
    return found


def _list(given: Value) -> list[Any]:
    return given if isinstance(given, list) else []


def _covered(row: dict[str, str]) -> list[str]:
    return list(dict.fromkeys(path.strip() for path in row["openapi_path"].split(";")))


def _paths(row: dict[str, str]) -> list[str]:
    return [re.sub(r"\s*\(.*\)$", "", path.strip()) for path in row["path_templates"].split(";")]


def _merge(described: list[str], *, listed: list[str]) -> list[str]:
    known = {parameters.name_of(word).removesuffix("[]") for word in described}
    fresh = (word for word in listed if parameters.name_of(word).removesuffix("[]") not in known)
    return list(dict.fromkeys([*described, *fresh]))
