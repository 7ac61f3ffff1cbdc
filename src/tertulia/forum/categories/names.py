"""Names, slugs and colours of categories: which are accepted.

Pure rules; whether a name is taken under a parent is a question to the store, asked with `category_key`.
Read next: `forum/slugs.py`.
"""

from __future__ import annotations

import re

from tertulia.forum.characters import fold, remove_invisible
from tertulia.forum.slugs import MAXIMUM_SLUG, slugify
from tertulia.model import errors
from tertulia.model.errors import ForumError

MAXIMUM_NAME = 50
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_COLOUR = re.compile(r"#?([0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})")


def clean_category_name(name: str) -> str:
    """Gives the name on one line, stripped, with single spaces and nothing that cannot be seen."""
    return " ".join(remove_invisible(name).split())


def category_key(name: str) -> str:
    """Gives the form in which two names are the same: case, width and spaces do not matter."""
    return " ".join(fold(clean_category_name(name)).split())


def check_category_name(name: str, *, maximum: int = MAXIMUM_NAME) -> tuple[ForumError, ...]:
    """Says whether a cleaned name breaks a rule: CategoryNameBlank, CategoryNameTooLong."""
    if not name.strip():
        return (errors.CategoryNameBlank(),)
    if len(name) > maximum:
        return (errors.CategoryNameTooLong(maximum=maximum),)
    return ()


def category_slug(name: str) -> str:
    """Makes the slug of a category from its name; empty when there is nothing to make it of.

    An address then carries the id alone, as upstream's does with `-`.
    """
    return slugify(name, fallback="")


def check_category_slug(slug: str) -> str:
    """Gives the slug that was asked for, in lower case: ASCII words joined by single dashes.

    Digits alone would look like an id. Raises CategorySlugInvalid.
    """
    wanted = slug.strip().lower()
    if len(wanted) > MAXIMUM_SLUG or not _SLUG.fullmatch(wanted) or wanted.isdigit():
        raise errors.CategorySlugInvalid()
    return wanted


def check_colour(colour: str) -> str:
    """Gives a colour of six or three hexadecimal digits without its leading `#`,.

    Raises CategoryColourInvalid: whatever passes may stand in a style sheet.
    """
    found = _COLOUR.fullmatch(colour.strip())
    if found is None:
        raise errors.CategoryColourInvalid()
    return found[1]
