"""A forum with enough in it that a plan which reads everything shows: made-up content, and what one reader did."""

from __future__ import annotations

from tertulia.forum.seeding.filling import Amount, fill_forum
from tertulia.forum.unit import Unit
from tertulia.testing.forum import Forum

_OWN = 60  # of each kind, however large the forum is
_DONE = (
    "INSERT INTO notifications (user_id, kind, created_at, topic_id, post_number, post_id, read) "
    "SELECT {mary}, 2, created_at, topic_id, post_number, id, id % 2 FROM posts WHERE id % 7 = 0 LIMIT {own}",
    "INSERT INTO votes (post_id, user_id, topic_id, value, created_at) "
    "SELECT id, {mary}, topic_id, 1, created_at FROM posts WHERE id % 5 = 0 LIMIT {own}",
    "INSERT INTO bookmarks (user_id, subject, subject_id, created_at, updated_at) "
    "SELECT {mary}, 'Post', id, created_at, created_at FROM posts WHERE id % 3 = 0 LIMIT {own}",
    "INSERT INTO topic_states (topic_id, user_id, level, last_read_post_number, first_visited_at, last_visited_at) "
    "SELECT id, {mary}, id % 4, highest_post_number - id % 2, created_at, bumped_at FROM topics "
    "WHERE archetype = 0 AND id % 3 = 0 LIMIT {own}",
    "INSERT INTO user_follows (user_id, followed_id, created_at) SELECT {mary}, id, created_at FROM users LIMIT {own}",
)


def fill(forum: Forum, *, people: int, topics: int, posts: int, seed: int) -> None:
    """So many more of each."""
    amount = Amount(users=people, topics=topics, posts=posts, seed=seed, now=forum.clock.now())
    forum.wait(lambda: fill_forum(amount, open_unit=forum.ports.unit, tell=lambda done, wanted: None))
    forum.unit(count_rows)


def act(forum: Forum, user_id: int) -> None:
    """What somebody did with some of it: was told, liked, marked, read, followed."""

    async def acts(unit: Unit) -> None:
        await unit.write()
        for statement in _DONE:
            await unit.tx.text(statement.format(mary=user_id, own=_OWN))
        await unit.commit()

    forum.unit(acts)


def samples(forum: Forum) -> dict[str, object]:
    """What paths are filled with: the largest of each kind."""

    async def find(unit: Unit) -> dict[str, object]:
        async def first(statement: str) -> tuple[object, ...]:
            return tuple((await unit.tx.text(statement + " LIMIT 1"))[0])

        cid, slug = await first("SELECT id, slug FROM categories WHERE restricted = 0 ORDER BY topic_count DESC, id")
        (tag,) = await first("SELECT name FROM tags ORDER BY topic_count DESC, id")
        (topic,) = await first("SELECT id FROM topics ORDER BY posts_count DESC, id")
        (post,) = await first(f"SELECT id FROM posts WHERE topic_id = {topic} ORDER BY like_count DESC, id")
        (user,) = await first("SELECT username FROM users WHERE id > 1 ORDER BY post_count DESC, id")
        return {"cid": cid, "slug": slug, "tag": tag, "topic": topic, "post": post, "user": user}

    return forum.unit(find)


async def count_rows(unit: Unit) -> None:
    """What PostgreSQL's own worker does now and then. SQLite is asked without, as a forum that has just begun is."""
    if unit.tx.engine == "postgresql":
        await unit.write()
        await unit.tx.text("ANALYZE")
        await unit.commit()
