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
    value, attributes = "", {}
    if rest.startswith(("=", *_QUOTES)):
        value = rest.removeprefix("=").strip().strip(_QUOTES).strip()
    elif rest:
        found = _ATTRIBUTE.findall(rest)
        if not found and rest.strip():
            return None
        attributes = {key.lower(): text.strip(_QUOTES) for key, text in found}
    return Tag(name, closing, value, attributes, match.end())
