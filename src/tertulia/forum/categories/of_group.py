"""What a group may do in the categories that the reader sees."""

from __future__ import annotations

from tertulia.forum.categories.bundles import bundle_of
from tertulia.forum.categories.reading import list_categories
from tertulia.forum.unit import Unit
from tertulia.model.categories import CategoryView
from tertulia.model.privileges import Holder
from tertulia.store.accounts.memberships import list_grants


async def list_group_bundles(unit: Unit, group_id: int) -> list[tuple[CategoryView, int]]:
    """(category, largest bundle: 1 full, 2 reply, 3 see), in the order of categories. Whether the reader may see the
    group is for the caller to say."""
    bits = {
        grant.category_id: grant.bits
        for grant in await list_grants(unit.tx)
        if grant.holder == Holder.GROUP and grant.holder_id == group_id
    }
    found = [(view, bundle_of(bits.get(view.category.id, 0))) for view in (await list_categories(unit)).categories]
    return [(view, bundle) for view, bundle in found if bundle is not None]
