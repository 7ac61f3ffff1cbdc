"""Limits per key: what counts, whose bucket it is, and that refusals do not keep it full."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tertulia.settings import load
from tertulia.testing.client import Response, call
from tertulia.testing.forum import Forum
from tertulia.testing.golden import Image
from tertulia.testing.host import Host

Make = Callable[..., Forum]


@pytest.fixture
def limited(forum_host: Host, forum_image: Image) -> Iterator[Make]:
    """Makes a forum that keeps every limit, with the given environment."""
    made: list[Forum] = []

    def make(**environment: str) -> Forum:
        forum = Forum(forum_host, image=forum_image, loaded=load({}, environ=environment))
        forum.clock.freeze()
        forum.keep_limits()
        made.append(forum)
        return forum

    yield make
    for forum in made:
        forum.close()


def ask(
    forum: Forum, path: str = "/session/current.json", *, headers: dict[str, str], peer: str = "203.0.113.7"
) -> Response:
    pairs = [("host", "forum.test"), *headers.items()]
    return forum.wait(lambda: call(forum.app.kit, method="GET", path=path, headers=pairs, body=b"", peer=peer))


def mine(forum: Forum, username: str = "mary") -> dict[str, str]:
    """Headers of a fresh user API key."""
    return {"User-Api-Key": forum.given.user_api_key(username)}


def test_an_admin_key_makes_sixty_requests_a_minute(limited: Make) -> None:
    forum = limited()
    headers = forum.keyed()
    assert {ask(forum, headers=headers, peer="127.0.0.1").status for _ in range(60)} == {200}
    refused = ask(forum, headers=headers, peer="127.0.0.1")
    assert refused.status == 429
    assert refused.headers["discourse-rate-limit-error-code"] == "admin_api_key_rate_limit"
    assert refused.headers["retry-after"] == "60"
    assert refused.json == {
        "errors": [
            "You\u2019ve performed this action too many times. Please wait 1 minute before trying again.",
        ],
        "error_type": "rate_limit",
        "extras": {"wait_seconds": 60, "time_left": "1 minute"},
    }


def test_refused_calls_of_a_key_do_not_count(limited: Make) -> None:
    forum = limited(DISCOURSE_MAX_ADMIN_API_REQS_PER_MINUTE="2")
    headers = forum.keyed()
    assert [ask(forum, headers=headers).status for _ in range(4)] == [200, 200, 429, 429]
    forum.clock.advance(seconds=50)
    assert ask(forum, headers=headers).headers["retry-after"] == "10"
    forum.clock.advance(seconds=10)
    assert [ask(forum, headers=headers).status for _ in range(3)] == [200, 200, 429]


def test_each_admin_key_has_a_limit_to_itself(limited: Make) -> None:
    forum = limited(DISCOURSE_MAX_ADMIN_API_REQS_PER_MINUTE="1")
    other = {"Api-Key": forum.given.key("admin")}
    assert [ask(forum, headers=forum.keyed()).status for _ in range(2)] == [200, 429]
    assert ask(forum, headers=other).status == 200


def test_a_setting_lets_all_admin_keys_share_one_limit(limited: Make) -> None:
    forum = limited(DISCOURSE_MAX_ADMIN_API_REQS_PER_MINUTE="2", TERTULIA_ADMIN_LIMIT_SCOPE="site")
    other = {"Api-Key": forum.given.key("admin")}
    assert ask(forum, headers=forum.keyed()).status == 200
    assert ask(forum, headers=other).status == 200
    assert ask(forum, headers=forum.keyed()).status == 429
    assert ask(forum, headers=other).status == 429


@pytest.mark.parametrize(("first", "second", "allowed"), [("1", "3", 3), ("3", "1", 3), ("0", "1", 5)])
def test_the_larger_of_both_names_holds_and_none_is_no_limit(
    limited: Make, first: str, second: str, allowed: int
) -> None:
    forum = limited(
        DISCOURSE_MAX_ADMIN_API_REQS_PER_MINUTE=first, DISCOURSE_MAX_ADMIN_API_REQS_PER_KEY_PER_MINUTE=second
    )
    statuses = [ask(forum, headers=forum.keyed()).status for _ in range(5)]
    assert statuses == [200] * allowed + [429] * (5 - allowed)


def test_a_wrong_key_counts_for_its_address_and_a_right_one_does_not(limited: Make) -> None:
    forum = limited(DISCOURSE_MAX_REQS_PER_IP_PER_10_SECONDS="2")
    assert [ask(forum, headers=forum.keyed()).status for _ in range(3)] == [200, 200, 200]
    wrong = {"Api-Key": "0" * 64, "Api-Username": "admin"}
    assert [ask(forum, headers=wrong).status for _ in range(3)] == [403, 403, 429]


def test_a_user_key_makes_sixty_requests_a_minute(limited: Make) -> None:
    forum = limited(DISCOURSE_MAX_REQS_PER_IP_PER_10_SECONDS="100")
    forum.given.user("mary")
    headers = mine(forum)
    assert {ask(forum, headers=headers).status for _ in range(60)} == {200}
    refused = ask(forum, headers=headers)
    assert (refused.status, refused.headers["discourse-rate-limit-error-code"]) == (429, "user_api_key_limiter_60_secs")
    assert refused.json["extras"]["wait_seconds"] == int(refused.headers["retry-after"]) == 60
    other = mine(forum)
    assert ask(forum, headers=other).status == 200
    forum.clock.advance(seconds=60)
    assert ask(forum, headers=headers).status == 200


def test_a_user_key_makes_so_many_requests_a_day(limited: Make) -> None:
    forum = limited(DISCOURSE_MAX_USER_API_REQS_PER_DAY="3")
    forum.given.user("mary")
    headers = mine(forum)
    for _ in range(3):
        assert ask(forum, headers=headers).status == 200
        forum.clock.advance(hours=1)
    refused = ask(forum, headers=headers)
    assert (refused.status, refused.headers["discourse-rate-limit-error-code"]) == (429, "user_api_key_limiter_1_day")
    assert refused.json["extras"] == {"wait_seconds": 21 * 3600, "time_left": "21 hours"}
    forum.clock.advance(hours=21)
    assert ask(forum, headers=headers).status == 200
    assert ask(forum, headers=headers).status == 429


def test_user_keys_count_for_their_address_too(limited: Make) -> None:
    forum = limited(DISCOURSE_MAX_REQS_PER_IP_PER_10_SECONDS="2")
    forum.given.user("mary")
    headers = mine(forum)
    assert [ask(forum, headers=headers).status for _ in range(3)] == [200, 200, 429]


def test_bearer_tokens_have_no_limit_of_their_own(limited: Make) -> None:
    forum = limited(DISCOURSE_MAX_ADMIN_API_REQS_PER_MINUTE="1", DISCOURSE_MAX_USER_API_REQS_PER_MINUTE="1")
    assert [ask(forum, "/api/v3/users/1", headers=forum.bearer()).status for _ in range(3)] == [200] * 3


def test_the_wrong_scope_is_said_before_the_limit(limited: Make) -> None:
    forum = limited(DISCOURSE_MAX_ADMIN_API_REQS_PER_MINUTE="1")
    headers = {"Api-Key": forum.given.key("admin", scopes=("tags:list",))}
    assert [ask(forum, headers=headers).status for _ in range(3)] == [403, 403, 403]
    assert [ask(forum, "/tags.json", headers=headers).status for _ in range(2)] == [200, 429]


def test_the_limit_is_said_before_whether_there_is_such_a_thing(limited: Make) -> None:
    forum = limited(DISCOURSE_MAX_ADMIN_API_REQS_PER_MINUTE="1")
    assert ask(forum, "/t/999999.json", headers=forum.keyed()).status == 404
    assert ask(forum, "/t/999999.json", headers=forum.keyed()).status == 429


def test_the_fixture_holds_nobody_to_the_limits_of_keys_unless_it_is_asked_to(forum: Forum) -> None:
    assert {forum.get("/site/basic-info.json", headers=forum.keyed()).status for _ in range(70)} == {200}
    forum.keep_limits()
    statuses = [forum.get("/site/basic-info.json", headers=forum.keyed()).status for _ in range(61)]
    assert statuses == [200] * 60 + [429]
