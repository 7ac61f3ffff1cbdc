"""Forums that have an address of their own and ask other sites."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def forum_settings() -> dict[str, object]:
    return {"base_url": "https://forum.test", "enable_oneboxes": True}
