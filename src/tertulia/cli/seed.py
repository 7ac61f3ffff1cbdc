"""`tertulia seed`: fills a forum with made-up content of any size."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from datetime import UTC, datetime
from typing import Annotated

import msgspec
import typer

from tertulia.cli.application import ConfigOption, DatabaseOption, DataOption, JsonOption, application, stoppable
from tertulia.cli.opening import load_flags, run_with_forum
from tertulia.cli.stopping import REFUSED, Stop, say
from tertulia.forum.seeding.filling import Amount, Filled, fill_forum
from tertulia.forum.unit import Ports

_MOST = 100_000_000
_EARLIEST, _LATEST = 315_532_800_000, 32_503_680_000_000  # 1980 and 3000 in ms


class _Meter:
    """Says once a second on standard error how far it is."""

    def __init__(self) -> None:
        self.began = self.said_at = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self.said_at < 1 and done < total:
            return
        self.said_at = now
        rate = done / max(now - self.began, 0.001)
        say(f"{done} of {total} posts, {rate:.0f} posts/s, {max(total - done, 0) / rate:.0f} s left")


@application.command("seed")
@stoppable
def seed(
    users: Annotated[int, typer.Option(min=1, max=_MOST, help="How many people.")] = 100,
    topics: Annotated[int, typer.Option(min=1, max=_MOST, help="How many topics.")] = 200,
    posts: Annotated[int, typer.Option(min=1, max=_MOST, help="How many posts, first posts included.")] = 2000,
    number: Annotated[int, typer.Option("--seed", min=0, help="The same number gives the same content.")] = 1,
    now: Annotated[
        str | None, typer.Option(metavar="TIME", help="Everything is older than this.", show_default="the present")
    ] = None,
    data: DataOption = None,
    database: DatabaseOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fill a forum with made-up people, topics and posts, for trying things out and for measuring.

    What is there stays. May be interrupted, and may run while the forum is served.
    """
    if posts < topics:
        raise Stop(f"{topics} topics need at least as many posts, not {posts}", code=REFUSED)
    amount = Amount(users=users, topics=topics, posts=posts, seed=number, now=_moment(now))
    loaded = load_flags({"data": data, "database": database, "config": config})
    filled = run_with_forum(loaded, lambda ports: _fill(ports, amount))
    if as_json:
        print(json.dumps(msgspec.to_builtins(filled)))
    else:
        print(
            f"{filled.users} people, {filled.topics} topics and {filled.posts} posts in {filled.seconds:.1f} s "
            f"({filled.posts_per_second:.0f} posts/s)."
        )
    if not filled.complete:
        say("Interrupted. What is here stays, and its counters are right.")
        raise typer.Exit(130)


async def _fill(ports: Ports, amount: Amount) -> Filled:
    """Ends after the slice it is in when the process is asked to."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM) if sys.platform != "win32" else ()
    for each in signals:
        loop.add_signal_handler(each, stop.set)
    try:
        return await fill_forum(amount, open_unit=ports.unit, tell=_Meter(), stopped=stop.is_set)
    finally:
        for each in signals:
            loop.remove_signal_handler(each)


def _moment(text: str | None) -> int:
    """Milliseconds since the epoch; a date or time without a zone is UTC."""
    if text is None:
        return int(time.time() * 1000)
    try:
        moment = datetime.fromisoformat(text)
        at = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        milliseconds = int(at.timestamp() * 1000)
    except (ValueError, OverflowError) as problem:
        raise Stop(f"--now: {text!r} is no date such as 2026-03-01 or 2026-03-01T12:00:00Z", code=REFUSED) from problem
    if not _EARLIEST <= milliseconds <= _LATEST:
        raise Stop("--now: from the year 1980 to 2999", code=REFUSED)
    return milliseconds
