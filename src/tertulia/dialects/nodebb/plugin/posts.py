"""Posts of the plugin: edited, deleted, voted on, bookmarked."""

from __future__ import annotations

from typing import Any

from tertulia.dialects.nodebb import asking
from tertulia.dialects.nodebb.shapes.posts import votes
from tertulia.dialects.nodebb.wire import payload, require
from tertulia.forum.posts import bookmarks, deleting
from tertulia.forum.posts.editing import update_post
from tertulia.forum.posts.reading import read_post
from tertulia.forum.posts.voting import vote_post
from tertulia.http.call import Answer, Call
from tertulia.model.posts import PostView, SaveBookmark, VotePost


async def edit(call: Call) -> Answer:
    require(call, "content")
    await update_post(call.unit, asking.update_post(call, call.integer("pid")))
    return payload({})


async def delete(call: Call) -> Answer:
    await deleting.delete_post(call.unit, call.integer("pid"))
    return payload({})


async def restore(call: Call) -> Answer:
    await deleting.recover_post(call.unit, call.integer("pid"))
    return payload({})


async def purge(call: Call) -> Answer:
    await deleting.purge_post(call.unit, call.integer("pid"))
    return payload({})


async def vote(call: Call) -> Answer:
    require(call, "delta")
    return await _vote(call, asking.vote(call))


async def unvote(call: Call) -> Answer:
    return await _vote(call, 0)


async def _vote(call: Call, value: int) -> Answer:
    before = await read_post(call.unit, call.integer("pid"))
    view = await vote_post(call.unit, VotePost(post_id=before.post.id, value=value, strict=False))
    return payload(_voted(view, before=before, user_id=call.actor.user_id or 0))


def _voted(view: PostView, *, before: PostView, user_id: int) -> dict[str, Any]:
    post = view.post
    return {
        "user": {"reputation": view.user.reputation},
        "fromuid": str(user_id),
        "post": {"pid": post.id, "tid": post.topic_id, "uid": post.user_id, **votes(post)},
        "upvote": view.my_vote > 0,
        "downvote": view.my_vote < 0,
        "was": {"upvoted": before.my_vote > 0, "downvoted": before.my_vote < 0},
    }


async def bookmark(call: Call) -> Answer:
    await bookmarks.save_bookmark(call.unit, SaveBookmark(subject="Post", subject_id=call.integer("pid")))
    return payload({})


async def unbookmark(call: Call) -> Answer:
    await bookmarks.delete_bookmark_of(call.unit, "Post", call.integer("pid"))
    return payload({})
