"""The three bundles of privileges that groups are given at once, and the bits they stand for.

Pure arithmetic on bits. Single bits are changed by `privileges.py`.
"""

from __future__ import annotations

from tertulia.model.privileges import FULL, READONLY, REPLYING, Privilege

BUNDLES: dict[int, Privilege] = {1: FULL, 2: REPLYING, 3: READONLY}
_READABLE = Privilege.READ | Privilege.TOPICS_READ


def bundle_of(bits: int) -> int | None:
    """Gives the largest bundle that the bits contain: 1 full, 2 reply, 3 see; None when not even that."""
    return next((number for number, bundle in BUNDLES.items() if bits & bundle == bundle), None)


def write_bundle(bits: int, *, bundle: int | None) -> int:
    """Gives the bits with this bundle (None = no bundle); those that no bundle holds stay as they were."""
    others = bits & ~int(FULL)
    return others if bundle is None else others | int(BUNDLES[bundle])


def is_readable(bits: int) -> bool:
    """Says whether a holder of these bits can read the category's topics."""
    return bits & _READABLE == _READABLE
