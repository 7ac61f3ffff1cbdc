"""People to test with, and one line to do something as somebody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec
import pytest

from tertulia.forum.sessions.actors import build_actor, system_actor
from tertulia.forum.sites.knobs import load_settings
from tertulia.forum.unit import Ports, Unit
from tertulia.forum.users.names import email_key, username_key
from tertulia.model.actor import Credential
from tertulia.model.errors import ForumError, Refusals
from tertulia.model.users import User
from tertulia.store import users as user_store
from tertulia.store.accounts.changes import change_user

ResultT = TypeVar("ResultT")
ADMIN = 1


async def act(
    ports: Ports,
    who: int | None,
    body: Callable[[Unit], Awaitable[ResultT]],
    *,
    credential: Credential | None = None,
    **site: object,
) -> ResultT:
    """Runs `body` as the user with that id (None = a visitor, -1 = the system), with other site settings, commits."""
    async with ports.unit() as unit:
        settings = await load_settings(unit)
        unit.settings = msgspec.structs.replace(settings, site=msgspec.structs.replace(settings.site, **site))
        if who == -1:
            unit.actor = await system_actor(unit)
        else:
            user = await user_store.find_user(unit.tx, who) if who is not None else None
            unit.actor = await build_actor(unit, user, credential=credential, address="192.0.2.7")
        result = await body(unit)
        await unit.commit()
        return result


async def person(ports: Ports, username: str, **fields: Any) -> int:
    """An account straight in the store: active, approved, without a password."""

    async def make(unit: Unit) -> int:
        await unit.write()
        email = f"{username.lower()}@example.org"
        values = {
            "username": username,
            "username_key": username_key(username),
            "name": "",
            "email": email,
            "email_key": email_key(email),
            "active": 1,
            "approved": 1,
            "admin": 0,
            "moderator": 0,
            "trust_level": 1,
            "locale": "",
            "created_at": unit.now,
            "updated_at": unit.now,
        }
        user_id = await user_store.insert_user(unit.tx, fields=values)
        await change_user(unit.tx, user_id, fields=fields)
        return user_id

    return await act(ports, -1, make)


async def stored(ports: Ports, user_id: int) -> User:
    """The account as the database has it."""

    async def read(unit: Unit) -> User:
        user = await user_store.find_user(unit.tx, user_id)
        assert user is not None
        return user

    return await act(ports, -1, read)


async def refused(doing: Awaitable[object], *kinds: type[ForumError]) -> ForumError:
    """Checks that it raises one of the kinds, or Refusals of exactly these kinds in this order; gives the failure."""
    with pytest.raises(ForumError) as caught:
        await doing
    error = caught.value
    if isinstance(error, Refusals):
        assert [type(each) for each in error.errors] == list(kinds)
        return error.errors[0]
    assert type(error) in kinds, f"{error!r} is none of {kinds}"
    return error


async def log_of(ports: Ports) -> list[tuple[str, int | None]]:
    """(action, target user) of the staff log, oldest first."""

    async def read(unit: Unit) -> list[tuple[str, int | None]]:
        rows = await unit.tx.text("SELECT action, target_user_id FROM staff_actions ORDER BY id")
        return [(str(row[0]), row[1]) for row in rows]

    return await act(ports, -1, read)


async def events_of(ports: Ports) -> list[str]:
    """Names of everything that was told, oldest first."""

    async def read(unit: Unit) -> list[str]:
        return [str(row[0]) for row in await unit.tx.text("SELECT event FROM events ORDER BY id")]

    return await act(ports, -1, read)
