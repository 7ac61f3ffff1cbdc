"""Categories: listed, made, changed, deleted, what is in them, watched; privileges are in `privileges.py`."""

from __future__ import annotations

from tertulia.dialects.nodebb import asking
from tertulia.dialects.nodebb.gathering import look_only_into, summaries, topic_items
from tertulia.dialects.nodebb.shapes.categories import Category, CategoryPrivileges, CategoryWithChildren
from tertulia.dialects.nodebb.shapes.pagination import PER_PAGE
from tertulia.dialects.nodebb.wire import envelope, reader, require
from tertulia.forum import levels
from tertulia.forum.categories import saving
from tertulia.forum.categories.reading import list_categories, read_category
from tertulia.forum.category_purging import purge_category
from tertulia.forum.posts.listing import list_posts
from tertulia.forum.topics.listing import list_topics
from tertulia.http.call import Answer, Call
from tertulia.model.categories import CategoryView
from tertulia.model.errors import CategoryMissing, ParameterInvalid
from tertulia.model.levels import Level, SetLevel
from tertulia.model.posts import ListPosts

STATES = {
    "watching": Level.WATCHING, "tracking": Level.TRACKING, "notwatching": Level.REGULAR, "ignoring": Level.MUTED,
}  # fmt: skip


def shape(call: Call, view: CategoryView) -> Category:
    return Category.of(view.category, max_tags=call.unit.site.max_tags_per_topic)


async def get_all(call: Call) -> Answer:
    found = await list_categories(call.unit)
    return envelope({"categories": [shape(call, view) for view in found.categories]})


async def create(call: Call) -> Answer:
    require(call, "name")
    return envelope(shape(call, await saving.save_category(call.unit, asking.save_category(call))))


async def get(call: Call) -> Answer:
    """A missing one is an empty object, as in the original."""
    try:
        return envelope(shape(call, await read_category(call.unit, call.integer("cid"))))
    except CategoryMissing:
        return envelope({})


async def update(call: Call) -> Answer:
    command = asking.save_category(call, category_id=call.integer("cid"))
    return envelope(shape(call, await saving.save_category(call.unit, command)))


async def delete(call: Call) -> Answer:
    """With everything in it."""
    await purge_category(call.unit, call.integer("cid"))
    return envelope({})


async def count(call: Call) -> Answer:
    view = await read_category(call.unit, call.integer("cid"))
    return envelope({"count": view.category.topic_count})


async def posts(call: Call) -> Answer:
    """The newest posts of the category alone."""
    view = await read_category(call.unit, call.integer("cid"))
    look_only_into(call.unit, view.category.id)
    found = await list_posts(call.unit, ListPosts(limit=PER_PAGE))
    return envelope({"posts": await summaries(call, found.posts)})


async def children(call: Call) -> Answer:
    parent = await read_category(call.unit, call.integer("cid"))
    known = (await list_categories(call.unit, with_latest=True)).categories
    limit = call.unit.site.max_tags_per_topic
    below = CategoryWithChildren.tree(known, parent_id=parent.category.id, max_tags=limit)
    start = call.parameters.integer("start", default=0, minimum=0)
    return envelope({"categories": below[start:]})


async def topics(call: Call) -> Answer:
    """A page of topics from the index `after` on, which counts in whole pages."""
    ask = call.parameters
    view = await read_category(call.unit, call.integer("cid"))
    start = ask.integer("after", default=0, minimum=0)
    sort = ask.text("categoryTopicSort") or ask.text("sort", default="")
    command = asking.list_of_category(view.category.id, sort=sort, page=start // PER_PAGE)
    items = await topic_items(call, await list_topics(call.unit, command))
    privileges = CategoryPrivileges.of(view, reader=reader(call))
    return envelope({"topics": items, "nextStart": start + len(items), "privileges": privileges})


async def watch(call: Call) -> Answer:
    state = call.parameters.text("state", default="watching")
    if state not in STATES:
        raise ParameterInvalid(name="state", problem="unknown")
    return await _set_level(call, STATES[state], user_id=call.parameters.integer("uid"))


async def unwatch(call: Call) -> Answer:
    return await _set_level(call, Level.REGULAR, user_id=call.parameters.integer("uid"))


async def unwatch_member(call: Call) -> Answer:
    return await _set_level(call, Level.REGULAR, user_id=call.integer("member"))


async def _set_level(call: Call, level: Level, *, user_id: int | None) -> Answer:
    """The answer names the categories whose state changed: one, as children keep theirs here."""
    category_id = call.integer("cid")
    command = SetLevel(subject="category", subject_id=category_id, level=level, user_id=user_id)
    await levels.set_level(call.unit, command)
    return envelope({"modified": [str(category_id)]})
