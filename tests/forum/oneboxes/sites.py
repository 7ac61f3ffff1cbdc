"""A site elsewhere, on a port of this machine: it answers as it was told, however badly, and counts who asked."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Handler = Callable[[BaseHTTPRequestHandler], None]


def page(head: str, *, kind: str = "text/html; charset=utf-8", status: int = 200) -> Handler:
    """Answers with a page that has this head."""
    return answer(f"<!doctype html><html><head>{head}</head><body><p>hello</p></body></html>".encode(), kind, status)


def answer(body: bytes, kind: str, status: int = 200, **headers: str) -> Handler:
    def handle(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return handle


def leading_to(url: str) -> Handler:
    return answer(b"", "text/html", 302, Location=url)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


class Site:
    """Answers 404 unless a path has a handler of its own."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.handlers: dict[str, Handler] = {}
        site = self

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                try:
                    site.handlers.get(self.path, answer(b"no", "text/html", 404))(self)
                except OSError:
                    self.close_connection = True

            def log_message(self, *_arguments: Any) -> None:
                """Says nothing."""

        self._server = _Server(("127.0.0.1", 0), Answering)
        self.port = int(self._server.server_address[1])
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def count(self, path: str) -> int:
        """How often it was asked for the path."""
        return sum(1 for each, _ in list(self.asked) if each == path)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
