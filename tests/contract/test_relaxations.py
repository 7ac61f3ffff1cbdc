"""Each row of `contract/relaxations.toml` names a real place, is needed there, and says who sends it."""

import json

import jsonschema_rs
import pytest

from tests.contract import shapes
from tests.contract.relaxations import Relaxation, find, relaxations, relaxed


def strict(row: Relaxation) -> dict:
    if row.dialect == "discourse":
        return shapes.discourse_shapes()[row.operation]["schema"]
    kind, _, operation = row.operation.partition(" ")
    return shapes.nodebb_schema(shapes.nodebb_shapes()[kind][operation])


def identity(row: Relaxation) -> str:
    return f"{row.operation} {row.pointer}"


@pytest.mark.parametrize("row", relaxations(), ids=identity)
def test_a_relaxation_allows_what_the_upstream_schema_forbids(row: Relaxation) -> None:
    narrow = strict(row)
    wide = relaxed(narrow, dialect=row.dialect, operation=row.operation)
    assert (bool(row.types) + row.optional + bool(row.extra)) == 1, "a row relaxes one thing"
    if row.types:
        value = json.loads(row.example)
        assert not jsonschema_rs.is_valid(find(narrow, steps=row.steps), value), "the schema allows it: drop the row"
        assert jsonschema_rs.is_valid(find(wide, steps=row.steps), value)
    if row.optional:
        assert row.steps[-1] in find(narrow, steps=row.steps[:-1])["required"], "not required: drop the row"
        assert row.steps[-1] not in find(wide, steps=row.steps[:-1])["required"]
    if row.extra:
        node = find(narrow, steps=row.steps)
        assert node.get("additionalProperties") is False, "the object is open: drop the row"
        assert not set(row.extra) & set(node["properties"]), "the object has the key: drop it from the row"
        assert set(row.extra) <= set(find(wide, steps=row.steps)["properties"])


def test_relaxing_one_operation_leaves_the_stored_schema_as_it_was() -> None:
    before = json.dumps(shapes.discourse_shapes()["getTopic"])
    relaxed(shapes.discourse_shapes()["getTopic"]["schema"], dialect="discourse", operation="getTopic")
    assert json.dumps(shapes.discourse_shapes()["getTopic"]) == before


def test_every_relaxation_says_who_sends_it() -> None:
    assert all(len(row.evidence) > 20 for row in relaxations())
