"""A widely copied cookbook of ten recipes, run as it is printed: only host and key are one's own.

What its text lost on the way is supplied in `printed.py`. Shell and Python each get a forum that has seen nothing yet:
within two minutes the second would only meet the stored answer of the first.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.stories.cookbook.outcomes import OUTCOMES, Facts
from tests.stories.cookbook.printed import HOST, KEYS, USER_KEY, Cookbook, with_exports
from tests.stories.cookbook.running import Ran, run_python, run_shell
from tests.stories.cookbook.servers import Place, Server, fresh_place, serving

RECIPES = list(OUTCOMES)
FACTS = Facts(
    title="Release notes for v3.4",
    tags=("release", "v3-4"),
    edit="Updated body — added migration steps.",
    reason="Fix migration command typo",
    picture_title="Bug repro",
    message_title="Action required: confirm your email",
    account="mary_e",
    query="429 rate limit category:api",
)


@dataclass(frozen=True)
class Kitchen:
    """A forum on which every recipe of one language was tried once, and what came of it."""

    server: Server
    ran: dict[str, Ran]


@pytest.fixture(scope="module", params=["shell", "python"])
def kitchen(
    request: pytest.FixtureRequest, engine: str, cookbook: Cookbook, golden_demo: Place, screenshot: bytes,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Kitchen]:  # fmt: skip
    folder = tmp_path_factory.mktemp("kitchen")
    (folder / "screenshot.png").write_bytes(screenshot)
    if request.param == "shell":
        request.getfixturevalue("shell")
    cook = _cook_shell if request.param == "shell" else _cook_python
    with fresh_place(engine, golden=golden_demo, folder=folder) as place, serving(place) as server:
        yield Kitchen(server, cook(cookbook, server, folder))


def _cook_shell(cookbook: Cookbook, server: Server, folder: Path) -> dict[str, Ran]:
    exports = with_exports(cookbook, url=server.url, key=server.key)
    return {
        recipe: run_shell(f"{exports}\n{cookbook.block(recipe, 'shell')}", folder=folder, variables={})
        for recipe in RECIPES
    }


def _cook_python(cookbook: Cookbook, server: Server, folder: Path) -> dict[str, Ran]:
    blocks = {recipe: cookbook.block(recipe, "python") for recipe in ("retry", *RECIPES)}
    variables = {
        "DISCOURSE_HOST": server.url, "DISCOURSE_API_KEY": server.key, "DISCOURSE_API_USER": "system",
    }  # fmt: skip
    return run_python(blocks, folder=folder, variables=variables)


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_does_what_it_says_as_it_is_printed(kitchen: Kitchen, recipe: str) -> None:
    OUTCOMES[recipe](kitchen.server, FACTS, kitchen.ran[recipe].ok())


def test_the_header_examples_are_answered(cookbook: Cookbook, demo: Server, shell: None, tmp_path: Path) -> None:
    as_system = cookbook.block("headers", "shell").replace(KEYS[1], demo.key).replace(HOST, demo.url)
    topics = json.loads(run_shell(as_system, folder=tmp_path, variables={}).ok())["topic_list"]["topics"]
    assert topics
    key = demo.make_key("--user-api", "--username", "mary", "--scopes", "read")
    as_mary = cookbook.block("user header", "shell").replace(USER_KEY, key).replace(HOST, demo.url)
    answer = json.loads(run_shell(as_mary, folder=tmp_path, variables={}).ok())
    mary = demo.read("/u/mary.json")["user"]["id"]
    assert {each["user_id"] for each in answer["notifications"]} == {mary}
