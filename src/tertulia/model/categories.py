"""Categories with sub-categories and privileges, and the commands about them."""

from __future__ import annotations

import msgspec

from tertulia.model.privileges import Grant
from tertulia.model.users import UserCard

UNCATEGORIZED_ID = 1


class Category(msgspec.Struct, frozen=True):
    """One category. `parent_id` 0 = top level. Colours are six hex digits without `#`.
    `restricted` is derived: the group everyone cannot read."""

    id: int
    name: str
    name_key: str
    slug: str
    slug_key: str
    parent_id: int
    position: int
    color: str
    text_color: str
    description: str
    description_html: str
    topic_template: str
    restricted: bool
    disabled: bool
    icon: str
    style: str
    background_image: str
    link: str
    section: bool
    allow_badges: bool
    minimum_required_tags: int
    maximum_tags: int
    default_level: int
    settings: str
    user_id: int
    topic_id: int | None
    topic_count: int
    post_count: int
    latest_post_id: int | None
    latest_topic_id: int | None
    created_at: int
    updated_at: int


class CategoryRef(msgspec.Struct, frozen=True):
    """Enough of a category to name and link it."""

    id: int
    name: str
    slug: str
    parent_id: int
    color: str
    text_color: str
    restricted: bool
    disabled: bool
    icon: str
    style: str
    background_image: str
    description: str
    description_html: str
    topic_count: int
    post_count: int
    position: int


class LatestPost(msgspec.Struct, frozen=True):
    """The newest visible post of a category, for lists that show one."""

    id: int
    topic_id: int
    topic_title: str
    topic_slug: str
    post_number: int
    user: UserCard
    created_at: int
    excerpt: str


class CategoryView(msgspec.Struct, frozen=True, kw_only=True):
    """A category as one reader may see it. `privileges` are the reader's bits in it; `level` 0..4 or None."""

    category: Category
    path: tuple[CategoryRef, ...]
    privileges: int
    level: int | None
    children: tuple[int, ...] = ()
    latest: LatestPost | None = None
    topics_day: int = 0
    topics_week: int = 0
    topics_month: int = 0
    topics_year: int = 0
    can_edit: bool = False
    can_create_topic: bool = False


class CategoryList(msgspec.Struct, frozen=True, kw_only=True):
    """All categories that the reader can find, parents before children, by position then id."""

    categories: tuple[CategoryView, ...]
    can_create_category: bool
    can_create_topic: bool


class CategoryGrants(msgspec.Struct, frozen=True, kw_only=True):
    """A category with every grant in it, for those who may edit it. `names` maps group id to name."""

    view: CategoryView
    grants: tuple[Grant, ...]
    group_names: dict[int, str]
    user_cards: dict[int, UserCard]


class SaveCategory(msgspec.Struct, frozen=True, kw_only=True):
    """Create (`category_id` None) or change a category. `bundles` maps group name to 1 full, 2 reply, 3 see and
    replaces the bundle bits of all groups; None leaves privileges alone (new categories: everyone full)."""

    category_id: int | None = None
    name: str | msgspec.UnsetType = msgspec.UNSET
    slug: str | msgspec.UnsetType = msgspec.UNSET
    parent_id: int | msgspec.UnsetType = msgspec.UNSET
    position: int | msgspec.UnsetType = msgspec.UNSET
    color: str | msgspec.UnsetType = msgspec.UNSET
    text_color: str | msgspec.UnsetType = msgspec.UNSET
    description: str | msgspec.UnsetType = msgspec.UNSET
    topic_template: str | msgspec.UnsetType = msgspec.UNSET
    allow_badges: bool | msgspec.UnsetType = msgspec.UNSET
    minimum_required_tags: int | msgspec.UnsetType = msgspec.UNSET
    icon: str | msgspec.UnsetType = msgspec.UNSET
    style: str | msgspec.UnsetType = msgspec.UNSET
    background_image: str | msgspec.UnsetType = msgspec.UNSET
    link: str | msgspec.UnsetType = msgspec.UNSET
    disabled: bool | msgspec.UnsetType = msgspec.UNSET
    bundles: dict[str, int] | None = None


class ChangePrivileges(msgspec.Struct, frozen=True, kw_only=True):
    """Give (`give`) or take the named bits from one holder in one category (0 = the global scope)."""

    category_id: int
    holder: int
    holder_id: int
    bits: int
    give: bool
