"""Every knob once: name, type, default, scope, sentence. Code reads `settings.site.min_topic_title_length`.

A setting is declared as a field of `ProcessSettings` (`process.py`) or `SiteSettings` (`site_*.py`), never
elsewhere; table, sources, list and documentation follow from it.
Read next: `loading.py` for where values come from, `docs/reference/settings.md` for all of them.
"""

from tertulia.settings.knob import Form, Knob, Network, Setting
from tertulia.settings.listing import ListedSetting, list_settings
from tertulia.settings.loading import Loaded, Settings, load, with_database
from tertulia.settings.process import ProcessSettings
from tertulia.settings.site import SiteSettings
from tertulia.settings.sources import SettingsProblem
from tertulia.settings.table import settings_table
from tertulia.settings.values import describe_allowed, format_value, parse_value, show_value

__all__ = [
    "Form",
    "Knob",
    "ListedSetting",
    "Loaded",
    "Network",
    "ProcessSettings",
    "Setting",
    "Settings",
    "SettingsProblem",
    "SiteSettings",
    "describe_allowed",
    "format_value",
    "list_settings",
    "load",
    "parse_value",
    "settings_table",
    "show_value",
    "with_database",
]
