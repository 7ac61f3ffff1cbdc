"""How long files, functions and handlers are, how full folders are, how many arguments are asked for."""

from __future__ import annotations

import ast
import statistics
from pathlib import Path

from tests.house import exceptions
from tests.house.sources import SOURCE, Function, functions, holds_code, lines, modules, named

MEDIAN, MOST, GATE, TABLE_GATE = 100, 250, 400, 700
FUNCTION, HANDLER, ARGUMENTS, FOLDER = 60, 12, 6, 25

# Tables grow by one row for each thing that may be asked or may fail.
TABLES = {"routes.py", "errors.py"}
COUNTED_IN_FOLDERS = {".py", ".html", ".css", ".js", ".md", ".sql"}
SPEAKERS = {"dialects", "pages", "feeds", "mcp"}


def files() -> dict[str, int]:
    return {named(path): lines(path) for path in modules() if holds_code(path)}


def over_the_gate() -> dict[str, int]:
    return {
        name: count for name, count in files().items() if count > (TABLE_GATE if Path(name).name in TABLES else GATE)
    }


def long_functions() -> dict[str, int]:
    return {
        f"{named(path)}::{function.name}": count
        for path in modules()
        for function in functions(path)
        if (count := _span(function)) > FUNCTION
    }


def long_handlers() -> dict[str, int]:
    return {
        f"{named(path)}::{function.name}": count
        for path in modules()
        if path.relative_to(SOURCE).parts[0] in SPEAKERS
        for function in functions(path)
        if is_handler(function) and (count := _span(function) - _documentation(function)) > HANDLER
    }


def is_handler(function: Function) -> bool:
    """A handler is an `async def` whose first argument is a `Call`."""
    first = next(iter(function.args.posonlyargs + function.args.args), None)
    if not isinstance(function, ast.AsyncFunctionDef) or first is None or first.annotation is None:
        return False
    return ast.unparse(first.annotation).split("[")[0].strip("'\"").split(".")[-1] == "Call"


def many_arguments() -> dict[str, int]:
    return {
        f"{named(path)}::{function.name}": count
        for path in modules()
        for function in functions(path)
        if not _is_command_line(path, function) and (count := _arguments(function)) > ARGUMENTS
    }


def full_folders() -> dict[str, int]:
    counts: dict[str, int] = {}
    for path in SOURCE.rglob("*"):
        if path.suffix in COUNTED_IN_FOLDERS and "__pycache__" not in path.parts:
            counts[named(path.parent)] = counts.get(named(path.parent), 0) + 1
    return {name: count for name, count in counts.items() if count > FOLDER}


def summary() -> str:
    """One line for the end of a test run."""
    counts = sorted(files().values()) or [0]
    short = sum(count <= MOST for count in counts) / len(counts)
    excused = sum(
        len(table)
        for table in (
            exceptions.FILES,
            exceptions.FUNCTIONS,
            exceptions.HANDLERS,
            exceptions.ARGUMENTS,
            exceptions.FOLDERS,
        )
    )
    return (
        f"{len(counts)} source files, {sum(counts)} lines; median {statistics.median(counts):g} (<= {MEDIAN})"
        f", {short:.0%} within {MOST} (>= 90%), longest {counts[-1]}; exceptions: {excused}"
    )


def _span(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def _documentation(function: Function) -> int:
    first = function.body[0]
    if ast.get_docstring(function) is None:
        return 0
    return (first.end_lineno or first.lineno) - first.lineno + 1


def _arguments(function: Function) -> int:
    asked = function.args.posonlyargs + function.args.args + function.args.kwonlyargs
    return sum(argument.arg not in {"self", "cls", "unit"} for argument in asked)


def _is_command_line(path: Path, function: Function) -> bool:
    """A command takes as many options as its users were promised."""
    return path.relative_to(SOURCE).parts[0] == "cli" and any(
        ast.unparse(decorator).split("(")[0].endswith((".command", ".callback"))
        for decorator in function.decorator_list
    )
