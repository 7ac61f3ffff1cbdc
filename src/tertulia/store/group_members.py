"""Who is in which group: rows for custom groups, columns of the accounts for built-in ones."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update

from tertulia.model.groups import ADMINS_ID, MODERATORS_ID, STAFF_ID, TRUST_LEVEL_IDS, GroupMember
from tertulia.model.users import UserCard
from tertulia.store.accounts.lists import ESCAPE
from tertulia.store.cards import CARD
from tertulia.store.engine import Query, Tx, among, insert_query, parameter, query
from tertulia.store.schema.groups import group_members, groups
from tertulia.store.schema.users import users

_INSERT = insert_query(group_members, "group_id", "user_id", "owner", "created_at", ignore=True)
_PRESENT = query(
    lambda: (
        select(group_members.c.user_id, group_members.c.owner)
        .where(group_members.c.group_id == parameter("group_id"), among(group_members.c.user_id, "ids"))
        .order_by(group_members.c.user_id)
    )
)
_DELETE = query(
    lambda: delete(group_members).where(
        group_members.c.group_id == parameter("group_id"), among(group_members.c.user_id, "ids")
    )
)
_SET_OWNER = query(
    lambda: (
        update(group_members)
        .where(group_members.c.group_id == parameter("group_id"), among(group_members.c.user_id, "ids"))
        .values(owner=parameter("owner"))
    )
)
_RECOUNT = query(
    lambda: (
        update(groups)
        .where(groups.c.id == parameter("group_id"))
        .values(
            member_count=select(func.count(group_members.c.user_id))
            .where(group_members.c.group_id == parameter("group_id"))
            .scalar_subquery()
        )
    )
)
_OWNED = query(
    lambda: (
        select(group_members.c.group_id)
        .where(group_members.c.user_id == parameter("user_id"), group_members.c.owner == 1)
        .order_by(group_members.c.group_id)
    )
)
_OWNER_CARDS = query(
    lambda: (
        select(group_members.c.group_id, *CARD.columns)
        .join(users, users.c.id == group_members.c.user_id)
        .where(among(group_members.c.group_id, "group_ids"), group_members.c.owner == 1)
        .order_by(group_members.c.group_id, users.c.username_key)
    )
)
_ALL_IDS = query(lambda: select(group_members.c.user_id).where(group_members.c.group_id == parameter("group_id")))


class MemberListSpec(msgspec.Struct, frozen=True, kw_only=True):
    """What decides the text of the query. `built_in` is the id of a built-in group, None for a custom one."""

    built_in: int | None
    filtered: bool
    order: str
    ascending: bool
    owners: bool = False


ORDERS = ("username", "added_at", "last_posted_at", "last_seen_at")


def belongs(group_id: int) -> ColumnElement[bool]:
    """Whether an account is in the built-in group."""
    if group_id == ADMINS_ID:
        return users.c.admin == 1
    if group_id == MODERATORS_ID:
        return users.c.moderator == 1
    if group_id == STAFF_ID:
        return or_(users.c.admin == 1, users.c.moderator == 1)
    return users.c.trust_level >= TRUST_LEVEL_IDS.index(group_id)


def _where(spec: MemberListSpec) -> ColumnElement[bool]:
    clauses: list[ColumnElement[bool]] = []
    if spec.built_in is None:
        clauses.append(group_members.c.group_id == parameter("group_id"))
        if spec.owners:
            clauses.append(group_members.c.owner == 1)
    else:
        clauses += [users.c.id > 0, belongs(spec.built_in)]
    if spec.filtered:
        pattern = parameter("pattern", str)
        clauses.append(
            or_(
                users.c.username_key.like(pattern, escape=ESCAPE),
                func.lower(users.c.name).like(pattern, escape=ESCAPE),
            )
        )
    return and_(*clauses)


def _source(spec: MemberListSpec) -> Any:
    if spec.built_in is not None:
        return users
    return users.join(group_members, group_members.c.user_id == users.c.id)


@functools.cache
def _page(spec: MemberListSpec) -> Query:
    custom = spec.built_in is None
    added: ColumnElement[int] = group_members.c.created_at if custom else users.c.created_at
    orders: dict[str, ColumnElement[Any]] = {
        "username": users.c.username_key,
        "added_at": added,
        "last_posted_at": func.coalesce(users.c.last_posted_at, 0),
        "last_seen_at": func.coalesce(users.c.last_seen_at, 0),
    }
    column = orders[spec.order]
    ways = (column.asc(), users.c.id.asc()) if spec.ascending else (column.desc(), users.c.id.desc())
    own = (group_members.c.owner,) if custom else (users.c.staged,)  # the second stands for no owner
    return query(
        lambda: (
            select(*CARD.columns, *own, added, users.c.last_posted_at)
            .select_from(_source(spec))
            .where(_where(spec))
            .order_by(*ways)
            .limit(parameter("limit"))
            .offset(parameter("offset"))
        )
    )


@functools.cache
def _total(spec: MemberListSpec) -> Query:
    return query(lambda: select(func.count(users.c.id)).select_from(_source(spec)).where(_where(spec)))


def _values(spec: MemberListSpec, *, group_id: int, pattern: str) -> dict[str, Any]:
    values: dict[str, Any] = {} if spec.built_in is not None else {"group_id": group_id}
    return {**values, "pattern": pattern} if spec.filtered else values


async def list_members(
    tx: Tx, spec: MemberListSpec, *, group_id: int, pattern: str, limit: int, offset: int
) -> list[GroupMember]:
    """A page of members; nobody owns a built-in group."""
    width = len(CARD)
    rows = await tx.all(_page(spec), limit=limit, offset=offset, **_values(spec, group_id=group_id, pattern=pattern))
    return [
        GroupMember(
            user=CARD.one(row),
            owner=spec.built_in is None and bool(row[width]),
            added_at=int(row[width + 1]),
            last_posted_at=row[width + 2],
        )
        for row in rows
    ]


async def count_members(tx: Tx, spec: MemberListSpec, *, group_id: int, pattern: str) -> int:
    """How many members the list has in all its pages."""
    plain = msgspec.structs.replace(spec, order="username", ascending=True)
    return int(await tx.value(_total(plain), **_values(spec, group_id=group_id, pattern=pattern)))


async def find_members(tx: Tx, group_id: int, *, ids: Iterable[int]) -> dict[int, bool]:
    """Which of `ids` are members of a custom group, and whether as owners."""
    rows = await tx.all(_PRESENT, group_id=group_id, ids=sorted(set(ids)))
    return {int(row[0]): bool(row[1]) for row in rows}


async def insert_members(tx: Tx, group_id: int, *, ids: Iterable[int], owner: bool, now: int) -> None:
    """Adds people (those who are members already stay as they are) and counts again."""
    await tx.many(
        _INSERT,
        [
            {"group_id": group_id, "user_id": user_id, "owner": int(owner), "created_at": now}
            for user_id in sorted(set(ids))
        ],
    )
    await tx.run(_RECOUNT, group_id=group_id)


async def delete_members(tx: Tx, group_id: int, *, ids: Iterable[int]) -> None:
    """Removes people and counts again."""
    await tx.run(_DELETE, group_id=group_id, ids=sorted(set(ids)))
    await tx.run(_RECOUNT, group_id=group_id)


async def set_owner(tx: Tx, group_id: int, *, ids: Iterable[int], owner: bool) -> None:
    """Makes members owners, or owners plain members."""
    await tx.run(_SET_OWNER, group_id=group_id, ids=sorted(set(ids)), owner=int(owner))


async def list_owned_ids(tx: Tx, user_id: int) -> tuple[int, ...]:
    """Custom groups that the user owns."""
    return tuple(int(row[0]) for row in await tx.all(_OWNED, user_id=user_id))


async def list_owner_cards(tx: Tx, group_ids: Iterable[int]) -> dict[int, list[UserCard]]:
    """Owners by group id, by username."""
    found: dict[int, list[UserCard]] = {}
    for row in await tx.all(_OWNER_CARDS, group_ids=sorted(set(group_ids))):
        found.setdefault(int(row[0]), []).append(CARD.one(row, offset=1))
    return found


async def list_member_ids(tx: Tx, group_id: int) -> tuple[int, ...]:
    """Everybody in a custom group."""
    return tuple(int(row[0]) for row in await tx.all(_ALL_IDS, group_id=group_id))
