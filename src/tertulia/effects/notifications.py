"""Who is named hears of it with the act itself; what a deleted post had told is taken back.

Who is chosen, and what they hear: `forum/notifications/`. Watchers and groups hear by the worker.
"""

from __future__ import annotations

from tertulia.forum.notifications.liking import tell_vote
from tertulia.forum.notifications.naming import tell_author_of_edit, tell_invited, tell_named
from tertulia.forum.unit import Unit
from tertulia.model import events
from tertulia.store.notifications.rows import delete_of_post
from tertulia.store.writing.topics import read_topic_again

__all__ = ["tell_created", "tell_edited", "tell_invited", "tell_vote", "untell_post", "untell_topic"]


async def tell_created(unit: Unit, event: events.PostCreated) -> None:
    await tell_named(unit, event)


async def tell_edited(unit: Unit, event: events.PostEdited) -> None:
    await tell_author_of_edit(unit, event)
    if event.mentions or event.quotes:
        await tell_named(unit, event)


async def untell_post(unit: Unit, event: events.PostDeleted) -> None:
    """For good: a recovered post tells nobody again (source: upstream)."""
    await delete_of_post(unit.tx, topic_id=event.topic_id, post_id=event.post_id, number=event.post_number)


async def untell_topic(unit: Unit, event: events.TopicDeleted) -> None:
    """The first post went with it; what others in it had told is hidden until the topic is back."""
    topic = await read_topic_again(unit.tx, event.topic_id)
    await delete_of_post(unit.tx, topic_id=topic.id, post_id=topic.first_post_id, number=1)
