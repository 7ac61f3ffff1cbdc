"""Every setting that belongs to the forum and not to a process, in one struct.

An administrator changes them while the forum runs; a flag, the environment or the file fixes one.
Read next: `site_basics.py`, where the chain of groups begins, and `loading.py`.
"""

from __future__ import annotations

from tertulia.settings.site_pace import SearchingSettings


class SiteSettings(SearchingSettings, frozen=True, kw_only=True):
    """Every site setting; the fields are inherited, group by group."""
