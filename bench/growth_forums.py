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
from tertulia.forum.indexing.recent import keep_recent
from tertulia.forum.reports.keeping import gather_tallies, keep_days
from tertulia.forum.seeding.filling import Amount, Filled, fill_forum
from tertulia.forum.sites.knobs import load_settings
from tertulia.forum.unit import Ports
from tertulia.forum.users.passwords import hash_password
from tertulia.settings import load
from tertulia.store.engine.base import Database
from tertulia.store.engine.postgres import PostgresDatabase, copy_database, drop_database
from tertulia.store.engine.sqlite import SqliteDatabase
from tertulia.store.fulltext.recent import find_first
from tertulia.store.reports.kept import find_progress
from tertulia.testing.client import Response, call
from tertulia.testing.golden import ADMIN_PASSWORD, Secrets, fill
from tertulia.worker import Worker

POSTS_PER_TOPIC = 20
POSTS_PER_USER = 50
_SAMPLE = 60
_PAGE = 40  # topics, more than a page shows
_ANSWERED = 4  # posts in each of those, by as many people
_HOT = 10_000_000  # views: more than other topics have
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


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What must be known of a forum that an earlier run loaded."""

    secrets: Secrets
    filled: Filled


async def make_forum(size: int, *, place: Path, postgres: str, reuse: bool = False) -> GrowthForum:
    """Founds a forum, loads `size` posts and opens it. `postgres` is the URL of a database on the server, or empty.

    With `reuse` a forum that lies in `place` (or, for PostgreSQL, on the server) is opened as it is.
    """
    note = place / f"{'postgres-' if postgres else ''}{size}.json"
    known = msgspec.json.decode(note.read_bytes(), type=_Kept) if reuse and note.exists() else None
    ports = make_ports(
        load({"kept_answers_megabytes": 0}, environ={}),
        database=await _database(size, place=place, postgres=postgres, empty=known is None),
        clock=SystemClock(),
    )
    ports.paced = False
    if known is not None:
        await open_ports(ports)
        await _count_past_days(ports)
        return await _open_forum(ports, size=size, secrets=known.secrets, filled=known.filled)
    secrets, filled = await _load_forum(ports, size=size)
    await open_ports(ports)
    await _count_past_days(ports)
    forum = await _open_forum(ports, size=size, secrets=secrets, filled=filled)
    form = {"topic_id": forum.targets.ordinary[0], "raw": f"One post alone has the word {_NEEDLE} in it."}
    await forum.ask("POST", "/posts.json", headers=forum.keyed("admin"), form=form)
    await _fill_pages(forum)
    await forum.worker.drain()
    note.write_bytes(msgspec.json.encode(_Kept(secrets=secrets, filled=filled)))
    return forum


async def _fill_pages(forum: GrowthForum) -> None:
    """Gives everybody a page of new topics, which are the hottest as well, and the busiest person one of unread ones:
    pages that show as much cost alike in forums of any size, while a small forum by itself has two or three new and
    unread topics, and a few people in the hot ones."""
    busiest = forum.keyed(forum.targets.busiest)
    for number in range(_PAGE):
        form = {"title": f"One of the newest topics, number {number}", "category": forum.targets.category}
        form["raw"] = f"The first post of one of the newest topics, number {number}, and nothing more."
        made = await forum.ask("POST", "/posts.json", headers=forum.keyed("admin"), form=form)
        for person in forum.targets.people[:_ANSWERED]:
            answer = {
                "topic_id": made.json["topic_id"],
                "raw": f"This answer by {person}, number {number}, says no more than most do.",
            }
            await forum.ask("POST", "/posts.json", headers=forum.keyed(person), form=answer)
    async with forum.ports.unit() as unit:
        await unit.write()
        await unit.tx.text(
            f"UPDATE topics SET views = {_HOT} WHERE id IN (SELECT id FROM topics ORDER BY id DESC LIMIT {_PAGE})"
        )
        await unit.commit()
    for topic_id in forum.targets.ordinary[:_PAGE]:
        read = {"topic_id": topic_id, "topic_time": 5000, "timings": {"3": 5000}}
        await forum.ask("POST", "/topics/timings.json", headers=busiest, form=read)
        await forum.ask("POST", f"/t/{topic_id}/notifications.json", headers=busiest, form={"notification_level": 3})
        await forum.ask("DELETE", f"/t/{topic_id}/timings.json?last=1", headers=busiest)


async def _open_forum(ports: Ports, *, size: int, secrets: Secrets, filled: Filled) -> GrowthForum:
    return GrowthForum(size=size, ports=ports, secrets=secrets, filled=filled, targets=await _find_targets(ports))


async def _load_forum(ports: Ports, *, size: int) -> tuple[Secrets, Filled]:
    secrets = await fill(ports, password_hash=hash_password(ADMIN_PASSWORD))
    database = ports.database
    await database.open()
    topics, users = max(size // POSTS_PER_TOPIC, 1), max(size // POSTS_PER_USER, 1)
    amount = Amount(users=users, topics=topics, posts=size, seed=1, now=int(time.time() * 1000))
    filled = await fill_forum(amount, open_unit=ports.unit, tell=lambda done, total: None)
    await _index_newest(ports)
    if isinstance(database, PostgresDatabase):
        async with database.pool.acquire() as connection:
            await connection.execute("VACUUM ANALYZE")
    await database.close()
    return secrets, filled


async def _index_newest(ports: Ports) -> None:
    """What the worker does in its spare time, until the index of the newest posts is full."""
    before: int | None = -1
    first: int | None = None
    while first != before:
        before = first
        async with ports.unit() as unit:
            await keep_recent(unit)
            await unit.commit()
        async with ports.unit() as unit:
            first = await find_first(unit.tx)


async def _count_past_days(ports: Ports) -> None:
    """What the worker does in its spare time, until every finished day is counted for the reports."""
    complete = False
    while not complete:
        async with ports.unit() as unit:
            unit.settings = await load_settings(unit)
            await keep_days(unit)
            await gather_tallies(unit)
            await unit.commit()
            reached = await find_progress(unit.tx)
            complete = reached is not None and reached.complete


async def drop_forum(forum: GrowthForum, *, postgres: str, keep: bool = False) -> None:
    """Closes the forum and throws it away, unless it is to be kept."""
    await forum.close()
    if postgres and not keep:
        await drop_database(postgres, name=_name(forum.size))


def _name(size: int) -> str:
    return f"tertulia_growth_{size}"


async def _database(size: int, *, place: Path, postgres: str, empty: bool) -> Database:
    if not postgres:
        for suffix in ("", "-wal", "-shm") if empty else ():
            (place / f"{size}.db{suffix}").unlink(missing_ok=True)
        return SqliteDatabase(place / f"{size}.db")
    if empty:
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
            posts=await first(
                f"SELECT id FROM posts WHERE post_number > 1 AND user_id > 1 ORDER BY id DESC LIMIT {_SAMPLE}"
            ),
        )
