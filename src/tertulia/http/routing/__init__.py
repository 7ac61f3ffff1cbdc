"""What may be asked: rows, and the table that finds them by method and path.

Rows are written in each dialect's `routes.py`; formats are chosen in `negotiation.py`.
Read next: `rows.py`, `table.py`.
"""

from tertulia.http.routing.rows import Row, absent, parse_template
from tertulia.http.routing.table import Match, Table

__all__ = ["Match", "Row", "Table", "absent", "parse_template"]
