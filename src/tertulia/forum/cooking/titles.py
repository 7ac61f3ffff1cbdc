"""Titles as they are shown: escaped, with curly quotes, dashes and dots as entities.

Emoji codes stay as they are; whoever shows the title turns them into characters. Read next: emoji.py.
"""

import re
from html import escape

from tertulia.forum.cooking.emoji import emoji_character

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
