"""What somebody who writes asks of an address, before the text is posted: its onebox, or its title.

Answered from what is known; a page of which nothing is known is fetched for the next time.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tertulia.forum.addresses import is_own
from tertulia.forum.cooking import CookContext, cook, title_of
from tertulia.forum.oneboxes.finding import find_oneboxes
from tertulia.forum.oneboxes.remote import MOST_URL
from tertulia.forum.oneboxes.storing import ask
from tertulia.forum.unit import Unit
from tertulia.model.errors import RateLimited
from tertulia.model.oneboxes import Place
from tertulia.store.cooked import oneboxes as store

MOST_TITLES = 10
MOST_ASKED = 30  # in a minute by one user, of addresses that nothing is known of
_MINUTE = 60_000


async def read_onebox(unit: Unit, url: str) -> str | None:
    """Safe HTML of what a post would show in the place of the address, only what everybody may see; None for a link.

    Raises RateLimited for too many addresses of which nothing is known."""
    if not url.startswith(("https://", "http://")) or len(url.split()) != 1 or len(url) > MOST_URL:
        return None
    context = CookContext(base_url=unit.settings.process.base_url)
    cooked = cook(url, context=context)
    if cooked.bare:
        found = await find_oneboxes(unit, cooked.bare, place=Place())
        await _have_asked(unit, found.asked)
        cooked = cook(url, context=msgspec.structs.replace(context, oneboxes=found.blocks))
    is_shown = not cooked.bare and (cooked.boxed or cooked.has_media or "lazy-video-container" in cooked.html)
    return cooked.html if is_shown else None


async def list_titles(unit: Unit, urls: Sequence[str]) -> dict[str, str]:
    """Titles by address, of the first ten addresses; those without one are left out. Raises RateLimited.

    They are those that a post would show: what is known, or what the address itself spells."""
    found = await find_oneboxes(unit, list(dict.fromkeys(urls))[:MOST_TITLES], place=Place())
    await _have_asked(unit, found.asked)
    own = unit.settings.process.base_url
    titles = {
        url: found.titles.get(url) or (None if is_own(url, base_url=own) else title_of(url))
        for url in urls[:MOST_TITLES]
    }
    return {url: title for url, title in titles.items() if title}


async def _have_asked(unit: Unit, urls: Sequence[str]) -> None:
    if not urls:
        return
    known = await store.list_oneboxes(unit.tx, urls)
    due = [url for url in urls if url not in known or known[url].asked_again_at <= unit.now]
    windows, user = unit.ports.windows, str(unit.actor.user_id)
    for _ in due:
        wait = await windows.hit("oneboxes-asked", user, limit=MOST_ASKED, window=_MINUTE, now=unit.now)
        if wait:
            raise RateLimited(seconds=-(-wait // 1_000), limit="oneboxes")
    if due:
        await unit.write()
        await store.insert_oneboxes(unit.tx, due, now=unit.now)
        for onebox in (await store.list_oneboxes(unit.tx, due)).values():
            await ask(unit, onebox)
