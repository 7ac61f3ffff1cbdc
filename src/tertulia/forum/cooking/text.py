"""What names something inside plain text: @mentions, #hashtags, :emoji: and emoticons.

Runs over the text of each paragraph after links are found; code and link texts are left alone (emoji work in
links). Read next: emoji.py, linking.py, and parser.py for the order of the rules.
"""

import re
from collections.abc import MutableMapping
from html import escape
from typing import Any
from unicodedata import category

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from tertulia.forum.cooking.cooked import CookContext
from tertulia.forum.cooking.emoji import EMOTICONS, PICTURE, emoji_character, emoji_name
from tertulia.forum.cooking.linking import step_link_depth

MENTION = r"@[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,58}[A-Za-z0-9_])?"

_FACES = "|".join(re.escape(face) for face in sorted(EMOTICONS, key=len, reverse=True))
_NAMED = re.compile(
    rf"(?P<code>:[\w+&-]{{1,60}}:(?:t[2-6]:)?)|(?P<face>{_FACES})|(?P<mention>{MENTION})|(?P<hash>\#[\w:-]{{1,101}})"
    rf"|(?P<picture>{PICTURE})"
)
# What upstream lets nobody be called: too short, or like a file. Asked where nobody says who exists.
_NO_NAME = re.compile(r".{1,2}|.*\.(?:js|json|css|htm|html|xml|jpe?g|png|gif|bmp|ico|tiff?|woff)")
_EMOJI = ("code", "face", "picture")
_MOST_ALONE = 3
# Each becomes many times its length; what comes after these stays text.
_MOST_NAMES = 1000


def name_things(state: StateCore) -> None:
    """Replace names in the text of every paragraph by their markup; notes who is named outside quotes."""
    context: CookContext = state.env["context"]
    state.env["names"] = 0
    quoted = 0
    for block in state.tokens:
        if block.type == "quote_open":
            quoted += 1
            if (quote := block.meta.get("quote")) is not None and quoted == 1:
                state.env["quotes"].append(quote)
        elif block.type == "quote_close":
            quoted -= 1
        elif block.type == "poll_open" and not quoted and "poll" in block.meta:
            state.env["polls"].append(block.meta["poll"])
        elif block.type == "inline" and block.children and _NAMED.search(block.content):
            writer = _Writer(context, state.env, quoted=quoted > 0)
            block.children = writer.rewrite(block.children)


class _Writer:
    """Rewrites the text tokens of one paragraph."""

    def __init__(self, context: CookContext, found: MutableMapping[str, Any], *, quoted: bool) -> None:
        self.context = context
        self.found = found
        self.quoted = quoted
        self.root = context.root

    def rewrite(self, children: list[Token]) -> list[Token]:
        """Return the tokens with every name replaced."""
        result: list[Token] = []
        depth = 0
        address = False
        for token in children:
            depth = step_link_depth(token, depth)
            if token.type in ("link_open", "link_close"):
                address = token.type == "link_open" and token.info == "auto"
            if token.type == "text" and not address:
                result.extend(self._text(token, linked=depth > 0))
            else:
                result.append(token)
        _enlarge(result)
        return result

    def _text(self, token: Token, *, linked: bool) -> list[Token]:
        text = token.content
        pieces: list[Token] = []
        last = 0
        for match in _NAMED.finditer(text):
            if self.found["names"] >= _MOST_NAMES:
                break
            if match.lastgroup != "picture" and not _is_edge(text, match.start() - 1):
                continue
            html = self._markup(match, linked=linked)
            if html is None:
                continue
            if match.start() > last:
                pieces.append(Token("text", "", 0, content=text[last : match.start()], level=token.level))
            self.found["names"] += 1
            kind = "emoji" if match.lastgroup in _EMOJI else "name"
            pieces.append(Token("html_inline", "", 0, content=html, level=token.level, info=kind))
            last = match.end()
        if not pieces:
            return [token]
        if last < len(text):
            pieces.append(Token("text", "", 0, content=text[last:], level=token.level))
        return pieces

    def _markup(self, match: re.Match[str], *, linked: bool) -> str | None:
        kind, written = match.lastgroup, match[0]
        if kind == "picture":
            return self._emoji(emoji_name(written) or "")
        if kind in ("code", "face"):
            after = match.string[match.end() : match.end() + 1]
            if not (after.isspace() if kind == "face" and after else _is_edge(match.string, match.end())):
                return None
            return self._emoji(EMOTICONS.get(written) or written[1:-1])
        if linked:
            return None
        return self._mention(written) if kind == "mention" else self._hashtag(written)

    def _emoji(self, name: str) -> str | None:
        if emoji_character(name) is None:
            return None
        source = f"{self.root}/emoji/{name.replace(':', '-')}.svg"
        code = f":{name}:"
        size = 'loading="lazy" width="20" height="20"'
        return f'<img src="{source}" title="{code}" class="emoji" alt="{code}" {size}>'

    def _mention(self, written: str) -> str:
        name = written[1:].lower()
        groups, users = self.context.groups or {}, self.context.usernames
        if name in users if users is not None else name not in groups and not _NO_NAME.fullmatch(name):
            self._note("mentions", name)
            return f'<a class="mention" href="{self.root}/u/{name}">{written}</a>'
        if name in groups:
            self._note("group_mentions", name)
            return f'<a class="mention-group" href="{self.root}/groups/{name}">{written}</a>'
        return f'<span class="mention">{written}</span>'

    def _hashtag(self, written: str) -> str:
        known = (self.context.hashtags or {}).get(written[1:].lower())
        if known is None:
            return f'<span class="hashtag">{escape(written)}</span>'
        href, shown, slug = escape(known[0]), escape(known[1]), escape(written[1:].lower())
        return f'<a class="hashtag-cooked" href="{href}" data-slug="{slug}"><span>{shown}</span></a>'

    def _note(self, kind: str, name: str) -> None:
        if not self.quoted and name not in self.found[kind]:
            self.found[kind].append(name)


def _is_edge(text: str, at: int) -> bool:
    """Tell whether the character at `at` is outside, a space or punctuation; `=` and `+` are neither."""
    return not 0 <= at < len(text) or text[at].isspace() or (text[at] != "_" and category(text[at])[0] == "P")


def _enlarge(children: list[Token]) -> None:
    """Mark the emoji of a paragraph that holds nothing but up to three of them."""
    emoji = [token for token in children if token.info == "emoji"]
    if not 0 < len(emoji) <= _MOST_ALONE:
        return
    if all(token.info == "emoji" or (token.type == "text" and not token.content.strip()) for token in children):
        for token in emoji:
            token.content = token.content.replace('class="emoji"', 'class="emoji only-emoji"')
