"""Who might want to hear of a post: named, watching, in a group, in a message. What they hear is for services."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Select, and_, func, or_, select, union

from tertulia.model.groups import ADMINS_ID, MODERATORS_ID, STAFF_ID, TRUST_LEVEL_IDS
from tertulia.model.levels import Level, Subject
from tertulia.store.engine import Tx, among, hidden, parameter, query
from tertulia.store.schema.groups import group_members, groups
from tertulia.store.schema.posts import post_group_mentions, post_mentions, post_quotes, posts, votes
from tertulia.store.schema.tags import levels, topic_tags
from tertulia.store.schema.topics import topic_allowed_groups, topic_allowed_users, topic_links, topic_states
from tertulia.store.schema.users import users

_TOPIC = parameter("topic_id")
_AFTER = parameter("after")


class Around(msgspec.Struct, frozen=True, kw_only=True):
    """Where a post stands, as far as it decides who hears of it."""

    topic_id: int
    category_id: int
    tag_ids: tuple[int, ...]
    allowed_user_ids: frozenset[int]
    group_levels: dict[int, int]  # of the groups that a message is for: group id to its members' level


NOWHERE = Around(topic_id=0, category_id=0, tag_ids=(), allowed_user_ids=frozenset(), group_levels={})


def _watching() -> Select[Any]:
    """Watchers of topic, category and tags, and the members of groups that were named or written to."""
    of_topic = select(topic_states.c.user_id).where(
        topic_states.c.topic_id == _TOPIC, topic_states.c.level == int(Level.WATCHING), topic_states.c.user_id > _AFTER
    )
    of_category = select(levels.c.user_id).where(
        levels.c.subject == int(Subject.CATEGORY),
        levels.c.subject_id == parameter("category_id"),
        levels.c.level >= int(Level.WATCHING),
        levels.c.user_id > _AFTER,
    )
    of_tags = select(levels.c.user_id).where(
        levels.c.subject == int(Subject.TAG),
        among(levels.c.subject_id, "tag_ids"),
        levels.c.level >= int(Level.WATCHING),
        levels.c.user_id > _AFTER,
    )
    of_groups = select(group_members.c.user_id).where(
        among(group_members.c.group_id, "group_ids"), group_members.c.user_id > _AFTER
    )
    everybody = union(of_topic, of_category, of_tags, of_groups).subquery()
    return select(everybody.c.user_id).order_by(everybody.c.user_id).limit(parameter("limit"))


_WATCHING = query(_watching)
_BUILT_IN = query(
    lambda: (
        select(users.c.id)
        .where(
            users.c.id > _AFTER,
            or_(
                and_(users.c.admin == 1, parameter("admins") == 1),
                and_(users.c.moderator == 1, parameter("moderators") == 1),
                users.c.trust_level >= parameter("trust_level"),
            ),
        )
        .order_by(users.c.id)
        .limit(parameter("limit"))
    )
)
_TAGS = query(lambda: select(topic_tags.c.tag_id).where(topic_tags.c.topic_id == _TOPIC).order_by(topic_tags.c.tag_id))
_ALLOWED = query(lambda: select(topic_allowed_users.c.user_id).where(topic_allowed_users.c.topic_id == _TOPIC))
_ALLOWED_GROUPS = query(
    lambda: (
        select(groups.c.id, groups.c.default_notification_level)
        .join(topic_allowed_groups, topic_allowed_groups.c.group_id == groups.c.id)
        .where(topic_allowed_groups.c.topic_id == _TOPIC)
    )
)
_TOPIC_STATES = query(
    lambda: select(topic_states.c.user_id, topic_states.c.level, topic_states.c.last_read_post_number).where(
        topic_states.c.topic_id == _TOPIC, among(topic_states.c.user_id, "user_ids")
    )
)
_AROUND_LEVELS = query(
    lambda: select(levels.c.user_id, levels.c.level).where(
        among(levels.c.user_id, "user_ids"),
        or_(
            and_(levels.c.subject == int(Subject.CATEGORY), levels.c.subject_id == parameter("category_id")),
            and_(levels.c.subject == int(Subject.TAG), among(levels.c.subject_id, "tag_ids")),
        ),
    )
)
_GROUPS_OF = query(
    lambda: select(group_members.c.user_id, group_members.c.group_id).where(among(group_members.c.user_id, "user_ids"))
)
_LINKS = query(
    lambda: (
        select(topic_links.c.linked_topic_id, topic_links.c.url)
        .where(
            topic_links.c.post_id == parameter("post_id"),
            topic_links.c.reflection == 0,
            topic_links.c.linked_topic_id.is_not(None),
        )
        .order_by(topic_links.c.id)
    )
)
_AUTHORS_AT = query(
    lambda: select(posts.c.topic_id, posts.c.post_number, posts.c.user_id).where(
        among(posts.c.topic_id, "topic_ids"), among(posts.c.post_number, "numbers"), posts.c.deleted_at.is_(None)
    )
)
_AUTHORS = query(lambda: select(posts.c.user_id).where(among(posts.c.id, "ids"), posts.c.deleted_at.is_(None)))
_POST = parameter("post_id")
_ANSWERED = query(lambda: select(posts.c.reply_to_user_id).where(posts.c.id == _POST))
_NAMED = (
    query(lambda: select(post_mentions.c.user_id).where(post_mentions.c.post_id == _POST)),
    query(lambda: select(post_group_mentions.c.group_id).where(post_group_mentions.c.post_id == _POST)),
    query(lambda: select(post_quotes.c.quoted_post_id).where(post_quotes.c.post_id == _POST)),
)
_INBOX = query(lambda: select(func.count()).where(topic_allowed_groups.c.group_id == parameter("group_id")))
_LIKERS = query(
    lambda: (
        select(votes.c.user_id)
        .where(
            votes.c.post_id == parameter("post_id"), hidden(votes.c.value) == 1, votes.c.created_at > parameter("since")
        )
        .order_by(votes.c.created_at.desc(), votes.c.user_id.desc())
    )
)


async def find_answered(tx: Tx, post_id: int) -> int | None:
    """Whom a post answers; None when nobody, or when it is gone."""
    value = await tx.value(_ANSWERED, post_id=post_id)
    return None if value is None else int(value)


async def list_named(tx: Tx, post_id: int) -> tuple[set[int], set[int], set[int]]:
    """Whom a post names now: ids of people, of groups, and of the posts that it quotes."""
    people, groups_named, quoted = [
        {int(row[0]) for row in await tx.all(statement, post_id=post_id)} for statement in _NAMED
    ]
    return people, groups_named, quoted


async def find_around(tx: Tx, topic_id: int, *, category_id: int | None, is_message: bool) -> Around:
    """Tags of a topic, and of a message the people and groups that it is for."""
    tag_ids = tuple(int(row[0]) for row in await tx.all(_TAGS, topic_id=topic_id))
    allowed: frozenset[int] = frozenset()
    group_levels: dict[int, int] = {}
    if is_message:
        allowed = frozenset(int(row[0]) for row in await tx.all(_ALLOWED, topic_id=topic_id))
        group_levels = {int(row[0]): int(row[1]) for row in await tx.all(_ALLOWED_GROUPS, topic_id=topic_id)}
    return Around(
        topic_id=topic_id,
        category_id=category_id or 0,
        tag_ids=tag_ids,
        allowed_user_ids=allowed,
        group_levels=group_levels,
    )


async def list_audience(tx: Tx, around: Around, *, group_ids: Iterable[int], after: int, limit: int) -> list[int]:
    """Ids above `after`, ascending, of those who watch the topic, its category or tags, and of members of groups."""
    wanted = {*group_ids, *around.group_levels}
    rows = await tx.all(
        _WATCHING,
        topic_id=around.topic_id,
        category_id=around.category_id,
        tag_ids=list(around.tag_ids),
        group_ids=sorted(wanted),
        after=after,
        limit=limit,
    )
    found = {int(row[0]) for row in rows}
    trusted = [level for level, group_id in enumerate(TRUST_LEVEL_IDS) if group_id in wanted]
    staff = STAFF_ID in wanted
    if trusted or staff or wanted & {ADMINS_ID, MODERATORS_ID}:
        asked = {"admins": int(staff or ADMINS_ID in wanted), "moderators": int(staff or MODERATORS_ID in wanted)}
        least = min(trusted, default=len(TRUST_LEVEL_IDS))
        rows = await tx.all(_BUILT_IN, **asked, trust_level=least, after=after, limit=limit)
        found |= {int(row[0]) for row in rows}
    return sorted(found)[:limit]


async def list_members(tx: Tx, group_ids: Iterable[int], *, after: int, limit: int) -> list[int]:
    """Ids above `after`, ascending, of the members of groups alone."""
    return await list_audience(tx, NOWHERE, group_ids=group_ids, after=after, limit=limit)


async def list_topic_states(tx: Tx, user_ids: Sequence[int], *, topic_id: int) -> dict[int, tuple[int | None, int]]:
    """(level, last post that was read) of these people in a topic; those without a row are left out."""
    rows = await tx.all(_TOPIC_STATES, user_ids=list(user_ids), topic_id=topic_id)
    return {int(row[0]): (row[1], int(row[2])) for row in rows}


async def list_levels_around(tx: Tx, user_ids: Sequence[int], around: Around) -> dict[int, set[int]]:
    """The levels that these people have in the topic's category and tags."""
    if not (around.category_id or around.tag_ids):
        return {}
    rows = await tx.all(
        _AROUND_LEVELS, user_ids=list(user_ids), category_id=around.category_id, tag_ids=list(around.tag_ids)
    )
    found: dict[int, set[int]] = {}
    for user_id, level in rows:
        found.setdefault(int(user_id), set()).add(int(level))
    return found


async def list_custom_groups_of(tx: Tx, user_ids: Sequence[int]) -> dict[int, set[int]]:
    """Groups with member rows, by person."""
    found: dict[int, set[int]] = {}
    for user_id, group_id in await tx.all(_GROUPS_OF, user_ids=list(user_ids)):
        found.setdefault(int(user_id), set()).add(int(group_id))
    return found


async def list_links_of(tx: Tx, post_id: int) -> list[tuple[int, str]]:
    """(topic id, address) of the links of a post to other topics."""
    return [(int(row[0]), str(row[1])) for row in await tx.all(_LINKS, post_id=post_id)]


async def list_authors_at(tx: Tx, places: Sequence[tuple[int, int]]) -> set[int]:
    """Who wrote the posts at (topic id, post number)."""
    if not places:
        return set()
    rows = await tx.all(
        _AUTHORS_AT, topic_ids=sorted({place[0] for place in places}), numbers=sorted({place[1] for place in places})
    )
    return {int(row[2]) for row in rows if (int(row[0]), int(row[1])) in places}


async def list_authors(tx: Tx, post_ids: Sequence[int]) -> set[int]:
    """Who wrote posts that are not deleted."""
    return {int(row[0]) for row in await tx.all(_AUTHORS, ids=list(post_ids))} if post_ids else set()


async def count_inbox(tx: Tx, group_id: int) -> int:
    """How many messages a group takes part in."""
    return int(await tx.value(_INBOX, group_id=group_id))


async def list_likers(tx: Tx, post_id: int, *, since: int) -> list[int]:
    """Who liked a post after `since` (ms), the latest first."""
    return [int(row[0]) for row in await tx.all(_LIKERS, post_id=post_id, since=since)]
