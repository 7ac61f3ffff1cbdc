"""The list of groups, and one group with its members and what the reader may do about it."""

from __future__ import annotations

import msgspec

from tertulia.forum.addresses import group_path
from tertulia.forum.groups.members import join_group, leave_group
from tertulia.forum.groups.reading import find_group, list_groups, list_members, read_group
from tertulia.forum.messages.requesting import request_membership
from tertulia.http.call import Answer, Call
from tertulia.model.errors import ForumError
from tertulia.model.groups import (
    EVERYONE_ID,
    GroupList,
    GroupMember,
    GroupView,
    ListGroups,
    ListMembers,
    MemberList,
)
from tertulia.pages.forms import Problems, take_back, typed
from tertulia.pages.post_html import post_html
from tertulia.pages.posts import Face, face
from tertulia.pages.presenting import Link, person
from tertulia.pages.rendering import Around, page
from tertulia.pages.returning import redirect

PER_PAGE = 36
MEMBERS = 50
_MOST_PAGE = 10_000


class GroupRow(msgspec.Struct, frozen=True, kw_only=True):
    """One group in the list."""

    link: Link
    full_name: str
    members: int | None
    mine: bool
    open: bool


def group_row(view: GroupView) -> GroupRow:
    group = view.group
    return GroupRow(
        link=Link(group.name, group_path(group.name)),
        full_name=group.full_name,
        members=group.member_count if view.can_see_members else None,
        mine=view.is_member,
        open=group.public_admission and not group.automatic,
    )


async def get_groups(call: Call) -> Answer:
    number = _number(call)
    words = call.query.text("filter", default="")[:100]
    return _list_page(call, await list_groups(call.unit, ListGroups(filter=words, page=number, per_page=PER_PAGE)))


def _list_page(call: Call, found: GroupList) -> Answer:
    number = found.page
    return page(
        call,
        "groups/list.html",
        around=Around(title="Groups", section="groups", json_path="/g.json"),
        rows=[group_row(view) for view in found.groups],
        newer=f"/g?page={number - 1}" if number else None,
        older=f"/g?page={number + 1}" if (number + 1) * PER_PAGE < found.total else None,
    )


def _number(call: Call) -> int:
    return call.query.integer("page", minimum=0, maximum=_MOST_PAGE, default=0)


async def get_group(call: Call) -> Answer:
    return await _page(call, problems=Problems(), reason="")


async def _page(call: Call, *, problems: Problems, reason: str) -> Answer:
    view = await read_group(call.unit, name=call.word("group_name"))
    command = ListMembers(group_id=view.group.id, limit=MEMBERS, offset=_number(call) * MEMBERS)
    shown = view.can_see_members and view.group.id != EVERYONE_ID
    members = await list_members(call.unit, command) if shown else None
    answer = _render(call, view, members=members, problems=problems, reason=reason)
    answer.reason = problems.reason
    return answer


def _render(call: Call, view: GroupView, *, members: MemberList | None, problems: Problems, reason: str) -> Answer:
    path, number, title = group_path(view.group.name), _number(call), view.group.full_name or view.group.name
    more = members is not None and members.offset + MEMBERS < members.total
    listed = members.members if members is not None else ()
    return page(
        call,
        "groups/one.html",
        around=Around(title=title, section="groups", json_path=f"{path}.json", status=problems.status),
        members=None if members is None else [_member(each) for each in listed],
        newer=f"{path}?page={number - 1}" if number else None,
        older=f"{path}?page={number + 1}" if more else None,
        problems=problems,
        reason=reason,
        **_facts(call, view),
    )


def _member(member: GroupMember) -> tuple[Link | None, Face, bool]:
    return person(member.user), face(member.user.username), member.owner


def _facts(call: Call, view: GroupView) -> dict[str, object]:
    """The group, and what the reader may do about being in it."""
    group, path = view.group, group_path(view.group.name)
    member = call.unit.actor.user is not None and not group.automatic
    return {
        "group": group,
        "bio": post_html(group.bio_cooked),
        "path": path,
        "is_member": view.is_member,
        "can_join": member and not view.is_member and group.public_admission,
        "can_leave": member and view.is_member and group.public_exit,
        "can_ask": member and not view.is_member and group.allow_membership_requests,
        "message_href": f"/new-message?to={group.name}" if view.messageable else None,
    }


async def post_join(call: Call) -> Answer:
    group = await find_group(call.unit, name=call.word("group_name"))
    await join_group(call.unit, group.id)
    return redirect(group_path(group.name))


async def post_leave(call: Call) -> Answer:
    group = await find_group(call.unit, name=call.word("group_name"))
    await leave_group(call.unit, group.id)
    return redirect(group_path(group.name) if group.visibility_level <= 1 else "/g")


async def post_ask(call: Call) -> Answer:
    """The form comes back with what is wrong; else to the message that the owners got."""
    name, reason = call.word("group_name"), typed(call, "reason")
    try:
        if not reason.strip():
            return await _page(call, problems=_blank(), reason=reason)
        await request_membership(call.unit, name=name, reason=reason)
    except ForumError as error:
        return await _page(call, problems=await take_back(call, error), reason=reason)
    return redirect(group_path(name))


def _blank() -> Problems:
    return Problems(status=422, fields={"reason": ("Say why you would like to be a member.",)})
