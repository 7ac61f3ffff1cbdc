"""What stands in the place of a text's bare addresses, read before the text is cooked with it."""

from __future__ import annotations

from collections.abc import Sequence

from tertulia.forum.addresses import SiteLink, is_own
from tertulia.forum.oneboxes.found import Found
from tertulia.forum.oneboxes.local import find_own, parse_own
from tertulia.forum.oneboxes.remote import find_elsewhere
from tertulia.forum.unit import Unit
from tertulia.model.oneboxes import Place


async def find_oneboxes(unit: Unit, urls: Sequence[str], *, place: Place) -> Found:
    """What is known of the first `max_oneboxes_per_post` of the addresses; five statements at most, none for none.

    Of the forum's own it is what every reader of the place may see: posts that everybody may read, and those of the
    same category. Nothing is fetched."""
    base_url = unit.settings.process.base_url
    found = Found(blocks={}, titles={}, refs={}, asked=[])
    own: dict[str, SiteLink] = {}
    elsewhere: list[str] = []
    for url in urls[: unit.site.max_oneboxes_per_post]:
        link = parse_own(url, base_url=base_url)
        if link is not None:
            own[url] = link
        elif unit.site.enable_oneboxes and not is_own(url, base_url=base_url):
            elsewhere.append(url)
    if own:
        await find_own(unit, own, place=place, found=found)
    if elsewhere:
        await find_elsewhere(unit, elsewhere, found=found)
    return found
