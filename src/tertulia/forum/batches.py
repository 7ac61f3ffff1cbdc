"""Facts that come with reading, gathered in memory and written in bulk: views, clicks, uses of keys, who was seen.

A read must not wait for the turn to write. `flush` is called every few seconds, at shutdown, and by tests; what a
process that is killed had gathered since is lost, which is why nothing that was promised to anybody is here.
"""

from __future__ import annotations

import msgspec

from tertulia.forum.unit import Ports, Unit
from tertulia.store import deprecated_calls as deprecated_store
from tertulia.store.keys import list_keys_by_hash
from tertulia.store.notifications.rows import mark_spans_read, save_seen
from tertulia.store.readers import batches as batch_store
from tertulia.store.readers.clicks import save_clicks
from tertulia.store.sessions import mark_session_seen

_MEMORY = "batch"
_MOST = 10_000
_MOST_DEPRECATED = 500
_DAY = 86_400_000
_HOUR = 3_600_000


class Batch(msgspec.Struct):
    """What was gathered: the latest fact of each kind. Beyond 10,000 of a kind, new ones are dropped."""

    views: dict[tuple[int, str], tuple[int, int | None]] = {}
    keys: dict[int, tuple[int, str, str]] = {}
    seen: dict[int, int] = {}
    sessions: dict[int, tuple[int, int]] = {}
    looked: dict[int, int] = {}
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    clients: dict[int, str] = {}
    clicks: dict[tuple[int, str, str], int] = {}
    deprecated: dict[tuple[str, str, str, str], tuple[int, int, int]] = {}


def note_visit(unit: Unit, topic_id: int) -> None:
    """The unit's actor opened a topic: a view, at most once per user or address in `topic_view_duration_hours`.

    What programs read by a key is no view of a page (upstream's rule)."""
    actor, batch = unit.actor, _batch(unit.ports)
    if actor.by_key or (actor.user is None and not actor.address):
        return
    unit.visited = topic_id
    key = (topic_id, _viewer(unit))
    if key in batch.views or len(batch.views) < _MOST:
        batch.views[key] = (unit.now, actor.user_id)


def note_visitor(ports: Ports, topic_id: int, *, address: str, now: int) -> None:
    """Somebody who is not logged in opened a topic: the same as `note_visit`, without a unit."""
    views, key = _batch(ports).views, (topic_id, f"address {address}")
    if address and (key in views or len(views) < _MOST):
        views[key] = (now, None)


def note_click(unit: Unit, post_id: int, url: str) -> None:
    """The unit's actor followed a link of a post: a click, at most once a day (source: upstream)."""
    clicks, click = _batch(unit.ports).clicks, (post_id, url, _viewer(unit))
    if click in clicks or len(clicks) < _MOST:
        clicks[click] = unit.now


def _viewer(unit: Unit) -> str:
    actor = unit.actor
    return f"user {actor.user_id}" if actor.user is not None else f"address {actor.address}"


def note_key_use(ports: Ports, key_id: int, now: int, address: str, agent: str) -> None:
    """A key was used, from an address, by a program that calls itself `agent` (kept to 200 characters)."""
    batch = _batch(ports)
    if key_id in batch.keys or len(batch.keys) < _MOST:
        batch.keys[key_id] = (now, address[:100], agent[:200])


def note_key_client(ports: Ports, key_id: int, client_id: str) -> None:
    """A user API key is used by another program than before, which calls itself `client_id`."""
    batch = _batch(ports)
    if key_id in batch.clients or len(batch.clients) < _MOST:
        batch.clients[key_id] = client_id


def note_deprecated_call(unit: Unit, *, route: str, secret_hash: str, address: str, agent: str) -> None:
    """A key was shown where none is read. Only the hash of what was shown comes here, and goes with the batch."""
    batch = _batch(unit.ports)
    caller = (route, address[:100], agent.replace("\0", "")[:200], secret_hash)
    calls, first_at, _ = batch.deprecated.get(caller, (0, unit.now, 0))
    if calls or len(batch.deprecated) < _MOST_DEPRECATED:
        batch.deprecated[caller] = (calls + 1, first_at, unit.now)


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


def note_notifications_seen(ports: Ports, user_id: int, newest: int) -> None:
    """A user looked at their notifications, up to the id `newest`."""
    batch = _batch(ports)
    if user_id in batch.looked or len(batch.looked) < _MOST:
        batch.looked[user_id] = max(newest, batch.looked.get(user_id, 0))


def note_posts_shown(unit: Unit, topic_id: int, *, first: int, last: int) -> None:
    """The unit's user was shown posts of a topic, from one number to another: they need not be told of them."""
    user_id, batch = unit.actor.user_id, _batch(unit.ports)
    if user_id is None:
        return
    low, high = batch.spans.get((user_id, topic_id), (first, last))
    if (user_id, topic_id) in batch.spans or len(batch.spans) < _MOST:
        # Pages that do not touch stay apart: the later one counts.
        joined = first <= high + 1 and low <= last + 1
        batch.spans[user_id, topic_id] = (min(first, low), max(last, high)) if joined else (first, last)


def is_waiting(ports: Ports) -> bool:
    """Whether `flush` would write anything."""
    batch = _batch(ports)
    return any(getattr(batch, name) for name in batch.__struct_fields__)


async def flush(unit: Unit) -> None:
    """Writes what was gathered, in as many statements for one fact as for thousands. The caller commits; what is not
    committed waits for the next time."""
    if not is_waiting(unit.ports):
        return
    await unit.write()
    batch = _batch(unit.ports)
    unit.ports.memory[_MEMORY] = Batch()

    async def put_back() -> None:
        since = _batch(unit.ports)
        for name in batch.__struct_fields__:
            setattr(since, name, getattr(batch, name) | getattr(since, name))

    unit.if_undone.append(put_back)
    await _write_views(unit, batch)
    await batch_store.save_key_uses(unit.tx, [(key_id, *use) for key_id, use in batch.keys.items()])
    await batch_store.save_key_clients(unit.tx, batch.clients.items())
    await _write_deprecated(unit, batch)
    await batch_store.save_seen(unit.tx, batch.seen.items(), day=unit.now // _DAY)
    for session_id, (seen_at, expires_at) in sorted(batch.sessions.items()):
        await mark_session_seen(unit.tx, session_id, seen_at=seen_at, expires_at=expires_at)
    await save_seen(unit.tx, batch.looked.items())
    spans = [(user_id, topic_id, *span) for (user_id, topic_id), span in batch.spans.items()]
    await mark_spans_read(unit.tx, spans)
    await save_clicks(unit.tx, batch.clicks.items(), since=unit.now - _DAY)


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


async def _write_deprecated(unit: Unit, batch: Batch) -> None:
    """At most 500 rows in all: beyond that only callers that have one already are counted on."""
    if not batch.deprecated:
        return
    found = await list_keys_by_hash(unit.tx, {secret_hash for *_, secret_hash in batch.deprecated})
    noted: dict[tuple[str, str, str, int], tuple[int, int, int]] = {}
    for (route, address, agent, secret_hash), (calls, first_at, last_at) in batch.deprecated.items():
        key = found.get(secret_hash)
        caller = (route, address, agent, key.id if key is not None else 0)
        before, earliest, _ = noted.get(caller, (0, first_at, 0))
        noted[caller] = (before + calls, min(first_at, earliest), last_at)
    routes, addresses = {caller[0] for caller in noted}, {caller[1] for caller in noted}
    known = await deprecated_store.list_callers(unit.tx, routes=routes, addresses=addresses)
    room = _MOST_DEPRECATED - await deprecated_store.count_noted_calls(unit.tx)
    fresh = [caller for caller in noted if caller not in known][: max(room, 0)]
    rows = [(caller, *noted[caller]) for caller in noted if caller in known or caller in fresh]
    await deprecated_store.save_noted_calls(unit.tx, rows)


def _batch(ports: Ports) -> Batch:
    batch: Batch = ports.memory.setdefault(_MEMORY, Batch())
    return batch
