"""Which posts of a topic a reader gets: the stream, the window in it, the timeline beside it.

A stream of 10,000 posts or more is never loaded whole, and one of more than 100 only for who shows it.
Read next: `reading.py`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

import msgspec

from tertulia.forum.unit import Unit
from tertulia.forum.users.names import username_key
from tertulia.model.errors import NotFound
from tertulia.model.topics import ReadTopic, Topic
from tertulia.store import cards
from tertulia.store.lists import streams
from tertulia.store.lists.streams import FIRST, HIDE, SHOW, StreamRow, StreamSpec

MEGA_POSTS = 10_000  # source: upstream sends no stream from here on
SHORT_POSTS = 100  # below, one statement for all places is the cheapest
MOST_PER_PAGE = 1000
MOST_PAGE = 1_000_000
TIMELINE_POINTS = 300
DAY = 86_400_000


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """The posts to show, in order, with the whole stream and its timeline unless the topic is too long."""

    post_ids: tuple[int, ...]
    stream: tuple[int, ...]
    timeline: tuple[tuple[int, int], ...]
    is_mega: bool
    first_post_id: int
    last_post_id: int
    page: int
    page_count: int
    current_post_number: int


async def find_window(unit: Unit, topic: Topic, *, command: ReadTopic) -> Window:
    """The window that the command asks for. Raises NotFound for a page that the topic does not have."""
    spec, values = await _form(unit, command)
    chunk = min(max(command.chunk, 1), MOST_PER_PAGE)
    page = command.page or 1
    if command.page is not None and not 1 <= command.page <= MOST_PAGE:
        raise NotFound()
    if topic.posts_count >= MEGA_POSTS or _needs_no_stream(topic, command, spec=spec):
        return await _part(unit, topic, command, spec=spec, values=values)
    rows = await streams.list_stream(unit.tx, topic.id, spec=spec, **values)
    shown = list(reversed(rows)) if command.newest_first else rows
    if command.post_ids is not None:
        wanted = set(command.post_ids)
        chosen = [row for row in shown if row.id in wanted]
    elif command.post_number is not None:
        chosen = around(rows, command.post_number, chunk=chunk)
        page = _page_of(shown, chosen, chunk=chunk)
    else:
        chosen = shown[(page - 1) * chunk : page * chunk]
        if not chosen and page > 1:
            raise NotFound()
    return Window(
        post_ids=tuple(row.id for row in chosen),
        stream=tuple(row.id for row in rows),
        timeline=timeline(rows, now=unit.now),
        is_mega=False,
        first_post_id=rows[0].id if rows else 0,
        last_post_id=rows[-1].id if rows else 0,
        page=page,
        page_count=max(-(-len(rows) // chunk), 1),
        current_post_number=_current(command, rows=rows, chosen=chosen),
    )


async def _part(unit: Unit, topic: Topic, command: ReadTopic, *, spec: StreamSpec, values: dict[str, Any]) -> Window:
    chunk = min(max(command.chunk, 1), MOST_PER_PAGE)
    pages = max(-(-topic.posts_count // chunk), 1)
    page = command.page or 1
    post_ids: tuple[int, ...]
    rows: list[StreamRow] = []
    if command.post_ids is not None:
        post_ids = command.post_ids[:MOST_PER_PAGE]
    else:
        if command.post_number is not None:
            near = await streams.list_stream_near(
                unit.tx, topic.id, command.post_number, spec=spec, limit=chunk, **values
            )
            rows = around(near, command.post_number, chunk=chunk)
        else:
            offset = (page - 1) * chunk
            if command.newest_first:
                offset = max(topic.posts_count - page * chunk, 0)
            if _is_gapless(topic, spec):  # then the offset is a number, and nothing need be skipped
                rows = await streams.list_stream_after(unit.tx, topic.id, offset, spec=spec, limit=chunk, **values)
            else:
                rows = await streams.list_stream(unit.tx, topic.id, spec=spec, offset=offset, limit=chunk, **values)
            if not rows or page > pages:
                raise NotFound()
        post_ids = tuple(row.id for row in (reversed(rows) if command.newest_first else rows))
    first, last = await streams.find_ends(unit.tx, topic.id, spec=spec, **values)
    return Window(
        post_ids=post_ids,
        stream=(),
        timeline=(),
        is_mega=topic.posts_count >= MEGA_POSTS,
        first_post_id=first,
        last_post_id=last,
        page=page,
        page_count=pages,
        current_post_number=_current(command, rows=rows, chosen=rows),
    )


def _needs_no_stream(topic: Topic, command: ReadTopic, *, spec: StreamSpec) -> bool:
    if command.with_stream or topic.posts_count <= SHORT_POSTS:
        return False
    return command.post_ids is not None or _is_gapless(topic, spec)


def _is_gapless(topic: Topic, spec: StreamSpec) -> bool:
    """Whether the n-th post of the stream has the number n: nothing was deleted or hidden, nothing is left out."""
    filtered = spec.by_users or spec.replies_to or spec.summary
    return not filtered and topic.posts_count == topic.highest_post_number


async def _form(unit: Unit, command: ReadTopic) -> tuple[StreamSpec, dict[str, Any]]:
    """Staff see the first post of a deleted topic at once, other deleted posts when they ask for them."""
    staff = unit.actor.visibility.sees_deleted
    deleted = HIDE if not staff else SHOW if command.show_deleted or command.post_ids is not None else FIRST
    values: dict[str, Any] = {}
    if command.usernames:
        people = await cards.list_cards_by_keys(unit.tx, [username_key(name) for name in command.usernames[:100]])
        values["user_ids"] = [card.id for card in people]
    if command.replies_to is not None:
        values["reply_to"] = command.replies_to
    spec = StreamSpec(
        deleted=deleted,
        whispers=staff,
        by_users=bool(command.usernames),
        replies_to=command.replies_to is not None,
        summary=command.summary,
    )
    return spec, values


def around(rows: Sequence[StreamRow], post_number: int, *, chunk: int) -> list[StreamRow]:
    """`chunk` places with a quarter of them before the wanted number, filled up at either end; an unknown number
    goes to the nearest (upstream's rule)."""
    if not rows:
        return []
    start = nearest(rows, post_number) - chunk // 4
    start = max(min(start, len(rows) - chunk), 0)
    return list(rows[start : start + chunk])


def nearest(rows: Sequence[StreamRow], post_number: int) -> int:
    """The index of the place whose number is nearest; the earlier one when two are as near."""
    after = bisect_left(rows, post_number, key=lambda row: row.post_number)
    if after == 0:
        return 0
    if after == len(rows):
        return after - 1
    is_after_nearer = rows[after].post_number - post_number < post_number - rows[after - 1].post_number
    return after if is_after_nearer else after - 1


def timeline(rows: Sequence[StreamRow], *, now: int) -> tuple[tuple[int, int], ...]:
    """(position, days ago) where the day changes, of at most 300 evenly chosen places; positions begin at 1."""
    step = max(-(-len(rows) // TIMELINE_POINTS), 1)
    found: list[tuple[int, int]] = []
    for index in range(0, len(rows), step):
        days = max(now - rows[index].created_at, 0) // DAY
        if not found or found[-1][1] != days:
            found.append((index + 1, days))
    return tuple(found)


def _page_of(shown: Sequence[StreamRow], chosen: Sequence[StreamRow], *, chunk: int) -> int:
    return shown.index(chosen[0]) // chunk + 1 if chosen else 1


def _current(command: ReadTopic, *, rows: Sequence[StreamRow], chosen: Sequence[StreamRow]) -> int:
    if command.post_number is not None and rows:
        return rows[nearest(rows, command.post_number)].post_number
    return chosen[0].post_number if chosen else 1
