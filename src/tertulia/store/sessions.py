"""Cookie sessions: only the hash of a token is known here."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from tertulia.model.keys import Session
from tertulia.store.engine import Mapper, Tx, insert_query, parameter, query
from tertulia.store.schema.keys import sessions

_SESSION = Mapper(Session, sessions)
_INSERT = insert_query(
    sessions, "token_hash", "user_id", "created_at", "seen_at", "expires_at", "address", "agent", returning="id"
)
_FIND = query(lambda: select(*_SESSION.columns).where(sessions.c.token_hash == parameter("token_hash", str)))
_LIST = query(
    lambda: (
        select(*_SESSION.columns)
        .where(sessions.c.user_id == parameter("user_id"))
        .order_by(sessions.c.seen_at.desc(), sessions.c.id.desc())
    )
)
_SEEN = query(
    lambda: (
        update(sessions)
        .where(sessions.c.id == parameter("session_id"), sessions.c.seen_at < parameter("seen_at"))
        .values(seen_at=parameter("seen_at"), expires_at=parameter("expires_at"))
    )
)
_DELETE = query(lambda: delete(sessions).where(sessions.c.token_hash == parameter("token_hash", str)))
_DELETE_OF_USER = query(
    lambda: delete(sessions).where(sessions.c.user_id == parameter("user_id"), sessions.c.id != parameter("kept_id"))
)


async def insert_session(tx: Tx, session: Session) -> int:
    """Answers the new id; the record's own id counts for nothing."""
    return int(
        await tx.value(
            _INSERT,
            token_hash=session.token_hash,
            user_id=session.user_id,
            created_at=session.created_at,
            seen_at=session.seen_at,
            expires_at=session.expires_at,
            address=session.address,
            agent=session.agent,
        )
    )


async def find_session(tx: Tx, token_hash: str) -> Session | None:
    return _SESSION.maybe(await tx.one(_FIND, token_hash=token_hash))


async def list_sessions(tx: Tx, user_id: int) -> list[Session]:
    """Last used first."""
    return _SESSION.all(await tx.all(_LIST, user_id=user_id))


async def mark_session_seen(tx: Tx, session_id: int, *, seen_at: int, expires_at: int) -> None:
    """Records use; an older moment never overwrites a newer one."""
    await tx.run(_SEEN, session_id=session_id, seen_at=seen_at, expires_at=expires_at)


async def delete_session(tx: Tx, token_hash: str) -> bool:
    return await tx.run(_DELETE, token_hash=token_hash) > 0


async def delete_sessions_of(tx: Tx, user_id: int, *, kept_id: int = 0) -> int:
    """Ends every session of the user but the one with `kept_id`."""
    return await tx.run(_DELETE_OF_USER, user_id=user_id, kept_id=kept_id)
