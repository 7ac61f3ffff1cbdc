"""Deletions and revocations by age, each a bounded slice of at most 500 rows."""

from __future__ import annotations

from sqlalchemy import and_, delete, func, or_, select, update

from tertulia.model.actor import CredentialKind
from tertulia.store.engine import Tx, parameter, query
from tertulia.store.schema.events import remembered
from tertulia.store.schema.keys import keys, sessions
from tertulia.store.schema.topics import link_clicks, topic_views

SLICE = 500

_SESSIONS = query(
    lambda: delete(sessions).where(
        sessions.c.id.in_(select(sessions.c.id).where(sessions.c.expires_at <= parameter("before")).limit(SLICE))
    )
)
_REMEMBERED = query(
    lambda: delete(remembered).where(
        remembered.c.key.in_(
            select(remembered.c.key).where(remembered.c.created_at <= parameter("before")).limit(SLICE)
        )
    )
)
_VIEWS = query(lambda: delete(topic_views).where(topic_views.c.viewed_at <= parameter("before")))
_CLICKS = query(lambda: delete(link_clicks).where(link_clicks.c.clicked_at <= parameter("before")))
_KEYS = query(
    lambda: (
        update(keys)
        .where(
            keys.c.kind == parameter("kind"),
            keys.c.revoked_at.is_(None),
            or_(
                and_(
                    parameter("unused_before") > 0,
                    func.coalesce(keys.c.last_used_at, keys.c.updated_at) <= parameter("unused_before"),
                ),
                and_(parameter("made_before") > 0, keys.c.created_at <= parameter("made_before")),
            ),
        )
        .values(revoked_at=parameter("now"), updated_at=parameter("now"))
    )
)


async def delete_expired_sessions(tx: Tx, *, before: int) -> int:
    return await tx.run(_SESSIONS, before=before)


async def delete_remembered(tx: Tx, *, before: int) -> int:
    return await tx.run(_REMEMBERED, before=before)


async def delete_topic_views(tx: Tx, *, before: int) -> int:
    return await tx.run(_VIEWS, before=before)


async def delete_link_clicks(tx: Tx, *, before: int) -> int:
    return await tx.run(_CLICKS, before=before)


async def revoke_old_keys(tx: Tx, *, kind: CredentialKind, unused_before: int, made_before: int = 0, now: int) -> int:
    """Revokes keys of a kind that were last used (or made) before the given times; 0 switches a rule off."""
    return await tx.run(_KEYS, kind=int(kind), unused_before=unused_before, made_before=made_before, now=now)
