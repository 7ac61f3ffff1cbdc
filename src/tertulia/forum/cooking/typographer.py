"""Straight quotes become curly ones, in one pass over the text of a paragraph.

Same rules as markdown-it's smart quotes up to its version 12, which real forums' posts were made with, in linear time:
code and HTML are looked through, a quote between two marks of punctuation opens nothing, a `\\` before a quote or a dot
makes no difference. Dashes and dots are markdown-it's own rule. Read next: parser.py for the order, titles.py.
"""

import re

import msgspec
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_QUOTE = re.compile("['\"]")
_ESCAPED = re.compile(r"\\[.\"]")
_JOINED = (".", '"')
_DEEPEST = 64
_BREAKS = ("softbreak", "hardbreak")
_TEXT = ("text", "text_special")


def join_escaped(state: StateCore) -> None:
    """Make text of the quotes and dots behind a `\\`, which paths of Windows and pasted code are full of.

    Other characters stay apart: `\\:smile:` is no emoji."""
    for block in state.tokens:
        if block.type == "inline" and block.children and _ESCAPED.search(block.content):
            block.children = _joined(block.children)


def _joined(children: list[Token]) -> list[Token]:
    result: list[Token] = []
    parts: list[str] = []
    for token in children:
        if token.type == "text_special" and token.info == "escape" and token.content in _JOINED:
            token.type = "text"
        if token.type == "text" and result and result[-1].type == "text" and result[-1].level == token.level:
            parts.append(token.content)
            continue
        if parts:
            result[-1].content += "".join(parts)
            parts = []
        result.append(token)
    if parts:
        result[-1].content += "".join(parts)
    return result


class _Open(msgspec.Struct):
    token: int
    position: int
    single: bool
    level: int


def curl_quotes(state: StateCore) -> None:
    """Replace the straight quotes in every paragraph that has any."""
    for block in state.tokens:
        if block.type == "inline" and block.children and _QUOTE.search(block.content):
            _curl(block.children)


def _curl(children: list[Token]) -> None:
    before, after = _neighbours(children)
    stack: list[_Open] = []
    edits: dict[int, list[str]] = {}
    for index, token in enumerate(children):
        while stack and stack[-1].level > token.level:
            stack.pop()
        if token.type != "text" or not _QUOTE.search(token.content):
            continue
        edits[index] = list(token.content)
        for match in _QUOTE.finditer(token.content):
            at = match.start()
            left = token.content[at - 1] if at else before[index]
            right = token.content[at + 1] if at + 1 < len(token.content) else after[index]
            _place(edits, stack, _Open(index, at, match[0] == "'", token.level), left, right)
    for index, characters in edits.items():
        children[index].content = "".join(characters)


def _place(edits: dict[int, list[str]], stack: list[_Open], quote: _Open, left: str, right: str) -> None:
    characters = edits[quote.token]
    opens, closes = _sides(quote.single, left, right)
    if not opens and not closes:
        if quote.single:
            characters[quote.position] = "’"
        return
    if closes:
        for depth in range(len(stack) - 1, max(-1, len(stack) - 1 - _DEEPEST), -1):
            start = stack[depth]
            if start.level < quote.level:
                break
            if start.single == quote.single and start.level == quote.level:
                edits[start.token][start.position] = "‘" if quote.single else "“"
                characters[quote.position] = "’" if quote.single else "”"
                del stack[depth:]
                return
    if opens:
        stack.append(quote)
    elif quote.single:
        characters[quote.position] = "’"


def _sides(single: bool, left: str, right: str) -> tuple[bool, bool]:
    left_punctuation = isMdAsciiPunct(ord(left)) or isPunctChar(left)
    right_punctuation = isMdAsciiPunct(ord(right)) or isPunctChar(right)
    left_space, right_space = isWhiteSpace(ord(left)), isWhiteSpace(ord(right))
    opens = not right_space and (not right_punctuation or left_space or left_punctuation)
    closes = not left_space and (not left_punctuation or right_space or right_punctuation)
    if right == '"' and not single and "0" <= left <= "9":
        return False, False
    if opens and closes:
        return False, right_punctuation
    return opens, closes


def _neighbours(children: list[Token]) -> tuple[list[str], list[str]]:
    """Return, for each token, the characters of text before and after it; a space at edges and breaks."""
    before, last = [], " "
    for token in children:
        before.append(last)
        if token.type in _BREAKS:
            last = " "
        elif token.type in _TEXT and token.content:
            last = token.content[-1]
    after, following = [" "] * len(children), " "
    for index in range(len(children) - 1, -1, -1):
        token = children[index]
        after[index] = following
        if token.type in _BREAKS:
            following = " "
        elif token.type in _TEXT and token.content:
            following = token.content[0]
    return before, after
