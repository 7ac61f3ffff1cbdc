"""People are counted as they come, change and go; what reports keep of days is kept of quarters of an hour as well.

People are counted at once, quarters by the worker afterwards. Days that were counted stay, but for kinds that have a
mark: these are counted again.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

from tertulia.store.accounts.tally_triggers import RECOUNT
from tertulia.store.engine.query import SQLITE
from tertulia.store.schema.reports import report_marks, report_progress, report_quarters
from tertulia.store.schema.users import people_ranks, people_seen
from tertulia.store.upkeep.creating import table_statements, trigger_names, triggers

revision = "0004"
down_revision = "0003"

_AGAIN = (report_marks, report_progress, report_quarters, people_ranks, people_seen)
_BEFORE = (
    "DELETE FROM report_days WHERE EXISTS (SELECT 1 FROM report_marks WHERE report_marks.kind = report_days.kind)",
    "CREATE TABLE report_reached AS SELECT id, first, day, version FROM report_progress",
)
_AFTERWARDS = (
    "INSERT INTO report_progress (id, first, day, quarter, version, complete) "
    "SELECT id, first, day, (day + 1) * 96 - 1, version + 1, 0 FROM report_reached",
    "DROP TABLE report_reached",
)


def upgrade() -> None:
    engine = op.get_context().dialect.name
    for name in trigger_names() if engine == SQLITE else ():  # PostgreSQL replaces them
        op.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
    for statement in _BEFORE:
        op.execute(text(statement))
    for table in _AGAIN:
        op.execute(text(f"DROP TABLE IF EXISTS {table.name}"))
        for statement in table_statements(engine, table):
            op.execute(text(statement))
    for statement in (*_AFTERWARDS, *triggers(engine), *RECOUNT):
        op.execute(text(statement))
