"""Requests straight into the ASGI app: no socket, the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import msgspec


class Response:
    """An answer. `json` is decoded at every access; header names are lower-case."""

    def __init__(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status = status
        self.header_list = headers
        self.headers = dict(headers)
        self.body = body

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def cookies(self) -> dict[str, str]:
        """What the answer sets, name to value."""
        pairs = (value.partition(";")[0].partition("=") for name, value in self.header_list if name == "set-cookie")
        return {name: value for name, _, value in pairs}

    @property
    def reason(self) -> str | None:
        """The code of the failure."""
        return self.headers.get("x-tertulia-reason")

    def __repr__(self) -> str:
        return f"<{self.status} {self.body[:300]!r}>"


def encode_form(data: Mapping[str, Any] | list[tuple[str, Any]]) -> bytes:
    """Rails nesting: mappings become `a[b]`, lists `a[]`."""
    pairs: list[tuple[str, str]] = []

    def add(name: str, value: Any) -> None:
        if isinstance(value, Mapping):
            for key, inner in value.items():
                add(f"{name}[{key}]", inner)
        elif isinstance(value, list | tuple):
            for inner in value:
                add(f"{name}[]", inner)
        elif isinstance(value, bool):
            pairs.append((name, "true" if value else "false"))
        elif value is not None:
            pairs.append((name, str(value)))

    for name, value in data.items() if isinstance(data, Mapping) else data:
        add(name, value)
    return urlencode(pairs).encode()


async def call(
    app: Any, *, method: str, path: str, headers: list[tuple[str, str]], body: bytes, peer: str = "127.0.0.1"
) -> Response:
    """One request through the app's ASGI interface."""
    bare, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": bare,
        "raw_path": quote(bare, safe="/%:@!$&'()*+,;=~-._[]{}").encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers],
        "client": (peer, 50000),
        "server": ("forum.test", 80),
    }
    sent: list[dict[str, Any]] = []
    chunks = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        return chunks.pop() if chunks else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start = sent[0]
    pairs = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in start["headers"]]
    return Response(start["status"], pairs, b"".join(message.get("body", b"") for message in sent[1:]))
