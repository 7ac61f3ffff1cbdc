"""Importing in tests: both engines, no progress shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tertulia.forum.unit import Ports
from tertulia.importers.discourse_archive import ImportRequest, Progress, Report, import_archive

Import = Callable[..., Awaitable[Report]]


@pytest.fixture
def run_import(ports: Ports) -> Import:
    """Imports an archive into the forum of the test."""

    async def run(path: Path, **options: Any) -> Report:
        tell: Callable[[Progress], None] = options.pop("tell", lambda progress: None)
        return await import_archive(ImportRequest(path=path, **options), open_unit=ports.unit, tell=tell)

    return run
