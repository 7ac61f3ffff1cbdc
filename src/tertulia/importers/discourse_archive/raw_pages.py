"""The Markdown of a topic as `/raw/ID` prints it, cut into the texts of its posts.

A text may hold dashes and even lines that look like a heading, so one counts only if it says what the post's would.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

_RULE = "\n\n-------------------------\n\n"
_HEADING = re.compile(
    r"(?P<name>[^\n|]{1,100}) \| (?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC \| #(?P<number>[0-9]{1,9})\Z"
)
_LONGEST_HEADING = 160


class Expected(msgspec.Struct, frozen=True):
    """What the heading of a post is known to say; `times` as headings write them, the time of any version."""

    number: int
    username: str
    times: tuple[str, ...] = ()


class _Heading(msgspec.Struct, frozen=True):
    number: int
    block: int  # where the block begins
    body: int  # where its text begins
    certain: bool  # says a time that only the forum knew when the text was written


def split_raw(text: str, expected: Sequence[Expected]) -> dict[int, str]:
    """Texts by post number, for those of the expected posts (in order) that the page holds."""
    text = text.replace("\r\n", "\n")
    chosen: dict[int, _Heading] = {}
    for heading in _headings(text, {each.number: each for each in expected}):
        known = chosen.get(heading.number)
        if known is None or (heading.certain and not known.certain):
            chosen[heading.number] = heading
    ordered: list[_Heading] = []
    for number in sorted(chosen):
        if not ordered or chosen[number].block > ordered[-1].block:
            ordered.append(chosen[number])
    ends = [heading.block for heading in ordered[1:]] + [len(text)] * bool(ordered)
    return {heading.number: _body(text[heading.body : end]) for heading, end in zip(ordered, ends, strict=True)}


def _headings(text: str, expected: dict[int, Expected]) -> Iterator[_Heading]:
    for at in _block_starts(text):
        line, _, _ = text[at : at + _LONGEST_HEADING].partition("\n")
        found = _HEADING.match(line)
        known = expected.get(int(found["number"])) if found else None
        if found and known and known.username == found["name"]:
            yield _Heading(known.number, at, at + len(line), found["time"] in known.times)


def _block_starts(text: str) -> list[int]:
    """Where a post may begin: at the top, and after each rule."""
    found = [0]
    at = text.find(_RULE)
    while at >= 0:
        found.append(at + len(_RULE))
        at = text.find(_RULE, at + 1)
    return found


def _body(block: str) -> str:
    """What lies between the heading and the rule that ends the block."""
    stripped = block.rstrip("\n")
    rule = _RULE.strip("\n")
    if stripped.endswith("\n" + rule):
        stripped = stripped.removesuffix(rule).rstrip("\n")
    return stripped.lstrip("\n")
