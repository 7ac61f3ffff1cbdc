"""`tertulia cook`: renders Markdown as posts are rendered, for trying out, comparing, and other programs.

What cooking does is told in `forum/cooking`.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated

import typer

from tertulia.cli.application import ConfigOption, DatabaseOption, DataOption, application, stoppable
from tertulia.cli.keys import act_as_system
from tertulia.cli.opening import load_flags, run_with_forum
from tertulia.cli.stopping import REFUSED, Stop, say
from tertulia.forum.cooking import CookContext, cook
from tertulia.forum.posts.preparing import prepare_body
from tertulia.forum.posts.texts import clean_raw
from tertulia.forum.unit import Ports
from tertulia.model.oneboxes import Place

Cook = Callable[[str], Awaitable[str]]
_KINDS = {dict: "an object", list: "an array", int: "a number", float: "a number", bool: "true or false"}


@application.command("cook")
@stoppable
def cook_text(
    ndjson: Annotated[
        bool, typer.Option("--ndjson", help="One JSON string a line in, one a line out, until the input ends.")
    ] = False,
    data: DataOption = None,
    database: DatabaseOption = None,
    config: ConfigOption = None,
) -> None:
    """Render Markdown from standard input to HTML, as posts are rendered.

    With --data or --database the people, groups and uploads of that forum are known; without, every well-formed
    mention counts as somebody. With --ndjson a line that is no JSON string gives null and a message that names it;
    the others are rendered all the same, and the exit code is 2.
    """
    work = _every_line if ndjson else _all
    if data is None and database is None:
        broken = asyncio.run(work(_cook_alone))
    else:
        loaded = load_flags({"data": data, "database": database, "config": config})

        broken = run_with_forum(loaded, lambda ports: work(partial(_cook_in, ports)))
    if broken:
        raise Stop(f"{broken} of the lines could not be rendered", code=REFUSED)


async def _cook_alone(raw: str) -> str:
    return cook(clean_raw(raw), context=CookContext()).html


async def _cook_in(ports: Ports, raw: str) -> str:
    async with ports.unit() as unit:  # one for each text, so that none is held while waiting for input
        await act_as_system(unit)
        return (await prepare_body(unit, raw, place=Place())).cooked.html


async def _all(render: Cook) -> int:
    try:
        raw = sys.stdin.buffer.read().decode()
    except UnicodeDecodeError:
        raise Stop("the text is not UTF-8", code=REFUSED) from None
    html = await render(raw)
    _write(f"{html}\n")
    return 0


async def _every_line(render: Cook) -> int:
    broken = 0
    for number, line in enumerate(sys.stdin.buffer, start=1):
        try:
            raw = json.loads(line)
        except (ValueError, RecursionError) as problem:
            raw, why = None, str(problem)
        else:
            why = f"it is {_KINDS.get(type(raw), 'null')}"
        if isinstance(raw, str):
            _write(json.dumps(await render(raw), ensure_ascii=False) + "\n")
            continue
        broken += 1
        say(f"line {number} holds no JSON string: {why}")
        _write("null\n")
    return broken


def _write(text: str) -> None:
    """At once, for whoever writes a line and waits for its answer."""
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()
