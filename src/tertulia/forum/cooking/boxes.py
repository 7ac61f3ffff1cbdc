"""Bare addresses: alone on a line they become an embed or a onebox, in running text they get a title.

What is known of an address is told by the context; the rest is noted, so that somebody may ask. Attachments too.
Read next: embeds.py, markup.py.
"""

from collections.abc import Mapping, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from tertulia.forum.cooking.budget import take
from tertulia.forum.cooking.cooked import CookContext
from tertulia.forum.cooking.embeds import embed_of, is_block
from tertulia.forum.cooking.markup import UPLOAD

_MOST_EMBEDS = 100
_LINK = 3  # tokens: its beginning, text, end
_BREAKS = ("softbreak", "hardbreak")

Env = MutableMapping[str, Any]


def mark_links(state: StateCore) -> None:
    """Turn the bare address alone on its line into its embed or a onebox, and mark links to uploads as attachments."""
    for place, block in enumerate(state.tokens):
        if block.type != "inline" or not block.children:
            continue
        embeds: dict[int, str] = {}
        boxes: dict[int, str] = {}
        for index, token in enumerate(block.children):
            if token.type != "link_open":
                continue
            _mark_attachment(block.children, index, root=state.env["context"].root)
            if token.markup != "linkify":
                continue
            if block.level == 1 and _is_alone(block.children, index):
                token.attrs["class"], token.attrs["target"] = "onebox", "_blank"
                _show_alone(state.env, str(token.attrs["href"]), index=index, embeds=embeds, boxes=boxes)
            else:
                _show_title(state.env, block.children, index)
        beside = (state.tokens[place - 1], state.tokens[place + 1])
        if embeds:
            alone = len(embeds) == 1 and len(block.children) == _LINK and is_block(embeds[0])
            for paragraph in beside:
                paragraph.hidden = paragraph.hidden or alone
        if boxes and not beside[0].hidden:
            for paragraph in beside:
                paragraph.hidden = True
            block.children = _beside_paragraphs(block.children, embeds, boxes=boxes)
        elif embeds:
            block.children = _with_embeds(block.children, embeds)


def _show_alone(env: Env, url: str, *, index: int, embeds: dict[int, str], boxes: dict[int, str]) -> None:
    context: CookContext = env["context"]
    html = embed_of(url)
    if html is not None:
        if take(env, kind="embeds", most=_MOST_EMBEDS):
            embeds[index] = html
    elif url not in context.oneboxes:
        _note(env, url, kind="alone")
    elif take(env, kind="embeds", most=_MOST_EMBEDS):
        boxes[index] = context.oneboxes[url]
        env["boxed"][url] = True


def _show_title(env: Env, children: list[Token], index: int) -> None:
    """The title in the place of the address. The first page of a site keeps its address, as upstream's does."""
    url, context = str(children[index].attrs["href"]), env["context"]
    if url in context.titles and index + 1 < len(children) and children[index + 1].type == "text":
        children[index].attrs["class"] = "inline-onebox"
        children[index + 1].content = context.titles[url]
        env["boxed"][url] = True
    elif _has_path(url):
        _note(env, url, kind="within")


def _note(env: Env, url: str, *, kind: str) -> None:
    if url.startswith(("https://", "http://")):
        env[kind][url] = True


def _has_path(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.path not in ("", "/") or bool(parts.query)


def _beside_paragraphs(children: list[Token], embeds: Mapping[int, str], *, boxes: Mapping[int, str]) -> list[Token]:
    """Each onebox between the paragraphs of what stands before and after it; the paragraph's own tags are hidden."""
    result: list[Token] = []
    last = 0
    for index in (*boxes, len(children)):
        inside = {at - last: html for at, html in embeds.items() if last <= at < index}
        text = _without_breaks(_with_embeds(children[last:index], inside))
        if text:
            result += [_html("<p>"), *text, _html("</p>\n")]
        if index in boxes:
            result.append(_html(f"{boxes[index]}\n"))
        last = index + _LINK
    return result


def _without_breaks(tokens: list[Token]) -> list[Token]:
    first, last = 0, len(tokens)
    while first < last and tokens[first].type in _BREAKS:
        first += 1
    while last > first and tokens[last - 1].type in _BREAKS:
        last -= 1
    return tokens[first:last]


def _html(content: str) -> Token:
    return Token("html_inline", "", 0, content=content)


def _with_embeds(children: list[Token], embeds: Mapping[int, str]) -> list[Token]:
    """Put each embed in the place of the link that begins at its index."""
    result: list[Token] = []
    last = 0
    for index, html in embeds.items():
        result += [*children[last:index], _html(html)]
        last = index + _LINK
    return result + children[last:]


def _is_alone(children: list[Token], index: int) -> bool:
    starts = index == 0 or children[index - 1].type in _BREAKS
    return starts and (index + _LINK >= len(children) or children[index + _LINK].type in _BREAKS)


def _mark_attachment(children: list[Token], index: int, *, root: str) -> None:
    href = str(children[index].attrs.get("href", ""))
    if not href.startswith(UPLOAD):
        return
    children[index].attrs["href"] = f"{root}/uploads/short-url/{href.removeprefix(UPLOAD)}"
    if index + 1 < len(children) and children[index + 1].content.endswith("|attachment"):
        children[index + 1].content = children[index + 1].content.removesuffix("|attachment")
        children[index].attrs["class"] = "attachment"
