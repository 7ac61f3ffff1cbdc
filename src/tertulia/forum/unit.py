"""The unit of work: one actor, one transaction, one list of events.

Services read through it at once, write after `await unit.write()`, and tell what happened; they never commit, sleep,
send, or look at the clock by other means. The kit, the worker, the command line and tests open and end units.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping
from typing import Any

import msgspec

from tertulia.backends.base import Clock, Offload, Wakeup, Windows
from tertulia.backends.blobs.base import Blobs
from tertulia.backends.mail.base import Mailer
from tertulia.backends.outbound.base import Outbound
from tertulia.model.actor import Actor
from tertulia.model.events import Event
from tertulia.model.posts import Post
from tertulia.model.topics import Topic
from tertulia.settings import Loaded, Settings, SiteSettings
from tertulia.store import events as event_store
from tertulia.store import jobs as job_store
from tertulia.store.changes import log_changes
from tertulia.store.engine import Database, Tx
from tertulia.store.engine.base import Reading, Writing
from tertulia.store.engine.query import SQLITE
from tertulia.store.fragments import MOST_MS, SITE, Fragments, Reach
from tertulia.store.freshness import NOBODY

Subject = tuple[Post, Topic]
InsideEffect = Callable[["Unit", Any], Awaitable[None]]

_encode = msgspec.json.Encoder().encode


class Ports:
    """What every unit of one process shares. Made by `app`, `worker`, `cli` and `testing`.

    Whoever makes it sets `blobs`, `mailer`, `outbound` and `windows`, which only few services ask for."""

    blobs: Blobs
    mailer: Mailer
    outbound: Outbound
    windows: Windows

    def __init__(
        self,
        *,
        database: Database,
        loaded: Loaded,
        effects: Mapping[type[Event], tuple[InsideEffect, ...]],
        clock: Clock,
        offload: Offload,
        wakeup: Wakeup,
    ) -> None:
        self.database = database
        self.loaded = loaded
        self.effects = effects
        self.clock = clock
        self.offload = offload
        self.wakeup = wakeup
        self.fragments: Fragments | None = None  # what readers share, where somebody looks whether it still holds
        self.memory: dict[str, Any] = {}  # caches of this process, each bounded by its owner
        self.strict = False  # tests: a write unit that suspends is an error
        self.paced = True  # tests switch off how often keys and people may act; limits per address stay

    def unit(self, actor: Actor | None = None, *, settings: Settings | None = None) -> Unit:
        """A new unit; without an actor it acts for an anonymous visitor who sees nothing."""
        return Unit(self, actor=actor or Actor(), settings=settings or Settings())


class Allowance(msgspec.Struct, frozen=True):
    """How often an actor may still do something within the limit's time, of how often at most."""

    left: int
    most: int


class SuspendedWhileWriting(RuntimeError):
    """A service awaited something other than the store after `unit.write()`."""


def _present_nothing(name: str, facts: Any) -> Any:
    raise LookupError(f"nobody here knows the words of {name}")


class Unit:
    """One unit of work. `now` is fixed when it opens, so that everything in it happened at one moment."""

    def __init__(self, ports: Ports, *, actor: Actor, settings: Settings) -> None:
        self.ports = ports
        self.actor = actor
        self.settings = settings
        self.now = ports.clock.now()
        self._reading: Reading | None = None
        self._writing: Writing | None = None
        self._events: list[Event] = []
        self._pending: list[tuple[Event, Subject | None]] = []
        self.subject: Subject | None = None  # of the event whose effects run, where it is known
        self._jobs = 0
        self._suspended = False
        self.event_id: int | None = None  # of the event whose effects run
        self._watch: asyncio.Handle | None = None
        self.after_commit: list[Callable[[], None]] = []
        self.taken: dict[str, Allowance] = {}  # what this unit used of the actor's limits, by kind
        self.if_undone: list[Callable[[], Awaitable[None]]] = []  # awaited when the unit ends without a commit
        self.visited: int | None = None  # the topic whose view this unit noted
        self.holds_until: int | None = None  # when what was read changes by itself, ms
        self.parts_until: int | None = None  # when the first of the recalled parts ends, ms
        self.known_at: int | None = None  # what was known of changes before this unit read; None: nobody looked
        self.changed_nothing = False  # says that a commit is none in that sense
        self.present: Callable[[str, Any], Any] = _present_nothing  # the worker knows the words for the outside

    @property
    def site(self) -> SiteSettings:
        """The site settings in force."""
        return self.settings.site

    @property
    def tx(self) -> Tx:
        """The transaction: reading until `write()` was called."""
        if self._writing is not None:
            return self._writing.tx
        if self._reading is None:
            self._reading = self.ports.database.read()
        return self._reading.tx

    def hold_until(self, moment: int | None) -> None:
        """Says that what this unit read will be shown differently from `moment` (ms) on, though nobody changes it."""
        if moment is not None and moment > self.now:
            self.holds_until = moment if self.holds_until is None else min(moment, self.holds_until)

    def recall(self, key: Hashable) -> Any:
        """What `keep` was given under the key, if it still holds; None otherwise. Units that write never recall."""
        fragments = self.ports.fragments
        if self.known_at is None or fragments is None or self._writing is not None:
            return None
        found = fragments.find(key, now=self.now)
        if found is None:
            return None
        self.parts_until = found[1] if self.parts_until is None else min(found[1], self.parts_until)
        return found[0]

    def keep(self, key: Hashable, value: Any, *, topic_id: int = SITE, user_id: int = NOBODY, size: int = 0) -> None:
        """Keeps what this unit has read, and nothing but read, for `recall`: until the topic (NO_TOPIC: any list)
        or something about the person changes, and at most a minute. `size` in bytes."""
        fragments = self.ports.fragments
        if self.known_at is None or fragments is None or self._writing is not None:
            return
        expires = self.now + MOST_MS
        if self.holds_until is not None:
            expires = min(expires, self.holds_until)
        reach = Reach(topic_id, user_id)
        fragments.keep(key, value, reach=reach, position=self.known_at, expires=expires, size=size)

    def weigh(self, key: Hashable, size: int) -> None:
        """Says how many bytes what is kept under the key holds by now."""
        if self.ports.fragments is not None:
            self.ports.fragments.weigh(key, size)

    @property
    def writes(self) -> bool:
        return self._writing is not None

    async def write(self) -> None:
        """Waits for the turn to write; does nothing in a unit that already writes.

        From here on only store calls may be awaited, and what a rule depends on must be read again.
        Raises Busy."""
        if self._writing is not None:
            return
        reading, self._reading = self._reading, None
        self._writing = await self.ports.database.write(after=reading)
        if self._writing.tx.engine == SQLITE and self.ports.strict:
            self._watch = asyncio.get_running_loop().call_soon(self._mark_suspended)

    async def pause(self) -> None:
        """Gives the reading back before a long wait (mail, HTTP); what is read afterwards may be newer.

        Raises RuntimeError in a unit that writes."""
        if self._writing is not None:
            raise RuntimeError("a unit that writes must not wait for the outside")
        reading, self._reading = self._reading, None
        if reading is not None:
            await reading.end()

    def _mark_suspended(self) -> None:
        self._suspended = True

    def tell(self, event: Event, *, subject: Subject | None = None) -> None:
        """Says what happened. Effects follow when the unit settles, inside the same transaction.

        `subject` spares them a look: the post and topic of the event, as this unit leaves them."""
        if event.actor_id is None and self.actor.user is not None:
            event = msgspec.structs.replace(event, actor_id=self.actor.user.id)
        self._pending.append((event, subject))

    async def later(
        self, kind: str, /, *, at: int | None = None, unique: str | None = None, lane: str = "", **arguments: object
    ) -> None:
        """Puts a job that runs after the commit (or at `at`, ms). Jobs with the same `unique` wait once.

        One with a `lane` mostly waits for the outside: it runs beside others, a few of each lane at once."""
        await job_store.insert_job(
            self.tx,
            job_store.NewJob(
                kind=kind,
                lane=lane,
                arguments=_encode(arguments).decode(),
                unique_key=unique,
                run_at=self.now if at is None else at,
                created_at=self.now,
            ),
        )
        self._jobs += 1

    async def settle(self) -> None:
        """Writes told events to the log and runs what follows inside the transaction."""
        while self._pending:
            event, self.subject = self._pending.pop(0)
            self._events.append(event)
            await self.write()
            self.event_id = await event_store.insert_event(self.tx, event, facts=_encode(event).decode(), now=self.now)
            for effect in self.ports.effects[type(event)]:
                await effect(self, event)

    async def commit(self) -> None:
        """Settles and makes everything durable; then runs what must follow the commit. Ends the unit."""
        await self.settle()
        writing, self._writing = self._writing, None
        if not self.changed_nothing and writing is None:
            self.if_undone.clear()
        if writing is None:
            await self.end()
            return
        if self._watch is not None:
            self._watch.cancel()
        if self._suspended:
            await writing.roll_back()
            raise SuspendedWhileWriting("only store calls may be awaited after unit.write()")
        try:
            await log_changes(writing.tx, now=self.now)
        except BaseException:
            await writing.roll_back()
            raise
        try:
            await writing.commit()
        finally:
            if writing.committed:
                self._follow_commit()

    def _follow_commit(self) -> None:
        if not self.changed_nothing:
            self.if_undone.clear()
        for call in self.after_commit:
            call()
        if self._events or self._jobs:
            self.ports.wakeup.wake()

    async def end(self) -> None:
        """Ends the unit; what was written and not committed is undone."""
        if self._watch is not None:
            self._watch.cancel()
        writing, self._writing = self._writing, None
        reading, self._reading = self._reading, None
        self._pending.clear()
        if writing is not None:
            await writing.roll_back()
        if reading is not None:
            await reading.end()
        undone, self.if_undone = self.if_undone, []
        for undo in undone:
            await undo()

    async def __aenter__(self) -> Unit:
        return self

    async def __aexit__(self, kind: object, problem: object, trace: object) -> None:
        await self.end()
