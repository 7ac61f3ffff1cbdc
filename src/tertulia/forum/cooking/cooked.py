"""What cooking takes and gives: the context of one post, and the cooked result.

No parsing here. Read next: pipeline.py, which turns one into the other.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec


class CookedUpload(msgspec.Struct, frozen=True, kw_only=True):
    """An upload that a post may show: address, sizes in pixels and bytes, and smaller pictures (width, address)."""

    id: int
    sha1: str
    url: str
    filename: str
    filesize: int
    width: int | None = None
    height: int | None = None
    dominant_color: str | None = None
    smaller: tuple[tuple[int, str], ...] = ()


class CookContext(msgspec.Struct, frozen=True, kw_only=True):
    """What a post may refer to. Empty and None mean: nothing is known, so nothing is refused.

    `base_url` is the site's own address (scheme, host, path without a last slash); links to it are internal.
    `usernames` and `groups` map the lower-cased name to the name as its owner writes it; None for `usernames`
    counts every well-formed mention as known (3 letters or more, and not like `a.png`). `hashtags` maps a lower-cased
    slug to (href, text).
    `nofollow` marks external links as user content. `uploads` maps the letters of a short address to its upload;
    what is not in it does not exist, and None leaves short addresses as they are. `image_box` is the width and
    height that a picture has in a post at most. `frames` are the beginnings of the addresses that an `iframe` may
    show, a `*` in them stands for one part of the path; every other frame becomes a link. `oneboxes` is what stands
    in the place of an address alone on its line, HTML that is sanitised like the rest; `titles` is the text that
    stands for one in running text.
    """

    base_url: str = ""
    usernames: Mapping[str, str] | None = None
    groups: Mapping[str, str] | None = None
    hashtags: Mapping[str, tuple[str, str]] | None = None
    nofollow: bool = True
    uploads: Mapping[str, CookedUpload] | None = None
    image_box: tuple[int, int] = (690, 500)
    frames: tuple[str, ...] = ()
    oneboxes: Mapping[str, str] = {}
    titles: Mapping[str, str] = {}

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


class PollOption(msgspec.Struct, frozen=True):
    """One thing to choose: the MD5 that names it on the wire, and its Markdown."""

    id: str
    text: str


class Poll(msgspec.Struct, frozen=True):
    """A poll as the author wrote it; nothing is checked: `attributes` are `type`, `results`, `min` and so on."""

    name: str
    title: str
    options: tuple[PollOption, ...]
    attributes: Mapping[str, str]


class Cooked(msgspec.Struct, frozen=True, kw_only=True):
    """Safe HTML and what the post refers to; `has_media` counts its images, sounds and films.

    `uploads` are the ids of those that it shows, `attachments` counts the files among them; `polls` are those
    outside quotes. `boxed` are the bare addresses whose onebox or title it shows, `bare` those that nothing is known
    of, each once: those alone on a line come first."""

    html: str
    mentions: tuple[str, ...] = ()
    group_mentions: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    links: tuple[Link, ...] = ()
    word_count: int = 0
    has_media: int = 0
    uploads: tuple[int, ...] = ()
    attachments: int = 0
    polls: tuple[Poll, ...] = ()
    boxed: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()

    @property
    def link_count(self) -> int:
        """How many links there are."""
        return len(self.links)
