"""A forum with people and one open category, written to through the services as its users would."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from tertulia.forum.posts.creating import create_post
from tertulia.forum.sessions.actors import build_actor
from tertulia.forum.sites.knobs import load_settings
from tertulia.forum.topics.creating import create_topic
from tertulia.forum.unit import Ports, Unit
from tertulia.model.actor import Credential, CredentialKind
from tertulia.model.errors import ForumError, Refusals
from tertulia.model.posts import CreatePost, Post
from tertulia.model.privileges import FULL
from tertulia.model.topics import CreateTopic, Topic
from tertulia.settings import Settings
from tertulia.store.schema import METADATA
from tertulia.store.users import find_user
from tertulia.store.writing.posts import read_post_again
from tertulia.store.writing.topics import read_topic_again
from tests.forum.reading.given import make_category, make_user

ADMIN = 1
KEY = Credential(kind=CredentialKind.ADMIN_KEY, id=1)


class Clock:
    """A clock that tests move."""

    def __init__(self, now: int) -> None:
        self.at = now

    def now(self) -> int:
        return self.at

    def pass_seconds(self, seconds: float) -> None:
        self.at += int(seconds * 1000)


class Forum:
    """People: `author`, `reader` (trust level 2), `newcomer` (0), `moderator`; `category` is open to everyone."""

    def __init__(self, ports: Ports) -> None:
        self.ports = ports
        self.clock = Clock(ports.clock.now())
        ports.clock = self.clock
        self.site: dict[str, Any] = {}
        self.author = self.reader = self.newcomer = self.moderator = self.category = 0
        self._serial = 0

    @asynccontextmanager
    async def acting(self, user_id: int | None, *, by_key: bool = False) -> AsyncIterator[Unit]:
        """A unit of somebody that commits at its end, unless something was raised."""
        async with self.ports.unit() as looking:
            user = await find_user(looking.tx, user_id) if user_id is not None else None
            actor = await build_actor(looking, user, credential=KEY if by_key else None)
            settings: Settings = await load_settings(looking)
        if self.site:
            settings = msgspec.structs.replace(settings, site=msgspec.structs.replace(settings.site, **self.site))
        async with self.ports.unit(actor, settings=settings) as unit:
            yield unit
            await unit.commit()

    def words(self) -> str:
        """A text that was not there before."""
        self._serial += 1
        return f"Sentence number {self._serial} says something that nobody has said before."

    async def topic(self, by: int | None = None, *, by_key: bool = False, **fields: Any) -> Topic:
        self._serial += 1
        command = {
            "title": f"A question about matter number {self._serial}",
            "raw": self.words(),
            "category_id": None if fields.get("archetype") else self.category,
        }
        async with self.acting(self.author if by is None else by, by_key=by_key) as unit:
            view = await create_topic(unit, CreateTopic(**{**command, **fields}))
        return await self.topic_now(view.post.topic_id)

    async def reply(self, topic_id: int, by: int | None = None, *, by_key: bool = False, **fields: Any) -> Post:
        async with self.acting(self.reader if by is None else by, by_key=by_key) as unit:
            view = await create_post(unit, CreatePost(**{"topic_id": topic_id, "raw": self.words(), **fields}))
        return view.post

    async def topic_now(self, topic_id: int) -> Topic:
        async with self.ports.unit() as unit:
            return await read_topic_again(unit.tx, topic_id)

    async def post_now(self, post_id: int) -> Post:
        async with self.ports.unit() as unit:
            return await read_post_again(unit.tx, post_id)

    async def value(self, sql: str) -> Any:
        """The first column of the first row of a plain statement."""
        async with self.ports.unit() as unit:
            rows = await unit.tx.text(sql)
            return rows[0][0] if rows else None

    async def counts(self) -> dict[str, int]:
        """How many rows every table holds but `changes`, where kept answers learn of a write and which is swept."""
        async with self.ports.unit() as unit:
            names = [*(name for name in METADATA.tables if name != "changes"), "post_search"]
            return {name: (await unit.tx.text(f'SELECT COUNT(*) FROM "{name}"'))[0][0] for name in names}

    async def ran(self) -> list[tuple[str, dict[str, Any]]]:
        """Jobs that wait, by kind and arguments, oldest first; they are taken away."""
        async with self.ports.unit() as unit:
            await unit.write()
            rows = await unit.tx.text("SELECT kind, arguments FROM jobs ORDER BY id")
            await unit.tx.text("DELETE FROM jobs")
            await unit.commit()
        return [(row[0], msgspec.json.decode(row[1])) for row in rows]


async def found(ports: Ports) -> Forum:
    forum = Forum(ports)
    async with ports.unit() as unit:
        await unit.write()
        forum.author = await make_user(unit, "author", trust_level=2)
        forum.reader = await make_user(unit, "reader", trust_level=2)
        forum.newcomer = await make_user(unit, "newcomer", trust_level=0)
        forum.moderator = await make_user(unit, "moderator", trust_level=1, moderator=1)
        forum.category = await make_category(unit, "Open", grants={0: int(FULL)})
        await unit.commit()
    return forum


def codes(problem: BaseException) -> list[str]:
    """The codes of a refusal, in order."""
    if isinstance(problem, Refusals):
        return [error.code for error in problem.errors]
    assert isinstance(problem, ForumError)
    return [problem.code]
