"""Processes of a measurement: pinned, with their words in a file, and gone when it ends, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NoReturn

from bench.serving.machine import pinned
from bench.serving.problems import Problem

_PATIENCE = 40  # seconds; the server gives running requests 30
_TOLD = 20  # lines
_TROUBLE = (b'"level":"error"', b'"level":"warning"', b"Traceback")

Environment = Mapping[str, str]


@dataclass(frozen=True)
class Started:
    """A process with a session of its own, so that Ctrl-C reaches it through us, in order."""

    process: subprocess.Popen[bytes]
    log: Path
    _troubles: list[str] = field(default_factory=list)

    @property
    def pid(self) -> int:
        return self.process.pid

    def check(self) -> None:
        """Raises Problem, with its last words, if it has ended."""
        if self.process.poll() is not None:
            lines = self.log.read_text("utf-8", "replace").splitlines()[-_TOLD:]
            raise Problem(f"{self.log.stem} ended with {self.process.returncode}:\n" + "\n".join(lines))

    def list_troubles(self) -> list[str]:
        """Errors and warnings in all that it has logged. Empties the log, which would grow with the load."""
        with self.log.open("rb") as lines:
            self._troubles.extend(
                line.decode("utf-8", "replace").strip() for line in lines if any(sign in line for sign in _TROUBLE)
            )
        os.truncate(self.log, 0)
        return self._troubles


@contextmanager
def running(
    command: Sequence[str], *, log: Path, core: int | None, environment: Environment | None = None
) -> Iterator[Started]:
    """The process, ended with all that it started when the block is left."""
    with log.open("ab") as words, pinned(core):
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=words, stderr=words, env=environment, start_new_session=True
        )
    try:
        yield Started(process, log)
    finally:
        _end(process)


@dataclass(frozen=True)
class Working:
    """A process that prints something and ends."""

    process: subprocess.Popen[bytes]
    command: Sequence[str]

    def finish(self) -> str:
        """What it printed, at its end. Raises Problem, with what it said, where it failed."""
        printed, said = self.process.communicate()
        if self.process.returncode != 0:
            words = said.decode("utf-8", "replace").strip()[-2000:]
            raise Problem(f"`{' '.join(self.command[:4])}` ended with {self.process.returncode}: {words}")
        return printed.decode("utf-8", "replace")


@contextmanager
def working(
    command: Sequence[str], *, core: int | None = None, environment: Environment | None = None
) -> Iterator[Working]:
    """The process, ended when the block is left."""
    with pinned(core):
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            start_new_session=True,
        )
    try:
        yield Working(process, command)
    finally:
        if process.poll() is None:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        pass
    finally:
        with suppress(ProcessLookupError):  # whatever of its group is left
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def end_on_signals() -> None:
    """SIGTERM and SIGHUP end the measurement as Ctrl-C does: every process and folder goes."""

    def stop(number: int, frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    for each in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(each, stop)
