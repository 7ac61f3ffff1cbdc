"""Facts that come with reading, gathered in memory and written in bulk: views, uses of keys, who was seen.

A read must not wait for the turn to write. `flush` is called every few seconds, at shutdown, and by tests; what a
process that is killed had gathered since is lost, which is why nothing that was promised to anybody is here.
"""

from __future__ import annotations

import msgspec

from tertulia.forum.unit import Ports, Unit
from tertulia.store.readers import batches as batch_store
from tertulia.store.sessions import mark_session_seen

_MEMORY = "batch"
_MOST = 10_000
_DAY = 86_400_000
_HOUR = 3_600_000


class Batch(msgspec.Struct):
    """What was gathered: the latest fact of each kind. Beyond 10,000 of a kind, new ones are dropped."""

    views: dict[tuple[int, str], tuple[int, int | None]] = {}
    keys: dict[int, tuple[int, str, str]] = {}
    seen: dict[int, int] = {}
    sessions: dict[int, tuple[int, int]] = {}


def note_visit(unit: Unit, topic_id: int) -> None:
    """The unit's actor opened a topic: a view, at most once per user or address in `topic_view_duration_hours`.

    What programs read by a key is no view of a page (upstream's rule)."""
    actor, batch = unit.actor, _batch(unit.ports)
    if actor.by_key or (actor.user is None and not actor.address):
        return
    key = (topic_id, f"user {actor.user_id}" if actor.user is not None else f"address {actor.address}")
    if key in batch.views or len(batch.views) < _MOST:
        batch.views[key] = (unit.now, actor.user_id)


def note_key_use(ports: Ports, key_id: int, now: int, address: str, agent: str) -> None:
    """A key was used, from an address, by a program that calls itself `agent` (kept to 200 characters)."""
    batch = _batch(ports)
    if key_id in batch.keys or len(batch.keys) < _MOST:
        batch.keys[key_id] = (now, address[:100], agent[:200])


def note_seen(ports: Ports, user_id: int, now: int) -> None:
    """A user was here."""
    batch = _batch(ports)
    if user_id in batch.seen or len(batch.seen) < _MOST:
        batch.seen[user_id] = now


def note_session(ports: Ports, session_id: int, now: int, expires_at: int) -> None:
    """A session was used, and therefore lasts until `expires_at` (ms)."""
    batch = _batch(ports)
    if session_id in batch.sessions or len(batch.sessions) < _MOST:
        batch.sessions[session_id] = (now, expires_at)


def is_waiting(ports: Ports) -> bool:
    """Whether `flush` would write anything."""
    batch = _batch(ports)
    return bool(batch.views or batch.keys or batch.seen or batch.sessions)


async def flush(unit: Unit) -> None:
    """Writes what was gathered, in as many statements for one fact as for thousands. The caller commits."""
    if not is_waiting(unit.ports):
        return
    await unit.write()
    batch = _batch(unit.ports)
    unit.ports.memory[_MEMORY] = Batch()
    await _write_views(unit, batch)
    await batch_store.save_key_uses(unit.tx, [(key_id, *use) for key_id, use in batch.keys.items()])
    await batch_store.save_seen(unit.tx, batch.seen.items(), day=unit.now // _DAY)
    for session_id, (seen_at, expires_at) in sorted(batch.sessions.items()):
        await mark_session_seen(unit.tx, session_id, seen_at=seen_at, expires_at=expires_at)


async def _write_views(unit: Unit, batch: Batch) -> None:
    if not batch.views:
        return
    recent = await batch_store.list_recent_views(
        unit.tx,
        topic_ids={topic_id for topic_id, _ in batch.views},
        viewers={viewer for _, viewer in batch.views},
        since=unit.now - unit.site.topic_view_duration_hours * _HOUR,
    )
    fresh = [(topic_id, viewer, at) for (topic_id, viewer), (at, _) in batch.views.items()]
    await batch_store.save_views(unit.tx, [view for view in fresh if view[:2] not in recent])
    await batch_store.lock_users(unit.tx, {user_id for _, user_id in batch.views.values() if user_id} | set(batch.seen))
    await batch_store.save_visits(
        unit.tx,
        [(topic_id, user_id, at) for (topic_id, _), (at, user_id) in batch.views.items() if user_id is not None],
    )


def _batch(ports: Ports) -> Batch:
    batch: Batch = ports.memory.setdefault(_MEMORY, Batch())
    return batch
