"""The full-text index: FTS5 on SQLite, tsvector on PostgreSQL, both over words that our own tokenizer made.

One tokenizer (`forum/indexing/words.py`) for both is what makes the two engines match the same posts.
"""

SQLITE_STATEMENTS = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS post_search USING fts5(title, body, "
    "tokenize='unicode61 remove_diacritics 0', detail=full)",
)

POSTGRESQL_STATEMENTS = (
    "CREATE TABLE IF NOT EXISTS post_search (post_id bigint PRIMARY KEY, title text NOT NULL DEFAULT '', "
    "document tsvector NOT NULL)",
    "CREATE INDEX IF NOT EXISTS ix_post_search_document ON post_search USING gin (document)",
)
