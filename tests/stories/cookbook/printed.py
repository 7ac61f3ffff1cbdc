"""The programs of a widely copied cookbook, cut out of its text with nothing changed but what the text lost.

The text came without indentation, without the line of the picture, and with a masked e-mail address; how a plan is
looked up it leaves to its reader. That is supplied here, by rule, and nothing else.
"""

from __future__ import annotations

import re
from pathlib import Path

# Recipe and language: the line that begins a program, and the line after its last.
_BLOCKS = {
    ("headers", "shell"): ('curl -H "Api-Key: 6e3f3...c2"', "And as a regular user (Mary)"),
    ("user header", "shell"): ('curl -H "User-Api-Key: ', "Api-Key without an"),
    ("exports", "shell"): ("export DISCOURSE_HOST=", "Recipe 1 "),
    ("retry", "python"): ("import time, requests", "The 10 recipes"),
    ("1", "shell"): ("curl -s", "import os, requests"),
    ("1", "python"): ("import os, requests", "Recipe 2 "),
    ("2", "shell"): ("curl -s", "payload = {"),
    ("2", "python"): ("payload = {", "Common 422s"),
    ("3", "shell"): ("curl -s", "post_id = 4837"),
    ("3", "python"): ("post_id = 4837", "Note: edits"),
    ("4", "shell"): ("UPLOAD=$(curl", "import requests"),
    ("4", "python"): ("import requests", "The type=composer hint"),
    ("5", "shell"): ("curl -s", "dm = {"),
    ("5", "python"): ("dm = {", "To message a group"),
    ("6", "shell"): ("curl -s", "payload = {"),
    ("6", "python"): ("payload = {", "Watch out"),
    ("7", "shell"): ("curl -s", "def search_all"),
    ("7", "python"): ("def search_all", "Empty posts array"),
    ("8", "shell"): ("TOPIC=2837", "def fetch_topic_posts"),
    ("8", "python"): ("def fetch_topic_posts", "Recipe 9 "),
    ("9", "node"): ("// receiver.js", "Notes: the signature header"),
    ("10", "shell"): ("curl -s", "from datetime import"),
    ("10", "python"): ("from datetime import", "Available reports include"),
}
# A line ends its block when the one above it returns. Where else a block ends cannot be told from flat text.
_DEPTHS = {
    ("retry", "r.raise_for_status()"): 2,
    ("retry", "return inner"): 1,
    ("retry", "@with_retry"): 0,
    ("2", "r.raise_for_status()"): 0,
    ("4", "short = up["): 0,
    ("6", "else:"): 0,
    ("7", 'hits = search_all("'): 0,
    ("8", "time.sleep(0.2)"): 2,
    ("8", "return [inline"): 1,
    ("8", "posts = fetch_topic_posts"): 0,
}
HOST = "https://forum.example.com"
KEYS = ("6e3f3....c2", "6e3f3...c2")
USER_KEY = "af2e8...91"
MASKED = re.compile(r"\[email\s+protected\]")


class Cookbook:
    """The text, and programs out of it."""

    def __init__(self, path: Path) -> None:
        self.lines = path.read_text("utf-8").splitlines()

    def block(self, recipe: str, language: str) -> str:
        """A program as it is printed, with what the text lost. Raises LookupError where the text has no such place."""
        begins, ends = _BLOCKS[recipe, language]
        start = self._find(begins, after=self._heading(recipe))
        block = "\n".join(self.lines[start : self._find(ends, after=start + 1)])
        block = MASKED.sub("mary_e@example.org", block)
        if recipe == "4":
            short = "$SHORT" if language == "shell" else "{short}"
            block = block.replace(r"screenshot:\n\n", rf"screenshot:\n\n![screenshot]({short})")
        return indented(recipe, block) if language == "python" else block

    def _heading(self, recipe: str) -> int:
        return self._find(f"Recipe {recipe} ", after=0) if recipe.isdigit() else 0

    def _find(self, begins: str, *, after: int) -> int:
        for number, line in enumerate(self.lines[after:], start=after):
            if line.startswith(begins):
                return number
        raise LookupError(f"no line begins with {begins!r}")


def indented(recipe: str, flat: str) -> str:
    """Python with its blocks again. What it answers is a program: `compile` is asked."""
    depth, opened, returned, lines = 0, 0, False, []
    for line in flat.splitlines():
        if not opened:
            depth = next(
                (known for (of, begins), known in _DEPTHS.items() if of == recipe and line.startswith(begins)),
                depth - returned,
            )
        lines.append("    " * (depth + bool(opened)) + line)
        opened += sum(map(line.count, "([{")) - sum(map(line.count, ")]}"))
        if not opened:
            code = line.split("  #")[0].rstrip()
            returned = code.startswith("return")
            depth += code.endswith(":")
    source = "\n".join(lines)
    compile(source, f"recipe {recipe}", "exec")
    return source


def with_exports(cookbook: Cookbook, *, url: str, key: str) -> str:
    """The lines that a reader runs once, with a host and a key of their own."""
    lines = cookbook.block("exports", "shell")
    assert HOST in lines and KEYS[0] in lines
    return lines.replace(HOST, url).replace(KEYS[0], key)
