"""Categories: found, listed, changed.

Grants in them are in `category_grants.py`, what happens in them in `lists/category_activity.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Integer, delete, func, select, update

from tertulia.model.actor import Visibility
from tertulia.model.categories import Category, CategoryRef
from tertulia.model.levels import Subject
from tertulia.store.engine import Mapper, Tx, among, insert_query, parameter, query
from tertulia.store.schema.categories import categories
from tertulia.store.schema.posts import posts
from tertulia.store.schema.tags import levels
from tertulia.store.schema.topics import topics

CATEGORY = Mapper(Category, categories)
CATEGORY_REF = Mapper(CategoryRef, categories)

CREATED = (
    "name", "name_key", "slug", "slug_key", "parent_id", "position", "color", "text_color", "description",
    "description_html", "topic_template", "restricted", "disabled", "icon", "style", "background_image",
    "link", "allow_badges", "minimum_required_tags", "user_id", "created_at", "updated_at",
)  # fmt: skip
_CHANGED = tuple(name for name in CREATED if name not in ("created_at", "user_id"))

_FIND = query(
    lambda: select(*CATEGORY.columns).where(
        categories.c.id == parameter("category_id"), among(categories.c.id, "visible_categories")
    )
)
_LOCK = query(lambda: select(*CATEGORY.columns).where(categories.c.id == parameter("category_id")).with_for_update())
_LIST = query(
    lambda: (
        select(*CATEGORY.columns)
        .where(among(categories.c.id, "visible_categories"))
        .order_by(categories.c.position, categories.c.id)
    )
)
_BY_NAME = query(
    lambda: select(categories.c.id).where(
        categories.c.parent_id == parameter("parent_id"), categories.c.name_key == parameter("key", str)
    )
)
_BY_SLUG = query(
    lambda: select(categories.c.id).where(
        categories.c.parent_id == parameter("parent_id"), categories.c.slug_key == parameter("key", str)
    )
)
_FAMILY = query(lambda: select(categories.c.id, categories.c.parent_id))
_NEXT_POSITION = query(lambda: select(func.coalesce(func.max(categories.c.position) + 1, 0)))
_INSERT = insert_query(categories, *CREATED, returning="id")
_UPDATE = query(
    lambda: (
        update(categories)
        .where(categories.c.id == parameter("category_id"))
        .values({name: parameter(f"new_{name}", _kind(name)) for name in _CHANGED})
    )
)
_MOVE = query(
    lambda: (
        update(categories)
        .where(categories.c.id == parameter("category_id"))
        .values(position=parameter("new_position"), updated_at=parameter("now"))
    )
)
_RESTRICT = query(
    lambda: (
        update(categories)
        .where(categories.c.id == parameter("category_id"))
        .values(restricted=parameter("new_restricted"), updated_at=parameter("now"))
    )
)
_DISABLE = query(
    lambda: (
        update(categories)
        .where(categories.c.id == parameter("category_id"))
        .values(disabled=1, updated_at=parameter("now"))
    )
)
_DELETE = query(lambda: delete(categories).where(categories.c.id == parameter("category_id")))
_DELETE_LEVELS = query(
    lambda: delete(levels).where(
        levels.c.subject == int(Subject.CATEGORY), levels.c.subject_id == parameter("subject_id")
    )
)
_TOPIC_SIZES = query(
    lambda: (
        select(topics.c.id, func.count(posts.c.id))
        .select_from(topics)
        .outerjoin(posts, posts.c.topic_id == topics.c.id)
        .where(
            topics.c.id.in_(
                select(topics.c.id)
                .where(topics.c.category_id == parameter("category_id"))
                .order_by(topics.c.id)
                .limit(parameter("limit"))
            )
        )
        .group_by(topics.c.id)
        .order_by(topics.c.id)
    )
)
_COUNT_TOPICS = query(lambda: select(func.count(topics.c.id)).where(topics.c.category_id == parameter("category_id")))


def _kind(name: str) -> type[int] | type[str]:
    return int if isinstance(categories.c[name].type, Integer) else str


async def find_category(tx: Tx, category_id: int, *, visibility: Visibility) -> Category | None:
    """The category when the reader may see it."""
    return CATEGORY.maybe(await tx.one(_FIND, category_id=category_id, visible_categories=visibility.category_ids))


async def lock_category(tx: Tx, category_id: int) -> Category | None:
    """The category, locked until the unit ends, whoever may see it: for changes by those who may make them."""
    return CATEGORY.maybe(await tx.one(_LOCK, category_id=category_id))


async def list_categories(tx: Tx, *, visibility: Visibility) -> list[Category]:
    """The categories that the reader may see, by position then id."""
    return CATEGORY.all(await tx.all(_LIST, visible_categories=visibility.category_ids))


async def list_parents(tx: Tx) -> dict[int, int]:
    """Parent by category id, of all categories; 0 = top level. For rules about nesting, not for readers."""
    return {int(row[0]): int(row[1]) for row in await tx.all(_FAMILY)}


async def find_by_name(tx: Tx, parent_id: int, *, key: str) -> int | None:
    """The id of the category with that name key under a parent. For rules about names, not for readers."""
    value = await tx.value(_BY_NAME, parent_id=parent_id, key=key)
    return None if value is None else int(value)


async def find_by_slug(tx: Tx, parent_id: int, *, key: str) -> int | None:
    """The id of the category with that slug under a parent. For rules about names, not for readers."""
    value = await tx.value(_BY_SLUG, parent_id=parent_id, key=key)
    return None if value is None else int(value)


async def find_next_position(tx: Tx) -> int:
    return int(await tx.value(_NEXT_POSITION))


async def insert_category(tx: Tx, *, fields: Mapping[str, Any]) -> int:
    """A new category; `fields` holds every column of `CREATED`. Raises UniqueViolation."""
    return int(await tx.value(_INSERT, **fields))


async def update_category(tx: Tx, category: Category) -> None:
    """Writes every changeable column of the record. Raises UniqueViolation."""
    await tx.run(_UPDATE, category_id=category.id, **{f"new_{name}": getattr(category, name) for name in _CHANGED})


async def update_positions(tx: Tx, positions: Iterable[tuple[int, int]], *, now: int) -> None:
    """(category id, position) each; unknown ids change nothing."""
    await tx.many(_MOVE, [{"category_id": each, "new_position": position, "now": now} for each, position in positions])


async def update_restricted(tx: Tx, category_id: int, *, restricted: bool, now: int) -> None:
    await tx.run(_RESTRICT, category_id=category_id, new_restricted=int(restricted), now=now)


async def disable_category(tx: Tx, category_id: int, *, now: int) -> None:
    """Nobody but admins may make topics in it from now on."""
    await tx.run(_DISABLE, category_id=category_id, now=now)


async def delete_category(tx: Tx, category_id: int) -> None:
    """Removes the category and the levels that people have for it; its grants are removed apart."""
    await tx.run(_DELETE_LEVELS, subject_id=category_id)
    await tx.run(_DELETE, category_id=category_id)


async def list_topic_sizes(tx: Tx, category_id: int, *, limit: int) -> list[tuple[int, int]]:
    """(id, number of posts) of topics of the category, deleted ones of both too: for purging it in slices."""
    rows = await tx.all(_TOPIC_SIZES, category_id=category_id, limit=limit)
    return [(int(row[0]), int(row[1])) for row in rows]


async def count_topics(tx: Tx, category_id: int) -> int:
    """Topics in the category, deleted ones too."""
    return int(await tx.value(_COUNT_TOPICS, category_id=category_id))
