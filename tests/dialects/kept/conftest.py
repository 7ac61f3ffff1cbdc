"""A forum that keeps answers, as one that is served does; other tests ask for every answer anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tertulia.settings import load
from tertulia.telemetry.counters import COUNTERS
from tertulia.testing.forum import Forum
from tertulia.testing.golden import Image
from tertulia.testing.host import Host

Make = Callable[..., Forum]
KEPT = "TERTULIA_KEPT_ANSWERS_MEGABYTES"


@pytest.fixture(scope="session")
def forum_settings() -> dict[str, object]:
    return {"kept_answers_megabytes": 64}


@pytest.fixture
def configured(forum_host: Host, forum_image: Image) -> Iterator[Make]:
    """Makes a forum with the given environment."""
    made: list[Forum] = []

    def make(**environment: str) -> Forum:
        made.append(Forum(forum_host, image=forum_image, loaded=load({}, environ={KEPT: "64"} | environment)))
        return made[-1]

    yield make
    for forum in made:
        forum.close()


def given() -> float:
    """How many kept answers were given so far, by this process."""
    return sum(amount for (name, _), amount in COUNTERS.items() if name == "kept_answers_total")
