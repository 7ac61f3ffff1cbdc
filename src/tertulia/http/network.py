"""Who is really asking: the client's address, scheme and host behind trusted proxies.

Which proxies are trusted is a setting; limits by address live with the limits. RFC 7239's `Forwarded` is not
read: proxies that set X-Forwarded-For pass a forged `Forwarded` through.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

_MAXIMUM_HOPS = 32
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_\-]{0,61}[A-Za-z0-9_])?")


@dataclass(frozen=True, slots=True)
class Client:
    """The asker. Where `scheme` or `host` is None no trusted proxy told it, and the request's own holds."""

    address: str  # normalised; IPv4 inside IPv6 is IPv4
    scheme: str | None = None  # "http" or "https"
    host: str | None = None  # lower-case, with its port if there is one


def parse_networks(text: str) -> tuple[Network, ...]:
    """Networks or single addresses parted by commas or spaces; ValueError names the part that is neither."""
    networks: list[Network] = []
    for part in re.split(r"[,\s]+", text):
        if part:
            try:
                networks.append(ip_network(part))
            except ValueError as error:
                raise ValueError(f"{part!r} is not an address or network: {error}") from None
    return tuple(networks)


def resolve_client(
    peer: str, headers: Iterable[tuple[bytes, bytes]], *, trusted_proxies: tuple[Network, ...]
) -> Client:
    """The client behind the connection from `peer`; an untrusted peer's headers change nothing.

    X-Forwarded-For (all its lines) is walked from the right while the sender is trusted, and stops at the
    first value that is no address. Scheme and host are what the nearest proxy said last. `headers` are the
    scope's pairs of bytes. An empty `peer` is a local socket and counts as loopback.
    """
    current = parse_address(peer or "127.0.0.1")
    if current is None:
        return Client(peer[:64])
    if not _is_trusted(current, networks=trusted_proxies):
        return Client(str(current))
    sent: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        if name.lower().startswith(b"x-forwarded-"):
            sent.setdefault(name.lower(), []).append(value)
    hops = b",".join(sent.get(b"x-forwarded-for", ())).rsplit(b",", _MAXIMUM_HOPS)[-_MAXIMUM_HOPS:]
    while hops and _is_trusted(current, networks=trusted_proxies):
        before = parse_address(hops.pop().decode("latin-1"))
        if before is None:
            break
        current = before
    scheme = _last(sent.get(b"x-forwarded-proto", ())).lower()
    host = _last(sent.get(b"x-forwarded-host", ())).lower()
    return Client(
        str(current),
        scheme if scheme in ("http", "https") else None,
        host if is_host(host) else None,
    )


def parse_address(text: str) -> Address | None:
    """The address without port, brackets, quotes or zone; IPv4-mapped IPv6 is IPv4; None if it is none."""
    text = text.strip(' \t"')
    if len(text) > 80:
        return None
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


def is_host(text: str) -> bool:
    """Whether the text can stand as host and port in a link: letters, digits, dots, hyphens, at most 255."""
    if not 0 < len(text) <= 255:
        return False
    name, colon, port = text.rpartition(":") if not text.endswith("]") else (text, "", "")
    if not colon:
        name = text
    elif not (port.isascii() and port.isdigit() and len(port) <= 5 and int(port) <= 65535):
        return False
    if name.startswith("["):
        return name.endswith("]") and isinstance(parse_address(name), IPv6Address)
    return all(_LABEL.fullmatch(label) for label in name.removesuffix(".").split("."))


def _is_trusted(address: Address, *, networks: tuple[Network, ...]) -> bool:
    return any(address in network for network in networks)


def _last(values: Iterable[bytes]) -> str:
    return b",".join(values).rpartition(b",")[2].strip().decode("latin-1")
