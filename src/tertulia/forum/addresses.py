"""The site's own addresses, as relative paths: made here, and read back from links and quotes. And its origin.

For cooking, pages and the one dialect that shares them; another dialect's own are in its `wire.py`.
The words in them are made by `slugs.py`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import quote, unquote, urlsplit

import msgspec

from tertulia.settings import ProcessSettings

_MAXIMUM_PATH = 2_000
_ID = "([0-9]{1,18})"
_PART = "([^/]{1,300})"
_TOPIC = re.compile(f"/t/{_ID}(?:/{_ID})?|/t/(?:(?![0-9]+/){_PART}/){_ID}(?:/{_ID})?")
_POST = re.compile(f"/p(?:osts)?/{_ID}")
_CATEGORY = re.compile(f"/c/(?:{_PART}/){{0,4}}?{_ID}")
_NAMED = re.compile(f"/(u|users|g|groups|tag|tags)/{_PART}(?:/.*)?", re.DOTALL)
_NAMED_KINDS = {"u": "user", "users": "user", "g": "group", "groups": "group", "tag": "tag", "tags": "tag"}
# Each is dark enough for the white letter on it (contrast at least 4.5 to 1).
_COLOURS = (
    "9a3412", "92400e", "854d0e", "4d7c0f", "3f6212", "15803d", "166534", "047857", "0f766e", "155e75",
    "0e7490", "0369a1", "1d4ed8", "1e40af", "4338ca", "5b21b6", "6d28d9", "7e22ce", "86198f", "a21caf",
    "9d174d", "be185d", "be123c", "b91c1c",
)  # fmt: skip


class SiteLink(msgspec.Struct, frozen=True, kw_only=True):
    """Where an address leads: `topic`, `post`, `category` by id; `user`, `group`, `tag` by name."""

    kind: str
    id: int | None = None
    post_number: int | None = None
    name: str | None = None


def site_origin(process: ProcessSettings) -> str:
    """Where the site lives, for links that no request's address may decide (mail); without a slash at the end.

    Without `base_url` it is where this process listens: whoever sends a false `Host` cannot have it mailed to others.
    """
    host = f"[{process.host}]" if ":" in process.host else process.host
    return process.base_url.rstrip("/") or f"http://{host}:{process.port}"


def is_own(url: str, *, base_url: str) -> bool:
    """Whether the address is on the forum's own host, on whichever port; so is one that cannot be read."""
    try:
        host, own = urlsplit(url).hostname or "", urlsplit(base_url).hostname or ""
    except ValueError:
        return True
    return bool(own) and host.rstrip(".") == own.rstrip(".")


def topic_path(slug: str, topic_id: int, post_number: int | None = None) -> str:
    """Gives `/t/slug/12`, or `/t/slug/12/3` for a post in it; an empty slug becomes `topic`."""
    path = f"/t/{_encoded(slug) or 'topic'}/{topic_id}"
    return path if post_number is None else f"{path}/{post_number}"


def user_path(username: str) -> str:
    """Gives `/u/name`, the name in lower case."""
    return f"/u/{_encoded(username.lower())}"


def group_path(name: str) -> str:
    """Gives `/g/name`."""
    return f"/g/{_encoded(name)}"


def category_path(slugs: Sequence[str], category_id: int) -> str:
    """Gives `/c/parent/child/5` from the slugs, outermost first; without any it is `/c/5-category/5`."""
    words = [_encoded(slug) for slug in slugs if slug] or [f"{category_id}-category"]
    return f"/c/{'/'.join(words)}/{category_id}"


def tag_path(name: str) -> str:
    """Gives `/tag/name`."""
    return f"/tag/{_encoded(name)}"


@lru_cache(maxsize=4096)
def letter_avatar(username: str) -> str:
    """Gives the template of the picture of those who have none: their first letter on a colour of their name.

    `{size}` stands in it literally, for the reader to fill in. The colour is six hexadecimal digits.
    """
    name = username.lower()
    letter = next((c for c in name if c.isalnum()), "x")
    number = int.from_bytes(hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()[:4], "big")
    colour = _COLOURS[number % len(_COLOURS)]
    return f"/letter_avatar_proxy/v4/letter/{_encoded(letter)}/{colour}/{{size}}.png"


def parse_site_path(path: str) -> SiteLink | None:
    """Reads what a path of this site leads to, whatever slug is in it; None for every other path.

    Query and fragment are ignored. Paths over 2,000 characters lead nowhere; ids have at most 18 digits.
    """
    if len(path) > _MAXIMUM_PATH:
        return None
    bare = re.split("[?#]", path, maxsplit=1)[0].rstrip("/")
    if found := _TOPIC.fullmatch(bare):
        topic_id, number = (found[1], found[2]) if found[1] else (found[4], found[5])
        return SiteLink(kind="topic", id=int(topic_id), post_number=int(number) if number else None)
    if found := _POST.fullmatch(bare):
        return SiteLink(kind="post", id=int(found[1]))
    if found := _CATEGORY.fullmatch(bare):
        return SiteLink(kind="category", id=int(found[2]))
    if found := _NAMED.fullmatch(bare):
        name = unquote(found[2])
        if "/" in name or name in (".", ".."):
            return None
        return SiteLink(kind=_NAMED_KINDS[found[1]], name=name)
    return None


def _encoded(part: str) -> str:
    # A part of dots only would be a step up in the path.
    return quote(part.encode("utf-8", "replace"), safe="") if part.strip(".") else ""
