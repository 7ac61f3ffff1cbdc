"""Clients that announce a body and never send it: they wait alone."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import requests

from tertulia.testing.forum import Forum

SLOW_CLIENTS = 12  # more than there are connections to a test's database


def test_others_are_served_while_bodies_are_awaited(forum: Forum) -> None:
    place = urlsplit(forum.url)
    head = (
        f"POST /posts.json HTTP/1.1\r\nHost: {place.netloc}\r\nApi-Key: {forum.key}\r\nApi-Username: admin\r\n"
        "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
    )
    waiting = [socket.create_connection((place.hostname or "", place.port or 0)) for _ in range(SLOW_CLIENTS)]
    try:
        for client in waiting:
            client.sendall(head.encode())
        for _ in range(3):
            answer = requests.get(f"{forum.url}/latest.json", timeout=8)
            assert answer.status_code == 200
    finally:
        for client in waiting:
            client.close()
