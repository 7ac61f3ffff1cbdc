"""Which of NodeBB's APIs a path belongs to."""

from __future__ import annotations

from enum import Enum


class Generation(Enum):
    """The old plugin's two versions, the core's write API, and its read API."""

    V1 = "v1"
    V2 = "v2"
    V3 = "v3"
    READ = "read"

    @property
    def is_plugin(self) -> bool:
        return self in (Generation.V1, Generation.V2)


def generation_of(path: str) -> Generation:
    """By the second segment: /api/v1/..., /api/v2/..., /api/v3/..., everything else is the read API."""
    segment = path.removeprefix("/api/").partition("/")[0]
    for generation in (Generation.V1, Generation.V2, Generation.V3):
        if segment == generation.value:
            return generation
    return Generation.READ
