"""Promises about lists of people, searching, and following."""

from __future__ import annotations

import pytest

from tertulia.forum.unit import Ports
from tertulia.forum.users.following import follow_user, list_followers, list_following, unfollow_user
from tertulia.forum.users.listing import list_users, search_users
from tertulia.forum.users.profiles import read_user
from tertulia.model import errors
from tertulia.model.users import ListUsers, UserListOrder
from tertulia.store.accounts.lists import FLAGS
from tests.forum.users.given import ADMIN, act, person, refused, stored

pytestmark = pytest.mark.anyio
LATER = 10**14


async def names(ports: Ports, who: int | None, **fields: object) -> list[str]:
    command = ListUsers(order=UserListOrder.USERNAME, ascending=True, **fields)
    found = await act(ports, who, lambda unit: list_users(unit, command))
    assert found.total >= len(found.users)
    return [user.username for user in found.users]


async def test_flags_choose_people(ports: Ports) -> None:
    await person(ports, "asleep", active=0)
    await person(ports, "banned", suspended_till=LATER)
    await person(ports, "hushed", silenced_till=LATER)
    await person(ports, "modesta", moderator=1)
    await person(ports, "online", last_seen_at=LATER)
    await person(ports, "queued", approved=0)
    await person(ports, "staged", staged=1)
    expected = {
        "all": ["admin", "asleep", "banned", "hushed", "modesta", "online", "queued", "staged"],
        "active": ["admin", "hushed", "modesta", "online", "queued", "staged"],
        "staff": ["admin", "modesta"],
        "admins": ["admin"],
        "moderators": ["modesta"],
        "suspended": ["banned"],
        "banned": ["banned"],
        "silenced": ["hushed"],
        "pending": ["queued"],
        "staged": ["staged"],
        "online": ["online"],
    }
    for flag, usernames in expected.items():
        assert await names(ports, ADMIN, flag=flag) == usernames, flag
    assert await names(ports, None, flag="all") == ["admin", "banned", "hushed", "modesta", "online", "queued"]


async def test_members_get_no_lists_that_are_for_staff_and_no_addresses(ports: Ports) -> None:
    bob = await person(ports, "bob")
    for flag in ("suspended", "banned", "silenced", "pending", "staged"):
        await refused(names(ports, bob, flag=flag), errors.NotAllowed)
    await refused(names(ports, bob, email="admin@example.org"), errors.NotAllowed)
    by_email = ListUsers(order=UserListOrder.EMAIL)
    await refused(act(ports, bob, lambda unit: list_users(unit, by_email)), errors.NotAllowed)
    found = await act(ports, bob, lambda unit: list_users(unit, ListUsers()))
    assert {user.email for user in found.users if user.id != bob} == {None}
    assert {user.password_hash for user in found.users} == {None}
    assert await names(ports, bob, filter="@example.org") == []
    assert await names(ports, ADMIN, filter="bob@example") == ["bob"]


async def test_an_unknown_flag_is_refused_and_every_order_works(ports: Ports) -> None:
    await refused(names(ports, ADMIN, flag="id; DROP TABLE users"), errors.ParameterInvalid)
    for order in UserListOrder:
        for ascending in (True, False):
            command = ListUsers(flag="all", order=order, ascending=ascending)
            assert (await act(ports, ADMIN, lambda unit, c=command: list_users(unit, c))).total == 1
    for flag in FLAGS:
        await names(ports, ADMIN, flag=flag)


async def test_wildcards_in_a_filter_are_plain_characters(ports: Ports) -> None:
    await person(ports, "under_score", name="100% wool")
    await person(ports, "underxscore")
    assert await names(ports, ADMIN, filter="under_s") == ["under_score"]
    assert await names(ports, ADMIN, filter="0% W") == ["under_score"]
    assert await names(ports, ADMIN, filter="%") == ["under_score"]
    assert await names(ports, ADMIN, filter="\\") == []


async def test_pages_follow_each_other_and_know_the_total(ports: Ports) -> None:
    for number in range(5):
        await person(ports, f"user{number}x")
    pages = [
        await act(ports, ADMIN, lambda unit, p=page: list_users(unit, ListUsers(page=p, per_page=2)))
        for page in range(4)
    ]
    assert [len(page.users) for page in pages] == [2, 2, 2, 0]
    assert {page.total for page in pages} == {6}
    assert len({user.id for page in pages for user in page.users}) == 6


async def test_a_search_finds_active_people_by_the_beginning_of_names(ports: Ports) -> None:
    await person(ports, "ann")
    await person(ports, "annabel")
    await person(ports, "zoe", name="Anna Zoe")
    await person(ports, "annika", active=0)
    await person(ports, "hannah")

    async def found(term: str, limit: int = 10) -> list[str]:
        return [card.username for card in await act(ports, None, lambda unit: search_users(unit, term, limit=limit))]

    assert await found("@ANN") == ["ann", "annabel", "zoe"]
    assert await found("ann", limit=1) == ["ann"]
    assert await found("") == [] == await found("%")


async def test_following_counts_on_both_sides(ports: Ports) -> None:
    bob, eve = await person(ports, "bob"), await person(ports, "eve")
    await act(ports, bob, lambda unit: follow_user(unit, eve))
    assert ((await stored(ports, bob)).following_count, (await stored(ports, eve)).follower_count) == (1, 1)
    assert (await act(ports, bob, lambda unit: read_user(unit, user_id=eve))).follows
    assert [card.id for card in await act(ports, None, lambda unit: list_followers(unit, eve, page=0))] == [bob]
    assert [card.id for card in await act(ports, None, lambda unit: list_following(unit, bob, page=0))] == [eve]
    await refused(act(ports, bob, lambda unit: follow_user(unit, eve)), errors.FollowAlready)
    followed = await act(ports, bob, lambda unit: unfollow_user(unit, eve))
    assert (followed.email, followed.password_hash) == (None, None)
    assert ((await stored(ports, bob)).following_count, (await stored(ports, eve)).follower_count) == (0, 0)
    await refused(act(ports, bob, lambda unit: unfollow_user(unit, eve)), errors.FollowMissing)


async def test_one_follows_others_who_are_there(ports: Ports) -> None:
    bob = await person(ports, "bob")
    await refused(act(ports, bob, lambda unit: follow_user(unit, bob)), errors.FollowSelf)
    await refused(act(ports, bob, lambda unit: follow_user(unit, 99)), errors.UserMissing)
    await refused(act(ports, bob, lambda unit: follow_user(unit, -1)), errors.UserMissing)
    await refused(act(ports, None, lambda unit: follow_user(unit, bob)), errors.LoginRequired)
