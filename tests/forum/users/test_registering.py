"""Promises about new accounts."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from tertulia.forum.unit import Ports
from tertulia.forum.users.registering import create_user
from tertulia.model import errors
from tertulia.model.users import CreateUser
from tests.forum.users.given import ADMIN, act, events_of, person, refused, stored

pytestmark = pytest.mark.anyio
GOOD = CreateUser(username="alice", email="Alice@Example.org", name="Alice", password="correct horse battery")


def like(**fields: object) -> CreateUser:
    return msgspec.structs.replace(GOOD, **fields)


async def create(ports: Ports, who: int | None, command: CreateUser, **site: object):
    return await act(ports, who, lambda unit: create_user(unit, command), **site)


async def test_what_a_visitor_registers_waits_and_takes_no_word_of_staff(ports: Ports) -> None:
    asked = like(active=True, approved=True, external_id="x1", created_at=1)
    view = await create(ports, None, asked, must_approve_users=True)
    user = await stored(ports, view.user.id)
    assert (user.active, user.approved, user.external_id) == (False, False, None)
    assert (user.admin, user.moderator, user.trust_level) == (False, False, 0)
    assert user.created_at > 1
    assert user.password_hash is not None and user.password_hash.startswith("$argon2id$")
    assert view.user.password_hash is None
    assert await events_of(ports) == ["user_created"]


async def test_an_admin_makes_accounts_that_work_at_once(ports: Ports) -> None:
    view = await create(ports, ADMIN, like(active=True, approved=True, external_id="x1", password=None))
    user = await stored(ports, view.user.id)
    assert (user.active, user.approved, user.external_id, user.password_hash) == (True, True, "x1", None)
    assert (user.email, user.email_key) == ("Alice@Example.org", "alice@example.org")


async def test_every_broken_rule_is_told_at_once(ports: Ports) -> None:
    await refused(
        create(ports, None, CreateUser(username="a", email="nonsense", password="short", name="x" * 256)),
        errors.UsernameTooShort,
        errors.UserFieldTooLong,
        errors.EmailInvalid,
        errors.PasswordTooShort,
    )


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"username": "x" * 21}, errors.UsernameTooLong),
        ({"username": "al ice"}, errors.UsernameCharacters),
        ({"username": ".alice"}, errors.UsernameStart),
        ({"username": "alice."}, errors.UsernameEnd),
        ({"username": "al__ice"}, errors.UsernameRepeats),
        ({"username": "alice.json"}, errors.UsernameSuffix),
        ({"username": "support"}, errors.UsernameReserved),
        ({"email": "a@mailinator.com"}, errors.EmailBlocked),
        ({"email": None}, errors.EmailInvalid),
        ({"password": "x" * 201}, errors.PasswordTooLong),
        ({"password": None}, errors.PasswordTooShort),
        ({"password": "password123"}, errors.PasswordCommon),
        ({"username": "alice_in_wonder", "password": "Alice_in_wonder"}, errors.PasswordSameAsUsername),
        ({"name": "Alice Liddell", "password": "alice liddell"}, errors.PasswordSameAsName),
        ({"password": "alice@example.org"}, errors.PasswordSameAsEmail),
        ({"password": "aaaaaaaaaab"}, errors.PasswordRepetitive),
    ],
)
async def test_a_broken_rule_refuses_a_registration(
    ports: Ports, fields: dict[str, object], kind: type[errors.ForumError]
) -> None:
    await refused(create(ports, None, like(**fields)), kind)


async def test_names_and_addresses_belong_to_one_person_whatever_their_case(ports: Ports) -> None:
    await person(ports, "Alice")
    await refused(
        create(ports, None, like(username="ALICE", email="ALICE@example.org")),
        errors.UsernameTaken,
        errors.EmailTaken,
    )


async def test_a_name_of_a_group_is_taken(ports: Ports) -> None:
    await refused(create(ports, ADMIN, like(username="moderators")), errors.UsernameTaken)


async def test_an_outside_id_belongs_to_one_person(ports: Ports) -> None:
    await person(ports, "bob", external_id="x1")
    await refused(create(ports, ADMIN, like(external_id="x1")), errors.UserExternalIdTaken)


@pytest.mark.parametrize("closed", [{"allow_new_registrations": False}, {"enable_local_logins": False}])
async def test_a_closed_site_registers_nobody_but_admins_go_on(ports: Ports, closed: dict[str, object]) -> None:
    await refused(create(ports, None, GOOD, **closed), errors.NotAllowed)
    await create(ports, ADMIN, GOOD, **closed)


async def test_members_and_moderators_make_no_accounts(ports: Ports) -> None:
    bob = await person(ports, "bob")
    mod = await person(ports, "mod_erato", moderator=1)
    for who in (bob, mod):
        await refused(create(ports, who, like(active=True)), errors.NotAllowed)


async def test_only_allowed_domains_register_where_there_are_some(ports: Ports) -> None:
    site = {"allowed_email_domains": ("example.com",)}
    await refused(create(ports, None, GOOD, **site), errors.EmailBlocked)
    await create(ports, None, like(email="a@mail.example.com"), **site)


async def test_a_time_in_the_future_is_no_time_of_registering(ports: Ports) -> None:
    view = await create(ports, ADMIN, like(created_at=10**15))
    assert view.user.created_at < 10**15


async def test_of_two_who_register_one_name_at_once_one_is_refused(ports: Ports) -> None:
    both = [create(ports, None, like(email=f"a{number}@example.org")) for number in range(2)]
    results = await asyncio.gather(*both, return_exceptions=True)
    problems = [result for result in results if isinstance(result, BaseException)]
    assert len(problems) == 1
    assert isinstance(problems[0], errors.Refusals)
    assert [type(each) for each in problems[0].errors] == [errors.UsernameTaken]
