"""Promises about making, changing and deleting groups."""

from __future__ import annotations

import pytest

from tertulia.forum.groups.reading import read_group
from tertulia.forum.groups.saving import delete_group, save_group
from tertulia.forum.sessions.actors import build_actor
from tertulia.forum.unit import Ports, Unit
from tertulia.model import errors
from tertulia.model.groups import GroupView, SaveGroup
from tertulia.store.users import find_user
from tertulia.store.versions import PERMISSIONS, list_versions
from tests.forum.users.given import ADMIN, act, events_of, log_of, person, refused, stored

pytestmark = pytest.mark.anyio


async def save(ports: Ports, who: int | None, **fields: object) -> GroupView:
    return await act(ports, who, lambda unit: save_group(unit, SaveGroup(**fields)))


async def version(ports: Ports) -> int:
    return (await act(ports, -1, lambda unit: list_versions(unit.tx)))[PERMISSIONS]


async def test_an_admin_makes_a_group_with_owners_and_members(ports: Ports) -> None:
    bob, eve = await person(ports, "bob"), await person(ports, "eve")
    before = await version(ports)
    view = await save(
        ports, ADMIN, name="Bakers", bio_raw="We *bake*", usernames=("BOB", "@eve"), owner_usernames=("eve",)
    )
    assert view.group.id > 40
    assert (view.group.name, view.group.name_key, view.group.member_count) == ("Bakers", "bakers", 2)
    assert "<em>bake</em>" in view.group.bio_cooked
    assert [card.id for card in view.owners] == [eve]
    assert await version(ports) > before

    async def groups_of(unit: Unit) -> frozenset[int]:
        return (await build_actor(unit, await find_user(unit.tx, bob))).group_ids

    assert view.group.id in await act(ports, -1, groups_of)
    assert (await events_of(ports))[0] == "group_created"
    assert (await log_of(ports))[0][0] == "create_group"


async def test_only_admins_make_and_delete_groups(ports: Ports) -> None:
    bob, mod = await person(ports, "bob"), await person(ports, "modesta", moderator=1)
    group = (await save(ports, ADMIN, name="bakers", owner_usernames=("bob",))).group
    for who in (bob, mod):
        await refused(save(ports, who, name="hackers"), errors.NotAllowed)
        await refused(act(ports, who, lambda unit: delete_group(unit, group.id)), errors.NotAllowed)
    await refused(save(ports, None, name="hackers"), errors.LoginRequired)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"name": "x"}, errors.GroupNameInvalid),
        ({"name": "a group"}, errors.GroupNameInvalid),
        ({}, errors.GroupNameInvalid),
        ({"name": "ADMINS"}, errors.GroupNameTaken),
        ({"name": "bob"}, errors.GroupNameTaken),
        ({"name": "bakers", "visibility_level": 5}, errors.LevelInvalid),
        ({"name": "bakers", "mentionable_level": 5}, errors.LevelInvalid),
        ({"name": "bakers", "grant_trust_level": 5}, errors.LevelInvalid),
        ({"name": "bakers", "full_name": "x" * 101}, errors.UserFieldTooLong),
        ({"name": "bakers", "bio_raw": "x" * 3001}, errors.UserFieldTooLong),
        ({"name": "bakers", "usernames": ("nobody",)}, errors.UserMissing),
    ],
)
async def test_a_group_that_breaks_a_rule_is_not_made(
    ports: Ports, fields: dict[str, object], kind: type[errors.ForumError]
) -> None:
    await person(ports, "bob")
    await refused(save(ports, ADMIN, **fields), kind)
    await refused(act(ports, ADMIN, lambda unit: read_group(unit, name="bakers")), errors.GroupMissing)


async def test_what_is_not_named_stays_and_a_name_may_be_kept(ports: Ports) -> None:
    group = (await save(ports, ADMIN, name="bakers", full_name="The bakers", title="Baker")).group
    changed = (await save(ports, ADMIN, group_id=group.id, name="Bakers", public_exit=True)).group
    assert (changed.name, changed.full_name, changed.title, changed.public_exit) == (
        "Bakers",
        "The bakers",
        "Baker",
        True,
    )
    await save(ports, ADMIN, name="millers")
    await refused(save(ports, ADMIN, group_id=group.id, name="MILLERS"), errors.GroupNameTaken)
    await refused(save(ports, ADMIN, group_id=99, name="nowhere"), errors.GroupMissing)


async def test_owners_change_the_profile_and_nothing_that_gives_rights(ports: Ports) -> None:
    bob, eve = await person(ports, "bob"), await person(ports, "eve")
    group = (await save(ports, ADMIN, name="bakers", owner_usernames=("bob",), usernames=("eve",))).group
    kept = {"name": group.name, "visibility_level": group.visibility_level}
    view = await save(ports, bob, group_id=group.id, full_name="All bakers", public_admission=True, **kept)
    assert view.group.full_name == "All bakers" and view.can_edit and not view.can_admin
    for fields in ({"name": "kings"}, {"grant_trust_level": 4}, {"visibility_level": 4}, {"primary_group": True}):
        await refused(save(ports, bob, group_id=group.id, **fields), errors.NotAllowed)
    await refused(save(ports, eve, group_id=group.id, full_name="Mine"), errors.NotAllowed)


async def test_built_in_groups_keep_their_name_and_cannot_go(ports: Ports) -> None:
    view = await save(ports, ADMIN, group_id=2, mentionable_level=99, bio_raw="Ask us", name="moderators")
    assert (view.group.mentionable_level, view.group.automatic) == (99, True)
    for fields in ({"name": "bosses"}, {"public_admission": True}, {"grant_trust_level": 4}):
        await refused(save(ports, ADMIN, group_id=2, **fields), errors.GroupBuiltIn)
    for group_id in (0, 1, 2, 3, 10, 14):
        await refused(act(ports, ADMIN, lambda unit, g=group_id: delete_group(unit, g)), errors.GroupBuiltIn)


async def test_a_deleted_group_takes_memberships_along_and_its_id_never_comes_back(ports: Ports) -> None:
    bob = await person(ports, "bob")
    group = (await save(ports, ADMIN, name="bakers", usernames=("bob",), primary_group=True)).group
    assert (await stored(ports, bob)).primary_group_id == group.id
    await act(ports, ADMIN, lambda unit: delete_group(unit, group.id))
    assert (await stored(ports, bob)).primary_group_id is None
    await refused(act(ports, ADMIN, lambda unit: delete_group(unit, group.id)), errors.GroupMissing)
    again = (await save(ports, ADMIN, name="bakers")).group
    assert again.id > group.id and again.member_count == 0
    assert "group_deleted" in await events_of(ports)
