"""Requests for tests: kept in a list, and answered as the test planned."""

from __future__ import annotations

import ipaddress

from tertulia.backends.outbound.base import (
    OutboundFailed,
    OutboundRefused,
    OutboundRequest,
    OutboundResponse,
    check_request,
)
from tertulia.backends.outbound.reachable import is_public, split_url


class CapturedOutbound:
    """Reaches nobody. What no test planned fails as if the server were not there."""

    def __init__(self) -> None:
        self.requests: list[OutboundRequest] = []
        self._planned: list[tuple[str, int, bytes, tuple[tuple[str, str], ...]]] = []

    def answer(
        self, url_prefix: str, *, status: int = 200, body: bytes | str = b"", headers: tuple[tuple[str, str], ...] = ()
    ) -> None:
        """Plans the answer to every request whose address begins with `url_prefix`; the newest plan counts."""
        content = body.encode() if isinstance(body, str) else body
        self._planned.insert(0, (url_prefix, status, content, headers))

    async def send(self, request: OutboundRequest) -> OutboundResponse:
        check_request(request)
        self.requests.append(request)
        for prefix, status, body, headers in self._planned:
            if not request.url.startswith(prefix):
                continue
            if request.cut_response:
                body = body[: request.max_response_bytes]
            if len(body) > request.max_response_bytes:
                raise OutboundFailed(f"the answer is larger than {request.max_response_bytes} bytes")
            return OutboundResponse(status=status, headers=headers, body=body, url=request.url)
        raise OutboundFailed(f"no answer was planned for {request.url}")

    async def check(self, url: str) -> None:
        """Refuses addresses that are written as private numbers; no name is looked up."""
        check_request(OutboundRequest(url=url))
        _, host, _ = split_url(url)
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return
        if not is_public(address):
            raise OutboundRefused(f"the host {host[:100]} is not on the public internet")
