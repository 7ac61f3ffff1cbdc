"""The front page, the list of categories, and the page of one."""

from __future__ import annotations

from typing import Any

from tertulia.dialects.nodebb import asking
from tertulia.dialects.nodebb.gathering import topic_items
from tertulia.dialects.nodebb.read.frame import page
from tertulia.dialects.nodebb.shapes.categories import Category, CategoryPrivileges, CategoryWithChildren
from tertulia.dialects.nodebb.shapes.pagination import PER_PAGE, Pagination, page_count
from tertulia.dialects.nodebb.shapes.people import Person
from tertulia.dialects.nodebb.wire import category_slug, flat, reader
from tertulia.forum.categories.reading import list_categories, read_category, read_category_grants
from tertulia.forum.topics.listing import list_topics
from tertulia.http.call import Call
from tertulia.model.categories import CategoryView
from tertulia.model.levels import Level
from tertulia.model.privileges import Holder, Privilege
from tertulia.model.topics import TopicListView

_LABELS = {
    "recently_replied": "Recently Replied", "newest_to_oldest": "Newest to Oldest",
    "oldest_to_newest": "Oldest to Newest", "recently_created": "Recently Created", "most_posts": "Most Posts",
    "most_votes": "Most Votes", "most_views": "Most Views",
}  # fmt: skip


async def home(call: Call) -> dict[str, Any]:
    crumbs = (("Categories", "/categories"),)
    return await page(call, await _all(call), template="categories", title="Home", crumbs=crumbs)


async def get_all(call: Call) -> dict[str, Any]:
    return await page(call, await _all(call), template="categories", title="Categories")


async def _all(call: Call) -> dict[str, Any]:
    known = (await list_categories(call.unit, with_latest=True)).categories
    tree = CategoryWithChildren.tree(known, parent_id=0, max_tags=call.unit.site.max_tags_per_topic)
    return {
        "categories": tree,
        "firstRun": False,
        "pagination": Pagination.of(page=1, count=1),
        "selectCategoryLabel": "Select a category",
    }


async def get(call: Call) -> dict[str, Any]:
    number = call.parameters.integer("page", default=1, minimum=1)
    return await _page(call, number=number, index=0)


async def get_around(call: Call) -> dict[str, Any]:
    """The page that holds the topic with an index, which counts from 1."""
    index = max(1, call.integer("topic_index"))
    return await _page(call, number=-(-index // PER_PAGE), index=index)


async def _page(call: Call, *, number: int, index: int) -> dict[str, Any]:
    view = await read_category(call.unit, call.integer("cid"))
    sort, tags = _sort(call), tuple(call.query.texts("tag"))
    command = asking.list_of_category(view.category.id, sort=sort, page=number - 1, tags=tags)
    found = await list_topics(call.unit, command)
    known = (await list_categories(call.unit, with_latest=True)).categories
    body = {**_about(call, view, known=known), **_list(call, found), "topics": await topic_items(call, found)}
    body |= {"topicIndex": index, "sortOption": sort, "sortOptionLabel": _LABELS[sort]}
    framed = await page(call, body, template="category", title=view.category.name, crumbs=_crumbs(view))
    return {**framed, "url": body["url"]}


def _sort(call: Call) -> str:
    sort = call.query.text("sort", default="")
    return sort if sort in _LABELS else asking.DEFAULT_SORT


def _about(call: Call, view: CategoryView, *, known: tuple[CategoryView, ...]) -> dict[str, Any]:
    limit = call.unit.site.max_tags_per_topic
    return {
        **flat(Category.of(view.category, max_tags=limit)),
        **_watching(view),
        "children": CategoryWithChildren.tree(known, parent_id=view.category.id, max_tags=limit),
        "privileges": CategoryPrivileges.of(view, reader=reader(call)),
        "rssFeedUrl": f"/category/{view.category.id}.rss",
    }


def _crumbs(view: CategoryView) -> tuple[tuple[str, str | None], ...]:
    path = view.path or ()
    return tuple((ref.name, f"/category/{category_slug(ref.id, ref.slug)}") for ref in path)


def _list(call: Call, found: TopicListView) -> dict[str, Any]:
    return {
        "nextStart": found.page * found.per_page + len(found.items),
        "pagination": Pagination.of(page=found.page + 1, count=page_count(found.total or 0, per_page=found.per_page)),
        "selectedTag": None,
        "selectedTags": call.query.texts("tag"),
        "selectCategoryLabel": "Select a category",
        "showSelect": call.actor.is_staff,
        "showTopicTools": call.actor.is_staff,
        "feeds:disableRSS": 1,
        "reputation:disabled": 0,
        "unread": any(item.is_new or item.unread_posts for item in found.items),
        "unread-class": "unread" if any(item.is_new or item.unread_posts for item in found.items) else "",
    }


def _watching(view: CategoryView) -> dict[str, Any]:
    level = Level.REGULAR if view.level is None else view.level
    return {
        "isWatched": level >= Level.WATCHING,
        "isTracked": level == Level.TRACKING,
        "isNotWatched": level == Level.REGULAR,
        "isIgnored": level == Level.MUTED,
        "hasFollowers": None,
        "handleFull": view.category.slug,
    }


async def moderators(call: Call) -> dict[str, Any]:
    """Users who hold `moderate` in the category themselves, for those who may see its privileges."""
    grants = await read_category_grants(call.unit, call.integer("cid"))
    found = [grant for grant in grants.grants if grant.holder == Holder.USER and grant.bits & Privilege.MODERATE]
    return {"moderators": [Person.of(grants.user_cards[each.holder_id]) for each in found]}
