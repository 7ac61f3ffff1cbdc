"""A real archive in both engines: the same questions find the same posts. Only the order of hits may differ."""

from __future__ import annotations

import os
import re
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import msgspec
import pytest

from tertulia.backends.local import LocalWakeup, SystemClock, ThreadOffload
from tertulia.effects.table import EFFECTS
from tertulia.forum.cooking import plain_text
from tertulia.forum.indexing.posts import index_texts
from tertulia.forum.search.query import parse_query
from tertulia.forum.search.resolving import Nothing, resolve
from tertulia.forum.search.searching import match_text
from tertulia.forum.sites.found import FoundSite, found_site, found_tables
from tertulia.forum.unit import Ports, Unit
from tertulia.importers.discourse_archive import ImportRequest, import_archive
from tertulia.settings import load
from tertulia.store.engine.base import Database
from tertulia.store.engine.postgres import PostgresDatabase, copy_database, drop_database
from tertulia.store.engine.query import POSTGRESQL
from tertulia.store.engine.sqlite import SqliteDatabase
from tertulia.store.fulltext.loading import insert_texts
from tertulia.store.fulltext.searching import fill, list_hits
from tertulia.store.schema import METADATA
from tests.forum.sites.given import acting

pytestmark = pytest.mark.anyio
QUESTIONS = 320
NOW = 1_750_000_000_000
WRITTEN = (
    "the",
    "of and",
    "not near or and",
    "to be or not",
    '"to be"',
    '"if you"',
    '"i am"',
    "will was",
    "c++",
    "c#",
    "std::vector",
    "GetSubsystem<Renderer>",
    "node->SetPosition",
    "URHO3D_OBJECT",
    "urho3d",
    "Urho3D::Context*",
    "#include <Urho3D/Urho3D.h>",
    "float x = 0.5f;",
    "a->b",
    "foo.bar()",
    "1.7.1",
    "v1.6",
    "2016-05-01",
    "0x1234",
    "http://",
    "github.com/urho3d",
    "naïve",
    "café",
    "é",
    "ü",
    "größe",
    "déjà vu",
    "Straße",
    "привет",
    "как дела",
    "日本語",
    "中文",
    "游戏",
    "引擎",
    "한국어",
    "ñ",
    "ç",
    "’",
    "“quoted”",
    "don't",
    "it's",
    "can’t",
    "i'm",
    "e.g.",
    "...",
    "!!!",
    "&&",
    "||",
    "- -",
    '""',
    '" "',
    '"vertex shader"',
    '"shader vertex"',
    '"render path"',
    "render* path*",
    "NEAR(render path)",
    "render NOT path",
    "render OR path",
    "title:render",
    "{title}:render",
    "(render",
    "render)",
    "render:*",
    "'render'",
    "\\render",
    "ren",
    "re",
    "r",
    "rendering",
    "renderer",
    "renders",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "a b c d e f g",
    "opengl es",
    "directx 11",
    "d3d9 d3d11",
    "in:title render",
    "t shader",
    "in:first crash",
    "in:replies crash",
    "status:open crash",
    "status:noreplies crash",
    "order:latest lua",
    "order:oldest lua",
    "order:likes lua",
    "order:views lua",
    "max_posts:3 lua",
    "min_posts:10 lua",
    "before:2017-01-01 lua",
    "after:2017-01-01 lua",
    "with:images editor",
    "filetype:zip",
    "filetype:png editor",
    "user:1",
    "status:single_user editor",
    "-tags:nothing lua",
    "in:untagged lua",
    "category:none lua",
    "@nobody lua",
)


def questions(texts: list[str]) -> list[str]:
    """The written ones, and words and phrases of the archive: common ones, rare ones, code, beginnings of words."""
    rng = Random(7)
    counted = Counter(word for text in texts for word in re.findall(r"\w+", text))
    ranked = [word for word, _ in counted.most_common()]
    rare = [word for word in ranked if counted[word] <= 2]
    asked = [*WRITTEN, *ranked[:40], *rng.sample(ranked, 40), *rng.sample(rare, 40)]
    asked += [word[: rng.randint(2, 5)] for word in rng.sample(ranked, 30)]
    while len(asked) < QUESTIONS:
        pieces = rng.choice(texts).split()
        if len(pieces) < 4:
            continue
        start, length = rng.randrange(len(pieces) - 3), rng.randint(2, 4)
        phrase = " ".join(pieces[start : start + length]).replace('"', "")
        asked.append(f'"{phrase}"' if rng.random() < 0.5 else phrase)
    return asked


async def found(unit: Unit, question: str) -> list[int]:
    """Ids of all posts that match, in order of id: of the posts of one topic either engine may show another."""
    asked = parse_query(question, now=NOW)
    if asked.is_blank:
        return []
    try:
        plan, values = await resolve(unit, asked, topic_id=None)
    except Nothing:
        return []
    match = match_text(unit, asked) if plan.matches else ""
    if not plan.order:
        plan = msgspec.structs.replace(plan, order="latest")  # what matches, not how well
    filled = fill(values=values, match=match, visibility=unit.actor.visibility, limit=20_000, offset=0)
    return sorted(await list_hits(unit.tx, msgspec.structs.replace(plan, one_per_topic=False), filled=filled))


@asynccontextmanager
async def opened(database: Database) -> AsyncIterator[Ports]:
    """An empty database with its tables."""
    await database.open()
    ports = Ports(
        database=database, loaded=load({}, environ={}), effects=EFFECTS, clock=SystemClock(), offload=ThreadOffload(),
        wakeup=LocalWakeup(),
    )  # fmt: skip
    await found_tables(database)
    try:
        yield ports
    finally:
        await database.close()


@asynccontextmanager
async def on_postgresql(url: str) -> AsyncIterator[Ports]:
    name = f"sample_{secrets.token_hex(6)}"
    await copy_database(url, name=name)
    try:
        relaxed = {"synchronous_commit": "off", "jit": "off"}
        database = PostgresDatabase(f"{url.rpartition('/')[0]}/{name}", server_settings=relaxed)
        async with opened(database) as ports:
            yield ports
    finally:
        await drop_database(url, name=name)


async def copy_content(source: Ports, target: Ports) -> None:
    """All rows as they are; the texts are indexed anew, as an import into this engine does it."""
    async with source.unit() as unit:
        names = {
            table.name: tuple(column.name for column in table.columns)
            for table in METADATA.sorted_tables
            if table.name != "changes" and not table.name.startswith("report_")
        }
        rows = {
            name: [tuple(row) for row in await unit.tx.text(f'SELECT {", ".join(columns)} FROM "{name}"')]
            for name, columns in names.items()
        }
        searchable = await unit.tx.text(
            "SELECT p.id, CASE WHEN p.post_number = 1 THEN t.title ELSE '' END, p.cooked FROM posts p "
            "JOIN topics t ON t.id = p.topic_id WHERE p.id IN (SELECT rowid FROM post_search) ORDER BY p.id"
        )
    texts = [
        (int(row[0]), *index_texts(POSTGRESQL, title=str(row[1]), body=plain_text(str(row[2])))) for row in searchable
    ]
    async with target.unit() as unit:
        await unit.write()
        for name, values in rows.items():
            if values:
                await unit.tx.text(f'DELETE FROM "{name}"')
                await unit.tx.copy(name, names[name], values)
        await insert_texts(unit.tx, texts)
        await unit.tx.text("ANALYZE")
        await unit.commit()


async def all_found(ports: Ports, asked: list[str]) -> dict[str, list[int]]:
    async with acting(ports, None) as unit:
        return {question: await found(unit, question) for question in asked}


async def test_both_engines_find_the_same_posts_of_a_real_forum(corpus: Path, tmp_path: Path) -> None:
    request = ImportRequest(path=corpus / "data" / "urho3d-forum-sample.tar.gz")
    async with opened(SqliteDatabase(tmp_path / "forum.db", synchronous="OFF")) as ports:
        async with ports.unit() as unit:
            await found_site(unit, FoundSite(password_hash="!"))
            await unit.commit()
        await import_archive(request, open_unit=ports.unit, tell=lambda _: None)
        async with ports.unit() as unit:
            rows = await unit.tx.text("SELECT cooked FROM posts WHERE post_type = 1 ORDER BY id LIMIT 3000")
        asked = questions([plain_text(str(row[0])) for row in rows])
        assert len(set(asked)) >= 300
        answers = await all_found(ports, asked)
        assert sum(bool(ids) for ids in answers.values()) >= 200
        assert len(answers["urho3d"]) > 500 and len(answers["the"]) > 2_000
        url = os.environ.get("TERTULIA_TEST_POSTGRES", "")
        if not url:
            assert os.environ.get("CI") != "true", "CI needs TERTULIA_TEST_POSTGRES"
            pytest.skip("TERTULIA_TEST_POSTGRES is not set: nothing compared with PostgreSQL")
        async with on_postgresql(url) as other:
            await copy_content(ports, other)
            others = await all_found(other, asked)
    differing = [question for question in asked if others[question] != answers[question]]
    assert not differing, differing[:10]
