"""The directory: what everybody did, since the beginning or in the last day, week, month, quarter or year.

Periods are counted when they are asked for, a few days at once, and kept in memory for five minutes.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Mapping

import msgspec

from tertulia.forum.groups.members_of import members_spec
from tertulia.forum.groups.reading import read_group
from tertulia.forum.unit import Unit
from tertulia.forum.users.finding import as_seen
from tertulia.forum.users.listing import list_users
from tertulia.forum.users.names import username_key
from tertulia.model.errors import GroupMissing, NotAllowed, ParameterInvalid
from tertulia.model.users import (
    DirectoryList,
    DirectoryNumbers,
    DirectoryRow,
    ListDirectory,
    ListUsers,
    User,
    UserListOrder,
)
from tertulia.store.accounts import directory as store
from tertulia.store.users import list_users_by_ids, list_users_by_keys

DAY = 86_400_000
PERIODS = {"daily": 1, "weekly": 7, "monthly": 30, "quarterly": 90, "yearly": 365}
ORDERS = {
    "likes_received": UserListOrder.REPUTATION, "likes_given": UserListOrder.LIKES_GIVEN,
    "topic_count": UserListOrder.TOPIC_COUNT, "post_count": UserListOrder.POST_COUNT,
    "topics_entered": UserListOrder.TOPICS_VIEWED, "posts_read": UserListOrder.POSTS_READ,
    "days_visited": UserListOrder.DAYS_VISITED, "time_read": UserListOrder.TIME_READ,
    "username": UserListOrder.USERNAME,
}  # fmt: skip
_KEPT = "users.directory"
_KEPT_MS = 300_000
_SLICE_DAYS = 10
_PEOPLE_AT_ONCE = 200
_ROWS_AT_ONCE = 5_000
_MOST_NAMES = 100
_MAXIMUM_TERM = 255
_NOTHING = DirectoryNumbers()


class _Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    at: int
    numbers: Mapping[int, DirectoryNumbers]
    everybody: tuple[int, ...]


async def list_directory(unit: Unit, command: ListDirectory) -> DirectoryList:
    """A page of everybody active. Numbers of periods are up to five minutes old; `at` says of when.

    Raises ParameterInvalid (period, order, a group that is none; only the plain list of all time has orders by
    username and time read), NotAllowed (the members of the group are hidden)."""
    if command.order not in ORDERS:
        raise ParameterInvalid(name="order", problem="choice")
    narrowed = command.username or command.group or command.without_users or command.without_groups
    if command.period == "all" and not narrowed:
        return await _since_the_beginning(unit, command)
    if command.period not in PERIODS and command.period != "all":
        raise ParameterInvalid(name="period", problem="choice")
    if command.order not in DirectoryNumbers.__struct_fields__:
        raise ParameterInvalid(name="order", problem="choice")
    snapshot = await _snapshot(unit, command.period)
    term = username_key(command.filter[:_MAXIMUM_TERM])
    found = await store.list_member_ids(unit.tx, now=unit.now, term=term) if term else snapshot.everybody
    ids = await _narrowed(unit, command, found) if narrowed else found
    wanted = _sorted(ids, snapshot.numbers, command)
    people = {user.id: user for user in await list_users_by_ids(unit.tx, wanted)}
    rows = (DirectoryRow(as_seen(unit, people[i]), snapshot.numbers.get(i, _NOTHING)) for i in wanted if i in people)
    return DirectoryList(rows=tuple(rows), total=len(ids), at=snapshot.at)


async def _narrowed(unit: Unit, command: ListDirectory, ids: Iterable[int]) -> list[int]:
    wanted = set(ids)
    if command.username:
        wanted &= await _named(unit, (command.username,))
    if command.group:
        try:
            wanted &= await _members(unit, command.group)
        except GroupMissing:
            raise ParameterInvalid(name="group", problem="unknown") from None
    wanted -= await _named(unit, command.without_users)
    for name in command.without_groups[:_MOST_NAMES]:
        with contextlib.suppress(GroupMissing, NotAllowed):
            wanted -= await _members(unit, name)
    return sorted(wanted)


async def _named(unit: Unit, names: Iterable[str]) -> set[int]:
    keys = [username_key(name[:_MAXIMUM_TERM].strip()) for name in names][:_MOST_NAMES]
    return {user.id for user in await list_users_by_keys(unit.tx, [key for key in keys if "\0" not in key])}


async def _members(unit: Unit, name: str) -> set[int]:
    """Who is in a group that the actor may see into. Raises GroupMissing, NotAllowed."""
    view = await read_group(unit, name=name)
    if not view.can_see_members:
        raise NotAllowed()
    spec = await members_spec(unit, view.group.id)
    return await store.list_ids_of_group(unit.tx, spec.values, of_role=spec.of_role)


def _sorted(
    ids: tuple[int, ...] | list[int], numbers: Mapping[int, DirectoryNumbers], command: ListDirectory
) -> list[int]:
    """The ids of the page; equals in the order in which people came."""

    def key(user_id: int) -> int:
        value = int(getattr(numbers.get(user_id, _NOTHING), command.order))
        return value if command.ascending else -value

    start = command.page * command.per_page
    return sorted(ids, key=key)[start : start + command.per_page]


async def _since_the_beginning(unit: Unit, command: ListDirectory) -> DirectoryList:
    found = await list_users(
        unit,
        ListUsers(
            flag="active",
            filter=command.filter,
            order=ORDERS[command.order],
            ascending=command.ascending,
            page=command.page,
            per_page=command.per_page,
        ),
    )
    rows = tuple(DirectoryRow(user, _numbers(user)) for user in found.users)
    return DirectoryList(rows=rows, total=found.total, at=unit.now)


def _numbers(user: User) -> DirectoryNumbers:
    return DirectoryNumbers(**{name: getattr(user, name) for name in DirectoryNumbers.__struct_fields__})


async def _snapshot(unit: Unit, period: str) -> _Snapshot:
    kept: dict[str, _Snapshot] = unit.ports.memory.setdefault(_KEPT, {})
    found = kept.get(period)
    if found is None or not 0 <= unit.now - found.at < _KEPT_MS:
        found = kept[period] = await (_count_all(unit) if period == "all" else _count(unit, PERIODS[period]))
    return found


async def _count_all(unit: Unit) -> _Snapshot:
    numbers: dict[int, DirectoryNumbers] = {}
    after = 0
    while rows := await store.list_totals(unit.tx, now=unit.now, after=after, limit=_ROWS_AT_ONCE):
        numbers |= {row[0]: DirectoryNumbers(**dict(zip(store.TOTALS, row[1:], strict=True))) for row in rows}
        after = rows[-1][0]
        await _breathe(unit)
    return _Snapshot(at=unit.now, numbers=numbers, everybody=tuple(numbers))


async def _count(unit: Unit, days: int) -> _Snapshot:
    since, last = unit.now - days * DAY, unit.now // DAY
    totals: dict[int, dict[str, int]] = {}
    for start in range(since, unit.now + 1, _SLICE_DAYS * DAY):
        until = min(start + _SLICE_DAYS * DAY, unit.now + 1)
        for kind in store.KINDS:
            for user_id, count in (await store.count_by_person(unit.tx, kind, since=start, until=until)).items():
                _add(totals, user_id, kind, count)
            await _breathe(unit)
    for first in range(last - days + 1, last + 1, _SLICE_DAYS):
        visits = await store.count_visits(unit.tx, first=first, last=min(first + _SLICE_DAYS - 1, last))
        for user_id, (visited, read) in visits.items():
            _add(totals, user_id, "days_visited", visited)
            _add(totals, user_id, "posts_read", read)
        await _breathe(unit)
    everybody = tuple(await store.list_member_ids(unit.tx, now=unit.now))
    here = sorted(totals)
    for piece in range(0, len(here), _PEOPLE_AT_ONCE):
        await _breathe(unit)
        entered = await store.count_entered(unit.tx, here[piece : piece + _PEOPLE_AT_ONCE], since=since)
        for user_id, count in entered.items():
            _add(totals, user_id, "topics_entered", count)
    numbers = {user_id: DirectoryNumbers(**counts) for user_id, counts in totals.items()}
    return _Snapshot(at=unit.now, numbers=numbers, everybody=everybody)


def _add(totals: dict[int, dict[str, int]], user_id: int, kind: str, count: int) -> None:
    own = totals.setdefault(user_id, {})
    own[kind] = own.get(kind, 0) + count


async def _breathe(unit: Unit) -> None:
    """Lets others be served; what is read afterwards may be newer."""
    await unit.pause()
    await asyncio.sleep(0)
