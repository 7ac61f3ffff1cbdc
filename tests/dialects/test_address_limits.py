"""Limits per address: what is counted, who is exempt, and how a refusal is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tertulia.settings import load
from tertulia.testing.client import Response, call
from tertulia.testing.forum import Forum
from tertulia.testing.golden import Image
from tertulia.testing.host import Host

Make = Callable[..., Forum]
STRANGER = "203.0.113.7"


@pytest.fixture
def limited(forum_host: Host, forum_image: Image) -> Iterator[Make]:
    """Makes a forum with the given environment."""
    made: list[Forum] = []

    def make(**environment: str) -> Forum:
        forum = Forum(forum_host, image=forum_image, loaded=load({}, environ=environment))
        forum.clock.freeze()
        made.append(forum)
        return forum

    yield make
    for forum in made:
        forum.close()


def ask(forum: Forum, path: str = "/latest.json", *, peer: str = STRANGER, **headers: str) -> Response:
    pairs = [("host", "forum.test"), *((name.replace("_", "-"), value) for name, value in headers.items())]
    return forum.wait(lambda: call(forum.app.kit, method="GET", path=path, headers=pairs, body=b"", peer=peer))


def test_the_fiftieth_request_in_ten_seconds_passes_and_the_next_does_not(limited: Make) -> None:
    forum = limited()
    assert {ask(forum).status for _ in range(50)} == {200}
    refused = ask(forum)
    assert refused.status == 429
    assert refused.headers["content-type"] == "application/json; charset=utf-8"
    assert int(refused.headers["retry-after"]) == 10
    assert refused.headers["discourse-rate-limit-error-code"] == "ip_10_secs_limit"
    assert refused.json["error_type"] == "rate_limit"
    assert refused.json["extras"]["wait_seconds"] == 10
    assert refused.reason == "rate_limited"
    assert ask(forum, peer="203.0.113.8").status == 200
    forum.clock.advance(seconds=10)
    assert ask(forum).status == 200


def test_refused_requests_count_so_that_hammering_keeps_the_window_full(limited: Make) -> None:
    forum = limited(DISCOURSE_MAX_REQS_PER_IP_PER_10_SECONDS="3")
    for _ in range(3):
        assert ask(forum).status == 200
    for _ in range(5):
        forum.clock.advance(seconds=3)
        assert ask(forum).status == 429


def test_the_minute_has_its_own_window(limited: Make) -> None:
    forum = limited(DISCOURSE_MAX_REQS_PER_IP_PER_MINUTE="5", TERTULIA_MAX_REQS_PER_IP_PER_10_SECONDS="100")
    assert [ask(forum).status for _ in range(6)] == [200] * 5 + [429]
    assert ask(forum).headers["discourse-rate-limit-error-code"] == "ip_60_secs_limit"


def test_under_api_the_refusal_is_nodebbs(limited: Make) -> None:
    forum = limited(DISCOURSE_MAX_REQS_PER_IP_PER_10_SECONDS="1")
    ask(forum, "/api/recent")
    v3, v1 = ask(forum, "/api/v3/ping"), ask(forum, "/api/v1/ping")
    assert (v3.status, v3.json["status"]["code"]) == (429, "too-many-requests")
    assert (v1.status, v1.json["code"], v1.json["params"]) == (429, "too-many-requests", {})
    assert v3.headers["retry-after"] == v1.headers["retry-after"] == "10"


def test_a_browser_hears_it_in_plain_words(limited: Make) -> None:
    forum = limited(DISCOURSE_MAX_REQS_PER_IP_PER_10_SECONDS="1")
    ask(forum, "/", accept="text/html")
    refused = ask(forum, "/", accept="text/html")
    assert refused.status == 429
    assert not refused.headers["content-type"].startswith("application/json")


def test_loopback_and_private_addresses_are_exempt_unless_asked_for(limited: Make) -> None:
    forum = limited(DISCOURSE_MAX_REQS_PER_IP_PER_10_SECONDS="1")
    assert {ask(forum, peer="127.0.0.1").status for _ in range(3)} == {200}
    strict = limited(DISCOURSE_MAX_REQS_PER_IP_PER_10_SECONDS="1", DISCOURSE_MAX_REQS_RATE_LIMIT_ON_PRIVATE="true")
    assert [ask(strict, peer="10.1.2.3").status for _ in range(2)] == [200, 429]


def test_admin_keys_do_not_use_up_the_limit_of_their_address(limited: Make) -> None:
    forum = limited(DISCOURSE_MAX_REQS_PER_IP_PER_10_SECONDS="2")
    for _ in range(5):
        assert ask(forum, Api_Key=forum.key, Api_Username="admin").status == 200
    assert [ask(forum).status for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize(("mode", "status"), [("none", 200), ("warn", 200), ("warn+block", 429), ("block", 429)])
def test_the_mode_decides_what_happens(limited: Make, mode: str, status: int) -> None:
    forum = limited(DISCOURSE_MAX_REQS_PER_IP_PER_10_SECONDS="1", DISCOURSE_MAX_REQS_PER_IP_MODE=mode)
    ask(forum)
    assert ask(forum).status == status


def test_an_untrusted_forwarded_address_changes_nothing(limited: Make) -> None:
    forum = limited(DISCOURSE_MAX_REQS_PER_IP_PER_10_SECONDS="1")
    assert ask(forum, X_Forwarded_For="198.51.100.1").status == 200
    assert ask(forum, X_Forwarded_For="198.51.100.2").status == 429


def test_a_trusted_proxy_tells_the_address_and_the_scheme(limited: Make) -> None:
    forum = limited(DISCOURSE_MAX_REQS_PER_IP_PER_10_SECONDS="1")
    first = {"X_Forwarded_For": "198.51.100.1", "X_Forwarded_Proto": "https", "X_Forwarded_Host": "forum.example"}
    assert ask(forum, peer="127.0.0.1", **first).status == 200
    assert ask(forum, peer="127.0.0.1", **first).status == 429
    other = ask(forum, "/t/wrong.json", peer="127.0.0.1", X_Forwarded_For="198.51.100.2")
    assert other.status == 404
    moved = ask(forum, "/top/weekly.json", peer="127.0.0.1", **{**first, "X_Forwarded_For": "198.51.100.3"})
    assert moved.headers["location"].startswith("https://forum.example/")
