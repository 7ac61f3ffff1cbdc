"""The options of `make bench`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from bench.serving.apis import APIS
from bench.serving.operations import OPERATIONS

FOLDER = Path(__file__).parents[1]
_FEWEST_POSTS = 1_000


def parse_options(arguments: Sequence[str]) -> argparse.Namespace:
    """The options; wrong ones end the process with exit code 2."""
    names = [operation.name for operation in OPERATIONS]
    parser = argparse.ArgumentParser(prog='make bench BENCH="..."', description="Measures what one core serves.")
    parser.add_argument("--seconds", type=int, default=4, help="of each turn, at least 1 (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=2, help="turns of each server (default %(default)s)")
    parser.add_argument("--connections", type=int, default=16, help="at once (default %(default)s)")
    parser.add_argument("--only", type=_split, help=f"parted by commas, of {', '.join(names)}")
    parser.add_argument("--posts", type=int, default=10_000, help="content of our forum (default %(default)s)")
    parser.add_argument("--api", choices=APIS, default="discourse", help="through which ours is asked")
    parser.add_argument("--postgres", metavar="URL", help="measure on PostgreSQL, in a schema that goes afterwards")
    parser.add_argument("--redis", metavar="URL", help="count limits there")
    parser.add_argument("--peer", metavar="URL", help="another forum, measured beside ours")
    parser.add_argument("--peer-api", choices=APIS, default="discourse", help="which API it speaks")
    parser.add_argument("--peer-key", metavar="KEY", help="to read and WRITE there as those who wrote there before")
    parser.add_argument("--folder", type=Path, help="where the forum lies meanwhile (default: the temporary folder)")
    parser.add_argument("--report", type=Path, help="file to write; with --only nothing is written without it")
    chosen = parser.parse_args(arguments)
    if chosen.only is None:
        chosen.only = names
        chosen.report = chosen.report or default_report(chosen)
    if not chosen.only or (unknown := sorted(set(chosen.only) - set(names))):
        parser.error(f"--only: {', '.join(unknown) if chosen.only else 'nothing'} is none of {', '.join(names)}")
    if chosen.peer_key and not chosen.peer:
        parser.error("--peer-key needs --peer")
    if min(chosen.seconds, chosen.rounds) < 1 or chosen.connections < 2 or chosen.posts < _FEWEST_POSTS:
        parser.error(f"at least 1 second, 1 round, 2 connections and {_FEWEST_POSTS} posts")
    return chosen


def default_report(chosen: argparse.Namespace) -> Path:
    """The report of everything, one for each way to store; the last one stays."""
    words = ["report", *(name for name in ("postgres", "redis") if getattr(chosen, name))]
    return FOLDER / f"{'-'.join(words)}.md"


def _split(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]
