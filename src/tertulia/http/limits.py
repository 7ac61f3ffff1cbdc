"""Requests per client address: two sliding windows, counted before anybody is identified.

Calls by an admin API key are taken back out of the count, as upstream does. Source: the decisions on IP limits.
"""

from __future__ import annotations

import logging
from ipaddress import ip_network

from tertulia.backends.base import Windows
from tertulia.http.call import Call
from tertulia.http.network import parse_address
from tertulia.model.actor import CredentialKind
from tertulia.model.errors import RateLimited
from tertulia.settings import ProcessSettings

_WINDOWS = (("ip_10_secs_limit", 10_000), ("ip_60_secs_limit", 60_000))
# Not `is_private`: that also holds ranges for documentation and others that no local network has.
_PRIVATE = tuple(
    ip_network(text)
    for text in (
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
)
_LOG = logging.getLogger("tertulia.limits")


class AddressLimits:
    """The limits per address that the process settings name."""

    def __init__(self, windows: Windows, *, settings: ProcessSettings) -> None:
        self._windows = windows
        self._limits = (settings.max_reqs_per_ip_per_10_seconds, settings.max_reqs_per_ip_per_minute)
        self._blocks = "block" in settings.max_reqs_per_ip_mode
        self._warns = "warn" in settings.max_reqs_per_ip_mode
        self._on_private = settings.max_reqs_rate_limit_on_private

    async def count(self, call: Call) -> None:
        """Counts the request. Raises RateLimited when a window is full and the mode blocks."""
        if not (self._blocks or self._warns) or self._is_exempt(call):
            return
        now = call.unit.now
        waits = [
            (await self._windows.hit(name, call.address, limit=limit, window=window, now=now), name)
            for (name, window), limit in zip(_WINDOWS, self._limits, strict=True)
            if limit
        ]
        wait, name = max(waits, default=(0, ""))
        if not wait:
            return
        if self._warns:
            _LOG.warning("over the limit", extra={"facts": {"address": call.address, "limit": name}})
        if self._blocks:
            raise RateLimited(seconds=max(1, -(-wait // 1000)), limit=name)

    async def uncount(self, call: Call) -> None:
        """Takes the request back once it turned out to be an admin key's."""
        credential = call.actor.credential
        if credential is None or credential.kind is not CredentialKind.ADMIN_KEY or self._is_exempt(call):
            return
        for name, _ in _WINDOWS:
            await self._windows.take_back(name, call.address)

    def _is_exempt(self, call: Call) -> bool:
        if call.row is not None and call.row.limit == "none":
            return True
        if self._on_private:
            return False
        address = parse_address(call.address)
        return address is not None and any(address in network for network in _PRIVATE)
