"""Where a topic goes: the category that a command means, and whether its author may put it there."""

from __future__ import annotations

from tertulia.forum.permissions import allow
from tertulia.forum.unit import Unit
from tertulia.model.categories import UNCATEGORIZED_ID, Category
from tertulia.model.errors import CategoryRequired, CategoryUnknown, Refusals
from tertulia.store.categories import find_category


async def place_topic(unit: Unit, category_id: int | None) -> Category:
    """The category for a topic that names `category_id` (None = none).

    Without one it is Uncategorized where the site accepts that or the author is staff (upstream's rule), else the
    site's default. Who names Uncategorized gets it where its privileges allow: a fresh forum has nothing else for
    members. A category that does not exist and one that the actor cannot see are not told apart.
    Raises CategoryUnknown, Refusals(CategoryRequired), CategoryDisabled, and the refusal of `topic.create`."""
    site = unit.site
    chosen = category_id
    if chosen is None:
        free = site.allow_uncategorized_topics or (unit.actor.is_staff and not site.default_composer_category)
        chosen = UNCATEGORIZED_ID if free else site.default_composer_category
    if not chosen:
        raise Refusals((CategoryRequired(),))
    category = await find_category(unit.tx, chosen, visibility=unit.actor.visibility)
    if category is None:
        raise CategoryUnknown()
    allow(unit, "topic.create", category_id=category.id, category_disabled=category.disabled)
    return category
