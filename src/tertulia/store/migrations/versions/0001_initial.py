"""Everything: the tables of the first release."""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

from tertulia.store.upkeep.creating import statements

revision = "0001"
down_revision = None


def upgrade() -> None:
    for statement in statements(op.get_context().dialect.name):
        op.execute(text(statement))
