"""Kept answers and who is who: nobody is given what was made for somebody else, and rights that end, end at once."""

from __future__ import annotations

import pytest

from tertulia.forum.batches import flush
from tertulia.forum.traffic import flush_traffic
from tertulia.forum.unit import Unit
from tertulia.http.call import Call
from tertulia.http.csrf import csrf_token
from tertulia.http.keeping import Keeper
from tertulia.pages import rendering
from tertulia.testing.client import Response, call
from tertulia.testing.forum import Forum
from tests.dialects.kept.conftest import Make, given

HTML = {"Accept": "text/html"}
PASSWORD = "a long enough password"


def ask(forum: Forum, path: str, *headers: tuple[str, str], method: str = "GET", peer: str = "127.0.0.1") -> Response:
    """A request with exactly these headers."""
    return forum.wait(lambda: call(forum.app.kit, method=method, path=path, headers=[*headers], body=b"", peer=peer))


def is_given(forum: Forum, path: str, headers: dict[str, str] | None = None) -> bool:
    """Whether the request is answered from memory."""
    before = given()
    forum.get(path, headers=headers or {})
    return given() == before + 1


def is_kept(forum: Forum, path: str, headers: dict[str, str]) -> bool:
    """Whether one of three requests is answered from memory: something else may be committed in between."""
    return any(is_given(forum, path, headers) for _ in range(3))


def visitor_cookie(forum: Forum) -> tuple[str, str]:
    """A cookie of a visitor who has seen a form, and the token of the form."""
    answer = forum.get("/session/csrf.json")
    return f"_forum_session={answer.cookies['_forum_session']}", answer.json["csrf"]


# -- browsers ---------------------------------------------------------------------------------------
def test_a_page_of_somebody_logged_in_is_never_given_to_a_visitor(forum: Forum) -> None:
    forum.given.user("winifred", password=PASSWORD)
    browser = {"Cookie": forum.login("winifred", PASSWORD)["Cookie"]}
    for path in ("/latest", "/categories", "/tags"):
        mine = forum.get(path, headers={**browser, **HTML})
        assert mine.status == 200
        assert "/logout" in mine.text
        for _ in range(3):
            theirs = forum.get(path, headers=HTML)
            assert theirs.status == 200
            assert "winifred" not in theirs.text
            assert "authenticity_token" not in theirs.text
            assert "bell" not in theirs.text
        again = forum.get(path, headers={**browser, **HTML})
        assert "/logout" in again.text


def test_a_bell_rings_at_once(forum: Forum) -> None:
    forum.given.user("mary", password=PASSWORD)
    browser = {"Cookie": forum.login("mary", PASSWORD)["Cookie"], **HTML}
    assert 'class="news"' not in forum.get("/latest", headers=browser).text
    number = forum.given.topic(title="A topic that names people", by="mary").post.topic_id
    forum.given.reply(number, raw="What do you say to this, @mary?")
    forum.run_jobs()
    assert 'class="news"' in forum.get("/latest", headers=browser).text


def test_a_form_of_one_visitor_is_given_to_nobody_else(forum: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    shell = rendering._shell

    def with_form(call: Call, around: rendering.Around) -> rendering.Shell:
        return shell(call, rendering.Around(title=csrf_token(call)))

    monkeypatch.setattr(rendering, "_shell", with_form)
    cookie, token = visitor_cookie(forum)
    mine = forum.get("/latest", headers={**HTML, "Cookie": cookie})
    assert token in mine.text
    assert "set-cookie" not in mine.headers  # nothing but the token itself shows that the page is somebody's
    theirs = forum.get("/latest", headers=HTML)
    assert token not in theirs.text
    other = forum.get("/latest", headers=HTML)
    assert theirs.cookies["_forum_session"] != other.cookies["_forum_session"]
    assert not is_given(forum, "/latest", HTML)


def test_pages_that_are_kept_hold_no_form(forum: Forum) -> None:
    cookie, token = visitor_cookie(forum)
    number = forum.given.topic(title="A topic that visitors read").post.topic_id
    slug = forum.get(f"/t/{number}.json").json["slug"]
    for path in ("/latest", "/categories", f"/t/{slug}/{number}"):
        page = forum.get(path, headers={**HTML, "Cookie": cookie})
        assert token not in page.text
        assert is_kept(forum, path, {**HTML, "Cookie": cookie})
        assert "set-cookie" not in forum.get(path, headers=HTML).headers


def test_only_whose_session_ended_is_told_so(forum: Forum) -> None:
    for _ in range(2):
        ended = forum.get("/latest.json", headers={"Cookie": "_t=gone"})
        assert ended.headers["discourse-logged-out"] == "1"
        assert "_t" in ended.cookies
        theirs = forum.get("/latest.json")
        assert "discourse-logged-out" not in theirs.headers
        assert "set-cookie" not in theirs.headers


# -- keys -------------------------------------------------------------------------------------------
def test_each_personal_key_gets_its_own(forum: Forum) -> None:
    keys = {}
    for name in ("mary", "paul"):
        forum.given.user(name)
        keys[name] = {"User-Api-Key": forum.given.user_api_key(name, "read")}
    for _ in range(3):
        for name, headers in keys.items():
            assert forum.get("/latest.json", headers=headers).headers["x-discourse-username"] == name
        assert "x-discourse-username" not in forum.get("/latest.json").headers


@pytest.mark.parametrize("name", ["Api-Key", "User-Api-Key"])
def test_a_key_that_is_none_opens_nothing_that_was_kept(forum: Forum, name: str) -> None:
    forum.get("/latest.json")
    assert is_given(forum, "/latest.json")
    for _ in range(2):
        assert forum.get("/latest.json", headers={name: "x", "Api-Username": "admin"}).status == 403


def test_a_key_for_some_addresses_is_refused_elsewhere_though_its_answer_is_kept(forum: Forum) -> None:
    forum.given.user("mary")
    secret = forum.given.key("mary")

    async def narrow(unit: Unit) -> None:
        await unit.write()
        await unit.tx.text("UPDATE keys SET allowed_addresses = '127.0.0.1' WHERE user_id > 1")
        await unit.commit()

    forum.unit(narrow)
    headers = (("api-key", secret), ("api-username", "mary"))
    assert [ask(forum, "/latest.json", *headers).status for _ in range(2)] == [200, 200]
    assert ask(forum, "/latest.json", *headers, peer="203.0.113.9").status == 403


def test_a_message_is_gone_at_once_for_whoever_was_removed(forum: Forum) -> None:
    forum.given.user("mary")
    made = forum.post(
        "/posts.json",
        json={"title": "A message between two", "raw": "Nobody else may read what is written here.",
              "archetype": "private_message", "target_recipients": "mary"},
        headers=forum.keyed(),
    )  # fmt: skip
    path = f"/t/{made.json['topic_id']}.json"
    forum.get(path, headers=forum.keyed("mary"))
    assert is_given(forum, path, forum.keyed("mary"))
    gone = forum.put(
        f"/t/{made.json['topic_id']}/remove-allowed-user.json", json={"username": "mary"}, headers=forum.keyed()
    )
    assert gone.status == 200
    assert forum.get(path, headers=forum.keyed("mary")).status in (403, 404)
    assert forum.get(path).status in (403, 404)


# -- rights -----------------------------------------------------------------------------------------
def test_a_site_that_is_closed_to_visitors_is_closed_at_once(forum: Forum) -> None:
    forum.get("/latest.json")
    assert is_given(forum, "/latest.json")
    body = {"login_required": "true"}
    assert forum.put("/admin/site_settings/login_required.json", json=body, headers=forum.keyed()).status == 200
    for _ in range(2):
        assert forum.get("/latest.json").status == 403
        assert not is_given(forum, "/latest.json")
    assert forum.get("/latest.json", headers=forum.keyed()).status == 200
    assert forum.get("/latest.json").status == 403


def test_what_is_deleted_is_gone_for_visitors_at_once(forum: Forum) -> None:
    number = forum.given.topic(title="A topic that somebody deletes").post.topic_id
    forum.get(f"/t/{number}.json")
    assert is_given(forum, f"/t/{number}.json")
    assert forum.delete(f"/t/{number}.json", headers=forum.keyed()).status == 200
    assert forum.get(f"/t/{number}.json", headers=forum.keyed()).status == 200  # staff still see it
    for _ in range(2):
        assert forum.get(f"/t/{number}.json").status == 404
        assert number not in [each["id"] for each in forum.get("/latest.json").json["topic_list"]["topics"]]


# -- forms of one address ---------------------------------------------------------------------------
def test_data_and_pages_of_one_address_are_told_apart(forum: Forum) -> None:
    for _ in range(2):
        page = ask(forum, "/latest", ("host", "forum.test"), ("accept", "text/html"))
        xhr = ask(
            forum, "/latest", ("host", "forum.test"), ("accept", "text/html"), ("x-requested-with", "XMLHttpRequest")
        )
        data = ask(forum, "/latest", ("host", "forum.test"), ("accept", "application/json"))
        assert page.headers["content-type"].startswith("text/html")
        assert xhr.headers["content-type"].startswith("application/json")
        assert data.headers["content-type"].startswith("application/json")


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("accept", "", "text/html"),
        ("accept", "application/json", "text/html"),
        ("host", "", "forum.test"),
        ("x-requested-with", "", "XMLHttpRequest"),
    ],
)
def test_a_header_that_comes_twice_cannot_plant_an_answer(forum: Forum, name: str, first: str, second: str) -> None:
    asked = {"host": "forum.test", "accept": "text/html"}
    rest = [pair for pair in asked.items() if pair[0] != name]
    before = ask(forum, "/categories", *rest, (name, second))
    keeper: Keeper = forum.app.kit.keeper
    keeper.freshness.end_everything()
    counted = given()
    ask(forum, "/categories", *rest, (name, first), (name, second))
    after = ask(forum, "/categories", *rest, (name, second))
    assert given() == counted
    assert (after.body, after.headers["content-type"]) == (before.body, before.headers["content-type"])


def test_the_host_that_a_proxy_names_tells_answers_apart(forum: Forum) -> None:
    pairs = (("host", "forum.test"), ("accept", "text/html"))
    for host in ("one.example", "other.example"):
        before = given()
        ask(forum, "/latest", *pairs, ("x-forwarded-host", host))
        assert given() == before
    evil = ask(forum, "/latest", *pairs, ("x-forwarded-host", "evil.example"))
    plain = ask(forum, "/latest", *pairs)
    assert evil.status == plain.status == 200
    assert b"evil.example" not in plain.body


def test_the_order_of_a_query_is_kept_apart_and_answers_the_same(forum: Forum) -> None:
    one = forum.get("/latest.json?order=created&ascending=true").json
    assert not is_given(forum, "/latest.json?ascending=true&order=created")
    assert (
        forum.get("/latest.json?ascending=true&order=created").json["topic_list"]["topics"]
        == one["topic_list"]["topics"]
    )
    assert not is_given(forum, "/latest.json?order=created")


def test_head_is_answered_anew_and_without_a_body(forum: Forum) -> None:
    forum.get("/latest.json")
    before = given()
    head = ask(forum, "/latest.json", ("host", "forum.test"), method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert given() == before
    assert forum.get("/latest.json").json["topic_list"]["topics"] is not None


def test_long_headers_do_not_fill_the_memory(forum: Forum) -> None:
    keeper: Keeper = forum.app.kit.keeper
    known = len(keeper._kept)
    for name in ("x-requested-with", "accept", "host"):
        for number in range(3):
            assert ask(forum, "/latest.json", (name, str(number) * 5_000)).status == 200
    assert len(keeper._kept) == known


# -- limits -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("extra", [(), (("authorization", "Bearer nothing"),), (("user-agent", "x"),)])
def test_no_header_gets_a_visitor_past_the_limit_for_visitors(
    configured: Make, extra: tuple[tuple[str, str], ...]
) -> None:
    forum = configured(DISCOURSE_ANONYMOUS_REQS_PER_IP_PER_MINUTE="3", TERTULIA_ANONYMOUS_REQS_PER_IP_PER_MINUTE="3")
    forum.clock.freeze()
    pairs = (("host", "forum.test"), *extra)
    assert [ask(forum, "/latest.json", *pairs, peer="203.0.113.7").status for _ in range(4)] == [200, 200, 200, 429]


# -- what ends nothing ------------------------------------------------------------------------------
def test_counting_and_telling_ends_no_answer(forum: Forum) -> None:
    forum.given.user("mary")
    number = forum.given.topic(title="A topic that is looked at").post.topic_id
    forum.run_jobs()
    forum.get("/latest.json")
    forum.get(f"/t/{number}.json", headers=forum.keyed("mary"))
    keeper: Keeper = forum.app.kit.keeper
    position = keeper.freshness.position

    async def write(unit: Unit) -> None:
        await unit.write()
        await flush(unit)
        await flush_traffic(unit)
        await unit.later("sweep", unique="sweep of a test")
        await unit.commit()

    forum.unit(write)
    assert is_given(forum, "/latest.json")
    assert keeper.freshness.position == position
