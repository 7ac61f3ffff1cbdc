"""Every event has a row in the table of effects, somebody tells it, and its log entry can be read back."""

from __future__ import annotations

import ast
import typing

import msgspec

from tertulia.effects.table import EFFECTS
from tertulia.model import events
from tertulia.model.categories import Category
from tertulia.model.events import ALL, Event
from tertulia.model.groups import Group
from tertulia.model.tags import Tag
from tertulia.model.users import User
from tests.house.sources import ROOT, modules, tree


def declared() -> set[type[Event]]:
    """Every event of the module that has a tag of its own: the others are bases."""
    return {
        kind
        for kind in vars(events).values()
        if isinstance(kind, type)
        and issubclass(kind, Event)
        and kind.__struct_config__.tag not in (None, kind.__name__)
    }


def test_the_list_of_events_holds_every_event() -> None:
    assert set(ALL) == declared(), "ALL in model/events.py and the classes differ"


def test_every_event_has_a_row_in_the_table_of_effects() -> None:
    assert set(EFFECTS) == set(ALL), "an empty row is a decision; a missing one is an oversight (effects/table.py)"


def test_every_effect_is_a_function_of_unit_and_event() -> None:
    for kind, effects in EFFECTS.items():
        for effect in effects:
            assert callable(effect), f"{kind.__name__}: {effect!r}"


def test_every_event_is_told_by_some_service() -> None:
    made = {
        node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
    }
    silent = [kind.__name__ for kind in ALL if kind.__name__ not in made]
    assert not silent, f"nobody tells these; take them out of model/events.py or tell them: {silent}"


def test_tags_are_unique() -> None:
    tags = [kind.__struct_config__.tag for kind in ALL]
    assert len(tags) == len(set(tags))


def test_every_event_is_documented() -> None:
    page = (ROOT / "docs/reference/events.md").read_text("utf-8")
    missing = [kind.__name__ for kind in ALL if f"| `{kind.__struct_config__.tag}` |" not in page]
    assert not missing, f"run: python docs/generate.py --write, for {missing}"


def test_every_event_survives_the_log() -> None:
    blank = {int: 1, int | None: 1, str: "a", str | None: "a", bool: True, tuple[int, ...]: (1, 2)}
    blank |= {tuple[str, ...]: ("a",), dict[str, object]: {"title": "a"}}
    blank |= {User | None: None, Group | None: None, Category | None: None, Tag | None: Tag(1, "a", "a", "", 0, 1)}
    for kind in ALL:
        event = kind(**{name: blank[hint] for name, hint in typing.get_type_hints(kind).items() if name[0] != "_"})
        assert msgspec.json.decode(msgspec.json.encode(event), type=kind) == event
