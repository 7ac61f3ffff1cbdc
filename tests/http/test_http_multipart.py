"""Multipart bodies: the bytes that real clients send, files, limits, and reading from the server."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import ClientDisconnect

from tertulia.http.bodies import Body, Limits, UploadedFile, parse_body, read_body
from tertulia.http.bodies.media import base_name, parse_header
from tertulia.model.errors import BodyBroken, BodyTooLarge, ForumError, ParameterInvalid, TooManyParameters

BY_HAND = "multipart/form-data;"


def part(name: str, content: bytes, *, more: str = "", headers: str = "") -> bytes:
    head = f'--XX\r\nContent-Disposition: form-data; name="{name}"{more}\r\n{headers}\r\n'
    return head.encode() + content + b"\r\n"


def body_of(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--XX--\r\n"


def parse(*parts: bytes, limits: Limits | None = None) -> dict[str, Any]:
    return parse_body(body_of(*parts), "multipart/form-data; boundary=XX", limits=limits or Limits())


def receive_from(messages: list[dict[str, Any]]) -> Any:
    iterator = iter(messages)

    async def receive() -> dict[str, Any]:
        return next(iterator)

    return receive


def read(data: bytes, content_type: str, *, step: int = 7, limits: Limits | None = None, **more: bytes) -> Body:
    pieces = [data[start : start + step] for start in range(0, len(data), step)] or [b""]
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    messages[-1]["more_body"] = False
    headers = [(b"content-type", content_type.encode())]
    headers += [(name.replace("_", "-").encode(), value) for name, value in more.items()]
    return asyncio.run(read_body(receive_from(messages), headers, limits=limits or Limits()))


# -- real curl ----------------------------------------------------------------------------------------
@pytest.fixture
def sink() -> Iterator[tuple[int, list[bytes]]]:
    """A port that keeps what one client sends and answers an empty 200."""
    server = socket.create_server(("127.0.0.1", 0))
    received: list[bytes] = []

    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            data = b""
            while b"\r\n\r\n" not in data:
                data += connection.recv(65536)
            head, _, body = data.partition(b"\r\n\r\n")
            length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            while len(body) < length:
                body += connection.recv(65536)
            received.extend([head, body])
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield server.getsockname()[1], received
    server.close()
    thread.join(5)


def curl(sink: tuple[int, list[bytes]], *arguments: str) -> tuple[str, bytes]:
    """The Content-Type and the body that curl really sends for these arguments."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    port, received = sink
    subprocess.run(["curl", "-sS", "-m", "10", *arguments, f"http://127.0.0.1:{port}/categories"], check=True)
    head, body = received
    header = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-type:"))
    return header.partition(b":")[2].strip().decode(), body


def test_curl_with_a_content_type_typed_by_hand_is_understood(sink: tuple[int, list[bytes]]) -> None:
    content_type, body = curl(
        sink, "-X", "POST", "-H", f"Content-Type: {BY_HAND}", "-F", "name=89853c20", "-F", "color=49d9e9",
        "-F", "permissions[everyone]=1",
    )  # fmt: skip
    expected = {"name": "89853c20", "color": "49d9e9", "permissions": {"everyone": "1"}}
    assert content_type.startswith(BY_HAND)
    assert parse_body(body, content_type) == expected
    assert read(body, content_type).parameters == expected
    assert parse_body(body, BY_HAND) == expected, "the boundary is found in the body when the header lost it"
    assert read(body, BY_HAND, step=1).parameters == expected


def test_curl_uploads_a_file_with_a_difficult_name(sink: tuple[int, list[bytes]], tmp_path: Path) -> None:
    path = tmp_path / 'a;"é.txt'
    path.write_bytes(b"\x00\r\n--hi")
    quoted = str(path).replace('"', '\\"')
    content_type, body = curl(sink, "-F", f'file=@"{quoted}";type=text/plain', "-F", 'json={"a":1};type=text/json')
    parameters = parse_body(body, content_type)
    file = parameters["file"]
    assert isinstance(file, UploadedFile)
    assert (file.filename, file.content_type, file.size) == ('a;"é.txt', "text/plain", 7)
    assert file.file.read() == b"\x00\r\n--hi"
    assert parameters["json"] == '{"a":1}'
    file.close()


# -- fields and files ---------------------------------------------------------------------------------
def test_multipart_names_nest_as_forms_do() -> None:
    parts = [part("tags[]", b"a"), part("tags[]", b"b"), part("post[raw]", "é\r\n".encode()), part("e", b"")]
    assert parse(*parts) == {"tags": ["a", "b"], "post": {"raw": "é\r\n"}, "e": ""}


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ('; filename="../../etc/passwd"', "passwd"),
        ('; filename="C:\\dir\\photo.png"', "photo.png"),
        ('; filename="a\\"b.txt"', 'a"b.txt'),
        ('; filename="a%22b%0D%0Ac.txt"', 'a"bc.txt'),
        ('; filename=".."', "file"),
        ('; filename="dir/"', "file"),
        ("; filename=plain.txt", "plain.txt"),
        ("; filename=\"x\"; filename*=utf-8''%e2%82%ac%2F..%2Fr.txt", "r.txt"),
        (f'; filename="{"n" * 400}.jpeg"', "n" * 250 + ".jpeg"),
    ],
)
def test_a_filename_is_a_base_name_that_cannot_leave_its_directory(more: str, name: str) -> None:
    file = parse(part("file", b"x", more=more))["file"]
    assert file.filename == name
    file.close()


@given(st.text(max_size=300))
def test_every_base_name_is_safe(name: str) -> None:
    safe = base_name(name.encode("utf-8", "replace").decode())
    assert safe not in ("", ".", "..")
    assert not set("/\\\0\r\n") & set(safe)
    assert len(safe.encode()) <= 255


def test_a_file_field_that_was_left_empty_brings_nothing() -> None:
    assert parse(part("file", b"", more='; filename=""')) == {}


def test_a_claimed_media_type_is_kept_only_if_it_is_one() -> None:
    for claimed, kept in (("image/PNG; x=1", "image/png"), ("a b\x01", "application/octet-stream")):
        file = parse(part("file", b"x", more='; filename="a"', headers=f"Content-Type: {claimed}\r\n"))["file"]
        assert file.content_type == kept
        file.close()


def test_a_large_file_arrives_whole_in_any_pieces() -> None:
    content = bytes(range(256)) * 2000
    data = body_of(part("a", b"1"), part("file", content, more='; filename="big"'))
    body = read(data, "multipart/form-data; boundary=XX", step=4099)
    [file] = body.files
    assert body.parameters == {"a": "1", "file": file}
    assert file.size == len(content) and file.file.read() == content
    body.close()
    assert file.file.closed


@given(st.binary(max_size=300), st.integers(1, 50))
def test_file_bytes_survive_any_cutting(content: bytes, step: int) -> None:
    data = body_of(part("file", content.replace(b"--XX", b""), more='; filename="f"'))
    body = read(data, 'multipart/form-data; boundary="XX"', step=step)
    assert body.files[0].file.read() == content.replace(b"--XX", b"")
    body.close()


# -- refusals -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (b"name=x", BY_HAND),
        (b"--", BY_HAND),
        (b"--XX\r\n", BY_HAND),
        (part("a", b"1"), "multipart/form-data; boundary=XX"),
        (body_of(part("a", b"1")), "multipart/form-data; boundary=other"),
        (b"--XX\r\n\r\nnameless\r\n--XX--\r\n", "multipart/form-data; boundary=XX"),
        (
            b"--XX\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n--XX--",
            "multipart/form-data; boundary=XX",
        ),
        (b'--XX\r\nContent-Disposition: form-data; name="\xff"\r\n\r\n1\r\n--XX--', BY_HAND),
        (b"--XX\r\nA: " + b"b" * 5000 + b"\r\n\r\n1\r\n--XX--", BY_HAND),
        (b"--XX\r\n" + b"A: b\r\n" * 9 + b"\r\n1\r\n--XX--", BY_HAND),
        (body_of(part("a", b"MQ==", headers="Content-Transfer-Encoding: base64\r\n")), BY_HAND),
        (b"--" + b"X" * 5000, BY_HAND),
        (b"--XX--", "multipart/form-data; boundary=" + "X" * 5000),
    ],
)
def test_a_malformed_multipart_body_is_broken(data: bytes, content_type: str) -> None:
    with pytest.raises(BodyBroken):
        parse_body(data, content_type)
    with pytest.raises(BodyBroken):
        read(data, content_type, step=1000)


def test_fields_must_be_utf8_and_free_of_nul() -> None:
    for content, problem in ((b"\xff", "encoding"), (b"a\0b", "nul")):
        with pytest.raises(ParameterInvalid) as caught:
            parse(part("name", content))
        assert caught.value.params == {"name": "name", "problem": problem}


def test_parts_and_field_bytes_are_bounded() -> None:
    with pytest.raises(TooManyParameters):
        parse(*[part("a", b"1")] * 257)
    with pytest.raises(BodyTooLarge):
        parse(part("a", b"1" * 60), part("b", b"1" * 60), limits=Limits(body_bytes=100))
    file = parse(part("f", b"1" * 200, more='; filename="f"'), limits=Limits(body_bytes=100))["f"]
    assert file.size == 200
    file.close()


def test_the_ruby_client_may_say_how_its_parts_are_encoded() -> None:
    assert parse(part("a", b"1", headers="Content-Transfer-Encoding: binary\r\n")) == {"a": "1"}


def test_a_refused_body_leaves_no_open_file(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Any] = []
    from tertulia.http.bodies import multipart

    class Watched(multipart._Spool):
        def __init__(self, **arguments: Any) -> None:
            super().__init__(**arguments)
            opened.append(self)

    monkeypatch.setattr(multipart, "_Spool", Watched)
    whole = part("f", b"1" * 100_000, more='; filename="f"')
    for data in (whole, body_of(whole, part("a", b"\xff")), whole[:-2000]):
        with pytest.raises(ForumError):
            read(data, "multipart/form-data; boundary=XX", step=4096)
    assert len(opened) == 3 and all(file.closed for file in opened)


# -- from the server ----------------------------------------------------------------------------------
def test_reading_stops_as_soon_as_the_limit_is_passed() -> None:
    taken = 0

    async def endless() -> dict[str, Any]:
        nonlocal taken
        taken += 1
        return {"type": "http.request", "body": b"x" * 100, "more_body": True}

    limits = Limits(body_bytes=1000, upload_bytes=1000)
    for content_type in (b"application/json", b"multipart/form-data; boundary=xxx", b"image/png"):
        taken = 0
        with pytest.raises(ForumError):
            asyncio.run(read_body(endless, [(b"content-type", content_type)], limits=limits))
        assert taken <= 11


def test_an_announced_length_beyond_the_limit_is_refused_unread() -> None:
    for length in (b"11", b"9" * 30):
        with pytest.raises(BodyTooLarge):
            headers = [(b"content-length", length)]
            asyncio.run(read_body(receive_from([]), headers, limits=Limits(body_bytes=10)))


def test_a_client_that_leaves_is_no_error_of_the_body() -> None:
    messages: list[dict[str, Any]] = [
        {"type": "http.request", "body": b"a", "more_body": True},
        {"type": "http.disconnect"},
    ]
    with pytest.raises(ClientDisconnect):
        asyncio.run(read_body(receive_from(messages), []))


def test_compressed_bodies_are_refused() -> None:
    with pytest.raises(BodyBroken):
        read(b"a=1", "application/x-www-form-urlencoded", content_encoding=b"gzip")
    assert read(b"a=1", "", content_encoding=b"identity").parameters == {"a": "1"}


def test_a_body_keeps_its_bytes_and_type() -> None:
    body = read(b'{"a": 1}', "application/json; charset=utf-8")
    assert (body.parameters, body.data, body.content_type) == ({"a": 1}, b'{"a": 1}', "application/json")
    assert read(b"", "").parameters == {}
    assert read(b"", "multipart/form-data; boundary=XX").parameters == {}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("multipart/form-data;; boundary=--x", {"boundary": "--x"}),
        ("multipart/form-data; boundary=a; boundary=b", {"boundary": "a"}),
        ('form-data; name="a;b"; filename="c"', {"name": "a;b", "filename": "c"}),
        ("form-data ; NAME = x ", {"name": "x"}),
        ("x", {}),
        ('x; a="', {"a": ""}),
    ],
)
def test_header_parameters_are_read_leniently(value: str, expected: dict[str, str]) -> None:
    assert parse_header(value)[1] == expected
