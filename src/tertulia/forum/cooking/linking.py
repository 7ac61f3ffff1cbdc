"""Bare addresses in text become links, word by word, so that a long line costs no more than its length.

Read next: text.py, which runs after this, and markup.py, which adds `rel`.
"""

import re
from typing import Any

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

# The endings that make `name.ending` a link without a scheme; the site's default list upstream.
TLDS = ("com", "net", "org", "io", "onion", "co", "tv", "ru", "cn", "us", "uk", "me", "de", "fr", "fi", "gov")

_WORD = re.compile(r"\S{4,}")
_LONGEST_WORD = 2048
_MOST_SLASHES = 8
_HINT = re.compile(r"//|www\.|@|\.[a-z]{2}", re.IGNORECASE)
_RAW_LINK = re.compile(r"<(/?)a[\s>]", re.IGNORECASE)


def step_link_depth(token: Token, depth: int) -> int:
    """Return how many links are open after this inline token; raw HTML links count."""
    if token.type == "link_open":
        return depth + 1
    if token.type == "link_close":
        return max(0, depth - 1)
    if token.type == "html_inline" and (match := _RAW_LINK.match(token.content)):
        return max(0, depth - 1) if match[1] else depth + 1
    return depth


def link_addresses(state: StateCore) -> None:
    """Split the text of every paragraph at its bare addresses and link them."""
    for block in state.tokens:
        if block.type == "inline" and block.children and _HINT.search(block.content):
            block.children = _link_children(state, block.children)


def _link_children(state: StateCore, children: list[Token]) -> list[Token]:
    result: list[Token] = []
    depth = 0
    for token in children:
        depth = step_link_depth(token, depth)
        if token.type == "text" and depth == 0 and _HINT.search(token.content):
            result.extend(_link_text(state, token))
        else:
            result.append(token)
    return result


def _link_text(state: StateCore, token: Token) -> list[Token]:
    text, level = token.content, token.level
    matcher = state.md.linkify
    assert matcher is not None
    pieces: list[Token] = []
    last = 0
    for word in _WORD.finditer(text):
        if len(word[0]) > _LONGEST_WORD or word[0].count("//") > _MOST_SLASHES or not _HINT.search(word[0]):
            continue
        for found in matcher.match(word[0]) or ():
            link = _link(state, found, level)
            if link is None:
                continue
            start = word.start() + found.index
            if start > last:
                pieces.append(Token("text", "", 0, content=text[last:start], level=level))
            pieces.extend(link)
            last = word.start() + found.last_index
    if not pieces:
        return [token]
    if last < len(text):
        pieces.append(Token("text", "", 0, content=text[last:], level=level))
    return pieces


def _link(state: StateCore, found: Any, level: int) -> list[Token] | None:
    href = state.md.normalizeLink(str(found.url))
    if not state.md.validateLink(href):
        return None
    shown = str(found.text)
    opening = Token("link_open", "a", 1, attrs={"href": href}, level=level, markup="linkify", info="auto")
    closing = Token("link_close", "a", -1, level=level, markup="linkify", info="auto")
    return [opening, Token("text", "", 0, content=shown, level=level + 1), closing]
