"""Being too fast: what a 429 looks like, and the cookbook's own helper that waits for as long as it is told."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from tests.stories.cookbook.own import own_blocks
from tests.stories.cookbook.printed import Cookbook
from tests.stories.cookbook.running import run_python
from tests.stories.cookbook.servers import SQLITE, Place, fresh_place, serving


def test_a_429_has_the_body_and_the_header_that_the_cookbook_shows(golden_demo: Place, tmp_path: Path) -> None:
    with (
        fresh_place(SQLITE, golden=golden_demo, folder=tmp_path) as place,
        serving(place, DISCOURSE_MAX_ADMIN_API_REQS_PER_MINUTE="2") as server,
    ):
        headers = {"Api-Key": server.key, "Api-Username": "system"}
        answers = [requests.get(f"{server.url}/latest.json", headers=headers, timeout=10) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        last = answers[-1]
        wait = int(last.headers["Retry-After"])
        assert 0 < wait <= 60
        assert last.headers["Content-Type"].startswith("application/json")
        assert last.headers["Discourse-Rate-Limit-Error-Code"] == "admin_api_key_rate_limit"
        body = last.json()
        assert (body["error_type"], body["extras"]["wait_seconds"]) == ("rate_limit", wait)
        assert body["extras"]["time_left"] == ("1 minute" if wait == 60 else f"{wait} seconds")
        [sentence] = body["errors"]
        assert sentence.startswith("You’ve performed this action too many times")
        # Another key has an allowance of its own.
        assert server.ask("GET", "/latest.json").status_code == 200


@pytest.mark.parametrize("written_by", ["the cookbook", "us"])
def test_a_helper_that_honours_retry_after_gets_its_answer(
    written_by: str, golden_demo: Place, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    limits = {"DISCOURSE_MAX_REQS_RATE_LIMIT_ON_PRIVATE": "true", "DISCOURSE_MAX_REQS_PER_IP_PER_10_SECONDS": "4"}
    watch = "import time\nslept = []\n_sleep = time.sleep\ntime.sleep = lambda s: (slept.append(s), _sleep(s))\n"
    if written_by == "us":
        # Without a key: those of admins are outside the limits of addresses.
        blocks = {"helper": own_blocks("python")["setup"][0], "watch": f"{watch}forum.headers.clear()"}
        call = 'ask("GET", "/latest.json")["topic_list"]["topics"][0]["id"]'
    else:
        book: Cookbook = request.getfixturevalue("cookbook")
        blocks = {"helper": book.block("retry", "python"), "watch": watch}
        call = 'get(os.environ["URL"] + "/latest.json").json()["topic_list"]["topics"][0]["id"]'
    blocks["ask"] = f"import os\nprint(len([{call} for _ in range(6)]), len(slept), max(slept))"
    with fresh_place(SQLITE, golden=golden_demo, folder=tmp_path) as place, serving(place, **limits) as server:
        variables = {"URL": server.url, "KEY": server.key, "WHO": "system"}
        ran = run_python(blocks, folder=tmp_path, variables=variables)
    answers, waits, longest = ran["ask"].ok().split()
    assert (answers, int(waits) >= 1) == ("6", True)
    assert 0 < float(longest) <= 10.5
