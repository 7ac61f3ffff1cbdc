"""The site as a whole: what a client asks before it shows anything, and the about page."""

from __future__ import annotations

from tertulia.forum.categories.reading import list_categories
from tertulia.forum.permissions import able
from tertulia.forum.reports.kept import count_since, count_total
from tertulia.forum.unit import Unit
from tertulia.model.actor import Actor
from tertulia.model.groups import EVERYONE_ID, Group
from tertulia.model.sites import AboutView, SiteCounts, SiteView
from tertulia.store.accounts.tallies import count_seen
from tertulia.store.cards import list_top_tags
from tertulia.store.sites import statistics
from tertulia.store.sites.groups import list_site_groups

_TOP_TAGS = 10
_MOST_STAFF = 200
_MOST_GROUPS = 1_000
_DAY = 86_400_000
_PERIODS = {"day": _DAY, "week": 7 * _DAY, "month": 30 * _DAY}
_COUNTED = {"topics": "listed_topics", "posts": "listed_posts", "users": "signups", "likes": "likes"}


async def read_site(unit: Unit) -> SiteView:
    """Categories, groups and tags that the actor can see, and what it may do with tags."""
    categories = await list_categories(unit)
    return SiteView(
        categories=categories.categories,
        groups=await _groups(unit),
        top_tags=await list_top_tags(unit.tx, limit=_TOP_TAGS) if unit.site.tagging_enabled else (),
        can_create_tag=unit.site.tagging_enabled and able(unit, "tag.create"),
        can_tag_topics=unit.site.tagging_enabled
        and any(able(unit, "topic.tag", category_id=view.category.id) for view in categories.categories),
    )


async def read_about(unit: Unit) -> AboutView:
    """Who runs the site and how much happens on it; everybody may know."""
    staff = await statistics.list_staff(unit.tx, limit=_MOST_STAFF)
    return AboutView(
        counts=await _count_site(unit),
        admins=tuple(card for card in staff if card.admin),
        moderators=tuple(card for card in staff if card.moderator),
        created_at=await statistics.find_site_age(unit.tx),
    )


async def _count_site(unit: Unit) -> SiteCounts:
    """Totals and those of the last day, 7 and 30 days. Private messages and deleted things do not count."""
    values: dict[str, int] = {}
    moments = [unit.now - length for length in _PERIODS.values()]
    for noun, kind in _COUNTED.items():
        values[noun] = await count_total(unit, kind)
        counts = await count_since(unit, kind, moments=moments)
        values |= {f"{noun}_{period}": count for period, count in zip(_PERIODS, counts, strict=True)}
    active = await count_seen(unit.tx, moments=moments)
    values |= {f"active_{period}": count for period, count in zip(_PERIODS, active, strict=True)}
    return SiteCounts(**values)


async def _groups(unit: Unit) -> tuple[Group, ...]:
    found = await list_site_groups(unit.tx, user_id=unit.actor.user_id or 0, limit=_MOST_GROUPS)
    return tuple(group for group, owned in found if _may_see(unit.actor, group, owned=owned))


def _may_see(actor: Actor, group: Group, *, owned: bool) -> bool:
    """Levels as `model/groups.py` numbers them. Admins see every group, owners their own."""
    if actor.is_admin or owned:
        return True
    return {
        0: True,
        1: actor.user is not None,
        2: group.id != EVERYONE_ID and group.id in actor.group_ids,
        3: actor.is_staff,
    }.get(group.visibility_level, False)
