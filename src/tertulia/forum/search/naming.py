"""Names in a search looked up: people, groups, tags, categories. Only what the actor can see is found.

Read next: `search/resolving.py`, which makes filters of them.
"""

from __future__ import annotations

import re

from tertulia.forum.categories.names import category_key
from tertulia.forum.groups.names import group_key
from tertulia.forum.groups.visibility import group_reader, reaches
from tertulia.forum.search.operators import CategoryChoice
from tertulia.forum.tags.names import tag_key
from tertulia.forum.unit import Unit
from tertulia.forum.users.names import username_key
from tertulia.model.categories import Category
from tertulia.model.groups import EVERYONE_ID, Group
from tertulia.model.users import User
from tertulia.store import groups as group_store
from tertulia.store import tags as tag_store
from tertulia.store.users import find_user, find_user_by_key

_ID = re.compile(r"[0-9]{1,18}", re.ASCII)


class Nothing(Exception):
    """The query asks for something that does not exist, at least not for this actor."""


async def named_user(unit: Unit, name: str) -> User:
    """The account of that name, or else of that id. Raises Nothing."""
    user = await find_user_by_key(unit.tx, username_key(name))
    if user is None and _ID.fullmatch(name):
        user = await find_user(unit.tx, int(name))
    if user is None or user.staged:
        raise Nothing
    return user


async def named_group(unit: Unit, name: str) -> Group:
    """The group of that name or id whose members the actor may see. Raises Nothing."""
    group = await group_store.find_group_by_key(unit.tx, group_key(name))
    if group is None and _ID.fullmatch(name):
        group = await group_store.find_group(unit.tx, int(name))
    if group is None or group.id == EVERYONE_ID:
        raise Nothing
    reader = await group_reader(unit)
    for level in (group.visibility_level, group.members_visibility_level):
        if not reaches(level, group_id=group.id, reader=reader):
            raise Nothing
    return group


async def named_tag(unit: Unit, name: str) -> int:
    """The id of the tag of that name. Raises Nothing."""
    known = await tag_store.list_tags_by_key(unit.tx, {tag_key(name)})
    if not known:
        raise Nothing
    return next(iter(known.values())).id


def category_ids(choice: CategoryChoice, *, known: list[Category]) -> set[int]:
    """The categories meant by slug, name or id, with what is below them unless it is to be exact."""
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
