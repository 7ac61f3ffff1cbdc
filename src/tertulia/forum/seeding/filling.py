"""Filling a forum with made-up content: people, categories and tags first, then topics in short slices.

Every slice is a transaction that leaves all counters right, so it may end after any of them.
Read next: `writing.py`, `forum/loading/growing.py`.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import itertools
import time
from collections.abc import Callable, Generator
from random import Random

import msgspec

from tertulia.forum.loading.counting import renew_statistics, reserve_ids
from tertulia.forum.loading.growing import Piece, Slice, begin_growing, load_slice, put_together, settle
from tertulia.forum.loading.mending import begin_fill, end_fill, lay_indexes_aside, mend, put_indexes_back
from tertulia.forum.loading.occupancy import Highest, find_last_given, has_only_welcome_topic
from tertulia.forum.loading.people import blank_user, list_taken_names, load_users
from tertulia.forum.loading.places import blank_category, list_taken_places, load_categories, load_tags
from tertulia.forum.seeding import shares
from tertulia.forum.seeding.ahead import Order, write_ahead
from tertulia.forum.seeding.blocks import make_pool
from tertulia.forum.seeding.vocabulary import made_up_word, noun, rare_phrases, rare_words
from tertulia.forum.seeding.writing import Cast
from tertulia.forum.slugs import slugify
from tertulia.forum.unit import Unit
from tertulia.model.categories import Category
from tertulia.model.users import User
from tertulia.store.upkeep.claims import loading

_SLICE_SECONDS = 0.04  # others wait meanwhile; a tenth of a second is the most that they may
_FEWEST, _MOST = 50, 4_000
_ALONE = 16_000  # posts in a slice of a forum that nobody has used yet
_WORTH_INDEXING = 10_000  # posts of a forum that nobody has used yet: fewer are indexed as they come
_SETTLED = 8_000  # posts
_LIVING_OBJECTS = 500_000  # of slices that lie ready: to look for circles among them took a third of the reading
_PEOPLE = 500
_MENTIONED = 60
_CATEGORIES = (
    "Announcements", "Support", "Development", "Show and tell", "Hardware", "Plugins", "Documentation", "Ideas",
    "Translations", "Site operations", "Beginners", "Off topic",
)  # fmt: skip
_COLORS = ("0E7490", "B45309", "4D7C0F", "9D174D", "5B21B6", "1D4ED8", "B91C1C", "0F766E")
_TAGS = 40


class Amount(msgspec.Struct, frozen=True, kw_only=True):
    """How much is wanted: each at least 1, `posts` (all of them, first ones too) no fewer than `topics`.

    Times lie within three years before `now` (ms); `seed` decides everything else."""

    users: int
    topics: int
    posts: int
    seed: int
    now: int


class Filled(msgspec.Struct, kw_only=True):
    """What was put, whether all of it, and how fast (posts a second, preparation included)."""

    users: int = 0
    topics: int = 0
    posts: int = 0
    categories: int = 0
    tags: int = 0
    complete: bool = False
    seconds: float = 0.0
    posts_per_second: float = 0.0
    longest_slice_ms: float = 0.0


class _Pace(msgspec.Struct):
    """How many posts the next slice should hold. In a forum `alone`, which holds nothing yet, nobody waits."""

    posts: int
    alone: bool

    def learn(self, seconds: float, *, posts: int) -> None:
        """From how long the last slice kept others waiting."""
        if self.alone:
            return
        fitting = posts * _SLICE_SECONDS / max(seconds, 0.001)
        self.posts = int(min(max(fitting, _FEWEST), self.posts * 2, _MOST))


async def fill_forum(
    amount: Amount,
    *,
    open_unit: Callable[[], Unit],
    tell: Callable[[int, int], None],
    stopped: Callable[[], bool] = lambda: False,
) -> Filled:
    """Puts the content; `tell` is given posts done and posts wanted. When `stopped`, ends after the slice it is in.

    What is there stays as it is. The same amount in another forum gives the same texts, times and relations; only
    ids begin above those in use, and names that are taken get a number. Raises ValueError for no amount at all."""
    if min(amount.users, amount.topics) < 1 or amount.posts < amount.topics:
        raise ValueError("at least one user and one topic, and no fewer posts than topics")
    began = time.monotonic()
    filled = Filled()
    async with open_unit() as unit:
        await mend(unit)
        await unit.commit()
    async with loading(unit.ports.database):
        await _fill(amount, open_unit=open_unit, tell=tell, stopped=stopped, filled=filled)
    filled.complete = filled.posts == amount.posts
    filled.seconds = time.monotonic() - began
    filled.posts_per_second = filled.posts / max(filled.seconds, 0.001)
    return filled


async def _fill(
    amount: Amount,
    *,
    open_unit: Callable[[], Unit],
    tell: Callable[[int, int], None],
    stopped: Callable[[], bool],
    filled: Filled,
) -> None:
    async with open_unit() as unit:
        highest = await find_last_given(unit)
        alone = await has_only_welcome_topic(unit)
        engine = unit.tx.engine
        top = (highest.user + amount.users, highest.topic + amount.topics, highest.post + amount.posts)
        await reserve_ids(unit, Highest(*top, highest.category + len(_CATEGORIES)))
        fill_id = await begin_fill(unit, after=highest.topic, to=top[1])
        await unit.commit()
    usernames = await _people(amount, highest, open_unit=open_unit, stopped=stopped, filled=filled)
    category_ids, tag_ids = await _places(amount, highest, open_unit=open_unit, filled=filled)
    rare = rare_words(Random(f"{amount.seed}/words"))
    cast = Cast(
        engine=engine,
        now=amount.now,
        seed=amount.seed,
        user_ids=range(highest.user + 1, top[0] + 1),
        usernames=usernames,
        user_weights=shares.zipf_weights(amount.users),
        category_ids=category_ids,
        category_weights=shares.zipf_weights(len(category_ids)),
        tag_ids=tag_ids,
        tag_weights=shares.zipf_weights(len(tag_ids)),
        pool=make_pool(Random(f"{amount.seed}/pool"), usernames=usernames[:_MENTIONED]),
        rare=rare,
        phrases=rare_phrases(Random(f"{amount.seed}/phrases"), rare),
    )
    rng = Random(f"{amount.seed}/sizes")
    order = Order(
        cast=cast,
        sizes=shares.posts_per_topic(rng, topics=amount.topics, posts=amount.posts),
        beginnings=shares.beginnings(rng, topics=amount.topics, now=amount.now),
        first_topic_id=highest.topic + 1,
        first_post_id=highest.post + 1,
    )
    pace = _Pace(posts=_ALONE if alone else _FEWEST, alone=alone)
    try:
        await _topics(order, open_unit=open_unit, pace=pace, tell=tell, stopped=stopped, filled=filled)
    finally:
        async with open_unit() as unit:
            await end_fill(unit, fill_id, after=highest.topic, to=top[1])
            await unit.commit()
        async with open_unit() as unit:
            await put_indexes_back(unit)
            await unit.commit()
    async with open_unit() as unit:
        await renew_statistics(unit)
        await unit.commit()


async def _topics(
    order: Order,
    *,
    open_unit: Callable[[], Unit],
    pace: _Pace,
    tell: Callable[[int, int], None],
    stopped: Callable[[], bool],
    filled: Filled,
) -> None:
    settled = 0
    limits = gc.get_threshold()
    gc.set_threshold(_LIVING_OBJECTS, *limits[1:])
    async with open_unit() as unit:
        await unit.write()
        await begin_growing(unit)
        if pace.alone and order.post_count >= _WORTH_INDEXING:
            await lay_indexes_aside(unit)
        await unit.commit()
    slices = _slices(order, pace=pace)
    upcoming = asyncio.create_task(asyncio.to_thread(next, slices, None))
    try:
        while (ready := await upcoming) is not None and not stopped():
            upcoming = asyncio.create_task(asyncio.to_thread(next, slices, None))  # while this one is committed
            await _load(ready, open_unit=open_unit, pace=pace, filled=filled)
            tell(filled.posts, order.post_count)
            if filled.posts - settled >= _SETTLED:
                settled = filled.posts
                async with open_unit() as unit:
                    await settle(unit)
    finally:
        await asyncio.wait([upcoming])
        slices.close()
        gc.set_threshold(*limits)


def _slices(order: Order, *, pace: _Pace) -> Generator[Slice, None, None]:
    batch: list[Piece] = []
    posts = 0
    with contextlib.closing(write_ahead(order)) as handfuls:
        for piece in itertools.chain.from_iterable(handfuls):
            batch.append(piece)
            posts += piece.post_count
            if posts >= pace.posts:
                yield put_together(batch)
                batch, posts = [], 0
    if batch:
        yield put_together(batch)


async def _load(ready: Slice, *, open_unit: Callable[[], Unit], pace: _Pace, filled: Filled) -> None:
    async with open_unit() as unit:
        await unit.write()
        began = time.monotonic()
        await load_slice(unit, ready)
        await unit.commit()
    seconds = time.monotonic() - began
    pace.learn(seconds, posts=ready.post_count)
    filled.posts += ready.post_count
    filled.topics += ready.topics
    filled.longest_slice_ms = max(filled.longest_slice_ms, round(seconds * 1000, 1))


async def _people(
    amount: Amount, highest: Highest, *, open_unit: Callable[[], Unit], stopped: Callable[[], bool], filled: Filled
) -> list[str]:
    """Accounts without a way to log in; answers their names in the order of their ids."""
    rng = Random(f"{amount.seed}/people")
    wanted: dict[str, None] = {}
    while len(wanted) < amount.users:
        name = made_up_word(rng, syllables=rng.choice((2, 2, 3)))
        wanted[name if name not in wanted and len(name) >= 3 else f"{name}{rng.randint(2, 999_999)}"] = None
    usernames: list[str] = []
    for start in range(0, amount.users, _PEOPLE):
        names = list(wanted)[start : start + _PEOPLE]
        async with open_unit() as unit:
            taken = await list_taken_names(unit, names)
            named = [f"{name}_{highest.user + start + place + 1}" if name in taken else name
                     for place, name in enumerate(names)]  # fmt: skip
            users = [_user(rng, amount, user_id=highest.user + start + place + 1, username=name)
                     for place, name in enumerate(named)]  # fmt: skip
            if not stopped():
                await load_users(unit, users)
                await unit.commit()
                filled.users += len(users)
        usernames += named
    return usernames


def _user(rng: Random, amount: Amount, *, user_id: int, username: str) -> User:
    created = amount.now - shares.SPAN - int(rng.random() * shares.YEAR) - shares.HOUR
    full = f"{made_up_word(rng).capitalize()} {made_up_word(rng).capitalize()}" if rng.random() < 0.5 else ""
    level = rng.choices((0, 1, 2, 3), (20, 55, 20, 5))[0]
    user = blank_user(user_id, username=username, created_at=created)
    return msgspec.structs.replace(user, name=full, trust_level=level)


async def _places(
    amount: Amount, highest: Highest, *, open_unit: Callable[[], Unit], filled: Filled
) -> tuple[list[int], list[int]]:
    """Categories of their own, with names that are free, and tags, which are shared."""
    rng = Random(f"{amount.seed}/places")
    created = amount.now - shares.SPAN - shares.YEAR
    categories: list[Category] = []
    async with open_unit() as unit:
        keys = [key for name in _CATEGORIES for key in (name.casefold(), slugify(name))]
        taken = await list_taken_places(unit, keys)
        for place, name in enumerate(_CATEGORIES):
            category_id = highest.category + place + 1
            if name.casefold() in taken or slugify(name) in taken:
                name = f"{name} {category_id}"
            blank = blank_category(category_id, name=name, slug=slugify(name), created_at=created)
            color = _COLORS[place % len(_COLORS)]
            categories.append(msgspec.structs.replace(blank, color=color, position=place))
        await load_categories(unit, categories)
        names: dict[str, None] = {}
        while len(names) < _TAGS:
            names[noun(rng)] = None
        tags = await load_tags(unit, names)
        await unit.commit()
    filled.categories, filled.tags = len(categories), len(tags)
    return [category.id for category in categories], [tags[name] for name in names]
