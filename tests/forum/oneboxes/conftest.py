"""Forums that have an address of their own and ask other sites."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tertulia.backends.outbound.http import HttpOutbound
from tertulia.testing.forum import Forum
from tests.forum.oneboxes.sites import Site


@pytest.fixture(scope="session")
def forum_settings() -> dict[str, object]:
    return {"base_url": "https://forum.test", "enable_oneboxes": True}


@pytest.fixture
def site(forum: Forum) -> Iterator[Site]:
    """A site on this machine, which the forum may reach by its number and port only."""
    made = Site()
    forum.ports.outbound = HttpOutbound(allowed_hosts=[f"127.0.0.1:{made.port}"])
    yield made
    made.close()
