"""Lists of accounts: by flag, with a filter and a sort, in pages; and by the beginning of a name."""

from __future__ import annotations

import functools
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, and_, func, literal_column, not_, or_, select

from tertulia.model.users import User, UserCard, UserListOrder
from tertulia.store.cards import CARD
from tertulia.store.engine import Query, Tx, hidden, parameter, query
from tertulia.store.schema.users import people_ranks, users
from tertulia.store.users import USER

ESCAPE = "\\"
# Written out, as engines find the index of these people only by its very text.
_ACTIVE = users.c.active == literal_column("1")
_ORDERS: dict[UserListOrder, ColumnElement[Any]] = {
    UserListOrder.CREATED: users.c.created_at,
    UserListOrder.LAST_SEEN: func.coalesce(users.c.last_seen_at, 0),
    UserListOrder.USERNAME: users.c.username_key,
    UserListOrder.EMAIL: func.coalesce(users.c.email_key, ""),
    UserListOrder.TRUST_LEVEL: users.c.trust_level,
    UserListOrder.POST_COUNT: users.c.post_count,
    UserListOrder.REPUTATION: users.c.likes_received - users.c.down_votes_received,
    UserListOrder.DAYS_VISITED: users.c.days_visited,
    UserListOrder.TIME_READ: users.c.time_read,
    UserListOrder.TOPICS_VIEWED: users.c.topics_entered,
    UserListOrder.POSTS_READ: users.c.posts_read,
    UserListOrder.LIKES_GIVEN: users.c.likes_given,
    UserListOrder.TOPIC_COUNT: users.c.topic_count,
}


class UserListSpec(msgspec.Struct, frozen=True, kw_only=True):
    """What decides the text of the query; everything else is a parameter."""

    flag: str
    filtered: bool
    by_email: bool
    sees_private: bool
    order: UserListOrder
    ascending: bool


def contains(text: str) -> str:
    """A LIKE pattern for whatever contains the text; its own wildcards stand for themselves."""
    return f"%{_escape(text)}%"


def _escape(text: str) -> str:
    plain = text.replace("\0", "")
    return plain.replace(ESCAPE, ESCAPE * 2).replace("%", f"{ESCAPE}%").replace("_", f"{ESCAPE}_")


def _flag(flag: str) -> list[ColumnElement[bool]]:
    now = parameter("now")
    suspended = users.c.suspended_till > now
    not_suspended = or_(users.c.suspended_till.is_(None), users.c.suspended_till <= now)
    rules: dict[str, list[ColumnElement[bool]]] = {
        "all": [],
        "new": [],
        "active": [_ACTIVE, not_suspended],
        "staff": [or_(users.c.admin == 1, users.c.moderator == 1)],
        "admins": [users.c.admin == 1],
        "moderators": [users.c.moderator == 1],
        "suspended": [suspended],
        "banned": [suspended],
        "silenced": [users.c.silenced_till > now],
        "pending": [users.c.approved == 0, users.c.active == 1, not_suspended],
        "staged": [users.c.staged == 1],
        "online": [users.c.last_seen_at > parameter("online_since"), users.c.active == 1],
    }
    return rules[flag]


FLAGS = (
    "all", "new", "active", "staff", "admins", "moderators", "suspended", "banned", "silenced", "pending", "staged",
    "online",
)  # fmt: skip


_NEARLY_ALL = ("all", "new", "active", "staged")


def _where(spec: UserListSpec) -> ColumnElement[bool]:
    clauses = [users.c.id > 0, *_flag(spec.flag)]
    if not spec.sees_private:
        clauses += [_ACTIVE, users.c.staged == literal_column("0")]
    if spec.filtered:
        pattern = parameter("pattern", str)
        named = [
            users.c.username_key.like(pattern, escape=ESCAPE),
            func.lower(users.c.name).like(pattern, escape=ESCAPE),
        ]
        if spec.sees_private:
            named.append(users.c.email_key.like(pattern, escape=ESCAPE))
        clauses.append(or_(*named))
    if spec.by_email:
        clauses.append(users.c.email_key == parameter("email_key", str))
    return and_(*clauses)


@functools.cache
def _page(spec: UserListSpec) -> Query:
    column = _ORDERS[spec.order]
    ways = (column.asc(), users.c.id.asc()) if spec.ascending else (column.desc(), users.c.id.desc())
    return query(
        lambda: (
            select(*USER.columns)
            .where(_where(spec))
            .order_by(*ways)
            .limit(parameter("limit"))
            .offset(parameter("offset"))
        )
    )


def _kept_total(spec: UserListSpec) -> Query:
    """Of lists that leave few out: the kept counts of people, less those few."""
    rank = people_ranks.c
    clauses = [rank.active == 1, rank.staged == 0] if not spec.sees_private else []
    clauses += {"active": [rank.active == 1], "staged": [rank.staged == 1]}.get(spec.flag, [])
    inside = select(func.coalesce(func.sum(rank.count), 0)).where(*clauses).scalar_subquery()
    if spec.flag != "active":
        return query(lambda: select(inside))
    suspended = [users.c.suspended_till.is_not(None), users.c.suspended_till > parameter("now"), hidden(users.c.id) > 0]
    out = select(func.count()).where(*suspended, _ACTIVE, *([] if spec.sees_private else [users.c.staged == 0]))
    return query(lambda: select(inside - out.scalar_subquery()))


@functools.cache
def _total(spec: UserListSpec) -> Query:
    if spec.flag in _NEARLY_ALL and not (spec.filtered or spec.by_email):
        return _kept_total(spec)
    return query(lambda: select(func.count(users.c.id)).where(_where(spec)))


async def list_users(
    tx: Tx, spec: UserListSpec, *, values: dict[str, Any], limit: int, offset: int
) -> tuple[list[User], int]:
    """One page and the number of all that match. `values`: now, online_since, pattern, email_key as the spec asks.

    The system user is never listed."""
    found = await tx.all(_page(spec), limit=limit, offset=offset, **values)
    plain = msgspec.structs.replace(spec, order=UserListOrder.CREATED, ascending=True)
    return USER.all(found), int(await tx.value(_total(plain), **values))


def _begins(key: ColumnElement[str]) -> ColumnElement[bool]:
    """As a range, of which both engines' indexes know; of a pattern in a parameter they do not."""
    return and_(key >= parameter("first", str), key < parameter("beyond", str))


def _search(*conditions: ColumnElement[bool]) -> Select[Any]:
    return (
        select(*CARD.columns)
        .where(hidden(users.c.id) > 0, users.c.active == 1, users.c.staged == 0, *conditions)
        .order_by(users.c.username_key)
        .limit(parameter("limit"))
    )


_BY_USERNAME = query(lambda: _search(_begins(users.c.username_key)))
_BY_NAME = query(lambda: _search(_begins(func.lower(users.c.name)), not_(_begins(hidden(users.c.username_key)))))


async def search_cards(tx: Tx, term: str, *, limit: int) -> list[UserCard]:
    """Active people whose username or name begins with `term` (in its normal form), the exact username first.

    Names are looked at where usernames do not fill the limit."""
    bounds = {"first": term, "beyond": term + "\U0010ffff"}
    found = CARD.all(await tx.all(_BY_USERNAME, limit=limit, **bounds))
    # Asked for none it looks at none, and every search has as many statements.
    return found + CARD.all(await tx.all(_BY_NAME, limit=limit - len(found), **bounds))
