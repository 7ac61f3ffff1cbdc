"""Changes that are put: one round trip for many on PostgreSQL, and the same as one after another on both engines."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from tertulia.forum.unit import Ports, Unit
from tertulia.model.users import SYSTEM_ID
from tertulia.store.engine import insert_query, parameter, query
from tertulia.store.engine.base import UniqueViolation
from tertulia.store.engine.merging import may_join, merge
from tertulia.store.engine.postgres import PostgresTx
from tertulia.store.engine.query import POSTGRESQL, Compiled
from tertulia.store.schema.events import remembered
from tertulia.store.schema.topics import topic_posters
from tertulia.store.schema.users import users
from tertulia.store.versions import SETTINGS, bump_version, list_versions
from tertulia.store.writing.counters import count_posted, shift_user

pytestmark = pytest.mark.anyio

_POSTS = query(lambda: select(users.c.post_count).where(users.c.id == parameter("user")))
_POSTERS = query(
    lambda: select(func.count()).select_from(topic_posters).where(topic_posters.c.topic_id == parameter("of_topic"))
)
_MEMOS = query(lambda: select(func.count()).select_from(remembered).where(remembered.c.key == parameter("of_key", str)))
_POSTER = insert_query(topic_posters, "topic_id", "user_id", "post_count", "last_posted_at")
_MEMO = insert_query(remembered, "key", "status", "body", "created_at")
_FAR = 9_000_000


async def put_poster(unit: Unit, user_id: int) -> None:
    await unit.tx.put(_POSTER, topic_id=_FAR, user_id=user_id, post_count=1, last_posted_at=1)


async def put_memo(unit: Unit) -> None:
    await unit.tx.put(_MEMO, key="put", status=200, body=b"{}", created_at=1)


async def test_whoever_reads_what_was_put_reads_it_changed(ports: Ports) -> None:
    async with ports.unit() as unit:
        await unit.write()
        before = await unit.tx.value(_POSTS, user=SYSTEM_ID)
        await shift_user(unit.tx, SYSTEM_ID, add={"post_count": 2})
        await put_memo(unit)
        await count_posted(unit.tx, SYSTEM_ID, posts=3, at=unit.now)  # the same row again
        assert await unit.tx.value(_POSTS, user=SYSTEM_ID) == before + 5
        assert await unit.tx.value(_MEMOS, of_key="put") == 1


async def test_what_was_put_last_is_part_of_the_commit(ports: Ports) -> None:
    async with ports.unit() as unit:
        await unit.write()
        await put_poster(unit, 1)
        await unit.commit()
    async with ports.unit() as unit:
        assert await unit.tx.value(_POSTERS, of_topic=_FAR) == 1


async def test_what_was_put_is_undone_with_its_unit(ports: Ports) -> None:
    async with ports.unit() as unit:
        await unit.write()
        await put_poster(unit, 1)
        await unit.tx.value(_POSTS, user=SYSTEM_ID)
        await put_memo(unit)
    async with ports.unit() as unit:
        assert await unit.tx.value(_POSTERS, of_topic=_FAR) == 0
        assert await unit.tx.value(_MEMOS, of_key="put") == 0


async def test_a_fault_in_what_was_put_last_fails_the_commit_and_undoes_everything(ports: Ports) -> None:
    with pytest.raises(UniqueViolation):
        async with ports.unit() as unit:
            await unit.write()
            await put_memo(unit)
            await put_poster(unit, 1)
            await put_poster(unit, 1)
            await unit.commit()
    async with ports.unit() as unit:
        assert await unit.tx.value(_POSTERS, of_topic=_FAR) == 0
        assert await unit.tx.value(_MEMOS, of_key="put") == 0
        await unit.write()
        await bump_version(unit.tx, SETTINGS)
        await unit.commit()  # whoever comes next finds the connection in order


async def test_reading_and_writing_in_one_unit_see_what_others_committed_between(ports: Ports) -> None:
    async with ports.unit() as unit:
        before = (await list_versions(unit.tx)).get(SETTINGS, 0)
        async with ports.unit() as other:
            await other.write()
            await bump_version(other.tx, SETTINGS)
            await other.commit()
        await unit.write()
        assert (await list_versions(unit.tx)).get(SETTINGS, 0) == before + 1
        await bump_version(unit.tx, SETTINGS)
        await unit.commit()
    async with ports.unit() as unit:
        assert (await list_versions(unit.tx)).get(SETTINGS, 0) == before + 2


async def test_changes_of_different_tables_share_a_round_trip(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    execute = PostgresTx._execute

    async def watched(tx: PostgresTx, compiled: Compiled, arguments: list[object]) -> int:
        sent.append(compiled.text)
        return await execute(tx, compiled, arguments)

    monkeypatch.setattr(PostgresTx, "_execute", watched)
    async with ports.unit() as unit:
        await unit.write()
        await put_poster(unit, 1)
        await put_memo(unit)
        await shift_user(unit.tx, SYSTEM_ID, add={"post_count": 1})
        await unit.commit()
    assert len(sent) == (1 if ports.database.engine == POSTGRESQL else 0)


def test_a_merged_statement_numbers_the_arguments_of_all_in_their_order() -> None:
    poster, memo = _POSTER.postgresql(), _MEMO.postgresql()
    text = merge([poster, memo], _POSTS.postgresql())
    first, last = len(poster.names) + 1, len(poster.names) + len(memo.names) + 1
    assert text.startswith("WITH merged_0 AS (INSERT INTO topic_posters")
    assert f"${first}" in text.split("merged_1 AS")[1]
    assert f"= ${last}" in text.rsplit("SELECT", 1)[1]
    assert text.count("$") == last


def test_statements_that_meet_in_a_table_are_not_merged() -> None:
    poster, memo = _POSTER.postgresql(), _MEMO.postgresql()
    assert may_join([poster], memo)
    assert not may_join([poster], poster)
    assert not may_join([poster, memo], _POSTERS.postgresql())
    assert not may_join([_MEMOS.postgresql()], memo)
