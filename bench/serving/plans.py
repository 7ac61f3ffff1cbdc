"""What is sent: steps, and the plan that wrk's script reads them from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

# Stands where each body is made unlike any other.
UNIQUE = "\0"


@dataclass(frozen=True)
class Step:
    """One request. A `body` is JSON, whose texts may hold UNIQUE once."""

    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, object] | None = None

    @property
    def method(self) -> str:
        return "GET" if self.body is None else "POST"

    def parts(self) -> tuple[str, str]:
        """What stands before and behind the unique word of the body."""
        before, _, after = json.dumps(self.body).partition(json.dumps(UNIQUE)[1:-1])
        return before, after


def all_headers(step: Step) -> dict[str, str]:
    return {**step.headers, **({"Content-Type": "application/json"} if step.body is not None else {})}


def write_plan(file: Path, steps: Sequence[Step], *, run: str, start: int) -> None:
    """The plan as a Lua table, begun behind step `start`. `run` begins every unique word; where
    steps write every answer is looked at."""
    watched = str(any(step.body is not None for step in steps)).lower()
    lines = [f"return {{ run = {_quoted(run)}, watched = {watched}, start = {start}, steps = {{"]
    for step in steps:
        headers = ", ".join(f"[{_quoted(name)}] = {_quoted(value)}" for name, value in all_headers(step).items())
        fields = f"method = {_quoted(step.method)}, path = {_quoted(step.path)}, headers = {{ {headers} }}"
        if step.body is not None:
            before, after = step.parts()
            fields += f", before = {_quoted(before)}, after = {_quoted(after)}"
        lines.append(f"  {{ {fields} }},")
    file.write_text("\n".join([*lines, "} }", ""]), encoding="ascii")


def _quoted(text: str) -> str:
    """A Lua string: letters, digits and spaces as they are, every other byte by its number."""
    plain = (
        chr(byte) if (chr(byte).isalnum() and byte < 128) or byte == 32 else f"\\{byte:03d}" for byte in text.encode()
    )
    return '"' + "".join(plain) + '"'
