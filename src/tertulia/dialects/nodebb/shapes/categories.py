"""Categories: whole ones, and what a topic or post shows of its own."""

from __future__ import annotations

from typing import Any

import msgspec

from tertulia.dialects.nodebb.shapes.people import Person
from tertulia.dialects.nodebb.wire import Reader, category_slug, escaped, iso, topic_slug
from tertulia.model.categories import Category as Record
from tertulia.model.categories import CategoryRef, CategoryView, LatestPost
from tertulia.model.privileges import Privilege


def colours(category: Record | CategoryRef) -> dict[str, Any]:
    """Name, address and looks."""
    return {
        "cid": category.id,
        "name": escaped(category.name),
        "slug": category_slug(category.id, category.slug),
        "icon": f"fa-{category.icon.removeprefix('fa-')}" if category.icon else "",
        "bgColor": f"#{category.color}",
        "color": f"#{category.text_color}",
        "imageClass": "cover",
        "backgroundImage": category.background_image or None,
    }


class CategoryOfPost(msgspec.Struct, frozen=True, kw_only=True):
    """Beside a post."""

    cid: int
    name: str
    slug: str
    icon: str
    bgColor: str
    color: str
    imageClass: str
    backgroundImage: str | None
    parentCid: int

    @classmethod
    def of(cls, category: Record | CategoryRef) -> CategoryOfPost:
        return cls(**colours(category), parentCid=category.parent_id)


class CategoryOfTopic(msgspec.Struct, frozen=True, kw_only=True):
    """Beside a topic in a list."""

    cid: int
    name: str
    slug: str
    icon: str
    bgColor: str
    color: str
    imageClass: str
    backgroundImage: str | None
    disabled: int

    @classmethod
    def of(cls, category: Record | CategoryRef) -> CategoryOfTopic:
        return cls(**colours(category), disabled=int(category.disabled))


class Category(msgspec.Struct, frozen=True, kw_only=True):
    """A category as the write API lists it."""

    cid: int
    name: str
    slug: str
    icon: str
    bgColor: str
    color: str
    imageClass: str
    backgroundImage: str | None
    parentCid: int
    order: int
    description: str
    descriptionParsed: str
    disabled: int
    isSection: int
    link: str
    url: str
    handle: str
    nickname: str
    minTags: int
    maxTags: int
    postQueue: int
    numRecentReplies: int
    subCategoriesPerPage: int
    post_count: int
    topic_count: int
    totalPostCount: int
    totalTopicCount: int
    tagWhitelist: tuple[str, ...]
    style: str = msgspec.field(name="class")

    @classmethod
    def of(cls, category: Record, *, max_tags: int) -> Category:
        """`max_tags` is what the site allows where the category does not say."""
        return cls(**_record(category, max_tags=max_tags))


def _record(category: Record, *, max_tags: int) -> dict[str, Any]:
    address = f"/category/{category_slug(category.id, category.slug)}"
    return {
        **colours(category),
        "parentCid": category.parent_id,
        "order": category.position,
        "description": escaped(category.description),
        "descriptionParsed": category.description_html,
        "disabled": int(category.disabled),
        "isSection": int(category.section),
        "link": escaped(category.link),
        "url": address,
        "handle": category.slug,
        "nickname": category.slug,
        "minTags": category.minimum_required_tags,
        "maxTags": category.maximum_tags or max_tags,
        "postQueue": 0,
        "numRecentReplies": 1,
        "subCategoriesPerPage": 10,
        "post_count": category.post_count,
        "topic_count": category.topic_count,
        "totalPostCount": category.post_count,
        "totalTopicCount": category.topic_count,
        "tagWhitelist": (),
        "style": escaped(category.style),
    }


class LatestTopic(msgspec.Struct, frozen=True):
    """The topic of the newest post."""

    tid: int
    slug: str
    title: str


class Latest(msgspec.Struct, frozen=True, kw_only=True):
    """The newest post of a category."""

    pid: int
    tid: int
    uid: int
    cid: int
    content: str
    sourceContent: str | None
    timestamp: int
    timestampISO: str
    index: int
    topic: LatestTopic
    user: Person

    @classmethod
    def of(cls, post: LatestPost, *, category_id: int) -> Latest:
        return cls(
            pid=post.id,
            tid=post.topic_id,
            uid=post.user.id,
            cid=category_id,
            content=post.excerpt,
            sourceContent=None,
            timestamp=post.created_at,
            timestampISO=iso(post.created_at),
            index=post.post_number - 1,
            topic=LatestTopic(post.topic_id, topic_slug(post.topic_id, post.topic_slug), escaped(post.topic_title)),
            user=Person.of(post.user),
        )


class CategoryWithChildren(Category, frozen=True, kw_only=True):
    """A category of the front page."""

    children: tuple[CategoryWithChildren, ...]
    posts: tuple[Latest, ...]
    unread: bool
    unread_class: str = msgspec.field(name="unread-class")

    @classmethod
    def tree(
        cls, views: tuple[CategoryView, ...], *, parent_id: int, max_tags: int
    ) -> tuple[CategoryWithChildren, ...]:
        """The categories below `parent_id` with everything below them."""
        return tuple(
            cls(
                **_record(view.category, max_tags=max_tags),
                children=cls.tree(views, parent_id=view.category.id, max_tags=max_tags),
                posts=(Latest.of(view.latest, category_id=view.category.id),) if view.latest else (),
                unread=False,
                unread_class="",
            )
            for view in views
            if view.category.parent_id == parent_id
        )


class CategoryPrivileges(msgspec.Struct, frozen=True, kw_only=True):
    """What the reader may do in a category. `cid` is a text here, as the original sends it."""

    cid: str
    uid: int
    read: bool
    editable: bool
    disabled: int
    isAdminOrMod: bool
    view_deleted: bool
    view_scheduled: bool
    topics_read: bool = msgspec.field(name="topics:read")
    topics_create: bool = msgspec.field(name="topics:create")
    topics_tag: bool = msgspec.field(name="topics:tag")
    topics_schedule: bool = msgspec.field(name="topics:schedule")
    posts_view_deleted: bool = msgspec.field(name="posts:view_deleted")

    @classmethod
    def of(cls, view: CategoryView, *, reader: Reader) -> CategoryPrivileges:
        bits = view.privileges
        moderates = reader.is_staff or bool(bits & Privilege.MODERATE)
        return cls(
            cid=str(view.category.id),
            uid=reader.user_id,
            read=bool(bits & Privilege.READ),
            editable=moderates,
            disabled=int(view.category.disabled),
            isAdminOrMod=moderates,
            view_deleted=moderates or bool(bits & Privilege.POSTS_VIEW_DELETED),
            view_scheduled=moderates or bool(bits & Privilege.TOPICS_SCHEDULE),
            topics_read=bool(bits & Privilege.TOPICS_READ),
            topics_create=view.can_create_topic,
            topics_tag=bool(bits & Privilege.TOPICS_TAG),
            topics_schedule=bool(bits & Privilege.TOPICS_SCHEDULE),
            posts_view_deleted=moderates or bool(bits & Privilege.POSTS_VIEW_DELETED),
        )
