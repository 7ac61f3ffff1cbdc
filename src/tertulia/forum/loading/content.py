"""Topics with their posts in bulk, searchable, with everything that a topic's page and lists show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from tertulia.forum.cooking import plain_text
from tertulia.forum.indexing.posts import index_texts
from tertulia.forum.page_forms.form import PAGE_VERSION, kept_form
from tertulia.forum.unit import Unit
from tertulia.model.posts import Post, PostType
from tertulia.model.topics import Topic
from tertulia.store.fulltext.loading import insert_texts
from tertulia.store.imports import mark_topics
from tertulia.store.upkeep import loading as store


class LoadedLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link that a post holds, or (`reflection`) that leads to it from the topic `linked_topic_id`."""

    post_id: int
    user_id: int
    url: str
    domain: str
    title: str
    internal: bool
    reflection: bool
    clicks: int
    linked_topic_id: int | None


class LoadedTopic(msgspec.Struct, frozen=True, kw_only=True):
    """A topic as it is to be. Every counter and time is taken as it stands; quotes, mentions and likes are pairs
    of a post's id and the id of the post or user that it names, or that likes it."""

    topic: Topic
    posts: tuple[Post, ...]
    tag_ids: tuple[int, ...] = ()
    allowed_user_ids: tuple[int, ...] = ()
    links: tuple[LoadedLink, ...] = ()
    quotes: tuple[tuple[int, int], ...] = ()
    mentions: tuple[tuple[int, int], ...] = ()
    likes: tuple[tuple[int, int], ...] = ()


async def load_topics(unit: Unit, topics: Sequence[LoadedTopic], *, load_id: int | None = None) -> None:
    """Puts whole topics, and remembers under `load_id` that they are here. Raises UniqueViolation."""
    engine = unit.tx.engine
    texts = [row for each in topics for row in _texts(each, engine=engine)]
    rows = _rows(topics)
    await unit.write()
    for table, of_table in rows.items():
        await store.insert_rows(unit.tx, table, of_table)
    await insert_texts(unit.tx, texts)
    if load_id is not None:
        await mark_topics(unit.tx, load_id, [each.topic.id for each in topics])


def _texts(loaded: LoadedTopic, *, engine: str) -> Iterable[tuple[int, str, str]]:
    """What is searchable: what people wrote, and the title with the first post."""
    for post in loaded.posts:
        if post.post_type in (PostType.REGULAR, PostType.MODERATOR_ACTION):
            title = loaded.topic.title if post.post_number == 1 else ""
            head, body = index_texts(engine, title=title, body=plain_text(post.cooked))
            yield post.id, head, body


def _rows(topics: Sequence[LoadedTopic]) -> dict[str, list[dict[str, Any]]]:
    as_row = msgspec.structs.asdict
    rows: dict[str, list[dict[str, Any]]] = {
        "topics": [as_row(each.topic) for each in topics],
        "posts": [
            {**as_row(post), "page_html": kept_form(post.cooked), "page_version": PAGE_VERSION}
            for each in topics
            for post in each.posts
        ],
        "topic_posters": [row for each in topics for row in _posters(each)],
        "topic_links": [
            {"topic_id": each.topic.id, "linked_post_id": None, "created_at": each.topic.created_at, **as_row(link)}
            for each in topics
            for link in each.links
        ],
        "topic_tags": [
            {"topic_id": each.topic.id, "tag_id": tag_id, "position": position}
            for each in topics
            for position, tag_id in enumerate(dict.fromkeys(each.tag_ids))
        ],
        "topic_allowed_users": [
            {"topic_id": each.topic.id, "user_id": user_id}
            for each in topics
            for user_id in dict.fromkeys(each.allowed_user_ids)
        ],
        "post_quotes": _pairs(topics, "quotes", column="quoted_post_id"),
        "post_mentions": _pairs(topics, "mentions", column="user_id"),
        "votes": [
            {**pair, "topic_id": each.topic.id, "value": 1, "created_at": each.topic.last_posted_at}
            for each in topics
            for pair in _pairs([each], "likes", column="user_id")
        ],
    }
    return rows


def _pairs(topics: Sequence[LoadedTopic], field: str, *, column: str) -> list[dict[str, int]]:
    return [
        {"post_id": post_id, column: other} for each in topics for post_id, other in dict.fromkeys(getattr(each, field))
    ]


def _posters(loaded: LoadedTopic) -> list[dict[str, int]]:
    live = [post for post in loaded.posts if post.deleted_at is None and post.post_type != PostType.WHISPER]
    counts = Counter(post.user_id for post in live)
    latest = {post.user_id: post.created_at for post in sorted(live, key=lambda post: post.created_at)}
    return [
        {"topic_id": loaded.topic.id, "user_id": user_id, "post_count": count, "last_posted_at": latest[user_id]}
        for user_id, count in counts.items()
    ]
