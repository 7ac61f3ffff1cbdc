"""What an edit changed: how far two texts are apart, and HTML that shows it.

Everything is bounded: texts that differ in too many places are shown as replaced whole.
Read next: `posts/texts.py`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import groupby

# The places in which two versions may differ before they are shown as replaced: the work grows by its square.
MAXIMUM_CHANGES = 600
MAXIMUM_DISTANCE = 1_000
MAXIMUM_PIECES = 40_000
_WORDS = re.compile(r"\n|[^\S\n]+|\w+|[^\w\s]")

_Pieces = str | list[str]
# One step of an edit script: the piece, and whether it was there before and is there after.
_Step = tuple[str, bool, bool]


def edit_distance_small(before: str, after: str, *, limit: int) -> bool:
    """Says whether at most `limit` characters were removed and added in all, and the sizes differ no more.

    A limit above 1,000 counts as 1,000. Source: upstream's rule for edits within the grace period.
    """
    bound = min(limit, MAXIMUM_DISTANCE)
    if abs(len(before) - len(after)) > bound:
        return False
    start, end = _shared_ends(before, after)
    return _walk(before[start : len(before) - end], after[start : len(after) - end], bound) is not None


def inline_diff(before: str, after: str) -> str:
    """Shows both texts as one, word by word, with `ins` and `del`; the text itself is escaped."""
    parts = []
    for piece, was, is_now in _grouped(_steps(_split_words(before), _split_words(after))):
        parts.append(_marked(piece, "" if was and is_now else "del" if was else "ins"))
    return f'<div class="inline-diff"><p>{"".join(parts)}</p></div>'


def side_by_side_diff(before: str, after: str) -> str:
    """Shows the text before and the text after, what went marked in one and what came in the other."""
    left, right = [], []
    for piece, was, is_now in _grouped(_steps(_split_words(before), _split_words(after))):
        if was:
            left.append(_marked(piece, "" if is_now else "del"))
        if is_now:
            right.append(_marked(piece, "" if was else "ins"))
    return "".join(f'<div class="revision-content"><p>{"".join(column)}</p></div>' for column in (left, right))


def line_diff(before: str, after: str) -> str:
    """Shows both texts as a table of lines, the removed ones on the left, the added ones on the right."""
    rows = []
    lines = _steps(before.split("\n"), after.split("\n"))
    for unchanged, group in groupby(lines, key=lambda step: step[1] and step[2]):
        steps = list(group)
        removed = [piece for piece, was, _ in steps if was]
        added = [piece for piece, _, is_now in steps if is_now]
        for index in range(max(len(removed), len(added))):
            left = _cell(removed, index, "" if unchanged else "diff-del")
            right = _cell(added, index, "" if unchanged else "diff-ins")
            rows.append(f"<tr>{left}{right}</tr>")
    return f'<table class="markdown">{"".join(rows)}</table>'


def _cell(lines: list[str], index: int, mark: str) -> str:
    if index >= len(lines):
        return "<td></td>"
    name = f' class="{mark}"' if mark else ""
    return f"<td{name}>{html.escape(lines[index])}</td>"


def _marked(text: str, tag: str) -> str:
    shown = html.escape(text).replace("\n", "<br>")
    return f"<{tag}>{shown}</{tag}>" if tag else shown


def _split_words(text: str) -> list[str]:
    return _WORDS.findall(text)


def _grouped(steps: Iterator[_Step]) -> Iterator[_Step]:
    for (was, is_now), group in groupby(steps, key=lambda step: (step[1], step[2])):
        yield "".join(step[0] for step in group), was, is_now


def _steps(before: list[str], after: list[str]) -> Iterator[_Step]:
    """The edit script, removals before additions wherever both happen in one place."""
    start, end = _shared_ends(before, after)
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    trace = _walk(old, new, MAXIMUM_CHANGES) if len(old) + len(new) <= MAXIMUM_PIECES else None
    middle = _backtrack(old, new, trace) if trace is not None else _replaced(old, new)
    yield from ((piece, True, True) for piece in before[:start])
    for _, group in groupby(middle, key=lambda step: step[1] and step[2]):
        # Stable: what is unchanged keeps its order, and so do removals and additions among themselves.
        yield from sorted(group, key=lambda step: step[2])
    yield from ((piece, True, True) for piece in before[len(before) - end :])


def _replaced(old: list[str], new: list[str]) -> list[_Step]:
    return [(piece, True, False) for piece in old] + [(piece, False, True) for piece in new]


def _shared_ends(before: _Pieces, after: _Pieces) -> tuple[int, int]:
    start = _run(before, after, 0, 0)
    longest = min(len(before), len(after)) - start
    end = 0
    while end < longest and before[-1 - end] == after[-1 - end]:
        end += 1
    return start, end


def _run(before: _Pieces, after: _Pieces, x: int, y: int) -> int:
    """Counts equal pieces from there on, in doubling slices: long equal runs must not cost a loop."""
    begin, size = x, 1
    while size:
        left = before[x : x + size]
        if len(left) == size and left == after[y : y + size]:
            x, y, size = x + size, y + size, size * 2
        else:
            size //= 2
            if size and len(left) < size:
                size = len(left)
    return x - begin


def _walk(before: _Pieces, after: _Pieces, limit: int) -> list[list[int]] | None:
    """Finds the shortest edit script, or None when it has over `limit` steps (Myers' greedy algorithm).

    The answer is, for each number of steps, the furthest point reached on each diagonal before that step.
    """
    goal = len(before) - len(after)
    reached = [0] * (2 * limit + 3)
    trace: list[list[int]] = []
    for steps in range(limit + 1):
        trace.append(reached[limit + 1 - steps - 1 : limit + 1 + steps + 2])
        for diagonal in range(-steps, steps + 1, 2):
            at = diagonal + limit + 1
            down = diagonal == -steps or (diagonal != steps and reached[at - 1] < reached[at + 1])
            x = reached[at + 1] if down else reached[at - 1] + 1
            if 0 <= x - diagonal < len(after) and x < len(before):
                x += _run(before, after, x, x - diagonal)
            reached[at] = x
            if diagonal == goal and x >= len(before):
                return trace
    return None


def _backtrack(before: list[str], after: list[str], trace: list[list[int]]) -> list[_Step]:
    x, y = len(before), len(after)
    found: list[_Step] = []
    for steps in range(len(trace) - 1, 0, -1):
        reached, diagonal = trace[steps], x - y
        at = diagonal + steps + 1
        down = diagonal == -steps or (diagonal != steps and reached[at - 1] < reached[at + 1])
        from_x = reached[at + 1] if down else reached[at - 1]
        from_y = from_x - (diagonal + 1 if down else diagonal - 1)
        while x > from_x + (not down) and y > from_y + down:
            x, y = x - 1, y - 1
            found.append((before[x], True, True))
        found.append((after[from_y], False, True) if down else (before[from_x], True, False))
        x, y = from_x, from_y
    while x > 0:
        x -= 1
        found.append((before[x], True, True))
    found.reverse()
    return found
