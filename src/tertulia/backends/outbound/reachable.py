"""Where a request may go: addresses of the public internet, and hosts that the operator allowed by name.

A name is resolved once and the connection goes to the address that was checked, so that a name that changes its
mind in between (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from tertulia.backends.outbound.base import OutboundFailed, OutboundRefused

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# Translators of one network: which bits of it are the IPv4 address is only known there (RFC 8215, RFC 6052).
_LOCAL_NAT64 = ipaddress.IPv6Network("64:ff9b:1::/48")
_COMPATIBLE = ipaddress.IPv6Network("::/96")
_SITE_LOCAL = ipaddress.IPv6Network("fec0::/10")
_SHARED = ipaddress.IPv4Network("100.64.0.0/10")
_RELAYS = ipaddress.IPv4Network("192.88.99.0/24")
_PORTS = {"http": 80, "https": 443}


def is_public(address: Address) -> bool:
    """Whether an address is one of the public internet, and so is every IPv4 address that stands inside it."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id is not None or address in _SITE_LOCAL or address in _LOCAL_NAT64:
            return False
        inner = _embedded(address)
        if inner is not None:
            return all(is_public(each) for each in inner)
    elif address in _SHARED or address in _RELAYS:
        return False
    return address.is_global and not (
        address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_reserved
        or address.is_unspecified
    )


def _embedded(address: ipaddress.IPv6Address) -> tuple[ipaddress.IPv4Address, ...] | None:
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address.sixtofour is not None:
        return (address.sixtofour,)
    if address.teredo is not None:
        return address.teredo
    if address in _COMPATIBLE or address in _NAT64:
        return (ipaddress.IPv4Address(int(address) & 0xFFFFFFFF),)
    return None


def split_url(url: str) -> tuple[SplitResult, str, int]:
    """(parts, host in lower case, port) of a web address. Raises OutboundRefused for every other."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as problem:
        raise OutboundRefused("the address cannot be read") from problem
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in _PORTS or not host or port == 0:
        raise OutboundRefused("the address is not one of http:// or https://")
    if parts.username is not None or parts.password is not None:
        raise OutboundRefused("the address holds a username or a password")
    return parts, _ascii(host), port or _PORTS[parts.scheme]


def _ascii(host: str) -> str:
    if host.isascii():
        return host.lower()
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError as problem:
        raise OutboundRefused("the host is not a name") from problem


class AllowedHosts:
    """What the operator allows besides the public internet: hosts, `host:port`, networks such as `10.0.0.0/8`.

    A host (or an address that stands in place of one) is allowed as it is written, wherever it is; a network allows
    every host that resolves into it."""

    def __init__(self, entries: Iterable[str] = ()) -> None:
        self._names: set[str] = set()
        self._networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network] = []
        for entry in entries:
            text = entry.strip().lower().rstrip(".")
            try:
                network = ipaddress.ip_network(text, strict=False) if "/" in text else None
            except ValueError:
                network = None
            if network is None:
                self._names.add(text)
            else:
                self._networks.append(network)

    def covers(self, host: str, *, port: int, address: Address) -> bool:
        """Whether a connection to the address of this host may be made although it is not public."""
        at = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        return not self._names.isdisjoint((host, at)) or any(address in network for network in self._networks)


async def find_address(host: str, *, port: int, allowed_hosts: AllowedHosts) -> str:
    """The address to connect to. Raises OutboundRefused unless all that the host resolves to is public or allowed.

    One private address among public ones refuses the host: whoever writes such an entry is trying something."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        raise OutboundFailed(f"the host {host[:100]} was not found") from problem
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses:
        raise OutboundFailed(f"the host {host[:100]} was not found")
    found_addresses = [ipaddress.ip_address(each) for each in addresses]
    if not all(is_public(each) or allowed_hosts.covers(host, port=port, address=each) for each in found_addresses):
        raise OutboundRefused(f"the host {host[:100]} is not on the public internet")
    return addresses[0]
