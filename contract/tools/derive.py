"""Derives the data of `contract/` from the upstream documents.

`TERTULIA_CORPUS=DIR python contract/tools/derive.py`; DIR holds `contract/discourse.openapi.json`,
`contract/discourse-routes.csv` and `contract/nodebb-*.json`.
`--check` writes nothing and fails when a file differs. Relaxations and the ledger are not derived here.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from contract.tools import discourse_source, nodebb_source, toml_lines

CONTRACT = Path(__file__).resolve().parents[1]
COMMENT = """{what}
Derived by contract/tools/derive.py; do not edit. One operation a line, in the order of the source.
parameters: name:type, * = required, ? in front = query (otherwise body, or the source does not say)."""


def _lines(records: Mapping[str, Any]) -> str:
    """Returns JSON with one entry of the outermost object a line."""
    entries = (f"{json.dumps(key)}: {json.dumps(entry, separators=(',', ':'))}" for key, entry in records.items())
    return "{\n" + ",\n".join(entries) + "\n}\n"


def _nested(records: Mapping[str, Mapping[str, Any]]) -> str:
    return (
        "{\n" + ",\n".join(f"{json.dumps(key)}: {_lines(entry).rstrip()}" for key, entry in records.items()) + "\n}\n"
    )


def _table(records: list[dict[str, toml_lines.Value]], *, what: str) -> str:
    return toml_lines.table(name="operations", records=records, comment=COMMENT.format(what=what))


def files(corpus: Path) -> dict[str, str]:
    """Returns every derived file's text by its path below `contract/`."""
    write = nodebb_source.described(corpus, name="nodebb-write.openapi.json", base="/api/v3")
    read = nodebb_source.described(corpus, name="nodebb-read.openapi.json", base="")
    found = {
        "discourse/operations.toml": _table(discourse_source.operations(corpus), what="Discourse: every operation."),
        "discourse/shapes.json": _lines(discourse_source.shapes(corpus)),
        "nodebb/v3.toml": _table(write, what="NodeBB write API v3: every operation."),
        "nodebb/read.toml": _table(read, what="NodeBB read API: every operation."),
        "nodebb/shapes.json": _nested(nodebb_source.shapes(corpus)),
    }
    for version in nodebb_source.PLUGIN_VERSIONS:
        routes = nodebb_source.plugin(corpus, version=version)
        found[f"nodebb/v{version}.toml"] = _table(routes, what=f"NodeBB write-API plugin v{version}: every route.")
    return found


def main(arguments: list[str]) -> int:
    """Writes or checks the derived files; returns the exit code."""
    given = os.environ.get("TERTULIA_CORPUS")
    if not given:
        print("set TERTULIA_CORPUS to the folder that holds contract/discourse.openapi.json", file=sys.stderr)
        return 2
    different = []
    for name, text in files(Path(given) / "contract").items():
        target = CONTRACT / name
        if target.exists() and target.read_text("utf-8") == text:
            continue
        different.append(name)
        if "--check" not in arguments:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")
    print("\n".join(different) if different else "nothing changed")
    return 1 if different and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
