"""Emoji by short name and back: `smile` is a character, `:)` is a short name.

The names come with the package as emoji.txt (one character and its names a line; from the MIT-licensed
emoji-data set) and are read at first use. Read next: text.py, which finds the codes in a post.
"""

from collections.abc import Mapping
from functools import cache

EMOTICONS: Mapping[str, str] = {
    ":)": "slight_smile",
    ":-)": "slight_smile",
    "^_^": "slight_smile",
    "^__^": "slight_smile",
    ":(": "frowning",
    ":-(": "frowning",
    ";)": "wink",
    ";-)": "wink",
    ":'(": "cry",
    ":’(": "cry",
    ":'-(": "cry",
    ":-'(": "cry",
    ":p": "stuck_out_tongue",
    ":P": "stuck_out_tongue",
    ":-P": "stuck_out_tongue",
    ":O": "open_mouth",
    ":-O": "open_mouth",
    ":D": "smiley",
    ":-D": "smiley",
    ":|": "expressionless",
    ":-|": "expressionless",
    ":/": "confused",
    "8-)": "sunglasses",
    ";P": "stuck_out_tongue_winking_eye",
    ";-P": "stuck_out_tongue_winking_eye",
    ":$": "blush",
    ":-$": "blush",
}

_TONES = {"t2": "\U0001f3fb", "t3": "\U0001f3fc", "t4": "\U0001f3fd", "t5": "\U0001f3fe", "t6": "\U0001f3ff"}


@cache
def _characters() -> Mapping[str, str]:
    from importlib import resources

    text = resources.files("tertulia.forum.cooking").joinpath("emoji.txt").read_text(encoding="utf-8")
    return {name: line.split(" ")[0] for line in text.splitlines() for name in line.split(" ")[1:]}


_BASE = "[\u203c-\u3299\U0001f000-\U0001faff]"
_TONE = "[\U0001f3fb-\U0001f3ff]"
# What may be an emoji: a flag, a keycap, or pictures that are joined to one; which of them are is in the list.
PICTURE = (
    f"[\U0001f1e6-\U0001f1ff]{{2}}|[#*0-9]\ufe0f\u20e3|{_BASE}\ufe0f?{_TONE}?(?:\u200d{_BASE}\ufe0f?{_TONE}?){{0,4}}"
)


@cache
def _names() -> Mapping[str, str]:
    names: dict[str, str] = {}
    for name, character in _characters().items():
        names.setdefault(character, name)
    return names


def emoji_name(character: str) -> str | None:
    """Return the short name of an emoji character, such as `smile` or `wave:t3`, or None."""
    name = _names().get(character)
    if name is not None:
        return name
    tone = next((tone for tone, sign in _TONES.items() if sign in character), None)
    name = _names().get(character.replace(_TONES[tone], "")) if tone else None
    return None if name is None else f"{name}:{tone}"


def emoji_character(name: str) -> str | None:
    """Return the character of a short name such as `smile`, `wave:t3` or `wave-t3`, or None."""
    exact = _characters().get(name)
    if exact is not None:
        return exact
    base, tone = name[:-3], name[-3:]
    character = _characters().get(base) if tone[:1] in (":", "-") and tone[1:] in _TONES else None
    return None if character is None else character + _TONES[tone[1:]]
