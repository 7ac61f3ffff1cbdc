"""Who is in a message, and the small forms beside it: let somebody in, take somebody out, put it away."""

from __future__ import annotations

import msgspec

from tertulia.forum.addresses import group_path, topic_path, user_path
from tertulia.forum.messages.archiving import archive_message
from tertulia.forum.messages.inviting import invite_group, invite_user
from tertulia.forum.messages.removing import remove_group, remove_user
from tertulia.forum.topics.reading import find_topic
from tertulia.http.call import Answer, Call
from tertulia.model.errors import RecipientsUnknown, UserMissing
from tertulia.model.topics import Topic, TopicView
from tertulia.pages.forms import typed
from tertulia.pages.presenting import Link
from tertulia.pages.returning import redirect


class Taker(msgspec.Struct, frozen=True, kw_only=True):
    """One who takes part. `field` and `value` say in a form who is meant; `leaves`: it is the reader."""

    link: Link
    field: str
    value: str
    can_remove: bool
    leaves: bool


class TakingPart(msgspec.Struct, frozen=True, kw_only=True):
    """What a message's page shows beside its posts."""

    people: tuple[Taker, ...]
    path: str
    can_invite: bool
    archived: bool


def taking_part(view: TopicView, *, me: int | None) -> TakingPart | None:
    """None for a topic that is no message."""
    topic, removes = view.topic, view.abilities.remove_people
    if not topic.is_message:
        return None
    people = [
        Taker(
            link=Link(card.username, user_path(card.username)),
            field="username",
            value=card.username,
            can_remove=card.id != topic.user_id and (removes or card.id == me),
            leaves=card.id == me,
        )
        for card in view.allowed_users
    ]
    people += [
        Taker(
            link=Link(f"@{group.name}", group_path(group.name)),
            field="group",
            value=group.name,
            can_remove=removes,
            leaves=False,
        )
        for group in view.allowed_groups
    ]
    return TakingPart(
        people=tuple(people),
        path=topic_path(topic.slug, topic.id),
        can_invite=view.abilities.invite,
        archived=view.message_archived,
    )


async def post_invite(call: Call) -> Answer:
    """Somebody by name, or else a group of that name."""
    topic, name = await _topic(call), typed(call, "name", longest=300).strip()
    try:
        await invite_user(call.unit, topic.id, name=name)
    except RecipientsUnknown:
        await invite_group(call.unit, topic.id, name=name)
    return redirect(topic_path(topic.slug, topic.id))


async def post_remove(call: Call) -> Answer:
    topic, username, group = await _topic(call), typed(call, "username", longest=300), typed(call, "group", longest=300)
    if not username and not group:
        raise UserMissing()
    if username:
        await remove_user(call.unit, topic.id, username=username)
    else:
        await remove_group(call.unit, topic.id, name=group)
    user = call.unit.actor.user
    left = user is not None and username.lower() == user.username.lower() and not user.admin
    return redirect(f"{user_path(user.username)}/messages" if user and left else topic_path(topic.slug, topic.id))


async def post_archive(call: Call) -> Answer:
    topic = await _topic(call)
    await archive_message(call.unit, topic.id, archived=True)
    return redirect(_inbox(call))


async def post_unarchive(call: Call) -> Answer:
    topic = await _topic(call)
    await archive_message(call.unit, topic.id, archived=False)
    return redirect(topic_path(topic.slug, topic.id))


async def _topic(call: Call) -> Topic:
    return await find_topic(call.unit, call.integer("topic_id"))


def _inbox(call: Call) -> str:
    user = call.unit.actor.user
    return f"{user_path(user.username)}/messages" if user is not None else "/"
