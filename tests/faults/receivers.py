"""A receiver of webhooks on a port of its own, in threads: it records what comes and answers as it was told."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Received(NamedTuple):
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event_id(self) -> int:
        return int(self.headers["x-discourse-event-id"])

    @property
    def event(self) -> str:
        return self.headers["x-discourse-event"]

    @property
    def payload(self) -> dict[str, Any]:
        """What stands under the only key, which is the type."""
        found: dict[str, Any] = json.loads(self.body)
        assert list(found) == [self.headers["x-discourse-event-type"]]
        inner: dict[str, Any] = found[self.headers["x-discourse-event-type"]]
        return inner

    def is_signed_with(self, secret: str) -> bool:
        digest = hmac.new(secret.encode(), self.body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(self.headers.get("x-discourse-event-signature", ""), f"sha256={digest}")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


class Receiver:
    """Answers 200 unless a path has a handler of its own."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.handlers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                body = self.rfile.read(length)
                if len(body) < length:
                    return  # who sent it was killed in the middle: nobody would take this as a delivery
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.received.append(Received(self.path, headers, body))
                receiver.handlers.get(self.path, _take)(self)

            def do_GET(self) -> None:
                receiver.received.append(Received(self.path, {}, b""))
                _take(self)

            def log_message(self, *_arguments: Any) -> None:
                """Says nothing."""

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.port = int(self._server.server_address[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def at(self, path: str) -> list[Received]:
        """What came to one path so far."""
        return [each for each in list(self.received) if each.path == path]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _take(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "2")
    handler.end_headers()
    handler.wfile.write(b"ok")
