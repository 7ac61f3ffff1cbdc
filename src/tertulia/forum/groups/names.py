"""Names of groups: which are accepted, and the key by which they are unique among groups and users.

Pure rules; the characters are those of usernames (`forum/handles.py`), because `@name` may be either.
"""

from __future__ import annotations

import msgspec

from tertulia.forum import handles
from tertulia.model import errors
from tertulia.model.errors import ForumError


class GroupNameRules(msgspec.Struct, frozen=True, kw_only=True):
    """What a group name must be: lengths in characters."""

    minimum: int = 3
    maximum: int = 20
    allow_unicode: bool = False


def group_key(name: str) -> str:
    """Gives the form in which two group names are the same, comparable with keys of usernames."""
    return handles.handle_key(name)


def check_group_name(name: str, *, rules: GroupNameRules) -> tuple[ForumError, ...]:
    """Says whether the name breaks a rule about length, characters, beginning or end: GroupNameInvalid."""
    is_valid = (
        rules.minimum <= len(name) <= rules.maximum
        and handles.has_only_handle_characters(name, allow_unicode=rules.allow_unicode)
        and handles.starts_well(name)
        and handles.ends_well(name)
        and not handles.repeats_special(name)
        and not handles.looks_like_file(name)
    )
    return () if is_valid else (errors.GroupNameInvalid(),)


def suggest_group_name(name: str, *, taken: frozenset[str], rules: GroupNameRules) -> str | None:
    """Gives an acceptable name near `name` whose key is not `taken`; None when a thousand are."""
    base = (handles.to_handle(name, maximum=rules.maximum) or "group").ljust(rules.minimum, "1")
    return handles.free_handle(base, maximum=rules.maximum, is_taken=taken.__contains__)
