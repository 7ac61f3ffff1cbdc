"""URL-encoded pairs: query strings and plain form bodies.

Multipart is in `multipart.py`; what brackets in names mean is in `nesting.py`.
"""

from __future__ import annotations

import re
from binascii import a2b_qp

from tertulia.http.bodies.limits import DEFAULT_LIMITS, Limits
from tertulia.http.bodies.nesting import Nested
from tertulia.http.bodies.values import Value, invalid
from tertulia.model.errors import BodyTooLarge, TooManyParameters

_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


def parse_query(query_string: bytes, *, limits: Limits = DEFAULT_LIMITS) -> dict[str, Value]:
    """Reads a query string as Rails does: nested by brackets, `+` is a space, a name without `=` is None.

    Raises ParameterInvalid (broken escapes, invalid UTF-8, NUL, names that contradict each other, too long or
    too deep) and TooManyParameters.
    """
    return parse_form(query_string, limits=limits)


def parse_form(data: bytes, *, limits: Limits = DEFAULT_LIMITS) -> dict[str, Value]:
    """Reads a URL-encoded body by the rules of `parse_query`; beyond `body_bytes` raises BodyTooLarge."""
    if len(data) > limits.body_bytes:
        raise BodyTooLarge(maximum=limits.body_bytes)
    # Counted before anything is split: a bomb of separators costs one pass over the bytes.
    if data.count(b"&") >= limits.parameters and sum(map(bool, data.split(b"&"))) > limits.parameters:
        raise TooManyParameters(maximum=limits.parameters)
    tree = Nested(limits=limits)
    for pair in data.split(b"&"):
        raw_name, equals, raw_value = pair.partition(b"=")
        if not raw_name:
            continue
        if len(raw_name) > 3 * limits.name_bytes:
            raise invalid(raw_name[:100].decode("latin-1"), problem="name_length")
        name = _decode(raw_name, name=raw_name[:100].decode("latin-1"))
        tree.add(name, value=_decode(raw_value, name=name) if equals else None)
    return tree.root


def percent_decode(raw: bytes) -> bytes | None:
    """The bytes that the escapes stand for, or None if a percent sign begins no escape."""
    if b"%" not in raw:
        return raw
    if _BROKEN_ESCAPE.search(raw):
        return None
    # Quoted-printable is the same code with another sign, decoded in C: 10 MB of escapes would otherwise hold
    # the event loop for seconds. Every sign begins an escape here, so its soft line ends cannot occur.
    return a2b_qp(raw.replace(b"=", b"%3D").replace(b"%", b"="))


def _decode(raw: bytes, *, name: str) -> str:
    decoded = percent_decode(raw.replace(b"+", b" "))
    if decoded is None:
        raise invalid(name, problem="escape")
    try:
        return decoded.decode("utf-8")
    except UnicodeDecodeError:
        raise invalid(name, problem="encoding") from None
