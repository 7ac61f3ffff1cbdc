"""Texts: nothing left for later, nothing that only makes sense where it was written, no dead links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from tests.house.sources import ROOT, SOURCE, named, texts

# Spelled in pieces, so that this file passes its own test.
POSTPONED = re.compile("|".join((r"type:\s*ig" + "nore", "no" + "qa", r"\bTO" + r"DO\b", r"\bFIX" + r"ME\b")))
UNFINISHED = "NotImplemented" + "Error"
ELSEWHERE = re.compile(
    "|".join(
        (
            r"(?<![\w.])/wo" + r"rk/",
            r"/ro" + r"ot/\.",
            r"/o" + r"pt/(?:pypi|wheels)",
            r"\biss" + r"ue #?\d+",
            r"\bpy" + r"pi\.(?:org|python\.org)",
            r"python" + r"hosted\.org",
            r"npm" + r"js\.(?:org|com)",
            r"\bdeb\.deb" + r"ian\.org",
            r"crates" + r"\.io",
            r"proxy\.go" + r"lang\.org",
        )
    ),
    re.IGNORECASE,
)
BESIDE = "../sha" + "red"
LINK = re.compile(r"(?<!\!)\[[^\]\n]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)|!\[[^\]\n]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(`{3,}|~{3,}).*?^\1", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)


def lines_matching(pattern: re.Pattern[str], path: Path, text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), start=1):
        if found := pattern.search(line):
            yield f"{named(path)}:{number}: {found.group()}"


def test_the_source_holds_no_silenced_checks_and_nothing_left_for_later() -> None:
    pattern = re.compile(f"{POSTPONED.pattern}|{UNFINISHED}")
    found = [
        hit
        for path, text in texts()
        if path.is_relative_to(SOURCE) and path.suffix in {".py", ".js", ".css", ".html"}
        for hit in lines_matching(pattern, path, text)
    ]
    assert not found, "do it now, or leave it out and say so in the ledger:\n" + "\n".join(found)


def test_no_text_depends_on_where_it_was_written() -> None:
    found = [hit for path, text in texts() for hit in lines_matching(ELSEWHERE, path, text)]
    assert not found, "a reader elsewhere cannot follow these; say what is meant:\n" + "\n".join(found)


def test_only_the_ci_script_knows_what_lies_beside_the_clone() -> None:
    found = [named(path) for path, text in texts() if BESIDE in text and path != ROOT / ".ci" / "run"]
    assert not found, f"read the environment variable TERTULIA_CORPUS instead: {found}"


def test_every_link_in_the_documentation_leads_somewhere() -> None:
    pages = {path: text for path, text in texts() if path.suffix == ".md"}
    dead = [
        f"{named(path)}: {target}"
        for path, text in pages.items()
        for target in links(text)
        if not leads_somewhere(path, target)
    ]
    assert not dead, "correct or remove these links:\n" + "\n".join(dead)


def links(text: str) -> Iterator[str]:
    for found in LINK.finditer(FENCE.sub("", text)):
        target = found.group(1) or found.group(2)
        if not re.match(r"[a-z][a-z0-9+.-]*:", target, re.IGNORECASE):
            yield target


def leads_somewhere(page: Path, target: str) -> bool:
    name, _, anchor = unquote(target).partition("#")
    path = (page.parent / name).resolve() if name else page
    if not path.exists() or not path.is_relative_to(ROOT):
        return False
    return not anchor or path.suffix != ".md" or anchor in anchors(path.read_text(encoding="utf-8"))


def anchors(text: str) -> set[str]:
    """The fragment of each heading, as code hosts make it: lower case, no punctuation, hyphens."""
    headings = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(FENCE.sub("", text)))
    return {heading.replace(" ", "-") for heading in headings}
