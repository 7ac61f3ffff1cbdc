"""The page about the command line says what the commands say."""

from __future__ import annotations

import re

from tertulia.cli.reference import render_reference
from tests.house.sources import ROOT


def test_the_reference_of_the_command_line_is_up_to_date() -> None:
    page = (ROOT / "docs/reference/cli.md").read_text(encoding="utf-8")
    assert page == render_reference(), "run: python -m tertulia.cli.reference > docs/reference/cli.md"


def test_every_option_is_explained() -> None:
    unexplained = [line for line in render_reference().splitlines() if re.match(r"\| `[^|]*\|\s*\|", line)]
    assert not unexplained
