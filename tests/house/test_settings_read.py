"""Every setting changes something: a setting that nothing reads is a lie to whoever sets it."""

from __future__ import annotations

import ast
import re

from tertulia.settings.table import settings_table
from tests.house.sources import SOURCE, modules, tree


def read() -> set[str]:
    """Every attribute that is read outside the room of settings, in Python and in templates."""
    names = {
        node.attr
        for path in modules()
        if not path.is_relative_to(SOURCE / "settings")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    }
    for path in SOURCE.rglob("*.html"):
        names |= set(re.findall(r"\.(\w+)", path.read_text("utf-8")))
    return names


def test_every_setting_is_read_somewhere() -> None:
    unread = sorted(set(settings_table()) - read())
    assert not unread, f"take these out of src/tertulia/settings, or let them do what they say: {unread}"
