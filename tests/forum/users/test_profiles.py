"""Promises about profiles: who sees what, who changes what."""

from __future__ import annotations

import pytest

from tertulia.forum.unit import Ports
from tertulia.forum.users.profiles import change_email, read_cards, read_user, rename_user, update_user
from tertulia.model import errors
from tertulia.model.users import CreateUser, UpdateUser
from tests.forum.users.given import ADMIN, act, log_of, person, refused, stored

pytestmark = pytest.mark.anyio


async def read(ports: Ports, who: int | None, **named: object):
    return await act(ports, who, lambda unit: read_user(unit, **named))


async def update(ports: Ports, who: int | None, user_id: int, **fields: object):
    return await act(ports, who, lambda unit: update_user(unit, UpdateUser(user_id=user_id, **fields)))


async def test_a_profile_is_found_by_name_id_and_outside_id(ports: Ports) -> None:
    bob = await person(ports, "Bob", external_id="x1")
    for named in ({"username": "bOB"}, {"user_id": bob}, {"external_id": "x1"}):
        assert (await read(ports, None, **named)).user.id == bob
    await refused(read(ports, None, username="nobody"), errors.UserMissing)
    await refused(read(ports, None, external_id="x2"), errors.UserMissing)
    await refused(read(ports, None), errors.UserMissing)


async def test_an_address_finds_people_for_staff_and_themselves_only(ports: Ports) -> None:
    bob, eve = await person(ports, "bob"), await person(ports, "eve")
    for who in (ADMIN, bob):
        assert (await read(ports, who, email="BOB@example.org")).user.id == bob
    for who in (None, eve):
        await refused(read(ports, who, email="bob@example.org"), errors.UserMissing)


async def test_a_member_cannot_read_what_is_private_of_others(ports: Ports) -> None:
    private = {"suspend_reason": "spam", "suspended_by": 1, "silence_reason": "rude", "external_id": "x1"}
    bob = await person(ports, "bob", password_hash="secret", **private)
    eve = await person(ports, "eve")
    for who in (None, eve):
        view = await read(ports, who, user_id=bob)
        user = view.user
        assert (user.email, user.email_key, user.external_id) == (None, None, None)
        assert (user.suspend_reason, user.suspended_by, user.silence_reason) == (None, None, None)
        assert not (view.sees_email or view.can_edit or view.can_admin or view.is_self)
        assert view.suspended_by is None
    for who in (ADMIN, bob):
        view = await read(ports, who, user_id=bob)
        assert view.user.email == "bob@example.org"
        assert view.sees_email and view.can_edit
        assert view.user.password_hash is None


async def test_accounts_that_are_not_activated_are_there_for_staff_only(ports: Ports) -> None:
    new = await person(ports, "newcomer", active=0)
    await refused(read(ports, None, user_id=new), errors.UserMissing)
    await refused(read(ports, await person(ports, "eve"), username="newcomer"), errors.UserMissing)
    assert (await read(ports, ADMIN, user_id=new)).user.id == new


async def test_a_profile_lists_the_groups_that_follow_from_the_account(ports: Ports) -> None:
    mod = await person(ports, "modesta", moderator=1, trust_level=2)
    names = {group.name for group in (await read(ports, None, user_id=mod)).groups}
    assert names == {"moderators", "staff", "trust_level_0", "trust_level_1", "trust_level_2"}


async def test_people_change_their_own_profile_and_the_text_is_cooked_safely(ports: Ports) -> None:
    bob = await person(ports, "bob")
    view = await update(
        ports, bob, bob, name=" Bob ", bio_raw="**hi** @bob <script>x</script>", website="https://example.org"
    )
    user = await stored(ports, bob)
    assert (user.name, user.website) == ("Bob", "https://example.org")
    assert "<strong>hi</strong>" in user.bio_cooked and "<script" not in user.bio_cooked
    assert 'href="/u/bob"' in user.bio_cooked
    assert view.user.name == "Bob"


async def test_what_is_not_named_stays_as_it_is(ports: Ports) -> None:
    bob = await person(ports, "bob", name="Bob", location="Porto")
    await update(ports, bob, bob, name="Robert")
    assert (await stored(ports, bob)).location == "Porto"


async def test_nobody_edits_others_but_staff_and_moderators_no_admins(ports: Ports) -> None:
    bob, eve = await person(ports, "bob"), await person(ports, "eve")
    mod = await person(ports, "modesta", moderator=1)
    await refused(update(ports, eve, bob, name="Fool"), errors.NotAllowed)
    await refused(update(ports, None, bob, name="Fool"), errors.LoginRequired)
    await refused(update(ports, mod, ADMIN, name="Fool"), errors.UserIsProtected)
    await update(ports, mod, bob, name="Bobby")
    assert (await stored(ports, bob)).name == "Bobby"


def test_no_command_from_the_public_carries_rights() -> None:
    rights = {"admin", "moderator", "trust_level", "password_hash", "suspended_till", "email"}
    assert not rights & set(UpdateUser.__struct_fields__)
    assert not (rights - {"email"}) & set(CreateUser.__struct_fields__)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"name": "x" * 256}, errors.UserFieldTooLong),
        ({"bio_raw": "x" * 3001}, errors.UserFieldTooLong),
        ({"signature": "x" * 256}, errors.UserFieldTooLong),
        ({"website": "javascript:alert(1)"}, errors.ParameterInvalid),
        ({"website": 'https://x" onload="y'}, errors.ParameterInvalid),
        ({"birthday": "yesterday"}, errors.ParameterInvalid),
        ({"timezone": "../etc"}, errors.ParameterInvalid),
        ({"name": "a\0b"}, errors.ParameterInvalid),
        ({"title": "King"}, errors.NotAllowed),
        ({"primary_group_id": 1}, errors.NotAllowed),
    ],
)
async def test_a_field_of_the_wrong_form_changes_nothing(
    ports: Ports, fields: dict[str, object], kind: type[errors.ForumError]
) -> None:
    bob = await person(ports, "bob")
    before = await stored(ports, bob)
    await refused(update(ports, bob, bob, location="Porto", **fields), kind)
    assert await stored(ports, bob) == before


async def test_staff_gives_titles_that_people_cannot_choose(ports: Ports) -> None:
    bob = await person(ports, "bob")
    await update(ports, ADMIN, bob, title="King")
    await update(ports, bob, bob, title="King", name="Bob")
    await update(ports, bob, bob, title=None)
    assert (await stored(ports, bob)).title is None


async def rename(ports: Ports, who: int, user_id: int, name: str, **site: object):
    return await act(ports, who, lambda unit: rename_user(unit, user_id, name), **site)


async def test_a_new_account_renames_itself_and_an_old_one_asks_staff(ports: Ports) -> None:
    new, old = await person(ports, "newbie"), await person(ports, "oldie", created_at=1)
    assert (await rename(ports, new, new, "newton")).username == "newton"
    await refused(rename(ports, old, old, "oldster"), errors.NotAllowed)
    await refused(rename(ports, new, new, "newman", username_change_period=0), errors.NotAllowed)
    await rename(ports, ADMIN, old, "oldster")
    assert (await stored(ports, old)).username_key == "oldster"
    assert ("change_username", old) in await log_of(ports)


async def test_a_new_name_keeps_the_rules_and_may_differ_in_case(ports: Ports) -> None:
    bob = await person(ports, "bob")
    await person(ports, "eve")
    await refused(rename(ports, bob, bob, "EVE"), errors.UsernameTaken)
    await refused(rename(ports, bob, bob, "x"), errors.UsernameTooShort)
    await refused(rename(ports, bob, bob, "moderators"), errors.UsernameTaken)
    await refused(rename(ports, ADMIN, -1, "sysadmin"), errors.UserIsProtected)
    assert (await rename(ports, bob, bob, "Bob")).username == "Bob"


async def test_an_address_is_changed_by_its_owner_and_admins_only(ports: Ports) -> None:
    bob, eve = await person(ports, "bob"), await person(ports, "eve")
    mod = await person(ports, "modesta", moderator=1)

    async def change(who: int, email: str):
        return await act(ports, who, lambda unit: change_email(unit, bob, email))

    for who in (eve, mod):
        await refused(change(who, "new@example.org"), errors.NotAllowed)
    await refused(change(bob, "eve@example.org"), errors.EmailTaken)
    await refused(change(bob, "eve"), errors.EmailInvalid)
    assert (await change(bob, "New@example.org")).email == "New@example.org"
    assert (await stored(ports, bob)).email_key == "new@example.org"
    await change(ADMIN, "newer@example.org")
    assert ("update_user_email", bob) in await log_of(ports)


async def test_cards_of_unknown_people_are_left_out(ports: Ports) -> None:
    cards = await act(ports, None, lambda unit: read_cards(unit, [1, 99, None]))
    assert set(cards) == {1}


async def test_an_id_beyond_64_bits_is_nobodys(ports: Ports) -> None:
    for number in (2**63, -(2**70)):
        await refused(read(ports, ADMIN, user_id=number), errors.UserMissing)
