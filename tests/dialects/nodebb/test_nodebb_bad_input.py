"""Bad input in every generation: each answers as the original does, and leaves nothing behind."""

from __future__ import annotations

import pytest

from tertulia.testing.forum import Forum
from tests.dialects.nodebb.conftest import Headers, count_rows

TEXT = "A text that is long enough to be accepted by everybody."
TITLE = "A topic that somebody tries to make"
GENERATIONS = ["v1", "v2", "v3"]
GOOD = {"cid": 1, "title": TITLE, "content": TEXT}
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"cid": 4711}, "not_found"),
        ({"cid": 3}, "not_found"),
        ({"cid": "general"}, "request.parameter_invalid"),
        ({"cid": {"id": 1}}, "request.parameter_invalid"),
        ({"cid": [1]}, "request.parameter_invalid"),
        ({"cid": 10**30}, "request.parameter_invalid"),
        ({"cid": True}, "request.parameter_invalid"),
        ({"title": "Short"}, "topic.title_too_short"),
        ({"title": "x y" * 200}, "topic.title_too_long"),
        ({"title": "  "}, "topic.title_blank"),
        ({"title": [TITLE]}, "request.parameter_invalid"),
        ({"title": "The topic that stays as it is"}, "topic.title_taken"),
        ({"content": "short"}, "post.body_too_short"),
        ({"content": "yes and no " * 4_000}, "post.body_too_long"),
        ({"content": {"a": TEXT}}, "request.parameter_invalid"),
        ({"tags": ["a", "b", "c", "d", "e", "f"]}, "tag.too_many"),
        ({"timestamp": "yesterday"}, "request.parameter_invalid"),
    ],
)
def test_a_topic_that_breaks_a_rule_is_refused(
    untouched: Forum, mary: Headers, generation: str, change: dict[str, object], reason: str
) -> None:
    answer = untouched.post(f"/api/{generation}/topics", headers=mary, json=GOOD | change)
    assert (answer.status, answer.reason) == (400, reason), answer
    said = answer.json["status"] if generation == "v3" else answer.json
    assert said["code"] == "bad-request"


def test_a_hidden_category_and_an_absent_one_answer_alike(untouched: Forum, mary: Headers) -> None:
    for generation in GENERATIONS:
        path = f"/api/{generation}/topics"
        hidden = untouched.post(path, headers=mary, json=GOOD | {"cid": 3})
        absent = untouched.post(path, headers=mary, json=GOOD | {"cid": 4711})
        assert (hidden.status, hidden.body, hidden.reason) == (absent.status, absent.body, absent.reason)
    for path in ("/api/category/{}/x", "/api/v3/categories/{}/topics", "/api/recent?cid={}"):
        hidden, absent = (untouched.get(path.format(cid), headers=mary) for cid in (3, 4711))
        assert (hidden.status, hidden.reason) == (absent.status, absent.reason) == (404, "not_found")


def test_missing_fields_are_listed(untouched: Forum, mary: Headers) -> None:
    new = untouched.post("/api/v3/topics", headers=mary, json={"title": TITLE})
    assert new.status == 400
    text = "Required parameters were missing from this API call: cid content"
    assert new.json == {"status": {"code": "bad-request", "message": text}, "response": {"params": ["cid", "content"]}}
    for generation in ("v1", "v2"):
        old = untouched.post(f"/api/{generation}/topics", headers=mary, json={"cid": 1})
        assert (old.status, old.json["code"], old.json["params"]) == (
            400,
            "params-missing",
            {"0": "title", "1": "content"},
        )
        assert old.json["message"].startswith("Something was wrong with the request payload you passed in. | Required")


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"{", JSON),
        (b'{"cid": 1, "title": }', JSON),
        (b'{"title": "\xff\xfe"}', JSON),
        (b"[" * 5_000, JSON),
        (b'{"a":' * 3_000 + b"1" + b"}" * 3_000, JSON),
    ],
)
def test_broken_json_is_an_error_of_the_server_as_there(
    untouched: Forum, mary: Headers, generation: str, body: bytes, headers: Headers
) -> None:
    answer = untouched.post(f"/api/{generation}/topics", headers=mary | headers, body=body)
    assert answer.status in (400, 500), answer
    said = answer.json["status"] if generation == "v3" else answer.json
    assert said["code"] == ("internal-server-error" if answer.status == 500 else "bad-request")


def test_a_syntax_error_is_500_with_the_parsers_text(untouched: Forum, mary: Headers) -> None:
    answer = untouched.post("/api/v3/topics", headers=mary | JSON, body=b"{")
    assert (answer.status, answer.reason) == (500, "request.body_broken")
    assert answer.json["status"]["message"]


@pytest.mark.parametrize("generation", GENERATIONS)
def test_a_huge_body_and_a_bomb_are_refused(untouched: Forum, mary: Headers, generation: str) -> None:
    path = f"/api/{generation}/topics"
    huge = untouched.post(path, headers=mary | JSON, body=b'{"title": "' + b"x" * 60_000_000 + b'"}')
    assert huge.status == 413
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    many = untouched.post(path, headers=mary | form, body=b"&".join(b"p%d=1" % number for number in range(20_000)))
    assert (many.status, many.reason) == (400, "request.too_many_parameters")
    deep = untouched.post(path, headers=mary | form, body=b"a" + b"[b]" * 2_000 + b"=1")
    assert deep.status == 400
    foreign = untouched.post(path, headers=mary | form, body=b"cid=1&title=%ff%fe&content=" + TEXT.encode())
    assert foreign.status == 400


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v3/nothing"),
        ("GET", "/api/v1/nothing"),
        ("GET", "/api/v2/topics"),
        ("PATCH", "/api/v3/topics"),
        ("POST", "/api/v3/topics/abc"),
        ("GET", "/api/v3/topics/99999999999999999999999"),
        ("GET", "/api/v3/topics/../users/1"),
        ("POST", "/api/v1/topics/follow"),
        ("POST", "/api/v2/util/nothing"),
        ("GET", "/api/nothing/at/all"),
        ("GET", "/api/topic/pagination/abc"),
    ],
)
def test_an_unknown_path_or_method_is_404_in_the_words_of_its_generation(
    untouched: Forum, mary: Headers, method: str, path: str
) -> None:
    answer = untouched.request(method, path, headers=mary)
    assert answer.status == 404, answer
    if path.startswith("/api/v3"):
        assert answer.json == {"status": {"code": "not-found", "message": "Invalid API call"}, "response": {}}
    elif path.startswith(("/api/v1", "/api/v2")):
        assert answer.json == {"code": "not-found", "message": "Invalid API call", "params": {}}
    else:
        assert answer.json == {"path": path, "title": "Not Found", "bodyClass": "page-status-404"}


MISSING = [
    ("GET", "/api/v3/topics/4711"),
    ("POST", "/api/v3/topics/4711"),
    ("DELETE", "/api/v3/topics/4711"),
    ("PUT", "/api/v3/topics/4711/follow"),
    ("GET", "/api/v3/posts/4711"),
    ("PUT", "/api/v3/posts/4711"),
    ("PUT", "/api/v3/posts/4711/vote"),
    ("PUT", "/api/v3/posts/4711/bookmark"),
    ("GET", "/api/v3/users/4711"),
    ("PUT", "/api/v3/users/4711/follow"),
    ("GET", "/api/v3/groups/nobodys/members"),
    ("HEAD", "/api/v3/groups/nobodys"),
    ("HEAD", "/api/v3/users/4711"),
    ("PUT", "/api/v3/tags/unheard-of/follow"),
    ("GET", "/api/topic/4711"),
    ("GET", "/api/topic/teaser/4711"),
    ("GET", "/api/post/4711"),
    ("GET", "/api/user/nobody"),
    ("GET", "/api/user/uid/4711"),
    ("GET", "/api/user/email/nobody@example.org"),
    ("GET", "/api/user/email/admin@example.org"),
    ("GET", "/api/groups/nobodys"),
    ("GET", "/api/tags/unheard-of"),
    ("DELETE", "/api/v1/topics/4711"),
    ("POST", "/api/v1/topics/4711"),
    ("PUT", "/api/v2/posts/4711"),
    ("POST", "/api/v2/posts/4711/vote"),
]


@pytest.mark.parametrize(("method", "path"), MISSING)
def test_what_does_not_exist_is_404(untouched: Forum, mary: Headers, method: str, path: str) -> None:
    body = None if method in ("GET", "HEAD", "DELETE") else {"content": TEXT, "delta": 1}
    answer = untouched.request(method, path, headers=mary, json=body)
    assert (answer.status, answer.reason) == (404, "not_found"), answer


def test_a_missing_category_is_an_empty_object(untouched: Forum) -> None:
    for cid in (4711, 3):
        answer = untouched.get(f"/api/v3/categories/{cid}")
        assert (answer.status, answer.json["response"]) == (200, {})


def test_a_closed_topic_refuses_replies_from_members(forum: Forum, mary: Headers) -> None:
    topic = forum.given.topic().post.topic_id
    forum.put(f"/api/v3/topics/{topic}/lock", headers=forum.bearer())
    before = count_rows(forum)
    for generation in GENERATIONS:
        answer = forum.post(f"/api/{generation}/topics/{topic}", headers=mary, json={"content": TEXT})
        assert (answer.status, answer.reason) == (403, "topic.closed")
    assert count_rows(forum) == before


def test_the_same_text_again_is_refused(forum: Forum, mary: Headers) -> None:
    topic = forum.given.topic().post.topic_id
    assert forum.post(f"/api/v3/topics/{topic}", headers=mary, json={"content": TEXT}).status == 200
    again = forum.post(f"/api/v3/topics/{topic}", headers=mary, json={"content": TEXT})
    assert (again.status, again.reason) == (400, "post.body_too_similar")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("DELETE", "/api/v3/topics/1", None),
        ("PUT", "/api/v3/topics/1/lock", None),
        ("PUT", "/api/v3/topics/1/pin", None),
        ("PUT", "/api/v3/users/1", {"fullname": "Nobody"}),
        ("DELETE", "/api/v3/users/1", None),
        ("PUT", "/api/v3/users/1/ban", {}),
        ("POST", "/api/v3/users", {"username": "peter"}),
        ("POST", "/api/v3/categories", {"name": "Mine"}),
        ("DELETE", "/api/v3/categories/1", None),
        ("GET", "/api/v3/categories/1/privileges", None),
        ("PUT", "/api/v3/categories/1/privileges/groups:find", {"member": "guests"}),
        ("POST", "/api/v3/groups", {"name": "mine"}),
        ("POST", "/api/v1/categories", {"name": "Mine"}),
        ("POST", "/api/v2/groups", {"name": "mine"}),
    ],
)
def test_what_a_member_may_not_do_is_403_and_a_guest_is_asked_to_log_in(
    untouched: Forum, mary: Headers, method: str, path: str, body: object
) -> None:
    refused = untouched.request(method, path, headers=mary, json=body)
    assert refused.status == 403, refused
    nobody = untouched.request(method, path, headers=untouched.bearer("unknown"), json=body)
    assert nobody.status == 401, nobody


def test_a_hidden_topic_is_nowhere(forum: Forum, mary: Headers) -> None:
    staff = forum.given.category("Secrets of the house", bundles={"staff": 1}).category.id
    view = forum.given.topic("A secret nobody may learn of", category_id=staff, tags=("hush",))
    tid, pid = view.post.topic_id, view.post.id
    for path in (
        f"/api/topic/{tid}", f"/api/topic/pagination/{tid}", f"/api/topic/teaser/{tid}", f"/api/post/{pid}",
        f"/api/v3/topics/{tid}", f"/api/v3/posts/{pid}", f"/api/v3/posts/{pid}/raw", f"/api/v3/posts/{pid}/summary",
        f"/api/v3/posts/{pid}/voters", f"/api/v3/posts/{pid}/diffs", f"/api/category/{staff}/x",
        f"/api/v3/categories/{staff}/posts",
    ):  # fmt: skip
        assert forum.get(path, headers=mary).status == 404, path
    for path in (
        "/api/recent", "/api/popular", "/api/top", "/api/categories", "/api/recent/posts/day", "/api/user/admin",
        "/api/user/admin/topics", "/api/user/admin/posts", "/api/search?term=secret", "/api/v3/categories",
        "/api/v3/categories/1/posts", "/api/tags",
    ):  # fmt: skip
        text = forum.get(path, headers=mary).text
        assert "nobody may learn" not in text and "Secrets" not in text and "hush" not in text, path


@pytest.mark.parametrize("delta", ["up", [1], {"a": 1}, 10**30])
def test_a_vote_that_is_no_number_is_refused(untouched: Forum, mary: Headers, delta: object) -> None:
    for method, path in (("PUT", "/api/v3/posts/1/vote"), ("POST", "/api/v1/posts/1/vote")):
        assert untouched.request(method, path, headers=mary, json={"delta": delta}).status == 400


def test_a_title_is_escaped_where_clients_print_it(forum: Forum) -> None:
    topic = forum.given.topic('Is <script>alert("x")</script> shown?').post.topic_id
    page = forum.get(f"/api/topic/{topic}").json
    assert "<script>" not in page["title"] and page["titleRaw"].startswith("Is <script>")
