"""Pictures that the forum draws itself: the letter of those without an avatar, and emoji.

Addresses end in `.png` because clients were told so; what is sent is SVG, which browsers go by the content type for.
"""

from __future__ import annotations

from html import escape
from string import hexdigits
from urllib.parse import unquote

from tertulia.forum.addresses import letter_avatar
from tertulia.forum.cooking import emoji_character
from tertulia.http.call import Answer, Call
from tertulia.model.errors import NotFound

_SVG = "image/svg+xml; charset=utf-8"
_FOR_A_YEAR = "public, max-age=31536000, immutable"
_FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"


def _picture(svg: str) -> Answer:
    answer = Answer(svg.encode(), content_type=_SVG)
    answer.headers.append(("Cache-Control", _FOR_A_YEAR))
    answer.headers.append(("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox"))
    return answer


def _letter(letter: str, *, colour: str, size: int) -> Answer:
    if len(colour) != 6 or set(colour) - set(hexdigits) or len(letter) != 1 or not letter.isprintable():
        raise NotFound()
    side = max(8, min(size, 1000))
    return _picture(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}" viewBox="0 0 100 100">'
        f'<rect width="100" height="100" fill="#{colour}"/>'
        f'<text x="50" y="50" dy=".35em" fill="#fff" font-family="{_FONT}" font-size="56" font-weight="500" '
        f'text-anchor="middle">{escape(letter.upper()[:1])}</text></svg>'
    )


async def get_letter(call: Call) -> Answer:
    """One letter on a colour (six hexadecimal digits), which together with the size are the whole address."""
    return _letter(call.word("letter"), colour=call.word("color"), size=_size(call.word("size")))


async def get_avatar(call: Call) -> Answer:
    """The letter of a username, for clients that build the address themselves; nobody need have the name."""
    _, _, tail = letter_avatar(call.word("username")).partition("/letter/")
    letter, colour = tail.split("/")[:2]
    return _letter(unquote(letter), colour=colour, size=_size(call.word("size")))


def _size(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        raise NotFound()
    return int(text)


async def get_emoji(call: Call) -> Answer:
    character = emoji_character(call.word("emoji"))
    if character is None:
        raise NotFound()
    return _picture(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">'
        f'<text x="50" y="50" dy=".35em" font-size="84" text-anchor="middle">{escape(character)}</text></svg>'
    )
