"""Reads `contract/relaxations.toml` and widens a stripped schema accordingly.

A pointer walks properties; `*` walks into the items of a list; `/` is the whole body.
`shapes.py` uses it; `test_relaxations.py` proves that each row is needed.
"""

from __future__ import annotations

import copy
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

CONTRACT = Path(__file__).resolve().parents[2] / "contract"


@dataclass(frozen=True)
class Relaxation:
    """One row at one place: what the upstream's schema forbids there and real servers send."""

    dialect: str
    operation: str
    pointer: str
    types: tuple[str, ...] = ()
    optional: bool = False
    extra: tuple[str, ...] = ()
    example: str = ""
    evidence: str = ""

    @property
    def steps(self) -> list[str]:
        """The pointer's steps; none for the whole body."""
        return [step for step in self.pointer.split("/") if step]


@cache
def relaxations() -> tuple[Relaxation, ...]:
    """Returns every row once for every place that it names."""
    rows = tomllib.loads((CONTRACT / "relaxations.toml").read_text("utf-8"))["relaxation"]
    return tuple(
        Relaxation(
            dialect=row["dialect"],
            operation=place.rpartition(" ")[0],
            pointer=place.rpartition(" ")[2],
            types=tuple(row.get("types", ())),
            optional=row.get("optional", False),
            extra=tuple(row.get("extra", ())),
            example=row.get("example", ""),
            evidence=row["evidence"],
        )
        for row in rows
        for place in row["at"]
    )


def find(schema: dict[str, Any], *, steps: list[str]) -> dict[str, Any]:
    """Returns the schema below another; raises KeyError when the place does not exist."""
    for step in steps:
        schema = schema["items"] if step == "*" else schema["properties"][step]
    return schema


def relax(schema: dict[str, Any], *, row: Relaxation) -> None:
    """Widens a schema in place; raises KeyError when the row names a place that does not exist."""
    node = find(schema, steps=row.steps)
    if row.optional:
        parent = find(schema, steps=row.steps[:-1])
        parent["required"] = [name for name in parent.get("required", ()) if name != row.steps[-1]]
    if row.types and "type" in node:
        given = node["type"]
        node["type"] = sorted({*(given if isinstance(given, list) else [given]), *row.types})
    for name in row.extra:
        node.setdefault("properties", {}).setdefault(name, {})


def relaxed(schema: dict[str, Any], *, dialect: str, operation: str) -> dict[str, Any]:
    """Returns a widened copy: every row of this operation is applied."""
    widened = copy.deepcopy(schema)
    for row in relaxations():
        if (row.dialect, row.operation) == (dialect, operation):
            relax(widened, row=row)
    return widened
