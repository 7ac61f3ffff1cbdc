"""Levels: how closely somebody follows a topic, category or tag."""

from __future__ import annotations

from enum import IntEnum

import msgspec


class Level(IntEnum):
    """0 muted .. 4 watching the first post (not for topics)."""

    MUTED = 0
    REGULAR = 1
    TRACKING = 2
    WATCHING = 3
    WATCHING_FIRST_POST = 4


class Subject(IntEnum):
    """What a level is about; topics keep theirs beside the read state."""

    CATEGORY = 0
    TAG = 1
    GROUP = 2  # messages to a group that somebody is in


class SetLevel(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody's own level for one topic, category, tag or group (`user_id` None = the actor)."""

    subject: str  # "topic", "category", "tag" or "group"
    subject_id: int
    level: int
    user_id: int | None = None
