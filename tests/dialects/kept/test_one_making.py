"""Who misses the same kept answer at the same moment: one makes it, and all are given what they must be shown."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

from tertulia.http.call import Answer, Call
from tertulia.http.keeping import MOST_MS, Asked, Keeper, Kept
from tertulia.model.actor import Actor
from tertulia.store.freshness import Freshness
from tertulia.testing.client import Response
from tertulia.testing.forum import Forum
from tests.dialects.kept.conftest import given

AT_ONCE = 10
TOPIC, ANOTHER = 7, 8


def test_of_many_who_ask_at_once_after_a_write_one_makes_the_answer(forum: Forum) -> None:
    topic_id = forum.given.topic(title="A topic that many people wait for").post.topic_id
    path = f"/t/{topic_id}.json"
    forum.get(path)
    forum.given.reply(topic_id, raw="Now all of them want to see this reply.")
    before = given()

    async def all_of_them() -> list[Response]:
        return await asyncio.gather(*(forum.arequest("GET", path) for _ in range(AT_ONCE)))

    answers = asyncio.run(all_of_them())
    assert {answer.json["posts_count"] for answer in answers} == {2}
    assert given() - before == AT_ONCE - 1


class Told(Freshness):
    """Knows at once what a test says."""

    def look_now(self) -> bool:
        return True

    def change(self, topic_id: int) -> None:
        self._learn([(topic_id, 0)])


class Asking:
    """A keeper that has kept one answer of a topic, which a write has ended."""

    def __init__(self) -> None:
        self.told = Told()
        self.keeper = Keeper(cast(Any, None), self.told, most_bytes=1_000_000, trusted=())

    async def ask(self, *, now: int = 0) -> tuple[Asked, Kept | None]:
        asked = self.keeper.ask({"method": "GET", "path": "/t/7.json", "headers": [], "client": ("127.0.0.1", 1)})
        assert asked is not None
        return asked, await self.keeper.find(asked, now=now)

    def make(self, asked: Asked, text: bytes) -> Kept | None:
        row = SimpleNamespace(kept="topic", limit="default", path="/t/{topic_id}")
        unit = SimpleNamespace(
            actor=Actor(), writes=False, now=0, holds_until=None, parts_until=None, visited=None, settings=None
        )
        call = SimpleNamespace(
            row=row,
            unit=unit,
            answer_headers=[],
            personal=False,
            path_parameters={"topic_id": "7"},
            dialect="discourse",
        )
        kept = self.keeper.keep(cast(Call, call), Answer(text), asked)
        self.keeper.end_making(asked, kept)
        return kept

    async def end_the_first(self) -> tuple[Asked, asyncio.Task[tuple[Asked, Kept | None]]]:
        """Who makes the answer anew, and somebody who waits for it."""
        self.make((await self.ask())[0], b"first")
        self.told.change(TOPIC)
        maker, nothing = await self.ask()
        assert nothing is None
        follower = asyncio.ensure_future(self.ask())
        await asyncio.sleep(0)
        assert not follower.done()
        return maker, follower


def body(found: tuple[Asked, Kept | None]) -> bytes | None:
    return found[1].body if found[1] is not None else None


def test_who_follows_is_given_what_the_first_one_makes() -> None:
    async def scene() -> None:
        asking = Asking()
        maker, follower = await asking.end_the_first()
        asking.make(maker, b"second")
        assert body(await follower) == b"second"
        assert body(await asking.ask()) == b"second"

    asyncio.run(scene())


def test_who_asks_after_another_change_is_never_given_what_was_read_before_it() -> None:
    async def scene() -> None:
        asking = Asking()
        maker, follower = await asking.end_the_first()
        asking.told.change(TOPIC)
        later, nothing = await asking.ask()
        assert nothing is None
        latest = asyncio.ensure_future(asking.ask())
        await asyncio.sleep(0)
        asking.make(later, b"third")
        asking.make(maker, b"second")
        assert body(await latest) == b"third"
        assert body(await follower) == b"second"  # who asked before the change
        assert body(await asking.ask()) == b"third"  # what was read earlier takes no later one's place

    asyncio.run(scene())


def test_a_change_elsewhere_keeps_nobody_from_waiting_for_the_same_answer() -> None:
    async def scene() -> None:
        asking = Asking()
        maker, _ = await asking.end_the_first()
        asking.told.change(ANOTHER)
        follower = asyncio.ensure_future(asking.ask())
        await asyncio.sleep(0)
        asking.make(maker, b"second")
        assert body(await follower) == b"second"

    asyncio.run(scene())


def test_who_waited_for_what_came_to_nothing_makes_it_and_an_answer_too_old_is_not_given() -> None:
    async def scene() -> None:
        asking = Asking()
        maker, follower = await asking.end_the_first()
        asking.keeper.end_making(maker)
        assert body(await follower) is None

        asking = Asking()
        maker, _ = await asking.end_the_first()
        late = asyncio.ensure_future(asking.ask(now=MOST_MS))
        await asyncio.sleep(0)
        asking.make(maker, b"second")
        assert body(await late) is None

    asyncio.run(scene())


def test_who_goes_away_while_waiting_takes_nothing_from_the_others() -> None:
    async def scene() -> None:
        asking = Asking()
        maker, follower = await asking.end_the_first()
        other = asyncio.ensure_future(asking.ask())
        await asyncio.sleep(0)
        follower.cancel()
        await asyncio.sleep(0)
        asking.make(maker, b"second")
        assert body(await other) == b"second"

    asyncio.run(scene())
