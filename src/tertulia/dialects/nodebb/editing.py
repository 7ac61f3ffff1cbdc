"""An edit of a post with everything that its answer tells: the topic and both texts, before and after."""

from __future__ import annotations

from typing import Any

import msgspec

from tertulia.dialects.nodebb.gathering import place_of
from tertulia.dialects.nodebb.shapes.people import face
from tertulia.dialects.nodebb.shapes.posts import ChangedTopic, edited_post
from tertulia.forum.posts.editing import update_post
from tertulia.forum.unit import Unit
from tertulia.model.posts import PostView, UpdatePost

_EDITOR = ("uid", "username", "displayname", "userslug", "isLocal")


async def edit(unit: Unit, command: UpdatePost, *, before: PostView) -> dict[str, Any]:
    """`post`, `topic` and `editor` after the edit."""
    view = await update_post(unit, command)
    place = await place_of(unit, view.post.topic_id)
    topic = ChangedTopic.of(
        place,
        is_main=view.post.id == place.main_post_id,
        renamed=before.topic_title != view.topic_title,
        tags_updated=command.tags is not msgspec.UNSET,
    )
    editor = face(view.last_editor or view.user)
    return {
        "topic": topic,
        "editor": {name: editor[name] for name in _EDITOR},
        "post": edited_post(view, place=place, before=before.post.raw, topic=topic, now=unit.now),
    }
