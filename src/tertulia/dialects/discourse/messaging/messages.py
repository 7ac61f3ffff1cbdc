"""Private messages: lists of them, who is in one, putting one away, turning a topic into one and back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from tertulia.dialects.discourse.answers import Success, nothing, success
from tertulia.dialects.discourse.lists import list_command, more_url
from tertulia.dialects.discourse.shapes.lists import TopicListAnswer
from tertulia.dialects.discourse.shapes.people import BasicUser
from tertulia.forum.addresses import topic_path
from tertulia.forum.messages import archiving, inviting, removing
from tertulia.forum.messages.converting import make_private, make_public
from tertulia.forum.messages.listing import ListMessages, list_messages
from tertulia.http.call import Answer, Call
from tertulia.model.errors import NotFound, ParameterMissing
from tertulia.model.topics import TopicFilter

# -- lists ------------------------------------------------------------------------------------------
_PREFIX = "/topics/private-messages"


def _listed(state: str) -> Callable[[Call], Awaitable[TopicListAnswer]]:
    tail = "" if state == "inbox" else f"-{state}"

    async def get_list(call: Call) -> TopicListAnswer:
        return await _answer(call, ListMessages(username=call.word("username"), state=state), path=_PREFIX + tail)

    return get_list


get_inbox = _listed("inbox")
get_sent = _listed("sent")
get_archive = _listed("archive")
get_new = _listed("new")
get_unread = _listed("unread")


async def get_tagged(call: Call) -> TopicListAnswer:
    command = ListMessages(username=call.word("username"), tag=call.word("tag"))
    return await _answer(call, command, path=f"{_PREFIX}-tags", tail=f"/{command.tag}")


def _of_group(state: str) -> Callable[[Call], Awaitable[TopicListAnswer]]:
    async def get_list(call: Call) -> TopicListAnswer:
        command = ListMessages(username=call.word("username"), state=state, group=call.word("group_name"))
        tail = f"/{command.group}" + ("" if state == "inbox" else f"/{state}")
        return await _answer(call, command, path=f"{_PREFIX}-group", tail=tail)

    return get_list


get_group_inbox = _of_group("inbox")
get_group_archive = _of_group("archive")
get_group_new = _of_group("new")
get_group_unread = _of_group("unread")


async def _answer(call: Call, command: ListMessages, *, path: str, tail: str = "") -> TopicListAnswer:
    page = list_command(call, TopicFilter.MESSAGES)
    command = ListMessages(
        username=command.username, state=command.state, group=command.group, tag=command.tag, page=page
    )
    view, user, _ = await list_messages(call.unit, command)
    return TopicListAnswer.of(view, more_url=more_url(call, page, f"{path}/{user.username}{tail}"))


# -- people -----------------------------------------------------------------------------------------
async def invite_user(call: Call) -> Any:
    """By `user` (a name or an address) or `email`."""
    parameters = call.parameters
    name = parameters.text("user") or parameters.text("username") or parameters.text("email")
    if not name:
        raise ParameterMissing(name="user", others=("email",))
    card = await inviting.invite_user(call.unit, call.integer("topic_id"), name=name)
    return {"user": BasicUser.of(card)}


async def invite_group(call: Call) -> Any:
    name = call.parameters.required_text("group")
    group = await inviting.invite_group(call.unit, call.integer("topic_id"), name=name)
    return {"group": {"id": group.id, "name": group.name}}


async def remove_user(call: Call) -> Success:
    username = call.parameters.required_text("username")
    await removing.remove_user(call.unit, call.integer("topic_id"), username=username)
    return success()


async def remove_group(call: Call) -> Success:
    await removing.remove_group(call.unit, call.integer("topic_id"), name=call.parameters.required_text("name"))
    return success()


# -- states -----------------------------------------------------------------------------------------
async def put_archive(call: Call) -> Any:
    """Nothing for one's own inbox, the group's name for that of a group."""
    name = await archiving.archive_message(call.unit, call.integer("topic_id"), archived=True)
    return nothing() if name is None else {"group_name": name}


async def put_inbox(call: Call) -> Answer:
    await archiving.archive_message(call.unit, call.integer("topic_id"), archived=False)
    return nothing()


async def convert_topic(call: Call) -> Any:
    kind, topic_id = call.word("kind"), call.integer("topic_id")
    if kind == "private":
        topic = await make_private(call.unit, topic_id)
    elif kind == "public":
        category_id = call.parameters.integer("category_id", minimum=1)
        topic = await make_public(call.unit, topic_id, category_id=category_id)
    else:
        raise NotFound()
    return {"success": "OK", "url": topic_path(topic.slug, topic.id)}
