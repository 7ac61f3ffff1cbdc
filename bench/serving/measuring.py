"""The measurement: in turns the ceiling, our forum, perhaps a peer, and the ceiling again, so that drift cancels."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bench.serving.asking import Answered, demand
from bench.serving.ceiling import write_answers
from bench.serving.content import count_posts
from bench.serving.forums import free_port, wait_for
from bench.serving.machine import Cores
from bench.serving.metering import read_cpu
from bench.serving.operations import Forum, Operation
from bench.serving.plans import Step
from bench.serving.problems import Problem
from bench.serving.processes import Started, running
from bench.serving.wrk import Load, run_wrk


@dataclass(frozen=True)
class Pace:
    """`seconds` of one turn, `rounds` of turns, connections, where it all runs."""

    seconds: int
    rounds: int
    connections: int
    cores: Cores


@dataclass(frozen=True)
class Slice:
    """One turn of one server; `cpu` in seconds where its process is ours; `beside` is what was written meanwhile."""

    load: Load
    cpu: float | None
    beside: Load | None = None


@dataclass(frozen=True)
class Figure:
    """All turns of one server in one operation. Times in seconds."""

    slices: Sequence[Slice]

    @property
    def requests(self) -> int:
        return sum(each.load.requests for each in self.slices)

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / sum(each.load.seconds for each in self.slices)

    @property
    def p50(self) -> float:
        return statistics.median(each.load.p50 for each in self.slices)

    @property
    def p99(self) -> float:
        return statistics.median(each.load.p99 for each in self.slices)

    @property
    def cpu(self) -> float | None:
        """Of one request; those that were written beside count as well."""
        used = [each.cpu for each in self.slices]
        done = self.requests + sum(each.beside.requests for each in self.slices if each.beside)
        return sum(each for each in used if each is not None) / done if None not in used else None

    @property
    def share(self) -> float | None:
        """How much of its core the process got; the rest is waiting, or others'."""
        used = [each.cpu for each in self.slices]
        seconds = sum(each.load.seconds for each in self.slices)
        return sum(each for each in used if each is not None) / seconds if None not in used else None

    @property
    def beside_rate(self) -> float | None:
        written = [each.beside for each in self.slices if each.beside]
        return sum(each.requests for each in written) / sum(each.seconds for each in written) if written else None


@dataclass(frozen=True)
class Row:
    """One operation on every server; `bytes` is the length of the first step's answer."""

    operation: Operation
    ours: Figure
    ceiling: Figure
    peer: Figure | None
    bytes: int

    @property
    def ratio(self) -> float:
        """Our requests a second as a share of the ceiling's."""
        return self.ours.rate / self.ceiling.rate

    @property
    def cpu_ratio(self) -> float | None:
        """The same by CPU time of a request, which others on the machine disturb less."""
        if not self.ours.cpu or not self.ceiling.cpu:
            return None
        return self.ceiling.cpu / self.ours.cpu


class Ceiling:
    """The steps of each operation, and where the bytes of their answers stand at the ceiling."""

    def __init__(self, forum: Forum, operations: Sequence[Operation]) -> None:
        self.answers: list[Answered] = []
        self._numbers: dict[object, int] = {}
        self._forum = forum
        for operation in operations:
            for step in (*operation.steps(forum), *(operation.beside(forum) if operation.beside else ())):
                self._learn(step)

    def _key(self, step: Step) -> object:
        length = len(str(step.body)) // 500 if step.body is not None else 0
        return step.path, tuple(step.headers.items()) if step.body is None else length

    def _learn(self, step: Step) -> None:
        if self._key(step) not in self._numbers:
            self._numbers[self._key(step)] = len(self.answers)
            self.answers.append(demand(self._forum.url, step))

    def steps(self, steps: Sequence[Step]) -> list[Step]:
        """The same requests for the ceiling."""
        return [replace(step, path=f"/{self._numbers[self._key(step)]}") for step in steps]

    def length(self, step: Step) -> int:
        return len(self.answers[self._numbers[self._key(step)]].body)

    @contextmanager
    def serving(self, folder: Path, *, core: int) -> Iterator[tuple[Started, str]]:
        """The server, and its address."""
        file, port = folder / "answers.json", free_port()
        write_answers(file, self.answers)
        command = [sys.executable, "-m", "bench.serving.ceiling", str(file), str(port)]
        with running(command, log=folder / "ceiling.log", core=core) as started:
            wait_for(started, f"http://127.0.0.1:{port}", "/0")
            yield started, f"http://127.0.0.1:{port}"


def measure(
    operation: Operation,
    ours: Forum,
    peer: Forum | None,
    *,
    ceiling: Ceiling,
    served: tuple[Started, str],
    pace: Pace,
) -> Row:
    """Goes through the rounds. Raises Problem where any request failed, or a reply was answered and is not there."""
    writes = operation.beside(ours) if operation.beside else []
    at_ceiling = replace_forum(ours, served)
    steps = operation.steps(ours)
    own: list[Slice] = []
    above: list[Slice] = []
    others: list[Slice] = []

    def turn(forum: Forum, steps: Sequence[Step], beside: Sequence[Step]) -> Slice:
        return _turn(forum, steps, beside, pace=pace)

    above.append(turn(at_ceiling, ceiling.steps(steps), ceiling.steps(writes)))
    for _ in range(pace.rounds):
        with _all_kept(ours, operation, own):
            own.append(turn(ours, steps, writes))
        if peer is not None:
            with _all_kept(peer, operation, others):
                others.append(turn(peer, operation.steps(peer), operation.beside(peer) if operation.beside else []))
        above.append(turn(at_ceiling, ceiling.steps(steps), ceiling.steps(writes)))
    return Row(operation, Figure(own), Figure(above), Figure(others) if others else None, ceiling.length(steps[0]))


def replace_forum(ours: Forum, served: tuple[Started, str]) -> Forum:
    started, url = served
    return replace(ours, name="ceiling", url=url, pid=started.pid)


def _turn(forum: Forum, steps: Sequence[Step], beside: Sequence[Step], *, pace: Pace) -> Slice:
    before = read_cpu(forum.pid) if forum.pid else 0.0
    with ThreadPoolExecutor(2) as pool:
        core, seconds = pace.cores.load, pace.seconds
        readers = pace.connections - bool(beside)
        main = pool.submit(run_wrk, forum.url, steps, seconds=seconds, connections=readers, core=core)
        more = pool.submit(run_wrk, forum.url, beside, seconds=seconds, connections=1, core=core) if beside else None
        load, written = main.result(), more.result() if more else None
    return Slice(load, read_cpu(forum.pid) - before if forum.pid else None, written)


@contextmanager
def _all_kept(forum: Forum, operation: Operation, slices: list[Slice]) -> Iterator[None]:
    """Every reply that was answered in the block's slice is in the forum afterwards."""
    steps = operation.beside or operation.steps
    writes = [step for step in steps(forum) if step.body is not None]
    topics = forum.content.written
    if not writes:
        yield
        return
    before = count_posts(forum.url, forum.api, topics)
    yield
    done = slices[-1].beside or slices[-1].load
    share = len(writes) / len(steps(forum))
    answered = int(done.requests * share) - len(topics)
    found = count_posts(forum.url, forum.api, topics) - before
    if found < answered:
        raise Problem(f"{forum.name}: {operation.name}: about {answered} replies were answered, {found} are there")
