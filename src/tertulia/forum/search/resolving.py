"""A parsed query against the forum: names looked up, filters chosen. What nobody can find gives no results.

Read next: `search/naming.py` (who and what is found by name), `store/fulltext/clauses.py` (what a filter means).
"""

from __future__ import annotations

from typing import Any

import msgspec

from tertulia.forum.groups.visibility import built_in_ids
from tertulia.forum.search.naming import Nothing, category_ids, named_group, named_tag, named_user
from tertulia.forum.search.operators import CategoryChoice, SearchQuery
from tertulia.forum.tags.names import tag_key
from tertulia.forum.unit import Unit
from tertulia.model.errors import LoginRequired, NotAllowed
from tertulia.model.groups import ADMINS_ID, EVERYONE_ID, MODERATORS_ID, STAFF_ID, TRUST_LEVEL_IDS, Group
from tertulia.model.users import User
from tertulia.store import categories as category_store
from tertulia.store import tags as tag_store
from tertulia.store.accounts.memberships import list_custom_group_ids
from tertulia.store.fulltext.clauses import MAXIMUM_FILE_TYPES
from tertulia.store.fulltext.searching import Plan

__all__ = ["Nothing", "resolve"]

_PERSONAL = frozenset(("personal", "personal-direct", "all-pms"))
# They are about what the reader did, so they mean nothing to a visitor (source: upstream).
_OWN = frozenset(("likes", "bookmarks", "posted", "watching", "tracking", "seen", "unseen"))
_PLAIN = _OWN | {"first", "pinned", "wiki", "tagged", "untagged", "replies"}
_NUMBERS = ("before", "after", "posts_count", "min_posts", "max_posts", "min_views", "max_views")
_MOST_TAG_GROUPS = 3
_BY_ACCOUNT = {ADMINS_ID: "of_admins", MODERATORS_ID: "of_moderators", STAFF_ID: "of_staff"}


class Resolved(msgspec.Struct):
    """Clauses chosen so far and their parameters."""

    clauses: list[str]
    values: dict[str, Any]

    def add(self, name: str, **values: Any) -> None:
        if name not in self.clauses:
            self.clauses.append(name)
        self.values |= values


async def resolve(unit: Unit, asked: SearchQuery, *, topic_id: int | None) -> tuple[Plan, dict[str, Any]]:
    """The plan and the parameters.

    Raises Nothing; LoginRequired for messages without a user; NotAllowed for the messages of somebody else."""
    found = Resolved([], {"now": unit.now})
    topic = topic_id if topic_id is not None else asked.topic_id
    await _kind_of_topic(unit, asked, found=found, in_topic=topic is not None)
    if asked.badges:
        raise Nothing  # nobody has a badge
    await _categories_and_tags(unit, asked, found=found)
    await _people(unit, asked, found=found)
    if topic is not None:
        found.add("topic", only_topic=topic)
    _places(unit, asked, found=found)
    _contents(asked, found=found)
    order = asked.order or ("position" if topic is not None else "" if asked.terms else "latest")
    plan = Plan(
        matches=bool(asked.terms),
        in_title="title" in asked.places,
        clauses=tuple(sorted(found.clauses)),
        order=order,
        one_per_topic=topic is None,
    )
    return plan, found.values


async def _kind_of_topic(unit: Unit, asked: SearchQuery, *, found: Resolved, in_topic: bool) -> None:
    if asked.places & _PERSONAL or asked.messages_of or asked.group_messages:
        found.add("messages")
        owner = await _owner(unit, asked)
        if "all-pms" not in asked.places or not unit.actor.is_admin:
            # Admins may see everybody's messages, but mean their own.
            found.add("messages_of", **await _messages_of(unit, owner))
        if "personal-direct" in asked.places:
            found.add("personal-direct")
        for name in asked.group_messages:
            found.add("group_messages", inbox_group=(await named_group(unit, name)).id)
    elif not in_topic and "all" in asked.places and unit.actor.user is not None:
        found.add("regular_or_messages_of", **await _messages_of(unit, unit.actor.user))
    elif not in_topic:
        found.add("regular")
    unlisted = "unlisted" in asked.statuses
    if unlisted and not unit.actor.visibility.sees_unlisted:
        raise Nothing
    sees = unit.actor.visibility.sees_unlisted and (asked.include_unlisted or unlisted)
    if not sees and not in_topic:
        found.add("listed")


async def _owner(unit: Unit, asked: SearchQuery) -> User:
    """Whose messages are meant: the reader's, or for admins those of whom they name."""
    if unit.actor.user is None:
        raise LoginRequired()
    owners = {user.id: user for user in [await named_user(unit, name) for name in asked.messages_of]}
    if not owners:
        return unit.actor.user
    if owners.keys() - {unit.actor.user.id} and not unit.actor.is_admin:
        raise NotAllowed()
    if len(owners) > 1:
        raise Nothing  # nobody is two people
    return next(iter(owners.values()))


async def _messages_of(unit: Unit, user: User) -> dict[str, Any]:
    groups = {*built_in_ids(user), *await list_custom_group_ids(unit.tx, user.id)}
    return {"messages_of": user.id, "messages_groups": sorted(groups - {EVERYONE_ID})}


def _places(unit: Unit, asked: SearchQuery, *, found: Resolved) -> None:
    for name in asked.places & (_PLAIN if unit.actor.user is not None else _PLAIN - _OWN):
        found.add(name)
    for name in asked.statuses:
        found.add(name)


def _contents(asked: SearchQuery, *, found: Resolved) -> None:
    for name in _NUMBERS:
        value = getattr(asked, name)
        if value is not None:
            found.add(name, **{name: min(value, 2**62)})
    if asked.with_images:
        found.add("images")
    if asked.file_types:
        kinds = asked.file_types[:MAXIMUM_FILE_TYPES]
        slots = (*kinds, *[kinds[0]] * (MAXIMUM_FILE_TYPES - len(kinds)))
        found.add("file_types", **{f"file_type_{slot}": kind for slot, kind in enumerate(slots)})


async def _people(unit: Unit, asked: SearchQuery, *, found: Resolved) -> None:
    names = [*asked.usernames, *(str(each) for each in asked.user_ids)]
    authors = {(await named_user(unit, name)).id for name in names}
    if asked.by_me:
        authors.add(_me(unit))
    creators = {(await named_user(unit, name)).id for name in asked.created_by}
    if "created" in asked.places:
        creators.add(_me(unit))
    for clause, people in (("author", authors), ("creator", creators)):
        if len(people) > 1:
            raise Nothing
        for person in people:
            found.add(clause, **{clause: person})
    groups = {group.id: group for group in [await named_group(unit, name) for name in asked.groups]}
    if len(groups) > 1:
        raise Nothing
    for group in groups.values():
        _members(group, found=found)


def _members(group: Group, *, found: Resolved) -> None:
    """Groups that follow from the account have no rows of members."""
    if group.id in _BY_ACCOUNT:
        found.add(_BY_ACCOUNT[group.id])
    elif group.id in TRUST_LEVEL_IDS:
        found.add("of_trust_level", trust_level=TRUST_LEVEL_IDS.index(group.id))
    else:
        found.add("group", group_id=group.id)


def _me(unit: Unit) -> int:
    if unit.actor.user_id is None:
        raise Nothing
    return unit.actor.user_id


async def _categories_and_tags(unit: Unit, asked: SearchQuery, *, found: Resolved) -> None:
    allowed: set[int] | None = None
    tags_all = {await named_tag(unit, name) for name in asked.tags_all}
    if asked.categories or asked.hashtags:
        known = await category_store.list_categories(unit.tx, visibility=unit.actor.visibility)
        for name in asked.hashtags:
            parent, colon, child = name.removeprefix("=").rpartition(":")
            ids = category_ids(CategoryChoice(child, parent if colon else None, name[:1] == "="), known=known)
            if ids:
                allowed = ids if allowed is None else allowed & ids
            else:
                tags_all.add(await named_tag(unit, name.removeprefix("=")))
        if asked.categories:
            chosen = {each for choice in asked.categories for each in category_ids(choice, known=known)}
            allowed = chosen if allowed is None else allowed & chosen
    if allowed is not None:
        if not allowed:
            raise Nothing
        found.add("categories", category_ids=sorted(allowed))
    if tags_all:
        found.add("tags_all", tags_all=sorted(tags_all), tags_all_count=len(tags_all))
    await _loose_tags(unit, asked, found=found)


async def _loose_tags(unit: Unit, asked: SearchQuery, *, found: Resolved) -> None:
    if len(asked.tags_any) > _MOST_TAG_GROUPS or len(asked.tags_not_all) > 1:
        raise Nothing
    for index, names in enumerate(asked.tags_any):
        known = await tag_store.list_tags_by_key(unit.tx, {tag_key(name) for name in names})
        if not known:
            raise Nothing
        found.add(f"tags_any_{index}", **{f"tags_any_{index}": sorted(tag.id for tag in known.values())})
    if asked.tags_none:
        known = await tag_store.list_tags_by_key(unit.tx, {tag_key(name) for name in asked.tags_none})
        if known:
            found.add("tags_none", tags_none=sorted(tag.id for tag in known.values()))
    for names in asked.tags_not_all:
        keys = {tag_key(name) for name in names}
        known = await tag_store.list_tags_by_key(unit.tx, keys)
        if known.keys() >= keys:  # no topic carries all of them when one does not exist
            ids = sorted(tag.id for tag in known.values())
            found.add("tags_not_all", tags_not_all=ids, tags_not_all_count=len(ids))
