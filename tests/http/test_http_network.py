"""Only trusted proxies may say who is asking."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertulia.http.network import Client, parse_networks, resolve_client

TRUSTED = parse_networks("127.0.0.0/8, ::1 10.0.0.0/8")


def resolve(peer: str, **headers: str) -> Client:
    pairs = [(f"X-{name.replace('_', '-')}".encode(), value.encode("latin-1")) for name, value in headers.items()]
    return resolve_client(peer, pairs, trusted_proxies=TRUSTED)


@given(st.text(st.characters(max_codepoint=255), max_size=40))
def test_an_untrusted_peer_changes_nothing(value: str) -> None:
    told = resolve("203.0.113.9", Forwarded_For=value, Forwarded_Proto=value, Forwarded_Host=value)
    assert told == Client("203.0.113.9")


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "1.1.1.1, 198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "1.1.1.1, 198.51.100.7, 10.1.2.3", "198.51.100.7"),
        ("127.0.0.1", "10.0.0.1, 10.0.0.2", "10.0.0.1"),
        ("127.0.0.1", "198.51.100.7, nonsense, 10.1.2.3", "10.1.2.3"),
        ("127.0.0.1", "nonsense", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.7:4711", "198.51.100.7"),
        ("::1", '"[2001:DB8::0:1]:4711"', "2001:db8::1"),
        ("::1", "2001:db8:0:0::1", "2001:db8::1"),
        ("::ffff:127.0.0.1", "::ffff:198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "fe80::1%eth0", "fe80::1"),
        ("", "198.51.100.7", "198.51.100.7"),
        ("::ffff:203.0.113.9", "1.1.1.1", "203.0.113.9"),
        ("testclient", "1.1.1.1", "testclient"),
    ],
)
def test_the_client_is_the_last_address_that_no_trusted_proxy_has(peer: str, forwarded: str, address: str) -> None:
    assert resolve(peer, Forwarded_For=forwarded).address == address


def test_all_lines_of_the_header_count_in_their_order() -> None:
    lines = [(b"x-forwarded-for", b"1.1.1.1"), (b"X-Forwarded-For", b"198.51.100.7")]
    assert resolve_client("127.0.0.1", lines, trusted_proxies=TRUSTED).address == "198.51.100.7"


def test_a_long_chain_is_walked_only_so_far() -> None:
    chain = ", ".join(["198.51.100.7"] + ["10.0.0.1"] * 10_000)
    assert resolve("127.0.0.1", Forwarded_For=chain).address == "10.0.0.1"


def test_scheme_and_host_are_what_the_nearest_proxy_says() -> None:
    client = resolve("127.0.0.1", Forwarded_Proto="http, HTTPS", Forwarded_Host="evil.test, Forum.Test:8443")
    assert (client.scheme, client.host) == ("https", "forum.test:8443")


@pytest.mark.parametrize(
    "host",
    ["", "a b", "a/b", "a@b", "a:99999", "a:x", "a..b", "-a.b", "[::1", "[nope]", "x" * 300, "a\r\nb", "é.test"],
)
def test_a_bad_host_or_scheme_is_ignored(host: str) -> None:
    client = resolve("127.0.0.1", Forwarded_Host=host, Forwarded_Proto="javascript")
    assert (client.scheme, client.host) == (None, None)


def test_hosts_may_be_addresses() -> None:
    for host in ("[2001:db8::1]:4200", "[::1]", "127.0.0.1:4200", "localhost"):
        assert resolve("127.0.0.1", Forwarded_Host=host).host == host


@pytest.mark.parametrize("part", ["10.0.0.1/8", "nonsense", "1.2.3.4/33"])
def test_a_bad_network_is_named(part: str) -> None:
    with pytest.raises(ValueError, match=part):
        parse_networks(f"127.0.0.1, {part}")


def test_no_networks_trust_nobody() -> None:
    assert parse_networks(" ") == ()
    headers = [(b"x-forwarded-for", b"1.1.1.1")]
    assert resolve_client("127.0.0.1", headers, trusted_proxies=()).address == "127.0.0.1"
