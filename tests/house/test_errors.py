"""Every way to fail: somebody raises it, every dialect has words for it, it is documented, and a test provokes it."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tertulia.dialects.discourse import errors as discourse_errors
from tertulia.dialects.discourse import sentences as discourse
from tertulia.dialects.nodebb import errors as nodebb_errors
from tertulia.dialects.nodebb import sentences as nodebb
from tertulia.model import errors
from tertulia.model.errors import CATALOGUE, ForumError, Kind
from tertulia.pages import errors as page_errors
from tertulia.pages import sentences as pages
from tests.house.sources import ROOT, SOURCE, modules, named, tree

NAMES = {kind: name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, ForumError)}
# Where every failure is named because it is answered, not because it happens.
ANSWERING = {SOURCE / "model/errors.py", *SOURCE.glob("dialects/*/errors.py"), SOURCE / "pages/errors.py"}
# Kinds that a dialect answers in one sentence, whatever the code.
GENERAL = {
    "discourse": {Kind.MISSING, Kind.CREDENTIAL, Kind.MALFORMED},
    "nodebb": {Kind.CREDENTIAL},
    "pages": set(Kind),
}
WORDS = {"discourse": discourse.SENTENCES, "nodebb": nodebb.SENTENCES, "pages": pages.SENTENCES}


@cache
def raised() -> set[str]:
    """The names of failures that are made somewhere."""
    return {
        node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        for path in modules()
        if path not in ANSWERING
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
    }


@cache
def spelled_in_tests() -> set[str]:
    """Every word that may be a code or the name of a failure in a test."""
    found: set[str] = set()
    for path in (ROOT / "tests").rglob("*.py"):
        if "house" not in path.parts:
            text = path.read_text("utf-8")
            found |= set(re.findall(r"\w+", text)) | set(re.findall(r"[\"']([a-z_.]+)[\"']", text))
    return found


def test_every_failure_in_the_catalogue_happens_somewhere() -> None:
    silent = [code for code, kind in CATALOGUE.items() if NAMES[kind] not in raised()]
    assert not silent, f"nothing raises these; take them out of model/errors.py and the sentences: {silent}"


def test_every_failure_is_provoked_by_a_test() -> None:
    missed = [code for code, kind in CATALOGUE.items() if not {code, NAMES[kind]} & spelled_in_tests()]
    assert not missed, f"provoke these in tests/dialects/test_refusals.py: {missed}"


@pytest.mark.parametrize("dialect", WORDS)
def test_every_failure_has_words_in_every_dialect(dialect: str) -> None:
    silent = [
        code for code, kind in CATALOGUE.items() if code not in WORDS[dialect] and kind.kind not in GENERAL[dialect]
    ]
    assert not silent, f"add sentences to {dialect}/sentences.py for: {silent}"


@pytest.mark.parametrize("dialect", WORDS)
def test_no_dialect_has_words_for_what_cannot_happen(dialect: str) -> None:
    unknown = set(WORDS[dialect]) - set(CATALOGUE)
    assert not unknown, f"take these out of {dialect}/sentences.py: {sorted(unknown)}"


@pytest.mark.parametrize("dialect", WORDS)
def test_a_sentence_asks_only_for_facts_that_the_failure_carries(dialect: str) -> None:
    wrong = {
        code: sorted(asked)
        for code, words in WORDS[dialect].items()
        if code in CATALOGUE and (asked := set(re.findall(r"\{(\w+)\}", words)) - set(CATALOGUE[code].names))
    }
    assert not wrong, f"these would stay empty: {wrong}"


@pytest.mark.parametrize("code", CATALOGUE)
def test_a_failure_is_said_in_words(code: str) -> None:
    error = CATALOGUE[code](**dict.fromkeys(CATALOGUE[code].names, "7"))
    for sentence in (discourse.sentence, nodebb.sentence, pages.sentence):
        said = sentence(error)
        assert said and "{" not in said, f"{code}: {said!r}"


def test_every_kind_of_failure_has_a_status_in_every_dialect() -> None:
    for statuses in (discourse_errors.STATUS, nodebb_errors.STATUS, page_errors.STATUS):
        assert set(statuses) == set(Kind)


def test_every_failure_is_documented() -> None:
    page = (ROOT / "docs/reference/errors.md").read_text("utf-8")
    missing = [code for code in CATALOGUE if f"| `{code}` |" not in page]
    assert not missing, f"run: python docs/generate.py --write, for {missing}"


def test_nobody_spells_a_code_that_is_not_in_the_catalogue() -> None:
    prefixes = {code.partition(".")[0] for code in CATALOGUE if "." in code}
    spelled = {
        f"{named(path)}: {node.value}"
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Compare)
        for side in (node.left, *node.comparators)
        for node in ast.walk(side)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(rf"({'|'.join(prefixes)})\.[a-z_]+_[a-z_]+", node.value)
        and node.value not in CATALOGUE
    }
    assert not spelled, f"these codes are compared with and never raised: {sorted(spelled)}"
