"""The operators of the search box, one row each, and the query they add up to.

A row reads a value and gives the query with it, or None when the value means nothing to it.
Read next: `search/query.py` (how a line is cut), `search/dates.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from tertulia.forum.indexing.words import Term
from tertulia.forum.search.dates import parse_date


class CategoryChoice(msgspec.Struct, frozen=True):
    """A category by slug, name or id, perhaps below a parent; `exact` leaves its sub-categories out."""

    name: str
    parent: str | None = None
    exact: bool = False


class SearchQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A search: every field that is given must hold; names are as typed, in lower case, not looked up.

    `categories`: any of them. `hashtags`: each is a category or a tag (`parent:child` a category).
    `tags_any`: of each group one; `tags_all`: each; `tags_none`: none; `tags_not_all`: of each group not all.
    `usernames`, `user_ids`, `groups`,
    `badges`: each filter must hold. `before`, `after`: milliseconds since the epoch.
    `places`: what followed `in:`, by the names in `PLACES`.
    """

    text: str = ""
    terms: tuple[Term, ...] = ()
    categories: tuple[CategoryChoice, ...] = ()
    hashtags: tuple[str, ...] = ()
    tags_any: tuple[tuple[str, ...], ...] = ()
    tags_all: tuple[str, ...] = ()
    tags_none: tuple[str, ...] = ()
    tags_not_all: tuple[tuple[str, ...], ...] = ()
    usernames: tuple[str, ...] = ()
    user_ids: tuple[int, ...] = ()
    by_me: bool = False
    created_by: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    group_messages: tuple[str, ...] = ()
    messages_of: tuple[str, ...] = ()
    badges: tuple[str, ...] = ()
    before: int | None = None
    after: int | None = None
    places: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()
    order: str | None = None
    posts_count: int | None = None
    min_posts: int | None = None
    max_posts: int | None = None
    min_views: int | None = None
    max_views: int | None = None
    topic_id: int | None = None
    file_types: tuple[str, ...] = ()
    with_images: bool = False
    include_unlisted: bool = False

    def with_terms(self, terms: tuple[Term, ...], *, text: str) -> SearchQuery:
        """Gives the query that also looks for these terms; `text` is what was typed for them."""
        return msgspec.structs.replace(self, terms=terms, text=text)

    @property
    def is_blank(self) -> bool:
        """Says whether nothing at all is asked."""
        return self == SearchQuery(text=self.text)


_PLACE_NAMES = (
    "title", "first", "pinned", "wiki", "likes", "bookmarks", "posted", "created", "watching", "tracking",
    "seen", "unseen", "tagged", "untagged", "personal", "personal-direct", "all", "all-pms", "replies",
)  # fmt: skip
PLACES = {name: name for name in _PLACE_NAMES} | {
    "mine": "created",
    "messages": "personal",
    "private": "personal",
}
STATUSES = frozenset(("open", "closed", "public", "archived", "noreplies", "single_user", "listed", "unlisted"))
ORDERS = frozenset(("latest", "oldest", "latest_topic", "oldest_topic", "views", "likes", "read", "hot"))
_SHORTCUTS = {"l": ("order", "latest"), "r": ("order", "read"), "t": ("in", "title"), "f": ("in", "first")}
_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
_ORDER = re.compile(r"\w+")
_EXTENSION = re.compile(r"[a-z0-9]{1,20}", re.ASCII)
_NAME = re.compile(r"[^\s\"'<>]{1,100}")

_Row = Callable[[SearchQuery, str, int], SearchQuery | None]


def apply_operator(query: SearchQuery, head: str, *, quoted: str, now: int) -> tuple[SearchQuery, str] | None:
    """Gives the query with one more operator and the quoted text that is left over; None when it is none."""
    word = head.lower()
    if word in _SHORTCUTS:
        key, value = _SHORTCUTS[word]
        applied = OPERATORS[key](query, value, now)
        return None if applied is None else (applied, quoted)
    if word[:1] in ("@", "#") and len(word) > 1:
        applied = (_mention if word[0] == "@" else _hashtag)(query, word[1:])
        return None if applied is None else (applied, quoted)
    key, colon, value = word.partition(":")
    row = OPERATORS.get(key)
    if row is None or not colon:
        return None
    applied = row(query, value or quoted.strip().lower(), now)
    if applied is None:
        return None
    return applied, quoted if value else ""


def _mention(query: SearchQuery, name: str) -> SearchQuery | None:
    if name == "me":
        return msgspec.structs.replace(query, by_me=True)
    return _append(query, "usernames", name) if _NAME.fullmatch(name) else None


def _hashtag(query: SearchQuery, name: str) -> SearchQuery | None:
    return _append(query, "hashtags", name) if _NAME.fullmatch(name) else None


def _append(query: SearchQuery, field: str, *values: object) -> SearchQuery:
    return msgspec.structs.replace(query, **{field: (*getattr(query, field), *values)})


def _categories(query: SearchQuery, value: str, _: int) -> SearchQuery | None:
    choices = []
    for part in value.split(","):
        exact = part.startswith("=")
        parent, colon, name = part.removeprefix("=").strip().rpartition(":")
        if name:
            choices.append(CategoryChoice(name, parent if colon and parent else None, exact))
    return _append(query, "categories", *choices) if choices else None


def _tags(query: SearchQuery, value: str, _: int) -> SearchQuery | None:
    if "+" in value:
        wanted = [name for name in value.split("+") if name]
        return _append(query, "tags_all", *wanted) if wanted else None
    group = tuple(name for name in value.split(",") if name)
    return _append(query, "tags_any", group) if group else None


def _without_tags(query: SearchQuery, value: str, _: int) -> SearchQuery | None:
    if "+" in value:
        together = tuple(name for name in value.split("+") if name)
        return _append(query, "tags_not_all", together) if together else None
    names = [name for name in value.split(",") if name]
    return _append(query, "tags_none", *names) if names else None


def _user(query: SearchQuery, value: str, _: int) -> SearchQuery | None:
    if _NUMBER.fullmatch(value):
        return _append(query, "user_ids", int(value))
    return _mention(query, value.removeprefix("@"))


def _created(query: SearchQuery, value: str, now: int) -> SearchQuery | None:
    if value in ("@me", "me"):
        return _place(query, "created", now)
    return _append(query, "created_by", value[1:]) if value[:1] == "@" and len(value) > 1 else None


def _place(query: SearchQuery, value: str, _: int) -> SearchQuery | None:
    place = PLACES.get(value)
    return None if place is None else msgspec.structs.replace(query, places=query.places | {place})


def _status(query: SearchQuery, value: str, _: int) -> SearchQuery | None:
    if value not in STATUSES:
        return None
    return msgspec.structs.replace(query, statuses=query.statuses | {value})


def _order(query: SearchQuery, value: str, _: int) -> SearchQuery | None:
    """An order that nobody knows leaves the best first (source: upstream, where plugins bring orders)."""
    if not _ORDER.fullmatch(value):
        return None
    return msgspec.structs.replace(query, order=value) if value in ORDERS else query


def _with(query: SearchQuery, value: str, _: int) -> SearchQuery | None:
    return msgspec.structs.replace(query, with_images=True) if value == "images" else None


def _include(query: SearchQuery, value: str, _: int) -> SearchQuery | None:
    if value not in ("invisible", "unlisted"):
        return None
    return msgspec.structs.replace(query, include_unlisted=True)


def _file_types(query: SearchQuery, value: str, _: int) -> SearchQuery | None:
    types = [part.lstrip(".") for part in re.split("[,|]", value) if _EXTENSION.fullmatch(part.lstrip("."))]
    return _append(query, "file_types", *types) if types else None


def _names(field: str) -> _Row:
    def row(query: SearchQuery, value: str, _: int) -> SearchQuery | None:
        name = value.removeprefix("@").strip()
        return _append(query, field, name) if name else None

    return row


def _number(field: str) -> _Row:
    def row(query: SearchQuery, value: str, _: int) -> SearchQuery | None:
        if not _NUMBER.fullmatch(value):
            return None
        return msgspec.structs.replace(query, **{field: int(value)})

    return row


def _date(field: str) -> _Row:
    def row(query: SearchQuery, value: str, now: int) -> SearchQuery | None:
        """What is no date asks nothing, and is no word to look for either (source: upstream)."""
        day = parse_date(value, now=now)
        if day is None:
            return query if value else None
        return msgspec.structs.replace(query, **{field: day})

    return row


OPERATORS: dict[str, _Row] = {
    "category": _categories,
    "categories": _categories,
    "tag": _tags,
    "tags": _tags,
    "-tag": _without_tags,
    "-tags": _without_tags,
    "user": _user,
    "created": _created,
    "group": _names("groups"),
    "group_messages": _names("group_messages"),
    "personal_messages": _names("messages_of"),
    "badge": _names("badges"),
    "before": _date("before"),
    "after": _date("after"),
    "in": _place,
    "status": _status,
    "order": _order,
    "with": _with,
    "include": _include,
    "posts_count": _number("posts_count"),
    "min_posts": _number("min_posts"),
    "min_post_count": _number("min_posts"),
    "max_posts": _number("max_posts"),
    "min_views": _number("min_views"),
    "max_views": _number("max_views"),
    "topic": _number("topic_id"),
    "filetype": _file_types,
    "filetypes": _file_types,
}
