"""What settings and places say about private messages: who may begin, tag, and take people out of them.

Whether somebody may write at all is asked in `permissions.py`, which has a row for each of these.
"""

from __future__ import annotations

from collections.abc import Iterable

from tertulia.model.actor import Actor
from tertulia.model.topics import Topic
from tertulia.model.users import User
from tertulia.settings import SiteSettings


def ids_in(names: Iterable[str]) -> frozenset[int]:
    """The ids of groups in a setting; anything else in it is nobody."""
    return frozenset(int(name) for name in names if name.isascii() and name.isdigit() and len(name) < 19)


def may_send(actor: Actor, site: SiteSettings) -> bool:
    """Beginning messages to people who are not staff."""
    return actor.is_staff or bool(ids_in(site.personal_message_enabled_groups) & actor.group_ids)


def may_tag(actor: Actor, site: SiteSettings) -> bool:
    """Putting tags on messages, and listing messages by tag."""
    return bool(ids_in(site.pm_tags_allowed_for_groups) & actor.group_ids)


def may_take_out(actor: Actor, topic: Topic | None, *, user: User | None) -> bool:
    """Taking people out of a message: staff and its author everybody; everybody else themselves."""
    if topic is None or not topic.is_message or actor.user_id is None:
        return False
    return actor.is_staff or actor.user_id == topic.user_id or (user is not None and user.id == actor.user_id)
