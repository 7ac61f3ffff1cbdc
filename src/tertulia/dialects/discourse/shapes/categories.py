"""Categories: in lists, in the site's answer, and whole with who may do what in them."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from tertulia.forum.addresses import topic_path
from tertulia.forum.categories.bundles import bundle_of
from tertulia.forum.cooking import plain_text
from tertulia.model.categories import UNCATEGORIZED_ID, CategoryGrants, CategoryView
from tertulia.model.privileges import Holder

_EXCERPT = 300


class Category(msgspec.Struct, kw_only=True):
    """What every answer says of a category. Sorting, banners and slow mode cannot be set yet: the usual values."""

    id: int
    name: str
    color: str
    text_color: str
    style_type: str
    emoji: str | None
    icon: str | None
    slug: str
    topic_count: int
    post_count: int
    position: int
    description: str | None
    description_text: str | None
    description_excerpt: str | None
    topic_url: str | None
    read_restricted: bool
    permission: int | None
    parent_category_id: int | UnsetType = UNSET
    notification_level: int
    can_edit: bool
    topic_template: str | None
    topic_title_placeholder: str | None
    has_children: bool
    subcategory_count: int | None
    sort_order: str | None
    sort_ascending: bool | None
    show_subcategory_list: bool
    num_featured_topics: int
    default_view: str | None
    subcategory_list_style: str
    default_top_period: str
    default_list_filter: str
    minimum_required_tags: int
    navigate_to_first_post_after_read: bool
    uploaded_logo: dict[str, Any] | None
    uploaded_logo_dark: dict[str, Any] | None
    uploaded_background: dict[str, Any] | None
    uploaded_background_dark: dict[str, Any] | None


def _fields(view: CategoryView) -> dict[str, Any]:
    category = view.category
    text = plain_text(category.description_html) or category.description or None
    return {
        "id": category.id,
        "name": category.name,
        "color": category.color,
        "text_color": category.text_color,
        "style_type": "icon" if category.icon else "square",
        "emoji": None,
        "icon": category.icon or None,
        "slug": category.slug,
        "topic_count": category.topic_count,
        "post_count": category.post_count,
        "position": category.position,
        "description": category.description_html or category.description or None,
        "description_text": text,
        "description_excerpt": text if text is None else text[:_EXCERPT],
        "topic_url": topic_path(category.slug, category.topic_id) if category.topic_id else None,
        "read_restricted": category.restricted,
        "permission": bundle_of(view.privileges),
        "parent_category_id": category.parent_id or UNSET,
        "notification_level": 1 if view.level is None else view.level,
        "can_edit": view.can_edit,
        "topic_template": category.topic_template or None,
        "topic_title_placeholder": None,
        "has_children": bool(view.children),
        "subcategory_count": len(view.children) or None,
        "sort_order": None,
        "sort_ascending": None,
        "show_subcategory_list": False,
        "num_featured_topics": 3,
        "default_view": None,
        "subcategory_list_style": "rows_with_featured_topics",
        "default_top_period": "all",
        "default_list_filter": "all",
        "minimum_required_tags": category.minimum_required_tags,
        "navigate_to_first_post_after_read": False,
        "uploaded_logo": None,
        "uploaded_logo_dark": None,
        "uploaded_background": None,
        "uploaded_background_dark": None,
    }


class ListedCategory(Category, kw_only=True):
    """A category in the list of categories."""

    topics_day: int
    topics_week: int
    topics_month: int
    topics_year: int
    topics_all_time: int
    is_uncategorized: bool | UnsetType = UNSET
    subcategory_ids: list[int]
    subcategory_list: list[ListedCategory] | UnsetType = UNSET

    @classmethod
    def of(cls, view: CategoryView, *, children: list[ListedCategory] | None = None) -> ListedCategory:
        return cls(
            **_fields(view),
            topics_day=view.topics_day,
            topics_week=view.topics_week,
            topics_month=view.topics_month,
            topics_year=view.topics_year,
            topics_all_time=view.category.topic_count,
            is_uncategorized=True if view.category.id == UNCATEGORIZED_ID else UNSET,
            subcategory_ids=list(view.children),
            subcategory_list=children if children else UNSET,
        )


class SiteCategory(Category, kw_only=True):
    """A category as a client learns it at its start."""

    allow_global_tags: bool
    required_tag_groups: list[Any]
    read_only_banner: str | None
    form_template_ids: list[int]
    custom_fields: dict[str, Any]

    @classmethod
    def of(cls, view: CategoryView) -> SiteCategory:
        return cls(
            **_fields(view),
            allow_global_tags=True,
            required_tag_groups=[],
            read_only_banner=None,
            form_template_ids=[],
            custom_fields={},
        )


class GroupPermission(msgspec.Struct):
    """The largest bundle that a group holds: 1 create, 2 reply, 3 see."""

    permission_type: int
    group_name: str
    group_id: int


class WholeCategory(Category, kw_only=True):
    """A category on its own, with permissions where the reader may edit it."""

    form_template_ids: list[int]
    custom_fields: dict[str, Any]
    allowed_tags: list[str]
    allowed_tag_groups: list[str]
    allow_global_tags: bool
    required_tag_groups: list[Any]
    category_setting: dict[str, Any]
    read_only_banner: str | None
    available_groups: list[str]
    auto_close_hours: str | None
    auto_close_based_on_last_post: bool
    allow_unlimited_owner_edits_on_first_post: bool
    default_slow_mode_seconds: int | None
    group_permissions: list[GroupPermission]
    email_in: str | None
    email_in_allow_strangers: bool
    mailinglist_mirror: bool
    all_topics_wiki: bool
    can_delete: bool
    allow_badges: bool
    topic_featured_link_allowed: bool
    search_priority: int
    topic_posting_review_group_ids: list[int]
    reply_posting_review_group_ids: list[int]

    @classmethod
    def of(
        cls, view: CategoryView, *, grants: CategoryGrants | None = None, group_names: tuple[str, ...] = ()
    ) -> WholeCategory:
        category = view.category
        permissions = permissions_of(grants) if grants else []
        taken = {permission.group_name for permission in permissions}
        empty = category.topic_count == 0 and not view.children and category.id != UNCATEGORIZED_ID
        return cls(
            **_fields(view),
            form_template_ids=[],
            custom_fields={},
            allowed_tags=[],
            allowed_tag_groups=[],
            allow_global_tags=True,
            required_tag_groups=[],
            category_setting={"auto_bump_cooldown_days": 1, "num_auto_bump_daily": None},
            read_only_banner=None,
            available_groups=[name for name in group_names if name not in taken],
            auto_close_hours=None,
            auto_close_based_on_last_post=False,
            allow_unlimited_owner_edits_on_first_post=False,
            default_slow_mode_seconds=None,
            group_permissions=permissions,
            email_in=None,
            email_in_allow_strangers=False,
            mailinglist_mirror=False,
            all_topics_wiki=False,
            can_delete=view.can_edit and empty,
            allow_badges=category.allow_badges,
            topic_featured_link_allowed=True,
            search_priority=0,
            topic_posting_review_group_ids=[],
            reply_posting_review_group_ids=[],
        )


def permissions_of(grants: CategoryGrants) -> list[GroupPermission]:
    """Bundles of groups, by id; groups that hold less than the smallest bundle are not named."""
    found = [
        GroupPermission(bundle, grants.group_names.get(grant.holder_id, ""), grant.holder_id)
        for grant in sorted(grants.grants, key=lambda grant: grant.holder_id)
        if grant.holder == Holder.GROUP and (bundle := bundle_of(grant.bits)) is not None
    ]
    return [permission for permission in found if permission.group_name]


class CategoryAnswer(msgspec.Struct):
    """One category."""

    category: WholeCategory


class UpdatedCategory(msgspec.Struct):
    """One category after a change."""

    success: str
    category: WholeCategory


class CategoryList(msgspec.Struct):
    """The inner part of the list's answer."""

    can_create_category: bool
    can_create_topic: bool
    categories: list[ListedCategory]


class CategoryListAnswer(msgspec.Struct):
    """The categories that the reader can find."""

    category_list: CategoryList
