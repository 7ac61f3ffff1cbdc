"""Small actions: posts without a text by which a topic says what was done to it (closed, pinned, listed)."""

from __future__ import annotations

from tertulia.forum.page_forms.form import PAGE_VERSION
from tertulia.forum.unit import Unit
from tertulia.model.posts import PostType
from tertulia.model.topics import Topic
from tertulia.model.users import SYSTEM_ID
from tertulia.store.writing import posts as store
from tertulia.store.writing.topics import update_topic


async def store_note(unit: Unit, topic: Topic, *, action_code: str, subject: str | None = None) -> int:
    """Adds one to a locked topic and answers its post id. It takes a number, bumps nothing and is nobody's post.

    `subject` names whom it is about."""
    number = 1 + max(topic.highest_post_number, await store.find_highest_number(unit.tx, topic.id, with_deleted=True))
    author = unit.actor.user_id if unit.actor.user_id is not None else SYSTEM_ID
    empty = ("raw", "cooked", "raw_key")
    post_id = await store.insert_post(
        unit.tx,
        fields={
            "topic_id": topic.id,
            "post_number": number,
            "user_id": author,
            "post_type": int(PostType.SMALL_ACTION),
            "action_code": action_code,
            **dict.fromkeys(empty, ""),
            "cook_version": 0,
            "reply_to_post_number": None,
            "reply_to_post_id": None,
            "reply_to_user_id": None,
            "word_count": 0,
            "created_at": unit.now,
            "updated_at": unit.now,
            "last_editor_id": author,
            "via_key": 0,
            "page_html": None,
            "page_version": PAGE_VERSION,
        },
    )
    if subject is not None:
        await store.update_post(unit.tx, post_id, fields={"action_subject": subject})
    await update_topic(unit.tx, topic.id, fields={"highest_post_number": number}, add={"posts_count": 1})
    return post_id
