"""Path templates in three spellings (`/t/{id}.json`, `/topics/:tid`, `/t/{id:int}`), and when two meet.

Reads no files. Used by `derive.py` (writes them), `ledger.py` (compares them with the route table) and
`tests/contract/shapes.py` (finds the template of a concrete path).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

FORMATS = ("json", "rss", "ics", "csv")
# Upstream answers both words of a pair; one row of ours is enough for either.
SAME_WORDS = {"users": "u", "groups": "g"}
# A parameter with such a name is never a number, so an `:int` parameter does not serve it.
TEXT_NAMES = frozenset(["slug", "username", "userslug", "name", "tag", "group", "group_name", "parent", "filename"])
NUMBER_NAMES = frozenset(["id", "topic_id", "post_id", "post_number", "user_id", "channel_id", "message_id"])

_COLON = re.compile(r":([A-Za-z_]\w*)")


def cut_format(path: str) -> tuple[str, str]:
    """Returns the path without its format suffix, and the suffix ("" when it has none)."""
    stem, dot, suffix = path.rpartition(".")
    return (stem, suffix) if dot and suffix in FORMATS else (path, "")


@cache
def parts(template: str) -> tuple[str, ...]:
    """Returns the segments of a template: `:tid` as `{tid}`, `*` as `{rest:path}`, no trailing slash."""
    braced = _COLON.sub(r"{\1}", template) if "{" not in template else template
    return tuple("{rest:path}" if part == "*" else part for part in braced.split("/") if part)


@cache
def parameter(part: str) -> tuple[str, str] | None:
    """Returns (name, type) of a parameter segment, None for a literal. `{uid*}` is of type path."""
    if not (part.startswith("{") and part.endswith("}")):
        return None
    name, _, kind = part[1:-1].partition(":")
    bare = name.rstrip("*.")
    return bare, "path" if bare != name else kind


def _word(part: str, *, first: bool) -> str:
    return SAME_WORDS.get(part, part) if first else part


def _served(upstream: str, *, row: str, first: bool) -> bool:
    wanted, ours = parameter(upstream), parameter(row)
    if ours is None:
        return wanted is None and _word(upstream, first=first) == _word(row, first=first)
    if wanted is None:
        # `/t/-/1` is the documented way to say "any slug"; every other literal needs a row of its own.
        return upstream == "-"
    if ours[1] == "int":
        return wanted[0] not in TEXT_NAMES
    return not (ours[0] == "slug" and wanted[0] in NUMBER_NAMES)


def meets(upstream: str, *, row: str) -> bool:
    """Tells whether a row's template serves an upstream template, both without format suffix.

    Parameters match whatever they are called, except that `{id:int}` does not serve `{username}` and `{slug}`
    does not serve `{id}`: `/t/{slug}/{id}` and `/t/{id}/{post_number}` are two operations.
    """
    wanted, ours = parts(upstream), parts(row)
    for at, part in enumerate(ours):
        kind = parameter(part)
        if kind is not None and kind[1] == "path":
            return len(wanted) > at
        if at >= len(wanted) or not _served(wanted[at], row=part, first=at == 0):
            return False
    return len(wanted) == len(ours)


def matches(template: str, *, path: str) -> bool:
    """Tells whether a concrete path (or the template itself) is of this template."""
    wanted, given = parts(template), [part for part in path.split("/") if part]
    for at, part in enumerate(wanted):
        kind = parameter(part)
        if kind is not None and kind[1] == "path":
            return len(given) > at
        if at >= len(given):
            return False
        if kind is None and _word(part, first=at == 0) != _word(given[at], first=at == 0):
            return False
    return len(wanted) == len(given)


def best(path: str, *, templates: Sequence[str]) -> str | None:
    """Returns the template of a concrete path: literal segments win over parameters, from the left."""
    found = [template for template in templates if matches(template, path=path)]

    def looseness(template: str) -> list[bool]:
        return [parameter(part) is not None for part in parts(template)]

    return min(found, key=looseness, default=None)
