"""What is kept of how many people there are is what a count of every account says, whoever changed them how."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from typing import Any

import pytest

from tertulia.forum.reports.keeping import gather_tallies
from tertulia.forum.unit import Unit
from tertulia.model.users import UserListOrder
from tertulia.store.accounts.lists import FLAGS, UserListSpec, list_users
from tertulia.store.accounts.tallies import Rank, count_seen, list_ranks, list_scattered
from tertulia.store.groups import count_built_in
from tertulia.store.readers.batches import save_seen
from tertulia.store.upkeep.loading import copy_rows
from tertulia.testing.forum import Forum
from tests.forum.reading.test_statements import Statements
from tests.forum.reports.test_numbers import rows

HOUR = 3_600_000
RANK = ("trust_level", "active", "admin", "moderator", "staged")
NAMES = ("anna", "bert", "cleo", "dora", "emil")


def people(forum: Forum) -> list[dict[str, Any]]:
    return [row for row in rows(forum, "users", "id", *RANK, "last_seen_at") if row["id"] > 0]


def check(forum: Forum, moments: list[int]) -> None:
    found = people(forum)
    ranks = Counter(tuple(row[name] for name in RANK) for row in found)
    kept = {
        (rank.trust_level, int(rank.active), int(rank.admin), int(rank.moderator), int(rank.staged)): rank.count
        for rank in forum.unit(lambda unit: list_ranks(unit.tx))
        if rank.count
    }
    assert kept == dict(ranks)
    expected = [sum((row["last_seen_at"] or -1) >= moment for row in found) for moment in moments]
    assert forum.unit(lambda unit: count_seen(unit.tx, moments=moments)) == expected
    built_in = forum.unit(lambda unit: count_built_in(unit.tx))
    assert built_in[1] == sum(row["admin"] for row in found)
    assert built_in[2] == sum(row["moderator"] for row in found)
    assert built_in[3] == sum(row["admin"] or row["moderator"] for row in found)
    for level in range(5):
        assert built_in[10 + level] == sum(row["trust_level"] >= level for row in found)


def check_directory(forum: Forum) -> None:
    """The number of all that match is what all pages together hold."""

    async def count(unit: Unit, spec: UserListSpec) -> tuple[int, int]:
        values = {"now": unit.now, "online_since": 0}
        found, total = await list_users(unit.tx, spec, values=values, limit=10_000, offset=0)
        return len(found), total

    for flag in FLAGS:
        for private in (False, True):
            spec = UserListSpec(
                flag=flag,
                order=UserListOrder.CREATED,
                ascending=True,
                sees_private=private,
                filtered=False,
                by_email=False,
            )
            listed, total = forum.unit(lambda unit, spec=spec: count(unit, spec))
            assert listed == total, (flag, private)


def run(forum: Forum, *statements: str) -> None:
    async def write(unit: Unit) -> None:
        await unit.write()
        for statement in statements:
            await unit.tx.text(statement)

    forum.unit(write)


def change(forum: Forum, dice: random.Random) -> None:
    """Anything that a service, an import or somebody with SQL may do to one account or to several."""
    who = dice.choice([row["id"] for row in people(forum)])
    what, now = dice.randrange(9), forum.clock.now()
    if what == 0:
        forum.given.user(f"person{dice.randrange(10**9)}", trust_level=dice.randrange(5))
    elif what == 1:
        run(forum, f"UPDATE users SET trust_level = {dice.randrange(5)} WHERE id = {who}")
    elif what == 2:
        run(forum, f"UPDATE users SET admin = {dice.randrange(2)}, moderator = {dice.randrange(2)} WHERE id = {who}")
    elif what == 3:
        run(forum, f"UPDATE users SET staged = 1 - staged WHERE id <> {who}")
        run(forum, f"UPDATE users SET active = 1 - active WHERE id = {who}")
    elif what == 8:
        until = dice.choice((now - HOUR, now + HOUR))
        run(forum, f"UPDATE users SET suspended_till = {until} WHERE id = {who}")
    elif what == 4:
        run(forum, f"UPDATE users SET last_seen_at = {dice.choice(('NULL', now - dice.randrange(HOUR * 50)))}")
    elif what == 5 and who > 5:
        run(forum, f"DELETE FROM users WHERE id = {who}")
    elif what == 6:
        run(
            forum,
            f"UPDATE users SET trust_level = 3 WHERE id = {who}",
            f"UPDATE users SET trust_level = 1 WHERE id = {who}",
        )
    else:

        async def see(unit: Unit) -> None:
            await unit.write()
            await save_seen(
                unit.tx, [(row["id"], now) for row in people_now if dice.random() < 0.5], day=now // 86_400_000
            )

        people_now = people(forum)
        forum.unit(see)


@pytest.mark.parametrize("seed", [5, 17])
def test_kept_counts_of_people_are_exact_after_acts_in_any_order(forum: Forum, seed: int) -> None:
    dice = random.Random(seed)
    for name in NAMES:
        forum.given.user(name, trust_level=dice.randrange(5))
    for _ in range(40):
        forum.clock.advance(minutes=dice.choice((1, 25, 200)))
        change(forum, dice)
        if dice.random() < 0.2:
            forum.unit(gather_tallies)
        now = forum.clock.now()
        check(forum, [now - dice.randrange(1, 60 * HOUR), now // HOUR * HOUR - HOUR, now])
        if dice.random() < 0.3:
            check_directory(forum)
    forum.unit(gather_tallies)
    assert forum.unit(lambda unit: list_scattered(unit.tx)) == []
    check(forum, [0, forum.clock.now() - HOUR])


def test_accounts_that_are_copied_in_count(forum: Forum) -> None:
    before = forum.unit(lambda unit: list_ranks(unit.tx))

    async def copy(unit: Unit) -> None:
        await unit.write()
        fields = {
            "trust_level": 2,
            "active": 1,
            "staged": 1,
            "created_at": 1,
            "updated_at": 1,
            "last_seen_at": 7 * HOUR,
        }
        await copy_rows(
            unit.tx,
            "users",
            [
                {"id": 1000 + each, "username": f"copy{each}", "username_key": f"copy{each}", **fields}
                for each in range(30)
            ],
        )

    forum.unit(copy)
    after = forum.unit(lambda unit: list_ranks(unit.tx))
    assert set(after) - set(before) == {Rank(2, True, False, False, True, 30)}
    check(forum, [7 * HOUR, 7 * HOUR + 1])


def test_what_is_rolled_back_counts_nothing(forum: Forum) -> None:
    before = forum.unit(lambda unit: list_ranks(unit.tx))

    async def fail(unit: Unit) -> None:
        await unit.write()
        await unit.tx.text("UPDATE users SET trust_level = 4")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        forum.unit(fail)
    assert forum.unit(lambda unit: list_ranks(unit.tx)) == before


def test_people_who_change_at_the_same_time_do_not_wait_for_each_other(forum: Forum) -> None:
    if forum.database.engine == "sqlite":
        pytest.skip("on SQLite one unit writes at a time")
    ids = [forum.given.user(name, trust_level=1).id for name in NAMES[:3]]

    async def overlap() -> None:
        slow = forum.ports.unit()
        await slow.write()
        await slow.tx.text(f"UPDATE users SET trust_level = 2 WHERE id = {ids[0]}")
        for who in ids[1:]:
            async with forum.ports.unit() as unit:
                await unit.write()
                await unit.tx.text(f"UPDATE users SET trust_level = 2 WHERE id = {who}")
                await unit.commit()
        async with forum.ports.unit() as unit:
            await gather_tallies(unit)
            await unit.commit()
        await slow.commit()

    forum.wait(lambda: asyncio.wait_for(overlap(), 10))
    check(forum, [0])
    forum.unit(gather_tallies)
    check(forum, [0])


def test_members_of_built_in_groups_are_not_counted_one_by_one(forum: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    statements = Statements()

    async def watch(unit: Unit) -> None:
        with monkeypatch.context() as patched:
            statements.watch(patched)
            await count_built_in(unit.tx)

    forum.unit(watch)
    assert len(statements.seen) == 1
    assert "users" not in statements.seen[0][0].sqlite().words
