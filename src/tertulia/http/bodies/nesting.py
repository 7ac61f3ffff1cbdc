"""Names with brackets, as Rails' forms write them, turned into nested mappings and lists.

`a[b]=1` nests, `a[]=1` appends, `a[][b]=1` fills a list of mappings; numbers in brackets stay keys.
Source of the rule: Rack's parameter parser, observed. Read next: `forms.py`, `multipart.py`.
"""

from __future__ import annotations

import re

from tertulia.http.bodies.limits import Limits
from tertulia.http.bodies.values import Value, check_text, invalid

_SEGMENT = re.compile(r"\[([^\[\]]*)\]", re.DOTALL)

APPEND = ""  # the segment that `[]` stands for


class Nested:
    """Collects the pairs of one form into one tree; the first that does not fit raises ParameterInvalid."""

    def __init__(self, *, limits: Limits) -> None:
        self.root: dict[str, Value] = {}
        self._limits = limits

    def add(self, name: str, *, value: Value) -> None:
        """Puts the value where its name says; the last of several scalars wins; an empty name is dropped."""
        if not name:
            return
        if len(name) > self._limits.name_bytes or len(name.encode()) > self._limits.name_bytes:
            raise invalid(name, problem="name_length")
        if "\0" in name:
            raise invalid(name, problem="nul")
        path = split_name(name)
        if len(path) > self._limits.depth:
            raise invalid(name, problem="depth")
        if isinstance(value, str):
            key = next((segment for segment in reversed(path) if segment != APPEND), "")
            check_text(value, name=name, key=key)
        if not _put(self.root, path=path, value=value):
            raise invalid(name, problem="conflict")


def split_name(name: str) -> tuple[str, ...]:
    """The keys from the outside in, `APPEND` for `[]`; a name whose brackets do not pair is one plain key."""
    start = name.find("[", 1)
    if start == -1 or not name.endswith("]"):
        return (name,)
    segments = _SEGMENT.findall(name, start)
    if sum(len(segment) + 2 for segment in segments) != len(name) - start:
        return (name,)
    return (name[:start], *segments)


def _put(holder: dict[str, Value], *, path: tuple[str, ...], value: Value) -> bool:
    """False where the name asks for a mapping, list or scalar and another of them is already there."""
    key, rest = path[0], path[1:]
    present = holder.get(key)
    if not rest:
        if isinstance(present, (dict, list)):
            return False
        holder[key] = value
        return True
    if rest[0] == APPEND:
        if key not in holder:
            present = holder[key] = []
        return isinstance(present, list) and _append(present, path=rest[1:], value=value)
    if key not in holder:
        present = holder[key] = {}
    return isinstance(present, dict) and _put(present, path=rest, value=value)


def _append(items: list[Value], *, path: tuple[str, ...], value: Value) -> bool:
    if not path:
        items.append(value)
        return True
    if path[0] == APPEND:
        inner: list[Value] = []
        items.append(inner)
        return _append(inner, path=path[1:], value=value)
    last = items[-1] if items else None
    if isinstance(last, dict) and not _holds(last, path=path):
        return _put(last, path=path, value=value)
    fresh: dict[str, Value] = {}
    items.append(fresh)
    return _put(fresh, path=path, value=value)


def _holds(holder: dict[str, Value], *, path: tuple[str, ...]) -> bool:
    """Whether the mapping has this name already, so that the next one of the list begins."""
    if APPEND in path:
        return False
    current: Value = holder
    for key in path:
        if not isinstance(current, dict) or key not in current:
            return False
        current = current[key]
    return True
