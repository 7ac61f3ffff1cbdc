"""People at browsers: a visitor, a member, the admin, each with a forum that holds a little."""

from __future__ import annotations

import pytest

from tertulia.testing.forum import Forum
from tests.pages.browser import Browser

PASSWORD = "a-long-password-1"


@pytest.fixture
def visitor(forum: Forum) -> Browser:
    return Browser(forum)


@pytest.fixture
def member(forum: Forum) -> Browser:
    """mary, at trust level 2."""
    forum.given.user("mary", trust_level=2, password=PASSWORD)
    browser = Browser(forum)
    browser.log_in("mary", PASSWORD)
    return browser


@pytest.fixture
def admin(forum: Forum) -> Browser:
    browser = Browser(forum)
    browser.log_in("admin", forum.admin_password)
    return browser
