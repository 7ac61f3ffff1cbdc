"""Lists of topics across the forum: recent, popular, top, unread, and those with a tag."""

from __future__ import annotations

from typing import Any

import msgspec

from tertulia.dialects.nodebb.gathering import topic_items
from tertulia.dialects.nodebb.read.frame import page
from tertulia.dialects.nodebb.shapes.categories import CategoryOfPost
from tertulia.dialects.nodebb.shapes.pagination import PER_PAGE, Pagination, page_count
from tertulia.dialects.nodebb.shapes.topics import Tag
from tertulia.forum.tags.reading import list_tags, read_tag
from tertulia.forum.topics.listing import list_topics
from tertulia.http.call import Call
from tertulia.model.levels import Level
from tertulia.model.topics import ListTopics, TopicFilter, TopicListView, TopicOrder

TERMS = {"alltime": "all", "daily": "daily", "weekly": "weekly", "monthly": "monthly"}
_TERM_NAMES = {"alltime": "All Time", "daily": "Day", "weekly": "Week", "monthly": "Month"}
_FILTERS = {"": "All Topics", "new": "New Topics", "watched": "Watched Topics", "unreplied": "Unreplied Topics"}
_ICONS = {"": "fa-book", "new": "fa-clock-o", "watched": "fa-bell-o", "unreplied": "fa-reply"}
_DAYS = {"daily": 1, "weekly": 7, "monthly": 30}
DAY = 86_400_000


def asked(call: Call, command: ListTopics) -> ListTopics:
    """Page, categories, tags and filter of the query."""
    ask = call.query
    cids = ask.integers("cid")
    changes: dict[str, Any] = {
        "page": ask.integer("page", default=1, minimum=1) - 1,
        "per_page": PER_PAGE,
        "with_total": True,
        "with_teasers": True,
        "category_id": cids[0] if cids else None,
        "include_subcategories": False,
        "tags": tuple(ask.texts("tag")),
    }
    wanted = ask.text("filter", default="")
    if wanted == "unreplied":
        changes["max_posts"] = 1
    if wanted == "watched":
        changes["state"] = "watching"
    if wanted == "new":
        changes["filter"] = TopicFilter.NEW
    return msgspec.structs.replace(command, **changes)


async def recent(call: Call) -> dict[str, Any]:
    command = ListTopics(order=TopicOrder.ACTIVITY)
    return await _list(call, command, name="recent", title="Recent")


async def popular(call: Call) -> dict[str, Any]:
    command = ListTopics(filter=TopicFilter.TOP, order=TopicOrder.POSTS, period=_period(call))
    return await _list(call, command, name="popular", title="Popular")


async def top(call: Call) -> dict[str, Any]:
    command = ListTopics(filter=TopicFilter.TOP, order=TopicOrder.OP_LIKES, period=_period(call))
    return await _list(call, command, name="top", title="Top")


async def unread(call: Call) -> dict[str, Any]:
    body = await _list(call, ListTopics(filter=TopicFilter.UNREAD), name="unread", title="Unread")
    body |= {
        "pageCount": body["pagination"].pageCount,
        "showCategorySelectLabel": True,
        "selectCategoryLabel": "Mark as read",
        "selectCategoryIcon": "fa-inbox",
    }
    return body


async def unread_total(call: Call) -> int:
    command = ListTopics(filter=TopicFilter.UNREAD, per_page=1, with_total=True)
    return (await list_topics(call.unit, command)).total or 0


def _period(call: Call) -> str:
    return TERMS.get(call.query.text("term", default="alltime"), "all")


async def _list(call: Call, command: ListTopics, *, name: str, title: str) -> dict[str, Any]:
    found = await list_topics(call.unit, asked(call, command))
    items = await topic_items(call, found)
    body = _body(call, found, name=name)
    body |= {"topics": items, "tids": [item.tid for item in items], "nextStart": _next(found)}
    return await page(call, body, template=name, title=title)


def _next(found: TopicListView) -> int:
    return found.page * found.per_page + len(found.items)


def _body(call: Call, found: TopicListView, *, name: str) -> dict[str, Any]:
    total = found.total or 0
    chosen, term = call.query.text("filter", default=""), call.query.text("term", default="alltime")
    filters = [_filter(each, name=name, chosen=chosen) for each in _FILTERS]
    terms = [_term(each, name=name, chosen=term) for each in _TERM_NAMES]
    return {
        "topicCount": total,
        "topic_count": total,
        "pagination": Pagination.of(page=found.page + 1, count=page_count(total, per_page=found.per_page)),
        "canPost": found.can_create_topic,
        "filters": filters,
        "selectedFilter": next((each for each in filters if each["selected"]), filters[0]),
        "terms": terms,
        "selectedTerm": next((each for each in terms if each["selected"]), terms[0]),
        **_selection(found, call.query.texts("tag")),
        "showTopicTools": call.actor.is_staff,
        "rssFeedUrl": f"/{name}.rss",
    }


def _selection(found: TopicListView, tags: list[str]) -> dict[str, Any]:
    category = found.category.category if found.category else None
    return {
        "allCategoriesUrl": "recent",
        "selectedCategory": CategoryOfPost.of(category) if category else None,
        "selectedCids": [category.id] if category else [],
        "selectedTag": Tag.of(tags[0]) if tags else None,
        "selectedTags": [Tag.of(tag) for tag in tags],
        "showSelect": False,
        "feeds:disableRSS": 1,
        "reputation:disabled": 0,
    }


def _filter(value: str, *, name: str, chosen: str) -> dict[str, Any]:
    url = f"{name}?filter={value}" if value else name
    return {
        "name": _FILTERS[value], "url": url, "filter": value, "icon": _ICONS[value], "selected": value == chosen,
    }  # fmt: skip


def _term(value: str, *, name: str, chosen: str) -> dict[str, Any]:
    return {"name": _TERM_NAMES[value], "url": f"{name}?term={value}", "term": value, "selected": value == chosen}


# -- tags ---------------------------------------------------------------------------------------------
async def tags(call: Call) -> dict[str, Any]:
    found = await list_tags(call.unit)
    listed = [{**msgspec.to_builtins(Tag.of(tag.name)), "score": tag.topic_count} for tag in found.tags]
    body = {"tags": listed, "displayTagSearch": False, "nextStart": len(listed)}
    return await page(call, body, template="tags", title="Tags")


async def tag(call: Call) -> dict[str, Any]:
    """Topics with one tag. Raises TagMissing."""
    view = await read_tag(call.unit, call.word("tag"))
    command = msgspec.structs.replace(asked(call, ListTopics()), tags=(view.tag.name,))
    found = await list_topics(call.unit, command)
    body = _body(call, found, name=f"tags/{view.tag.name}") | {"topics": await topic_items(call, found)}
    body |= {"tag": view.tag.name, "isFollowing": view.level == Level.WATCHING}
    return await page(
        call, body, template="tag", title=view.tag.name, crumbs=(("Tags", "/tags"), (view.tag.name, None))
    )
