"""Putting a message away, for oneself or for a group, and back into the inbox. Any new post brings it back too."""

from __future__ import annotations

from tertulia.forum.messages.finding import find_message
from tertulia.forum.unit import Unit
from tertulia.model.errors import LoginRequired
from tertulia.store.cards import list_group_names
from tertulia.store.writing import messages as store


async def archive_message(unit: Unit, topic_id: int, *, archived: bool) -> str | None:
    """Moves the message to the archive (or back) of the actor and of the actor's groups that it is for; answers the
    name of such a group, if there is one. Twice is the same as once.

    Raises LoginRequired, TopicMissing, NotAMessage."""
    await find_message(unit, topic_id)
    await unit.write()
    topic = await find_message(unit, topic_id)
    user_id, at = unit.actor.user_id, unit.now if archived else 0
    if user_id is None:
        raise LoginRequired()
    groups = await store.list_groups_in(unit.tx, topic.id, group_ids=unit.actor.group_ids)
    if groups:
        await store.set_archived_for_groups(unit.tx, topic.id, groups, at=at)
    await store.set_archived(unit.tx, topic.id, user_id, at=at)
    return (await list_group_names(unit.tx, groups[-1:])).get(groups[-1]) if groups else None
