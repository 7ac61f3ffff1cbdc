"""Cooking again what an older version of the rules cooked, a few posts of one topic at a time.

Nobody is told, nothing is bumped and no version made: the text is the same. A slice is one transaction, so that
readers see a post with all that follows from its text either as it was or as it is to be.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import msgspec

from tertulia.forum.cooking import VERSION, plain_text
from tertulia.forum.indexing.posts import index_post
from tertulia.forum.page_forms.keeping import JOB as PAGE_FORMS
from tertulia.forum.posts.claiming import find_allowed
from tertulia.forum.posts.editing import store_text
from tertulia.forum.posts.preparing import Body, prepare_body
from tertulia.forum.sessions.actors import build_actor, system_actor
from tertulia.forum.sites.knobs import load_settings
from tertulia.forum.unit import Unit
from tertulia.model.actor import Actor
from tertulia.model.oneboxes import Place
from tertulia.model.posts import Post, PostType
from tertulia.model.topics import Topic
from tertulia.store.cooked import recooking as store
from tertulia.store.users import find_user
from tertulia.store.writing.topics import lock_topic, read_topic_again

JOB = "posts.recook"
_POSTS = 20
_LETTERS = 100_000
_SECONDS = 0.05  # how long a slice looks for posts, and how long it writes, before it ends with the post it is at


class Recook(msgspec.Struct, frozen=True, kw_only=True):
    """Which posts: cooked by a version before `before`, and with `imported` those that were never cooked here."""

    before: int = VERSION
    imported: bool = False

    @property
    def lowest(self) -> int:
        return 0 if self.imported else 1


class Slice(msgspec.Struct, frozen=True):
    """How far a run is: the topic and the number of the post that was looked at last, and how many were cooked."""

    topic_id: int = 0
    post_number: int = 0
    cooked: int = 0
    ended: bool = False


async def recook_all(
    wanted: Recook,
    *,
    open_unit: Callable[[], Unit],
    tell: Callable[[int, int], None],
    stopped: Callable[[], bool] = lambda: False,
) -> tuple[int, bool]:
    """Cooks every such post; answers how many and whether it came to the end. `tell` is given done and wanted.

    When `stopped`, ends after the slice it is in. Another run goes on with what is left."""
    async with open_unit() as unit:
        total = await store.count_stale(unit.tx, lowest=wanted.lowest, below=wanted.before)
    place, done = Slice(), 0
    while not place.ended and not stopped():
        async with open_unit() as unit:
            unit.settings, unit.actor = await load_settings(unit), await system_actor(unit)
            place = await _cook_some(unit, wanted, place)
            await unit.commit()
        done += place.cooked
        tell(done, max(total, done))
    return done, place.ended


async def put_recooking(unit: Unit, wanted: Recook) -> None:
    """Leaves it to the worker, with the forms for pages; the same one waits once."""
    await unit.write()
    unique = f"{JOB}/{wanted.before}/{int(wanted.imported)}"
    await unit.later(JOB, unique=unique, before=wanted.before, imported=wanted.imported)
    await unit.later(PAGE_FORMS, unique=PAGE_FORMS)


async def recook_slice(
    unit: Unit, *, before: int, imported: bool = False, topic_id: int = 0, post_number: int = 0
) -> None:
    """The job: cooks some posts after that place, and puts itself again in the same transaction until none is left."""
    wanted = Recook(before=before, imported=imported)
    place = await _cook_some(unit, wanted, Slice(topic_id, post_number))
    if not place.ended:
        await unit.write()
        await unit.later(JOB, before=before, imported=imported, topic_id=place.topic_id, post_number=place.post_number)


async def rebake_post(unit: Unit, post_id: int) -> None:
    """Cooks one post again, whichever version cooked it; one without Markdown of its own stays as it is.

    Raises PostMissing, NotAllowed (staff only)."""
    post, topic = await find_allowed(unit, post_id, act="post.rebake")
    if post.raw_derived or post.post_type == PostType.SMALL_ACTION:
        return
    prepared = await _prepare(unit, post, topic)
    await unit.write()
    fresh, topic = await find_allowed(unit, post_id, act="post.rebake")
    if fresh.raw == post.raw:
        await _store(unit, fresh, topic, prepared=prepared)


async def recook_posts(unit: Unit, post_ids: Sequence[int]) -> list[int]:
    """Cooks these posts again, whichever version cooked them, and answers which came out differently.

    What this forum never cooked stays as it is, and so does a text that is edited meanwhile. For few posts: they are
    stored in the same transaction. The unit must not write yet; afterwards it does."""
    found = [post for post in await store.list_cooked(unit.tx, post_ids) if post.cook_version]
    topics = {post.topic_id: await read_topic_again(unit.tx, post.topic_id) for post in found}
    prepared = [(post, await _prepare(unit, post, topics[post.topic_id])) for post in found]
    await unit.write()
    cooked: list[int] = []
    for post, ready in prepared:
        if ready[1].cooked.html == post.cooked:
            continue
        topic = await lock_topic(unit.tx, post.topic_id, visibility=unit.actor.visibility)
        fresh = (await store.list_cooked(unit.tx, [post.id]))[:1]
        if topic is not None and fresh and fresh[0].raw == post.raw:
            await _store(unit, fresh[0], topic, prepared=ready)
            cooked.append(post.id)
    return cooked


async def _cook_some(unit: Unit, wanted: Recook, place: Slice) -> Slice:
    """One slice: looks for posts, cooks them, waits for its turn, stores those whose text is still the same."""
    place, found = await _find_some(unit, wanted, place)
    if not found:
        return place
    around = await read_topic_again(unit.tx, place.topic_id)
    prepared = {post.id: (post.raw, await _prepare(unit, post, around)) for post in found}
    await unit.write()
    began = time.monotonic()
    topic = await lock_topic(unit.tx, place.topic_id, visibility=unit.actor.visibility)
    again = {} if topic is None else {post.id: post for post in await _stale(unit, wanted, place)}
    number, cooked = place.post_number, 0
    for post in found:
        if time.monotonic() - began > _SECONDS:
            break
        number, now = post.post_number, again.get(post.id)
        raw, ready = prepared[post.id]
        if topic is not None and now is not None and now.raw == raw:
            await _store(unit, now, topic, prepared=ready)
            cooked += 1
    return Slice(place.topic_id, number, cooked)


async def _find_some(unit: Unit, wanted: Recook, place: Slice) -> tuple[Slice, list[Post]]:
    """The next posts of one topic, and the place before them; none, where looking took too long or all is done."""
    began = time.monotonic()
    place = msgspec.structs.replace(place, cooked=0)
    while time.monotonic() - began < _SECONDS:
        if found := await _stale(unit, wanted, place):
            return place, _bounded(found)
        topic_id = await store.find_next_topic(unit.tx, after=place.topic_id)
        if topic_id is None:
            return msgspec.structs.replace(place, ended=True), []
        place = Slice(topic_id)
    return place, []


async def _stale(unit: Unit, wanted: Recook, place: Slice) -> list[Post]:
    return await store.list_stale(
        unit.tx,
        place.topic_id,
        after=place.post_number,
        lowest=wanted.lowest,
        below=wanted.before,
        limit=_POSTS,
    )


def _bounded(posts: list[Post]) -> list[Post]:
    """The first of them that are together no longer than a slice may be; at least one."""
    letters = 0
    kept: list[Post] = []
    for post in posts:
        letters += len(post.raw)
        if kept and letters > _LETTERS:
            break
        kept.append(post)
    return kept


async def _prepare(unit: Unit, post: Post, topic: Topic) -> tuple[Actor, Body]:
    """The text cooked with its author's eyes and rights, as it was when it was written."""
    author, own = await build_actor(unit, await find_user(unit.tx, post.user_id)), unit.actor
    unit.actor = author
    try:
        return author, await prepare_body(unit, post.raw, place=Place(topic.id, topic.category_id))
    finally:
        unit.actor = own


async def _store(unit: Unit, post: Post, topic: Topic, *, prepared: tuple[Actor, Body]) -> None:
    """The new HTML of a locked post and everything that follows from the same pass. The Markdown stays untouched."""
    own, (unit.actor, body) = unit.actor, prepared
    await store_text(unit, post, topic, body=msgspec.structs.replace(body, raw=post.raw, raw_key=post.raw_key))
    unit.actor = own
    if post.deleted_at is None and post.post_type in (PostType.REGULAR, PostType.MODERATOR_ACTION):
        title = topic.title if post.post_number == 1 else ""
        await index_post(unit, post_id=post.id, title=title, body=plain_text(body.cooked.html))
