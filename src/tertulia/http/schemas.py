"""JSON schemas of the structs that handlers promise. Structs become components, everything else is written in place.

msgspec's own generator refuses unions that only an encoder can serve (two kinds of list), and answers use some.
Read next: `openapi.py`.
"""

from __future__ import annotations

import enum
import types
import typing
from typing import Any

import msgspec

_PLAIN: dict[Any, dict[str, Any]] = {
    Any: {},
    object: {},
    msgspec.Raw: {},
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
}
_ARRAYS = (list, tuple, set, frozenset)


class Schemas:
    """Collects `components` while `of` describes types. A component is named after its module and class."""

    def __init__(self) -> None:
        self.components: dict[str, dict[str, Any]] = {}

    def of(self, kind: Any) -> dict[str, Any]:
        """The schema of what `kind` is encoded to. Raises TypeError for a type that no answer can hold."""
        if kind in _PLAIN:
            return dict(_PLAIN[kind])
        origin, parts = typing.get_origin(kind), typing.get_args(kind)
        if origin in (typing.Union, types.UnionType):
            return self._union([part for part in parts if part is not msgspec.UnsetType])
        if origin is typing.Annotated:
            return self.of(parts[0])
        if origin is typing.Literal:
            return {"enum": list(parts)}
        if (origin or kind) in _ARRAYS:
            return self._array(parts)
        if (origin or kind) is dict:
            held = self.of(parts[1]) if parts else {}
            return {"type": "object", "additionalProperties": held} if held else {"type": "object"}
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            return {"enum": [each.value for each in kind]}
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            return {"$ref": f"#/components/schemas/{self._component(kind)}"}
        raise TypeError(f"no JSON schema is known for {kind}")

    def _union(self, parts: list[Any]) -> dict[str, Any]:
        found = [self.of(part) for part in parts]
        if {} in found:
            return {}
        if len(found) == 1:
            return found[0]
        if all(set(schema) == {"type"} for schema in found):
            return {"type": [schema["type"] for schema in found]}
        return {"anyOf": found}

    def _array(self, parts: tuple[Any, ...]) -> dict[str, Any]:
        if len(parts) > 1 and parts[1] is not Ellipsis:
            return {"type": "array", "prefixItems": [self.of(part) for part in parts]}
        held = self.of(parts[0]) if parts else {}
        return {"type": "array", "items": held} if held else {"type": "array"}

    def _component(self, kind: type[msgspec.Struct]) -> str:
        room = kind.__module__.removeprefix("tertulia.").removeprefix("dialects.").replace(".shapes", "")
        name = f"{room}.{kind.__name__}"
        if name in self.components:
            return name
        self.components[name] = {}  # known before its fields are looked at: structs may hold themselves
        fields = msgspec.structs.fields(kind)
        omits = kind.__struct_config__.omit_defaults
        self.components[name] = {
            "type": "object",
            "properties": {field.encode_name: self.of(field.type) for field in fields},
            "required": [
                field.encode_name
                for field in fields
                if msgspec.UnsetType not in typing.get_args(field.type) and (field.required or not omits)
            ],
        }
        return name
