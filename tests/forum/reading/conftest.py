"""A small forum with something of every kind that somebody must not see."""

from typing import Any

import msgspec
import pytest

from tertulia.forum.unit import Ports
from tertulia.model.privileges import FULL
from tertulia.store.schema.posts import bookmarks, votes
from tests.forum.reading import given


class World(msgspec.Struct):
    """Ids of what the fixture made."""

    ports: Any
    member: int
    newcomer: int
    insider: int
    moderator: int
    secret_category: int
    open_topic: int
    secret_topic: int
    staff_topic: int
    deleted_topic: int
    unlisted_topic: int
    message: int
    deleted_post: int
    whisper: int
    hidden_post: int

    @property
    def admin(self) -> int:
        return 1


@pytest.fixture
async def world(ports: Ports) -> World:
    async with given.acting(ports, 1) as unit:
        await unit.write()
        member = await given.make_user(unit, "member")
        newcomer = await given.make_user(unit, "newcomer", trust_level=0)
        insider = await given.make_user(unit, "insider")
        moderator = await given.make_user(unit, "moderator", moderator=1)
        circle = await given.make_group(unit, "circle", members=(insider,))
        secret = await given.make_category(unit, "Secret", grants={circle: int(FULL)})
        old = unit.now - 30 * given.DAY
        opened = await given.make_discussion(unit, "Open topic", by=member, posts_of=(insider, member), at=old)
        deleted_post = await given.make_post(unit, opened, 4, by=member, deleted_at=unit.now, deleted_by=1)
        whisper = await given.make_post(unit, opened, 5, by=moderator, post_type=4)
        hidden = await given.make_post(unit, opened, 6, by=insider, hidden=1)
        made = World(
            ports=ports,
            member=member,
            newcomer=newcomer,
            insider=insider,
            moderator=moderator,
            secret_category=secret,
            open_topic=opened,
            secret_topic=await given.make_discussion(unit, "Secret topic", by=insider, category_id=secret),
            staff_topic=await given.make_discussion(unit, "Staff topic", by=1, category_id=3),
            deleted_topic=await given.make_discussion(
                unit, "Deleted topic", by=member, deleted_at=unit.now, deleted_by=1
            ),
            unlisted_topic=await given.make_discussion(unit, "Unlisted topic", by=member, visible=0),
            message=await given.make_message(unit, "Private message", by=insider, to=(member,)),
            deleted_post=deleted_post,
            whisper=whisper,
            hidden_post=hidden,
        )
        closed = (made.secret_topic, made.staff_topic, made.deleted_topic, made.message)
        for topic_id in closed:
            await unit.tx.text(f"UPDATE topics SET external_id = 'outside-{topic_id}' WHERE id = {topic_id}")
        for post_id in await given.post_ids(unit):
            await given.insert(unit.tx, votes, post_id=post_id, user_id=1, value=1, created_at=unit.now)
            await given.insert(
                unit.tx, bookmarks, user_id=1, subject="Post", subject_id=post_id, created_at=1, updated_at=1
            )
        await given.make_tag(unit, "shared", topic_ids=(opened, made.unlisted_topic, *closed))
    return made
