"""A parsed query against the forum: names looked up, filters chosen. What nobody can find gives no results.

Only names that the actor can see are found. Read next: `store/fulltext/clauses.py` (what each filter means).
"""

from __future__ import annotations

from typing import Any

import msgspec

from tertulia.forum.categories.names import category_key
from tertulia.forum.search.operators import CategoryChoice, SearchQuery
from tertulia.forum.tags.names import tag_key
from tertulia.forum.unit import Unit
from tertulia.forum.users.names import username_key
from tertulia.model.categories import Category
from tertulia.model.errors import LoginRequired
from tertulia.store import categories as category_store
from tertulia.store import tags as tag_store
from tertulia.store.fulltext.searching import Plan
from tertulia.store.users import find_user_by_key

_PERSONAL = frozenset(("personal", "personal-direct", "all-pms"))
# They are about what the reader did, so a visitor has none of them.
_OWN = frozenset(("likes", "bookmarks", "posted", "watching", "tracking", "seen", "unseen"))
_PLAIN = _OWN | {"first", "pinned", "wiki", "tagged", "untagged", "replies"}
_NUMBERS = ("before", "after", "posts_count", "min_posts", "max_posts", "min_views", "max_views")
_MOST_TAG_GROUPS = 3


class Nothing(Exception):
    """The query asks for something that does not exist, at least not for this actor."""


class Resolved(msgspec.Struct):
    """Clauses chosen so far and their parameters."""

    clauses: list[str]
    values: dict[str, Any]

    def add(self, name: str, **values: Any) -> None:
        if name not in self.clauses:
            self.clauses.append(name)
        self.values |= values


async def resolve(unit: Unit, asked: SearchQuery, *, topic_id: int | None) -> tuple[Plan, dict[str, Any]]:
    """The plan and the parameters. Raises Nothing, and LoginRequired for messages without a user."""
    if asked.badges or asked.group_messages or asked.file_types or asked.groups:
        raise Nothing  # there are none of these to find yet
    found = Resolved([], {})
    await _categories_and_tags(unit, asked, found=found)
    await _people(unit, asked, found=found)
    topic = topic_id if topic_id is not None else asked.topic_id
    if topic is not None:
        found.add("topic", only_topic=topic)
    _kind_of_topic(unit, asked, found=found, in_topic=topic is not None)
    _places(unit, asked, found=found)
    for name in _NUMBERS:
        value = getattr(asked, name)
        if value is not None:
            found.add(name, **{name: min(value, 2**62)})
    if asked.with_images:
        found.add("images")
    order = asked.order or ("latest" if not asked.terms else "")
    plan = Plan(
        matches=bool(asked.terms),
        in_title="title" in asked.places,
        clauses=tuple(sorted(found.clauses)),
        order=order,
        one_per_topic=topic is None,
    )
    return plan, found.values


def _kind_of_topic(unit: Unit, asked: SearchQuery, *, found: Resolved, in_topic: bool) -> None:
    if asked.places & _PERSONAL or asked.messages_of:
        if unit.actor.user is None:
            raise LoginRequired()
        if "all-pms" in asked.places and not unit.actor.is_admin:
            raise Nothing
        found.add("messages")
        if "all-pms" not in asked.places and not asked.messages_of:
            # Admins may see everybody's messages, but mean their own.
            found.add("messages_of", messages_of=unit.actor.user_id)
    elif not in_topic and "all" not in asked.places:
        found.add("regular")
    unlisted = "unlisted" in asked.statuses
    if unlisted and not unit.actor.visibility.sees_unlisted:
        raise Nothing
    sees = unit.actor.visibility.sees_unlisted and (asked.include_unlisted or unlisted)
    if not sees and not in_topic:
        found.add("listed")


def _places(unit: Unit, asked: SearchQuery, *, found: Resolved) -> None:
    if unit.actor.user is None and asked.places & (_OWN | {"created"}):
        raise Nothing
    for name in asked.places & _PLAIN:
        found.add(name)
    for name in asked.statuses:
        found.add(name)


async def _people(unit: Unit, asked: SearchQuery, *, found: Resolved) -> None:
    authors = set(asked.user_ids) | {await _user_id(unit, name) for name in asked.usernames}
    if asked.by_me:
        authors.add(_me(unit))
    creators = {await _user_id(unit, name) for name in asked.created_by}
    if "created" in asked.places:
        creators.add(_me(unit))
    owners = {await _user_id(unit, name) for name in asked.messages_of}
    if owners - {unit.actor.user_id} and not unit.actor.is_admin:
        raise Nothing
    for name, people in (("author", authors), ("creator", creators), ("messages_of", owners)):
        if len(people) > 1:
            raise Nothing  # nobody is two people
        for person in people:
            found.add(name, **{name: person})


def _me(unit: Unit) -> int:
    if unit.actor.user_id is None:
        raise Nothing
    return unit.actor.user_id


async def _user_id(unit: Unit, name: str) -> int:
    user = await find_user_by_key(unit.tx, username_key(name))
    if user is None:
        raise Nothing
    return user.id


async def _categories_and_tags(unit: Unit, asked: SearchQuery, *, found: Resolved) -> None:
    allowed: set[int] | None = None
    tags_all = {await _tag_id(unit, name) for name in asked.tags_all}
    if asked.categories or asked.hashtags:
        known = await category_store.list_categories(unit.tx, visibility=unit.actor.visibility)
        for name in asked.hashtags:
            parent, colon, child = name.rpartition(":")
            ids = _category_ids(CategoryChoice(child, parent if colon else None), known=known)
            if ids:
                allowed = ids if allowed is None else allowed & ids
            else:
                tags_all.add(await _tag_id(unit, name))
        if asked.categories:
            chosen = {each for choice in asked.categories for each in _category_ids(choice, known=known)}
            allowed = chosen if allowed is None else allowed & chosen
    if allowed is not None:
        if not allowed:
            raise Nothing
        found.add("categories", category_ids=sorted(allowed))
    if tags_all:
        found.add("tags_all", tags_all=sorted(tags_all), tags_all_count=len(tags_all))
    await _loose_tags(unit, asked, found=found)


async def _loose_tags(unit: Unit, asked: SearchQuery, *, found: Resolved) -> None:
    if len(asked.tags_any) > _MOST_TAG_GROUPS:
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


async def _tag_id(unit: Unit, name: str) -> int:
    known = await tag_store.list_tags_by_key(unit.tx, {tag_key(name)})
    if not known:
        raise Nothing
    return next(iter(known.values())).id


def _category_ids(choice: CategoryChoice, *, known: list[Category]) -> set[int]:
    """The category meant by slug, name or id, with what is below it unless it is to be exact."""
    parents = None
    if choice.parent is not None:
        parents = {each.id for each in known if _is_called(each, choice.parent)}
    ids = {
        each.id for each in known if _is_called(each, choice.name) and (parents is None or each.parent_id in parents)
    }
    while not choice.exact:
        below = {each.id for each in known if each.parent_id in ids} - ids
        if not below:
            break
        ids |= below
    return ids


def _is_called(category: Category, name: str) -> bool:
    return name in (category.slug_key, str(category.id)) or category_key(name) == category.name_key
