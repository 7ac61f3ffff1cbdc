"""Names: files that say what they hold, a core that knows no dialect, packages that are packages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.sources import ROOT, SOURCE, docstrings, modules, named, tree

NAMELESS = {"util", "utils", "helper", "helpers", "common", "core", "misc"}
CORE = ("model", "store", "backends", "forum", "effects")
DIALECT_WORDS = {"discourse", "nodebb", "tid", "cid", "pid", "uid"}
WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")


def test_no_file_or_folder_is_called_by_a_word_that_says_nothing() -> None:
    nameless = [
        named(path)
        for top in ("src", "tests")
        for path in (ROOT / top).rglob("*")
        if path.stem.removeprefix("test_") in NAMELESS
    ]
    assert not nameless, f"name the thing they hold, or find it its home: {nameless}"


def test_every_folder_with_modules_is_a_package() -> None:
    # import-linter does not see what lies outside packages, so it would be unchecked.
    bare = sorted({named(path.parent) for path in modules() if not (path.parent / "__init__.py").is_file()})
    assert not bare, f"add an __init__.py to {bare}"


def test_every_module_says_what_lives_in_it_in_at_most_five_lines() -> None:
    wrong = []
    for path in modules():
        if not tree(path).body:
            continue
        documentation = ast.get_docstring(tree(path))
        if documentation is None:
            wrong.append(f"{named(path)}: no docstring")
        elif len(documentation.splitlines()) > 5:
            wrong.append(f"{named(path)}: {len(documentation.splitlines())} lines")
    assert not wrong, "say what lives here, what does not, what to read next:\n" + "\n".join(wrong)


def test_the_core_speaks_no_dialect() -> None:
    found = [
        f"{named(path)}:{line}: {said!r}"
        for path in modules()
        if path.relative_to(SOURCE).parts[0].removesuffix(".py") in CORE
        for line, said in spoken(path)
        if DIALECT_WORDS & words(said)
    ]
    assert not found, "say it in the field's own terms, or move it to the dialect:\n" + "\n".join(found)


def test_words_are_found_inside_names_and_not_inside_other_words() -> None:
    assert words("NodeBBPost discourse_key topic-tid isUid") >= {"discourse", "tid", "uid"}
    assert not DIALECT_WORDS & words("fluid uuid getpid accident placid")


def words(said: str) -> set[str]:
    """The words of a name or sentence, in lower case: split at anything but letters, and at camel humps."""
    plain = said.replace("NodeBB", "Nodebb")
    return {word.lower() for word in WORDS.findall(plain)}


def spoken(path: Path) -> Iterator[tuple[int, str]]:
    """Every identifier and string literal of the file, documentation excluded, with its line."""
    yield 0, path.stem
    documentation = docstrings(path)
    for node in ast.walk(tree(path)):
        line = getattr(node, "lineno", 0)
        match node:
            case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                yield line, name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield line, name
            case ast.keyword(arg=str(name)):
                yield line, name
            case ast.Constant(value=str(text)) if node not in documentation:
                yield line, text
            case _:
                pass
