"""A request to another server, its answer, and what carries them. Addresses come from users, so nothing is trusted.

Read next: `reachable.py` for where requests may go, `http.py` for the maker.
"""

from __future__ import annotations

import re
from typing import Protocol

import msgspec

_METHOD = re.compile(r"[A-Z]{3,10}")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_BAD_VALUE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]|[^\x00-\xff]")
_BAD_URL = re.compile(r"[\x00-\x20\x7f\\]")
_SET_BY_MAKER = frozenset(("host", "content-length", "transfer-encoding", "connection"))
MOST_URL = 2_000
MOST_HEADERS = 50
MOST_REDIRECTS = 10


class OutboundRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked. `timeout_ms` bounds everything together, redirects included."""

    url: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    timeout_ms: int = 10_000
    max_response_bytes: int = 1_000_000
    max_redirects: int = 0  # each place is checked like the first
    cut_response: bool = False  # a body over the maximum is cut there; else there is no answer
    verify_certificate: bool = True


class OutboundResponse(msgspec.Struct, frozen=True, kw_only=True):
    """What came back, whatever its status; header names are lower-case. `url` is where the answer came from."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    url: str


class OutboundFailed(Exception):
    """There is no answer: not reached, too slow, too large, broken."""


class OutboundRefused(OutboundFailed):
    """The request was not made: it leads where no request may go, or is not well formed."""


class Outbound(Protocol):
    """Asks other servers. Raises OutboundRefused, OutboundFailed."""

    async def send(self, request: OutboundRequest) -> OutboundResponse: ...

    async def check(self, url: str) -> None:
        """Raises OutboundRefused for an address where no request may go as things are now.

        `send` checks again. A host that cannot be found at this moment passes."""
        ...


def check_request(request: OutboundRequest) -> None:
    """Raises OutboundRefused for a method, an address or a header that is not well formed."""
    if not _METHOD.fullmatch(request.method):
        raise OutboundRefused("the method is none")
    if len(request.url) > MOST_URL or _BAD_URL.search(request.url):
        raise OutboundRefused("the address is too long or holds a character that it may not")
    if len(request.headers) > MOST_HEADERS or not 0 <= request.max_redirects <= MOST_REDIRECTS:
        raise OutboundRefused("there are too many headers or redirects")
    for name, value in request.headers:
        if not _NAME.fullmatch(name) or name.lower() in _SET_BY_MAKER or _BAD_VALUE.search(value):
            raise OutboundRefused(f"the header {name[:40]!r} is not well formed")
