"""The full-text index: FTS5 on SQLite, tsvector on PostgreSQL, both over words that our own tokenizer made.

One tokenizer (`forum/indexing/words.py`) for both is what makes the two engines match the same posts.
`post_search` holds every post, `post_search_recent` the newest of a large forum once more: see `recent.py`.
"""

_SQLITE_INDEX = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS {name} USING fts5(title, body, "
    "tokenize='unicode61 remove_diacritics 0', detail=full)"
)
SQLITE_STATEMENTS = (_SQLITE_INDEX.format(name="post_search"), _SQLITE_INDEX.format(name="post_search_recent"))

# What PostgreSQL has not sorted into an index yet is read whole by every search: of the small one 256 kB at most.
POSTGRESQL_STATEMENTS = (
    "CREATE TABLE IF NOT EXISTS post_search (post_id bigint PRIMARY KEY, title text NOT NULL DEFAULT '', "
    "document tsvector NOT NULL)",
    "CREATE INDEX IF NOT EXISTS ix_post_search_document ON post_search USING gin (document)",
    "CREATE TABLE IF NOT EXISTS post_search_recent (post_id bigint PRIMARY KEY, document tsvector NOT NULL)",
    "CREATE INDEX IF NOT EXISTS ix_post_search_recent_document ON post_search_recent USING gin (document) "
    "WITH (gin_pending_list_limit = 256)",
)
