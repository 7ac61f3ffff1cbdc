"""Oneboxes: what stands in a post in the place of an address, and what a page elsewhere said about itself."""

from __future__ import annotations

from enum import IntEnum

import msgspec


class Place(msgspec.Struct, frozen=True):
    """Where a text will stand. Without a category (a private message, a preview) it may show what everybody sees."""

    topic_id: int | None = None
    category_id: int | None = None


class Shown(IntEnum):
    """What a post shows something of; the id beside it is the topic's, the post's, the user's, the page's."""

    TOPIC = 0
    POST = 1
    USER = 2
    PAGE = 3


class ShownRef(msgspec.Struct, frozen=True):
    """One thing that a post shows something of; `waiting`: nothing yet, as it must be fetched first."""

    kind: Shown
    id: int
    waiting: bool = False


class OneboxPost(msgspec.Struct, frozen=True):
    """A post that may be previewed: `cooked` is the beginning of its HTML only."""

    id: int
    topic_id: int
    post_number: int
    title: str
    cooked: str
    user_id: int
    username: str
    avatar_template: str | None


class OneboxUser(msgspec.Struct, frozen=True):
    """A profile that may be previewed: what everybody sees of it."""

    id: int
    username: str
    username_key: str
    name: str
    bio_cooked: str
    location: str
    avatar_template: str | None


class Page(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a page says about itself, as plain text. Pictures are https addresses or empty, sizes are pixels or 0."""

    title: str
    description: str = ""
    site_name: str = ""
    image: str = ""
    image_width: int = 0
    image_height: int = 0
    icon: str = ""


class Onebox(msgspec.Struct, frozen=True):
    """An address elsewhere: `page` is JSON of what was found there, empty when nothing was; times in ms.

    It is not asked again before `asked_again_at`; `failures` counts those in a row."""

    id: int
    url: str
    page: str
    failures: int
    fetched_at: int | None
    asked_again_at: int
    created_at: int
