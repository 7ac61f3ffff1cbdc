"""The stored data is what the tools derive, takes facts only, and stays small."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from contract.tools import derive, discourse_source, toml_lines

MAXIMUM_BYTES = 1_500_000
FACTS = {"type", "properties", "required", "items", "enum", "additionalProperties"}


def words(schema: dict[str, Any]) -> set[str]:
    found = set(schema)
    for inner in schema.get("properties", {}).values():
        found |= words(inner)
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), dict):
            found |= words(schema[name])
    return found


def test_a_stripped_schema_keeps_names_and_types_and_drops_every_sentence() -> None:
    schema = {
        "type": "object",
        "description": "a sentence",
        "properties": {
            "description": {"type": "string", "example": "x"},
            "ids": {"items": {"type": "integer"}},
        },
        "required": ["ids"],
        "additionalProperties": False,
    }
    assert discourse_source.strip(schema) == {
        "type": "object",
        "required": ["ids"],
        "properties": {"description": {"type": "string"}, "ids": {"items": {"type": "integer"}}},
        "additionalProperties": False,
    }


def test_the_stored_schemas_hold_facts_only() -> None:
    stored = json.loads((derive.CONTRACT / "discourse" / "shapes.json").read_text("utf-8"))
    assert len(stored) == 93
    for name, shape in stored.items():
        assert words(shape["schema"] or {}) <= FACTS, name


def test_the_data_stays_small() -> None:
    files = [file for file in derive.CONTRACT.rglob("*") if file.suffix in (".toml", ".json")]
    assert 0 < sum(file.stat().st_size for file in files) < MAXIMUM_BYTES


def test_a_record_is_one_line_and_leaves_out_what_says_nothing() -> None:
    line = toml_lines.record({"id": 'a "b"', "none": [], "no": False, "yes": True, "codes": [200, 404], "empty": ""})
    assert line == '{ id = "a \\"b\\"", yes = true, codes = [200, 404] }'


@pytest.mark.skipif("TERTULIA_CORPUS" not in os.environ, reason="the upstream documents are not part of the project")
def test_the_stored_data_is_what_the_upstream_documents_say() -> None:
    for name, text in derive.files(Path(os.environ["TERTULIA_CORPUS"]) / "contract").items():
        assert (derive.CONTRACT / name).read_text("utf-8") == text, name
