"""The index that finds rows by method and path.

Literal segments beat parameters, segment by segment, and the search steps back when a narrower path fails.
Which of a match's formats answers is in `negotiation.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tertulia.http.bodies.forms import percent_decode
from tertulia.http.routing.rows import CONVERTERS, Parameter, Row, parse_template

_MAXIMUM_PATH = 8192  # bytes, as most servers accept for a request line
_MAXIMUM_SEGMENTS = 64
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ORDER = {converter: position for position, converter in enumerate(CONVERTERS, start=1)}


@dataclass(frozen=True, slots=True)
class Match:
    """The rows that one method and path lead to, one per format, and what the path held."""

    rows_by_format: dict[str, Row]
    params: dict[str, str | int]
    suffix: str | None = None  # with its dot, if a row's declared suffix was cut


@dataclass(slots=True)
class _Leaf:
    names: tuple[str, ...]
    rows: dict[str, Row] = field(default_factory=dict)
    by_suffix: dict[str, dict[str, Row]] = field(default_factory=dict)


@dataclass(slots=True)
class _Node:
    literals: dict[str, _Node] = field(default_factory=dict)
    parameters: dict[str, _Node] = field(default_factory=dict)  # by converter, narrowest first
    leaves: dict[str, _Leaf] = field(default_factory=dict)  # by method


_Found = tuple[tuple[int, ...], _Node, tuple[str | int, ...]]  # kinds of the segments, node, values


class Table:
    """All rows of the process, indexed. Matching costs by the path's length, not by the number of rows."""

    def __init__(self, rows: Iterable[Row]) -> None:
        """Raises ValueError naming both rows where two answer one method, path and format, or where rows of
        one method and path name their parameters differently."""
        self.rows = tuple(rows)
        self._root = _Node()
        self._suffixes = frozenset(suffix for row in self.rows for suffix in row.suffixes)
        for row in self.rows:
            self._add(row)

    def match(self, method: str, raw_path: bytes | str) -> Match | None:
        """The most specific rows for a percent-encoded path; HEAD falls back to GET; None if there are none.

        Paths with `.` or `..` segments, control characters, broken escapes or invalid UTF-8 match nothing.
        """
        segments = _split(raw_path)
        if segments is None:
            return None
        found = self._find(method, segments)
        return self._find("GET", segments) if found is None and method == "HEAD" else found

    def methods(self, raw_path: bytes | str) -> frozenset[str]:
        """The methods that this path knows; empty if the path is unknown altogether."""
        segments = _split(raw_path)
        known: set[str] = set()
        for candidate, suffix in self._spellings(segments) if segments is not None else ():
            for _, node, _ in _walk(self._root, segments=candidate, at=0):
                known.update(
                    method for method, leaf in node.leaves.items() if suffix is None or suffix in leaf.by_suffix
                )
        return frozenset(known)

    def _find(self, method: str, segments: tuple[str, ...]) -> Match | None:
        best: Match | None = None
        best_kinds: tuple[int, ...] = ()
        for candidate, suffix in self._spellings(segments):
            for kinds, node, values in _walk(self._root, segments=candidate, at=0):
                leaf = node.leaves.get(method)
                rows = None if leaf is None else leaf.rows if suffix is None else leaf.by_suffix.get(suffix)
                if leaf is not None and rows:
                    # With the suffix cut comes first and wins a tie: /u/john.doe.json is john.doe.
                    if best is None or kinds < best_kinds:
                        best = Match(rows, dict(zip(leaf.names, values, strict=True)), suffix)
                        best_kinds = kinds
                    break
        return best

    def _spellings(self, segments: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str | None]]:
        if segments:
            stem, dot, ending = segments[-1].rpartition(".")
            if dot + ending in self._suffixes:
                if stem in ("", ".", ".."):
                    return
                yield (*segments[:-1], stem), dot + ending
        yield segments, None

    def _add(self, row: Row) -> None:
        node = self._root
        names: list[str] = []
        for segment in parse_template(row.path):
            if isinstance(segment, str):
                node = node.literals.setdefault(segment, _Node())
            else:
                names.append(segment.name)
                node = _child(node, segment=segment)
        leaf = node.leaves.setdefault(row.method, _Leaf(tuple(names)))
        for format_, other in leaf.rows.items():
            if format_ in row.formats:
                raise ValueError(f"two rows answer the same request in {format_}: {other} and {row}")
            if leaf.names != tuple(names):
                raise ValueError(f"one path, different parameter names: {other} and {row}")
        for format_ in row.formats:
            leaf.rows[format_] = row
            for suffix in row.suffixes:
                leaf.by_suffix.setdefault(suffix, {})[format_] = row


def _child(node: _Node, *, segment: Parameter) -> _Node:
    child = node.parameters.get(segment.converter)
    if child is None:
        child = node.parameters[segment.converter] = _Node()
        node.parameters = dict(sorted(node.parameters.items(), key=lambda item: _ORDER[item[0]]))
    return child


def _walk(node: _Node, *, segments: tuple[str, ...], at: int) -> Iterator[_Found]:
    """Every node that the segments lead to, the most specific first."""
    if at == len(segments):
        yield (), node, ()
        return
    literal = node.literals.get(segments[at])
    if literal is not None:
        for kinds, end, values in _walk(literal, segments=segments, at=at + 1):
            yield (0, *kinds), end, values
    for converter, child in node.parameters.items():
        if converter == "path":
            if not any("/" in segment for segment in segments[at:]):
                yield (_ORDER["path"],), child, ("/".join(segments[at:]),)
            continue
        value = CONVERTERS[converter](segments[at])
        if value is not None:
            for kinds, end, values in _walk(child, segments=segments, at=at + 1):
                yield (_ORDER[converter], *kinds), end, (value, *values)


def _split(raw_path: bytes | str) -> tuple[str, ...] | None:
    """The decoded segments, one trailing slash aside; None for a path that no row may see."""
    raw = raw_path.encode("utf-8", errors="surrogateescape") if isinstance(raw_path, str) else raw_path
    raw = raw.partition(b"?")[0]
    if not raw.startswith(b"/") or len(raw) > _MAXIMUM_PATH or raw.count(b"/") > _MAXIMUM_SEGMENTS:
        return None
    if raw == b"/":
        return ()
    raw = raw[1:].removesuffix(b"/")
    try:
        segments = tuple((percent_decode(part) or b"").decode("utf-8") for part in raw.split(b"/"))
    except UnicodeDecodeError:
        return None
    if any(not segment or segment in (".", "..") or _CONTROL.search(segment) for segment in segments):
        return None
    return segments
