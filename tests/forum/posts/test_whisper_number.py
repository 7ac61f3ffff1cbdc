"""A deletion does not make a whisper the last number that readers are told of."""

from __future__ import annotations

import pytest

from tertulia.forum.posts.deleting import delete_post
from tertulia.forum.unit import Ports
from tests.forum.writing import ADMIN, found

pytestmark = pytest.mark.anyio


async def test_whispers_do_not_count_as_the_highest_number_after_a_deletion(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    gone = await forum.reply(topic.id)
    await forum.reply(topic.id, by=ADMIN, whisper=True)
    assert (await forum.topic_now(topic.id)).highest_post_number == 2
    async with forum.acting(ADMIN) as unit:
        await delete_post(unit, gone.id)
    assert (await forum.topic_now(topic.id)).highest_post_number == 1
