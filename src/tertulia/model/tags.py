"""Tags: the record, and what lists and topics show of them."""

from __future__ import annotations

import msgspec


class Tag(msgspec.Struct, frozen=True):
    """One tag; `topic_count` counts public topics."""

    id: int
    name: str
    name_key: str
    description: str
    topic_count: int
    created_at: int


class TagRef(msgspec.Struct, frozen=True):
    """A tag on a topic."""

    id: int
    name: str
    topic_count: int = 0


class TagList(msgspec.Struct, frozen=True, kw_only=True):
    """All tags, the commonest first."""

    tags: tuple[Tag, ...]
    can_create: bool
    can_admin: bool


class TagView(msgspec.Struct, frozen=True, kw_only=True):
    """One tag and the reader's level in it (0..4, None = no choice made)."""

    tag: Tag
    level: int | None
    can_edit: bool
