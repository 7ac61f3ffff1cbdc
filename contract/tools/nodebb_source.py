"""Facts of NodeBB's APIs: v3 and read (OpenAPI), v1 and v2 (plugin routes), and recorded shapes.

Takes method, path, names and types; never a sentence, an example or a title.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contract.tools import parameters, parts, templates
from contract.tools.toml_lines import Value

PLUGIN_VERSIONS = (1, 2)


def _load(corpus: Path, *, name: str) -> Any:
    return json.loads((corpus / name).read_text("utf-8"))


def _resolve(node: Any, *, document: Mapping[str, Any]) -> Any:
    """Follows `$ref`s of an operation's inputs; a reference that meets itself ends as an empty schema."""

    def follow(given: Any, *, seen: tuple[str, ...]) -> Any:
        if isinstance(given, list):
            return [follow(item, seen=seen) for item in given]
        if not isinstance(given, dict):
            return given
        target = given.get("$ref")
        if isinstance(target, str):
            if target in seen:
                return {}
            found: Any = document
            for step in target.lstrip("#/").split("/"):
                found = found[step]
            return follow(found, seen=(*seen, target))
        return {name: follow(inner, seen=seen) for name, inner in given.items()}

    return follow(node, seen=())


def described(corpus: Path, *, name: str, base: str) -> list[dict[str, Value]]:
    """Returns one record per operation of an OpenAPI document; paths begin with `base`."""
    document = _load(corpus, name=name)
    found: list[dict[str, Value]] = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            inputs = {word: operation[word] for word in ("parameters", "requestBody") if word in operation}
            found.append(
                {
                    "method": method.upper(),
                    "path": base + path,
                    "area": next(iter(operation.get("tags", ())), ""),
                    "parameters": parameters.of_openapi(_resolve(inputs, document=document)),
                    "statuses": sorted(int(status) for status in operation["responses"] if status.isdigit()),
                }
            )
    return found


def plugin(corpus: Path, *, version: int) -> list[dict[str, Value]]:
    """Returns one record per route of the write-API plugin in one of its two versions."""
    document = _load(corpus, name="nodebb-plugin-v1-v2.json")
    return [
        {
            "method": route["method"],
            "path": document["base"][str(version)] + "/" + "/".join(templates.parts(route["path"])),
            "area": templates.parts(route["path"])[0],
            "auth": route["auth"],
            "parameters": [
                *(parameters.word(name=name, required=True) for name in route.get("required", ())),
                *(parameters.word(name=name) for name in route.get("accepted", ())),
            ],
            "statuses": [route["success"]["status"]],
        }
        for route in document["routes"]
        if version in route["versions"]
    ]


def shapes(corpus: Path) -> dict[str, dict[str, Any]]:
    """Returns kind (v3, read, v1, v2) -> "METHOD /path" -> recorded keys and types, with full paths.

    What occurs often lies once under `parts` (see `parts.py`).
    """
    recorded = _load(corpus, name="nodebb-shapes.json")
    found: dict[str, dict[str, Any]] = {"v3": {}, "read": recorded["read"], "v1": {}, "v2": {}}
    for key, shape in recorded["write"].items():
        method, _, path = key.partition(" ")
        found["v3"][f"{method} /api/v3{path}"] = shape
    for key, shape in recorded["plugin"].items():
        version, method, path = key.split(" ", 2)
        found[version][f"{method} /api/{version}/" + "/".join(templates.parts(path))] = shape
    often, pointed = parts.hoist(found)
    return {"parts": often, **pointed}
