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


def cookie_of(forum: Forum, username: str, trust_level: int = 1) -> str:
    forum.given.user(username, trust_level=trust_level, password="a-long-password-1")
    return forum.login(username, "a-long-password-1")["Cookie"]


def test_people_who_are_logged_in_are_counted_one_by_one(limited: Make) -> None:
    forum = limited(DISCOURSE_MAX_REQS_PER_IP_PER_10_SECONDS="2")
    mary, bob = cookie_of(forum, "mary"), cookie_of(forum, "bob")
    assert [ask(forum, cookie=mary).status for _ in range(2)] == [200, 200]
    refused = ask(forum, cookie=mary)
    assert (refused.status, refused.headers["discourse-rate-limit-error-code"]) == (429, "id_10_secs_limit")
    assert refused.headers["x-discourse-username"] == "mary"
    assert ask(forum, cookie=mary, peer="203.0.113.99").status == 429, "wherever they are"
    assert ask(forum, cookie=bob).status == 200
    assert [ask(forum).status for _ in range(3)] == [200, 200, 429]
    assert ask(forum, cookie=bob).status == 200, "a full address does not shut them out"


def test_new_people_and_wrong_cookies_are_counted_by_their_address(limited: Make) -> None:
    forum = limited(DISCOURSE_MAX_REQS_PER_IP_PER_10_SECONDS="2")
    fresh = cookie_of(forum, "fresh", trust_level=0)
    assert ask(forum, cookie=fresh).status == 200
    assert ask(forum, cookie="_t=" + "0" * 64).status == 200
    refused = ask(forum, cookie=fresh)
    assert (refused.status, refused.headers["discourse-rate-limit-error-code"]) == (429, "ip_10_secs_limit")
    assert refused.headers["x-discourse-username"] == "fresh"
    assert "x-discourse-username" not in ask(forum).headers


def test_a_setting_says_from_which_trust_level_on(limited: Make) -> None:
    forum = limited(DISCOURSE_MAX_REQS_PER_IP_PER_MINUTE="1", DISCOURSE_SKIP_PER_IP_RATE_LIMIT_TRUST_LEVEL="0")
    fresh = cookie_of(forum, "fresh", trust_level=0)
    assert [ask(forum, cookie=fresh).status for _ in range(2)] == [200, 429]
    assert ask(forum, cookie=fresh).headers["discourse-rate-limit-error-code"] == "id_60_secs_limit"


def test_pictures_and_styles_have_a_count_of_their_own(limited: Make) -> None:
    forum = limited(DISCOURSE_MAX_REQS_PER_IP_PER_10_SECONDS="1", DISCOURSE_MAX_ASSET_REQS_PER_IP_PER_10_SECONDS="3")
    picture = "/letter_avatar/mary/48/1.svg"
    assert [ask(forum, picture).status for _ in range(3)] == [200] * 3
    refused = ask(forum, picture)
    assert (refused.status, refused.headers["discourse-rate-limit-error-code"]) == (429, "ip_assets_10_secs_limit")
    assert ask(forum, "/static/nothing.css").status == 429
    assert [ask(forum).status for _ in range(2)] == [200, 429]


def test_two_hundred_assets_pass_in_ten_seconds(limited: Make) -> None:
    forum = limited()
    statuses = [ask(forum, "/emoji/heart.svg").status for _ in range(201)]
    assert statuses[:200].count(429) == 0 and statuses[200] == 429


def test_networks_can_be_exempt(limited: Make) -> None:
    forum = limited(
        DISCOURSE_MAX_REQS_PER_IP_PER_10_SECONDS="1",
        DISCOURSE_MAX_REQS_PER_IP_EXCEPTIONS="203.0.113.0/24 2001:db8::/32",
    )
    for peer in (STRANGER, "2001:db8::7"):
        assert {ask(forum, peer=peer).status for _ in range(3)} == {200}
    assert [ask(forum, peer="198.51.100.7").status for _ in range(2)] == [200, 429]


def test_requests_without_any_credential_can_have_a_limit_of_their_own(limited: Make) -> None:
    forum = limited(TERTULIA_ANONYMOUS_REQS_PER_IP_PER_MINUTE="2")
    mary = cookie_of(forum, "mary", trust_level=0)
    assert [ask(forum).status for _ in range(2)] == [200, 200]
    refused = ask(forum)
    assert (refused.status, refused.headers["discourse-rate-limit-error-code"]) == (429, "ip_anonymous_60_secs_limit")
    assert refused.headers["retry-after"] == "60"
    assert {ask(forum, cookie=mary).status for _ in range(3)} == {200}
    assert ask(forum, Api_Key=forum.key, Api_Username="admin").status == 200


@pytest.mark.parametrize("headers", [{"authorization": "Basic YTpi"}, {"authorization": "nothing"}, {"api_key": ""}])
def test_a_header_that_opens_nothing_makes_nobody_less_anonymous(limited: Make, headers: dict[str, str]) -> None:
    forum = limited(TERTULIA_ANONYMOUS_REQS_PER_IP_PER_MINUTE="2")
    for path in ("/latest.json", "/api/recent", "/"):
        answers = [ask(forum, path, **headers) for _ in range(3)]
        assert 200 not in [answer.status for answer in answers[2:]], path
        forum.clock.advance(seconds=61)


@pytest.mark.parametrize(
    ("path", "headers", "is_json"),
    [
        ("/latest.json", {}, True),
        ("/posts", {"accept": "application/json"}, True),
        ("/posts", {"Api_Key": "wrong"}, True),
        ("/posts", {"User_Api_Key": "wrong"}, True),
        ("/posts", {"authorization": "Bearer wrong"}, True),
        ("/posts", {"X_Requested_With": "XMLHttpRequest"}, True),
        ("/posts", {}, False),
        ("/posts", {"accept": "text/plain"}, False),
    ],
)
def test_the_body_is_json_for_whom_it_can_be(limited: Make, path: str, headers: dict[str, str], is_json: bool) -> None:
    forum = limited(DISCOURSE_MAX_REQS_PER_IP_PER_10_SECONDS="1")
    ask(forum)
    refused = ask(forum, path, **headers)
    assert refused.status == 429
    assert refused.headers["retry-after"] == "10"
    assert refused.headers["discourse-rate-limit-error-code"] == "ip_10_secs_limit"
    if is_json:
        assert refused.json["error_type"] == "rate_limit"
    else:
        assert refused.headers["content-type"] == "text/plain; charset=utf-8"
        assert refused.text.splitlines() == [
            "Slow down, you're making too many requests.",
            "Please retry again in 10 seconds.",
            "Error code: ip_10_secs_limit.",
        ]


def test_a_page_says_it_with_both_headers(limited: Make) -> None:
    forum = limited(DISCOURSE_MAX_REQS_PER_IP_PER_10_SECONDS="1")
    ask(forum, "/", accept="text/html")
    refused = ask(forum, "/", accept="text/html")
    assert (refused.status, refused.headers["retry-after"]) == (429, "10")
    assert refused.headers["discourse-rate-limit-error-code"] == "ip_10_secs_limit"


def test_a_warning_is_logged_without_a_refusal(limited: Make, caplog: pytest.LogCaptureFixture) -> None:
    forum = limited(DISCOURSE_MAX_REQS_PER_IP_PER_10_SECONDS="1", DISCOURSE_MAX_REQS_PER_IP_MODE="warn")
    assert [ask(forum).status for _ in range(2)] == [200, 200]
    (record,) = [record for record in caplog.records if record.message == "over the limit"]
    assert record.facts == {"address": STRANGER, "limit": "ip_10_secs_limit"}
