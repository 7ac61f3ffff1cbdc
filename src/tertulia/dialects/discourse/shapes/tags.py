"""Tags as the 2026 wire has them: objects with id, name and slug."""

from __future__ import annotations

import msgspec

from tertulia.model.tags import TagRef


class Tag(msgspec.Struct):
    """A tag on a topic."""

    id: int
    name: str
    slug: str

    @classmethod
    def of(cls, tag: TagRef) -> Tag:
        return cls(id=tag.id, name=tag.name, slug=tag.name)
