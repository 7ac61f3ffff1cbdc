"""Secrets of mailed links: put, find, use up. Only hashes are known here."""

from __future__ import annotations

from sqlalchemy import delete, func, select, update

from tertulia.model.mails import EmailToken
from tertulia.store.engine import Mapper, Tx, insert_query, parameter, query
from tertulia.store.schema.email_tokens import email_tokens

SLICE = 500

_TOKEN = Mapper(EmailToken, email_tokens)
_INSERT = insert_query(email_tokens, "user_id", "purpose", "token_hash", "email_key", "created_at", "expires_at")
_FIND = query(
    lambda: select(*_TOKEN.columns).where(email_tokens.c.token_hash == parameter("token_hash", str)).with_for_update()
)
_PEEK = query(lambda: select(*_TOKEN.columns).where(email_tokens.c.token_hash == parameter("token_hash", str)))
_COUNT = query(
    lambda: select(func.count(email_tokens.c.id)).where(
        email_tokens.c.user_id == parameter("user_id"),
        email_tokens.c.purpose == parameter("purpose"),
        email_tokens.c.created_at > parameter("since"),
    )
)
_USE = query(
    lambda: (
        update(email_tokens)
        .where(email_tokens.c.user_id == parameter("user_id"), email_tokens.c.used_at.is_(None))
        .values(used_at=parameter("used_at"))
    )
)
_EXPIRED = query(
    lambda: delete(email_tokens).where(
        email_tokens.c.id.in_(
            select(email_tokens.c.id).where(email_tokens.c.expires_at <= parameter("before")).limit(SLICE)
        )
    )
)


async def insert_email_token(tx: Tx, token: EmailToken) -> None:
    """The record's own id counts for nothing."""
    await tx.run(
        _INSERT,
        user_id=token.user_id,
        purpose=token.purpose,
        token_hash=token.token_hash,
        email_key=token.email_key,
        created_at=token.created_at,
        expires_at=token.expires_at,
    )


async def find_email_token(tx: Tx, token_hash: str) -> EmailToken | None:
    """Used and expired ones too; in a unit that writes it is kept from others who would use it."""
    return _TOKEN.maybe(await tx.one(_FIND if tx.writing else _PEEK, token_hash=token_hash))


async def count_email_tokens(tx: Tx, user_id: int, *, purpose: int, since: int) -> int:
    """How many were made for a purpose after `since` (ms)."""
    return int(await tx.value(_COUNT, user_id=user_id, purpose=purpose, since=since))


async def use_up_email_tokens(tx: Tx, user_id: int, *, used_at: int) -> None:
    """No link that was mailed to the user so far works any longer."""
    await tx.run(_USE, user_id=user_id, used_at=used_at)


async def delete_expired_email_tokens(tx: Tx, *, before: int) -> int:
    """At most 500 at a time."""
    return await tx.run(_EXPIRED, before=before)
