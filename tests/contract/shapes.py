"""Says how a response body differs from what the upstream's clients were promised.

`validate_discourse` checks against the official schemas as an administrator sees them, widened by
`contract/relaxations.toml`; `validate_nodebb` wants every key that a real NodeBB sent, with its type.
Both return problems instead of raising, so that a test can show them all.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import jsonschema_rs

from contract.tools import parts, templates
from tests.contract.relaxations import CONTRACT, relaxed

NodebbKind = Literal["v3", "write", "read", "v1", "v2"]

JSON_TYPES = {"dict": "object"}


@dataclass(frozen=True)
class Problem:
    """One difference: where (a JSON pointer, empty for the whole body) and what."""

    pointer: str
    message: str

    def __str__(self) -> str:
        return f"{self.pointer or '/'}: {self.message}"


def validate_discourse(operation: str, body: Any) -> list[Problem]:
    """Returns how a Discourse answer differs from the official schema.

    `operation` is an operation id (`getTopic`) or `METHOD /path` with or without `.json`, a template or a
    real path (`GET /t/some-title/5.json`). Where no body is promised, nothing is a problem. Raises
    LookupError when no official operation answers there.
    """
    known = discourse_shapes()
    name = operation if operation in known else _discourse_operation(operation)
    validator = _discourse_validator(name)
    return [] if validator is None else _problems(validator, body=body)


def validate_nodebb(kind: NodebbKind, method: str, path: str, body: Any) -> list[Problem]:
    """Returns which keys of a recorded NodeBB answer are missing or of another type; extra keys are fine.

    `path` is a template or a real path, with or without its base (`/topics/5`, `/api/v3/topics/5`); `write`
    is another word for `v3`. Null is accepted where NodeBB sent it under that key in any recorded answer.
    Raises LookupError when no answer was recorded there.
    """
    generation = "v3" if kind == "write" else kind
    return _problems(_nodebb_validator(generation, _nodebb_operation(generation, method=method, path=path)), body=body)


@cache
def discourse_shapes() -> dict[str, Any]:
    """Returns operation id -> method, path, status, content, schema."""
    return dict(json.loads((CONTRACT / "discourse" / "shapes.json").read_text("utf-8")))


@cache
def nodebb_shapes() -> dict[str, dict[str, Any]]:
    """Returns kind -> "METHOD /path" -> recorded keys and types."""
    stored = json.loads((CONTRACT / "nodebb" / "shapes.json").read_text("utf-8"))
    often = stored.pop("parts")
    return {kind: parts.expand(shapes, parts=often) for kind, shapes in stored.items()}


def _problems(validator: Any, *, body: Any) -> list[Problem]:
    return [
        Problem(pointer="".join(f"/{step}" for step in error.instance_path), message=error.message)
        for error in validator.iter_errors(body)
    ]


@cache
def _discourse_paths() -> dict[str, dict[str, str]]:
    """Method -> template without suffix -> operation id; official templates first, then variants."""
    found: dict[str, dict[str, str]] = {}
    for name, shape in discourse_shapes().items():
        found.setdefault(shape["method"], {})[templates.cut_format(shape["path"])[0]] = name
    rows = tomllib.loads((CONTRACT / "discourse" / "operations.toml").read_text("utf-8"))["operations"]
    for row in rows:
        if len(row.get("official", ())) == 1:
            for path in row["paths"]:
                found[row["methods"][0]].setdefault(templates.cut_format(path)[0], row["official"][0])
    return found


def _discourse_operation(words: str) -> str:
    method, _, address = words.partition(" ")
    paths = _discourse_paths().get(method.upper(), {})
    path = templates.cut_format(address.partition("?")[0])[0]
    variants = [template for template in paths if _typed(template, path=path)]
    found = paths.get(path) or paths.get(templates.best(path, templates=variants) or "")
    if found is None:
        raise LookupError(f"no official Discourse operation answers {words!r}")
    return found


def _typed(template: str, *, path: str) -> bool:
    """Tells whether a path's numbers stand where the template has ids: `/t/x/5` is no post 5."""
    for wanted, given in zip(templates.parts(template), templates.parts(path), strict=False):
        kind = templates.parameter(wanted)
        concrete = templates.parameter(given) is None
        if kind and concrete and kind[0] in templates.NUMBER_NAMES and not given.lstrip("-").isdigit():
            return False
    return True


@cache
def _discourse_validator(operation: str) -> Any | None:
    schema = discourse_shapes()[operation]["schema"]
    if schema is None:
        return None
    return jsonschema_rs.validator_for(relaxed(schema, dialect="discourse", operation=operation))


def _nodebb_operation(kind: str, *, method: str, path: str) -> str:
    recorded = nodebb_shapes()[kind]
    base = {"v3": "/api/v3", "v1": "/api/v1", "v2": "/api/v2"}.get(kind, "")
    address = path.partition("?")[0]
    full = address if address.startswith("/api/") or not base else base + address
    known = {key.partition(" ")[2]: key for key in recorded if key.startswith(method.upper() + " ")}
    found = full if full in known else templates.best(full, templates=list(known))
    if found is None:
        raise LookupError(f"no recorded NodeBB answer for {kind} {method} {full}")
    return known[found]


@cache
def _nodebb_validator(kind: str, operation: str) -> Any:
    schema = nodebb_schema(nodebb_shapes()[kind][operation])
    return jsonschema_rs.validator_for(relaxed(schema, dialect="nodebb", operation=f"{kind} {operation}"))


def nodebb_schema(shape: Any, *, name: str = "") -> dict[str, Any]:
    """Returns the JSON Schema of a recorded shape: all its keys required, null where it was ever seen."""
    if isinstance(shape, dict):
        fields = {key: nodebb_schema(inner, name=key) for key, inner in shape.items() if key != "{*}"}
        schema: dict[str, Any] = {"type": _types(["object"], name=name), "properties": fields}
        schema["required"] = list(fields)
        if "{*}" in shape:
            schema["additionalProperties"] = nodebb_schema(shape["{*}"])
        return schema
    if isinstance(shape, list):
        schema = {"type": _types(["array"], name=name)}
        if shape:
            schema["items"] = nodebb_schema(shape[0])
        return schema
    words = [JSON_TYPES.get(word, word) for word in shape.split("|")]
    # Only null was ever seen: the recording does not say what the key holds when it holds something.
    return {} if words == ["null"] else {"type": _types(words, name=name)}


def _types(words: list[str], *, name: str) -> list[str]:
    return sorted({*words, "null"}) if name in _nullable() else words


@cache
def _nullable() -> frozenset[str]:
    return frozenset(_null_names(nodebb_shapes(), name=""))


def _null_names(shape: Any, *, name: str) -> Iterator[str]:
    if isinstance(shape, dict):
        for key, inner in shape.items():
            yield from _null_names(inner, name=key)
    elif isinstance(shape, list):
        for inner in shape:
            yield from _null_names(inner, name="")
    elif "null" in shape.split("|") and name:
        yield name
