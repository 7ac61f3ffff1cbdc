"""The fields of a category as they are stored: cleaned, checked and cooked before anything is written.

What depends on other categories is checked in `placing.py`, inside the transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import UNSET

from tertulia.forum.categories import names
from tertulia.forum.categories.placing import MAXIMUM_POSITION
from tertulia.forum.characters import remove_invisible
from tertulia.forum.cooking import CookContext, cook
from tertulia.model.categories import SaveCategory
from tertulia.model.errors import ForumError, Refusals

_MAXIMUM_DESCRIPTION = 10_000
_MAXIMUM_TEMPLATE = 50_000
_MAXIMUM_SHORT = 1_000


def prepare_fields(command: SaveCategory) -> dict[str, Any]:
    """Gives the columns that the command sets. Texts without a rule of their own are cut at generous lengths.

    Raises the one rule that is broken, or Refusals with all of them."""
    fields: dict[str, Any] = {}
    problems: list[ForumError] = []
    if command.name is not UNSET:
        name = names.clean_category_name(command.name)
        problems.extend(names.check_category_name(name))
        fields |= {"name": name, "name_key": names.category_key(name)}
    if command.slug is not UNSET:
        _take(fields, problems, "slug", text=command.slug, check=_check_slug)
    for field in ("color", "text_color"):
        colour = getattr(command, field)
        if colour is not UNSET:
            _take(fields, problems, field, text=colour, check=names.check_colour)
    if problems:
        raise problems[0] if len(problems) == 1 else Refusals(tuple(problems))
    return fields | _texts(command) | _numbers(command)


def _take(
    fields: dict[str, Any],
    problems: list[ForumError],
    name: str,
    *,
    text: str,
    check: Callable[[str], str],
) -> None:
    try:
        fields[name] = check(text)
    except ForumError as problem:
        problems.append(problem)


def _check_slug(slug: str) -> str:
    """An empty slug asks for one made of the name."""
    return names.check_category_slug(slug) if slug.strip() else ""


def _texts(command: SaveCategory) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if command.description is not UNSET:
        text = remove_invisible(command.description[:_MAXIMUM_DESCRIPTION])
        fields |= {"description": text, "description_html": cook(text, context=CookContext()).html}
    if command.topic_template is not UNSET:
        fields["topic_template"] = remove_invisible(command.topic_template[:_MAXIMUM_TEMPLATE])
    for name in ("icon", "style", "background_image", "link"):
        value = getattr(command, name)
        if value is not UNSET:
            fields[name] = remove_invisible(value[:_MAXIMUM_SHORT]).strip()
    for name in ("background_image", "link"):
        # They become addresses in pages: nothing that a browser would run.
        if fields.get(name) and not fields[name].startswith(("https://", "http://", "/")):
            fields[name] = ""
    return fields


def _numbers(command: SaveCategory) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, most in (("parent_id", 2**62), ("position", MAXIMUM_POSITION), ("minimum_required_tags", 100)):
        value = getattr(command, name)
        if value is not UNSET:
            fields[name] = max(0, min(value, most))
    for name in ("allow_badges", "disabled"):
        if getattr(command, name) is not UNSET:
            fields[name] = bool(getattr(command, name))
    return fields
