"""Who is known to have read all of a topic, and what ends that: another post (docs/decisions/0015).

`topic_states.maybe_unread` is 0 for them, so that a list of what is unread passes over everything else they follow.
Whoever clears it holds the lock of the topic; the trigger sets it again, whatever raised the topic's last number.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, and_, exists, func, literal_column, select

from tertulia.model.levels import Level
from tertulia.store.engine import Tx, parameter, query
from tertulia.store.schema.topics import topic_states

# Of one topic, so that the next post in it does not have more than so many rows to change. Further readers are looked
# at whenever they ask for what is unread: one more row each for the few topics that have so many.
MOST_CAUGHT_UP: Final = 500

_NAME: Final = "topic_states_fall_behind"
_BEHIND: Final = "topic_id = NEW.id AND maybe_unread = 0 AND last_read_post_number < NEW.highest_post_number"


def has_room(topic_id: str) -> ColumnElement[bool]:
    """Whether one more reader of the topic that the parameter names may be noted as having read all of it."""
    others = topic_states.alias("caught_up")
    noted = (
        select(others.c.topic_id)
        .where(others.c.topic_id == parameter(topic_id), others.c.maybe_unread == literal_column("0"))
        .limit(literal_column("1"))
        .offset(literal_column(str(MOST_CAUGHT_UP - 1)))
    )
    return ~exists(noted.correlate(None))


def may_be_unread() -> ColumnElement[bool]:
    """A state of somebody who follows its topic and may not have read all of it: written out as its index is."""
    of_followers = topic_states.c.level >= literal_column(str(int(Level.TRACKING)))
    return and_(topic_states.c.maybe_unread == literal_column("1"), of_followers)


_COUNT = query(
    lambda: select(func.count()).select_from(
        select(topic_states.c.topic_id)
        .where(topic_states.c.user_id == parameter("user_id"), may_be_unread())
        .limit(parameter("most"))
        .subquery("counted")
    )
)


async def count_maybe_unread(tx: Tx, user_id: int, *, most: int) -> int:
    """How many topics somebody follows and may not have read all of, counted up to `most`."""
    return int(await tx.value(_COUNT, user_id=user_id, most=most))


SQLITE_TRIGGERS: Final = (
    f"CREATE TRIGGER IF NOT EXISTS {_NAME} AFTER UPDATE OF highest_post_number ON topics FOR EACH ROW "
    "WHEN NEW.highest_post_number > OLD.highest_post_number "
    f"BEGIN UPDATE topic_states SET maybe_unread = 1 WHERE {_BEHIND}; END",
)
# Rows are locked in the order of users, as whoever notes visits does.
POSTGRESQL_TRIGGERS: Final = (
    f"CREATE OR REPLACE FUNCTION {_NAME}() RETURNS trigger LANGUAGE plpgsql AS $behind$ BEGIN "
    "UPDATE topic_states SET maybe_unread = 1 FROM "
    f"(SELECT user_id FROM topic_states WHERE {_BEHIND} ORDER BY user_id FOR UPDATE) behind "
    "WHERE topic_states.topic_id = NEW.id AND topic_states.user_id = behind.user_id; "
    "RETURN NULL; END $behind$",
    f"CREATE OR REPLACE TRIGGER {_NAME} AFTER UPDATE OF highest_post_number ON topics FOR EACH ROW "
    f"WHEN (NEW.highest_post_number > OLD.highest_post_number) EXECUTE FUNCTION {_NAME}()",
)
