"""What lists show of other things, in bulk by ids: users, categories, tags of topics, groups.

Nothing here asks who may see: callers pass ids of things that were found visible.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from tertulia.model.categories import CategoryRef
from tertulia.model.groups import Group
from tertulia.model.tags import TagRef
from tertulia.model.users import UserCard
from tertulia.store.engine import Mapper, Tx, among, parameter, query
from tertulia.store.schema.categories import categories
from tertulia.store.schema.groups import groups
from tertulia.store.schema.tags import tags, topic_tags
from tertulia.store.schema.users import users

CARD = Mapper(UserCard, users)
CATEGORY_REF = Mapper(CategoryRef, categories)
TAG_REF = Mapper(TagRef, tags)
_GROUP = Mapper(Group, groups)

_CARDS = query(lambda: select(*CARD.columns).where(among(users.c.id, "ids")))
_CARDS_BY_KEYS = query(lambda: select(*CARD.columns).where(among(users.c.username_key, "keys")))
_CATEGORIES = query(lambda: select(*CATEGORY_REF.columns).where(among(categories.c.id, "ids")))
_TREE = query(lambda: select(categories.c.id, categories.c.parent_id, categories.c.topic_count))
_TOPIC_TAGS = query(
    lambda: (
        select(topic_tags.c.topic_id, *TAG_REF.columns)
        .select_from(topic_tags.join(tags, tags.c.id == topic_tags.c.tag_id))
        .where(among(topic_tags.c.topic_id, "ids"))
        .order_by(topic_tags.c.topic_id, topic_tags.c.position, tags.c.id)
    )
)
_TAGS_BY_KEYS = query(lambda: select(tags.c.name_key, *TAG_REF.columns).where(among(tags.c.name_key, "keys")))
_TOP_TAGS = query(
    lambda: (
        select(*TAG_REF.columns)
        .where(tags.c.topic_count > 0)
        .order_by(tags.c.topic_count.desc(), tags.c.id.desc())
        .limit(parameter("limit"))
    )
)
_GROUP_NAMES = query(lambda: select(groups.c.id, groups.c.name).where(among(groups.c.id, "ids")))
_GROUPS = query(lambda: select(*_GROUP.columns).where(among(groups.c.id, "ids")).order_by(groups.c.id))


async def list_cards(tx: Tx, ids: Iterable[int | None]) -> dict[int, UserCard]:
    """Cards by user id; unknown ids (and None) are left out."""
    wanted = sorted({user_id for user_id in ids if user_id is not None})
    if not wanted:
        return {}
    return {card.id: card for card in CARD.all(await tx.all(_CARDS, ids=wanted))}


async def list_cards_by_keys(tx: Tx, keys: Iterable[str]) -> list[UserCard]:
    """Cards by the normal forms of usernames."""
    return CARD.all(await tx.all(_CARDS_BY_KEYS, keys=sorted(set(keys))))


async def list_category_refs(tx: Tx, ids: Iterable[int | None]) -> dict[int, CategoryRef]:
    wanted = sorted({category_id for category_id in ids if category_id is not None})
    if not wanted:
        return {}
    return {ref.id: ref for ref in CATEGORY_REF.all(await tx.all(_CATEGORIES, ids=wanted))}


async def list_category_tree(tx: Tx) -> list[tuple[int, int, int]]:
    """(category id, parent id, topics) of every category."""
    return [(int(row[0]), int(row[1]), int(row[2])) for row in await tx.all(_TREE)]


async def list_topic_tags(tx: Tx, topic_ids: Iterable[int]) -> dict[int, tuple[TagRef, ...]]:
    """Tags by topic id, in the order in which they were given."""
    found: dict[int, list[TagRef]] = {}
    for row in await tx.all(_TOPIC_TAGS, ids=sorted(set(topic_ids))):
        found.setdefault(int(row[0]), []).append(TAG_REF.one(row, offset=1))
    return {topic_id: tuple(refs) for topic_id, refs in found.items()}


async def list_tags_by_keys(tx: Tx, keys: Iterable[str]) -> dict[str, TagRef]:
    """Tags by the normal forms of their names; unknown ones are left out."""
    rows = await tx.all(_TAGS_BY_KEYS, keys=sorted(set(keys)))
    return {str(row[0]): TAG_REF.one(row, offset=1) for row in rows}


async def list_top_tags(tx: Tx, *, limit: int) -> tuple[TagRef, ...]:
    """The tags of most public topics."""
    return tuple(TAG_REF.all(await tx.all(_TOP_TAGS, limit=limit)))


async def list_group_names(tx: Tx, ids: Iterable[int | None]) -> dict[int, str]:
    wanted = sorted({group_id for group_id in ids if group_id is not None})
    if not wanted:
        return {}
    return {int(row[0]): str(row[1]) for row in await tx.all(_GROUP_NAMES, ids=wanted)}


async def list_groups_by_ids(tx: Tx, ids: Iterable[int]) -> tuple[Group, ...]:
    return tuple(_GROUP.all(await tx.all(_GROUPS, ids=sorted(set(ids)))))
