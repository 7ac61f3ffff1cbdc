"""Writes an object that occurs again and again (a user, a pagination) once, and points to it elsewhere.

`"@user"` stands for the entry `user` of `parts`; recorded type words never begin with `@`.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

LONG = 160
OFTEN = 3


def _text(node: Any) -> str:
    return json.dumps(node, separators=(",", ":"), sort_keys=True)


def hoist(shapes: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Returns (parts, shapes with pointers); parts are named after the key where they were met first."""
    seen: Counter[str] = Counter()

    def count(node: Any) -> None:
        if isinstance(node, dict):
            seen[_text(node)] += 1
        for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            count(inner)

    count(shapes)
    names: dict[str, str] = {}
    parts: dict[str, Any] = {}

    def replace(node: Any, *, key: str) -> Any:
        if isinstance(node, list):
            return [replace(item, key=key) for item in node]
        if not isinstance(node, dict):
            return node
        text = _text(node)
        # A whole answer stays with its operation, however many give the same.
        if len(text) < LONG or seen[text] < OFTEN or " " in key:
            return {name: replace(inner, key=name) for name, inner in node.items()}
        if text not in names:
            same = sum(name.rpartition("-")[0] == key or name == key for name in parts)
            names[text] = f"{key}-{same + 1}" if same else key
            parts[names[text]] = {}
            parts[names[text]] = {name: replace(inner, key=name) for name, inner in node.items()}
        return "@" + names[text]

    pointed = {name: replace(shape, key=name) for name, shape in shapes.items()}
    return parts, pointed


def expand(node: Any, *, parts: dict[str, Any]) -> Any:
    """Returns a shape without pointers: what `hoist` was given."""
    if isinstance(node, str) and node.startswith("@"):
        return expand(parts[node[1:]], parts=parts)
    if isinstance(node, list):
        return [expand(item, parts=parts) for item in node]
    if isinstance(node, dict):
        return {name: expand(inner, parts=parts) for name, inner in node.items()}
    return node
