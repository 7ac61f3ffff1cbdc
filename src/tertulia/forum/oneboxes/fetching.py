"""The job that asks a page elsewhere about itself, once for all posts that wait for it. Addresses come from users.

Where requests may go is decided by `backends/outbound`; what they bring is read by `describing.py`.
"""

from __future__ import annotations

import msgspec

from tertulia.backends.outbound.base import OutboundFailed, OutboundRefused, OutboundRequest, OutboundResponse
from tertulia.forum.addresses import is_own
from tertulia.forum.oneboxes.describing import describe, is_page
from tertulia.forum.oneboxes.remote import is_blocked
from tertulia.forum.oneboxes.storing import FETCH, LANE, REFRESH
from tertulia.forum.unit import Unit
from tertulia.model.oneboxes import Onebox, Page
from tertulia.store.cooked import oneboxes as store

TIMEOUT_MS = 10_000
MOST_BYTES = 1 << 20
MOST_REDIRECTS = 5
MOST_TRIES = 4
_MINUTE, _DAY = 60_000, 86_400_000
_FRESH = 7 * _DAY  # a page that was found is asked again by posts written later
_HEADERS = (("Accept", "text/html,application/xhtml+xml;q=0.9"),)
_LATER = (408, 425, 429, 500, 502, 503, 504)
_encode = msgspec.json.Encoder().encode


class Answer(msgspec.Struct, frozen=True):
    """The page, or whether it makes sense to ask for it soon again."""

    page: Page | None = None
    again: bool = False


async def fetch_onebox(unit: Unit, *, onebox_id: int) -> None:
    """The job: asks once, and has the posts that wait cooked again. After 5, 25 and 125 minutes it asks again where a
    server failed; what it refused, or what is no page, is asked again a day later, when somebody writes of it."""
    onebox = await store.find_onebox(unit.tx, onebox_id)
    if onebox is None or onebox.asked_again_at > unit.now or not unit.site.enable_oneboxes:
        return
    most = unit.site.max_onebox_fetches_per_minute
    wait = await unit.ports.windows.hit("oneboxes", "all", limit=most, window=_MINUTE, now=unit.now) if most else 0
    if wait:
        # As many minutes later as those that wait need, so that a thousand of them are not looked at every minute.
        wait += _MINUTE * (await store.count_never_fetched(unit.tx) // most)
        await unit.write()
        await unit.later(FETCH, at=unit.now + wait, lane=LANE, onebox_id=onebox.id)
        return
    answer = await ask_page(unit, onebox.url)
    await unit.write()
    await _write_down(unit, onebox, answer)


async def _write_down(unit: Unit, onebox: Onebox, answer: Answer) -> None:
    now = unit.ports.clock.now()
    if answer.page is not None:
        page = _encode(answer.page).decode()
        await store.update_onebox(unit.tx, onebox.id, page=page, failures=0, at=now, again_at=now + _FRESH)
        if page != onebox.page:
            await unit.later(REFRESH, scope="page", target_id=onebox.id)
        return
    failures = onebox.failures + 1
    again = answer.again and failures < MOST_TRIES
    at = now + (5**failures * _MINUTE if again else _DAY)
    await store.update_onebox(
        unit.tx, onebox.id, page=onebox.page, failures=failures if again else 0, at=now, again_at=at
    )
    if again:
        await unit.later(FETCH, at=at, unique=f"{FETCH}/{onebox.id}/{failures}", lane=LANE, onebox_id=onebox.id)


async def ask_page(unit: Unit, url: str) -> Answer:
    """Asks there and reads the answer. The unit must not write yet. Raises nothing that a server could cause.

    No compression is asked for and none undone; at most 1 MiB is read, and ten seconds waited, redirects included."""
    if is_blocked(url, unit.site.blocked_onebox_domains):
        return Answer()
    await unit.pause()
    request = OutboundRequest(
        url=url,
        headers=_HEADERS,
        timeout_ms=TIMEOUT_MS,
        max_response_bytes=MOST_BYTES,
        max_redirects=MOST_REDIRECTS,
        cut_response=True,
    )
    try:
        response = await unit.ports.outbound.send(request)
    except OutboundRefused:
        return Answer()
    except OutboundFailed:
        return Answer(again=True)
    if response.status != 200:
        return Answer(again=response.status in _LATER)
    if not _is_readable(response) or is_blocked(response.url, unit.site.blocked_onebox_domains):
        return Answer()
    if is_own(response.url, base_url=unit.settings.process.base_url):  # a redirect: nothing would take it back again
        return Answer()
    kind = dict(response.headers).get("content-type", "")
    return Answer(
        page=await unit.ports.offload.thread(lambda: describe(response.body, content_type=kind, url=response.url))
    )


def _is_readable(response: OutboundResponse) -> bool:
    headers = dict(response.headers)
    return is_page(headers.get("content-type", "")) and headers.get("content-encoding", "identity") in ("", "identity")
