"""How tokens are written where Discourse differs from plain Markdown: code, tables, images, uploads.

Read next: parser.py, which installs these.
"""

import re
from collections.abc import MutableMapping, Sequence
from html import escape
from typing import Any

from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

_SIZE = re.compile(r"^(.*?)\|\s*(\d{1,5})\s*x\s*(\d{1,5})\s*(?:,\s*(\d{1,3})%)?(?:\|.*)?$", re.DOTALL)
_FILM = re.compile(r"^.*?\|(video|audio)(?:\||$)", re.DOTALL)
_BOX = re.compile(r"\[([ xX])\] ")
UPLOAD = "upload://"

Tokens = Sequence[Token]
Env = MutableMapping[str, Any]


def fence(self: RendererHTML, tokens: Tokens, idx: int, options: OptionsDict, env: Env) -> str:
    """Write fenced code with the language as class, `lang-auto` when none is given."""
    words = tokens[idx].info.split()
    language = escape(words[0]) if words else "auto"
    return f'<pre><code class="lang-{language}">{escape(tokens[idx].content, quote=False)}</code></pre>\n'


def table_open(self: RendererHTML, tokens: Tokens, idx: int, options: OptionsDict, env: Env) -> str:
    """Write the beginning of a table in a box that may scroll."""
    return '<div class="md-table">\n<table>\n'


def table_close(self: RendererHTML, tokens: Tokens, idx: int, options: OptionsDict, env: Env) -> str:
    """Write the end of a table."""
    return "</table>\n</div>\n"


def ready_markup(self: RendererHTML, tokens: Tokens, idx: int, options: OptionsDict, env: Env) -> str:
    """Write a token that carries its own markup."""
    return tokens[idx].content


def image(self: RendererHTML, tokens: Tokens, idx: int, options: OptionsDict, env: Env) -> str:
    """Write an image, `alt|690x388, 50%` gives its size in pixels; or a film or sound, `name|video`."""
    token = tokens[idx]
    alt = self.renderInlineAsText(token.children, options, env) if token.children else ""
    attributes = _upload(str(token.attrs.get("src", "")), root=env["context"].root)
    if match := _FILM.match(alt):
        source = f'<source src="{escape(attributes["src"])}">'
        return f'<{match[1]} controls="" preload="metadata">{source}</{match[1]}>'
    if match := _SIZE.match(alt):
        alt, scale = match[1], int(match[4] or 100)
        attributes["width"] = str(int(match[2]) * scale // 100)
        attributes["height"] = str(int(match[3]) * scale // 100)
    attributes["alt"] = alt
    if title := token.attrs.get("title"):
        attributes["title"] = str(title)
    return "<img " + " ".join(f'{name}="{escape(text)}"' for name, text in attributes.items()) + ">"


def _upload(url: str, *, root: str) -> dict[str, str]:
    if not url.startswith(UPLOAD):
        return {"src": url}
    name = url.removeprefix(UPLOAD)
    return {"src": f"{root}/uploads/short-url/{name}", "data-base62-sha1": name.partition(".")[0]}


def mark_boxes(state: StateCore) -> None:
    """Turn `[ ]` and `[x]` at the beginning of a list item into boxes."""
    for index, block in enumerate(state.tokens):
        if block.type != "inline" or index < 2 or state.tokens[index - 2].type != "list_item_open":
            continue
        first = block.children[0] if block.children else None
        if first is not None and first.type == "text" and (match := _BOX.match(first.content)):
            kind = "fa fa-square-o" if match[1] == " " else "checked fa fa-square-check-o"
            first.content = first.content[match.end() :]
            box = f'<span class="chcklst-box {kind} fa-fw"></span> '
            block.children = [Token("html_inline", "", 0, content=box), *(block.children or ())]
