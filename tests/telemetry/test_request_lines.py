"""The line of each request: complete JSON, in order with other lines, written within a tenth of a second."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Callable, Iterator

import pytest

from tertulia.telemetry import requests
from tertulia.telemetry.context import new_request_id
from tertulia.telemetry.logs import set_up_logs
from tertulia.telemetry.requests import FLUSH_SECONDS, log_request


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """What was written to standard error since the last call."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield lambda: capsys.readouterr().err
    requests.write_in_batches(None)
    root.handlers[:], root.level = handlers, level


def test_lines_are_written_soon_and_complete(written: Callable[[], str]) -> None:
    async def ask() -> None:
        set_up_logs(level="info", form="json")
        log_request("abc", {"path": "/x\n\x1b[31m", "status": 200})
        assert written() == ""
        await asyncio.sleep(FLUSH_SECONDS * 3)

    asyncio.run(ask())
    [line] = written().splitlines()
    told = json.loads(line)
    assert told["request_id"] == "abc"
    assert (told["level"], told["logger"], told["message"], told["status"]) == ("info", "tertulia.http", "request", 200)
    assert "\x1b" not in line


def test_what_is_logged_later_stands_below(written: Callable[[], str]) -> None:
    async def ask() -> None:
        set_up_logs(level="info", form="json")
        log_request("abc", {"status": 200})
        logging.getLogger("tertulia").warning("later")

    asyncio.run(ask())
    assert [json.loads(line)["message"] for line in written().splitlines()] == ["request", "later"]


def test_text_lines_cannot_be_forged(written: Callable[[], str]) -> None:
    async def ask() -> None:
        set_up_logs(level="info", form="text")
        log_request("abc", {"path": "/x\r\n12:00:00 info forged"})
        requests.flush_requests()

    asyncio.run(ask())
    assert len(written().splitlines()) == 1


def test_a_level_above_info_leaves_them_out(written: Callable[[], str]) -> None:
    async def ask() -> None:
        set_up_logs(level="warning", form="json")
        log_request("abc", {"status": 200})
        requests.flush_requests()

    asyncio.run(ask())
    assert written() == ""


def test_ids_of_requests_are_never_used_twice_not_even_by_a_forked_process() -> None:
    ids = [new_request_id() for _ in range(1_000)]
    assert len(set(ids)) == 1_000 and all(len(each) == 32 and int(each, 16) >= 0 for each in ids)
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.write(writing, new_request_id().encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as said:
        assert said.read() not in {*ids, *(new_request_id() for _ in range(1_000))}
