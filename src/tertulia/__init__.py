"""Tertulia: one forum, spoken to as Discourse, as NodeBB, in a browser and from a shell.

Only the version lives here. ARCHITECTURE.md tells which room holds what; `app.py` puts the rooms together.
"""

__version__ = "0.1.0"
