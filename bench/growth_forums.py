"""Forums of a given size for `growth.py`: founded, filled, opened in this process, and what is asked for in them."""

from __future__ import annotations

import time
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import msgspec

from tertulia.app import Application, make_ports, open_ports
from tertulia.backends.local import SystemClock
from tertulia.forum.reports.keeping import keep_days
from tertulia.forum.seeding.filling import Amount, Filled, fill_forum
from tertulia.forum.sites.knobs import load_settings
from tertulia.forum.unit import Ports
from tertulia.forum.users.passwords import hash_password
from tertulia.settings import load
from tertulia.store.engine.base import Database
from tertulia.store.engine.postgres import PostgresDatabase, copy_database, drop_database
from tertulia.store.engine.sqlite import SqliteDatabase
from tertulia.store.reports.kept import find_progress
from tertulia.testing.client import Response, call
from tertulia.testing.golden import ADMIN_PASSWORD, Secrets, fill
from tertulia.worker import Worker

POSTS_PER_TOPIC = 20
POSTS_PER_USER = 50
_SAMPLE = 60
_NEEDLE = "zyxwvgrowth"  # a word that one post has


class Targets(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for. Ids are of rows that visitors can see."""

    ordinary: list[int]  # topics of about 20 posts
    slugs: dict[int, str]  # of all topics named here
    largest: int
    largest_posts: int
    window: list[int]  # ids of 20 posts in the middle of the largest topic
    topics: int
    category: int
    category_slug: str
    category_topics: int
    tag: str
    busiest: str  # who wrote most
    people: list[str]
    posts: list[int]  # ids of posts here and there
    needle: str = _NEEDLE


class GrowthForum:
    """One forum of the comparison, asked in process."""

    def __init__(self, *, size: int, ports: Ports, secrets: Secrets, filled: Filled, targets: Targets) -> None:
        self.size = size
        self.ports = ports
        self.secrets = secrets
        self.filled = filled
        self.targets = targets
        self.rng = Random(1)
        self.app = Application(ports, with_worker=False)
        self.worker = Worker(ports)
        self.count = 0

    async def ask(
        self, method: str, path: str, *, headers: dict[str, str], form: dict[str, Any] | None = None
    ) -> Response:
        """One request; raises AssertionError unless it is answered with 200."""
        body = msgspec.json.encode(form) if form is not None else b""
        pairs = [("host", "forum.test"), *headers.items()]
        if body:
            pairs += [("content-type", "application/json"), ("content-length", str(len(body)))]
        answer = await call(self.app.kit, method=method, path=path, headers=pairs, body=body)
        assert answer.status == 200, (method, path, answer)
        return answer

    def keyed(self, username: str) -> dict[str, str]:
        """Headers of the key for all users, acting as that one."""
        return {"Api-Key": self.secrets.key, "Api-Username": username, "Accept": "application/json"}

    def next(self) -> int:
        """Another number at each call, for texts that must differ."""
        self.count += 1
        return self.count

    def keep_answers(self) -> None:
        """From here on answers are kept, as servers do."""
        self.ports.loaded = load({}, environ={})
        self.app = Application(self.ports, with_worker=False)

    async def close(self) -> None:
        await self.app.kit.keeper.freshness.close()
        await self.ports.database.close()


async def make_forum(size: int, *, place: Path, postgres: str) -> GrowthForum:
    """Founds a forum, loads `size` posts and opens it. `postgres` is the URL of a database on the server, or empty."""
    database = await _database(size, place=place, postgres=postgres)
    loaded = load({"kept_answers_megabytes": 0}, environ={})
    ports = make_ports(loaded, database=database, clock=SystemClock())
    ports.paced = False
    secrets = await fill(ports, password_hash=hash_password(ADMIN_PASSWORD))
    await database.open()
    topics, users = max(size // POSTS_PER_TOPIC, 1), max(size // POSTS_PER_USER, 1)
    amount = Amount(users=users, topics=topics, posts=size, seed=1, now=int(time.time() * 1000))
    filled = await fill_forum(amount, open_unit=ports.unit, tell=lambda done, total: None)
    if isinstance(database, PostgresDatabase):
        async with database.pool.acquire() as connection:
            await connection.execute("VACUUM ANALYZE")
    await database.close()
    await open_ports(ports)
    await _count_past_days(ports)
    forum = GrowthForum(size=size, ports=ports, secrets=secrets, filled=filled, targets=await _find_targets(ports))
    form = {"topic_id": forum.targets.ordinary[0], "raw": f"One post alone has the word {_NEEDLE} in it."}
    await forum.ask("POST", "/posts.json", headers=forum.keyed("admin"), form=form)
    await forum.worker.drain()
    return forum


async def _count_past_days(ports: Ports) -> None:
    """What the worker does in its spare time, until every finished day is counted for the reports."""
    complete = False
    while not complete:
        async with ports.unit() as unit:
            unit.settings = await load_settings(unit)
            await keep_days(unit)
            await unit.commit()
            reached = await find_progress(unit.tx)
            complete = reached is not None and reached.complete


async def drop_forum(forum: GrowthForum, *, postgres: str) -> None:
    """Closes the forum and throws it away."""
    await forum.close()
    if postgres:
        await drop_database(postgres, name=_name(forum.size))


def _name(size: int) -> str:
    return f"tertulia_growth_{size}"


async def _database(size: int, *, place: Path, postgres: str) -> Database:
    if not postgres:
        for suffix in ("", "-wal", "-shm"):
            (place / f"{size}.db{suffix}").unlink(missing_ok=True)
        return SqliteDatabase(place / f"{size}.db")
    await drop_database(postgres, name=_name(size))
    await copy_database(postgres, name=_name(size))
    return PostgresDatabase(urlunsplit(urlsplit(postgres)._replace(path=f"/{_name(size)}")))


async def _find_targets(ports: Ports) -> Targets:
    async with ports.unit() as unit:

        async def first(sql: str) -> list[Any]:
            return [row[0] for row in await unit.tx.text(sql)]

        live = "FROM topics WHERE deleted_at IS NULL AND archetype = 0"
        ordinary = await first(
            f"SELECT id {live} AND posts_count BETWEEN 15 AND 25 ORDER BY (id * 7919) % 1009, id LIMIT {_SAMPLE}"
        )
        largest, posts = (await unit.tx.text(f"SELECT id, posts_count {live} ORDER BY posts_count DESC LIMIT 1"))[0]
        middle = posts // 2
        category, slug = (await unit.tx.text("SELECT id, slug FROM categories ORDER BY topic_count DESC LIMIT 1"))[0]
        named = ", ".join(str(each) for each in (*ordinary, largest))
        busiest = (await first("SELECT username FROM users WHERE id > 1 ORDER BY post_count DESC LIMIT 1"))[0]
        people = await first(
            "SELECT username FROM users WHERE id > 1 AND post_count BETWEEN 5 AND 40 "
            f"ORDER BY (id * 7919) % 1009, id LIMIT {_SAMPLE}"
        )
        return Targets(
            ordinary=ordinary or [largest],
            slugs={row[0]: row[1] for row in await unit.tx.text(f"SELECT id, slug FROM topics WHERE id IN ({named})")},
            largest=largest,
            largest_posts=posts,
            window=await first(
                f"SELECT id FROM posts WHERE topic_id = {largest} AND post_number > {middle} "
                "ORDER BY post_number LIMIT 20"
            ),
            topics=(await first(f"SELECT count(*) {live}"))[0],
            category=category,
            category_slug=slug,
            category_topics=(await first(f"SELECT count(*) {live} AND category_id = {category}"))[0],
            tag=(await first("SELECT name FROM tags ORDER BY topic_count DESC LIMIT 1"))[0],
            busiest=busiest,
            people=people or [busiest],
            posts=await first(f"SELECT id FROM posts WHERE post_number > 1 ORDER BY id DESC LIMIT {_SAMPLE}"),
        )
