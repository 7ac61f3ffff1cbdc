"""The validators accept what the upstreams send and name what a body lacks. Bodies are made by hand."""

from typing import Any

import pytest

from tests.contract import shapes
from tests.contract.shapes import validate_discourse, validate_nodebb


def least(schema: dict[str, Any]) -> Any:
    """The smallest value that a stripped schema accepts: only required keys, one item a list."""
    given = schema.get("type", "object" if "properties" in schema else "null")
    kind = given if isinstance(given, str) else given[0]
    if "enum" in schema:
        return schema["enum"][0]
    if kind == "object":
        return {name: least(schema.get("properties", {}).get(name, {})) for name in schema.get("required", ())}
    if kind == "array":
        return [least(schema["items"])] if "items" in schema else []
    return {"string": "a", "integer": 1, "number": 1.5, "boolean": True, "null": None}[kind]


def recorded(shape: Any) -> Any:
    """A value that has exactly the keys of a recorded NodeBB answer."""
    if isinstance(shape, dict):
        return {("any" if key == "{*}" else key): recorded(inner) for key, inner in shape.items()}
    if isinstance(shape, list):
        return [recorded(inner) for inner in shape]
    return {"string": "a", "number": 1, "boolean": True, "null": None, "dict": {}}[shape.split("|")[0]]


def topic() -> dict[str, Any]:
    return least(shapes.discourse_shapes()["getTopic"]["schema"])


@pytest.mark.parametrize("name", sorted(shapes.discourse_shapes()))
def test_the_least_body_of_every_official_operation_has_no_problem(name: str) -> None:
    schema = shapes.discourse_shapes()[name]["schema"]
    assert validate_discourse(name, None if schema is None else least(schema)) == []


def test_a_missing_key_is_named_with_its_place() -> None:
    body = topic()
    del body["post_stream"]["posts"][0]["cooked"]
    (problem,) = validate_discourse("getTopic", body)
    assert problem.pointer == "/post_stream/posts/0"
    assert "cooked" in str(problem)


def test_a_wrong_type_is_a_problem() -> None:
    (problem,) = validate_discourse("GET /t/5.json", topic() | {"views": "many"})
    assert problem.pointer == "/views"


def test_a_key_that_a_closed_object_does_not_know_is_a_problem() -> None:
    (problem,) = validate_discourse("getTopic", topic() | {"invented": 1})
    assert "invented" in problem.message


def test_a_relaxed_place_takes_what_real_servers_send() -> None:
    body = topic()
    body["post_stream"]["posts"][0] |= {"reply_to_post_number": 3, "reply_to_user": {"username": "ann"}}
    assert validate_discourse("getTopic", body) == []
    body["post_stream"]["posts"][0]["reply_to_post_number"] = [3]
    assert len(validate_discourse("getTopic", body)) == 1


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ("GET /t/5.json", "/views"),
        ("GET /t/some-title/5.json?page=2", "/views"),
        ("GET /t/{slug}/{id}", "/views"),
        ("get /t/5/9", "/views"),
    ],
)
def test_every_path_variant_of_a_topic_is_the_same_operation(asked: str, pointer: str) -> None:
    assert [problem.pointer for problem in validate_discourse(asked, topic() | {"views": None})] == [pointer]


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("GET /categories.json", "listCategories"),
        ("GET /c/3/show.json", "getCategory"),
        ("GET /c/general/4.json", "listCategoryTopics"),
        ("GET /t/5/posts.json", "getSpecificPostsFromTopic"),
        ("PUT /t/-/5.json", "updateTopic"),
        ("PUT /t/a-title/5.json", "updateTopic"),
        ("POST /posts", "createTopicPostPM"),
        ("GET /users/ann.json", "getUser"),
        ("GET /u/by-external/x1.json", "getUserExternalId"),
        ("GET /latest.json?page=1", "listLatestTopics"),
    ],
)
def test_a_path_finds_its_official_operation(asked: str, name: str) -> None:
    schema = shapes.discourse_shapes()[name]["schema"]
    assert validate_discourse(asked, least(schema)) == []
    assert validate_discourse(asked, 7) == validate_discourse(name, 7)


def test_an_unknown_operation_is_an_error_and_not_a_pass() -> None:
    with pytest.raises(LookupError, match="no official Discourse operation"):
        validate_discourse("GET /no/such/thing.json", {})
    with pytest.raises(LookupError, match="no recorded NodeBB answer"):
        validate_nodebb("v3", "GET", "/no/such/thing", {})


@pytest.mark.parametrize("kind", ["v3", "read", "v1", "v2"])
def test_what_a_real_forum_sent_has_no_problem(kind: str) -> None:
    for key, shape in shapes.nodebb_shapes()[kind].items():
        method, _, path = key.partition(" ")
        assert [str(problem) for problem in validate_nodebb(kind, method, path, recorded(shape))] == [], key


def test_extra_keys_are_welcome_in_the_other_dialect() -> None:
    body = {"status": {"code": "ok", "message": "OK"}, "response": {"content": "hello", "more": 1}}
    assert validate_nodebb("write", "GET", "/posts/5/raw", body) == []


def test_a_key_that_a_real_forum_sent_must_be_there() -> None:
    body = {"status": {"code": "ok"}, "response": {"content": "hello"}}
    (problem,) = validate_nodebb("v3", "GET", "/api/v3/posts/5/raw", body)
    assert (problem.pointer, "message" in problem.message) == ("/status", True)


def test_a_value_of_another_type_is_a_problem_in_the_other_dialect() -> None:
    body = {"status": {"code": "ok", "message": "OK"}, "response": {"index": "3"}}
    (problem,) = validate_nodebb("v3", "GET", "/posts/5/index", body)
    assert problem.pointer == "/response/index"


def test_null_is_accepted_only_where_it_was_ever_seen() -> None:
    user = recorded(shapes.nodebb_shapes()["read"]["GET /api/user/username/{username}"])
    assert validate_nodebb("read", "GET", "/api/user/username/ann", user | {"picture": None}) == []
    assert validate_nodebb("read", "GET", "/api/user/username/ann", user | {"picture": "/a.png"}) == []
    assert len(validate_nodebb("read", "GET", "/api/user/username/ann", user | {"uid": None})) == 1


def test_a_literal_path_wins_over_a_parameter() -> None:
    unread = validate_nodebb("read", "GET", "/api/unread/total", 3)
    assert unread == []
    assert validate_nodebb("v2", "GET", "/api/v2/ping", {"code": "ok", "message": "pong", "params": {}}) == []
