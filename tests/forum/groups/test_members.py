"""Promises about who is in a group, who may see it, and who may change it."""

from __future__ import annotations

import pytest

from tertulia.forum.groups.members import (
    add_members,
    join_group,
    leave_group,
    remove_members,
    set_owners,
)
from tertulia.forum.groups.reading import list_groups, list_members, read_group
from tertulia.forum.groups.saving import save_group
from tertulia.forum.unit import Ports
from tertulia.forum.users.profiles import read_user, update_user
from tertulia.model import errors
from tertulia.model.groups import ChangeMembers, Group, ListGroups, ListMembers, SaveGroup
from tertulia.model.users import UpdateUser
from tests.forum.users.given import ADMIN, act, events_of, log_of, person, refused, stored

pytestmark = pytest.mark.anyio


async def group_of(ports: Ports, name: str = "bakers", **fields: object) -> Group:
    return (await act(ports, ADMIN, lambda unit: save_group(unit, SaveGroup(name=name, **fields)))).group


async def add(ports: Ports, who: int | None, group_id: int, **named: object):
    return await act(ports, who, lambda unit: add_members(unit, ChangeMembers(group_id=group_id, **named)))


async def remove(ports: Ports, who: int | None, group_id: int, **named: object):
    return await act(ports, who, lambda unit: remove_members(unit, ChangeMembers(group_id=group_id, **named)))


async def members(ports: Ports, who: int | None, group_id: int, **how: object) -> list[str]:
    found = await act(ports, who, lambda unit: list_members(unit, ListMembers(group_id=group_id, **how)))
    return [member.user.username for member in found.members]


async def test_people_are_added_by_name_id_and_address(ports: Ports) -> None:
    await person(ports, "bob")
    eve = await person(ports, "eve")
    await person(ports, "zoe")
    group = await group_of(ports)
    cards = await add(ports, ADMIN, group.id, usernames=("@BOB", "bob"), user_ids=(eve,), emails=("Zoe@example.org",))
    assert [card.username for card in cards] == ["bob", "eve", "zoe"]
    assert (await act(ports, None, lambda unit: read_group(unit, group_id=group.id))).group.member_count == 3
    assert "group_members_added" in await events_of(ports)


async def test_nobody_is_added_when_somebody_is_unknown_or_a_member(ports: Ports) -> None:
    await person(ports, "bob")
    await person(ports, "eve")
    group = await group_of(ports, usernames=("bob",))
    error = await refused(add(ports, ADMIN, group.id, usernames=("eve", "bob")), errors.GroupMemberAlready)
    assert error.params == {"usernames": ("bob",)}
    for named in ({"usernames": ("eve", "nobody")}, {"user_ids": (99,)}, {"emails": ("x@example.org",)}):
        await refused(add(ports, ADMIN, group.id, **named), errors.UserMissing)
    await refused(add(ports, ADMIN, group.id, user_ids=(-1,)), errors.UserMissing)
    await refused(add(ports, ADMIN, group.id), errors.ParameterInvalid)
    await refused(add(ports, ADMIN, group.id, user_ids=tuple(range(1001))), errors.ParameterInvalid)
    assert await members(ports, ADMIN, group.id) == ["bob"]


async def test_owners_manage_members_and_members_do_not(ports: Ports) -> None:
    bob, eve = await person(ports, "bob"), await person(ports, "eve")
    await person(ports, "zoe")
    group = await group_of(ports, owner_usernames=("bob",), usernames=("eve",))
    await refused(add(ports, eve, group.id, usernames=("zoe",)), errors.NotAllowed)
    await refused(remove(ports, eve, group.id, usernames=("bob",)), errors.NotAllowed)
    await refused(add(ports, None, group.id, usernames=("zoe",)), errors.LoginRequired)
    await refused(add(ports, bob, group.id, emails=("zoe@example.org",)), errors.UserMissing)
    await add(ports, bob, group.id, usernames=("zoe",))
    removed, skipped = await remove(ports, bob, group.id, usernames=("zoe", "admin"))
    assert ([card.username for card in removed], skipped) == (["zoe"], ("admin",))


async def test_owners_are_made_and_unmade(ports: Ports) -> None:
    await person(ports, "bob")
    eve = await person(ports, "eve")
    group = await group_of(ports, usernames=("bob",))

    async def owners(who: int, owner: bool, *names: str):
        command = ChangeMembers(group_id=group.id, usernames=names)
        return await act(ports, who, lambda unit: set_owners(unit, command, owner=owner))

    await owners(ADMIN, True, "bob", "eve")
    view = await act(ports, eve, lambda unit: read_group(unit, group_id=group.id))
    assert [card.username for card in view.owners] == ["bob", "eve"] and view.is_owner
    assert view.group.member_count == 2
    await owners(eve, False, "bob")
    error = await refused(owners(ADMIN, False, "admin"), errors.GroupMemberMissing)
    assert error.params == {"usernames": ("admin",)}


async def test_members_of_built_in_groups_follow_from_the_accounts(ports: Ports) -> None:
    await person(ports, "bob", trust_level=2)
    await person(ports, "modesta", moderator=1)
    for group_id, expected in ((1, ["admin"]), (2, ["modesta"]), (3, ["admin", "modesta"]), (12, ["bob"])):
        assert await members(ports, None, group_id) == expected
        view = await act(ports, None, lambda unit, g=group_id: read_group(unit, group_id=g))
        assert view.group.member_count == len(expected)
    assert await members(ports, None, 10) == ["admin", "bob", "modesta"]
    await refused(add(ports, ADMIN, 1, usernames=("bob",)), errors.GroupBuiltIn)
    await refused(remove(ports, ADMIN, 1, usernames=("admin",)), errors.GroupBuiltIn)
    await refused(members(ports, ADMIN, 0), errors.GroupMissing)


async def test_a_group_is_missing_for_whom_its_level_shuts_out(ports: Ports) -> None:
    owner, member = await person(ports, "owner"), await person(ports, "member")
    mod, stranger = await person(ports, "modesta", moderator=1), await person(ports, "stranger")
    readers = {"visitor": None, "stranger": stranger, "member": member, "mod": mod, "owner": owner, "admin": ADMIN}
    expected = {
        0: set(readers),
        1: set(readers) - {"visitor"},
        2: {"member", "mod", "owner", "admin"},
        3: {"mod", "owner", "admin"},
        4: {"owner", "admin"},
    }
    for level, names in expected.items():
        group = await group_of(
            ports, f"level{level}x", visibility_level=level, usernames=("member",), owner_usernames=("owner",)
        )
        for name, who in readers.items():
            listed = await act(ports, who, lambda unit: list_groups(unit, ListGroups(per_page=100)))
            assert (group.id in {view.group.id for view in listed.groups}) == (name in names), (level, name)
            reading = act(ports, who, lambda unit, g=group: read_group(unit, name=g.name))
            if name in names:
                assert (await reading).group.id == group.id
            else:
                await refused(reading, errors.GroupMissing)
                await refused(
                    act(ports, who, lambda unit, g=group: read_group(unit, group_id=g.id)), errors.GroupMissing
                )
        shown = await act(ports, None, lambda unit: read_user(unit, user_id=member))
        assert (group.name in {each.name for each in shown.groups}) == (level == 0)


async def test_hidden_members_are_not_listed_nor_told_on_profiles(ports: Ports) -> None:
    bob = await person(ports, "bob")
    group = await group_of(ports, members_visibility_level=2, usernames=("bob",), owner_usernames=("admin",))
    await refused(members(ports, None, group.id), errors.NotAllowed)
    assert await members(ports, bob, group.id) == ["admin", "bob"]
    view = await act(ports, None, lambda unit: read_group(unit, group_id=group.id))
    assert view.owners == () and not view.can_see_members
    profile = await act(ports, None, lambda unit: read_user(unit, user_id=bob))
    assert "bakers" not in {each.name for each in profile.groups}
    listed = await act(ports, None, lambda unit: list_groups(unit, ListGroups(username="bob", per_page=100)))
    assert group.id not in {each.group.id for each in listed.groups}


async def test_a_member_list_is_sorted_filtered_and_paged(ports: Ports) -> None:
    await person(ports, "ann", last_seen_at=5)
    await person(ports, "bob", last_seen_at=9, name="Ann's friend")
    await person(ports, "zoe")
    group = await group_of(ports, usernames=("ann", "bob", "zoe"))
    assert await members(ports, None, group.id, limit=1, offset=1) == ["bob"]
    assert await members(ports, None, group.id, order="last_seen_at", ascending=False) == ["bob", "ann", "zoe"]
    assert await members(ports, None, group.id, filter="ann") == ["ann", "bob"]
    for order in ("added_at", "last_posted_at"):
        assert len(await members(ports, None, group.id, order=order)) == 3
    for wrong in ({"limit": 1001}, {"limit": 0}, {"order": "secret"}):
        await refused(members(ports, None, group.id, **wrong), errors.ParameterInvalid)


async def test_lists_of_groups_know_kinds_and_never_show_everyone(ports: Ports) -> None:
    bob = await person(ports, "bob")
    await group_of(ports, "opened", public_admission=True)
    await group_of(ports, "owned", owner_usernames=("bob",))

    async def names(**how: object) -> list[str]:
        found = await act(ports, bob, lambda unit: list_groups(unit, ListGroups(per_page=100, **how)))
        assert found.total == len(found.groups)
        return [view.group.name for view in found.groups]

    automatic = ["admins", "moderators", "staff", *(f"trust_level_{level}" for level in range(5))]
    assert await names() == ["admins", "moderators", "opened", "owned", *automatic[2:]]
    assert await names(kind="automatic") == automatic
    assert await names(kind="non_automatic") == ["opened", "owned"]
    assert await names(kind="public") == ["opened"]
    assert await names(kind="close") == ["owned"]
    assert await names(kind="owner") == ["owned"]
    assert await names(kind="my") == ["owned", "trust_level_0", "trust_level_1"]
    assert await names(username="bob", filter="own") == ["owned"]
    assert (await names(order="user_count", ascending=False))[0] == "owned"
    await refused(names(kind="secret"), errors.ParameterInvalid)
    await refused(names(order="secret"), errors.ParameterInvalid)
    await refused(names(username="nobody"), errors.UserMissing)


async def test_open_groups_are_joined_and_left_and_closed_ones_are_not(ports: Ports) -> None:
    bob = await person(ports, "bob")
    group = await group_of(ports, public_admission=True, public_exit=True)
    closed = await group_of(ports, "closed", usernames=("bob",))
    await act(ports, bob, lambda unit: join_group(unit, group.id))
    error = await refused(act(ports, bob, lambda unit: join_group(unit, group.id)), errors.GroupMemberAlready)
    assert error.params == {"usernames": ("bob",)}
    await act(ports, bob, lambda unit: leave_group(unit, group.id))
    assert "remove_user_from_group" not in {action for action, _ in await log_of(ports)}
    await refused(act(ports, bob, lambda unit: leave_group(unit, group.id)), errors.GroupMemberMissing)
    for shut in (closed.id, 1):
        await refused(act(ports, bob, lambda unit, g=shut: join_group(unit, g)), errors.GroupClosed)
        await refused(act(ports, bob, lambda unit, g=shut: leave_group(unit, g)), errors.GroupClosed)
    await refused(act(ports, None, lambda unit: join_group(unit, group.id)), errors.LoginRequired)
    hidden = await group_of(ports, "hidden", visibility_level=4, public_admission=True)
    await refused(act(ports, bob, lambda unit: join_group(unit, hidden.id)), errors.GroupMissing)


async def test_a_group_gives_title_primary_group_and_trust_and_takes_the_marks_back(ports: Ports) -> None:
    bob = await person(ports, "bob", trust_level=1)
    group = await group_of(ports, title="Baker", primary_group=True, grant_trust_level=3, usernames=("bob",))
    user = await stored(ports, bob)
    assert (user.title, user.primary_group_id, user.trust_level) == ("Baker", group.id, 3)
    await act(ports, bob, lambda unit: update_user(unit, UpdateUser(user_id=bob, title=None, primary_group_id=None)))
    back = UpdateUser(user_id=bob, title="Baker", primary_group_id=group.id)
    await act(ports, bob, lambda unit: update_user(unit, back))
    await remove(ports, ADMIN, group.id, user_ids=(bob,))
    user = await stored(ports, bob)
    assert (user.title, user.primary_group_id) == (None, None)
    await refused(act(ports, bob, lambda unit: update_user(unit, back)), errors.NotAllowed)
