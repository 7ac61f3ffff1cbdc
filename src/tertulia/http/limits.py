"""How often may be asked: per address before anybody is identified, per key after.

People who are logged in at a trust level are counted one by one instead of by address. Calls by an admin API key are
taken out of the count of their address again. Source: the decisions on limits, and the upstream's rules behind them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from ipaddress import IPv4Network, IPv6Network, ip_network

from tertulia.backends.base import Count, Limit, Windows
from tertulia.http.call import Call, Counted
from tertulia.http.network import parse_address
from tertulia.http.resuming import resume_by_cookie
from tertulia.model.actor import Actor, Credential, CredentialKind
from tertulia.model.errors import RateLimited
from tertulia.settings import ProcessSettings

TEN_SECONDS, MINUTE, DAY = 10_000, 60_000, 86_400_000
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


class RequestLimits:
    """The limits on requests that the process settings name."""

    def __init__(self, windows: Windows, *, settings: ProcessSettings) -> None:
        self._windows = windows
        self._settings = settings
        self._blocks = "block" in settings.max_reqs_per_ip_mode
        self._warns = "warn" in settings.max_reqs_per_ip_mode
        exempt = settings.max_reqs_per_ip_exceptions
        if not settings.max_reqs_rate_limit_on_private:
            exempt = (*_PRIVATE, *exempt)
        self._is_exempt = _membership(exempt)
        self._visitor_limits = lru_cache(maxsize=4096)(partial(self._limits_by, "ip", anonymous=True))
        self._keyed_limits = lru_cache(maxsize=4096)(partial(self._limits_by, "ip", anonymous=False))
        self._admin_most = max(
            settings.max_admin_api_reqs_per_minute,
            settings.max_admin_api_reqs_per_key_per_minute if settings.max_admin_api_reqs_per_minute else 0,
        )

    # -- per address ------------------------------------------------------------------------------
    async def count_request(self, call: Call, *, shows_key: bool) -> None:
        """Counts the request for its address or user. Raises RateLimited when a limit is full and the mode blocks.

        `shows_key`: a header holds a credential that the dialect reads; others make nobody less anonymous."""
        if not (self._blocks or self._warns):
            return
        if (call.row is not None and call.row.limit == "none") or self._is_exempt(call.address):
            return
        counts: Sequence[Count]
        if call.precounted is None:
            call.counted = await self._limits_of(call, anonymous=not shows_key)
            counts = await self._windows.count(call.counted, now=call.unit.now)
        else:
            call.counted, counts = call.precounted
        wait, name = max((count.wait, limit.name) for count, limit in zip(counts, call.counted, strict=True))
        if not wait:
            return
        if self._warns:
            _LOG.warning("over the limit", extra={"facts": {"address": call.address, "limit": name}})
        if self._blocks:
            if call.resumed and call.resumed[0]:  # who is refused is named, as upstream does
                user, credential = call.resumed[0]
                call.unit.actor = Actor(user=user, credential=credential, address=call.address)
            raise RateLimited(seconds=-(-wait // 1000), limit=name)

    async def count_reader(self, address: str, *, keyed: bool, now: int) -> tuple[tuple[Limit, ...], Counted | None]:
        """Counts a request for a kept answer: the limits it counts in, and, where one of them is full, what
        `count_request` needs to refuse it, which then does not count it again."""
        if not (self._blocks or self._warns) or self._is_exempt(address):
            return (), None
        limits = self._keyed_limits(address) if keyed else self._visitor_limits(address)
        counts = await self._windows.count(limits, now=now)
        for count in counts:
            if count.wait:
                return limits, (limits, counts)
        return limits, None

    async def count_key(
        self, credential: Credential, counted: tuple[Limit, ...], *, paced: bool, now: int
    ) -> tuple[int, str] | None:
        """Counts in the limits of a key; what was counted for the address of an admin's is taken back. None: it
        passes; otherwise (ms to wait, limit)."""
        back = counted if credential.kind is CredentialKind.ADMIN_KEY else ()
        limits = self._limits_of_key(credential) if paced else ()
        if not (back or limits):
            return None
        counts = await self._windows.count(limits, now=now, back=back)
        wait, name = max(
            ((count.wait, limit.name) for count, limit in zip(counts, limits, strict=True)), default=(0, "")
        )
        return (wait, name) if wait else None

    async def _limits_of(self, call: Call, *, anonymous: bool) -> tuple[Limit, ...]:
        settings = self._settings
        prefix, key = "ip", call.address
        resumed = await resume_by_cookie(call) if anonymous else None
        if resumed is not None:
            anonymous = False
            user = resumed[0]
            if user.trust_level >= settings.skip_per_ip_rate_limit_trust_level:
                prefix, key = "id", str(user.id)
        if call.row is not None and call.row.limit == "asset":
            most = settings.max_asset_reqs_per_ip_per_10_seconds
            return (Limit(f"{prefix}_assets_10_secs_limit", key, most, TEN_SECONDS, True),)
        return self._limits_by(prefix, key, anonymous=anonymous)

    def _limits_by(self, prefix: str, key: str, *, anonymous: bool) -> tuple[Limit, ...]:
        settings = self._settings
        limits = (
            Limit(f"{prefix}_10_secs_limit", key, settings.max_reqs_per_ip_per_10_seconds, TEN_SECONDS, True),
            Limit(f"{prefix}_60_secs_limit", key, settings.max_reqs_per_ip_per_minute, MINUTE, True),
        )
        if anonymous and settings.anonymous_reqs_per_ip_per_minute:
            most = settings.anonymous_reqs_per_ip_per_minute
            return (*limits, Limit("ip_anonymous_60_secs_limit", key, most, MINUTE, True))
        return limits

    # -- per key ----------------------------------------------------------------------------------
    async def count_credential(self, call: Call) -> None:
        """Counts the request for its API key, once that is known to be good. Raises RateLimited.

        Private addresses are not exempt here. Bearer tokens have no limit of their own."""
        credential = call.actor.credential
        if credential is None:
            return
        full = call.key_precounted
        if full is None:
            paced = call.unit.ports.paced
            full = await self.count_key(credential, call.counted, paced=paced, now=call.unit.now)
        if full is not None:
            raise RateLimited(seconds=-(-full[0] // 1000), limit=full[1])

    def _limits_of_key(self, credential: Credential) -> tuple[Limit, ...]:
        settings = self._settings
        if credential.kind is CredentialKind.ADMIN_KEY and self._admin_most:
            key = "" if settings.admin_limit_scope == "site" else str(credential.id)
            return (Limit("admin_api_key_rate_limit", key, self._admin_most, MINUTE),)
        if credential.kind is not CredentialKind.USER_KEY:
            return ()
        key = str(credential.id)
        both = (
            Limit("user_api_key_limiter_60_secs", key, settings.max_user_api_reqs_per_minute, MINUTE),
            Limit("user_api_key_limiter_1_day", key, settings.max_user_api_reqs_per_day, DAY),
        )
        return tuple(limit for limit in both if limit.most)


def _membership(networks: Sequence[IPv4Network | IPv6Network]) -> Callable[[str], bool]:
    """Whether an address lies in one of the networks; the answers of the last thousands are remembered."""

    @lru_cache(maxsize=4096)
    def holds(address: str) -> bool:
        parsed = parse_address(address)
        return parsed is not None and any(parsed in network for network in networks)

    return holds
