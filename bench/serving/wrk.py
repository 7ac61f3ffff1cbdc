"""wrk, the load generator: found by name, run on its core, believed only where every answer was a success."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.serving.plans import Step, write_plan
from bench.serving.problems import Problem
from bench.serving.processes import Working, working

_SCRIPT = Path(__file__).with_name("load.lua")
_TIMEOUT = "20s"


@dataclass(frozen=True)
class Load:
    """What wrk saw. Latencies are in seconds, and count the wait of requests that could not begin in time."""

    requests: int
    seconds: float
    p50: float
    p99: float
    longest: float
    bytes: int

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def find_wrk() -> str:
    """The path of wrk. Raises Problem, with how to get it, where there is none."""
    found = shutil.which("wrk")
    if found is None:
        raise Problem(
            "wrk makes the load and is not installed (on Debian: apt-get install wrk; on Fedora: dnf install wrk)"
        )
    return found


@dataclass(frozen=True)
class Sending:
    """A load on its way."""

    work: Working
    url: str
    steps: Sequence[Step]

    def finish(self) -> Load:
        """What came of it. Raises Problem where an answer was no success or a connection broke: that is no figure."""
        return read_output(self.work.finish(), url=self.url, steps=self.steps)


@contextmanager
def sending(
    url: str, steps: Sequence[Step], *, start: int, seconds: int, connections: int, core: int
) -> Iterator[Sending]:
    """Sends the steps, begun behind step `start`, over that many connections for whole seconds."""
    with TemporaryDirectory(prefix="tertulia-bench-plan-") as folder:
        plan = Path(folder) / "plan.lua"
        write_plan(plan, steps, run=secrets.token_hex(4), start=start)
        command = [find_wrk(), "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", _TIMEOUT]
        with working([*command, "-s", str(_SCRIPT), url, "--", str(plan)], core=core) as work:
            yield Sending(work, url, steps)


def read_output(printed: str, *, url: str, steps: Sequence[Step]) -> Load:
    """The figures of the line that our script prints. Raises Problem where there is none, or any request failed."""
    line = next((each for each in printed.splitlines() if each.startswith("bench {")), None)
    if line is None:
        raise Problem(f"wrk told no figures:\n{printed.strip()[-1000:]}")
    told: dict[str, Any] = json.loads(line.removeprefix("bench "))
    what = f"{steps[0].method} {url}{steps[0].path}" + (f" and {len(steps) - 1} more" if len(steps) > 1 else "")
    failed = [
        f"{told[name]} {words}"
        for name, words in (
            ("statuses", "answers were no success"),
            ("refused", "connections were refused"),
            ("broken", "connections broke"),
            ("timeouts", f"requests took longer than {_TIMEOUT}"),
        )
        if told[name]
    ]
    if failed:
        shown = f"; the first was {told['failed']}" if told["failed"] else ""
        raise Problem(f"{what}: of {told['requests']} requests {', '.join(failed)}{shown}")
    if not told["requests"]:
        raise Problem(f"{what}: no request was answered in {told['duration'] / 1e6:.1f} s")
    return Load(
        requests=told["requests"],
        seconds=told["duration"] / 1e6,
        p50=told["p50"] / 1e6,
        p99=told["p99"] / 1e6,
        longest=told["longest"] / 1e6,
        bytes=told["bytes"],
    )
