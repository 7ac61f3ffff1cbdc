"""What a reader may do next with a topic, asked of the one table of permissions."""

from __future__ import annotations

from tertulia.forum.asking import Ask
from tertulia.forum.permissions import PERMISSIONS, able
from tertulia.forum.unit import Unit
from tertulia.model.topics import Topic, TopicAbilities


def topic_abilities(unit: Unit, topic: Topic) -> TopicAbilities:
    """The acts that would be allowed now. `create_post_blocked_by` is the code of what refuses a reply."""
    refusal = PERMISSIONS["topic.reply"](Ask(actor=unit.actor, now=unit.now, site=unit.site, topic=topic))
    if unit.actor.user is None:
        return TopicAbilities(create_post_blocked_by=refusal.code if refusal else "")
    deleted = topic.deleted_at is not None
    moderates = able(unit, "topic.moderate", topic=topic)
    edits = able(unit, "topic.edit", topic=topic)
    return TopicAbilities(
        reply=refusal is None,
        edit=edits,
        delete=not deleted and able(unit, "topic.delete", topic=topic),
        recover=deleted and able(unit, "topic.recover", topic=topic),
        purge=deleted and able(unit, "topic.purge", topic=topic),
        close=moderates,
        archive=moderates,
        pin=moderates,
        toggle_visibility=moderates,
        move_posts=moderates and not topic.is_message,
        split_merge=moderates and not topic.is_message,
        edit_tags=edits and able(unit, "topic.tag", topic=topic),
        moderate=moderates,
        invite=topic.is_message and not deleted and able(unit, "message.send"),
        remove_people=topic.is_message and not deleted and able(unit, "message.remove", topic=topic),
        view_deleted=unit.actor.visibility.sees_deleted,
        create_post_blocked_by=refusal.code if refusal else "",
    )
