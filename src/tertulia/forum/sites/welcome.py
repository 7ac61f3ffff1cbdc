"""The welcome topic: topic 1 and post 1 of a new forum."""

from __future__ import annotations

from tertulia.forum.sessions.actors import system_actor
from tertulia.forum.topics.creating import create_topic
from tertulia.forum.unit import Unit
from tertulia.model.categories import UNCATEGORIZED_ID
from tertulia.model.topics import CreateTopic

TITLE = "Welcome to your new forum"
TEXT = """\
This is the first topic of your forum. Edit it so that it tells newcomers what the forum is about, or delete it.

- **Write** in Markdown: *emphasis*, `code`, lists, tables, quotes and links.
- **Mention** somebody with an `@` before the name, and they hear of it.
- **Keys** for programs are made under `/admin/api/keys`, or with `tertulia keys create`.
"""


async def create_welcome_topic(unit: Unit) -> int:
    """Makes the topic as the system user and answers its id. The text is short, so nothing suspends."""
    before = unit.actor
    unit.actor = await system_actor(unit)
    post = await create_topic(
        unit,
        CreateTopic(
            title=TITLE,
            raw=TEXT,
            category_id=UNCATEGORIZED_ID,
            skip_validations=True,
            import_mode=True,
            auto_track=False,
        ),
    )
    unit.actor = before
    return post.post.topic_id
