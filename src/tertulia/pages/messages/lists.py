"""The reader's messages: inbox, sent, archive, and those to each of the reader's groups."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from tertulia.forum.addresses import user_path
from tertulia.forum.messages.listing import ListMessages, list_messages
from tertulia.forum.users.profiles import read_user
from tertulia.http.call import Answer, Call
from tertulia.model.topics import TopicFilter, TopicListView
from tertulia.model.users import UserView
from tertulia.pages.lists import list_command, listing
from tertulia.pages.presenting import Link
from tertulia.pages.rendering import Around, page

_LISTS = (("inbox", "", "Inbox"), ("sent", "/sent", "Sent"), ("archive", "/archive", "Archive"))
_EMPTY = {
    "inbox": "No messages. What others write to you alone shows up here.",
    "sent": "You have not written to anybody yet.",
    "archive": "Messages that you put away are kept here. A new reply brings one back to the inbox.",
}


def _list(state: str) -> Callable[[Call], Awaitable[Answer]]:
    async def get_list(call: Call) -> Answer:
        return await _answer(call, state=state, group="")

    return get_list


get_inbox = _list("inbox")
get_sent = _list("sent")
get_archive = _list("archive")


async def get_group(call: Call) -> Answer:
    return await _answer(call, state="inbox", group=call.word("group_name"))


async def _answer(call: Call, *, state: str, group: str) -> Answer:
    username, asked = call.word("username"), list_command(call, TopicFilter.MESSAGES)
    command = ListMessages(username=username, state=state, group=group, page=asked)
    view, user, group_name = await list_messages(call.unit, command)
    profile = await read_user(call.unit, user_id=user.id)
    return _page(call, view, profile=profile, state=state, group_name=group_name)


def _page(call: Call, view: TopicListView, *, profile: UserView, state: str, group_name: str) -> Answer:
    base = f"{user_path(profile.user.username)}/messages"
    tails = {name: tail for name, tail, _ in _LISTS}
    tabs = [Link(text, base + tail, not group_name and name == state) for name, tail, text in _LISTS]
    tabs += [
        Link(each.name, f"{base}/group/{quote(each.name, safe='')}", each.name == group_name)
        for each in profile.groups
        if not each.automatic
    ]
    path = f"{base}/group/{quote(group_name, safe='')}" if group_name else base + tails[state]
    heading = f"Messages to {group_name}" if group_name else "Messages"
    return page(
        call,
        "messages/list.html",
        around=Around(title=heading, section="messages", noindex=True),
        heading=heading,
        tabs=tabs,
        listing=listing(call, view, path=path, empty="No messages to this group." if group_name else _EMPTY[state]),
    )
