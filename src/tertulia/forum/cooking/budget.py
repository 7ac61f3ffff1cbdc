"""The work that one post may cost: what is tried often and fails often stops being tried.

A failed attempt reads to the end of its block, so n attempts would cost n squared; with a budget that grows
with the length of the post they cost a constant times n. Read next: parser.py, which guards the rules.
"""

from collections.abc import Callable, MutableMapping
from typing import Any

from markdown_it.rules_inline import StateInline

InlineRule = Callable[[StateInline, bool], bool]

_KEY = "budget"
_BASE, _PER_CHARACTER = 60_000, 12


def grant(env: MutableMapping[str, Any], *, length: int) -> None:
    """Give a post of `length` characters its budget."""
    env[_KEY] = _BASE + _PER_CHARACTER * length


def spend(env: MutableMapping[str, Any], *, cost: int) -> None:
    """Take `cost` characters read in vain from the budget."""
    env[_KEY] = env.get(_KEY, 0) - cost


def exhausted(env: MutableMapping[str, Any]) -> bool:
    """Tell whether nothing may be tried any more."""
    return bool(env.get(_KEY, 0) <= 0)


def take(env: MutableMapping[str, Any], *, kind: str, most: int, count: int = 1) -> bool:
    """Take `count` of what a post may hold `most` of, because each is written much longer than it was typed."""
    taken = int(env.get(f"taken {kind}", 0)) + count
    if taken > most:
        return False
    env[f"taken {kind}"] = taken
    return True


def guarded(rule: InlineRule) -> InlineRule:
    """Return the inline rule with its failures paid from the budget; without budget it does not match."""

    def run(state: StateInline, silent: bool) -> bool:
        if state.src[state.pos] not in "[!" or exhausted(state.env):
            return False
        start = state.pos
        if rule(state, silent):
            return True
        if state.src[start] == "[" or state.src.startswith("![", start):
            spend(state.env, cost=state.posMax - start)
        return False

    return run


def find_once(state: StateInline, text: str, *, start: int) -> int:
    """Return where `text` next occurs in the paragraph, or -1; remembers from where on it never occurs."""
    absent: dict[tuple[str, str, int], int] = state.env.setdefault("absent", {})
    key = (text, state.src, state.posMax)
    if start >= absent.get(key, state.posMax + 1):
        return -1
    found = state.src.find(text, start, state.posMax)
    if found < 0:
        absent[key] = min(start, absent.get(key, start))
    return found
