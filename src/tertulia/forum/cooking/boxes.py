"""Bare addresses: alone on a line they become an embed or a onebox, in running text they get a title.

What is known of an address is told by the context; the rest is noted, so that somebody may ask. Attachments too.
Read next: embeds.py, markup.py.
"""

from collections.abc import Mapping, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from tertulia.forum.addresses import is_own
from tertulia.forum.cooking.budget import take
from tertulia.forum.cooking.cooked import CookContext
from tertulia.forum.cooking.embeds import card_of, embed_of, is_block, title_of
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
        shown: dict[int, str] = {}
        for index, token in enumerate(block.children):
            if token.type != "link_open":
                continue
            _mark_attachment(block.children, index, root=state.env["context"].root)
            if token.markup != "linkify":
                continue
            if state.tokens[place - 1].type == "paragraph_open" and block.level == 1 and _is_alone(state, block, index):
                token.attrs["class"], token.attrs["target"] = "onebox", "_blank"
                html = _find_shown(state.env, str(token.attrs["href"]))
                if html is not None:
                    shown[index] = html
            else:
                _show_title(state.env, block.children, index)
        paragraph = (state.tokens[place - 1], state.tokens[place + 1])
        if any(is_block(html) for html in shown.values()) and not paragraph[0].hidden:
            for tag in paragraph:
                tag.hidden = True
            block.children = _beside_paragraphs(block.children, shown)
        elif shown:
            block.children = _with_shown(block.children, shown)


def _find_shown(env: Env, url: str) -> str | None:
    """What stands in the place of the address: its embed, what is known of it, or what it tells by itself."""
    context: CookContext = env["context"]
    html = embed_of(url)
    known = context.oneboxes.get(url) if html is None else None
    if html is None and known is None:
        _note(env, url, kind="alone")
        html = card_of(url)
    if (html is None and known is None) or not take(env, kind="embeds", most=_MOST_EMBEDS):
        return None
    if known is not None:
        env["boxed"][url] = True
    return html if known is None else known


def _show_title(env: Env, children: list[Token], index: int) -> None:
    """The title in the place of the address. The first page of a site keeps its address, as upstream's does."""
    url, context = str(children[index].attrs["href"]), env["context"]
    title: str | None = context.titles.get(url)
    if title is not None:
        env["boxed"][url] = True
    elif _has_path(url):
        _note(env, url, kind="within")
        # What of the forum's own may be shown is told by the context, and nothing else of it is.
        title = None if is_own(url, base_url=context.base_url) else title_of(url)
    if title is not None and index + 1 < len(children) and children[index + 1].type == "text":
        children[index].attrs["class"] = "inline-onebox"
        children[index + 1].content = title


def _note(env: Env, url: str, *, kind: str) -> None:
    if url.startswith(("https://", "http://")):
        env[kind][url] = True


def _has_path(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.path not in ("", "/") or bool(parts.query)


def _beside_paragraphs(children: list[Token], shown: Mapping[int, str]) -> list[Token]:
    """Put each block between paragraphs of what stands before and after it, the others in them."""
    result: list[Token] = []
    last = 0
    for index in (*(at for at, html in shown.items() if is_block(html)), len(children)):
        text = _with_shown(children[last:index], {at - last: shown[at] for at in shown if last <= at < index})
        if last and text and text[0].type in _BREAKS:
            del text[0]
        if text:
            result += [_html("<p>"), *text, _html("</p>\n")]
        if index in shown:
            result.append(_html(f"{shown[index]}\n"))
        last = index + _LINK
    return result


def _html(content: str) -> Token:
    return Token("html_inline", "", 0, content=content)


def _with_shown(children: list[Token], shown: Mapping[int, str]) -> list[Token]:
    """Put what is shown in the place of the link that begins at its index."""
    result: list[Token] = []
    last = 0
    for index, html in shown.items():
        result += [*children[last:index], _html(html)]
        last = index + _LINK
    return result + children[last:]


def _is_alone(state: StateCore, block: Token, index: int) -> bool:
    """Tell whether the link fills its line from the first column, as upstream asks for; a space before it says no."""
    children = block.children or []
    if index + _LINK < len(children) and children[index + _LINK].type not in _BREAKS:
        return False
    if index:
        return children[index - 1].type in _BREAKS and "indented" not in children[index - 1].meta
    lines: list[str] = state.env.get("lines") or state.src.split("\n")
    state.env["lines"] = lines
    first = lines[block.map[0]] if block.map else ""
    return not first.startswith((" ", "\t"))


def _mark_attachment(children: list[Token], index: int, *, root: str) -> None:
    href = str(children[index].attrs.get("href", ""))
    if not href.startswith(UPLOAD):
        return
    children[index].attrs["href"] = f"{root}/uploads/short-url/{href.removeprefix(UPLOAD)}"
    if index + 1 < len(children) and children[index + 1].content.endswith("|attachment"):
        children[index + 1].content = children[index + 1].content.removesuffix("|attachment")
        children[index].attrs["class"] = "attachment"
