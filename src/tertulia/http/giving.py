"""How a kept answer is given: with everything that comes with a request, and nothing that made it.

What is kept, and until when, is in `keeping.py`.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from tertulia.backends.base import Count
from tertulia.forum.batches import note_visitor
from tertulia.forum.unit import Ports
from tertulia.http.call import Answer, Call, Counted
from tertulia.http.keeping import Asked, Keeper, Kept
from tertulia.http.limits import RequestLimits
from tertulia.http.tags import is_known
from tertulia.http.traffic import is_page_view, track_kept
from tertulia.telemetry.context import new_request_id
from tertulia.telemetry.counters import COUNTERS
from tertulia.telemetry.requests import log_request

Refused = tuple[Counted, tuple[int, str] | None]  # for the address, for the key
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_GZIP = (b"Content-Encoding", b"gzip")
_VARY = ("Vary", "Accept-Encoding")
_VIEW = (b"X-Discourse-TrackView", b"1")


@dataclass(slots=True)
class Request:
    """Whose answer it is, and where it goes. `now` is in ms, `started` a moment of `time.perf_counter`."""

    asked: Asked
    scope: Mapping[str, Any]
    send: Send
    now: int
    started: float


async def give(ports: Ports, keeper: Keeper, kept: Kept, request: Request) -> None:
    """Sends the answer, then notes the view, counts and logs."""
    asked, scope, send, now, started = request.asked, request.scope, request.send, request.now, request.started
    is_view = is_page_view(said=asked.said, html=kept.html, is_xhr=asked.is_xhr)
    request_id = new_request_id()
    headers = kept.head.copy()
    body, status = kept.body, 200
    if asked.none_match and is_known(kept.tag, asked.none_match):
        body, status = b"", 304
        headers = headers[1:]  # no content type without content
    else:
        if asked.zipped:
            known, body = kept.zipped, kept.zip()
            if known is None:
                keeper.weigh(asked, kept)
            if body is not kept.body:
                headers.append(_GZIP)
        headers.append((b"content-length", b"%d" % len(body)))
    if is_view:
        headers.append(_VIEW)
    headers.append((b"X-Request-Id", request_id.encode()))
    headers.append((b"X-Runtime", b"%.6f" % (time.perf_counter() - started)))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
    if kept.visited is not None:
        note_visitor(ports, kept.visited, address=asked.address, now=now)
    credential = kept.credential
    kind = credential.kind if credential is not None else None
    track_kept(ports, now=now, is_view=is_view, agent=asked.agent, key=kind)
    elapsed = time.perf_counter() - started
    COUNTERS[kept.given] += 1
    COUNTERS[kept.requests] += 1
    COUNTERS[kept.seconds] += elapsed
    facts: dict[str, object] = {
        "method": "GET",
        "path": scope["path"][:500],
        "route": kept.route,
        "status": status,
        "ms": round(elapsed * 1000, 2),
        "address": asked.address,
        "user_id": kept.user_id,
        "reason": None,
    }
    if credential is not None:
        facts["credential"] = credential.kind.name.lower()
        facts["key_id"] = credential.id
    log_request(request_id, facts)


async def count(ports: Ports, limits: RequestLimits, kept: Kept, request: Request) -> Refused | None:
    """Counts the request as one that was made anew would be. None: it passes."""
    counted, full = await limits.count_reader(request.asked.address, keyed=request.asked.keyed, now=request.now)
    if full is not None:
        return full, None
    if kept.credential is None:
        return None
    waits = await limits.count_key(kept.credential, counted, paced=ports.paced, now=request.now)
    return None if waits is None else ((counted, [Count(0, 0) for _ in counted]), waits)


def keep_answer(keeper: Keeper, call: Call, answer: Answer, asked: Asked) -> None:
    """Keeps the answer if it may be kept, and lets the one who asked have the compressed form of it already."""
    row = call.row
    if row is not None and row.kept and answer.status == 200:
        _add_vary(answer)
    kept = keeper.keep(call, answer, asked)
    keeper.end_making(asked, kept)
    if kept is None or not asked.zipped:
        return
    body = kept.zip()
    keeper.weigh(asked, kept)
    if body is not kept.body:
        answer.packed = body
        answer.headers.append(("Content-Encoding", "gzip"))


def _add_vary(answer: Answer) -> None:
    for place, (name, value) in enumerate(answer.headers):
        if name == "Vary":
            answer.headers[place] = (name, f"{value}, Accept-Encoding")
            return
    answer.headers.append(_VARY)
