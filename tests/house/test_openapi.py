"""The description of the routes: every row is in it, it is valid, and the answers of the suite are held against it."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from tertulia import __version__
from tertulia.app import route_table
from tertulia.http.call import TEXT, Answer
from tertulia.http.openapi import MEDIA, bare_path, describe, render
from tertulia.http.routing import Row
from tertulia.http.schemas import Schemas
from tests.house.promises import Promises, validator_of

METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


@cache
def description() -> dict[str, Any]:
    return describe(route_table().rows, version=__version__)


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, entry in description()["paths"].items()
        for method, operation in entry.items()
    ]


def test_every_row_is_described_with_every_format() -> None:
    missing = []
    for row in route_table().rows:
        operation = description()["paths"].get(bare_path(row), {}).get(row.method.lower())
        if row.absent is not None:
            continue
        described = operation["responses"].get(str(row.status), {"content": {}})["content"] if operation else {}
        if not {MEDIA.get(form, "text/plain") for form in row.formats} <= set(described):
            missing.append(str(row))
    assert not missing, f"http/openapi.py leaves these rows out: {missing}"


def test_what_is_absent_is_not_described() -> None:
    working = {(bare_path(row), row.method) for row in route_table().rows if row.absent is None}
    described = {(path, method.upper()) for path, method, _ in operations()}
    assert described == working


def test_operation_ids_are_unique() -> None:
    counts = Counter(operation["operationId"] for _, _, operation in operations())
    twice = [name for name, count in counts.items() if count > 1]
    assert not twice, f"operation_id in http/openapi.py must tell these apart: {twice}"


def test_every_parameter_of_a_path_is_described_and_no_other() -> None:
    for path, method, operation in operations():
        assert method in METHODS
        named = [parameter["name"] for parameter in operation["parameters"]]
        assert named == re.findall(r"\{([^}]+)\}", path), path


def test_every_schema_is_valid_and_every_reference_leads_somewhere() -> None:
    schemas = description()["components"]["schemas"]
    jsonschema_rs.validator_for({"components": {"schemas": schemas}, "anyOf": [{"$ref": ref} for ref in references()]})
    for name, schema in schemas.items():
        jsonschema_rs.meta.validate(schema)
        assert re.fullmatch(r"[A-Za-z0-9._-]+", name), name


def references() -> set[str]:
    return set(re.findall(r'"\$ref":\s*"([^"]+)"', render(description())))


def test_the_written_form_is_the_description() -> None:
    assert msgspec.json.decode(render(description())) == description()


# -- the watch on answers -----------------------------------------------------------------------------
class Person(msgspec.Struct):
    name: str
    age: int | msgspec.UnsetType = msgspec.UNSET


class Call:
    """What the watch reads of a call."""

    path = "/people/1"

    def __init__(self, row: Row) -> None:
        self.row = row


async def get_person(call: object) -> Person:
    return Person(name="Ann")


async def get_people(call: object) -> list[Person] | Answer:
    return []


@pytest.mark.parametrize(
    ("handler", "body", "kept"),
    [
        (get_person, b'{"name":"Ann"}', True),
        (get_person, b'{"name":"Ann","age":7}', True),
        (get_person, b'{"name":null}', False),
        (get_person, b'{"age":7}', False),
        (get_person, b'{"name":"Ann","age":"seven"}', False),
        (get_people, b'[{"name":"Ann"}]', True),
        (get_people, b'[{"name":1}]', False),
        (get_people, b'{"name":"Ann"}', False),
    ],
)
def test_an_answer_of_another_shape_breaks_its_promise(handler: Any, body: bytes, kept: bool) -> None:
    promises, row = Promises(), Row("GET", "/people/{id:int}", handler)
    promises.look(Call(row), Answer(body))
    assert (promises.looked_at, not promises.broken) == (1, kept)
    assert kept or str(row) in promises.broken[0]


def test_refusals_and_texts_are_not_held_against_the_promise() -> None:
    promises, row = Promises(), Row("GET", "/people/{id:int}", get_person)
    for answer in (Answer(b"{}", status=404), Answer(b"{}", reason="not_found"), Answer(b"hello", content_type=TEXT)):
        promises.look(Call(row), answer)
    assert (promises.looked_at, promises.broken) == (0, [])


def test_every_promise_can_be_compiled() -> None:
    promised = [row for row in route_table().rows if row.absent is None and validator_of(row) is not None]
    assert len(promised) > 200


def test_a_type_that_no_answer_can_hold_is_named() -> None:
    with pytest.raises(TypeError, match="bytes"):
        Schemas().of(bytes)
