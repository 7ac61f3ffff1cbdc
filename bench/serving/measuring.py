"""The measurement: in turns the ceiling, our forum, perhaps a peer, and the ceiling again, so that drift cancels."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count

from bench.serving.ceiling import Ceiling
from bench.serving.content import count_posts
from bench.serving.figures import Figure, Row, Slice
from bench.serving.metering import read_cpu
from bench.serving.operations import Forum, Operation
from bench.serving.problems import Problem
from bench.serving.wrk import Load, sending

_GOLDEN = 0.618  # its multiples, as shares of one, lie far apart


@dataclass(frozen=True)
class Pace:
    """Whole `seconds` of one turn, `rounds` of turns, connections at once, the core of the load."""

    seconds: int
    rounds: int
    connections: int
    core: int


@dataclass(frozen=True)
class Bench:
    """Everything that takes turns. Without a key at the peer nothing that needs one is measured there."""

    ours: Forum
    ceiling: Ceiling
    bare: Forum
    peer: Forum | None
    pace: Pace
    turns: Iterator[int] = field(default_factory=count)

    def measure(self, operation: Operation) -> Row:
        """All rounds of one operation. Raises Problem where a request failed, or an answered reply is not there."""
        peer = self.peer if self.peer and (self.peer.key or not operation.needs_key) else None
        bare = self.ceiling.translate(operation)
        above, own, theirs = [self._turn(self.bare, bare)], [], []
        for _ in range(self.pace.rounds):
            own.append(self._checked_turn(self.ours, operation))
            if peer is not None:
                theirs.append(self._checked_turn(peer, operation))
            above.append(self._turn(self.bare, bare))
        return Row(
            name=operation.name,
            title=operation.title,
            bytes=self.ceiling.length(operation),
            ours=Figure(own),
            ceiling=Figure(above),
            peer=Figure(theirs) if theirs else None,
        )

    def _turn(self, forum: Forum, operation: Operation) -> Slice:
        pace, steps, beside = self.pace, operation.steps(forum), operation.beside(forum)
        # Each turn begins elsewhere: forums refuse people who alone write in a topic turn after turn.
        begun = next(self.turns) * _GOLDEN % 1
        before = read_cpu(forum.pid) if forum.pid else 0.0
        with ExitStack() as stack:
            sent = [
                stack.enter_context(
                    sending(
                        forum.url,
                        each,
                        start=int(len(each) * begun),
                        seconds=pace.seconds,
                        connections=connections,
                        core=pace.core,
                    )
                )
                for each, connections in ((steps, pace.connections - bool(beside)), (beside, 1))
                if each
            ]
            loads = [each.finish() for each in sent]
        cpu = read_cpu(forum.pid) - before if forum.pid else None
        return Slice(loads[0], cpu, loads[1] if beside else None)

    def _checked_turn(self, forum: Forum, operation: Operation) -> Slice:
        """The same; afterwards every reply that was answered is in the forum."""
        if not any(step.body is not None for step in (*operation.steps(forum), *operation.beside(forum))):
            return self._turn(forum, operation)
        topics = forum.content.written
        before = count_posts(forum.url, forum.api, topics)
        turn = self._turn(forum, operation)
        added = count_posts(forum.url, forum.api, topics) - before
        answered = self._count_replies(forum, operation, turn.beside or turn.load)
        if added < answered:
            raise Problem(f"{forum.name}, {operation.title}: {answered} replies were answered, but {added} are there")
        return turn

    def _count_replies(self, forum: Forum, operation: Operation, load: Load) -> int:
        """How many replies were answered at least: which requests were still on their way is not known."""
        steps = operation.beside(forum) or operation.steps(forum)
        share = sum(step.body is not None for step in steps) / len(steps)
        return load.requests if share == 1 else int(load.requests * share) - self.pace.connections
