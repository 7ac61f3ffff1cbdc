"""Categories as one reader may see them: the view, assembled in bulk.

Which categories these are was decided before, in `reading.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from tertulia.forum.cooking import excerpt
from tertulia.forum.permissions import able
from tertulia.forum.unit import Unit
from tertulia.model.actor import Actor, Visibility
from tertulia.model.categories import Category, CategoryRef, CategoryView, LatestPost
from tertulia.model.levels import Subject
from tertulia.model.privileges import EVERY
from tertulia.store.levels import list_levels
from tertulia.store.lists import category_activity as activity

_COUNTED = "topics made lately, by category"  # as many as there are categories
_COUNTED_MS = 60_000
_NONE = (0,) * len(activity.PERIODS)
_REF_FIELDS = CategoryRef.__struct_fields__


class _Recent(msgspec.Struct, frozen=True):
    """Topics made in the last day, week, month and year, counted at `at` (ms) of what `stands_for` says."""

    stands_for: tuple[int, int | None]
    at: int
    counts: tuple[int, ...]


def finding(actor: Actor) -> Visibility:
    """What the actor can find: more than it can read where it holds nothing but FIND."""
    return msgspec.structs.replace(actor.visibility, category_ids=actor.findable)


def privileges_in(actor: Actor, category_id: int) -> int:
    """The actor's bits in a category."""
    return int(EVERY) if actor.is_admin else actor.privileges.get(category_id, 0)


def ref_of(category: Category) -> CategoryRef:
    return CategoryRef(*(getattr(category, name) for name in _REF_FIELDS))


def path_of(category: Category, *, known: Mapping[int, Category]) -> tuple[CategoryRef, ...]:
    """From the topmost known ancestor down to the category itself; what is not in `known` is not named."""
    path = [category]
    while (parent := known.get(path[0].parent_id)) is not None and parent not in path:
        path.insert(0, parent)
    return tuple(ref_of(each) for each in path)


def in_family_order(categories: Sequence[Category]) -> list[Category]:
    """Every category before its children, siblings in the order given. Orphans count as top categories."""
    known = {category.id for category in categories}
    children: dict[int, list[Category]] = {}
    for category in categories:
        children.setdefault(category.parent_id if category.parent_id in known else 0, []).append(category)
    ordered: list[Category] = []
    waiting = children.pop(0, [])[::-1]
    while waiting:
        category = waiting.pop()
        ordered.append(category)
        waiting.extend(children.pop(category.id, [])[::-1])
    return ordered


async def view_categories(
    unit: Unit, categories: Sequence[Category], *, known: Mapping[int, Category], with_latest: bool = False
) -> list[CategoryView]:
    """Views in the order given; `known` holds all that the reader can find. At most three statements."""
    actor = unit.actor
    shown = [each for each in categories if _reads(actor, each.id)]
    readable = [each.id for each in shown]
    counts = await _count_recent(unit, shown)
    levels: dict[int, int] = {}
    if actor.user_id is not None:
        levels = await list_levels(unit.tx, actor.user_id, subject=Subject.CATEGORY)
    newest = await activity.list_newest_posts(unit.tx, readable) if with_latest else {}
    children: dict[int, list[int]] = {}
    for each in known.values():
        children.setdefault(each.parent_id, []).append(each.id)
    return [
        CategoryView(
            category=category,
            path=path_of(category, known=known),
            privileges=privileges_in(actor, category.id),
            level=levels.get(category.id),
            children=tuple(children.get(category.id, ())),
            latest=_latest(newest.get(category.id)),
            **_periods(counts.get(category.id)),
            can_edit=able(unit, "category.save"),
            can_create_topic=able(unit, "topic.create", category_id=category.id, category_disabled=category.disabled),
        )
        for category in categories
    ]


def _reads(actor: Actor, category_id: int) -> bool:
    return actor.is_admin or category_id in actor.visibility.category_ids


async def _count_recent(unit: Unit, categories: Sequence[Category]) -> dict[int, tuple[int, ...]]:
    """Counts by period, as they were at most a minute ago: counting looks at every topic of a year, for each page that
    names the category. Anything that changes how many topics a category has, or its newest, has it counted anew."""
    known: dict[int, _Recent] = unit.ports.memory.setdefault(_COUNTED, {})
    stale = []
    for category in categories:
        found = known.get(category.id)
        if found is None or found.stands_for != _stands_for(category) or not 0 <= unit.now - found.at < _COUNTED_MS:
            stale.append(category)
    if stale:
        counts = await activity.count_recent_topics(unit.tx, [each.id for each in stale], now=unit.now)
        for each in stale:
            known[each.id] = _Recent(_stands_for(each), unit.now, counts.get(each.id, _NONE))
    return {each.id: known[each.id].counts for each in categories}


def _stands_for(category: Category) -> tuple[int, int | None]:
    return category.topic_count, category.latest_topic_id


def _periods(counts: tuple[int, ...] | None) -> dict[str, int]:
    names = ("topics_day", "topics_week", "topics_month", "topics_year")
    return dict(zip(names, counts or (0, 0, 0, 0), strict=True))


def _latest(post: activity.NewestPost | None) -> LatestPost | None:
    if post is None:
        return None
    return LatestPost(
        id=post.post_id,
        topic_id=post.topic_id,
        topic_title=post.topic_title,
        topic_slug=post.topic_slug,
        post_number=post.post_number,
        user=post.user,
        created_at=post.created_at,
        excerpt=excerpt(post.cooked),
    )
