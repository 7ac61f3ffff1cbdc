"""Categories: all of them, and one with its topics, its sub-categories and what it is about."""

from __future__ import annotations

import msgspec

from tertulia.forum.addresses import topic_path
from tertulia.forum.categories.reading import find_category_by_path, list_categories, read_category
from tertulia.forum.topics.listing import list_topics
from tertulia.http.call import Answer, Call
from tertulia.model.categories import CategoryView
from tertulia.model.errors import CategoryMissing
from tertulia.model.topics import TopicFilter, TopicListView
from tertulia.pages.lists import json_of, list_command, listing, periods, tabs
from tertulia.pages.post_html import post_html
from tertulia.pages.presenting import Link, Mark, category_marks, colour, view_path
from tertulia.pages.rendering import Around, page
from tertulia.pages.returning import redirect

_FILTERS = frozenset(which.value for which in TopicFilter) - {"created", "messages"}


class CategoryLine(msgspec.Struct, frozen=True, kw_only=True):
    """A category in the list of all."""

    mark: Mark
    depth: int
    description: str
    topics: int
    restricted: bool
    latest: Link | None
    latest_at: int
    parent: int


def line(view: CategoryView) -> CategoryLine:
    category, latest = view.category, view.latest
    return CategoryLine(
        mark=Mark(category.name, view_path(view), colour(category.color)),
        depth=len(view.path) - 1,
        description=category.description,
        topics=category.topic_count,
        restricted=category.restricted,
        latest=Link(latest.topic_title, topic_path(latest.topic_slug, latest.topic_id, latest.post_number))
        if latest
        else None,
        latest_at=latest.created_at if latest else 0,
        parent=category.parent_id,
    )


async def get_categories(call: Call) -> Answer:
    view = await list_categories(call.unit, with_latest=True)
    around = Around(title="Categories", section="categories", json_path="/categories.json")
    return page(call, "categories.html", around=around, lines=[line(each) for each in view.categories])


async def get_category(call: Call) -> Answer:
    """A category under its right address; other spellings are redirected there."""
    view, which = await _find(call), _filter(call)
    path = view_path(view)
    if moved := _moved(call, view, path=path):
        return moved
    alone = "/none" in call.path.split("/l/")[0]
    command = msgspec.structs.replace(
        list_command(call, which), category_id=view.category.id, include_subcategories=not alone
    )
    topics = await list_topics(call.unit, command)
    return _page(call, view, topics=topics, which=which, children=await _children(call, view))


async def _children(call: Call, view: CategoryView) -> list[CategoryLine]:
    if not view.children:
        return []
    known = await list_categories(call.unit)
    return [line(each) for each in known.categories if each.category.id in view.children]


async def _find(call: Call) -> CategoryView:
    given = call.path_parameters
    if "category_id" in given:
        return await read_category(call.unit, call.integer("category_id"))
    slugs = tuple(str(given[name]) for name in ("parent_slug", "slug") if name in given)
    return await find_category_by_path(call.unit, slugs)


def _filter(call: Call) -> TopicFilter:
    name = call.path_parameters.get("filter", "latest")
    if name not in _FILTERS:
        raise CategoryMissing()
    return TopicFilter(name)


def _moved(call: Call, view: CategoryView, *, path: str) -> Answer | None:
    given = call.path_parameters
    slugs = [str(given[name]) for name in ("parent_slug", "slug") if name in given]
    if "category_id" in given and slugs == ([ref.slug for ref in view.path if ref.slug] or slugs[:1]):
        return None
    tail = f"/l/{given['filter']}" if "filter" in given else ""
    query = f"?{call.query_string.decode('latin-1')}" if call.query_string else ""
    return redirect(path + tail + query, status=301)


def _page(
    call: Call, view: CategoryView, *, topics: TopicListView, which: TopicFilter, children: list[CategoryLine]
) -> Answer:
    category, path = view.category, view_path(view)
    own = path if which is TopicFilter.LATEST else f"{path}/l/{which.value}"
    empty = "No topics here yet. The first one could be yours." if view.can_create_topic else "No topics here yet."
    return page(
        call,
        "category.html",
        around=Around(
            title=category.name,
            description=category.description,
            section="categories",
            json_path=json_of(call, f"{path}/l/{which.value}"),
        ),
        marks=category_marks(view),
        description=post_html(category.description_html),
        topic_count=category.topic_count,
        children=children,
        listing=listing(call, topics, path=own, empty=empty, category_id=category.id),
        tabs=tabs(call.unit, which.value, prefix=f"{path}/l"),
        periods=periods(own, topics.period) if which is TopicFilter.TOP else (),
        restricted=category.restricted,
    )
