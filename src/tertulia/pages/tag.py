"""Tags: all of them, and one with its topics."""

from __future__ import annotations

import msgspec

from tertulia.forum.addresses import tag_path
from tertulia.forum.tags.reading import list_tags, read_tag
from tertulia.forum.topics.listing import list_topics
from tertulia.http.call import Answer, Call
from tertulia.model.topics import TopicFilter
from tertulia.pages.lists import json_of, list_command, listing
from tertulia.pages.presenting import Link
from tertulia.pages.rendering import Around, page


async def get_tags(call: Call) -> Answer:
    view = await list_tags(call.unit)
    links = [(Link(tag.name, tag_path(tag.name)), tag.topic_count, tag.description) for tag in view.tags]
    return page(call, "tags.html", around=Around(title="Tags", section="tags", json_path="/tags.json"), tags=links)


async def get_tag(call: Call) -> Answer:
    tag = (await read_tag(call.unit, call.word("tag"))).tag
    command = msgspec.structs.replace(list_command(call, TopicFilter.LATEST), tags=(tag.name,))
    view = await list_topics(call.unit, command)
    path = tag_path(tag.name)
    around = Around(title=f"Tag {tag.name}", description=tag.description, section="tags", json_path=json_of(call, path))
    shown = listing(call, view, path=path, empty="No topic that you can see carries this tag.")
    return page(call, "tag.html", around=around, name=tag.name, description=tag.description, listing=shown)
