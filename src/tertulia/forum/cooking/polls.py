"""`[poll]`: a list between the tags becomes the markup in which clients look for a poll, and a record of it.

Votes are not counted here. The id of an option is the MD5 of its Markdown in a JSON list, as upstream's is.
Read next: block_tags.py, which calls this.
"""

import json
from collections.abc import Mapping
from hashlib import md5
from html import escape

from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from tertulia.forum.cooking.budget import take
from tertulia.forum.cooking.cooked import Poll, PollOption
from tertulia.forum.cooking.tags import Tag

_WRITTEN = (
    "status",
    "public",
    "results",
    "min",
    "max",
    "step",
    "charttype",
    "order",
    "groups",
    "close",
    "type",
    "name",
)
_MOST_NUMBERS = 100
_MOST_OPTIONS = 500  # in all polls of a post
_LISTS = ("bullet_list_open", "ordered_list_open")
_VOTERS = '<span class="info-number">0</span>\n<span class="info-label">voters</span>'
_END = f'</div>\n<div class="poll-info">\n<p>\n{_VOTERS}\n</p>\n</div>\n</div>\n</div>\n'


def shape_poll(state: StateBlock, tag: Tag, first: int) -> None:
    """Turn the tokens from `first` (the opening tag) on into a poll, or their tags into text when there is no list.

    A heading before the list is the title. A poll of numbers needs no list: `min`, `max`, `step` make one.
    """
    inside = state.tokens[first + 1 :]
    numbers = _numbers(tag.attributes) if not inside else []
    if numbers:
        for token in _number_list(numbers):
            token.level += state.level
            inside.append(token)
    heading = next((place for place, token in enumerate(inside) if token.type == "heading_close"), -1)
    items = sum(token.type == "list_item_open" for token in inside)
    if not _is_poll(inside, after=heading) or not take(state.env, kind="options", most=_MOST_OPTIONS, count=items + 10):
        _as_text(state, tag, first, inside)
        return
    title = inside[1].content if heading > 0 else ""
    if heading > 0:
        inside[0].tag = inside[heading].tag = "div"
        inside[0].attrs = {"class": "poll-title"}
    options = []
    for place, token in enumerate(inside):
        if token.type == "list_item_open" and token.level == inside[heading + 1].level + 1:
            option = _option(inside[place + 2].content)
            token.attrs = {"data-poll-option-id": option.id}
            options.append(option)
    chosen = {"status": "open", "type": "regular", "name": "poll", **tag.attributes}
    written = "".join(f' data-poll-{name}="{escape(chosen[name])}"' for name in _WRITTEN if name in chosen)
    opening = _token(f'<div class="poll"{written}>\n<div>\n<div class="poll-container">\n', "poll_open")
    poll = Poll(chosen["name"], title, tuple(options), {name: chosen[name] for name in _WRITTEN if name in chosen})
    opening.meta["poll"] = poll
    state.tokens[first:] = [opening, *inside, _token(_END, "poll_close")]


def _option(text: str) -> PollOption:
    written = json.dumps([text], ensure_ascii=False, separators=(",", ":"))
    return PollOption(md5(written.encode("utf-8", "replace"), usedforsecurity=False).hexdigest(), text)


def _is_poll(inside: list[Token], *, after: int) -> bool:
    """Tell whether there is one list, with a line of text first in every item, and nothing else but the heading."""
    if after >= 0 and (after != 2 or inside[0].type != "heading_open"):
        return False
    whole = inside[after + 1 :]
    if len(whole) < 4 or whole[0].type not in _LISTS:
        return False
    level = whole[0].level
    if any(token.level == level for token in whole[1:-1]):
        return False
    items = [place for place, token in enumerate(whole) if token.type == "list_item_open" and token.level == level + 1]
    return all(place + 2 < len(whole) and whole[place + 2].type == "inline" for place in items)


def _as_text(state: StateBlock, tag: Tag, first: int, inside: list[Token]) -> None:
    opened = state.tokens[first].map or [0, 1]
    line = state.getLines(opened[0], opened[0] + 1, state.blkIndent, False)
    written = (f"<p>{escape(text)}</p>\n" for text in (line, f"[/{tag.name}]"))
    start, end = (_token(text, "poll_text") for text in written)
    state.tokens[first:] = [start, *inside, end]


def _token(html: str, kind: str) -> Token:
    return Token(kind, "", 0, content=html, block=True)


def _numbers(attributes: Mapping[str, str]) -> list[int]:
    if attributes.get("type") != "number":
        return []
    try:
        low, high, step = (int(attributes.get(name, default)) for name, default in _DEFAULTS)
    except ValueError:
        return []
    numbers = range(low, high + 1, max(1, step))
    return list(numbers[:_MOST_NUMBERS]) if abs(low) < 10**9 and high < 10**9 else []


_DEFAULTS = (("min", "1"), ("max", "20"), ("step", "1"))


def _number_list(numbers: list[int]) -> list[Token]:
    tokens = [Token("bullet_list_open", "ul", 1, block=True)]
    for number in numbers:
        inline = Token("inline", "", 0, content=str(number), level=3, block=True, map=[0, 1], children=[])
        tokens += [
            Token("list_item_open", "li", 1, level=1, block=True),
            Token("paragraph_open", "p", 1, level=2, block=True, hidden=True),
            inline,
            Token("paragraph_close", "p", -1, level=2, block=True, hidden=True),
            Token("list_item_close", "li", -1, level=1, block=True),
        ]
    return [*tokens, Token("bullet_list_close", "ul", -1, block=True)]
