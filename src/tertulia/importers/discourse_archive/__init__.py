"""Archives of a Discourse forum: `json/` holds the bodies of `/t/ID.json`, `raw/` the Markdown of `/raw/ID`.

Everything in an archive is hostile input. Read next: `running.py`, then `files.py`, `wire.py`, `topics.py`.
"""

from tertulia.importers.discourse_archive.files import ArchiveProblem
from tertulia.importers.discourse_archive.report import Progress, Report
from tertulia.importers.discourse_archive.running import ImportRefused, ImportRequest, import_archive

__all__ = ["ArchiveProblem", "ImportRefused", "ImportRequest", "Progress", "Report", "import_archive"]
