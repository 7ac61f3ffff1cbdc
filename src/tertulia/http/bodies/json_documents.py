"""JSON bodies: an object is the parameters, an array is kept under `_json` as Rails does.

Read next: `parameters.py`, which gives strings of forms and typed values of JSON one meaning.
"""

from __future__ import annotations

import re

import msgspec

from tertulia.http.bodies.limits import DEFAULT_LIMITS, Limits
from tertulia.http.bodies.values import Value, check_text, invalid
from tertulia.model.errors import BodyBroken, BodyTooLarge, TooManyParameters

# An unterminated string matches to the end: otherwise each later quote would search the rest again.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # Windows shells put it in front of files
_PROBLEM_LENGTH = 200


def parse_json(data: bytes, *, limits: Limits = DEFAULT_LIMITS) -> dict[str, Value]:
    """Reads a JSON body into parameters; an empty one is no parameters (clients label empty bodies JSON).

    Raises BodyBroken for anything but a JSON object or array, for invalid UTF-8 and for nesting beyond
    `depth`; ParameterInvalid for NUL and long names; TooManyParameters; BodyTooLarge.
    """
    if len(data) > limits.body_bytes:
        raise BodyTooLarge(maximum=limits.body_bytes)
    data = data.removeprefix(_BYTE_ORDER_MARK)
    if not data.strip(b" \t\r\n"):
        return {}
    _refuse_value_bombs(data, maximum=limits.json_values)
    try:
        document: Value = msgspec.json.decode(data)
    except RecursionError:
        raise BodyBroken(problem="nesting") from None
    except (msgspec.MsgspecError, ValueError) as error:
        raise BodyBroken(problem=str(error)[:_PROBLEM_LENGTH]) from None
    if isinstance(document, list):
        document = {"_json": document}
    if not isinstance(document, dict):
        raise BodyBroken(problem="not an object")
    _check(document, limits=limits)
    return document


def _refuse_value_bombs(data: bytes, *, maximum: int) -> None:
    """Counts the values before they exist; strings are cut out only when commas alone might be too many."""
    if data.count(b",") + data.count(b"[") + data.count(b"{") <= maximum:
        return
    bare = _STRING.sub(b"", data)
    if bare.count(b",") + bare.count(b"[") + bare.count(b"{") > maximum:
        raise TooManyParameters(maximum=maximum)


def _check(document: dict[str, Value], *, limits: Limits) -> None:
    members = 0
    pending: list[tuple[Value, str, int]] = [(document, "", 0)]
    while pending:
        value, key, depth = pending.pop()
        if isinstance(value, str):
            check_text(value, name=key, key=key)
        elif isinstance(value, (dict, list)):
            if depth >= limits.depth:
                raise BodyBroken(problem="nesting")
            if isinstance(value, list):
                pending.extend((item, key, depth + 1) for item in value)
                continue
            members += len(value)
            if members > limits.parameters:
                raise TooManyParameters(maximum=limits.parameters)
            for name, item in value.items():
                _check_name(name, limits=limits)
                pending.append((item, name, depth + 1))


def _check_name(name: str, *, limits: Limits) -> None:
    if len(name.encode()) > limits.name_bytes:
        raise invalid(name, problem="name_length")
    if "\0" in name:
        raise invalid(name, problem="nul")
