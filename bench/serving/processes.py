"""Processes of a measurement: pinned, with their words in a file, and gone when it ends, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import NoReturn

from bench.serving.machine import pinned
from bench.serving.problems import Problem

_PATIENCE = 40  # seconds; the server gives running requests 30
_TOLD = 20  # lines


@dataclass(frozen=True)
class Started:
    """A process with a session of its own, so that Ctrl-C reaches it through us, in order."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def check(self) -> None:
        """Raises Problem, with its last words, if it has ended."""
        if self.process.poll() is not None:
            raise Problem(f"{self.log.stem} ended with {self.process.returncode}:\n{last_lines(self.log)}")


@contextmanager
def running(
    command: Sequence[str], *, log: Path, core: int | None, environment: dict[str, str] | None = None
) -> Iterator[Started]:
    """The process, ended with all that it started when the block is left."""
    with log.open("wb") as words, pinned(core):
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=words, stderr=words, env=environment, start_new_session=True
        )
    try:
        yield Started(process, log)
    finally:
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


def run(command: Sequence[str], *, core: int | None = None, environment: dict[str, str] | None = None) -> str:
    """What the command prints. Raises Problem, with what it said, where it fails; it is ended with the measurement."""
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
        printed, said = process.communicate()
    finally:
        if process.returncode is None:
            _end(process)
    if process.returncode != 0:
        raise Problem(f"`{' '.join(command[:4])}` ended with {process.returncode}: {said.decode().strip()[-2000:]}")
    return printed.decode()


def last_lines(log: Path) -> str:
    return "\n".join(log.read_text("utf-8", "replace").splitlines()[-_TOLD:])


def end_on_signals() -> None:
    """SIGTERM and SIGHUP end the measurement as Ctrl-C does: every process and folder goes."""

    def stop(number: int, frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    for each in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(each, stop)
