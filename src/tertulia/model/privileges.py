"""Privileges: what a holder may do in a category. One bit each, the superset of both dialects.

A holder is a group or a single user; what somebody may do is the union over all that they are.
Read next: `forum/permissions.py`, which asks these bits.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag

import msgspec


class Privilege(IntFlag):
    """One right inside one category (source: NodeBB's privilege list; bundles: Discourse's three levels)."""

    FIND = 1
    READ = 2
    TOPICS_READ = 4
    TOPICS_CREATE = 8
    TOPICS_REPLY = 16
    TOPICS_TAG = 32
    TOPICS_SCHEDULE = 64
    POSTS_EDIT = 128
    POSTS_HISTORY = 256
    POSTS_DELETE = 512
    POSTS_UPVOTE = 1024
    POSTS_DOWNVOTE = 2048
    TOPICS_DELETE = 4096
    POSTS_VIEW_DELETED = 8192
    PURGE = 16384
    MODERATE = 32768


READABLE = Privilege.FIND | Privilege.READ | Privilege.TOPICS_READ
READONLY = READABLE | Privilege.POSTS_HISTORY
REPLYING = (
    READONLY
    | Privilege.TOPICS_REPLY
    | Privilege.POSTS_EDIT
    | Privilege.POSTS_DELETE
    | Privilege.POSTS_UPVOTE
    | Privilege.POSTS_DOWNVOTE
)
FULL = REPLYING | Privilege.TOPICS_CREATE | Privilege.TOPICS_TAG | Privilege.TOPICS_DELETE
EVERY = Privilege(65535)


class Holder(IntEnum):
    """Who holds a grant."""

    GROUP = 0
    USER = 1


class Grant(msgspec.Struct, frozen=True):
    """`bits` that one holder has in one category."""

    category_id: int
    holder: int
    holder_id: int
    bits: int
