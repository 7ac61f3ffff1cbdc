"""What reports read that no other row says: facts counted by day as they happen, and counts of finished days."""

from __future__ import annotations

from sqlalchemy import Table

from tertulia.store.schema.columns import METADATA, flag, integer, words

# `detail` is empty, or what is counted apart: a crawler's name, a term that was searched.
daily_counts = Table(
    "daily_counts",
    METADATA,
    words("kind", key=True),
    integer("day", None, key=True),
    words("detail", key=True),
    integer("count"),
)

# What was counted of finished days. A day without a row is counted when it is asked for.
report_days = Table(
    "report_days",
    METADATA,
    words("kind", key=True),
    integer("day", None, key=True),
    integer("count"),
    integer("answered"),  # of topics: how many somebody else answered,
    integer("waited"),  # and how many ms they waited for it together
)

# The same by part, where a report asks for one: a category, or of likes whose posts they are for. Only days of
# `report_days` count, and nothing is no row.
report_day_parts = Table(
    "report_day_parts",
    METADATA,
    words("kind", key=True),
    integer("day", None, key=True),
    integer("part_id", None, key=True),
    integer("count"),
    integer("answered"),
    integer("waited"),
)

# The same by quarters of an hour (since the epoch), of days that are not finished and of the last 30 finished ones:
# which kinds and how long, says `forum/reports/counting.py`.
report_quarters = Table(
    "report_quarters",
    METADATA,
    words("kind", key=True),
    integer("quarter", None, key=True),
    integer("count"),
    integer("answered"),
    integer("waited"),
)

# Quarters that changed after they were counted, and with each its day; of long ago the first quarter of the day.
# Written by the triggers of `store/reports/triggers.py`.
report_marks = Table(
    "report_marks",
    METADATA,
    words("kind", key=True),
    integer("quarter", None, key=True),
    integer("transaction_id", None, key=True),
)

# One row: days up to `day` and quarters up to `quarter` may be counted and are marked when they change; `version` grows
# when any is forgotten.
report_progress = Table(
    "report_progress",
    METADATA,
    integer("id", None, key=True),
    integer("first"),
    integer("day"),
    integer("quarter"),
    integer("version"),
    flag("complete"),
)
