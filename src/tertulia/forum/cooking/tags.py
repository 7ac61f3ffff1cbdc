"""Reading one BBCode tag, such as `[quote="sam, post:1"]`, `[url=https://x]`, `[details=More]` or `[/b]`.

Nothing is rendered here. Read next: block_tags.py and inline_tags.py.
"""

import re
from collections.abc import Mapping

import msgspec

LONGEST_TAG = 600

_TAG = re.compile(r"\[(/?)([a-zA-Z]{1,20})(?=[\]= \t])([^\[\]\n]{0,560})\]")
_QUOTED_TAG = re.compile(r"""\[()([a-zA-Z]{1,20})=("[^"\n]{0,560}"|'[^'\n]{0,560}'|“[^”\n]{0,560}”)\s{0,9}\]""")
_ATTRIBUTE = re.compile(r"""([a-zA-Z][\w-]{0,40})=("[^"]*"|'[^']*'|\S+)""")
_QUOTES = "\"'“”"
# Only these have a value and attributes; in others a `=` belongs to the value.
_WITH_BOTH = ("wrap", "details")
_VALUE_FIRST = re.compile(r"""("[^"]*"|'[^']*'|[^\s"']\S*)(\s+[a-zA-Z][\w-]{0,40}=.*)""")


class Tag(msgspec.Struct, frozen=True):
    """A tag as written: its lower-cased name, `value` after `name=`, and where it ends in the source."""

    name: str
    closing: bool
    value: str
    attributes: Mapping[str, str]
    end: int


def read_tag(source: str, *, start: int, end: int) -> Tag | None:
    """Return the tag that begins at `start` and ends before `end`, or None; looks 600 characters ahead."""
    limit = min(end, start + LONGEST_TAG)
    match = _QUOTED_TAG.match(source, start, limit) or _TAG.match(source, start, limit)
    if match is None:
        return None
    closing, name, rest = match[1] == "/", match[2].lower(), match[3]
    if closing and rest:
        return None
    value = ""
    attributes: dict[str, str] = {}
    if rest.startswith(("=", *_QUOTES)):
        value = rest.removeprefix("=").strip()
        if name in _WITH_BOTH and (both := _VALUE_FIRST.fullmatch(value)):
            value, attributes = both[1], read_attributes(both[2])
        value = value.strip(_QUOTES).strip()
    elif rest:
        if rest.strip() and not _ATTRIBUTE.search(rest):
            return None
        attributes = read_attributes(rest)
    return Tag(name, closing, value, attributes, match.end())


def read_attributes(text: str) -> dict[str, str]:
    """Read `key=value key="longer value"`; keys become lower-case."""
    return {key.lower(): value.strip(_QUOTES) for key, value in _ATTRIBUTE.findall(text)}
