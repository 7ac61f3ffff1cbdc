"""What a process and those that it started use: CPU time and memory, read from /proc."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType

_TICKS = os.sysconf("SC_CLK_TCK")
_EVERY = 0.5  # seconds


def list_tree(pid: int) -> list[int]:
    """The process and all below it."""
    found = [pid]
    for each in found:
        with suppress(OSError):
            for task in Path(f"/proc/{each}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
    return found


def read_cpu(pid: int) -> float:
    """Seconds of CPU of the whole tree, those of processes that have ended included."""
    total = 0
    for each in list_tree(pid):
        with suppress(OSError):
            # Behind the name, which may hold anything: utime, stime, cutime and cstime are fields 14 to 17.
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            total += sum(int(field) for field in fields[11:15])
    return total / _TICKS


def read_memory(pid: int) -> tuple[int, int]:
    """Bytes of the whole tree: RSS, and PSS, which counts what processes share once."""
    rss = pss = 0
    for each in list_tree(pid):
        with suppress(OSError):
            for line in Path(f"/proc/{each}/smaps_rollup").read_text().splitlines():
                if line.startswith("Rss:"):
                    rss += int(line.split()[1]) * 1024
                elif line.startswith("Pss:"):
                    pss += int(line.split()[1]) * 1024
    return rss, pss


class Memory:
    """The most memory in bytes that a tree of processes used while the block ran, looked at twice a second."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._over = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self.rss = self.pss = self.before = 0

    def __enter__(self) -> Memory:
        self.look()
        self.before = self.pss
        self._watcher.start()
        return self

    def __exit__(self, *problem: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._over.set()
        self._watcher.join()

    def look(self) -> None:
        rss, pss = read_memory(self._pid)
        self.rss, self.pss = max(self.rss, rss), max(self.pss, pss)

    def _watch(self) -> None:
        while not self._over.wait(_EVERY):
            self.look()
