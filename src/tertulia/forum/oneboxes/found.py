"""What was found for the bare addresses of one text."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tertulia.model.oneboxes import ShownRef


class Found(msgspec.Struct):
    """By address: the HTML for one alone on a line, the title for one in running text, and what both show.

    `asked` are the addresses of pages elsewhere that must be fetched, or fetched again."""

    blocks: dict[str, str] = {}
    titles: dict[str, str] = {}
    refs: dict[str, tuple[ShownRef, ...]] = {}
    asked: list[str] = []

    def refs_of(self, urls: Iterable[str]) -> tuple[ShownRef, ...]:
        """What the addresses show, each once."""
        return tuple(dict.fromkeys(ref for url in urls for ref in self.refs.get(url, ())))
