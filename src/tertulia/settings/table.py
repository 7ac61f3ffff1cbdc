"""The table of settings, derived from the fields of `ProcessSettings` and `SiteSettings` at first use.

Nothing is declared here. Read next: `process.py`, `site.py` for the rows; `values.py` for what a row accepts.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal, get_args, get_origin

import msgspec

from tertulia.settings.knob import Form, Knob, Network, Scope, Setting
from tertulia.settings.process import ProcessSettings
from tertulia.settings.site import SiteSettings

PREFIX = "TERTULIA_"
MOST_NUMBER = 2_000_000_000
MOST_CHARACTERS = 10_000
_FORMS: dict[object, Form] = {
    int: Form.INTEGER,
    float: Form.FLOAT,
    bool: Form.BOOLEAN,
    str: Form.TEXT,
    Path: Form.PATH,
    tuple[str, ...]: Form.LIST,
    tuple[Network, ...]: Form.NETWORKS,
}
# Two settings of which the first may not exceed the second: together they would accept nothing.
PAIRS = (
    ("min_topic_title_length", "max_topic_title_length"),
    ("min_personal_message_title_length", "max_topic_title_length"),
    ("min_first_post_length", "max_post_length"),
    ("min_post_length", "max_post_length"),
    ("min_personal_message_post_length", "max_post_length"),
    ("min_username_length", "max_username_length"),
)


@functools.cache
def settings_table() -> Mapping[str, Setting]:
    """Every setting by name: process settings first, each scope in the order of its declaration."""
    rows = (*rows_of(ProcessSettings, scope="process"), *rows_of(SiteSettings, scope="site"))
    return MappingProxyType({row.name: row for row in rows})


def rows_of(struct: type[msgspec.Struct], *, scope: Scope) -> tuple[Setting, ...]:
    """The rows that a struct declares. Raises TypeError for a field without a Knob or of an unknown type."""
    categories = {
        name: str(vars(base)["category"])
        for base in struct.__mro__
        if "category" in vars(base)
        for name in vars(base).get("__annotations__", {})
    }
    return tuple(_row(field, scope, categories[field.name]) for field in msgspec.structs.fields(struct))


def _row(field: msgspec.structs.FieldInfo, scope: Scope, category: str) -> Setting:
    kind, *notes = get_args(field.type) if get_origin(field.type) is Annotated else (field.type,)
    knob = next((note for note in notes if isinstance(note, Knob)), None)
    if knob is None:
        raise TypeError(f"setting {field.name} has no Knob")
    choices: tuple[str, ...] = get_args(kind) if get_origin(kind) is Literal else ()
    form = knob.form or (Form.CHOICE if choices else _FORMS.get(kind))
    if form is None:
        raise TypeError(f"setting {field.name} has a type that no form reads: {kind}")
    most = MOST_NUMBER if form in (Form.INTEGER, Form.FLOAT) else MOST_CHARACTERS
    return Setting(
        name=field.name,
        form=form,
        default=field.default,
        scope=scope,
        category=category,
        sentence=knob.sentence,
        minimum=0 if knob.least is None else knob.least,
        maximum=most if knob.most is None else knob.most,
        choices=choices,
        schemes=knob.schemes,
        environment=(PREFIX + field.name.upper(), *knob.environment),
        secret=knob.secret,
    )
