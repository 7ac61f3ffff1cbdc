"""Of what a receiver can be told, and which events say it. Numbers and spellings of the wire are the dialect's.

Read next: `fanning_out.py`, which turns events into deliveries.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from tertulia.model import events
from tertulia.model.events import Event

# What can be subscribed to, and what the body is about. Nothing says `topic_revised`: it stands here for old clients.
KINDS: dict[str, str] = {
    "topic_created": "topic", "topic_revised": "topic", "topic_edited": "topic", "topic_destroyed": "topic",
    "topic_recovered": "topic",
    "post_created": "post", "post_edited": "post", "post_destroyed": "post", "post_recovered": "post",
    "user_logged_in": "user", "user_logged_out": "user", "user_confirmed_email": "user", "user_created": "user",
    "user_approved": "user", "user_updated": "user", "user_destroyed": "user", "user_suspended": "user",
    "user_unsuspended": "user",
    "group_created": "group", "group_updated": "group", "group_destroyed": "group",
    "category_created": "category", "category_updated": "category", "category_destroyed": "category",
    "tag_created": "tag", "tag_updated": "tag", "tag_destroyed": "tag",
    "user_added_to_group": "group_user", "user_removed_from_group": "group_user",
    "post_liked": "like",
    "user_promoted": "user_promoted",
}  # fmt: skip
PING = "ping"


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to tell. `name` is what happened, `kind` what one must subscribe to; `facts` find the thing again.

    The ids are what webhooks are narrowed by: None or empty where the thing has none."""

    kind: str
    name: str
    facts: dict[str, Any]
    category_id: int | None = None
    topic_id: int | None = None
    group_id: int | None = None
    user_id: int | None = None

    @property
    def subject(self) -> str:
        return KINDS[self.kind]


def _topic(kind: str, event: events.TopicEvent, *, name: str = "", **more: Any) -> Told:
    facts = {"topic_id": event.topic_id, **more}
    return Told(kind=kind, name=name or kind, facts=facts, category_id=event.category_id, topic_id=event.topic_id)


def _post(kind: str, event: events.PostEvent, **more: Any) -> Told:
    facts = {"post_id": event.post_id, "topic_id": event.topic_id, "user_id": event.user_id, **more}
    return Told(kind=kind, name=kind, facts=facts, category_id=event.category_id, topic_id=event.topic_id)


def _user(kind: str, event: events.UserEvent, **more: Any) -> Told:
    return Told(kind=kind, name=kind, facts={"user_id": event.user_id, **more}, user_id=event.user_id)


def _with_first_post(suffix: str) -> Callable[[Any], tuple[Told, ...]]:
    """A topic that goes or comes back does so with its first post (source: upstream tells both)."""

    def told(event: events.TopicDeleted | events.TopicRecovered) -> tuple[Told, ...]:
        first = Told(
            kind=f"post_{suffix}",
            name=f"post_{suffix}",
            facts={"topic_id": event.topic_id, "post_number": 1, "user_id": event.user_id},
            category_id=event.category_id,
            topic_id=event.topic_id,
        )
        return _topic(f"topic_{suffix}", event, user_id=event.user_id), first

    return told


def _status(event: events.TopicStatusChanged) -> tuple[Told, ...]:
    return (_topic("topic_edited", event, name=f"topic_{event.status}_status_updated"),)


def _edited(event: events.PostEdited) -> tuple[Told, ...]:
    # An edit that left the text alone is told as the topic's, or as nothing (a lock): never twice.
    return (_post("post_edited", event, post_number=event.post_number),) if event.raw_changed else ()


def _liked(event: events.VoteChanged) -> tuple[Told, ...]:
    if event.after != 1:
        return ()
    told = _post("post_liked", event, voter_id=event.actor_id)
    return (msgspec.structs.replace(told, user_id=event.actor_id),)


def _updated(event: events.UserUpdated) -> tuple[Told, ...]:
    if event.fields == ("approved",):
        return (_user("user_approved", event),)
    if event.fields == ("active",) and event.actor_id == event.user_id:
        return (_user("user_confirmed_email", event),)
    return (_user("user_updated", event),)


def _promoted(event: events.TrustLevelChanged) -> tuple[Told, ...]:
    return (_user("user_promoted", event),) if event.after > event.before else ()


def _group(kind: str, event: events.GroupEvent, **more: Any) -> tuple[Told, ...]:
    facts = {"group_id": event.group_id, "name": event.name, **more}
    return (Told(kind=kind, name=kind, facts=facts, group_id=event.group_id),)


def _members(kind: str) -> Callable[[Any], tuple[Told, ...]]:
    def told(event: events.GroupMembersAdded | events.GroupMembersRemoved) -> tuple[Told, ...]:
        return tuple(
            Told(
                kind=kind,
                # One row of the log for each member: the name tells them apart, the wire's name is the kind.
                name=f"{kind} {user_id}",
                facts={"group_id": event.group_id, "user_id": user_id},
                group_id=event.group_id,
            )
            for user_id in event.user_ids
        )

    return told


def _category(kind: str, event: events.CategoryEvent, **more: Any) -> tuple[Told, ...]:
    facts = {"category_id": event.category_id, "name": event.name, **more}
    return (Told(kind=kind, name=kind, facts=facts, category_id=event.category_id),)


def _tag(kind: str, event: events.TagEvent, **more: Any) -> tuple[Told, ...]:
    return (Told(kind=kind, name=kind, facts={"tag_id": event.tag_id, "name": event.name, **more}),)


TOLD: Mapping[type[Event], Callable[[Any], tuple[Told, ...]]] = {
    events.TopicCreated: lambda event: (_topic("topic_created", event, user_id=event.user_id),),
    events.TopicEdited: lambda event: (_topic("topic_edited", event),),
    events.TopicStatusChanged: _status,
    events.TopicDeleted: _with_first_post("destroyed"),
    events.TopicRecovered: _with_first_post("recovered"),
    events.PostCreated: lambda event: (_post("post_created", event, post_number=event.post_number),),
    events.PostEdited: _edited,
    events.PostDeleted: lambda event: (_post("post_destroyed", event, post_number=event.post_number),),
    events.PostRecovered: lambda event: (_post("post_recovered", event, post_number=event.post_number),),
    events.VoteChanged: _liked,
    events.UserCreated: lambda event: (_user("user_created", event),),
    events.UserUpdated: _updated,
    events.UserDeleted: lambda event: (
        _user("user_destroyed", event, username=event.username, name=event.name, email=event.email, user=event.user),
    ),
    events.UserSuspended: lambda event: (_user("user_suspended", event),),
    events.UserUnsuspended: lambda event: (_user("user_unsuspended", event),),
    events.UserLoggedIn: lambda event: (_user("user_logged_in", event),),
    events.UserLoggedOut: lambda event: (_user("user_logged_out", event),),
    events.TrustLevelChanged: _promoted,
    events.GroupCreated: lambda event: _group("group_created", event),
    events.GroupUpdated: lambda event: _group("group_updated", event),
    events.GroupDeleted: lambda event: _group("group_destroyed", event, group=event.group),
    events.GroupMembersAdded: _members("user_added_to_group"),
    events.GroupMembersRemoved: _members("user_removed_from_group"),
    events.CategoryCreated: lambda event: _category("category_created", event),
    events.CategoryUpdated: lambda event: _category("category_updated", event),
    events.CategoryDeleted: lambda event: _category("category_destroyed", event, category=event.category),
    events.TagCreated: lambda event: _tag("tag_created", event),
    events.TagUpdated: lambda event: _tag("tag_updated", event),
    events.TagDeleted: lambda event: _tag("tag_destroyed", event, tag=event.tag),
}
_BY_TAG = {str(kind.__struct_config__.tag): kind for kind in TOLD}


def told_by(tag: str, facts: str) -> tuple[Told, ...]:
    """What an event of the log says to receivers; nothing for most kinds of events."""
    kind = _BY_TAG.get(tag)
    return () if kind is None else TOLD[kind](msgspec.json.decode(facts, type=kind))
