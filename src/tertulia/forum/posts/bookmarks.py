"""Bookmarks on posts and topics: private to whoever set them."""

from __future__ import annotations

import msgspec

from tertulia.forum.limits.acting import take_bookmark
from tertulia.forum.permissions import allow
from tertulia.forum.posts.reading import find_post
from tertulia.forum.unit import Unit
from tertulia.model.errors import BookmarkAlready, BookmarkMissing, NotFound, ParameterInvalid, TopicMissing
from tertulia.model.posts import Bookmark, SaveBookmark
from tertulia.store import posts_reading, topics_reading
from tertulia.store.readers import bookmarks

PAGE_SIZE = 20
LONGEST_NAME = 100  # source: upstream
PREFERENCES = range(4)


async def save_bookmark(unit: Unit, command: SaveBookmark) -> Bookmark:
    """Marks a post or topic that the actor can see.

    Raises LoginRequired, PostMissing, TopicMissing, BookmarkAlready, ParameterInvalid."""
    allow(unit, "member")
    _check(command.name, command.auto_delete_preference)
    await _find_subject(unit, command.subject, command.subject_id)
    await take_bookmark(unit)
    await unit.write()
    reader = unit.actor.user_id or 0
    known = await bookmarks.find_bookmark_of(unit.tx, reader, subject=command.subject, subject_id=command.subject_id)
    if known is not None:
        raise BookmarkAlready()
    fresh = Bookmark(
        id=0,
        user_id=reader,
        subject=command.subject,
        subject_id=command.subject_id,
        name=command.name,
        reminder_at=command.reminder_at,
        auto_delete_preference=command.auto_delete_preference,
        pinned=False,
        created_at=unit.now,
        updated_at=unit.now,
    )
    bookmark_id = await bookmarks.insert_bookmark(unit.tx, fresh)
    if command.subject == bookmarks.POST:
        await bookmarks.count_bookmark_on_post(unit.tx, command.subject_id, change=1)
    return msgspec.structs.replace(fresh, id=bookmark_id)


async def change_bookmark(
    unit: Unit, bookmark_id: int, *, name: str | None, reminder_at: int | None, auto_delete_preference: int
) -> Bookmark:
    """Gives a mark another name, time and preference. Raises LoginRequired, BookmarkMissing, ParameterInvalid."""
    allow(unit, "member")
    _check(name, auto_delete_preference)
    await unit.write()
    known = await _find_own(unit, bookmark_id)
    changed = msgspec.structs.replace(
        known,
        name=name,
        reminder_at=reminder_at,
        auto_delete_preference=auto_delete_preference,
        updated_at=unit.now,
    )
    await bookmarks.update_bookmark(unit.tx, changed, now=unit.now)
    return changed


async def delete_bookmark(unit: Unit, bookmark_id: int) -> bool:
    """Removes a mark; says whether its topic is still marked by another. Raises LoginRequired, BookmarkMissing."""
    allow(unit, "member")
    await unit.write()
    return await _delete(unit, await _find_own(unit, bookmark_id))


async def delete_bookmark_of(unit: Unit, subject: str, subject_id: int) -> bool:
    """The same by what is marked; nothing happens when nothing is. Raises LoginRequired."""
    allow(unit, "member")
    await unit.write()
    known = await bookmarks.find_bookmark_of(unit.tx, unit.actor.user_id or 0, subject=subject, subject_id=subject_id)
    return await _delete(unit, known) if known is not None else False


async def list_bookmarks(unit: Unit, user_id: int, *, page: int = 0) -> tuple[Bookmark, ...]:
    """Twenty marks on what is still visible: pinned first, then the newest. Pages are 0-based.

    Raises LoginRequired, and NotFound for the marks of others, which only admins read."""
    allow(unit, "member")
    if unit.actor.user_id != user_id and not unit.actor.is_admin:
        raise NotFound()
    return await bookmarks.list_bookmarks(
        unit.tx, user_id, offset=max(page, 0) * PAGE_SIZE, limit=PAGE_SIZE, visibility=unit.actor.visibility
    )


def _check(name: str | None, preference: int) -> None:
    if name is not None and len(name) > LONGEST_NAME:
        raise ParameterInvalid(name="name", problem=f"is longer than {LONGEST_NAME} characters")
    if preference not in PREFERENCES:
        raise ParameterInvalid(name="auto_delete_preference", problem="is not 0, 1, 2 or 3")


async def _find_subject(unit: Unit, subject: str, subject_id: int) -> None:
    if subject == bookmarks.POST:
        await find_post(unit, subject_id)
    elif subject == bookmarks.TOPIC:
        topic = await topics_reading.find_topic(unit.tx, subject_id, visibility=unit.actor.visibility)
        if topic is None:
            raise TopicMissing()
    else:
        raise ParameterInvalid(name="subject", problem="is neither Post nor Topic")


async def _find_own(unit: Unit, bookmark_id: int) -> Bookmark:
    known = await bookmarks.find_bookmark(unit.tx, bookmark_id)
    if known is None or known.user_id != unit.actor.user_id:
        raise BookmarkMissing()
    return known


async def _delete(unit: Unit, known: Bookmark) -> bool:
    if await bookmarks.delete_bookmark(unit.tx, known.id) and known.subject == bookmarks.POST:
        await bookmarks.count_bookmark_on_post(unit.tx, known.subject_id, change=-1)
    topic_id = known.subject_id
    if known.subject == bookmarks.POST:
        post = await posts_reading.read_post_again(unit.tx, known.subject_id)
        topic_id = post.topic_id if post is not None else 0
    return topic_id in await bookmarks.list_marked_topics(unit.tx, known.user_id, [topic_id])
