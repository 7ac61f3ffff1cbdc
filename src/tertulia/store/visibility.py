"""Visibility as SQL: every query that can return something private takes one, required.

Outside a visibility a thing is missing. The clauses name parameters that `values` fills.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select

from tertulia.model.actor import Visibility
from tertulia.model.topics import Archetype
from tertulia.store.engine import among, parameter
from tertulia.store.schema.posts import posts
from tertulia.store.schema.topics import topic_allowed_groups, topic_allowed_users, topics


def values(visibility: Visibility) -> dict[str, Any]:
    """The parameters of the clauses below."""
    return {
        "visible_categories": visibility.category_ids,
        "visible_user": visibility.user_id if visibility.user_id is not None else 0,
        "visible_groups": visibility.group_ids,
        "visible_deleted": int(visibility.sees_deleted),
        "visible_messages": int(visibility.sees_all_messages),
    }


def topic_is_visible() -> ColumnElement[bool]:
    """A topic by id: in a readable category, or a message to the reader; deleted ones for those who see them.

    Unlisted topics are visible to whoever has the address (upstream's rule); lists leave them out themselves."""
    in_category = and_(topics.c.archetype == int(Archetype.REGULAR), among(topics.c.category_id, "visible_categories"))
    return and_(
        or_(topics.c.deleted_at.is_(None), parameter("visible_deleted") == 1),
        or_(in_category, message_is_visible()),
    )


def message_is_visible() -> ColumnElement[bool]:
    """A private message that the reader, or a group of the reader, takes part in."""
    allowed_user = exists(
        select(topic_allowed_users.c.topic_id).where(
            topic_allowed_users.c.topic_id == topics.c.id,
            topic_allowed_users.c.user_id == parameter("visible_user"),
        )
    )
    allowed_group = exists(
        select(topic_allowed_groups.c.topic_id).where(
            topic_allowed_groups.c.topic_id == topics.c.id,
            among(topic_allowed_groups.c.group_id, "visible_groups"),
        )
    )
    return and_(
        topics.c.archetype == int(Archetype.MESSAGE),
        or_(parameter("visible_messages") == 1, allowed_user, allowed_group),
    )


def post_is_visible() -> ColumnElement[bool]:
    """A post of a visible topic (join topics yourself); deleted ones for those who see them."""
    return or_(posts.c.deleted_at.is_(None), parameter("visible_deleted") == 1)


def nothing() -> ColumnElement[bool]:
    return false()
