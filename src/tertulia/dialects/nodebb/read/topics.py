"""Topics read: the page of one, its newest post, its pages, and where a post is."""

from __future__ import annotations

from typing import Any

from tertulia.dialects.nodebb.gathering import summaries
from tertulia.dialects.nodebb.read.frame import page
from tertulia.dialects.nodebb.shapes.pagination import PER_PAGE, Pagination, page_count
from tertulia.dialects.nodebb.shapes.topic_page import topic_page
from tertulia.dialects.nodebb.wire import category_slug, reader, redirect, topic_slug
from tertulia.forum.posts.reading import read_post
from tertulia.forum.topics.reading import find_topic, read_topic
from tertulia.forum.topics.tallies import read_tallies
from tertulia.http.call import Answer, Call
from tertulia.model.errors import TopicMissing
from tertulia.model.topics import ReadTopic, TopicView


async def get(call: Call) -> dict[str, Any]:
    number = call.parameters.integer("page", default=1, minimum=1)
    return await _page(call, ReadTopic(topic_id=call.integer("tid"), page=number, **_HOW))


async def get_around(call: Call) -> dict[str, Any]:
    """The page that holds the post with an index, which counts from 1."""
    index = max(1, call.integer("post_index"))
    number = -(-index // PER_PAGE)
    return await _page(call, ReadTopic(topic_id=call.integer("tid"), page=number, **_HOW), index=index)


_HOW: dict[str, Any] = {"chunk": PER_PAGE, "record_visit": True, "with_suggested": False, "with_stream": False}


async def _page(call: Call, command: ReadTopic, *, index: int = 1) -> dict[str, Any]:
    view = await read_topic(call.unit, command)
    tally = (await read_tallies(call.unit, [view.topic.id]))[view.topic.id]
    body = topic_page(view, tally=tally, reader=reader(call), site=call.unit.site)
    body["postIndex"] = index
    framed = await page(call, body, template="topic", title=view.topic.title, crumbs=_crumbs(view))
    return {**framed, "title": body["title"], "url": f"/topic/{body['slug']}"}


def _crumbs(view: TopicView) -> tuple[tuple[str, str | None], ...]:
    above = tuple(
        (ref.name, f"/category/{category_slug(ref.id, ref.slug)}")
        for ref in (view.category.path if view.category else ())
    )
    return (*above, (view.topic.title, None))


async def get_pagination(call: Call) -> dict[str, Any]:
    topic = await find_topic(call.unit, call.integer("tid"))
    number = call.parameters.integer("page", default=1, minimum=1)
    return {"pagination": Pagination.of(page=number, count=page_count(topic.posts_count, per_page=PER_PAGE))}


async def get_teaser(call: Call) -> Any:
    """The newest post. Raises TopicMissing."""
    topic = await find_topic(call.unit, call.integer("tid"))
    found = await summaries(call, [await read_post(call.unit, topic.last_post_id)])
    if not found:
        raise TopicMissing()
    return found[0]


async def locate_post(call: Call) -> Answer:
    """Where a post is: its topic and its index there, from 1."""
    view = await read_post(call.unit, call.integer("pid"))
    command = ReadTopic(topic_id=view.post.topic_id, post_ids=(view.post.id,), with_suggested=False)
    stream = (await read_topic(call.unit, command)).stream
    index = stream.index(view.post.id) + 1 if view.post.id in stream else view.post.post_number
    return redirect(f"/topic/{topic_slug(view.post.topic_id, view.topic_slug)}/{index}")
