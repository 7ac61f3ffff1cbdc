"""What `doctor` says about the world outside: the forum's own address, and the mail server."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from tertulia.cli.checks import Finding, _address, _mail
from tertulia.settings import load
from tertulia.testing.forum import Forum


def address(base_url: str) -> list[Finding]:
    return list(_address(load({"base_url": base_url}, environ={})))


@pytest.fixture
def listening() -> Iterator[int]:
    """A port that takes connections."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        threading.Thread(target=listener.accept, daemon=True).start()
        yield listener.getsockname()[1]


@pytest.fixture
def closed() -> int:
    """A port on which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def test_the_own_address_is_asked_whether_it_is_this_forum(forum: Forum, closed: int) -> None:
    assert [each.state for each in address(forum.url)] == ["ok"]
    (nobody,) = address(f"http://127.0.0.1:{closed}")
    assert (nobody.state, "is it being served" in nobody.text) == ("note", True)


def test_without_a_mail_server_people_are_told_what_they_miss() -> None:
    (finding,) = _mail(load({}, environ={}))
    assert (finding.state, "smtp_address" in finding.text) == ("note", True)


def test_a_mail_server_that_is_not_there_is_wrong(closed: int) -> None:
    (finding,) = _mail(load({"smtp_address": "127.0.0.1", "smtp_port": closed}, environ={}))
    assert (finding.state, "cannot be reached" in finding.text) == ("wrong", True)


def test_mail_without_an_own_address_would_carry_useless_links(listening: int) -> None:
    there, links = _mail(load({"smtp_address": "127.0.0.1", "smtp_port": listening}, environ={}))
    assert (there.state, links.state) == ("ok", "wrong")
    assert "http://127.0.0.1:4200" in links.text and "base_url" in links.text
