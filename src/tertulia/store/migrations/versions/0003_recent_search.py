"""The newest posts of a large forum in a small full-text index of their own. The worker fills it."""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "0003"
down_revision = "0002"

_INDEXES = {
    "sqlite": (
        "CREATE VIRTUAL TABLE IF NOT EXISTS post_search_recent USING fts5(title, body, "
        "tokenize='unicode61 remove_diacritics 0', detail=full)",
    ),
    "postgresql": (
        "CREATE TABLE IF NOT EXISTS post_search_recent (post_id bigint PRIMARY KEY, document tsvector NOT NULL)",
        "CREATE INDEX IF NOT EXISTS ix_post_search_recent_document ON post_search_recent USING gin (document) "
        "WITH (gin_pending_list_limit = 256)",
    ),
}
_MARK = (
    "CREATE TABLE IF NOT EXISTS search_recent ( id {kind} NOT NULL, first_post_id {kind} NOT NULL, PRIMARY KEY (id) )"
)


def upgrade() -> None:
    engine = op.get_context().dialect.name
    op.execute(text(_MARK.format(kind="INTEGER" if engine == "sqlite" else "BIGINT")))
    for statement in _INDEXES[engine]:
        op.execute(text(statement))
