"""When an upstream's path template and one of our rows are the same promise."""

import pytest

from contract.tools import parameters, parts, templates


@pytest.mark.parametrize(
    ("upstream", "row"),
    [
        ("/t/{id}", "/t/{id:int}"),
        ("/t/{slug}/{id}", "/t/{slug}/{id:int}"),
        ("/t/{id}/{post_number}", "/t/{id:int}/{post_number:int}"),
        ("/t/-/{id}", "/t/{slug}/{id:int}"),
        ("/users/{username}", "/u/{username:username}"),
        ("/groups/{name}/members", "/g/{name}/members"),
        ("/api/v3/topics/", "/api/v3/topics"),
        ("/api/v3/topics/{tid}", "/api/v3/topics/{tid:int}"),
        ("/api/v1/topics/:tid", "/api/v1/topics/{tid}"),
        ("/api/me/*", "/api/me/{rest:path}"),
        ("/tags/intersection/{tag}/{tag2...}", "/tags/intersection/{tag}/{more:path}"),
        ("/admin/plugins/explorer/queries", "/admin/plugins/{rest:path}"),
        ("/", "/"),
    ],
)
def test_parameters_meet_whatever_they_are_called(upstream: str, row: str) -> None:
    assert templates.meets(upstream, row=row)


@pytest.mark.parametrize(
    ("upstream", "row"),
    [
        ("/t/{id}/{post_number}", "/t/{slug}/{id:int}"),
        ("/posts/{username}/deleted", "/posts/{id:int}/deleted"),
        ("/t/{id}/summary", "/t/{slug}/{id:int}"),
        ("/t/{id}", "/t/{id:int}/posts"),
        ("/t/{id}/posts", "/t/{id:int}"),
        ("/u/check_username", "/u/{username}"),
        ("/admin/users/{id}", "/admin/u/{id}"),
        ("/admin/plugins", "/admin/plugins/{rest:path}"),
        ("/", "/{slug}"),
    ],
)
def test_templates_of_two_meanings_do_not_meet(upstream: str, row: str) -> None:
    assert not templates.meets(upstream, row=row)


def test_only_a_known_format_is_cut_off_a_path() -> None:
    assert templates.cut_format("/posts.rss") == ("/posts", "rss")
    assert templates.cut_format("/u/john.doe") == ("/u/john.doe", "")
    assert templates.cut_format("/t/{id}.json") == ("/t/{id}", "json")


def test_the_best_template_is_the_most_literal_one() -> None:
    known = ["/u/{username}", "/u/by-external/{id}", "/u/{username}/emails", "/u/check_username"]
    assert templates.best("/u/check_username", templates=known) == "/u/check_username"
    assert templates.best("/users/ann", templates=known) == "/u/{username}"
    assert templates.best("/u/ann/none", templates=known) is None


@pytest.mark.parametrize(
    ("column", "names"),
    [
        ("", []),
        ("raw*,title", ["raw*", "title"]),
        ("post_ids[]*,title or topic_id", ["post_ids[]*", "title", "topic_id"]),
        ("locked* (string true)", ["locked*"]),
        ("post{raw,edit_reason},title", ["post", "post[raw]", "post[edit_reason]", "title"]),
        ("raw*; API only: created_at,import_mode", ["raw*", "created_at", "import_mode"]),
        ("{name}=value,update_existing_user", ["update_existing_user"]),
        ("q; flag=active,new", ["q", "flag"]),
        ("page,order,...", ["page", "order"]),
    ],
)
def test_a_column_of_the_route_list_gives_its_parameter_names(column: str, names: list[str]) -> None:
    assert parameters.of_column(column) == names


def test_an_openapi_operation_gives_types_places_and_what_is_required() -> None:
    operation = {
        "parameters": [
            {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}},
            {"name": "page", "in": "query", "schema": {"type": "integer"}},
        ],
        "requestBody": {
            "content": {
                "application/json": {
                    "schema": {
                        "required": ["post"],
                        "properties": {
                            "post": {
                                "type": "object",
                                "required": ["raw"],
                                "properties": {"raw": {"type": "string"}},
                            },
                            "until": {"type": "number", "nullable": True},
                        },
                    }
                }
            }
        },
    }
    expected = ["?page:integer", "post:object*", "post[raw]:string*", "until:number|null"]
    assert parameters.of_openapi(operation) == expected


def test_a_hoisted_part_reads_back_as_what_was_written() -> None:
    user = {f"field{number}": "string" for number in range(20)}
    shapes = {"v3": {f"GET /{number}": {"user": user, "list": [user]} for number in range(3)}}
    often, pointed = parts.hoist(shapes)
    assert list(often) == ["user"]
    assert pointed["v3"]["GET /1"] == {"user": "@user", "list": ["@user"]}
    assert {name: parts.expand(inner, parts=often) for name, inner in pointed.items()} == shapes
