"""Categories: names from `--categories`, or "Category 10" where nothing is known."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from tertulia.forum.cooking import sanitize
from tertulia.forum.loading.places import blank_category
from tertulia.forum.slugs import slugify
from tertulia.importers.discourse_archive.cleaning import clean_line
from tertulia.importers.discourse_archive.files import ArchiveProblem
from tertulia.model.categories import Category

_COLOUR = re.compile(r"[0-9A-Fa-f]{6}\Z")
_TAG = re.compile(r"<[^<>]{0,500}>")
_LARGEST_FILE = 64 * 1024 * 1024


class Described(msgspec.Struct):
    """A category as `/site.json` and `/categories.json` describe it."""

    id: int
    name: str
    slug: str | None = None
    color: str | None = None
    text_color: str | None = None
    description: str | None = None
    parent_category_id: int | None = None
    position: int | None = None
    read_restricted: bool | None = False
    subcategory_list: list[Described] | None = None


def read_categories(path: Path | None) -> dict[int, Described]:
    """What the file says, by id: `{"10": "Support"}`, or an answer of `/site.json` or `/categories.json`.

    Raises ArchiveProblem."""
    if path is None:
        return {}
    try:
        with path.open("rb") as file:
            document: Any = msgspec.json.decode(file.read(_LARGEST_FILE))
        return {each.id: each for each in _described(document)}
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise ArchiveProblem(f"the categories in {path} cannot be read: {error}") from error


def _described(document: Any) -> list[Described]:
    if isinstance(document, dict) and isinstance(document.get("category_list"), dict):
        document = document["category_list"]
    if isinstance(document, dict) and isinstance(document.get("categories"), list):
        document = document["categories"]
    if isinstance(document, list):
        top = msgspec.convert(document, list[Described])
        return [*top, *(child for each in top for child in each.subcategory_list or ())]
    names = msgspec.convert(document, dict[str, str])
    return [Described(id=int(number), name=name) for number, name in names.items()]


def choose_categories(
    ids: Collection[int], described: Mapping[int, Described], *, offset: int, created_at: int
) -> list[Category]:
    """The categories that topics use, and their parents; ids are the archive's, `offset` is added to them."""
    wanted = set(ids)
    for category_id in ids:
        wanted.update(_ancestors(category_id, described))
    ordered = sorted(wanted, key=lambda number: (_position(described.get(number)), number))
    return [
        _category(
            described.get(number) or Described(id=number, name=""),
            position=place,
            offset=offset,
            created_at=created_at,
            parents=_ancestors(number, described),
        )
        for place, number in enumerate(ordered)
    ]


def _ancestors(category_id: int, described: Mapping[int, Described]) -> list[int]:
    """The parent, its parent and so on; nothing where the chain leads back to where it began."""
    chain: list[int] = []
    at: int | None = category_id
    while at is not None and at in described:
        at = described[at].parent_category_id
        if at == category_id or at in chain or len(chain) > 5:
            return []
        if at is not None and at in described:
            chain.append(at)
    return chain


def _position(described: Described | None) -> int:
    return 1_000_000 if described is None or described.position is None else described.position


def _category(told: Described, *, position: int, offset: int, created_at: int, parents: Sequence[int]) -> Category:
    name = clean_line(told.name, longest=50) or f"Category {told.id}"
    slug = slugify(told.slug or name, fallback=f"category-{told.id}")
    blank = blank_category(told.id + offset, name=name, slug=slug, created_at=created_at)
    return msgspec.structs.replace(
        blank,
        position=position + 2,
        parent_id=parents[0] + offset if parents else 0,
        color=told.color.upper() if told.color and _COLOUR.match(told.color) else blank.color,
        text_color=told.text_color.upper() if told.text_color and _COLOUR.match(told.text_color) else "FFFFFF",
        description_html=sanitize(told.description or ""),
        description=clean_line(_TAG.sub("", told.description or ""), longest=1000),
        restricted=bool(told.read_restricted),
    )


def with_free_names(categories: list[Category], *, taken: Mapping[str, int]) -> tuple[list[Category], list[str]]:
    """The categories with names and slugs that nobody has, and a sentence for each that had to change.

    `taken` maps keys of names, and slugs, to the category that has them."""
    used = {key for key, owner in taken.items() if all(owner != category.id for category in categories)}
    free: list[Category] = []
    said: list[str] = []
    for category in categories:
        changed, number = category, 1
        while {changed.name_key, changed.slug_key} & used:
            number += 1
            name, slug = f"{category.name[:44]} {number}", f"{category.slug[:240]}-{number}"
            changed = msgspec.structs.replace(
                category, name=name, name_key=name.casefold(), slug=slug, slug_key=slug.lower()
            )
        used |= {changed.name_key, changed.slug_key}
        free.append(changed)
        if changed is not category:
            said.append(f"The category {category.name} is called {changed.name}, because the name was taken.")
    return free, said
