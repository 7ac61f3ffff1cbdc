"""The pytest plugin. Everything heavy is imported inside the fixtures: entry points load before coverage starts.

Options: `--forum-engine sqlite|postgresql|both` (default sqlite), `--forum-postgres URL`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tertulia.testing.forum import Forum
    from tertulia.testing.golden import Image
    from tertulia.testing.host import Host

_POSTGRES = "TERTULIA_TEST_POSTGRES"
# What a test's forum does not do unless its `forum_settings` say so: nobody's pages are asked for.
_QUIET: dict[str, object] = {"enable_oneboxes": False}


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("tertulia", "a forum for every test")
    group.addoption("--forum-engine", default="sqlite", choices=("sqlite", "postgresql", "both"))
    group.addoption("--forum-postgres", default="", help=f"server for template databases; else {_POSTGRES}")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "forum_engine" not in metafunc.fixturenames:
        return
    chosen = metafunc.config.getoption("--forum-engine")
    engines = ["sqlite", "postgresql"] if chosen == "both" else [chosen]
    metafunc.parametrize("forum_engine", engines, scope="session")


@pytest.fixture(scope="session")
def forum_settings() -> dict[str, object]:
    """Settings of the forums in this session, by name; override it in your conftest."""
    return {}


@pytest.fixture(scope="session")
def forum_host() -> Iterator[Host]:
    """The thread that all forums of the session live in."""
    from tertulia.testing.host import Host

    host = Host()
    yield host
    host.stop()


@pytest.fixture(scope="session")
def forum_image(
    forum_engine: str, forum_host: Host, forum_settings: dict[str, object], request: pytest.FixtureRequest
) -> Iterator[Image]:
    """The golden image that every forum of the session is a copy of."""
    from tertulia.settings import load
    from tertulia.testing.clock import TestClock
    from tertulia.testing.golden import PostgresImage, SqliteImage

    image: Image
    if forum_engine == "sqlite":
        image = SqliteImage()
    else:
        url = request.config.getoption("--forum-postgres") or os.environ.get(_POSTGRES, "")
        if not url:
            if os.environ.get("CI") == "true":
                pytest.fail(f"{_POSTGRES} is not set, and CI must test on PostgreSQL")
            pytest.skip(f"{_POSTGRES} is not set: nothing is tested on PostgreSQL")
        image = PostgresImage(url)
    forum_host.wait(image.make(load(_QUIET | forum_settings, environ={}), clock=TestClock()))
    yield image
    forum_host.wait(image.end())


@pytest.fixture
def forum(forum_host: Host, forum_image: Image, forum_settings: dict[str, object]) -> Iterator[Forum]:
    """A fresh forum: an admin, two categories, an API key for all users, bearer tokens."""
    from tertulia.settings import load
    from tertulia.testing.forum import Forum

    made = Forum(forum_host, image=forum_image, loaded=load(_QUIET | forum_settings, environ={}))
    yield made
    made.close()
