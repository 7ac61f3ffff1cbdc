"""Categories read: all of them, one, one by its address, and who holds what in it.

A category that the reader cannot find is missing, whether or not it exists.
"""

from __future__ import annotations

from tertulia.forum.categories.views import finding, in_family_order, view_categories
from tertulia.forum.permissions import allow
from tertulia.forum.slugs import MAXIMUM_SLUG
from tertulia.forum.unit import Unit
from tertulia.model.categories import Category, CategoryGrants, CategoryList, CategoryView
from tertulia.model.errors import CategoryMissing
from tertulia.model.privileges import Holder
from tertulia.store import cards
from tertulia.store import categories as store
from tertulia.store.category_grants import list_category_grants

GLOBAL_SCOPE = Category(
    id=0, name="", name_key="", slug="", slug_key="", parent_id=0, position=0, color="", text_color="",
    description="", description_html="", topic_template="", restricted=True, disabled=False, icon="", style="",
    background_image="", link="", section=False, allow_badges=False, minimum_required_tags=0, maximum_tags=0,
    default_level=1, settings="", user_id=-1, topic_id=None, topic_count=0, post_count=0, latest_post_id=None,
    latest_topic_id=None, created_at=0, updated_at=0,
)  # fmt: skip


async def list_categories(unit: Unit, *, with_latest: bool = False) -> CategoryList:
    """Every category that the actor can find, parents before children, siblings by position then id.

    `with_latest` adds the newest listed post of each. The number of statements does not depend on the list."""
    known = await _findable(unit)
    views = await view_categories(unit, in_family_order(list(known.values())), known=known, with_latest=with_latest)
    return CategoryList(
        categories=tuple(views),
        can_create_category=bool(unit.actor.is_admin),
        can_create_topic=any(view.can_create_topic for view in views),
    )


async def read_category(unit: Unit, category_id: int) -> CategoryView:
    """One category. Raises CategoryMissing."""
    known = await _findable(unit)
    if category_id not in known:
        raise CategoryMissing()
    return (await view_categories(unit, [known[category_id]], known=known))[0]


async def find_category_by_path(unit: Unit, slugs: tuple[str, ...]) -> CategoryView:
    """The category under these slugs, the topmost first. Raises CategoryMissing."""
    known = await _findable(unit)
    parent_id, found = 0, None
    for slug in slugs:
        wanted = slug[: MAXIMUM_SLUG + 1].lower()
        found = next((each for each in known.values() if each.parent_id == parent_id and each.slug_key == wanted), None)
        if found is None:
            raise CategoryMissing()
        parent_id = found.id
    if found is None:
        raise CategoryMissing()
    return (await view_categories(unit, [found], known=known))[0]


async def read_category_grants(unit: Unit, category_id: int) -> CategoryGrants:
    """A category (0 = the global scope) with every grant in it. Raises CategoryMissing, NotAllowed."""
    view = await read_category(unit, category_id) if category_id else _global_view()
    allow(unit, "category.save")
    return await view_grants(unit, view)


async def view_grants(unit: Unit, view: CategoryView) -> CategoryGrants:
    """The grants around a view, with the names of their holders. The actor was allowed to see them before."""
    grants = await list_category_grants(unit.tx, view.category.id)
    holders: dict[Holder, list[int]] = {Holder.GROUP: [], Holder.USER: []}
    for grant in grants:
        holders[Holder(grant.holder)].append(grant.holder_id)
    return CategoryGrants(
        view=view,
        grants=tuple(grants),
        group_names=await cards.list_group_names(unit.tx, holders[Holder.GROUP]),
        user_cards=await cards.list_cards(unit.tx, holders[Holder.USER]),
    )


async def view_saved(unit: Unit, category_id: int) -> CategoryView:
    """The category as an admin sees it in the unit that has just changed it. Raises CategoryMissing."""
    if not category_id:
        return _global_view()
    changed = await store.lock_category(unit.tx, category_id)
    if changed is None:
        raise CategoryMissing()
    known = {**await _findable(unit), category_id: changed}
    return (await view_categories(unit, [changed], known=known))[0]


async def _findable(unit: Unit) -> dict[int, Category]:
    found = await store.list_categories(unit.tx, visibility=finding(unit.actor))
    return {category.id: category for category in found}


def _global_view() -> CategoryView:
    return CategoryView(category=GLOBAL_SCOPE, path=(), privileges=0, level=None)
