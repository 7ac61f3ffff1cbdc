"""Lists of private messages: whose, in which state, to which group, under which tag. Read next: `topics/listing.py`."""

from __future__ import annotations

import msgspec

from tertulia.forum.groups.reading import find_group
from tertulia.forum.message_rules import may_tag
from tertulia.forum.permissions import allow
from tertulia.forum.topics.listing import list_topics
from tertulia.forum.unit import Unit
from tertulia.forum.users.finding import find_user
from tertulia.model.errors import NotFound
from tertulia.model.topics import ListTopics, TopicFilter, TopicListView
from tertulia.model.users import User

OWN_ONLY = ("new", "unread")


class ListMessages(msgspec.Struct, frozen=True, kw_only=True):
    """Messages of one user: `state` is inbox, sent, archive, new or unread; `group` those to a group that the user is
    in; `tag` those under a tag. `page` says the page and how it is sorted."""

    username: str
    state: str = "inbox"
    group: str = ""
    tag: str = ""
    page: ListTopics = ListTopics()


async def list_messages(unit: Unit, command: ListMessages) -> tuple[TopicListView, User, str]:
    """A page of messages, whose they are, and the name of the group, if one was asked for.

    Members see their own, admins everybody's; what is new or unread is for the user alone.
    Raises LoginRequired, UserMissing, GroupMissing, NotFound (not the actor's to see), ParameterInvalid."""
    allow(unit, "member")
    own = unit.actor.user is not None and command.username.lower() == unit.actor.user.username.lower()
    if not own and (command.state in OWN_ONLY or not unit.actor.is_admin):
        raise NotFound()
    if command.tag and not may_tag(unit.actor, unit.site):
        raise NotFound()
    user = await find_user(unit, username=command.username)
    group_id, group_name = await _group(unit, command.group) if command.group else (None, "")
    asked = msgspec.structs.replace(
        command.page,
        filter=TopicFilter.MESSAGES,
        user_id=user.id,
        group_id=group_id,
        state=command.state,
        tags=(command.tag,) if command.tag else (),
    )
    return await list_topics(unit, asked), user, group_name


async def _group(unit: Unit, name: str) -> tuple[int, str]:
    """A group whose messages the actor may read: one of the actor's; any for admins."""
    group = await find_group(unit, name=name)
    if not unit.actor.is_admin and group.id not in unit.actor.group_ids:
        raise NotFound()
    return group.id, group.name
