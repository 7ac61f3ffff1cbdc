"""What members of a group wrote, and where the group was mentioned."""

from __future__ import annotations

import msgspec

from tertulia.dialects.discourse.commands import time_of
from tertulia.dialects.discourse.lists import list_command, more_url
from tertulia.dialects.discourse.shapes.group_extras import GroupPost
from tertulia.dialects.discourse.shapes.lists import TopicListAnswer
from tertulia.forum.groups.reading import read_group
from tertulia.forum.posts.listing import list_posts
from tertulia.forum.topics.listing import list_topics
from tertulia.http.call import Call
from tertulia.model.errors import NotAllowed
from tertulia.model.groups import GroupView
from tertulia.model.posts import ListPosts
from tertulia.model.topics import TopicFilter

PER_PAGE = 20  # source: upstream


async def get_posts(call: Call) -> list[GroupPost]:
    view = await _seen(call)
    return await _answer(call, ListPosts(group_id=view.group.id, limit=PER_PAGE))


async def get_mentions(call: Call) -> list[GroupPost]:
    view = await _seen(call)
    return await _answer(call, ListPosts(mentioned_group_id=view.group.id, limit=PER_PAGE))


async def _seen(call: Call) -> GroupView:
    """The group, with members that the reader may know. Raises GroupMissing, NotAllowed."""
    view = await read_group(call.unit, name=call.word("group_name"))
    if not view.can_see_members:
        raise NotAllowed()
    return view


async def _answer(call: Call, command: ListPosts) -> list[GroupPost]:
    parameters = call.parameters
    before_id = parameters.integer("before_post_id", minimum=1)
    command = msgspec.structs.replace(
        command,
        before_id=None if before_id is None else before_id - 1,
        before=time_of(parameters, "before"),
        category_id=parameters.integer("category_id", minimum=1),
    )
    return [GroupPost.of(view) for view in (await list_posts(call.unit, command)).posts]


async def get_topics(call: Call) -> TopicListAnswer:
    """Topics that members began, the newest activity first."""
    view, page = await _seen(call), list_command(call, TopicFilter.LATEST)
    command = msgspec.structs.replace(page, filter=TopicFilter.CREATED, group_id=view.group.id)
    found = await list_topics(call.unit, command)
    return TopicListAnswer.of(found, more_url=more_url(call, page, f"/topics/groups/{view.group.name}"))
