"""Lists of accounts, for staff and for everybody; people whose name begins with some letters."""

from __future__ import annotations

from typing import Any

from tertulia.forum.permissions import able, allow
from tertulia.forum.unit import Unit
from tertulia.forum.users.finding import as_seen
from tertulia.forum.users.names import email_key, username_key
from tertulia.model.errors import NotAllowed, ParameterInvalid
from tertulia.model.users import ListUsers, UserCard, UserList, UserListOrder
from tertulia.store.accounts import lists as store

MAXIMUM_PAGE = 1_000
STAFF_FLAGS = frozenset(("suspended", "banned", "silenced", "pending", "staged"))
ONLINE_MS = 300_000  # seen within five minutes
_MAXIMUM_TERM = 255


async def list_users(unit: Unit, command: ListUsers) -> UserList:
    """A page of accounts; what the reader may not know of each is blank, inactive ones are for staff.

    Raises ParameterInvalid (flag), NotAllowed (a flag, an order or an address that is for staff)."""
    if command.flag not in store.FLAGS:
        raise ParameterInvalid(name="flag", problem="unknown")
    private = able(unit, "user.staff")
    if not private and (command.flag in STAFF_FLAGS or command.email or command.order is UserListOrder.EMAIL):
        raise NotAllowed()
    term = username_key(command.filter[:_MAXIMUM_TERM])
    per_page = max(1, min(command.per_page, MAXIMUM_PAGE))
    page = max(0, min(command.page, 1_000_000))
    spec = store.UserListSpec(
        flag=command.flag,
        filtered=bool(term),
        by_email=bool(command.email),
        sees_private=private,
        order=command.order,
        ascending=command.ascending,
    )
    users, total = await store.list_users(
        unit.tx, spec, values=_values(unit, command, term=term), limit=per_page, offset=page * per_page
    )
    return UserList(users=tuple(as_seen(unit, user) for user in users), total=total, page=page, per_page=per_page)


def _values(unit: Unit, command: ListUsers, *, term: str) -> dict[str, Any]:
    values: dict[str, Any] = {"now": unit.now, "online_since": unit.now - ONLINE_MS}
    if term:
        values["pattern"] = store.contains(term)
    if command.email:
        values["email_key"] = email_key(command.email)
    return values


async def search_users(unit: Unit, term: str, *, limit: int) -> tuple[UserCard, ...]:
    """At most `limit` (1..50) active people whose username or name begins so, the exact username first.

    A leading `@` is dropped; an empty term finds nobody. On a closed site visitors find nobody."""
    wanted = username_key(term[:_MAXIMUM_TERM].strip().removeprefix("@")).replace("\0", "")
    if not wanted:
        return ()
    if unit.site.login_required:
        allow(unit, "member")
    return tuple(await store.search_cards(unit.tx, wanted, limit=max(1, min(limit, 50))))
