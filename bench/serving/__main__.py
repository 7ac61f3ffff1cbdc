"""`make bench`: the command line, and the run from an empty folder to the report."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench.serving.aims import judge_process, judge_rows, pick_aims
from bench.serving.apis import APIS
from bench.serving.content import learn_content
from bench.serving.forums import Start, founded, postgres_version, served
from bench.serving.machine import Cores, choose_cores, describe_disk, describe_processor, list_versions
from bench.serving.measuring import Ceiling, Pace, Row, measure
from bench.serving.metering import Memory, read_memory
from bench.serving.operations import OPERATIONS, Forum, Operation
from bench.serving.problems import Problem
from bench.serving.processes import end_on_signals
from bench.serving.report import Facts, write_report
from bench.serving.wrk import find_wrk

REPORT = Path(__file__).parents[1] / "report.md"


@dataclass(frozen=True)
class Used:
    """What our process used: bytes before and under load, and its start."""

    start: Start
    idle: int
    rss: int
    pss: int


def main() -> int:
    """Exit codes: 0 measured, 1 a problem, 2 wrong usage, 130 interrupted."""
    chosen = _parse(sys.argv[1:])
    end_on_signals()
    try:
        report = run_bench(chosen)
    except Problem as problem:
        print(f"bench: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("bench: interrupted; nothing is left behind, and the last report stays", file=sys.stderr)
        return 130
    chosen.report.write_text(report, encoding="utf-8")
    print(report)
    return 0


def run_bench(chosen: argparse.Namespace) -> str:
    """Founds, fills, serves, measures; answers the report. Raises Problem."""
    find_wrk()
    cores, api = choose_cores(), APIS[chosen.api]
    pace = Pace(seconds=chosen.seconds, rounds=chosen.rounds, connections=chosen.connections, cores=cores)
    operations = [each for each in OPERATIONS if not chosen.only or each.name in chosen.only]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tertulia-bench-", dir=chosen.folder)))
        peer = _find_peer(chosen, operations)
        _say(f"filling a forum with {chosen.posts} posts")
        place = stack.enter_context(
            founded(folder, postgres=chosen.postgres, redis=chosen.redis, posts=chosen.posts, api=api)
        )
        started, url, start = stack.enter_context(served(place, core=cores.server, api=api))
        idle = read_memory(started.pid)[1]
        words = any(each.name.startswith("search") for each in operations)
        content = learn_content(url, api, words=words)
        ours = Forum("tertulia", url, api, content, place.key, started.pid)
        ceiling = Ceiling(ours, operations)
        bare = stack.enter_context(ceiling.serving(folder, core=cores.server))
        rows: dict[str, Row] = {}
        with Memory(started.pid) as memory:
            for operation in operations:
                there = peer if peer and (peer.key or not operation.needs_key) else None
                row = measure(operation, ours, there, ceiling=ceiling, served=bare, pace=pace)
                rows[operation.name] = row
                _say(f"{operation.title}: {row.ours.rate:,.0f}/s, {row.ratio:.1%} of the ceiling")
            memory.look()
        used = Used(start, idle, memory.rss, memory.pss)
        facts = _facts(chosen, cores=cores, folder=folder, used=used)
    aims = pick_aims(postgres=bool(chosen.postgres), redis=bool(chosen.redis))
    judged = judge_rows(rows, aims) + judge_process(memory=used.pss, start=used.start.seconds)
    return write_report(facts, list(rows.values()), judged)


def _find_peer(chosen: argparse.Namespace, operations: Sequence[Operation]) -> Forum | None:
    if not chosen.peer:
        return None
    url, api = chosen.peer.rstrip("/"), APIS[chosen.peer_api]
    words = any(each.name.startswith("search") for each in operations)
    return Forum("peer", url, api, learn_content(url, api, words=words), chosen.peer_key)


def _facts(chosen: argparse.Namespace, *, cores: Cores, folder: Path, used: Used) -> Facts:
    versions = list_versions() | ({"postgresql": postgres_version(chosen.postgres)} if chosen.postgres else {})
    shared = "; **server and load share one core**" if cores.shared else ""
    loaded = f"{chosen.connections} connections, {chosen.rounds} turns of {chosen.seconds} s"
    store = "PostgreSQL, on the other cores" if chosen.postgres else f"SQLite on {describe_disk(folder)}"
    lines = {
        "when": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "machine": describe_processor(),
        "cores": f"server on {cores.server}, load on {cores.load}{shared}",
        "store": store + (", limits in Redis" if chosen.redis else ""),
        "versions": ", ".join(f"{name} {version}" for name, version in versions.items()),
        "load": f"wrk, {loaded} each",
        "forum": f"{chosen.posts:,} posts, {chosen.api} API; limits, request ids, metrics and logging on",
        "start to first answer": f"{used.start.seconds:.2f} s, of which {used.start.cpu:.2f} s CPU",
        "memory": f"PSS {used.idle / 1e6:.0f} MB after the start, at most {used.pss / 1e6:.0f} MB under load "
        f"(RSS {used.rss / 1e6:.0f} MB)",
    }
    if chosen.peer:
        lines["peer"] = f"{chosen.peer}, {chosen.peer_api} API; what it holds is its own"
    return Facts(lines)


def _say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    names = [operation.name for operation in OPERATIONS]
    parser = argparse.ArgumentParser(prog="make bench BENCH=...", description=__doc__)
    parser.add_argument("--seconds", type=int, default=4, help="of each turn, at least 1 (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=2, help="turns of each server (default %(default)s)")
    parser.add_argument("--connections", type=int, default=16, help="at once (default %(default)s)")
    parser.add_argument("--only", type=lambda text: text.split(","), help=f"of {', '.join(names)}; parted by commas")
    parser.add_argument("--posts", type=int, default=10_000, help="content of our forum (default %(default)s)")
    parser.add_argument("--api", choices=APIS, default="discourse", help="through which ours is asked")
    parser.add_argument("--postgres", metavar="URL", help="measure on PostgreSQL, in a schema that goes afterwards")
    parser.add_argument("--redis", metavar="URL", help="count limits there")
    parser.add_argument("--peer", metavar="URL", help="another forum, measured beside ours")
    parser.add_argument("--peer-api", choices=APIS, default="discourse", help="which API it speaks")
    parser.add_argument("--peer-key", metavar="KEY", help="to read and WRITE there; it must act as any user")
    parser.add_argument("--folder", type=Path, help="where the forum lies meanwhile (default: the temporary folder)")
    parser.add_argument("--report", type=Path, default=REPORT, help="file to write (default bench/report.md)")
    chosen = parser.parse_args(arguments)
    unknown = set(chosen.only or ()) - set(names)
    if unknown:
        parser.error(f"--only: {', '.join(sorted(unknown))} is none of {', '.join(names)}")
    if min(chosen.seconds, chosen.rounds) < 1 or chosen.connections < 2 or chosen.posts < 1_000:
        parser.error("at least 1 second, 1 round, 2 connections, 1000 posts")
    return chosen


if __name__ == "__main__":
    sys.exit(main())
