"""Categories deleted when they are empty. With everything in them: `forum/category_purging.py`."""

from __future__ import annotations

from tertulia.forum.permissions import allow
from tertulia.forum.staff_actions import log_staff_action
from tertulia.forum.unit import Unit
from tertulia.model.categories import UNCATEGORIZED_ID, Category
from tertulia.model.errors import CategoryHasChildren, CategoryMissing, CategoryNotEmpty, CategorySpecial
from tertulia.model.events import CategoryDeleted
from tertulia.store import categories as store
from tertulia.store.category_grants import delete_category_grants

STAFF_CATEGORY_ID = 3


async def delete_category(unit: Unit, category_id: int) -> None:
    """Deletes a category that is empty, of deleted topics too.

    Raises NotAllowed, CategoryMissing, CategorySpecial, CategoryHasChildren, CategoryNotEmpty."""
    category = await find_deletable(unit, category_id)
    topics = await store.count_topics(unit.tx, category_id)
    if topics:
        raise CategoryNotEmpty(topics=topics)
    await remove_category(unit, category)


async def find_deletable(unit: Unit, category_id: int) -> Category:
    """The category, locked, in a unit that writes from here on.

    Raises NotAllowed, CategoryMissing, CategorySpecial, CategoryHasChildren."""
    allow(unit, "category.delete")
    await unit.write()
    category = await store.lock_category(unit.tx, category_id)
    if category is None:
        raise CategoryMissing()
    if category_id in (UNCATEGORIZED_ID, STAFF_CATEGORY_ID):
        raise CategorySpecial()
    if category_id in (await store.list_parents(unit.tx)).values():
        raise CategoryHasChildren()
    return category


async def remove_category(unit: Unit, category: Category) -> None:
    """Removes a category that is empty, with its grants and the levels that people have for it."""
    await store.delete_category(unit.tx, category.id)
    await delete_category_grants(unit.tx, category.id)
    unit.tell(CategoryDeleted(category_id=category.id, name=category.name, slug=category.slug, category=category))
    await log_staff_action(unit, "delete_category", category_id=category.id, details=category.name)
