"""What cooking takes and gives: the context of one post, and the cooked result.

No parsing here. Read next: pipeline.py, which turns one into the other.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec


class CookContext(msgspec.Struct, frozen=True, kw_only=True):
    """What a post may refer to. Empty and None mean: nothing is known, so nothing is refused.

    `base_url` is the site's own address (scheme, host, path without a last slash); links to it are internal.
    `usernames` and `groups` map the lower-cased name to the name as its owner writes it; None for `usernames`
    counts every well-formed mention as known. `hashtags` maps a lower-cased slug to (href, text).
    `nofollow` marks external links as user content.
    """

    base_url: str = ""
    usernames: Mapping[str, str] | None = None
    groups: Mapping[str, str] | None = None
    hashtags: Mapping[str, tuple[str, str]] | None = None
    nofollow: bool = True

    @property
    def root(self) -> str:
        """The path before the site's own paths: `/forum` for https://a.example/forum, else empty."""
        return urlsplit(self.base_url).path.rstrip("/")


class Quote(msgspec.Struct, frozen=True):
    """One `[quote="username, post:1, topic:2"]` of a post."""

    username: str
    post_number: int | None = None
    topic_id: int | None = None


class Link(msgspec.Struct, frozen=True):
    """One link that a reader can follow, mentions and hashtags left out."""

    url: str
    internal: bool


class Cooked(msgspec.Struct, frozen=True, kw_only=True):
    """Safe HTML and what the post refers to; `has_media` counts its images, sounds and films."""

    html: str
    mentions: tuple[str, ...] = ()
    group_mentions: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    links: tuple[Link, ...] = ()
    word_count: int = 0
    has_media: int = 0

    @property
    def link_count(self) -> int:
        """How many links there are."""
        return len(self.links)
