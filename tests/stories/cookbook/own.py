"""The programs of our own cookbook, the page `docs/howto/cookbook.md`."""

from __future__ import annotations

import re

from tests.house.sources import ROOT

PAGE = ROOT / "docs" / "howto" / "cookbook.md"
_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
FIRST = "Before you begin"


def own_blocks(language: str) -> dict[str, list[str]]:
    """All programs in one language, by the number of their recipe; what comes before the first is under "setup"."""
    parts = _SECTION.split(PAGE.read_text("utf-8"))
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    return {
        "setup" if title == FIRST else title.split(".")[0]: [
            code for name, code in _FENCE.findall(text) if name == language
        ]
        for title, text in sections.items()
        if title == FIRST or title[0].isdigit()
    }
