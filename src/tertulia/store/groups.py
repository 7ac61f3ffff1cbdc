"""Groups: find, list, save, delete, and the counts of built-in ones. Members are in `group_members.py`."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update

from tertulia.model.groups import ADMINS_ID, EVERYONE_ID, MODERATORS_ID, STAFF_ID, TRUST_LEVEL_IDS, Group
from tertulia.model.levels import Subject
from tertulia.store.accounts.lists import ESCAPE
from tertulia.store.accounts.tallies import list_ranks
from tertulia.store.engine import Mapper, Query, Tx, among, insert_query, parameter, query
from tertulia.store.schema.categories import category_grants
from tertulia.store.schema.groups import group_logs, group_members, group_requests, groups
from tertulia.store.schema.posts import post_group_mentions
from tertulia.store.schema.tags import levels
from tertulia.store.schema.topics import topic_allowed_groups
from tertulia.store.schema.users import users

GROUP = Mapper(Group, groups)
_GROUP_HOLDER = 0  # model.privileges.Holder.GROUP
_CREATED = tuple(name for name in GROUP.names if name not in ("id", "member_count"))
_INSERT = insert_query(groups, *_CREATED, returning="id")
_FIND = query(lambda: select(*GROUP.columns).where(groups.c.id == parameter("group_id")))
_LOCK = query(lambda: select(*GROUP.columns).where(groups.c.id == parameter("group_id")).with_for_update())
_FIND_BY_KEY = query(lambda: select(*GROUP.columns).where(groups.c.name_key == parameter("name_key", str)))
_DELETE = query(lambda: delete(groups).where(groups.c.id == parameter("group_id")))
_TRACES = (
    query(lambda: delete(group_members).where(group_members.c.group_id == parameter("group_id"))),
    query(
        lambda: delete(category_grants).where(
            category_grants.c.holder == _GROUP_HOLDER, category_grants.c.holder_id == parameter("group_id")
        )
    ),
    query(lambda: delete(topic_allowed_groups).where(topic_allowed_groups.c.group_id == parameter("group_id"))),
    query(lambda: delete(group_requests).where(group_requests.c.group_id == parameter("group_id"))),
    query(lambda: delete(group_logs).where(group_logs.c.group_id == parameter("group_id"))),
    query(lambda: delete(post_group_mentions).where(post_group_mentions.c.group_id == parameter("group_id"))),
    query(
        lambda: delete(levels).where(
            levels.c.subject == int(Subject.GROUP), levels.c.subject_id == parameter("group_id")
        )
    ),
    query(lambda: update(users).where(users.c.primary_group_id == parameter("group_id")).values(primary_group_id=None)),
)
_MINE = query(
    lambda: (
        select(groups.c.id, groups.c.title, groups.c.primary_group)
        .join(group_members, group_members.c.group_id == groups.c.id)
        .where(group_members.c.user_id == parameter("user_id"))
        .order_by(groups.c.id)
    )
)
_LIST_OF_USER = query(
    lambda: (
        select(*GROUP.columns, group_members.c.owner)
        .join(group_members, group_members.c.group_id == groups.c.id)
        .where(group_members.c.user_id == parameter("user_id"))
        .order_by(groups.c.name_key)
    )
)


class GroupReader(msgspec.Struct, frozen=True, kw_only=True):
    """Who looks at groups: `group_ids` are the reader's, `owned_ids` those that the reader owns."""

    logged_in: bool
    staff: bool
    admin: bool
    group_ids: tuple[int, ...]
    owned_ids: tuple[int, ...]


class GroupListSpec(msgspec.Struct, frozen=True, kw_only=True):
    """What decides the text of the query; everything else is a parameter."""

    kind: str
    filtered: bool
    of_user: bool
    by_count: bool
    ascending: bool


KINDS = ("all", "my", "owner", "public", "close", "automatic", "non_automatic")


def is_visible() -> ColumnElement[bool]:
    """A group in the eyes of a reader: owners see theirs, members see levels up to 2, staff up to 3, admins all.

    Levels: 0 everybody, 1 whoever is logged in, 2 members, 3 staff, 4 owners (source: upstream)."""
    level = groups.c.visibility_level
    return or_(
        parameter("reader_admin") == 1,
        level == 0,
        and_(level == 1, parameter("reader_logged_in") == 1),
        and_(level <= 2, among(groups.c.id, "reader_groups")),
        and_(level <= 3, parameter("reader_staff") == 1),
        among(groups.c.id, "reader_owned"),
    )


def reader_values(reader: GroupReader) -> dict[str, Any]:
    """The parameters of `is_visible`."""
    return {
        "reader_logged_in": int(reader.logged_in),
        "reader_staff": int(reader.staff),
        "reader_admin": int(reader.admin),
        "reader_groups": reader.group_ids,
        "reader_owned": reader.owned_ids,
    }


def _where(spec: GroupListSpec) -> ColumnElement[bool]:
    kinds: dict[str, ColumnElement[bool]] = {
        "my": among(groups.c.id, "reader_groups"),
        "owner": among(groups.c.id, "reader_owned"),
        "public": and_(groups.c.automatic == 0, groups.c.public_admission == 1),
        "close": and_(groups.c.automatic == 0, groups.c.public_admission == 0),
        "automatic": groups.c.automatic == 1,
        "non_automatic": groups.c.automatic == 0,
    }
    clauses = [groups.c.id != EVERYONE_ID, is_visible()]
    if spec.kind in kinds:
        clauses.append(kinds[spec.kind])
    if spec.filtered:
        pattern = parameter("pattern", str)
        clauses.append(
            or_(
                groups.c.name_key.like(pattern, escape=ESCAPE),
                func.lower(groups.c.full_name).like(pattern, escape=ESCAPE),
            )
        )
    if spec.of_user:
        clauses.append(among(groups.c.id, "named_groups"))
    return and_(*clauses)


@functools.cache
def _page(spec: GroupListSpec) -> Query:
    column: ColumnElement[Any] = groups.c.member_count if spec.by_count else groups.c.name_key
    ways = (column.asc(), groups.c.id.asc()) if spec.ascending else (column.desc(), groups.c.id.desc())
    return query(
        lambda: (
            select(*GROUP.columns)
            .where(_where(spec))
            .order_by(*ways)
            .limit(parameter("limit"))
            .offset(parameter("offset"))
        )
    )


@functools.cache
def _total(spec: GroupListSpec) -> Query:
    return query(lambda: select(func.count(groups.c.id)).where(_where(spec)))


@functools.cache
def _change(names: tuple[str, ...]) -> Query:
    def build() -> Any:
        kinds: dict[str, type[int] | type[str]] = {
            name: int if groups.c[name].type.python_type is int else str for name in names
        }
        return (
            update(groups)
            .where(groups.c.id == parameter("group_id"))
            .values({name: parameter(f"to_{name}", kinds[name]) for name in names})
        )

    return Query(build)


async def find_group(tx: Tx, group_id: int) -> Group | None:
    """Whoever may not see the group is for the caller to say."""
    return GROUP.maybe(await tx.one(_FIND, group_id=group_id))


async def lock_group(tx: Tx, group_id: int) -> Group | None:
    """The same, kept from other writers until the transaction ends."""
    return GROUP.maybe(await tx.one(_LOCK, group_id=group_id))


async def find_group_by_key(tx: Tx, name_key: str) -> Group | None:
    """By the normal form of a name (`forum.groups.names.group_key`)."""
    return GROUP.maybe(await tx.one(_FIND_BY_KEY, name_key=name_key))


async def list_groups(
    tx: Tx, spec: GroupListSpec, *, values: Mapping[str, Any], limit: int, offset: int
) -> tuple[list[Group], int]:
    """A page of groups and the number of all that match. `values`: those of `reader_values`, and what the spec asks."""
    found = await tx.all(_page(spec), limit=limit, offset=offset, **values)
    plain = msgspec.structs.replace(spec, by_count=False, ascending=True)
    return GROUP.all(found), int(await tx.value(_total(plain), **values))


async def count_built_in(tx: Tx) -> dict[int, int]:
    """How many people are in each built-in group; `everyone` and the system user are not counted."""
    ranks = await list_ranks(tx)
    return {
        ADMINS_ID: sum(rank.count for rank in ranks if rank.admin),
        MODERATORS_ID: sum(rank.count for rank in ranks if rank.moderator),
        STAFF_ID: sum(rank.count for rank in ranks if rank.admin or rank.moderator),
        **{
            group_id: sum(rank.count for rank in ranks if rank.trust_level >= least)
            for least, group_id in enumerate(TRUST_LEVEL_IDS)
        },
    }


async def insert_group(tx: Tx, *, fields: Mapping[str, Any]) -> int:
    """A new group; `fields` holds every column of `_CREATED`. Raises UniqueViolation."""
    return int(await tx.value(_INSERT, **{name: _plain(fields[name]) for name in _CREATED}))


async def change_group(tx: Tx, group_id: int, *, fields: Mapping[str, Any]) -> None:
    """Sets columns of one group. Raises UniqueViolation."""
    values = {f"to_{name}": _plain(value) for name, value in fields.items()}
    await tx.run(_change(tuple(sorted(fields))), group_id=group_id, **values)


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value


async def delete_group(tx: Tx, group_id: int) -> None:
    """Removes the group, its members, its grants and its place in private messages."""
    for trace in (*_TRACES, _DELETE):
        await tx.run(trace, group_id=group_id)


async def list_marks_of(tx: Tx, user_id: int) -> list[tuple[int, str | None, bool]]:
    """(group id, title that it gives, whether it may be a primary group) of the user's custom groups."""
    return [(int(row[0]), row[1], bool(row[2])) for row in await tx.all(_MINE, user_id=user_id)]


async def list_custom_groups_of(tx: Tx, user_id: int) -> list[tuple[Group, bool]]:
    """The user's custom groups by name, and whether the user owns each."""
    width = len(GROUP)
    return [(GROUP.one(row), bool(row[width])) for row in await tx.all(_LIST_OF_USER, user_id=user_id)]


async def list_groups_with_messages(tx: Tx, ids: Iterable[int]) -> set[int]:
    """Those of the groups that some private message is for."""
    return {int(row[0]) for row in await tx.all(_WITH_MESSAGES, ids=sorted(set(ids)))}


async def list_groups_by_ids(tx: Tx, ids: Iterable[int]) -> list[Group]:
    """By id; whoever may not see one is for the caller to say."""
    return GROUP.all(await tx.all(_LIST_BY_IDS, ids=list(ids)))


async def list_groups_by_keys(tx: Tx, keys: Iterable[str]) -> list[Group]:
    """Groups by normal forms of names, by ascending id; unknown ones are left out."""
    return GROUP.all(await tx.all(_LIST_BY_KEYS, keys=sorted(set(keys))))


_WITH_MESSAGES = query(
    lambda: select(groups.c.id).where(
        among(groups.c.id, "ids"),
        exists(select(topic_allowed_groups.c.topic_id).where(topic_allowed_groups.c.group_id == groups.c.id)),
    )
)
_LIST_BY_IDS = query(lambda: select(*GROUP.columns).where(among(groups.c.id, "ids")).order_by(groups.c.id))
_LIST_BY_KEYS = query(lambda: select(*GROUP.columns).where(among(groups.c.name_key, "keys")).order_by(groups.c.id))
