"""What was gathered and could not be committed is written the next time, with what came since."""

from __future__ import annotations

import pytest

from tertulia.forum.batches import flush, is_waiting, note_seen
from tertulia.forum.unit import Ports
from tests.forum.writing import found

pytestmark = pytest.mark.anyio


async def test_a_batch_whose_commit_failed_waits_for_the_next(ports: Ports) -> None:
    forum = await found(ports)
    note_seen(ports, forum.author, 1_900_000_000_000)
    async with ports.unit() as unit:
        await flush(unit)  # and the unit ends without a commit, as after a deadlock or on a full disk
    assert is_waiting(ports)
    note_seen(ports, forum.reader, 1_900_000_000_001)
    async with ports.unit() as unit:
        await flush(unit)
        await unit.commit()
    assert not is_waiting(ports)
    for user_id, at in ((forum.author, 1_900_000_000_000), (forum.reader, 1_900_000_000_001)):
        assert await forum.value(f"SELECT last_seen_at FROM users WHERE id = {user_id}") == at
