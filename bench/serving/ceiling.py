"""The ceiling of a forum: the very bytes of its answers, given from memory by `bare.py`."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from bench.serving.asking import Answered, demand
from bench.serving.forums import free_port, wait_for
from bench.serving.operations import Forum, Operation
from bench.serving.plans import Step
from bench.serving.processes import running


class Ceiling:
    """Asks each operation's requests once, which shows that they succeed, and remembers the answers.

    Of what is written one answer stands for all: they differ in ids and times. Raises Problem."""

    def __init__(self, forum: Forum, operations: Sequence[Operation]) -> None:
        self._answers: list[Answered] = []
        self._numbers: dict[object, int] = {}
        self._forum = forum
        for turn, operation in enumerate(operations):
            steps = [*operation.steps(forum), *operation.beside(forum)]
            writes = [step for step in steps if step.body is not None]
            # Each operation writes somewhere else: a forum may refuse one person several replies in a row.
            chosen = [step for step in steps if step.body is None] + writes[turn : turn + 1]
            for step in chosen:
                key = _key(operation, step)
                if key not in self._numbers:
                    self._numbers[key] = len(self._answers)
                    self._answers.append(demand(forum.url, step))

    def length(self, operation: Operation) -> float:
        """Bytes of an answer of this operation, on average."""
        lengths = [
            len(self._answers[self._numbers[_key(operation, step)]].body) for step in operation.steps(self._forum)
        ]
        return sum(lengths) / len(lengths)

    def translate(self, operation: Operation) -> Operation:
        """The operation with the same requests, where the ceiling's server has their answers."""

        def renamed(steps: Sequence[Step]) -> list[Step]:
            return [replace(step, path=f"/{self._numbers[_key(operation, step)]}") for step in steps]

        steps, beside = renamed(operation.steps(self._forum)), renamed(operation.beside(self._forum))
        return replace(operation, steps=lambda _: steps, beside=lambda _: beside)

    @contextmanager
    def serving(self, folder: Path, *, core: int) -> Iterator[Forum]:
        """The server on that core, as a forum."""
        file, port = folder / "answers.json", free_port()
        rows = [[each.status, each.own_headers, base64.b64encode(each.body).decode()] for each in self._answers]
        file.write_text(json.dumps(rows))
        command = [sys.executable, "-m", "bench.serving.bare", str(file), str(port)]
        with running(command, log=folder / "ceiling.log", core=core) as started:
            url = f"http://127.0.0.1:{port}"
            wait_for(started, url, "/0")
            yield replace(self._forum, name="the ceiling", url=url, pid=started.pid)


def _key(operation: Operation, step: Step) -> object:
    return operation.name if step.body is not None else (step.path, *sorted(step.headers.items()))
