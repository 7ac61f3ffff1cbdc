"""Where a category may stand: its parent, and a name and slug that no sibling has.

Asked inside the transaction that writes. Read next: `names.py` (rules about the words themselves).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tertulia.forum.categories.names import category_slug
from tertulia.forum.slugs import MAXIMUM_SLUG
from tertulia.forum.unit import Unit
from tertulia.model.categories import UNCATEGORIZED_ID
from tertulia.model.errors import CategoryNameTaken, CategoryParentInvalid, CategorySlugTaken, CategoryTooDeep
from tertulia.store import categories as store

MAXIMUM_POSITION = 1_000_000_000
_ATTEMPTS = 1_000


async def check_parent(unit: Unit, parent_id: int, *, category_id: int | None) -> None:
    """Raises CategoryParentInvalid (missing, itself, below itself, uncategorized) and CategoryTooDeep."""
    if not parent_id:
        return
    parents = await store.list_parents(unit.tx)
    if parent_id not in parents or UNCATEGORIZED_ID in (parent_id, category_id):
        raise CategoryParentInvalid()
    above = _ancestors(parent_id, parents=parents)
    if category_id in above:
        raise CategoryParentInvalid()
    maximum = unit.site.max_category_nesting
    if len(above) + _height(category_id, parents=parents) > maximum:
        raise CategoryTooDeep(maximum=maximum)


async def check_name(unit: Unit, name_key: str, *, parent_id: int, category_id: int | None) -> None:
    """Raises CategoryNameTaken when another category under the parent has the name."""
    taken = await store.find_by_name(unit.tx, parent_id, key=name_key)
    if taken is not None and taken != category_id:
        raise CategoryNameTaken()


async def choose_slug(
    unit: Unit, fields: Mapping[str, Any], *, parent_id: int, category_id: int | None
) -> dict[str, str]:
    """The slug and its key: the one asked for, or one made of the name and free under the parent.

    Raises CategorySlugTaken."""
    asked = str(fields.get("slug") or "")
    if asked:
        if not await _is_free(unit, asked, parent_id=parent_id, category_id=category_id):
            raise CategorySlugTaken()
        return {"slug": asked, "slug_key": asked}
    made = category_slug(str(fields["name"]))
    if not made:
        # An address then carries the id alone; the key only has to be the category's own, as its name is.
        return {"slug": "", "slug_key": f" {fields['name_key']}"}
    for number in range(_ATTEMPTS):
        slug = made if not number else f"{made[: MAXIMUM_SLUG - 5]}-{number}"
        if await _is_free(unit, slug, parent_id=parent_id, category_id=category_id):
            return {"slug": slug, "slug_key": slug}
    raise CategorySlugTaken()


async def _is_free(unit: Unit, slug: str, *, parent_id: int, category_id: int | None) -> bool:
    taken = await store.find_by_slug(unit.tx, parent_id, key=slug)
    return taken is None or taken == category_id


def _ancestors(category_id: int, *, parents: Mapping[int, int]) -> list[int]:
    found: list[int] = []
    while category_id in parents and category_id not in found:
        found.append(category_id)
        category_id = parents[category_id]
    return found


def _height(category_id: int | None, *, parents: Mapping[int, int]) -> int:
    """Levels that the category brings along: itself and what is below it."""
    depth = 1
    layer = {category_id}
    while layer := {each for each, parent in parents.items() if parent in layer and each != category_id}:
        depth += 1
        if depth > len(parents):
            break
    return depth
