"""Taking from the actor's limits, in one step for all limits of an act. Which limits there are: `acting.py`.

Called before `unit.write()`, because limits may live on another server. What a unit took is given back when it ends
without a commit: refused acts do not count.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from tertulia.backends.base import Limit
from tertulia.forum.unit import Allowance, Unit
from tertulia.model.errors import RateLimited

SECOND = 1_000
MINUTE = 60_000
DAY = 86_400_000


def is_limited(unit: Unit) -> bool:
    """Whether the actor is somebody whose acts are counted: came by a credential, and is no staff."""
    return unit.ports.paced and unit.actor.credential is not None and not unit.actor.is_staff


async def take(unit: Unit, limits: Sequence[Limit], *, even_refused: bool = False) -> None:
    """Counts one act in every limit, or raises RateLimited and counts it in none; limits of 0 are off.

    `even_refused`: it counts though nothing comes of it, because trying is what costs. `unit.taken` then says per
    limit's name how much is left."""
    held = [limit for limit in limits if limit.most > 0]
    if not held:
        return
    counts = await unit.ports.windows.count(held, now=unit.now)
    wait, name = max((count.wait, limit.name) for count, limit in zip(counts, held, strict=True))
    if wait:
        raise RateLimited(seconds=-(-wait // SECOND), limit=name)
    if not even_refused:
        unit.if_undone.append(partial(unit.ports.windows.take_back, held))
    for count, limit in zip(counts, held, strict=True):
        unit.taken[limit.name] = Allowance(count.left, limit.most)
