"""Cooking: the Markdown of a post becomes safe HTML of the shape Discourse gives it.

Pure functions, no I/O; importing this is cheap, the parser is built when something is first cooked.
Raise VERSION when the same raw cooks differently, so that old posts can be cooked again.
Read next: pipeline.py.
"""

from tertulia.forum.cooking.cooked import CookContext, Cooked, CookedUpload, Link, Poll, PollOption, Quote
from tertulia.forum.cooking.embeds import title_of
from tertulia.forum.cooking.emoji import emoji_character
from tertulia.forum.cooking.pipeline import cook, find_mentions
from tertulia.forum.cooking.plain import excerpt, plain_text, word_count
from tertulia.forum.cooking.relations import has_footnotes, own_footnotes
from tertulia.forum.cooking.sanitizer import sanitize
from tertulia.forum.cooking.titles import fancy, one_line, unicode_title
from tertulia.forum.cooking.uploads import human_size

VERSION: int = 5

__all__ = [
    "VERSION",
    "CookContext",
    "Cooked",
    "CookedUpload",
    "Link",
    "Poll",
    "PollOption",
    "Quote",
    "cook",
    "emoji_character",
    "excerpt",
    "fancy",
    "find_mentions",
    "has_footnotes",
    "human_size",
    "one_line",
    "own_footnotes",
    "plain_text",
    "sanitize",
    "title_of",
    "unicode_title",
    "word_count",
]
