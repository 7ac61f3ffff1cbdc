"""What oneboxes show changes, or may be seen by fewer people: the posts that show it are cooked again.

A consumer of the event log finds the posts, a job cooks them, twenty in a transaction. Read next: `recooking.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tertulia.forum.oneboxes.storing import REFRESH
from tertulia.forum.recooking import recook_posts
from tertulia.forum.unit import Unit
from tertulia.model.oneboxes import Shown
from tertulia.store.cooked import oneboxes as store
from tertulia.store.events import LoggedEvent

POSTS = 20  # in one transaction, which then writes for about 50 ms
_SHOWN = {"topic": Shown.TOPIC, "post": Shown.POST, "user": Shown.USER, "page": Shown.PAGE}
_OF_TOPIC = frozenset(("topic_edited", "topic_status_changed", "topic_deleted", "topic_recovered", "topic_purged"))
_OF_POST = frozenset(("post_edited", "post_deleted", "post_recovered", "post_purged"))
_OF_USER = frozenset(("user_updated", "user_deleted", "user_suspended", "user_unsuspended"))
_OF_CATEGORY = frozenset(("privileges_changed", "category_deleted"))
_MOVED = frozenset(("category_id", "archetype"))
_USER_FIELDS = frozenset(("username", "name", "avatar_template", "bio_raw", "location", "active", "anonymized"))


async def consume(unit: Unit, logged: Sequence[LoggedEvent]) -> int:
    """Has the posts cooked again that show what the events are about. In a unit that writes."""
    wanted: list[tuple[LoggedEvent, str, int]] = []
    for event in logged:
        wanted += [(event, scope, target_id) for scope, target_id in _touched(event)]
    for scope, kind in _SHOWN.items():
        ids = {target_id for _, each, target_id in wanted if each == scope}
        there = await store.list_shown_targets(unit.tx, kind, ids)
        wanted = [row for row in wanted if row[1] != scope or row[2] in there]
    for event, scope, target_id in wanted:
        await unit.later(REFRESH, unique=f"{REFRESH}/{event.id}/{scope}", scope=scope, target_id=target_id)
    return len(logged)


async def refresh_posts(unit: Unit, *, scope: str, target_id: int, after: int = 0) -> None:
    """The job: cooks the next posts that show it (`topic`, `post`, `user`, `page`, or any topic of a `category`),
    that stand `in_topic`, or one post it`self`, and puts itself again while there are more.

    What shows the beginning of a post that came out differently follows: titles stand in that beginning as text. It
    ends there, for no beginning holds the beginning of another post."""
    ids = await _list_posts(unit, scope, target_id, after=after)
    if not ids:
        return
    cooked = await recook_posts(unit, ids)
    for post_id in sorted(await store.list_shown_targets(unit.tx, Shown.POST, cooked)):
        await unit.later(REFRESH, scope="post", target_id=post_id)
    if len(ids) == POSTS:
        await unit.later(REFRESH, scope=scope, target_id=target_id, after=ids[-1])


async def _list_posts(unit: Unit, scope: str, target_id: int, *, after: int) -> list[int]:
    if scope == "self":
        return [target_id]
    if scope == "in_topic":
        return await store.list_showing_in_topic(unit.tx, target_id, after=after, limit=POSTS)
    if scope == "category":
        return await store.list_showing_of_category(unit.tx, target_id, after=after, limit=POSTS)
    return await store.list_showing(unit.tx, _SHOWN[scope], target_id, after=after, limit=POSTS)


def _touched(event: LoggedEvent) -> list[tuple[str, int]]:
    """(scope, id) of what may have to be shown differently. A topic that moves may show less than before itself."""
    facts: dict[str, object] = {}
    if event.event in _OF_TOPIC | _OF_POST | _OF_USER | _OF_CATEGORY:
        facts = msgspec.json.decode(event.facts)
    if event.event in _OF_TOPIC and event.topic_id is not None:
        return _of_topic(event.event, event.topic_id, facts)
    if event.event in _OF_POST and event.post_id is not None:
        if event.event == "post_edited" and not facts["raw_changed"]:
            return []
        back = [("self", event.post_id)] if event.event == "post_recovered" else []
        return [("post", event.post_id), *back]
    if event.event in _OF_USER and event.user_id is not None:
        fields = facts.get("fields")
        is_shown = not isinstance(fields, list) or not _USER_FIELDS.isdisjoint(fields)
        return [("user", event.user_id)] if is_shown else []
    category_id = facts.get("category_id")
    return [("category", category_id)] if event.event in _OF_CATEGORY and isinstance(category_id, int) else []


def _of_topic(event: str, topic_id: int, facts: dict[str, object]) -> list[tuple[str, int]]:
    after = facts.get("after")
    if event == "topic_edited" and isinstance(after, dict):
        moved = [("in_topic", topic_id)] if not _MOVED.isdisjoint(after) else []
        return [("topic", topic_id), *moved] if moved or "title" in after else []
    if event == "topic_status_changed":
        return [("topic", topic_id)] if facts["status"] == "visible" else []
    return [("topic", topic_id), *([("in_topic", topic_id)] if event == "topic_recovered" else [])]
