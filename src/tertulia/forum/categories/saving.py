"""Categories made, changed and put in order. Deleting is in `deleting.py`, privileges in `privileges.py`."""

from __future__ import annotations

from typing import Any

import msgspec

from tertulia.forum.categories import placing
from tertulia.forum.categories.deleting import delete_category
from tertulia.forum.categories.fields import prepare_fields
from tertulia.forum.categories.privileges import write_bundles
from tertulia.forum.categories.reading import view_saved
from tertulia.forum.permissions import allow
from tertulia.forum.staff_actions import log_staff_action
from tertulia.forum.unit import Unit
from tertulia.model.categories import Category, CategoryView, SaveCategory
from tertulia.model.errors import CategoryMissing, CategoryNameBlank
from tertulia.model.events import CategoryCreated, CategoryUpdated
from tertulia.store import categories as store
from tertulia.store.versions import PERMISSIONS, bump_version

COLOUR = "0088CC"
TEXT_COLOUR = "FFFFFF"
_BLANK: dict[str, Any] = {
    "slug": "", "slug_key": "", "parent_id": 0, "color": COLOUR, "text_color": TEXT_COLOUR, "description": "",
    "description_html": "", "topic_template": "", "disabled": 0, "icon": "", "style": "", "background_image": "",
    "link": "", "allow_badges": 1, "minimum_required_tags": 0,
}  # fmt: skip


async def save_category(unit: Unit, command: SaveCategory) -> CategoryView:
    """Makes a category (only its name is needed) or changes what is given of one.

    Raises NotAllowed, CategoryMissing, CategoryName..., CategorySlug..., CategoryColourInvalid, CategoryParentInvalid,
    CategoryTooDeep, GroupMissing, PrivilegeUnknown; several at once as Refusals."""
    allow(unit, "category.save")
    fields = prepare_fields(command)
    if command.category_id is None:
        return await _create(unit, command, fields=fields)
    await unit.write()
    category = await store.lock_category(unit.tx, command.category_id)
    if category is None:
        raise CategoryMissing()
    return await _change(unit, command, category=category, fields=fields)


async def _create(unit: Unit, command: SaveCategory, *, fields: dict[str, Any]) -> CategoryView:
    if "name" not in fields:
        raise CategoryNameBlank()
    await unit.write()
    tx = unit.tx
    parent_id = int(fields.get("parent_id", 0))
    await placing.check_parent(unit, parent_id, category_id=None)
    await placing.check_name(unit, fields["name_key"], parent_id=parent_id, category_id=None)
    slug = await placing.choose_slug(unit, fields, parent_id=parent_id, category_id=None)
    position = fields["position"] if "position" in fields else await store.find_next_position(tx)
    category_id = await store.insert_category(
        tx,
        fields={
            **_BLANK,
            **fields,
            **slug,
            "position": position,
            "restricted": 1,
            "user_id": unit.actor.user_id,
            "created_at": unit.now,
            "updated_at": unit.now,
        },
    )
    made = await _lock(unit, category_id)
    await write_bundles(unit, made, bundles=command.bundles or {})
    unit.tell(CategoryCreated(category_id=category_id, name=made.name))
    await log_staff_action(unit, "create_category", category_id=category_id, details=made.name)
    return await view_saved(unit, category_id)


async def _change(unit: Unit, command: SaveCategory, *, category: Category, fields: dict[str, Any]) -> CategoryView:
    parent_id = int(fields.get("parent_id", category.parent_id))
    name_key = str(fields.get("name_key", category.name_key))
    if parent_id != category.parent_id:
        await placing.check_parent(unit, parent_id, category_id=category.id)
    if (parent_id, name_key) != (category.parent_id, category.name_key):
        await placing.check_name(unit, name_key, parent_id=parent_id, category_id=category.id)
    if "slug" in fields or parent_id != category.parent_id:
        wanted = {"slug": category.slug, "name": category.name, "name_key": name_key, **fields}
        fields |= await placing.choose_slug(unit, wanted, parent_id=parent_id, category_id=category.id)
    changed = msgspec.structs.replace(category, **fields)
    if changed != category:
        await store.update_category(unit.tx, msgspec.structs.replace(changed, updated_at=unit.now))
        await bump_version(unit.tx, PERMISSIONS)
        await _log_changes(unit, before=category, fields=fields)
    if command.bundles is not None:
        await write_bundles(unit, await _lock(unit, category.id), bundles=command.bundles)
    if changed != category or command.bundles is not None:
        unit.tell(CategoryUpdated(category_id=category.id, name=changed.name))
    return await view_saved(unit, category.id)


async def reorder_categories(unit: Unit, positions: dict[int, int]) -> None:
    """Gives categories their positions, by id; unknown ids change nothing. Raises NotAllowed."""
    allow(unit, "category.save")
    await unit.write()
    bounded = [(each, max(0, min(place, placing.MAXIMUM_POSITION))) for each, place in positions.items()]
    await store.update_positions(unit.tx, sorted(bounded), now=unit.now)
    await bump_version(unit.tx, PERMISSIONS)
    for category_id, _ in sorted(bounded):
        category = await store.lock_category(unit.tx, category_id)
        if category is not None:
            unit.tell(CategoryUpdated(category_id=category.id, name=category.name))


async def _lock(unit: Unit, category_id: int) -> Category:
    category = await store.lock_category(unit.tx, category_id)
    if category is None:
        raise CategoryMissing()
    return category


async def _log_changes(unit: Unit, *, before: Category, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        old = getattr(before, name)
        if old != value and not name.endswith(("_key", "_html")):
            await log_staff_action(
                unit,
                "change_category_settings",
                category_id=before.id,
                subject=name,
                details=before.name,
                before=str(old),
                after=str(value),
            )


__all__ = ["COLOUR", "TEXT_COLOUR", "delete_category", "reorder_categories", "save_category"]
