"""When somebody last posted in a topic does not go back where they are given, or import, an older post."""

from __future__ import annotations

import pytest

from tertulia.forum.topics.editing import change_owner
from tertulia.forum.unit import Ports
from tertulia.model import errors
from tests.forum.writing import ADMIN, codes, found

pytestmark = pytest.mark.anyio


async def test_an_older_post_that_one_is_given_does_not_end_slow_mode(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    old = await forum.reply(topic.id, by=ADMIN)
    async with ports.unit() as unit:
        await unit.write()
        await unit.tx.text(f"UPDATE topics SET slow_mode_seconds = 3600 WHERE id = {topic.id}")
        await unit.commit()
    forum.clock.pass_seconds(7_200)
    await forum.reply(topic.id, by=forum.reader)
    async with forum.acting(ADMIN) as unit:
        await change_owner(unit, topic.id, [old.id], "reader")
    forum.clock.pass_seconds(61)
    with pytest.raises(errors.ForumError) as told:
        await forum.reply(topic.id, by=forum.reader)
    assert "topic.slow_mode" in codes(told.value) or "post.slow_mode" in codes(told.value)
