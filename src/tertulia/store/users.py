"""Users: find one, find several, lock, insert. Lists are in `user_lists.py`, changes in `user_changes.py`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import and_, func, select

from tertulia.model.users import User
from tertulia.store.engine import Mapper, Tx, among, insert_query, parameter, query
from tertulia.store.schema.posts import posts
from tertulia.store.schema.users import users

USER = Mapper(User, users)

_FIND = query(lambda: select(*USER.columns).where(users.c.id == parameter("user_id")))
_LOCK = query(lambda: select(*USER.columns).where(users.c.id == parameter("user_id")).with_for_update())
_FIND_BY_KEY = query(lambda: select(*USER.columns).where(users.c.username_key == parameter("username_key", str)))
_FIND_BY_EMAIL = query(lambda: select(*USER.columns).where(users.c.email_key == parameter("email_key", str)))
_FIND_BY_EXTERNAL_ID = query(lambda: select(*USER.columns).where(users.c.external_id == parameter("external_id", str)))
_LIST_BY_IDS = query(lambda: select(*USER.columns).where(among(users.c.id, "ids")).order_by(users.c.id))
_LIST_BY_KEYS = query(lambda: select(*USER.columns).where(among(users.c.username_key, "keys")).order_by(users.c.id))
_LIST_BY_EMAILS = query(lambda: select(*USER.columns).where(among(users.c.email_key, "keys")).order_by(users.c.id))
_COUNT_POSTS = query(
    lambda: select(func.count(posts.c.id)).where(
        and_(posts.c.user_id == parameter("user_id"), posts.c.deleted_at.is_(None))
    )
)
_CREATED = (
    "username", "username_key", "name", "email", "email_key", "password_hash", "active", "approved", "admin",
    "moderator", "trust_level", "external_id", "locale", "created_at", "updated_at",
)  # fmt: skip
_INSERT = insert_query(users, *_CREATED, returning="id")
_INSERT_WITH_ID = insert_query(users, "id", *_CREATED, returning="id")


def _can_be(user_id: int) -> bool:
    # Ids come from requests too; beyond 64 bits drivers raise instead of finding nothing.
    return -(2**63) <= user_id < 2**63


async def find_user(tx: Tx, user_id: int) -> User | None:
    if not _can_be(user_id):
        return None
    return USER.maybe(await tx.one(_FIND, user_id=user_id))


async def lock_user(tx: Tx, user_id: int) -> User | None:
    """The same, kept from other writers until the transaction ends."""
    return USER.maybe(await tx.one(_LOCK, user_id=user_id))


async def find_user_by_key(tx: Tx, username_key: str) -> User | None:
    """By the normal form of a username (`forum.users.names.username_key`)."""
    return USER.maybe(await tx.one(_FIND_BY_KEY, username_key=username_key))


async def find_user_by_email(tx: Tx, email_key: str) -> User | None:
    """By the normal form of an address (`forum.users.names.email_key`)."""
    return USER.maybe(await tx.one(_FIND_BY_EMAIL, email_key=email_key))


async def find_user_by_external_id(tx: Tx, external_id: str) -> User | None:
    """By the id that a log-in service outside gave."""
    return USER.maybe(await tx.one(_FIND_BY_EXTERNAL_ID, external_id=external_id))


async def list_users_by_ids(tx: Tx, ids: Iterable[int]) -> list[User]:
    """Those that exist, by ascending id."""
    return USER.all(await tx.all(_LIST_BY_IDS, ids=sorted({user_id for user_id in ids if _can_be(user_id)})))


async def list_users_by_keys(tx: Tx, keys: Iterable[str]) -> list[User]:
    """Those that exist of the given normal forms of usernames, by ascending id."""
    return USER.all(await tx.all(_LIST_BY_KEYS, keys=sorted(set(keys))))


async def list_users_by_emails(tx: Tx, keys: Iterable[str]) -> list[User]:
    """Those that exist of the given normal forms of addresses, by ascending id."""
    return USER.all(await tx.all(_LIST_BY_EMAILS, keys=sorted(set(keys))))


async def count_posts_of(tx: Tx, user_id: int) -> int:
    """Posts of the user that are not deleted, in private messages too."""
    return int(await tx.value(_COUNT_POSTS, user_id=user_id))


async def insert_user(tx: Tx, *, fields: dict[str, Any], user_id: int | None = None) -> int:
    """A new account; `fields` holds every column of `_CREATED`. Raises UniqueViolation."""
    values = {name: fields.get(name) for name in _CREATED}
    if user_id is None:
        return int(await tx.value(_INSERT, **values))
    return int(await tx.value(_INSERT_WITH_ID, id=user_id, **values))
