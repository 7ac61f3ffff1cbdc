"""Privileges in categories: single bits given to or taken from a group or user, and bundles for groups.

Read next: `bundles.py` (what a bundle holds), `forum/permissions.py` (who asks for the bits).
"""

from __future__ import annotations

from tertulia.forum.categories.bundles import BUNDLES, bundle_of, is_readable, write_bundle
from tertulia.forum.categories.reading import view_grants, view_saved
from tertulia.forum.characters import remove_invisible
from tertulia.forum.groups.names import group_key
from tertulia.forum.permissions import allow
from tertulia.forum.staff_actions import log_staff_action
from tertulia.forum.unit import Unit
from tertulia.model.categories import Category, CategoryGrants, ChangePrivileges
from tertulia.model.errors import CategoryMissing, GroupMissing, PrivilegeUnknown, UserMissing
from tertulia.model.events import PrivilegesChanged
from tertulia.model.groups import EVERYONE_ID
from tertulia.model.privileges import EVERY, Grant, Holder
from tertulia.store import categories as category_store
from tertulia.store import category_grants as store
from tertulia.store.tags import recount_tags


async def change_privileges(unit: Unit, command: ChangePrivileges) -> CategoryGrants:
    """Gives or takes the named bits; what others hold stays. Category 0 is the global scope.

    Raises NotAllowed, CategoryMissing, PrivilegeUnknown, GroupMissing, UserMissing."""
    allow(unit, "category.save")
    if command.bits < 0 or command.bits & ~int(EVERY):
        raise PrivilegeUnknown(name=str(command.bits))
    await unit.write()
    category = None
    if command.category_id:
        category = await category_store.lock_category(unit.tx, command.category_id)
        if category is None:
            raise CategoryMissing()
    await _check_holder(unit, command)
    held = next(
        (
            grant.bits
            for grant in await store.list_category_grants(unit.tx, command.category_id)
            if (grant.holder, grant.holder_id) == (command.holder, command.holder_id)
        ),
        0,
    )
    bits = held | command.bits if command.give else held & ~command.bits
    if bits != held:
        await store.save_grants(unit.tx, [Grant(command.category_id, command.holder, command.holder_id, bits)])
        await _settle(unit, category)
    return await view_grants(unit, await view_saved(unit, command.category_id))


async def write_bundles(unit: Unit, category: Category, *, bundles: dict[str, int]) -> None:
    """Gives groups these bundles and every other group none; bits outside of bundles stay.

    An empty map means everyone full (source: upstream). Needs a unit that writes, and was allowed before.
    Raises GroupMissing, PrivilegeUnknown (a bundle that is not 1, 2 or 3)."""
    unknown = next((name for name, bundle in bundles.items() if bundle not in BUNDLES), None)
    if unknown is not None:
        raise PrivilegeUnknown(name=unknown[:100])
    wanted = {group_key(remove_invisible(name)): bundle for name, bundle in bundles.items()} or {"everyone": 1}
    group_ids = await store.list_group_ids(unit.tx, sorted(wanted))
    if set(wanted) - set(group_ids):
        raise GroupMissing()
    by_id = {group_ids[key]: bundle for key, bundle in wanted.items()}
    grants = await store.list_category_grants(unit.tx, category.id)
    held = {grant.holder_id: grant.bits for grant in grants if grant.holder == Holder.GROUP}
    changed = [
        Grant(category.id, int(Holder.GROUP), group_id, bits)
        for group_id in sorted({*held, *by_id})
        if (bits := write_bundle(held.get(group_id, 0), bundle=by_id.get(group_id))) != held.get(group_id, 0)
    ]
    if changed:
        await store.save_grants(unit.tx, changed)
        await _settle(unit, category)


async def _check_holder(unit: Unit, command: ChangePrivileges) -> None:
    if command.holder == Holder.GROUP:
        if not await store.has_group(unit.tx, command.holder_id):
            raise GroupMissing()
    elif command.holder != Holder.USER or not await store.has_user(unit.tx, command.holder_id):
        raise UserMissing()


async def _settle(unit: Unit, category: Category | None) -> None:
    """What follows from other grants: whether the category is restricted, the event, the log."""
    if category is None:
        unit.tell(PrivilegesChanged(category_id=0, name=""))
        await log_staff_action(unit, "change_category_settings", subject="global privileges")
        return
    grants = await store.list_category_grants(unit.tx, category.id)
    restricted = not any(
        is_readable(grant.bits) for grant in grants if grant.holder == Holder.GROUP and grant.holder_id == EVERYONE_ID
    )
    if restricted != category.restricted:
        await category_store.update_restricted(unit.tx, category.id, restricted=restricted, now=unit.now)
        await recount_tags(unit.tx, category.id)
    unit.tell(PrivilegesChanged(category_id=category.id, name=category.name))
    await log_staff_action(
        unit, "change_category_settings", category_id=category.id, subject="permissions", details=category.name
    )


__all__ = ["bundle_of", "change_privileges", "write_bundles"]
