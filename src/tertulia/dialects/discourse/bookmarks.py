"""Bookmarks on posts and topics, in today's form and in the two older ones."""

from __future__ import annotations

from typing import Any

from tertulia.dialects.discourse.answers import nothing
from tertulia.dialects.discourse.commands import time_of
from tertulia.forum.posts.bookmarks import delete_bookmark as remove_bookmark
from tertulia.forum.posts.bookmarks import delete_bookmark_of, save_bookmark
from tertulia.http.bodies import Parameters
from tertulia.http.call import Answer, Call
from tertulia.model.errors import ParameterInvalid
from tertulia.model.posts import SaveBookmark

_SUBJECTS = ("Post", "Topic")


def _command(parameters: Parameters) -> SaveBookmark:
    subject = parameters.text("bookmarkable_type", default="Post")
    if subject not in _SUBJECTS:
        raise ParameterInvalid(name="bookmarkable_type", problem="choice")
    name = "bookmarkable_id" if parameters.has("bookmarkable_id") else "post_id"
    return SaveBookmark(
        subject=subject,
        subject_id=parameters.required_integer(name, minimum=1),
        name=parameters.text("name") or None,
        reminder_at=time_of(parameters, "reminder_at"),
        auto_delete_preference=parameters.integer("auto_delete_preference", minimum=0, maximum=3, default=0),
    )


async def create_bookmark(call: Call) -> Any:
    return {"success": "OK", "id": (await save_bookmark(call.unit, _command(call.parameters))).id}


async def delete_bookmark(call: Call) -> Any:
    still = await remove_bookmark(call.unit, call.integer("bookmark_id"))
    return {"success": "OK", "topic_bookmarked": still}


async def delete_bookmark_of_post(call: Call) -> Any:
    await delete_bookmark_of(call.unit, "Post", call.integer("post_id"))
    return {"success": "OK", "topic_bookmarked": False}


async def put_topic_bookmark(call: Call) -> Answer:
    await save_bookmark(call.unit, SaveBookmark(subject="Topic", subject_id=call.integer("topic_id")))
    return nothing()


async def put_remove_bookmarks(call: Call) -> Answer:
    await delete_bookmark_of(call.unit, "Topic", call.integer("topic_id"))
    return nothing()
