"""Who is known to have read all of a topic: `topic_states.maybe_unread`, its indexes and the trigger that sets it.
And no topic was active before it began, as lists of new topics expect.

Harmless after an initial revision that has them already.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "0002"
down_revision = "0001"

_COLUMNS = (
    "topic_id, user_id, last_read_post_number, highest_seen_post_number, level, first_visited_at, last_visited_at, "
    "cleared_pinned_at, total_time_read"
)
# Made again, as SQLite puts a new column elsewhere in the text of a table than where a new forum has it.
_SQLITE = (
    "DROP TRIGGER IF EXISTS topic_states_fall_behind",
    f"CREATE TABLE topic_states_before AS SELECT {_COLUMNS} FROM topic_states",
    "DROP TABLE topic_states",
    """CREATE TABLE topic_states (
    topic_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    last_read_post_number INTEGER DEFAULT '0' NOT NULL,
    highest_seen_post_number INTEGER DEFAULT '0' NOT NULL,
    level INTEGER,
    first_visited_at INTEGER,
    last_visited_at INTEGER,
    cleared_pinned_at INTEGER,
    total_time_read INTEGER DEFAULT '0' NOT NULL,
    maybe_unread INTEGER DEFAULT '1' NOT NULL,
    PRIMARY KEY (topic_id, user_id)
)""",
    f"INSERT INTO topic_states ({_COLUMNS}) SELECT {_COLUMNS} FROM topic_states_before",
    "DROP TABLE topic_states_before",
)
_POSTGRESQL = ("ALTER TABLE topic_states ADD COLUMN IF NOT EXISTS maybe_unread BIGINT DEFAULT '1' NOT NULL",)
_INDEXES = (
    "ix_topic_states_user_id ON topic_states (user_id, last_visited_at)",
    "ix_topic_states_user_level ON topic_states (user_id, level)",
    "ix_topic_states_level ON topic_states (topic_id, level, user_id)",
    "ix_topic_states_maybe_unread ON topic_states (user_id, maybe_unread, level, topic_id) "
    "WHERE maybe_unread = 1 AND level >= 2",
    "ix_topic_states_caught_up ON topic_states (topic_id, user_id) WHERE maybe_unread = 0",
)
# Topics with more readers at their end stay as they are: the next post in one should not change so many rows.
_AT_THE_END = (
    "topic_states.level >= 2 AND topic_states.last_read_post_number >= "
    "(SELECT topics.highest_post_number FROM topics WHERE topics.id = topic_states.topic_id)"
)
_BACKFILL = (
    f"UPDATE topic_states SET maybe_unread = 0 WHERE {_AT_THE_END} AND topic_id IN "
    f"(SELECT topic_id FROM topic_states WHERE {_AT_THE_END} GROUP BY topic_id HAVING count(*) <= 500)"
)
_NOT_BEFORE = "UPDATE topics SET bumped_at = created_at WHERE bumped_at < created_at"
_SQLITE_TRIGGER = (
    "CREATE TRIGGER IF NOT EXISTS topic_states_fall_behind AFTER UPDATE OF highest_post_number ON topics "
    "FOR EACH ROW WHEN NEW.highest_post_number > OLD.highest_post_number "
    "BEGIN UPDATE topic_states SET maybe_unread = 1 WHERE topic_id = NEW.id AND maybe_unread = 0 "
    "AND last_read_post_number < NEW.highest_post_number; END",
)
_POSTGRESQL_TRIGGER = (
    "CREATE OR REPLACE FUNCTION topic_states_fall_behind() RETURNS trigger LANGUAGE plpgsql AS $behind$ BEGIN "
    "UPDATE topic_states SET maybe_unread = 1 FROM (SELECT user_id FROM topic_states WHERE topic_id = NEW.id "
    "AND maybe_unread = 0 AND last_read_post_number < NEW.highest_post_number ORDER BY user_id FOR UPDATE) behind "
    "WHERE topic_states.topic_id = NEW.id AND topic_states.user_id = behind.user_id; RETURN NULL; END $behind$",
    "CREATE OR REPLACE TRIGGER topic_states_fall_behind AFTER UPDATE OF highest_post_number ON topics FOR EACH ROW "
    "WHEN (NEW.highest_post_number > OLD.highest_post_number) EXECUTE FUNCTION topic_states_fall_behind()",
)


def upgrade() -> None:
    is_sqlite = op.get_context().dialect.name == "sqlite"
    indexes = [f"CREATE INDEX IF NOT EXISTS {index}" for index in _INDEXES]
    first, last = (_SQLITE, _SQLITE_TRIGGER) if is_sqlite else (_POSTGRESQL, _POSTGRESQL_TRIGGER)
    for statement in (*first, *indexes, _BACKFILL, *last, _NOT_BEFORE):
        op.execute(text(statement))
