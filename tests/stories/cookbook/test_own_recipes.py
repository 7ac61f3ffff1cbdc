"""Our own cookbook: every program of the page does what the page says, in each of its languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.cookbook.outcomes import OUTCOMES, Facts
from tests.stories.cookbook.own import own_blocks
from tests.stories.cookbook.running import Ran, run_python, run_shell
from tests.stories.cookbook.servers import Place, Server, fresh_place, serving
from tests.stories.cookbook.test_printed_recipes import Kitchen

RECIPES = list(OUTCOMES)
FACTS = Facts(
    title="What changes with the March release",
    tags=("release", "march"),
    edit="The fourth step is `tertulia migrate`, with one t.",
    reason="one letter too many",
    picture_title="The button is red here",
    message_title="Who is there on Friday?",
    account="wanda",
    query="429 rate limit category:api",
)


@pytest.fixture(scope="module", params=["shell", "python"])
def kitchen(
    request: pytest.FixtureRequest, engine: str, golden_demo: Place, screenshot: bytes,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Kitchen]:  # fmt: skip
    folder = tmp_path_factory.mktemp("own")
    (folder / "screenshot.png").write_bytes(screenshot)
    if request.param == "shell":
        request.getfixturevalue("shell")
    cook = _cook_shell if request.param == "shell" else _cook_python
    with fresh_place(engine, golden=golden_demo, folder=folder) as place, serving(place) as server:
        yield Kitchen(server, cook(server, folder))


def variables(server: Server) -> dict[str, str]:
    """What the page asks its reader to export."""
    return {"URL": server.url, "KEY": server.key, "WHO": "system"}


def _cook_shell(server: Server, folder: Path) -> dict[str, Ran]:
    blocks = own_blocks("bash")
    [setup] = blocks["setup"]
    return {
        recipe: run_shell(f"{setup}\n{blocks[recipe][0]}", folder=folder, variables=variables(server))
        for recipe in RECIPES
    }


def _cook_python(server: Server, folder: Path) -> dict[str, Ran]:
    blocks = own_blocks("python")
    return run_python(
        {recipe: blocks[recipe][0] for recipe in ("setup", *RECIPES)}, folder=folder, variables=variables(server)
    )


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_does_what_it_says(kitchen: Kitchen, recipe: str) -> None:
    OUTCOMES[recipe](kitchen.server, FACTS, kitchen.ran[recipe].ok())


def test_every_recipe_is_there_in_every_language() -> None:
    for language in ("bash", "python"):
        found = own_blocks(language)
        assert [recipe for recipe in found if recipe != "setup"] == [str(number) for number in range(1, 11)]
        assert all(len(blocks) == 1 for blocks in found.values()), language
    assert [len(blocks) for blocks in own_blocks("js").values()] == [0] * 9 + [1, 0]
