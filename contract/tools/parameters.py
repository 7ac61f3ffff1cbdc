"""One word per parameter: `raw:string*` is a required string of the body, `?page:integer` one of the query.

Knows the two sources of parameters: OpenAPI operations and the terse column of the route list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

_ANNOTATION = re.compile(r"\([^)]*\)")
# A column may list the values of a parameter after "=": they are no names.
_VALUES = re.compile(r"\{\w+\}=\w+|(?<=flag)=[\w,]+|(?<=filter)=pending,expired,redeemed")
_WORD = re.compile(r"[A-Za-z_][\w-]*(\[\])?")


def word(*, name: str, kind: str = "", required: bool = False, query: bool = False) -> str:
    """Returns the one-word form of a parameter."""
    return f"{'?' if query else ''}{name}{':' + kind if kind else ''}{'*' if required else ''}"


def name_of(word: str) -> str:
    """Returns the bare name of a one-word form."""
    return word.lstrip("?").rstrip("*").partition(":")[0]


def type_of(schema: Mapping[str, Any]) -> str:
    """Returns the JSON type of a schema, alternatives joined by `|`; "" when the schema does not say."""
    given = schema.get("type", "")
    types = list(given) if isinstance(given, list) else [given] if given else []
    if schema.get("nullable") and "null" not in types:
        types.append("null")
    return "|".join(types)


def _fields(schema: Mapping[str, Any], *, prefix: str = "", required: bool = True) -> Iterable[str]:
    wanted = schema.get("required", ())
    for name, inner in schema.get("properties", {}).items():
        full = f"{prefix}[{name}]" if prefix else name
        needed = required and name in wanted
        yield word(name=full, kind=type_of(inner), required=needed)
        # Rails nests one level deep (`post[raw]`); what lies below is data, not parameters.
        if not prefix:
            yield from _fields(inner, prefix=full, required=needed)


def of_openapi(operation: Mapping[str, Any]) -> list[str]:
    """Returns query, then body parameters of an OpenAPI operation; path and header ones are left out."""
    found = [
        word(
            name=given["name"],
            kind=type_of(given.get("schema", {})),
            required=bool(given.get("required")),
            query=True,
        )
        for given in operation.get("parameters", ())
        if given.get("in") == "query"
    ]
    for content in operation.get("requestBody", {}).get("content", {}).values():
        found.extend(_fields(content.get("schema", {})))
    return list(dict.fromkeys(found))


def of_column(text: str) -> list[str]:
    """Returns the names of a route-list column such as `raw*,post{raw,edit_reason},user or email,...`."""
    found: list[str] = []
    prefix = ""
    for token in re.findall(r"[^,;/{}]+|[{}]", _VALUES.sub("", _ANNOTATION.sub("", text))):
        if token == "{":
            prefix = found.pop() if found and not prefix else prefix
            found.append(prefix)
        elif token == "}":
            prefix = ""
        else:
            found.extend(_named(token, prefix=prefix.rstrip("*")))
    return list(dict.fromkeys(found))


def _named(token: str, *, prefix: str) -> Iterable[str]:
    said, _, rest = token.partition(":")
    for choice in (rest or said).split(" or "):
        bare, values, _ = choice.strip().partition("=")
        name = bare.rstrip("*")
        if _WORD.fullmatch(name):
            yield word(name=f"{prefix}[{name}]" if prefix else name, required=bare.endswith("*"))
        if values:
            return
