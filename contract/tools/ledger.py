"""Compares the route table with every upstream operation: done, absent (with the reason), or pending.

`--write` writes `contract/ledger.toml` and the README's table, `--check` fails when either differs,
`--summary` prints the table. One entry per method and path: five path variants are five promises.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from contract.tools import templates, toml_lines

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = ROOT / "contract"
LEDGER = CONTRACT / "ledger.toml"
README = ROOT / "README.md"
MARKERS = ("<!-- ledger -->", "<!-- /ledger -->")
STATES = ("done", "absent", "pending")
# section of the ledger -> (title in the summary, dialect of the rows, file of operations)
SECTIONS = {
    "discourse": ("Discourse", "discourse", "discourse/operations.toml"),
    "nodebb-v3": ("NodeBB write API v3", "nodebb", "nodebb/v3.toml"),
    "nodebb-read": ("NodeBB read API", "nodebb", "nodebb/read.toml"),
    "nodebb-v2": ("NodeBB plugin API v2", "nodebb", "nodebb/v2.toml"),
    "nodebb-v1": ("NodeBB plugin API v1", "nodebb", "nodebb/v1.toml"),
}


class Row(Protocol):
    """What the ledger reads of a row of the route table."""

    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def dialect(self) -> str: ...
    @property
    def absent(self) -> str | None: ...
    @property
    def formats(self) -> tuple[str, ...]: ...
    @property
    def suffixes(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Entry:
    """One upstream promise and what became of it; `why` is the reason of an absence."""

    section: str
    method: str
    path: str
    state: str = "pending"
    why: str = ""

    @property
    def key(self) -> str:
        """`METHOD /path`, as the upstream writes it."""
        return f"{self.method} {self.path}"


def promises() -> Iterator[Entry]:
    """Yields every upstream method and path once, in the order of the contract."""
    for section, (_, _, file) in SECTIONS.items():
        seen = set()
        for operation in tomllib.loads((CONTRACT / file).read_text("utf-8"))["operations"]:
            for method in operation.get("methods") or [operation["method"]]:
                for path in operation.get("paths") or [operation["path"]]:
                    if (method, path) not in seen:
                        seen.add((method, path))
                        yield Entry(section=section, method=method, path=path)


def serves(row: Row, *, entry: Entry) -> bool:
    """Tells whether a row is our answer to an upstream promise.

    The method is the promise's (a GET row answers HEAD too), the paths meet (see `templates.meets`), and a
    format that the promise ends in is one that the row declares. Rows of no dialect serve every dialect; a
    page is Discourse's answer only where no format was asked for.
    """
    own = SECTIONS[entry.section][1]
    bare, wanted = templates.cut_format(entry.path)
    page = row.dialect == "pages" and own == "discourse" and not wanted and row.method == "GET"
    if row.dialect not in ("", own) and not page:
        return False
    if row.method != entry.method and (row.method, entry.method) != ("GET", "HEAD"):
        return False
    if templates.meets(entry.path, row=row.path):
        return True
    ours, declared = templates.cut_format(row.path)
    formats = {declared} if declared else {name.lstrip(".") for name in (*row.formats, *row.suffixes)}
    return wanted in formats and templates.meets(bare, row=ours)


def judge(rows: Sequence[Row], *, entries: Iterable[Entry]) -> list[Entry]:
    """Returns the entries with their states. A row that works outweighs an absence for the same path."""
    by_method: dict[str, list[Row]] = {}
    for row in rows:
        by_method.setdefault(row.method, []).append(row)
    judged = []
    for entry in entries:
        near = [
            *by_method.get(entry.method, ()),
            *(by_method.get("GET", ()) if entry.method == "HEAD" else ()),
        ]
        found = [row for row in near if serves(row, entry=entry)]
        reasons = [row.absent for row in found if row.absent is not None]
        if len(reasons) < len(found):
            judged.append(Entry(entry.section, entry.method, entry.path, "done"))
        elif found:
            judged.append(Entry(entry.section, entry.method, entry.path, "absent", reasons[0]))
        else:
            judged.append(Entry(entry.section, entry.method, entry.path))
    return judged


def render(entries: Iterable[Entry]) -> str:
    """Returns the ledger's text: a section per API, a line per method and path."""
    lines = [
        "# What became of every upstream operation: done, pending, or absent with the reason.",
        "# Written by contract/tools/ledger.py --write from the route table; do not edit.",
    ]
    section = ""
    for entry in entries:
        if entry.section != section:
            section = entry.section
            lines += ["", f"[{section}]"]
        state = toml_lines.record({"absent": entry.why}) if entry.state == "absent" else f'"{entry.state}"'
        lines.append(f"{toml_lines.value(entry.key)} = {state}")
    return "\n".join(lines) + "\n"


def read(text: str) -> list[Entry]:
    """Returns the entries of a ledger's text: the reverse of `render`."""
    found = []
    for section, states in tomllib.loads(text).items():
        for key, state in states.items():
            method, _, path = key.partition(" ")
            why = state["absent"] if isinstance(state, dict) else ""
            found.append(Entry(section, method, path, "absent" if isinstance(state, dict) else state, why))
    return found


def summary(entries: Sequence[Entry]) -> str:
    """Returns the counts as a Markdown table: one line per API and a total."""
    lines = ["| API | done | absent | pending |", "|---|---:|---:|---:|"]
    for section, (title, _, _) in SECTIONS.items():
        lines.append(_counted(title, entries=[entry for entry in entries if entry.section == section]))
    return "\n".join([*lines, _counted("all", entries=entries)]) + "\n"


def _counted(title: str, *, entries: Sequence[Entry]) -> str:
    counts = (sum(entry.state == state for entry in entries) for state in STATES)
    return f"| {title} | " + " | ".join(map(str, counts)) + " |"


def insert(text: str, *, table: str) -> str:
    """Returns a README with the table between its markers; raises ValueError when a marker is missing."""
    start, end = MARKERS
    if start not in text or end not in text.partition(start)[2]:
        raise ValueError(f"the README needs the markers {start} and {end}")
    before, _, rest = text.partition(start)
    return f"{before}{start}\n{table}{end}{rest.partition(end)[2]}"


def main(arguments: list[str]) -> int:
    """Writes, checks or prints the ledger; returns the exit code."""
    # Only here: the app imports everything, and the matching above is used without it.
    from tertulia.app import route_table

    entries = judge(route_table().rows, entries=promises())
    table = summary(entries)
    if "--summary" in arguments:
        print(table, end="")
        return 0
    wanted = {LEDGER: render(entries)}
    if README.exists() and MARKERS[0] in README.read_text("utf-8"):
        wanted[README] = insert(README.read_text("utf-8"), table=table)
    different = [file for file, text in wanted.items() if not file.exists() or file.read_text("utf-8") != text]
    for file in different:
        print(file.relative_to(ROOT))
        if "--write" in arguments:
            file.write_text(wanted[file], "utf-8")
    return 1 if different and "--write" not in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
