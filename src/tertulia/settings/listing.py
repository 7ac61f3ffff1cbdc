"""Every setting as people look at it: value, origin, what is allowed; secrets masked.

`tertulia settings` and the administrator's list print these rows. Read next: `reference.py` for the document.
"""

from __future__ import annotations

import msgspec

from tertulia.settings.knob import Setting
from tertulia.settings.loading import Settings
from tertulia.settings.table import settings_table
from tertulia.settings.values import describe_allowed, show_value


class ListedSetting(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the list."""

    setting: Setting
    value: str
    default: str
    origin: str
    allowed: str


def list_settings(settings: Settings) -> tuple[ListedSetting, ...]:
    """Every setting, process settings first, each scope in the order of its declaration."""
    return tuple(
        ListedSetting(
            setting=row,
            value=show_value(
                row.name,
                value=getattr(settings.process if row.scope == "process" else settings.site, row.name),
            ),
            default=show_value(row.name, value=row.default),
            origin=settings.origin_of(row.name),
            allowed=describe_allowed(row),
        )
        for row in settings_table().values()
    )
