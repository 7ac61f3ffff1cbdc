"""Where pages deep in lists begin: places that were passed a moment ago, so that nobody walks there from the top.

Clients ask for a page by its number, which no index knows. Why this is right enough: docs/decisions/0012.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import msgspec

from tertulia.store.engine.query import Compiled

MOST_MS = 60_000  # as long as an order made of views may lag, see docs/decisions/0011
MOST_LISTS = 500
MOST_PLACES = 64  # of one list; those not asked for the longest go first
_TIMES = frozenset({"now", "since", "new_since"})  # move with the clock: the same list within a minute
_DAY = 86_400_000


class Place(msgspec.Struct, frozen=True):
    """The entry before a page: what the list is ordered by, then the id. `passed`: how many entries end with it."""

    passed: int
    key: Any
    id: int


class Landmarks:
    """Places of at most 500 lists, forgotten after a minute. A list is named by its form and for whom it is."""

    def __init__(self) -> None:
        self._lists: OrderedDict[Hashable, OrderedDict[int, tuple[int, Place]]] = OrderedDict()

    def nearest(self, name: Hashable, *, offset: int, now: int) -> Place | None:
        """The last known place that is not beyond `offset` entries."""
        places = self._lists.get(name)
        if places is None:
            return None
        for passed in [each for each, (noted, _) in places.items() if not noted <= now < noted + MOST_MS]:
            del places[passed]
        passed = max((each for each in places if each <= offset), default=-1)
        if passed < 0:
            return None
        places.move_to_end(passed)
        return places[passed][1]

    def note_page(self, name: Hashable, places: Sequence[Place], *, offset: int, now: int) -> None:
        """Remembers where the page at `offset` begins, for whoever asks for it again, and where the next one does. Of
        the entries read the last one only says that there is more: the next page begins with it."""
        ends = {offset, places[-2].passed if len(places) > 1 else offset}
        for place in places:
            if place.passed in ends:
                self.note(name, place, now=now)

    def note(self, name: Hashable, place: Place, *, now: int) -> None:
        """Remembers a place that was just read."""
        places = self._lists.setdefault(name, OrderedDict())
        self._lists.move_to_end(name)
        if len(self._lists) > MOST_LISTS:
            self._lists.popitem(last=False)
        places[place.passed] = (now, place)
        places.move_to_end(place.passed)
        if len(places) > MOST_PLACES:
            places.popitem(last=False)


def list_name(form: Hashable, compiled: Compiled, values: Mapping[str, Any]) -> Hashable:
    """What tells lists apart: the form and what its statement compares with."""
    names = dict.fromkeys(name for name, _ in compiled.names if name in values)
    return form, tuple((name, _told(name, values[name])) for name in names)


def _told(name: str, value: Any) -> Hashable:
    if name in _TIMES:
        return int(value) // _DAY if isinstance(value, int) else None
    return tuple(value) if isinstance(value, list | tuple | set | frozenset) else value
