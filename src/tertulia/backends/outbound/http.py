"""Requests over HTTP to checked addresses only. The library is loaded at the first request.

Proxies and credentials of the environment are ignored: they would lead past the check.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from ssl import SSLContext
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlunsplit

import msgspec

from tertulia.backends.outbound.base import (
    OutboundFailed,
    OutboundRefused,
    OutboundRequest,
    OutboundResponse,
    check_request,
)
from tertulia.backends.outbound.reachable import AllowedHosts, find_address, split_url

if TYPE_CHECKING:
    import httpx2

_LOOK_UP_SECONDS = 5.0
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_CREDENTIALS = frozenset(("authorization", "cookie", "proxy-authorization"))


class HttpOutbound:
    """Asks the public internet, and the hosts in `allowed_hosts` wherever they are."""

    def __init__(
        self, *, allowed_hosts: Iterable[str] = (), agent: str = "Tertulia", trust: SSLContext | None = None
    ) -> None:
        self.allowed_hosts = AllowedHosts(allowed_hosts)
        self.agent = agent
        self.trust = trust  # None: the certificates that the system trusts
        self._contexts: dict[bool, SSLContext] = {}

    async def send(self, request: OutboundRequest) -> OutboundResponse:
        """The answer. Raises OutboundRefused, OutboundFailed."""
        check_request(request)
        try:
            async with asyncio.timeout(request.timeout_ms / 1000):
                return await self._follow(request)
        except TimeoutError as problem:
            raise OutboundFailed(f"no answer within {request.timeout_ms} ms") from problem

    async def check(self, url: str) -> None:
        """Raises OutboundRefused for what `send` would refuse. Looking the host up takes at most five seconds."""
        check_request(OutboundRequest(url=url))
        _, host, port = split_url(url)
        try:
            async with asyncio.timeout(_LOOK_UP_SECONDS):
                await find_address(host, port=port, allowed_hosts=self.allowed_hosts)
        except OutboundRefused:
            raise
        except (OutboundFailed, TimeoutError):
            return

    def _context(self, *, checked: bool) -> SSLContext:
        """Made once: reading all trusted certificates takes longer than a request."""
        import httpx2

        if self.trust is not None and checked:
            return self.trust
        if checked not in self._contexts:
            self._contexts[checked] = httpx2.create_ssl_context(verify=checked, trust_env=False)
        return self._contexts[checked]

    async def _follow(self, request: OutboundRequest) -> OutboundResponse:
        for _ in range(request.max_redirects + 1):
            response = await self._ask(request)
            place = dict(response.headers).get("location")
            if response.status not in _REDIRECTS or not place or request.max_redirects == 0:
                return response
            request = _redirected(request, response.status, _joined(request.url, place))
            check_request(request)
        raise OutboundFailed("too many redirects")

    async def _ask(self, request: OutboundRequest) -> OutboundResponse:
        import httpx2

        parts, host, port = split_url(request.url)
        address = await find_address(host, port=port, allowed_hosts=self.allowed_hosts)
        at = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        name = f"[{host}]" if ":" in host else host
        headers = [("host", name if parts.port is None else f"{name}:{port}"), *request.headers]
        named = {header.lower() for header, _ in request.headers}
        headers += [
            (header, value)
            for header, value in (("user-agent", self.agent), ("accept-encoding", "identity"))
            if header not in named
        ]
        url = urlunsplit((parts.scheme, at, parts.path or "/", parts.query, ""))
        context = self._context(checked=request.verify_certificate)
        transport = httpx2.AsyncHTTPTransport(verify=context, trust_env=False, retries=0)
        async with transport:
            prepared = httpx2.Request(
                request.method,
                url,
                headers=headers,
                content=request.body or None,
                # The certificate must be the host's, although the connection goes to a number.
                extensions={"sni_hostname": host, "timeout": _timeouts(request)},
            )
            try:
                answer = await transport.handle_async_request(prepared)
                body = await _read(answer, most=request.max_response_bytes, cut=request.cut_response)
            except httpx2.HTTPError as problem:
                raise OutboundFailed(f"{type(problem).__name__}: {problem}") from problem
        pairs = tuple((name.lower(), value) for name, value in answer.headers.multi_items())
        return OutboundResponse(status=answer.status_code, headers=pairs, body=body, url=request.url)


def _timeouts(request: OutboundRequest) -> dict[str, float]:
    return dict.fromkeys(("connect", "read", "write", "pool"), request.timeout_ms / 1000)


async def _read(answer: httpx2.Response, *, most: int, cut: bool) -> bytes:
    # Raw on purpose: a few compressed bytes can stand for gigabytes.
    chunks, size = [], 0
    async for chunk in answer.aiter_raw():
        size += len(chunk)
        if size > most and cut:
            chunks.append(chunk[: most - size or None])
            break
        if size > most:
            await answer.aclose()
            raise OutboundFailed(f"the answer is larger than {most} bytes")
        chunks.append(chunk)
    await answer.aclose()
    return b"".join(chunks)


def _joined(url: str, place: str) -> str:
    try:
        return urljoin(url, place)
    except ValueError as problem:
        raise OutboundRefused("the redirect leads nowhere") from problem


def _redirected(request: OutboundRequest, status: int, url: str) -> OutboundRequest:
    """The next request: to another host without credentials; as GET without a body where browsers do so."""
    before, after = split_url(request.url), split_url(url)
    if before[0].scheme == "https" and after[0].scheme == "http":
        raise OutboundRefused("the redirect leaves https")
    headers = request.headers
    if before[1:] != after[1:] or before[0].scheme != after[0].scheme:
        headers = tuple((name, value) for name, value in headers if name.lower() not in _CREDENTIALS)
    changed = msgspec.structs.replace(request, url=url, headers=headers)
    if status in (307, 308) or request.method in ("GET", "HEAD"):
        return changed
    headers = tuple((name, value) for name, value in headers if not name.lower().startswith("content-"))
    return msgspec.structs.replace(changed, method="GET", body=b"", headers=headers)
