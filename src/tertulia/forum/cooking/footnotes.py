"""Footnotes: `[^1]` with `[^1]: text`, and `^[text]` where it is meant; they stand at the end of the post.

The ids hold eight letters of the text's own hash, until the post has an id, which then stands there (`own_footnotes`).
The shape is that of markdown-it's footnotes. Read next: parser.py.
"""

import re
from collections.abc import MutableMapping
from hashlib import sha256
from typing import Any

from markdown_it.helpers import parseLinkLabel
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from tertulia.forum.cooking import budget

_DEFINITION = re.compile(r"\[\^([^\s\[\]^]{1,100})\]:[ \t]*")
_REFERENCE = re.compile(r"\[\^([^\s\[\]^]{1,100})\]")
# A note refers back to so many places at most; every place still leads to the note.
_MOST_PLACES = 20
# Past these a reference stays text, for it would be written at many times its length.
_MOST_REFERENCES = 300

Env = MutableMapping[str, Any]


class _Note:
    """One footnote in the order of first mention."""

    def __init__(self, number: int, label: str, children: list[Token] | None = None) -> None:
        self.number, self.label, self.children, self.places = number, label, children, 0


def definition(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """Read `[^label]: text` and what is indented below it."""
    start, end = state.bMarks[first] + state.tShift[first], state.eMarks[first]
    if not state.src.startswith("[^", start) or state.is_code_block(first):
        return False
    match = _DEFINITION.match(state.src, start, end)
    if match is None or (match.end() >= end and first + 1 >= last):
        return False
    if silent:
        return True
    state.env.setdefault("footnotes", {}).setdefault(match[1], None)
    opening = Token("footnote_open", "", 1, meta={"label": match[1]}, level=state.level, hidden=True)
    state.level += 1
    state.tokens.append(opening)
    kept = state.bMarks[first], state.tShift[first], state.sCount[first], state.parentType
    state.bMarks[first], state.tShift[first] = match.end(), 0
    state.sCount[first] = state.blkIndent + 4
    state.blkIndent += 4
    state.parentType = "blockquote"
    state.md.block.tokenize(state, first, last)
    state.blkIndent -= 4
    state.bMarks[first], state.tShift[first], state.sCount[first], state.parentType = kept
    state.level -= 1
    state.tokens.append(Token("footnote_close", "", -1, level=state.level, hidden=True))
    return True


def inline_note(state: StateInline, silent: bool) -> bool:
    """Read `^[text]`; no note within a note."""
    start = state.pos
    if not state.src.startswith("^[", start) or state.env.get("in_note") or budget.exhausted(state.env):
        return False
    end = parseLinkLabel(state, start + 1)
    if end < 0:
        budget.spend(state.env, cost=state.posMax - start)
        return False
    budget.spend(state.env, cost=end - start)
    if not silent and not budget.take(state.env, kind="notes", most=_MOST_REFERENCES):
        state.push("text", "", 0).content = state.src[start : end + 1]
    elif not silent:
        children: list[Token] = []
        state.env["in_note"] = True
        state.md.inline.parse(state.src[start + 2 : end], state.md, state.env, children)
        state.env["in_note"] = False
        _refer(state, _new(state.env, "", children))
    state.pos = end + 1
    return True


def reference(state: StateInline, silent: bool) -> bool:
    """Read `[^label]` where the label has a definition."""
    if not state.src.startswith("[^", state.pos):
        return False
    match = _REFERENCE.match(state.src, state.pos, state.posMax)
    known = state.env.get("footnotes", {})
    if match is None or match[1] not in known:
        return False
    if not silent and not budget.take(state.env, kind="notes", most=_MOST_REFERENCES):
        state.push("text", "", 0).content = match[0]
    elif not silent:
        note = known[match[1]]
        if note is None:
            note = known[match[1]] = _new(state.env, match[1])
        _refer(state, note)
    state.pos = match.end()
    return True


def _new(env: Env, label: str, children: list[Token] | None = None) -> _Note:
    notes: list[_Note] = env.setdefault("notes", [])
    notes.append(_Note(len(notes) + 1, label, children))
    return notes[-1]


def _refer(state: StateInline, note: _Note) -> None:
    note.places += 1
    again = f":{note.places}" if note.places > 1 else ""
    name = f"{_mark(state.env)}-{note.number}"
    link = f'<a href="#footnote-{name}" id="footnote-ref-{name}{again}">[{note.number}{again}]</a>'
    state.push("html_inline", "", 0).content = f'<sup class="footnote-ref">{link}</sup>'


def _mark(env: Env) -> str:
    return str(env.setdefault("footnote_mark", sha256(env["raw"].encode("utf-8", "replace")).hexdigest()[:8]))


def gather(state: StateCore) -> None:
    """Take the definitions out of the text and put those that are referred to at its end, in order of mention."""
    if "footnotes" not in state.env and "notes" not in state.env:
        return
    bodies = _take_definitions(state)
    notes: list[_Note] = state.env.get("notes", [])
    if not notes:
        return
    mark = _mark(state.env)
    state.tokens.append(
        _markup('<hr class="footnotes-sep">\n<section class="footnotes">\n<ol class="footnotes-list">\n')
    )
    for note in notes:
        name = f"{mark}-{note.number}"
        body = bodies.get(note.label, []) if note.children is None else _paragraph(note.children)
        if not body or body[-1].type != "paragraph_close":
            body = [*body, *_paragraph([])]
        backs = [Token("text", "", 0, content=" ")]
        for place in range(1, min(note.places, _MOST_PLACES) + 1):
            again = f":{place}" if place > 1 else ""
            link = f'<a href="#footnote-ref-{name}{again}" class="footnote-backref">↩︎</a>'
            backs.append(Token("html_inline", "", 0, content=link))
        inline = body[-2]
        inline.children = [*(inline.children or []), *backs]
        state.tokens += [_markup(f'<li id="footnote-{name}" class="footnote-item">'), *body, _markup("</li>\n")]
    state.tokens.append(_markup("</ol>\n</section>\n"))


def _take_definitions(state: StateCore) -> dict[str, list[Token]]:
    kept: list[Token] = []
    bodies: dict[str, list[Token]] = {}
    target: list[list[Token]] = [kept]
    for token in state.tokens:
        if token.type == "footnote_open":
            target.append([])
            bodies.setdefault(token.meta["label"], target[-1])
        elif token.type == "footnote_close":
            target.pop()
        else:
            target[-1].append(token)
    state.tokens = kept
    return bodies


def _paragraph(children: list[Token]) -> list[Token]:
    text = "".join(token.content for token in children)
    inline = Token("inline", "", 0, content=text, level=1, children=children, map=[0, 0], block=True)
    return [Token("paragraph_open", "p", 1, block=True), inline, Token("paragraph_close", "p", -1, block=True)]


def _markup(html: str) -> Token:
    return Token("html_block", "", 0, content=html, block=True)
