"""From flag, environment, file, database and default, in this order, to the settings of process and site.

Two steps, because the first finds the database: `load`, then `with_database` with the stored rows, once more
after each change of a row. Read next: `sources.py` for the first three, `values.py` for what is allowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from tertulia.model.errors import SettingInvalid
from tertulia.settings.knob import Setting
from tertulia.settings.process import ProcessSettings
from tertulia.settings.site import SiteSettings
from tertulia.settings.sources import (
    FILE_NAME,
    Found,
    SettingsProblem,
    environment_warnings,
    from_environment,
    from_file,
    from_flags,
)
from tertulia.settings.table import settings_table
from tertulia.settings.values import broken_pairs, describe_allowed, mask_text, read_value

DEFAULT = "default"
DATABASE = "database"
_SHOWN = 80


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """What is known before the database is open."""

    process: ProcessSettings
    fixed: dict[str, object]  # site settings that flag, environment or file decided
    origins: dict[str, str]  # of every setting that is not its default
    warnings: tuple[str, ...]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Every setting; without arguments, every default."""

    process: ProcessSettings = msgspec.field(default_factory=ProcessSettings)
    site: SiteSettings = msgspec.field(default_factory=SiteSettings)
    origins: dict[str, str] = msgspec.field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def origin_of(self, name: str) -> str:
        """Where a value came from: `flag --x`, `environment X`, `file x`, `database` or `default`."""
        return self.origins.get(name, DEFAULT)

    def is_fixed(self, name: str) -> bool:
        """True when flag, environment or file decided: a row of the database would change nothing."""
        return self.origin_of(name) not in (DATABASE, DEFAULT)


def load(flags: Mapping[str, object], *, environ: Mapping[str, str], toml_path: Path | None = None) -> Loaded:
    """The process settings, and the site settings that flag, environment or file fix.

    `flags` maps names of settings to texts or values, None where a flag was not given. `toml_path` is a file
    that must exist; without it the setting `config` names one, else the data directory's own is read if it is
    there. Raises SettingsProblem with every wrong value of every source, those that a stronger one hides too.
    """
    above = [*from_flags(flags), *from_environment(environ)]
    if toml_path is not None:
        above = [Found("config", str(toml_path), "flag --config"), *above]
    path, named = _file_to_read(above)
    below, unknown = from_file(path, required=named)
    values, origins, problems = _decide([*above, *below])
    problems.extend(
        f"{found.name}: cannot be set in {path}, which is found by it"
        for found in below
        if found.name == "config" or (found.name == "data" and not named)
    )
    problems.extend(_contradictions(values))
    if problems:
        raise SettingsProblem(tuple(dict.fromkeys(problems)))
    table = settings_table()
    of_process = {name: value for name, value in values.items() if table[name].scope == "process"}
    return Loaded(
        process=msgspec.structs.replace(ProcessSettings(), **of_process),
        fixed={name: value for name, value in values.items() if table[name].scope == "site"},
        origins=origins,
        warnings=(*environment_warnings(environ), *unknown),
    )


def with_database(loaded: Loaded, *, rows: Mapping[str, str]) -> Settings:
    """Every setting, with the site settings of the database (name to text) where nothing stronger decided.

    A row that is no good is left out with a warning: what an older version stored must not stop a forum.
    """
    values: dict[str, object] = {}
    origins: dict[str, str] = {}
    warnings: list[str] = []
    for name, text in sorted(rows.items()):
        setting = settings_table().get(name)
        if setting is None or setting.scope != "site":
            warnings.append(f"database: {name!r} is not a site setting; ignored")
            continue
        try:
            values[name] = read_value(setting, text=text)
            origins[name] = DATABASE
        except SettingInvalid:
            warnings.append(f"{_sentence(setting, Found(name, text, DATABASE))}; ignored")
    site = msgspec.structs.replace(SiteSettings(), **{**values, **loaded.fixed})
    for low, high in broken_pairs(msgspec.structs.asdict(site)):
        warnings.append(f"{low} ({getattr(site, low)}) is above {high} ({getattr(site, high)})")
    return Settings(
        process=loaded.process,
        site=site,
        origins={**origins, **loaded.origins},
        warnings=(*loaded.warnings, *warnings),
    )


def _file_to_read(above: list[Found]) -> tuple[Path, bool]:
    """The file, and whether somebody named it (then it must exist)."""
    config = _first(above, "config")
    if config:
        return Path(config), True
    return Path(_first(above, "data") or ProcessSettings().data) / FILE_NAME, False


def _first(layers: list[Found], name: str) -> str:
    text = next((found.text for found in layers if found.name == name), None)
    return (text or "").strip()


def _decide(layers: list[Found]) -> tuple[dict[str, object], dict[str, str], list[str]]:
    """Values and origins by the strongest source of each setting, and a sentence for each wrong value."""
    values: dict[str, object] = {}
    origins: dict[str, str] = {}
    problems: list[str] = []
    for found in layers:
        setting = settings_table()[found.name]
        if found.text is None:
            problems.append(_sentence(setting, found))
            continue
        try:
            value = read_value(setting, text=found.text)
        except SettingInvalid:
            problems.append(_sentence(setting, found))
            continue
        if found.name not in values:
            values[found.name], origins[found.name] = value, found.origin
    return values, origins, problems


def _contradictions(values: Mapping[str, object]) -> list[str]:
    problems = [f"{low}: {values[low]} is above {high}, {values[high]}" for low, high in broken_pairs(values)]
    workers = values.get("workers", 1)
    if isinstance(workers, int) and workers > 1 and not values.get("database"):
        problems.append(
            f"workers: {workers} is not allowed on SQLite, which one process writes; allowed: 1, or more "
            "with PostgreSQL (database = postgresql://...)"
        )
    return problems


def _sentence(setting: Setting, found: Found) -> str:
    text = None if found.text is None else mask_text(setting, text=found.text)
    shown = "this kind of value" if text is None else repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "...")
    return f"{setting.name}: {shown} ({found.origin}) is not allowed; allowed: {describe_allowed(setting)}"
