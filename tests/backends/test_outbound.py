"""Requests to other servers: where they may go, what comes back, and what is never followed."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tertulia.backends.outbound import reachable
from tertulia.backends.outbound.base import OutboundFailed, OutboundRefused, OutboundRequest
from tertulia.backends.outbound.captured import CapturedOutbound
from tertulia.backends.outbound.http import HttpOutbound

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.9.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "192.88.99.1", "::", "::1", "fe80::1",
        "fe80::1%eth0", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1",
        "64:ff9b:1:7f00:0:100:101:101", "64:ff9b:1::101:101",
        "2002:7f00:1::", "2002:a9fe:a9fe::1", "2001:0:7f00:1::", "2001:0:4136:e378:8000:63bf:80ff:fffe",
    ],
)  # fmt: skip
def test_private_addresses_are_not_public_however_they_are_spelled(address: str) -> None:
    assert not reachable.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert reachable.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/", "file:///etc/passwd", "gopher://example.org/", "http://", "//example.org/", "example.org",
        "http://user:secret@example.org/", "http://example.org:0/", "http://example.org:99999/", "http://[::1/",
        "http://exa mple.org/", "http://example.org/\r\nX: y", "http://example.org\\@127.0.0.1/",
        "http://example.org/" + "a" * 2000,
    ],
)  # fmt: skip
async def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(OutboundRefused):
        await HttpOutbound().send(OutboundRequest(url=url))


@pytest.mark.parametrize(
    "changed",
    [
        {"method": "get"}, {"method": "GET / HTTP/1.1\r\nX: y"}, {"headers": (("X-A", "b\r\nX-C: d"),)},
        {"headers": (("X A", "b"),)}, {"headers": (("Host", "internal"),)}, {"headers": (("Content-Length", "0"),)},
        {"headers": (("X-A", "b"),) * 51}, {"max_redirects": 11},
    ],
)  # fmt: skip
async def test_a_request_that_would_carry_another_one_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(OutboundRefused):
        await HttpOutbound().send(OutboundRequest(url="http://example.org/", **changed))


class Server:
    """Answers each request with what is planned for its path, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []
        self.plans: dict[str, bytes] = {}
        self.port = 0
        self.delay = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def plan(self, path: str, body: bytes = b"", *, status: str = "200 OK", headers: str = "") -> None:
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{headers}\r\n"
        self.plans[path] = head.encode() + body

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return  # the client gave up before it had asked
        fields = dict(line.lower().split(b": ", 1) for line in head.strip().split(b"\r\n")[1:])
        body = await reader.readexactly(int(fields.get(b"content-length", b"0")))
        self.asked.append(head + body)
        await asyncio.sleep(self.delay)
        writer.write(
            self.plans.get(head.split(b" ")[1].decode(), b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        )
        writer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    listening = await asyncio.start_server(made.talk, "127.0.0.1", 0)
    made.port = listening.sockets[0].getsockname()[1]
    yield made
    listening.close()


ALLOWED = HttpOutbound(allowed_hosts=["127.0.0.1"])


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost", "LOCALHOST.", "[::ffff:7f00:1]"],
)
async def test_the_machine_itself_is_never_asked_however_it_is_spelled(server: Server, host: str) -> None:
    with pytest.raises(OutboundFailed):
        await HttpOutbound().send(OutboundRequest(url=f"http://{host}:{server.port}/"))
    assert server.asked == []


async def test_a_host_that_the_operator_allows_is_asked(server: Server) -> None:
    server.plan("/a?b=c", b"hello", headers="X-Word: said\r\n")
    answer = await ALLOWED.send(
        OutboundRequest(url=f"{server.url}/a?b=c#d", method="POST", headers=(("X-Mine", "1"),), body=b"body")
    )
    assert (answer.status, answer.body, dict(answer.headers)["x-word"]) == (200, b"hello", "said")
    head, _, body = server.asked[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /a?b=c HTTP/1.1\r\n") and body == b"body"
    assert f"host: 127.0.0.1:{server.port}".encode() in head.lower() and b"x-mine: 1" in head.lower()


async def test_a_name_is_resolved_once_and_what_was_checked_is_what_is_asked(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that answers differently the second time (DNS rebinding) has no second time."""
    server.plan("/", b"here")
    asked: list[object] = []

    async def resolve(*arguments: Any, **_options: Any) -> Any:
        asked.append(arguments[0])
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve)
    url = f"http://forum.example:{server.port}/"
    answer = await HttpOutbound(allowed_hosts=["forum.example"]).send(OutboundRequest(url=url))
    assert (answer.body, answer.url) == (b"here", url)
    assert asked.count("forum.example") == 1
    assert f"host: forum.example:{server.port}".encode() in server.asked[0].lower()


@pytest.mark.parametrize(("name", "is_taken"), [("forum.example", True), ("other.example", False)])
async def test_a_certificate_must_be_that_of_the_name_and_not_of_the_address(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, is_taken: bool
) -> None:
    server = Server()
    server.plan("/", b"here")
    certificate = tmp_path / "certificate.pem"
    certificate.write_bytes(certificate_of("forum.example"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    listening = await asyncio.start_server(server.talk, "127.0.0.1", 0, ssl=context)

    async def resolve(*_arguments: Any, **_options: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve)
    outbound = HttpOutbound(allowed_hosts=[name], trust=ssl.create_default_context(cafile=certificate))
    request = OutboundRequest(url=f"https://{name}:{listening.sockets[0].getsockname()[1]}/")
    if is_taken:
        assert (await outbound.send(request)).body == b"here"
    else:
        with pytest.raises(OutboundFailed, match=r"(?i)certificate"):
            await outbound.send(request)
    listening.close()


def certificate_of(name: str) -> bytes:
    """A certificate that vouches for itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private + made.public_bytes(Encoding.PEM)


async def test_one_private_address_among_public_ones_refuses_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolve(*_arguments: Any, **_options: Any) -> Any:
        return [(2, 1, 6, "", (address, 0)) for address in ("1.1.1.1", "10.0.0.1")]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve)
    with pytest.raises(OutboundRefused):
        await HttpOutbound().send(OutboundRequest(url="http://example.org/"))


async def test_an_allowed_host_allows_no_other(server: Server) -> None:
    with pytest.raises(OutboundRefused):
        await HttpOutbound(allowed_hosts=["localhost"]).send(OutboundRequest(url=f"{server.url}/"))


async def test_redirects_are_answers_unless_asked_for(server: Server) -> None:
    server.plan("/", status="302 Found", headers="Location: /next\r\n")
    server.plan("/next", b"arrived")
    asked = OutboundRequest(url=f"{server.url}/")
    assert (await ALLOWED.send(asked)).status == 302
    followed = await ALLOWED.send(OutboundRequest(url=f"{server.url}/", method="POST", body=b"x", max_redirects=1))
    assert (followed.body, followed.url) == (b"arrived", f"{server.url}/next")
    assert server.asked[-1].startswith(b"GET /next") and server.asked[-1].endswith(b"\r\n\r\n")


async def test_each_redirect_is_checked_like_the_first_address(server: Server) -> None:
    for place in (f"http://localhost:{server.port}/secret", "file:///etc/passwd", "http://169.254.169.254/"):
        server.plan("/", status="302 Found", headers=f"Location: {place}\r\n")
        with pytest.raises(OutboundRefused):
            await ALLOWED.send(OutboundRequest(url=f"{server.url}/", max_redirects=3))
    assert all(b"/secret" not in each for each in server.asked)


@pytest.mark.parametrize(
    "place",
    [
        "http://[::1", "http://[bad]/", "http://a:b:c/", "//[", "http://x:99999999/", "http://\xe9\xff/", "http://../",
        "http://" + "a" * 70 + ".example/", "javascript:alert(1)", "data:,x", "file:///etc/passwd", "\\\\127.0.0.1\\x",
        "http://user@example.org/", "http://example.org/" + "b" * 2001, "http://xn--a/",
    ],
)  # fmt: skip
async def test_a_redirect_that_leads_nowhere_is_no_answer(server: Server, place: str) -> None:
    server.plans["/"] = (
        b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: "
        + place.encode("latin-1", "surrogateescape")
        + b"\r\nConnection: close\r\n\r\n"
    )
    with pytest.raises(OutboundFailed):
        await ALLOWED.send(OutboundRequest(url=f"{server.url}/", max_redirects=3))


@pytest.mark.parametrize(
    "answer",
    [
        b"", b"\r\n\r\n", b"HTTP/1.1 999999 No\r\n\r\n", b"HTTP/1.1 099 No\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", b"HTTP/1.1 200 OK\r\nA\x00: b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 30_000,
        b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 200 \xff\xfe\r\nContent-Length: 5\r\n\r\nab",
    ],
    ids=range(12),
)  # fmt: skip
async def test_what_is_no_answer_fails_in_the_one_known_way(server: Server, answer: bytes) -> None:
    server.plans["/"] = answer
    with pytest.raises(OutboundFailed):
        await ALLOWED.send(OutboundRequest(url=f"{server.url}/", timeout_ms=2_000))


async def test_credentials_do_not_follow_a_redirect_to_another_place(server: Server) -> None:
    outbound = HttpOutbound(allowed_hosts=["127.0.0.1", "localhost"])
    server.plan("/", status="307 Temporary Redirect", headers=f"Location: http://localhost:{server.port}/next\r\n")
    server.plan("/next", b"arrived")
    request = OutboundRequest(
        url=f"{server.url}/", headers=(("Authorization", "secret"), ("Cookie", "secret"), ("X-A", "b")), max_redirects=1
    )
    assert (await outbound.send(request)).body == b"arrived"
    assert b"secret" in server.asked[0]
    assert b"secret" not in server.asked[1] and b"x-a: b" in server.asked[1].lower()


async def test_a_circle_of_redirects_ends(server: Server) -> None:
    server.plan("/", status="301 Moved", headers="Location: /\r\n")
    with pytest.raises(OutboundFailed, match="redirects"):
        await ALLOWED.send(OutboundRequest(url=f"{server.url}/", max_redirects=2))
    assert len(server.asked) == 3


async def test_an_answer_that_is_too_large_is_not_read_to_its_end(server: Server) -> None:
    server.plan("/", b"x" * 200_000)
    with pytest.raises(OutboundFailed, match="larger"):
        await ALLOWED.send(OutboundRequest(url=f"{server.url}/", max_response_bytes=1000))
    assert len((await ALLOWED.send(OutboundRequest(url=f"{server.url}/", max_response_bytes=200_000))).body) == 200_000


async def test_compressed_bytes_stay_as_they_are(server: Server) -> None:
    server.plan("/", b"\x1f\x8b bomb", headers="Content-Encoding: gzip\r\n")
    assert (await ALLOWED.send(OutboundRequest(url=f"{server.url}/"))).body == b"\x1f\x8b bomb"
    assert b"accept-encoding: identity" in server.asked[0].lower()


async def test_a_server_that_takes_too_long_is_given_up(server: Server) -> None:
    server.plan("/")
    server.delay = 5
    with pytest.raises(OutboundFailed, match="within"):
        await ALLOWED.send(OutboundRequest(url=f"{server.url}/", timeout_ms=50))


async def test_a_server_that_is_not_there_or_talks_nonsense_is_a_failure(
    server: Server, unused: Callable[[], int]
) -> None:
    with pytest.raises(OutboundFailed):
        await ALLOWED.send(OutboundRequest(url=f"http://127.0.0.1:{unused()}/"))
    server.plans["/"] = b"nonsense\r\n\r\n"
    with pytest.raises(OutboundFailed):
        await ALLOWED.send(OutboundRequest(url=f"{server.url}/"))


async def test_captured_requests_are_kept_and_answered_as_planned() -> None:
    outbound = CapturedOutbound()
    outbound.answer("https://example.org/", status=404)
    outbound.answer("https://example.org/hook", body='{"ok":true}')
    hook = await outbound.send(OutboundRequest(url="https://example.org/hook/1", method="POST", body=b"x"))
    assert (hook.status, hook.body) == (200, b'{"ok":true}')
    assert (await outbound.send(OutboundRequest(url="https://example.org/other"))).status == 404
    with pytest.raises(OutboundFailed, match="no answer was planned"):
        await outbound.send(OutboundRequest(url="https://elsewhere.example/"))
    assert [request.url for request in outbound.requests] == [
        "https://example.org/hook/1", "https://example.org/other", "https://elsewhere.example/",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("entry", "host", "port", "covered"),
    [
        ("hooks.internal", "hooks.internal", 80, True), ("hooks.internal", "other.internal", 80, False),
        ("Hooks.Internal.", "hooks.internal", 443, True), ("hooks.internal:8080", "hooks.internal", 8080, True),
        ("hooks.internal:8080", "hooks.internal", 80, False), ("10.0.0.0/8", "anything", 80, True),
        ("192.168.0.0/16", "anything", 80, False), ("10.1.2.3", "anything", 80, False),
        ("10.1.2.3", "10.1.2.3", 80, True), ("10.0.0.0/99", "anything", 80, False),
    ],
)  # fmt: skip
def test_an_operator_allows_hosts_ports_and_networks(entry: str, host: str, port: int, covered: bool) -> None:
    address = ipaddress.ip_address("10.1.2.3")
    assert reachable.AllowedHosts([entry]).covers(host, port=port, address=address) is covered


async def test_an_answer_that_is_too_large_is_cut_where_that_is_asked_for(server: Server) -> None:
    server.plan("/", body=b"a" * 100_000)
    request = OutboundRequest(url=f"{server.url}/", max_response_bytes=1000, cut_response=True)
    assert (await ALLOWED.send(request)).body == b"a" * 1000


async def test_an_address_can_be_checked_without_asking_it(server: Server) -> None:
    await ALLOWED.check(f"{server.url}/")
    with pytest.raises(OutboundRefused):
        await HttpOutbound().check(f"{server.url}/")
    await HttpOutbound().check("http://nobody.invalid/")
    assert server.asked == []
