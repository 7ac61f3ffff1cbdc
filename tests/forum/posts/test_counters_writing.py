"""After any sequence of writing, every counter is what counting the rows gives."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tertulia.forum.posts.deleting import delete_post, purge_post, recover_post
from tertulia.forum.posts.editing import update_post
from tertulia.forum.posts.voting import vote_post
from tertulia.forum.topics.deleting import delete_topic, purge_topic, recover_topic
from tertulia.forum.topics.editing import change_owner, update_topic
from tertulia.forum.topics.status import set_topic_status
from tertulia.forum.unit import Ports
from tertulia.model.errors import ForumError
from tertulia.model.posts import UpdatePost, VotePost
from tertulia.model.topics import SetTopicStatus, UpdateTopic
from tertulia.store.tags import recount_tags
from tertulia.store.upkeep.recounting import list_wrong_topics, recount_categories, recount_users
from tests.forum.writing import ADMIN, Forum, found

pytestmark = pytest.mark.anyio

STEPS = 120
KEPT = {
    "users": "SELECT id, post_count, topic_count, likes_given, likes_received FROM users ORDER BY id",
    "categories": "SELECT id, topic_count, post_count, latest_topic_id FROM categories ORDER BY id",
    "tags": "SELECT id, topic_count FROM tags ORDER BY id",
}
LIVE = "p.deleted_at IS NULL AND p.topic_id = t.id"
WRONG = {
    "reply_count": f"SELECT t.id FROM topics t WHERE t.reply_count <> (SELECT COUNT(*) FROM posts p WHERE {LIVE} "
    "AND p.reply_to_post_number IS NOT NULL)",
    "word_count": "SELECT t.id FROM topics t WHERE t.deleted_at IS NULL AND t.word_count <> "
    f"(SELECT SUM(p.word_count) FROM posts p WHERE {LIVE})",
    "like_count": "SELECT t.id FROM topics t WHERE t.deleted_at IS NULL AND t.like_count <> "
    f"(SELECT SUM(p.like_count) FROM posts p WHERE {LIVE})",
    "participants": "SELECT t.id FROM topics t WHERE t.deleted_at IS NULL AND t.participant_count <> "
    f"(SELECT COUNT(DISTINCT p.user_id) FROM posts p WHERE {LIVE} AND p.post_type = 1)",
    "highest": "SELECT t.id FROM topics t WHERE t.deleted_at IS NULL AND t.highest_post_number <> "
    f"(SELECT MAX(p.post_number) FROM posts p WHERE {LIVE})",
    "last post": "SELECT t.id FROM topics t WHERE t.deleted_at IS NULL AND t.last_post_id <> "
    f"(SELECT p.id FROM posts p WHERE {LIVE} AND p.post_type = 1 ORDER BY p.post_number DESC LIMIT 1)",
    "replies": "SELECT q.id FROM posts q WHERE q.reply_count <> "
    "(SELECT COUNT(*) FROM posts p WHERE p.reply_to_post_id = q.id AND p.deleted_at IS NULL)",
    "quotes": "SELECT q.id FROM posts q WHERE q.quote_count <> (SELECT COUNT(*) FROM post_quotes JOIN posts p "
    "ON p.id = post_id WHERE quoted_post_id = q.id AND p.deleted_at IS NULL)",
    "search": "SELECT p.id FROM posts p WHERE p.deleted_at IS NULL AND p.post_type = 1 "
    "AND NOT EXISTS (SELECT 1 FROM post_search s WHERE s.{key} = p.id)",
    "search of deleted": "SELECT s.{key} FROM post_search s WHERE NOT EXISTS (SELECT 1 FROM posts p "
    "JOIN topics t ON t.id = p.topic_id WHERE p.id = s.{key} AND (p.deleted_at IS NULL OR t.deleted_at IS NOT NULL))",
    "links": "SELECT l.id FROM topic_links l WHERE NOT EXISTS (SELECT 1 FROM posts p WHERE p.id = l.post_id)",
}


async def _step(forum: Forum, choose: random.Random) -> None:
    """One act of somebody; acts that are refused are part of the game."""
    posts = [row[0] for row in await _rows(forum, "SELECT id FROM posts ORDER BY id")]
    topics = [row[0] for row in await _rows(forum, "SELECT id FROM topics ORDER BY id")]
    post_id, topic_id, other = choose.choice(posts), choose.choice(topics), choose.choice(topics)
    by = choose.choice((forum.author, forum.reader, ADMIN, ADMIN))
    raw = f'[quote="x, post:1, topic:{other}"]\nx\n[/quote]\n\nSee /t/{other} {forum.words()}'
    act = choose.randrange(13)
    if act == 0:
        await forum.topic(by=by, tags=choose.choice((None, ("red",), ("red", "blue"))))
        return
    if act < 4:
        await forum.reply(topic_id, by=by, raw=raw, reply_to_post_id=choose.choice((None, post_id)))
        return
    async with forum.acting(by) as unit:
        if act == 4:
            await delete_post(unit, post_id)
        elif act == 5:
            await recover_post(unit, post_id)
        elif act == 6:
            await update_post(unit, UpdatePost(post_id=post_id, raw=choose.choice((raw, forum.words()))))
        elif act == 7:
            status = choose.choice(("visible", "closed", "pinned"))
            await set_topic_status(
                unit, SetTopicStatus(topic_id=topic_id, status=status, enabled=choose.random() < 0.6)
            )
        elif act == 8:
            category_id = choose.choice((forum.category, 3))
            tags = choose.choice((("red",), ("blue", "green"), ()))
            await update_topic(unit, UpdateTopic(topic_id=topic_id, category_id=category_id, tags=tags))
        elif act == 9:
            await vote_post(unit, VotePost(post_id=post_id, value=choose.choice((1, 1, -1))))
        elif act == 10:
            await (delete_topic if choose.random() < 0.5 else recover_topic)(unit, topic_id)
        elif act == 11:
            await change_owner(unit, topic_id, [post_id], choose.choice(("author", "reader")))
        else:
            await (purge_post(unit, post_id) if choose.random() < 0.7 else purge_topic(unit, topic_id))


async def _rows(forum: Forum, sql: str) -> list[tuple[Any, ...]]:
    async with forum.ports.unit() as unit:
        return [tuple(row) for row in await unit.tx.text(sql)]


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_counters_say_what_counting_says(ports: Ports, seed: int) -> None:
    forum = await found(ports)
    forum.site |= {"max_consecutive_replies": 0, "delete_removed_posts_after": seed % 2}
    choose = random.Random(seed)
    done = 0
    for _ in range(STEPS):
        forum.clock.pass_seconds(61)
        if not await forum.value("SELECT COUNT(*) FROM topics"):
            await forum.topic()
        try:
            await _step(forum, choose)
            done += 1
        except ForumError:
            continue
    assert done > STEPS / 3
    key = "post_id" if ports.database.engine == "postgresql" else "rowid"
    for what, sql in WRONG.items():
        assert await _rows(forum, sql.format(key=key)) == [], what
    kept = {name: await _rows(forum, sql) for name, sql in KEPT.items()}
    async with ports.unit() as unit:
        await unit.write()
        assert await list_wrong_topics(unit.tx) == []
        await recount_users(unit.tx, [row[0] for row in kept["users"]])
        await recount_categories(unit.tx, [row[0] for row in kept["categories"]])
        for row in kept["categories"]:
            await recount_tags(unit.tx, row[0])
        await unit.commit()
    assert {name: await _rows(forum, sql) for name, sql in KEPT.items()} == kept
