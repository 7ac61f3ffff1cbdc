"""The site as a whole: what a client asks first, statistics, settings in the database, the staff log."""

from __future__ import annotations

import msgspec

from tertulia.model.categories import CategoryView
from tertulia.model.groups import Group
from tertulia.model.tags import TagRef
from tertulia.model.users import UserCard


class SiteCounts(msgspec.Struct, frozen=True, kw_only=True):
    """Totals, and the same for the last day, 7 and 30 days."""

    topics: int
    topics_day: int
    topics_week: int
    topics_month: int
    posts: int
    posts_day: int
    posts_week: int
    posts_month: int
    users: int
    users_day: int
    users_week: int
    users_month: int
    active_day: int
    active_week: int
    active_month: int
    likes: int
    likes_day: int
    likes_week: int
    likes_month: int


class SiteView(msgspec.Struct, frozen=True, kw_only=True):
    """What a client needs before it shows anything."""

    categories: tuple[CategoryView, ...]
    groups: tuple[Group, ...]
    top_tags: tuple[TagRef, ...]
    can_create_tag: bool
    can_tag_topics: bool


class AboutView(msgspec.Struct, frozen=True, kw_only=True):
    """Who runs the site and how much happens on it."""

    counts: SiteCounts
    admins: tuple[UserCard, ...]
    moderators: tuple[UserCard, ...]
    created_at: int


class SettingView(msgspec.Struct, frozen=True, kw_only=True):
    """One site setting: value and default as text, and where the value comes from."""

    name: str
    value: str
    default: str
    type: str
    category: str
    sentence: str
    choices: tuple[str, ...]
    minimum: float | None
    maximum: float | None
    secret: bool
    origin: str


class StaffAction(msgspec.Struct, frozen=True):
    """One line of the staff action log. `before` and `after` are texts."""

    id: int
    action: str
    acting_user_id: int
    target_user_id: int | None
    topic_id: int | None
    post_id: int | None
    category_id: int | None
    subject: str | None
    details: str | None
    before: str | None
    after: str | None
    created_at: int


class StaffActionList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the log, newest first, with everybody that it names."""

    actions: tuple[StaffAction, ...]
    users: dict[int, UserCard]
    total: int
    page: int
    limit: int
