"""Text from cooked HTML: for search, excerpts and mail. And the count of words.

Expects sanitised HTML, where every `<` begins a tag. Read next: sanitizer.py.
"""

import re
from html import escape, unescape

from tertulia.forum.cooking.allowlist import words

_TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*)((?:\s+[\w:-]+(?:=\"[^\"]*\")?)*)\s*/?>")
_CLASS = re.compile(r' class="([^"]*)"')
_ALT = re.compile(r' alt="([^"]*)"')
_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"\w+")
_BREAKING = words(
    """
    p br div li ul ol h1 h2 h3 h4 h5 h6 pre blockquote aside table tr hr details summary article header
    """
)
_LEFT_OUT = ("quote", "onebox", "title", "meta", "quote-controls", "lazy-video-container", "poll-info", "footnotes")


def word_count(raw: str) -> int:
    """Count the words of raw Markdown as Discourse does: runs of letters, digits and underscores."""
    return sum(1 for _ in _WORD.finditer(raw))


def plain_text(html: str) -> str:
    """Return the text of sanitised HTML, one line a block, not escaped; emoji as their codes."""
    lines = (" ".join(line.split()) for line in unescape(_strip(html, skip=())).split("\n"))
    return "\n".join(line for line in lines if line)


def excerpt(html: str, *, length: int = 220) -> str:
    """Return the first `length` characters of text, HTML-escaped, with `&hellip;` when more follows.

    Quotes, oneboxes, players and footnotes are left out; images give their alternative text in brackets.
    """
    text = _SPACE.sub(" ", unescape(_strip(html, skip=_LEFT_OUT))).strip()
    if len(text) <= length:
        return escape(text, quote=False)
    return escape(text[:length].rstrip(), quote=False) + "&hellip;"


def _strip(html: str, *, skip: tuple[str, ...]) -> str:
    pieces: list[str] = []
    skipped: list[str] = []
    last = 0
    for match in _TAG.finditer(html):
        if not skipped:
            pieces.append(html[last : match.start()])
        last = match.end()
        name = match[2].lower()
        if skipped:
            # Only the element's own name is counted: inside sanitised HTML every element is closed.
            if name == skipped[0]:
                skipped.pop() if match[1] else skipped.append(name)
        elif not match[1] and name in ("aside", "div", "section") and _has_class(match[3], skip):
            skipped.append(name)
        elif name == "img":
            pieces.append(_image_text(match[3], bracket=bool(skip)))
        elif name in _BREAKING:
            pieces.append("\n")
        elif name in ("td", "th"):
            pieces.append(" ")
    if not skipped:
        pieces.append(html[last:])
    return "".join(pieces)


def _has_class(attributes: str, names: tuple[str, ...]) -> bool:
    match = _CLASS.search(attributes)
    return match is not None and not set(match[1].split()).isdisjoint(names)


def _image_text(attributes: str, *, bracket: bool) -> str:
    match, kind = _ALT.search(attributes), _CLASS.search(attributes)
    alt = match[1] if match else ""
    if kind and "emoji" in kind[1].split():
        return alt
    if kind and "avatar" in kind[1].split():
        return ""
    return f"[{alt or 'image'}]" if bracket else f" {alt} "
