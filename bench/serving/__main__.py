"""`make bench`: from an empty folder to the report."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from bench.serving.aims import judge_process, judge_rows, pick_aims
from bench.serving.apis import APIS, OURS
from bench.serving.ceiling import Ceiling
from bench.serving.content import learn_content
from bench.serving.figures import Row
from bench.serving.forums import Start, founded, postgres_version, served
from bench.serving.machine import Cores, choose_cores, describe_disk, describe_processor, list_versions
from bench.serving.measuring import Bench, Pace
from bench.serving.metering import Memory
from bench.serving.operations import OPERATIONS, Forum, Operation
from bench.serving.options import parse_options
from bench.serving.problems import Problem
from bench.serving.processes import Started, end_on_signals
from bench.serving.report import write_report
from bench.serving.wrk import find_wrk

_SHOWN = 5


def main() -> int:
    """Exit codes: 0 measured, 1 a problem, 2 wrong usage, 130 interrupted."""
    chosen = parse_options(sys.argv[1:])
    end_on_signals()
    try:
        report = run_bench(chosen)
    except Problem as problem:
        _say(str(problem))
        return 1
    except KeyboardInterrupt:
        _say("interrupted; nothing is left behind, and the last report stays")
        return 130
    if chosen.report:
        chosen.report.write_text(report, encoding="utf-8")
    print(report)
    return 0


def run_bench(chosen: argparse.Namespace) -> str:
    """Founds, fills, serves and measures; answers the report. Raises Problem."""
    find_wrk()
    cores, api = choose_cores(), OURS[chosen.api]
    operations = [each for each in OPERATIONS if each.name in chosen.only]
    words = any(each.name.startswith("search") for each in operations)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tertulia-bench-", dir=chosen.folder)))
        peer = _meet_peer(chosen, words=words)
        _say(f"filling a forum with {chosen.posts:,} posts")
        place = stack.enter_context(founded(folder, chosen.posts, postgres=chosen.postgres, api=api))
        started, url, start = stack.enter_context(served(place, redis=chosen.redis, core=cores.server, api=api))
        memory = stack.enter_context(Memory(started.pid))
        ours = Forum("tertulia", url, api, learn_content(url, api, words=words), place.key, started.pid)
        ceiling = Ceiling(ours, operations)
        bare = stack.enter_context(ceiling.serving(folder, core=cores.server))
        pace = Pace(chosen.seconds, chosen.rounds, chosen.connections, cores.load)
        bench = Bench(ours, ceiling, bare, peer, pace)
        rows = {each.name: _measure(bench, each, started) for each in operations}
        facts = _describe(chosen, cores=cores, disk=describe_disk(folder)) | _tell(start, memory, started)
        ceiling = rows["topic"].ceiling if "topic" in rows else None
        judged = judge_process(memory=memory.pss, start=start.seconds, ceiling=ceiling)
    aims = pick_aims(postgres=bool(chosen.postgres), redis=bool(chosen.redis))
    judged = judge_rows(rows, aims) + judged
    return write_report(facts, list(rows.values()), judged)


def _measure(bench: Bench, operation: Operation, started: Started) -> Row:
    """One row, said aloud. A problem tells what the server had to say."""
    try:
        row = bench.measure(operation)
    except Problem as problem:
        said = "\n".join(started.list_troubles()[:_SHOWN])
        raise Problem(f"{problem}\n{said}".strip()) from problem
    started.list_troubles()
    _say(f"{row.title}: {row.ours.rate:,.0f}/s, {row.ratio:.1%} of the ceiling")
    return row


def _meet_peer(chosen: argparse.Namespace, *, words: bool) -> Forum | None:
    if not chosen.peer:
        return None
    url, api = chosen.peer.rstrip("/"), APIS[chosen.peer_api]
    return Forum("the peer", url, api, learn_content(url, api, words=words), chosen.peer_key)


def _describe(chosen: argparse.Namespace, *, cores: Cores, disk: str) -> dict[str, str]:
    """What was measured where."""
    versions = list_versions() | ({"postgresql": postgres_version(chosen.postgres)} if chosen.postgres else {})
    shared = "; **server and load share one core**" if cores.shared else ""
    store = "PostgreSQL, on whatever core it likes" if chosen.postgres else f"SQLite on {disk}"
    facts = {
        "when": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "machine": describe_processor(),
        "cores": f"server on {cores.server}, load on {cores.load}{shared}",
        "versions": ", ".join(f"{name} {version}" for name, version in versions.items()),
        "store": store + (", limits in Redis" if chosen.redis else ""),
        "forum": f"{chosen.posts:,} posts, {chosen.api} API; limits, request ids, metrics and logging on",
        "load": f"wrk, {chosen.connections} connections, {chosen.rounds} turns of {chosen.seconds} s each",
    }
    return facts | ({"peer": f"{chosen.peer}, {chosen.peer_api} API, with its own content"} if chosen.peer else {})


def _tell(start: Start, memory: Memory, started: Started) -> dict[str, str]:
    """What our process used, and whether it complained."""
    memory.look()
    troubles = started.list_troubles()
    return {
        "start to first answer": f"{start.seconds:.2f} s, of which {start.cpu:.2f} s CPU",
        "memory": f"PSS {memory.before / 1e6:.0f} MB before the load, at most {memory.pss / 1e6:.0f} MB under it "
        f"(RSS {memory.rss / 1e6:.0f} MB)",
        "errors and warnings in its log": f"{len(troubles)}" + (f", first: `{troubles[0][:300]}`" if troubles else ""),
    }


def _say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
