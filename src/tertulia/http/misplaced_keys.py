"""Keys in the query or the body of a request whose row reads none there: they open nothing, and staff are told."""

from __future__ import annotations

from tertulia.forum.keys.deprecated import note_deprecated
from tertulia.http.call import Call
from tertulia.model.errors import ForumError

_NAMES = ("api_key", "user_api_key")


def note_misplaced_keys(call: Call) -> None:
    """Notes a key that stands where this row reads none; costs a look at the query's bytes when there is none."""
    row = call.row
    in_body = any(name in call.body.parameters for name in _NAMES)
    if row is None or row.query_credentials or not (in_body or b"api_key" in call.query_string):
        return
    try:
        values = [call.body.parameters.get(name) or call.query.values.get(name) for name in _NAMES]
    except ForumError:  # a query that cannot be read is refused by whoever needs it
        return
    for value in values:
        if isinstance(value, str):
            route = f"{row.method} {row.path}"
            note_deprecated(call.unit, value.strip(), route=route, address=call.address, agent=call.agent)
