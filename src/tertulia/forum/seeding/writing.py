"""Topics and their posts, made up in pieces of at most 200 posts. Everything follows from the generator's seed.

A piece answers and quotes only itself, so that no piece changes one before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import msgspec

from tertulia.forum.cooking import VERSION, excerpt, fancy
from tertulia.forum.indexing.posts import BOUNDARY
from tertulia.forum.indexing.words import document
from tertulia.forum.loading.growing import Growth
from tertulia.forum.page_forms.form import PAGE_VERSION
from tertulia.forum.seeding import shares, vocabulary
from tertulia.forum.seeding.blocks import Block, Text, compose, plain_block, quote_block
from tertulia.forum.slugs import slugify
from tertulia.forum.topic_rules.titles import clean_title, title_key
from tertulia.model.levels import Level
from tertulia.store.engine.query import SQLITE
from tertulia.store.fulltext.loading import SearchRow, vector_row
from tertulia.store.readers.falling_behind import MOST_CAUGHT_UP

PIECE = 200
_NEAR = 20  # posts back that people answer
_LENGTHS, _LENGTH_WEIGHTS = (0, 1, 2, 3, 5), (30, 45, 17, 6, 2)


class Cast(msgspec.Struct, frozen=True, kw_only=True):
    """Who writes, where, about what, with which words; ids are those of the forum."""

    engine: str
    now: int
    seed: int
    user_ids: Sequence[int]
    usernames: Sequence[str]
    user_weights: Sequence[float]
    category_ids: Sequence[int]
    category_weights: Sequence[float]
    tag_ids: Sequence[int]
    tag_weights: Sequence[float]
    pool: tuple[Block, ...]
    rare: tuple[str, ...]
    phrases: tuple[str, ...]


class _Post(msgspec.Struct):
    """A post of the piece that others may answer."""

    row: dict[str, Any]
    author: int
    quotable: Block | None


class _Story:
    """One topic while it is written."""

    def __init__(self, cast: Cast, *, rng: Random, topic_id: int, size: int, begun_at: int) -> None:
        self.cast, self.rng, self.topic_id, self.size = cast, rng, topic_id, size
        # As everybody draws from few, topics have fewer writers than posts.
        count = int(size**0.7) + 1
        self.people = rng.choices(range(len(cast.user_ids)), cum_weights=cast.user_weights, k=count)
        self.times = shares.times(rng, count=size, begin=begun_at, now=cast.now)
        self.category_id = rng.choices(cast.category_ids, cum_weights=cast.category_weights)[0]
        self.seen: set[int] = set()


def write_topics(
    cast: Cast, *, sizes: Sequence[int], beginnings: Sequence[int], first_topic_id: int, first_post_id: int
) -> Iterator[Growth]:
    """The pieces of all topics, in the order of their ids."""
    post_id = first_post_id
    for index, (size, begun_at) in enumerate(zip(sizes, beginnings, strict=True)):
        rng = Random(f"{cast.seed}/topic/{index}")
        story = _Story(cast, rng=rng, topic_id=first_topic_id + index, size=size, begun_at=begun_at)
        for start in range(0, size, PIECE):
            yield _piece(story, start=start, first_post_id=post_id)
            post_id += min(PIECE, size - start)


def _piece(story: _Story, *, start: int, first_post_id: int) -> Growth:
    cast, rng, count = story.cast, story.rng, min(PIECE, story.size - start)
    growth = Growth(
        category_id=story.category_id,
        topic_id=story.topic_id,
        begun_at=story.times[0],
        last_post=(first_post_id + count - 1, story.times[start + count - 1]),
        rows={"posts": [], "votes": [], "post_quotes": [], "post_mentions": [], "topic_links": []},
        texts=[],
        people={},
        posters=[],
        states=[],
    )
    written: list[_Post] = []
    texts: list[str] = []
    authors = rng.choices(story.people, k=count)
    if start == 0:
        authors[0] = story.people[0]
    for place, (author, length) in enumerate(
        zip(authors, rng.choices(_LENGTHS, _LENGTH_WEIGHTS, k=count), strict=True)
    ):
        number = start + place + 1
        blocks, target, quoted = _contents(story, written, length=length, is_first=number == 1)
        text = compose(blocks)
        row = _row(story, text, post_id=first_post_id + place, number=number, author=author)
        _answer(row, target)
        if target is not None and quoted:
            target.row["quote_count"] += 1
            growth.rows["post_quotes"].append({"post_id": row["id"], "quoted_post_id": target.row["id"]})
        _refer(growth, story, blocks, row=row)
        _like(growth, story, row=row, author=author)
        texts.append(text.spelled)
        growth.rows["posts"].append(row)
        quotable = blocks[-1 if quoted else 0]
        written.append(_Post(row, author, quotable if _is_quotable(quotable) else None))
    _count(growth, story, written, start=start)
    head = "" if start else document(growth.rows["topics"][0]["title"])
    growth.texts = _searchable(cast.engine, texts, head=head, first_id=first_post_id)
    return growth


def _searchable(engine: str, texts: list[str], *, head: str, first_id: int) -> list[SearchRow]:
    """Rows of the index: of each text, and of the title with the first."""
    heads = [head] + [""] * (len(texts) - 1)
    rows = enumerate(zip(heads, texts, strict=True), start=first_id)
    if engine == SQLITE:
        return [(post_id, title, body) for post_id, (title, body) in rows]
    return [vector_row(post_id, f"{title} {BOUNDARY}".split() if title else [], body.split())
            for post_id, (title, body) in rows]  # fmt: skip


def _contents(
    story: _Story, written: list[_Post], *, length: int, is_first: bool
) -> tuple[list[Block], _Post | None, bool]:
    """The pieces of a text, the post that it answers, and whether it quotes that post."""
    cast, rng = story.cast, story.rng
    drawn = rng.random()
    target = None
    blocks: list[Block] = []
    if written and drawn < 0.4:
        target = written[-1 - int(rng.random() * min(len(written), _NEAR))]
    quotes = target is not None and drawn < 0.12 and target.quotable is not None
    if target is not None and target.quotable is not None and quotes:
        blocks.append(
            quote_block(
                target.quotable,
                username=cast.usernames[target.author],
                post_number=target.row["post_number"],
                topic_id=story.topic_id,
            )
        )
    pool, chosen = cast.pool, blocks[-1] if blocks else None
    for _ in range(length + 2 * is_first):
        block = pool[int(rng.random() * len(pool))]
        if not (block.is_list and chosen is not None and chosen.is_list) and block not in blocks:
            blocks.append(block)
            chosen = block
    if len(blocks) == quotes or drawn > 0.5:
        blocks.append(_own_words(cast, rng))
    return blocks, target, quotes


def _own_words(cast: Cast, rng: Random) -> Block:
    """A sentence that hardly any other post has: words seldom enough to be worth a search."""
    phrases, random = cast.phrases, rng.random
    words = " ".join([phrases[int(random() * len(phrases))] for _ in range(2 + int(random() * 3))])
    return plain_block(f"{words[0].upper()}{words[1:]}.", words=words.count(" ") + 1)


def _is_quotable(block: Block) -> bool:
    return block.mentions is None and not block.url and block.html.startswith("<p>") and not block.raw.startswith("[")


def _row(story: _Story, text: Text, *, post_id: int, number: int, author: int) -> dict[str, Any]:
    at, user_id = story.times[number - 1], story.cast.user_ids[author]
    return {
        "id": post_id,
        "topic_id": story.topic_id,
        "post_number": number,
        "user_id": user_id,
        "raw": text.raw,
        "cooked": text.html,
        "cook_version": VERSION,
        "raw_key": text.key,
        "reply_to_post_number": None,
        "reply_to_post_id": None,
        "reply_to_user_id": None,
        "reply_count": 0,
        "quote_count": 0,
        "like_count": 0,
        "reads": 0,
        "word_count": text.words,
        "created_at": at,
        "updated_at": at,
        "last_editor_id": user_id,
        "page_html": text.page,
        "page_version": PAGE_VERSION,
    }


def _answer(row: dict[str, Any], target: _Post | None) -> None:
    if target is None:
        return
    row["reply_to_post_number"] = target.row["post_number"]
    row["reply_to_post_id"] = target.row["id"]
    row["reply_to_user_id"] = target.row["user_id"]
    target.row["reply_count"] += 1


def _refer(growth: Growth, story: _Story, blocks: list[Block], *, row: dict[str, Any]) -> None:
    """Who is mentioned, and where links lead."""
    mentioned = {story.cast.user_ids[block.mentions] for block in blocks if block.mentions is not None}
    growth.rows["post_mentions"] += [{"post_id": row["id"], "user_id": user_id} for user_id in sorted(mentioned)]
    for block in blocks:
        if block.url:
            growth.rows["topic_links"].append(
                {
                    "topic_id": story.topic_id,
                    "post_id": row["id"],
                    "user_id": row["user_id"],
                    "url": block.url,
                    "domain": block.url.split("/")[2],
                    "clicks": int(story.rng.random() ** 4 * 50),
                    "created_at": row["created_at"],
                }
            )


def _like(growth: Growth, story: _Story, *, row: dict[str, Any], author: int) -> None:
    cast, rng = story.cast, story.rng
    wanted = shares.likes(rng)
    if not wanted:
        return
    drawn = rng.choices(range(len(cast.user_ids)), cum_weights=cast.user_weights, k=wanted)
    people = [each for each in dict.fromkeys(drawn) if each != author]
    row["like_count"] = len(people)
    at = row["created_at"] + int(rng.random() * min(shares.HOUR * 72, cast.now - row["created_at"]))
    for each in people:
        user_id = cast.user_ids[each]
        growth.rows["votes"].append(
            {"post_id": row["id"], "user_id": user_id, "topic_id": story.topic_id, "value": 1, "created_at": at}
        )
        growth.people.setdefault(user_id, [0, 0, 0, 0, 0])[3] += 1


def _count(growth: Growth, story: _Story, written: list[_Post], *, start: int) -> None:
    """What follows from the posts of the piece: counters, who wrote, who has read how far."""
    cast = story.cast
    for post in written:
        row = post.row
        person = growth.people.setdefault(row["user_id"], [0, 0, 0, 0, 0])
        person[0] += 1
        person[2] += row["like_count"]
        person[4] = row["created_at"]
    posts = Counter(post.row["user_id"] for post in written)
    story.seen.update(posts)
    end = start + len(written)
    posters: list[dict[str, int]] = [
        {
            "topic_id": story.topic_id,
            "user_id": user_id,
            "post_count": count,
            "last_posted_at": growth.people[user_id][4],
        }
        for user_id, count in posts.items()
    ]
    starter = cast.user_ids[story.people[0]]
    states: list[dict[str, int | None]] = [
        {
            "topic_id": story.topic_id,
            "user_id": user_id,
            "last_read_post_number": end,
            "highest_seen_post_number": end,
            "level": int(Level.WATCHING if user_id == starter else Level.TRACKING),
            "first_visited_at": story.times[start],
            "last_visited_at": growth.last_post[1],
            "maybe_unread": int(end < story.size or len(story.seen) > MOST_CAUGHT_UP),
        }
        for user_id in posts
    ]
    if start:
        growth.posters, growth.states = posters, states
    else:
        growth.rows |= {"topic_posters": posters, "topic_states": states}
    for post in written:
        post.row["reads"] = len(posts) - 1
    _topic(growth, story, written, start=start)


def _topic(growth: Growth, story: _Story, written: list[_Post], *, start: int) -> None:
    rows = [post.row for post in written]
    last = rows[-1]
    counted = {
        "posts_count": len(rows),
        "reply_count": sum(row["reply_to_post_id"] is not None for row in rows),
        "like_count": sum(row["like_count"] for row in rows),
        "word_count": sum(row["word_count"] for row in rows),
        "views": len(rows) * 4 + int(story.rng.random() ** 5 * 2_000),
        "highest_post_number": last["post_number"],
        "last_post_id": last["id"],
        "last_post_user_id": last["user_id"],
        "last_posted_at": last["created_at"],
        "bumped_at": last["created_at"],
        "updated_at": last["created_at"],
        "participant_count": len(story.seen),
        # Nobody answers in the middle, where the next piece takes the next number.
        "closed": int(last["post_number"] < story.size),
    }
    if start:
        growth.change = {"topic_id": story.topic_id, **counted}
        return
    cast, rng, first = story.cast, story.rng, rows[0]
    title = clean_title(vocabulary.title(rng, rare=cast.rare[int(rng.random() ** 2 * len(cast.rare))]))
    growth.rows["topics"] = [
        {
            "id": story.topic_id,
            "title": title,
            "title_key": title_key(title),
            "fancy_title": fancy(title),
            "slug": slugify(title),
            "category_id": story.category_id,
            "user_id": first["user_id"],
            "created_at": first["created_at"],
            "first_post_id": first["id"],
            "first_post_like_count": first["like_count"],
            "excerpt": excerpt(first["cooked"]),
            **counted,
        }
    ]
    growth.people[first["user_id"]][1] += 1
    drawn = rng.choices(cast.tag_ids, cum_weights=cast.tag_weights, k=rng.choice((0, 1, 1, 2, 3)))
    growth.tag_ids = tuple(dict.fromkeys(drawn))
    growth.rows["topic_tags"] = [
        {"topic_id": story.topic_id, "tag_id": tag_id, "position": place} for place, tag_id in enumerate(growth.tag_ids)
    ]
