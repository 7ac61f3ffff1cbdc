"""Forums with demo content for recipes, and the tools that recipes are written for."""

from __future__ import annotations

import os
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import borrowed
from tests.stories.cookbook.printed import Cookbook
from tests.stories.cookbook.servers import POSTGRESQL, SQLITE, Place, Server, found_demo, fresh_place, serving


@pytest.fixture(scope="session")
def golden_demo(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A forum with demo content that is only copied."""
    return found_demo(("--data", str(tmp_path_factory.mktemp("golden-demo") / "forum")))


@pytest.fixture(scope="module", params=[SQLITE, POSTGRESQL])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def demo(golden_demo: Place, tmp_path: Path) -> Iterator[Server]:
    """A fresh forum with demo content on SQLite, served."""
    with fresh_place(SQLITE, golden=golden_demo, folder=tmp_path) as place, serving(place) as server:
        yield server


@pytest.fixture(scope="session")
def cookbook(corpus: Path) -> Cookbook:
    """The widely copied cookbook, as it is printed."""
    [path] = (corpus / "contract" / "seeds").glob("003*.txt")
    return Cookbook(path)


@pytest.fixture(scope="session")
def shell() -> None:
    """bash, curl and jq, which recipes for the shell need."""
    missing = [name for name in ("bash", "curl", "jq") if not shutil.which(name)]
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"CI needs {' and '.join(missing)}")
    if missing:
        pytest.skip(f"{' and '.join(missing)} not installed, so no recipe for the shell is tried")


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The folder in which express and node-fetch lie."""
    return borrowed("TERTULIA_TEST_NODE_MODULES", what="express and node-fetch for receivers in JavaScript")


@pytest.fixture(scope="session")
def screenshot() -> bytes:
    """A PNG of 64 x 48 pixels, red to blue."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    row = b"\0" + b"".join(bytes((255 - x * 4, 40, x * 4)) for x in range(64))
    header = (64).to_bytes(4, "big") + (48).to_bytes(4, "big") + bytes((8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(row * 48)) + chunk(b"IEND", b"")
