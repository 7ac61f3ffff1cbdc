"""What tests of backends share."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest


@pytest.fixture
def unused() -> Callable[[], int]:
    """A port on which nobody listens."""

    def find() -> int:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            return int(listener.getsockname()[1])

    return find
