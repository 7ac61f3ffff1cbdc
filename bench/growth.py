"""Does the millionth post cost more than the ten-thousandth? Loads forums of several sizes and asks them in turns.

Run from the project's folder: `python -m bench.growth --help`. Operations are in `growth_operations.py`.
"""

from __future__ import annotations

import argparse
import asyncio
import platform
import sqlite3
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from bench.growth_ceiling import find_ceiling, tell_load
from bench.growth_forums import GrowthForum, drop_forum, make_forum
from bench.growth_measuring import Cost, Statements, measure
from bench.growth_operations import KEPT, READS, WRITES

AIM = 1.5
REPORT = Path(__file__).parent / "growth.md"
_UNITS = {"k": 1_000, "m": 1_000_000}


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What was found on one engine. Costs are in the order of `sizes`."""

    engine: str
    sizes: list[int]
    loads: list[str]
    costs: dict[str, list[Cost]]
    kept: dict[str, list[Cost]]
    rate: float = 0.0  # of the last load, in posts a second
    ceiling: float = 0.0  # of this machine just before, see `growth_ceiling.py`


def read_size(text: str) -> int:
    """`10k`, `1m`, `2500`. Raises ValueError."""
    unit = _UNITS.get(text[-1:].lower())
    return int(text[:-1]) * unit if unit else int(text)


async def examine(
    sizes: list[int], *, place: Path, postgres: str, rounds: int, only: str, statements: Statements, keep: bool = False
) -> Part:
    """Makes the forums on one engine, measures, and throws them away. With `keep` they stay, and are used again."""
    forums: list[GrowthForum] = []
    try:
        for size in sizes:
            forum = await make_forum(size, place=place, postgres=postgres, reuse=keep)
            forums.append(forum)
            say(f"{size} posts: loaded at {forum.filled.posts_per_second:.0f} posts/s")
        reads = {name: each for name, each in READS.items() if only in name}
        writes = {name: each for name, each in WRITES.items() if only in name}
        costs = await measure(reads, forums, rounds=rounds, statements=statements)
        costs |= await measure(writes, forums, rounds=rounds, statements=statements)
        for forum in forums:
            forum.keep_answers()
        again = {name: each for name, each in KEPT.items() if only in name}
        kept = await measure(again, forums, rounds=rounds, statements=statements)
    finally:
        for forum in forums:
            await drop_forum(forum, postgres=postgres, keep=keep)
    loads = [f"{forum.filled.posts} posts at {forum.filled.posts_per_second:.0f} posts/s" for forum in forums]
    rate = forums[-1].filled.posts_per_second
    engine = "PostgreSQL" if postgres else "SQLite"
    return Part(engine=engine, sizes=sizes, loads=loads, costs=costs, kept=kept, rate=rate)


def render(parts: list[Part], *, at: datetime) -> str:
    """The report as Markdown."""
    lines = [
        "# What growth costs",
        "",
        f"Written by `make bench-growth` on {at:%Y-%m-%d}: Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, {platform.system()} on {platform.machine()}.",
        "Milliseconds of CPU per request, median of turns taken in one run, the database server's included; limits per",
        f"person off, answers not kept unless it says so. Aim: the largest costs at most {AIM} times the smallest.",
    ]
    for part in parts:
        lines += ["", f"## {part.engine}", "", "Loaded: " + "; ".join(part.loads) + ".", ""]
        lines += [tell_load(part.rate, ceiling=part.ceiling), ""] if part.ceiling else []
        lines += _table(part, part.costs)
        if part.kept:
            lines += ["", "Kept answers:", "", *_table(part, part.kept)]
    return "\n".join(lines) + "\n"


def _table(part: Part, costs: dict[str, list[Cost]]) -> list[str]:
    sizes = " | ".join(f"{size:,}" for size in part.sizes)
    lines = [f"| operation | {sizes} | ratio | statements |", "|---|" + "---|" * (len(part.sizes) + 2)]
    for name, found in costs.items():
        shown = " | ".join(f"{cost.milliseconds:.2f}" for cost in found)
        ran = " / ".join(f"{cost.statements:.4g}" for cost in found)
        factor = ratio(found)
        mark = f"**{factor:.2f}**" if factor > AIM else f"{factor:.2f}"
        lines.append(f"| {name} | {shown} | {mark} | {ran} |")
    return lines


def ratio(found: list[Cost]) -> float:
    """What the last costs of what the first does."""
    return found[-1].milliseconds / max(found[0].milliseconds, 0.001)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    parser.add_argument("--sizes", default="10k,100k,1m", help="posts, the smallest first; 10m is fine too")
    parser.add_argument("--postgres", default="", metavar="URL", help="measure on this PostgreSQL server as well")
    parser.add_argument("--only-postgres", action="store_true", help="and not on SQLite")
    parser.add_argument("--rounds", type=int, default=7, help="turns that each operation is measured in")
    parser.add_argument("--only", default="", metavar="WORDS", help="only operations whose name holds this")
    parser.add_argument("--place", type=Path, help="folder for the SQLite files (default: a temporary one)")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the forums there, and use them when they are")
    parser.add_argument("--out", type=Path, default=REPORT, help="where the report goes")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    options = parse(arguments)
    sizes = [read_size(each) for each in options.sizes.split(",")]
    statements = Statements()
    parts = []
    with tempfile.TemporaryDirectory(prefix="growth-", dir=options.place) as passing:
        place = options.keep or Path(passing)
        place.mkdir(parents=True, exist_ok=True)
        for postgres in ([] if options.only_postgres else [""]) + ([options.postgres] if options.postgres else []):
            ceiling = 0.0 if options.keep or options.only else find_ceiling()
            part = examine(
                sizes,
                place=place,
                postgres=postgres,
                rounds=options.rounds,
                only=options.only,
                statements=statements,
                keep=options.keep is not None,
            )
            parts.append(msgspec.structs.replace(asyncio.run(part), ceiling=ceiling))
    report = render(parts, at=datetime.now(UTC))
    options.out.write_text(report)
    say(report)
    slower = [name for part in parts for name, found in (part.costs | part.kept).items() if ratio(found) > AIM]
    if slower:
        say(f"{len(slower)} grow by more than {AIM}: {', '.join(slower)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
