"""People as posts, lists and topics show them."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from tertulia.dialects.discourse.wire import avatar
from tertulia.model.topics import Participant as ParticipantView
from tertulia.model.users import UserCard


class BasicUser(msgspec.Struct):
    """The short form of a user."""

    id: int
    username: str
    name: str | None
    avatar_template: str

    @classmethod
    def of(cls, card: UserCard) -> BasicUser:
        return cls(
            id=card.id,
            username=card.username,
            name=card.name,
            avatar_template=avatar(card.avatar_template, username=card.username),
        )


class ListUser(msgspec.Struct):
    """A user beside a topic list, with roles only where there are any (as upstream)."""

    id: int
    username: str
    name: str | None
    avatar_template: str
    trust_level: int
    admin: bool | UnsetType = UNSET
    moderator: bool | UnsetType = UNSET

    @classmethod
    def of(cls, card: UserCard) -> ListUser:
        return cls(
            id=card.id,
            username=card.username,
            name=card.name,
            avatar_template=avatar(card.avatar_template, username=card.username),
            trust_level=card.trust_level,
            admin=True if card.admin else UNSET,
            moderator=True if card.moderator else UNSET,
        )


class Participant(msgspec.Struct):
    """Somebody who posted in a topic, with the number of posts."""

    id: int
    username: str
    name: str | None
    avatar_template: str
    post_count: int
    primary_group_name: str | None
    flair_name: str | None
    flair_url: str | None
    flair_color: str | None
    flair_bg_color: str | None
    flair_group_id: int | None
    admin: bool
    moderator: bool
    trust_level: int

    @classmethod
    def of(cls, view: ParticipantView) -> Participant:
        card = view.user
        return cls(
            id=card.id,
            username=card.username,
            name=card.name,
            avatar_template=avatar(card.avatar_template, username=card.username),
            post_count=view.post_count,
            primary_group_name=None,
            flair_name=None,
            flair_url=None,
            flair_color=None,
            flair_bg_color=None,
            flair_group_id=None,
            admin=card.admin,
            moderator=card.moderator,
            trust_level=card.trust_level,
        )
