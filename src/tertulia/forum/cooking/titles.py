"""Titles as they are shown: escaped, with curly quotes, dashes and dots as entities.

Emoji codes stay as they are; whoever shows the title turns them into characters. Read next: emoji.py.
"""

import re
from html import escape

from tertulia.forum.cooking.emoji import emoji_character

# Controls, marks that turn the direction of writing, what has no width, halves of pairs: none belongs in a title.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffe\uffff]+"
)
_SPACE = re.compile(r"\s+")
_EMOJI = re.compile(r":([\w+&-]{1,60}(?::t[2-6])?):")
_RULES = (
    (re.compile(r"---"), "&mdash;"),
    (re.compile(r"--"), "&ndash;"),
    (re.compile(r"(?<!\.)\.\.\.(?!\.)"), "&hellip;"),
    (re.compile(r"(?<!\.)\. \. \.(?!\.)"), "&hellip;"),
    (re.compile(r"(?<=\w)&#x27;(?=\w)"), "&rsquo;"),
    (re.compile(r"&#x27;(?=\d\ds\b)"), "&rsquo;"),
    (re.compile(r"(?:(?<=^)|(?<=[\s(\[{/-]))&#x27;(?=\S)"), "&lsquo;"),
    (re.compile(r"&#x27;"), "&rsquo;"),
    (re.compile(r"(?:(?<=^)|(?<=[\s(\[{/=-])|(?<=lsquo;))&quot;(?=\S)"), "&ldquo;"),
    (re.compile(r"&quot;"), "&rdquo;"),
)


def fancy(text: str) -> str:
    """Return the title as HTML in the form of Discourse's `fancy_title`."""
    html = escape(text)
    for pattern, replacement in _RULES:
        html = pattern.sub(replacement, html)
    return html


def unicode_title(text: str) -> str:
    """Return the title with each known `:emoji:` as its character; nothing is escaped."""
    return _EMOJI.sub(lambda match: emoji_character(match[1]) or match[0], text)


def one_line(text: str, *, most: int) -> str:
    """Return a stranger's text as one line of at most `most` characters, all of which can be seen; not escaped."""
    line = _SPACE.sub(" ", _UNSEEN.sub(" ", text[: 8 * most])).strip()
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"
