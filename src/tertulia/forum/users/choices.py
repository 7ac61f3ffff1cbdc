"""What somebody chose about categories and tags, and the groups that their profile shows in full."""

from __future__ import annotations

import msgspec

from tertulia.forum.groups.reading import view_groups
from tertulia.forum.unit import Unit
from tertulia.model.groups import GroupView
from tertulia.model.levels import Subject
from tertulia.model.tags import Tag
from tertulia.model.users import UserView
from tertulia.store.cards import list_groups_by_ids
from tertulia.store.levels import list_levels
from tertulia.store.tags import list_tags

_MOST_TAGS = 2_000


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """Levels by category id, and tags with their levels: only what was chosen and the reader can see."""

    categories: dict[int, int] = {}
    tags: tuple[tuple[Tag, int], ...] = ()

    def categories_at(self, level: int) -> list[int]:
        """Ids of the categories at that level."""
        return sorted(category_id for category_id, chosen in self.categories.items() if chosen == level)

    def tags_at(self, level: int) -> list[Tag]:
        return [tag for tag, chosen in self.tags if chosen == level]


async def read_choices(unit: Unit, view: UserView) -> Choices:
    """What the owner of a profile chose; nothing for readers who may not edit it."""
    if not view.can_edit:
        return Choices()
    categories = await list_levels(unit.tx, view.user.id, subject=Subject.CATEGORY)
    seen = set(unit.actor.visibility.category_ids)
    tags = await list_levels(unit.tx, view.user.id, subject=Subject.TAG)
    known = await list_tags(unit.tx, visibility=unit.actor.visibility, limit=_MOST_TAGS) if tags else []
    return Choices(
        categories={each: level for each, level in categories.items() if each in seen or unit.actor.is_admin},
        tags=tuple((tag, tags[tag.id]) for tag in known if tag.id in tags),
    )


async def view_groups_of(unit: Unit, view: UserView) -> tuple[GroupView, ...]:
    """The groups that a profile names, in full and in the same order."""
    found = {group.id: group for group in await list_groups_by_ids(unit.tx, [group.id for group in view.groups])}
    return await view_groups(unit, [found[group.id] for group in view.groups if group.id in found])
