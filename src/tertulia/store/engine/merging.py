"""Several changes in one statement of PostgreSQL: a round trip costs more than most of them.

Each becomes a WITH of the statement that follows. All of these see the database as it was before, so only those are
merged that name no table another one writes. Who collects them: `postgres.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tertulia.store.engine.query import Compiled

_PLACE = re.compile(r"\$(\d+)")
_MOST_KNOWN = 2_000
MOST_MERGED = 12

_known: dict[tuple[Compiled, ...], str] = {}


def may_join(pending: Sequence[Compiled], compiled: Compiled) -> bool:
    """Whether a statement may run in one with `pending`, which write and are independent of each other."""
    if len(pending) >= MOST_MERGED or compiled.text.startswith("WITH"):
        return False
    written = None if compiled.target is None else compiled.target.table
    return not any(
        other.target is None or other.target.table in compiled.words or written in other.words for other in pending
    )


def merge(pending: Sequence[Compiled], last: Compiled) -> str:
    """The text of one statement with the arguments of all in their order; answers what `last` answers."""
    key = (*pending, last)
    text = _known.get(key)
    if text is None:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        text = _known[key] = _merge(pending, last)
    return text


def _merge(pending: Sequence[Compiled], last: Compiled) -> str:
    parts, taken = [], 0
    for number, compiled in enumerate(pending):
        parts.append(f"merged_{number} AS ({_moved(compiled.text, by=taken)})")
        taken += len(compiled.names)
    return f"WITH {', '.join(parts)} {_moved(last.text, by=taken)}"


def _moved(text: str, *, by: int) -> str:
    return _PLACE.sub(lambda found: f"${int(found[1]) + by}", text) if by else text
