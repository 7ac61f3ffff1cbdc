"""Site settings: in force (kept per process under the version of settings), listed for admins, changed.

What a value may be is decided in `tertulia.settings`; where else a setting can come from too.
"""

from __future__ import annotations

from tertulia.forum.permissions import allow
from tertulia.forum.staff_actions import log_staff_action
from tertulia.forum.unit import Unit
from tertulia.forum.versions import read_versions
from tertulia.model.errors import SettingInvalid
from tertulia.model.events import SettingChanged
from tertulia.model.sites import SettingView
from tertulia.settings import (
    Settings,
    format_value,
    parse_value,
    settings_table,
    show_value,
    with_database,
)
from tertulia.settings import list_settings as list_every_setting
from tertulia.store.settings import delete_setting, list_settings, save_setting
from tertulia.store.versions import SETTINGS, bump_version


async def load_settings(unit: Unit) -> Settings:
    """Every setting in force. A change counts in every process from its commit on."""
    version = (await read_versions(unit)).get(SETTINGS, 0)
    known: tuple[int, Settings] | None = unit.ports.memory.get(SETTINGS)
    if known is not None and known[0] == version:
        return known[1]
    fresh = with_database(unit.ports.loaded, rows=await list_settings(unit.tx))
    if not unit.writes:  # what is not committed yet must not be kept
        unit.ports.memory[SETTINGS] = (version, fresh)
    return fresh


async def list_site_settings(unit: Unit) -> tuple[SettingView, ...]:
    """Every site setting in the order of its declaration; secrets masked. Raises NotAllowed."""
    allow(unit, "setting.change")
    return tuple(
        SettingView(
            name=row.setting.name,
            value=row.value,
            default=row.default,
            type=row.setting.form.value,
            category=row.setting.category,
            sentence=row.setting.sentence,
            choices=row.setting.choices,
            minimum=row.setting.minimum,
            maximum=row.setting.maximum,
            secret=row.setting.secret,
            origin=row.origin,
        )
        for row in list_every_setting(await load_settings(unit))
        if row.setting.scope == "site"
    )


async def change_setting(unit: Unit, name: str, text: str) -> None:
    """Gives a site setting the value that `text` means, for every process from the commit on.

    Raises NotAllowed, SettingUnknown, and SettingInvalid for values that are not allowed and for settings that
    the environment, a flag or the file fixes: the database would not be asked."""
    allow(unit, "setting.change")
    await unit.write()
    settings = await load_settings(unit)
    value = parse_value(name, text=text, site=settings.site)
    if settings.is_fixed(name):
        raise SettingInvalid(name=name, allowed=f"what is fixed by {settings.origin_of(name)}")
    before = getattr(settings.site, name)
    if value == before:
        return
    if value == settings_table()[name].default:
        await delete_setting(unit.tx, name)
    else:
        await save_setting(unit.tx, name, value=format_value(name, value=value), now=unit.now)
    await bump_version(unit.tx, SETTINGS)
    shown = show_value(name, value=before), show_value(name, value=value)
    unit.tell(SettingChanged(name=name, before=shown[0], after=shown[1]))
    await log_staff_action(unit, "change_site_setting", subject=name, before=shown[0], after=shown[1])
