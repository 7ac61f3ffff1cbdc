"""Groups, alone and with their members."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import msgspec

from tertulia.dialects.nodebb.shapes.people import Member, Person
from tertulia.dialects.nodebb.wire import Reader, escaped, group_slug, iso, shown_group_name
from tertulia.model.groups import Group as Record
from tertulia.model.groups import GroupView, MemberList


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """A group. Covers, badges and categories of member posts are not kept here, so their fields say none."""

    name: str
    displayName: str
    nameEncoded: str
    slug: str
    description: str
    descriptionParsed: str
    memberCount: int
    createtime: int
    createtimeISO: str
    hidden: int
    private: int
    system: int
    disableJoinRequests: int
    disableLeave: int
    userTitle: str
    userTitleEnabled: int
    icon: str
    labelColor: str
    textColor: str
    memberPostCids: str
    memberPostCidsArray: tuple[int, ...]
    cover_url: str = msgspec.field(name="cover:url")
    cover_thumb: str = msgspec.field(name="cover:thumb:url")
    cover_position: str = msgspec.field(name="cover:position")

    @classmethod
    def of(cls, group: Record) -> Group:
        return cls(**_fields(group))


def group_name(group: Record) -> str:
    """Names with blanks are kept as the full name here, for group names hold none (see `v3/groups.py`)."""
    if not group.automatic and group_slug(group.full_name) == group.name.lower():
        return group.full_name
    return shown_group_name(group.name)


def _fields(group: Record) -> dict[str, Any]:
    name = group_name(group)
    return {
        "name": name,
        "displayName": escaped(name),
        "nameEncoded": quote(name, safe=""),
        "slug": group_slug(name),
        "description": escaped(group.bio_raw),
        "descriptionParsed": group.bio_cooked,
        "memberCount": group.member_count,
        "createtime": group.created_at,
        "createtimeISO": iso(group.created_at),
        "hidden": int(group.visibility_level > 1),
        "private": int(not group.public_admission),
        "system": int(group.automatic),
        "disableJoinRequests": int(not (group.public_admission or group.allow_membership_requests)),
        "disableLeave": int(not group.public_exit),
        "userTitle": escaped(group.title or ""),
        "userTitleEnabled": int(bool(group.title)),
        "icon": "",
        "labelColor": "#000000",
        "textColor": "#ffffff",
        "memberPostCids": "",
        "memberPostCidsArray": (),
        "cover_url": "",
        "cover_thumb": "",
        "cover_position": "50% 50%",
    }


class GroupWithFaces(Group, frozen=True, kw_only=True):
    """A group of a list, with its owners; `truncated` when it has more members than are shown."""

    members: tuple[Person, ...]
    truncated: bool

    @classmethod
    def of_view(cls, view: GroupView) -> GroupWithFaces:
        faces = tuple(Person.of(card) for card in view.owners)
        return cls(**_fields(view.group), members=faces, truncated=view.group.member_count > len(faces))


class GroupDetails(Group, frozen=True, kw_only=True):
    """A group on its own page."""

    members: tuple[Member, ...]
    membersNextStart: int
    pending: tuple[Person, ...]
    invited: tuple[Person, ...]
    isMember: bool
    isOwner: bool
    isPending: bool
    isInvited: bool

    @classmethod
    def of_members(cls, found: MemberList, *, reader: Reader) -> GroupDetails:
        view = found.group
        return cls(
            **_fields(view.group),
            members=members(found, reader=reader),
            membersNextStart=found.offset + len(found.members),
            pending=(),
            invited=(),
            isMember=view.is_member,
            isOwner=view.is_owner,
            isPending=False,
            isInvited=False,
        )


def members(found: MemberList, *, reader: Reader) -> tuple[Member, ...]:
    """Owners first, everybody once."""
    owners = {member.user.id for member in found.owners}
    everybody = {member.user.id: member.user for member in (*found.owners, *found.members)}
    return tuple(Member.of_group(card, owner=user_id in owners, reader=reader) for user_id, card in everybody.items())
