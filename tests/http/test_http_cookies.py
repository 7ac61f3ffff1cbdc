"""Cookies that only travel by HTTPS, as the site's own address has it."""

from __future__ import annotations

import pytest

from tertulia.testing.forum import Forum


@pytest.fixture(scope="session")
def forum_settings() -> dict[str, object]:
    return {"base_url": "https://forum.example"}


def test_an_https_address_makes_cookies_secure_though_no_proxy_tells_the_scheme(forum: Forum) -> None:
    answer = forum.get("/login", headers={"Accept": "text/html"})
    assert "Secure" in str(answer.headers["set-cookie"])
