"""Changes to accounts: any columns of one, roles that follow a group, and what goes when an account goes."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, or_, select, update

from tertulia.store.engine import Query, Tx, among, parameter, query
from tertulia.store.schema.categories import category_grants
from tertulia.store.schema.email_tokens import email_tokens
from tertulia.store.schema.groups import group_members, group_requests, groups
from tertulia.store.schema.keys import keys, sessions
from tertulia.store.schema.notifications import notifications, notifications_seen, user_relations
from tertulia.store.schema.posts import bookmarks, post_mentions
from tertulia.store.schema.tags import levels
from tertulia.store.schema.users import user_follows, user_visits, users

_USER_HOLDER = 1  # model.privileges.Holder.USER


@functools.cache
def _change(names: tuple[str, ...]) -> Query:
    """UPDATE of the named columns of one account; values arrive as `to_<column>`."""

    def build() -> Any:
        kinds: dict[str, type[int] | type[str]] = {
            name: int if users.c[name].type.python_type is int else str for name in names
        }
        return (
            update(users)
            .where(users.c.id == parameter("user_id"))
            .values({name: parameter(f"to_{name}", kinds[name]) for name in names})
        )

    return Query(build)


_ADOPT_PRIMARY = query(
    lambda: (
        update(users)
        .where(among(users.c.id, "ids"), users.c.primary_group_id.is_(None))
        .values(primary_group_id=parameter("group_id"))
    )
)
_ADOPT_TITLE = query(
    lambda: (
        update(users)
        .where(among(users.c.id, "ids"), or_(users.c.title.is_(None), users.c.title == ""))
        .values(title=parameter("title", str))
    )
)
_RAISE_TRUST = query(
    lambda: (
        update(users)
        .where(among(users.c.id, "ids"), users.c.trust_level < parameter("trust_level"))
        .values(trust_level=parameter("trust_level"))
    )
)
_DROP_PRIMARY = query(
    lambda: (
        update(users)
        .where(among(users.c.id, "ids"), users.c.primary_group_id == parameter("group_id"))
        .values(primary_group_id=None)
    )
)
_DROP_TITLE = query(
    lambda: (
        update(users).where(among(users.c.id, "ids"), users.c.title == parameter("given_title", str)).values(title=None)
    )
)
_FOLLOWED_BY = select(user_follows.c.followed_id).where(user_follows.c.user_id == parameter("user_id"))
_FOLLOWERS_OF = select(user_follows.c.user_id).where(user_follows.c.followed_id == parameter("user_id"))
_LEAVE_FOLLOWED = query(
    lambda: update(users).where(users.c.id.in_(_FOLLOWED_BY)).values(follower_count=users.c.follower_count - 1)
)
_LEAVE_FOLLOWERS = query(
    lambda: update(users).where(users.c.id.in_(_FOLLOWERS_OF)).values(following_count=users.c.following_count - 1)
)
_LEAVE_GROUPS = query(
    lambda: (
        update(groups)
        .where(groups.c.id.in_(select(group_members.c.group_id).where(group_members.c.user_id == parameter("user_id"))))
        .values(member_count=groups.c.member_count - 1)
    )
)
_TRACES: tuple[Query, ...] = tuple(
    query(build)
    for build in (
        lambda: delete(user_follows).where(
            or_(user_follows.c.user_id == parameter("user_id"), user_follows.c.followed_id == parameter("user_id"))
        ),
        lambda: delete(user_visits).where(user_visits.c.user_id == parameter("user_id")),
        lambda: delete(group_members).where(group_members.c.user_id == parameter("user_id")),
        lambda: delete(group_requests).where(group_requests.c.user_id == parameter("user_id")),
        lambda: delete(category_grants).where(
            category_grants.c.holder == _USER_HOLDER, category_grants.c.holder_id == parameter("user_id")
        ),
        lambda: delete(keys).where(keys.c.user_id == parameter("user_id")),
        lambda: delete(sessions).where(sessions.c.user_id == parameter("user_id")),
        lambda: delete(email_tokens).where(email_tokens.c.user_id == parameter("user_id")),
        lambda: delete(bookmarks).where(bookmarks.c.user_id == parameter("user_id")),
        lambda: delete(post_mentions).where(post_mentions.c.user_id == parameter("user_id")),
        lambda: delete(levels).where(levels.c.user_id == parameter("user_id")),
        lambda: delete(notifications).where(notifications.c.user_id == parameter("user_id")),
        lambda: delete(notifications).where(notifications.c.actor_id == parameter("user_id")),
        lambda: delete(notifications_seen).where(notifications_seen.c.user_id == parameter("user_id")),
        lambda: delete(user_relations).where(
            or_(user_relations.c.user_id == parameter("user_id"), user_relations.c.other_id == parameter("user_id"))
        ),
        lambda: delete(users).where(users.c.id == parameter("user_id")),
    )
)
_COUNT_ADMINS = query(
    lambda: select(func.count(users.c.id)).where(users.c.admin == 1, users.c.active == 1, users.c.id > 0)
)


async def change_user(tx: Tx, user_id: int, *, fields: Mapping[str, Any]) -> bool:
    """Sets columns of one account. False when there is none. Raises UniqueViolation."""
    names = tuple(sorted(fields))
    if not names:
        return True
    values = {f"to_{name}": int(fields[name]) if isinstance(fields[name], bool) else fields[name] for name in names}
    return await tx.run(_change(names), user_id=user_id, **values) == 1


async def adopt_group_marks(
    tx: Tx, ids: list[int], *, group_id: int | None, title: str | None, trust_level: int | None
) -> None:
    """Gives members what their group gives: primary group and title where they have none, a least trust level."""
    if group_id is not None:
        await tx.run(_ADOPT_PRIMARY, ids=ids, group_id=group_id)
    if title:
        await tx.run(_ADOPT_TITLE, ids=ids, title=title)
    if trust_level is not None:
        await tx.run(_RAISE_TRUST, ids=ids, trust_level=trust_level)


async def drop_group_marks(tx: Tx, ids: list[int], *, group_id: int, title: str | None) -> None:
    """Takes primary group and title from people who left the group."""
    await tx.run(_DROP_PRIMARY, ids=ids, group_id=group_id)
    if title:
        await tx.run(_DROP_TITLE, ids=ids, given_title=title)


async def delete_account(tx: Tx, user_id: int) -> None:
    """Removes the account and everything that is only about it; posts, votes and topics are not touched."""
    for leave in (_LEAVE_FOLLOWED, _LEAVE_FOLLOWERS, _LEAVE_GROUPS, *_TRACES):
        await tx.run(leave, user_id=user_id)


async def count_admins(tx: Tx) -> int:
    """People (not the system user) who are admins and can log in."""
    return int(await tx.value(_COUNT_ADMINS))
