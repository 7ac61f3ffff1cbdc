"""Posts: create, read, change, delete, like, bookmark. Parsing of what clients send is in `commands.py`."""

from __future__ import annotations

from typing import Any

import msgspec

from tertulia.dialects.discourse.answers import add_allowance, nothing, plain
from tertulia.dialects.discourse.commands import create_command, memo_key, update_post_command
from tertulia.dialects.discourse.shapes.posts import LIKE, Place, Post
from tertulia.dialects.discourse.shapes.revisions import Revision
from tertulia.dialects.discourse.shapes.topics import message_of
from tertulia.dialects.discourse.wire import iso
from tertulia.forum.limits.acting import LIKES
from tertulia.forum.posts.clicking import click_link
from tertulia.forum.posts.conversations import list_ancestors, list_descendants
from tertulia.forum.posts.creating import create_post as write_post
from tertulia.forum.posts.deleting import delete_post as remove_post
from tertulia.forum.posts.deleting import purge_post
from tertulia.forum.posts.deleting import recover_post as restore_post
from tertulia.forum.posts.editing import set_locked, set_wiki
from tertulia.forum.posts.editing import update_post as change_post
from tertulia.forum.posts.listing import list_posts
from tertulia.forum.posts.reading import list_replies, read_post, read_post_by_number, read_raw
from tertulia.forum.posts.revisions import read_revision, revert_post
from tertulia.forum.posts.voting import list_voters, vote_post
from tertulia.forum.recooking import rebake_post
from tertulia.forum.remembering import check_unanswered, find_answer, remember_answer
from tertulia.forum.topics.creating import create_topic
from tertulia.forum.topics.reading import find_topic, read_topic
from tertulia.http.call import Answer, Call
from tertulia.model.errors import ActionUnknown, ForumError, ParameterInvalid
from tertulia.model.posts import ClickLink, ListPosts, PostView, VotePost
from tertulia.model.topics import CreateTopic, ReadTopic

_encode = msgspec.json.Encoder().encode


# -- making -----------------------------------------------------------------------------------------
async def create_post(call: Call) -> Answer:
    """A topic (with `title`), a reply (with `topic_id`) or a message; a repeat within 120 s gets the stored answer."""
    key = memo_key(call) if call.actor.by_key else None
    stored = await find_answer(call.unit, key) if key is not None else None
    if stored is not None:
        return Answer(stored[1], status=stored[0], headers=[("Idempotent-Replayed", "true")])
    body = _encode(await _create_once(call, key))
    if key is not None:
        await remember_answer(call.unit, key, status=200, body=body)
    return Answer(body)


async def _create_once(call: Call, key: str | None) -> Any:
    """A refusal counts only when it was not the same request, sent twice at once, that got in the way."""
    try:
        return await _create(call)
    except ForumError:
        if key is not None:
            await check_unanswered(call.unit, key)
        raise


async def _create(call: Call) -> Any:
    command = create_command(call)
    if not isinstance(command, CreateTopic):
        return _created(call, await write_post(call.unit, command))
    view = await create_topic(call.unit, command)
    if not command.recipients:
        return _created(call, view)
    topic = await read_topic(call.unit, ReadTopic(topic_id=view.post.topic_id, with_suggested=False))
    return message_of(Post.of(view, place=Place.CREATED, with_raw=True), topic=topic)


def _created(call: Call, view: PostView) -> Any:
    post = Post.of(view, place=Place.CREATED, with_raw=True)
    if call.parameters.boolean("nested_post", default=False):
        return {"action": "create_post", "success": True, "post": post}
    return post


async def update_post(call: Call) -> Any:
    view = await change_post(call.unit, update_post_command(call))
    return {"post": Post.of(view, place=Place.CREATED, with_raw=True)}


# -- reading ----------------------------------------------------------------------------------------
def _alone(view: PostView) -> Post:
    return Post.of(view, place=Place.ALONE, with_raw=True)


async def get_post(call: Call) -> Post:
    return _alone(await read_post(call.unit, call.integer("post_id")))


async def get_post_by_number(call: Call) -> Post:
    return _alone(await read_post_by_number(call.unit, call.integer("topic_id"), call.integer("post_number")))


async def get_posts(call: Call) -> Any:
    before = call.parameters.integer("before", minimum=0)
    found = await list_posts(call.unit, ListPosts(before_id=before))
    return {"latest_posts": [Post.of(view, place=Place.LATEST, with_raw=True) for view in found.posts]}


async def get_private_posts(call: Call) -> Any:
    before = call.parameters.integer("before", minimum=0)
    found = await list_posts(call.unit, ListPosts(before_id=before, messages=True))
    return {"private_posts": [Post.of(view, place=Place.LATEST, with_raw=True) for view in found.posts]}


async def get_replies(call: Call) -> list[Post]:
    after = call.parameters.integer("after", minimum=1, default=1)
    views = await list_replies(call.unit, call.integer("post_id"), after=after)
    return [Post.of(view, place=Place.ALONE) for view in views]


async def get_reply_ids(call: Call) -> Any:
    found = await list_descendants(call.unit, call.integer("post_id"))
    return [{"id": post_id, "level": level} for post_id, level in found]


async def get_reply_history(call: Call) -> list[Post]:
    return [Post.of(view, place=Place.ALONE) for view in await list_ancestors(call.unit, call.integer("post_id"))]


async def get_cooked(call: Call) -> Any:
    view = await read_post(call.unit, call.integer("post_id"))
    return {"cooked": view.post.cooked}


async def get_raw(call: Call) -> Answer:
    view = await read_post(call.unit, call.integer("post_id"))
    return plain(view.post.raw)


async def get_raw_topic(call: Call) -> Answer:
    """A topic's Markdown, 100 posts a page, each under a line that names its author, time and number."""
    number = call.path_parameters.get("post_number")
    page = call.parameters.integer("page", minimum=1, default=1)
    views = await read_raw(call.unit, call.integer("topic_id"), post_number=number, page=page)
    if number is not None:
        return plain(views[0].post.raw if views else "")
    return plain(_RAW_RULE.join(map(_raw_block, views)))


_RAW_RULE = "\n\n-------------------------\n\n"


def _raw_block(view: PostView) -> str:
    post = view.post
    return f"{view.user.username} | {iso(post.updated_at)} | #{post.post_number}\n\n{post.raw}"


# -- deleting ---------------------------------------------------------------------------------------
async def delete_post(call: Call) -> Answer:
    post_id = call.integer("post_id")
    if call.parameters.boolean("force_destroy", default=False):
        await purge_post(call.unit, post_id, only_deleted=True)
    else:
        await remove_post(call.unit, post_id)
    return nothing()


async def delete_posts(call: Call) -> Answer:
    for post_id in call.parameters.integers("post_ids", minimum=1)[:100]:
        await remove_post(call.unit, post_id)
    return nothing()


async def recover_post(call: Call) -> Post:
    return _alone(await restore_post(call.unit, call.integer("post_id")))


# -- states -----------------------------------------------------------------------------------------
async def put_wiki(call: Call) -> Answer:
    await set_wiki(call.unit, call.integer("post_id"), call.parameters.boolean("wiki", default=False))
    return nothing()


async def put_locked(call: Call) -> Any:
    locked = call.parameters.boolean("locked", default=False)
    await set_locked(call.unit, call.integer("post_id"), locked)
    return {"locked": locked}


async def put_rebake(call: Call) -> Answer:
    await rebake_post(call.unit, call.integer("post_id"))
    return nothing()


# -- revisions --------------------------------------------------------------------------------------
async def get_revision(call: Call) -> Revision:
    return Revision.of(await read_revision(call.unit, call.integer("post_id"), call.integer("revision")))


async def get_latest_revision(call: Call) -> Revision:
    return Revision.of(await read_revision(call.unit, call.integer("post_id"), None))


async def put_revert(call: Call) -> Post:
    return _alone(await revert_post(call.unit, call.integer("post_id"), call.integer("revision")))


# -- likes ------------------------------------------------------------------------------------------
async def create_post_action(call: Call) -> Post:
    """A like; the other kinds are flags, which this forum does not take yet."""
    parameters = call.parameters
    post_id = parameters.required_integer("id", minimum=1)
    if parameters.required_integer("post_action_type_id") != LIKE:
        raise ActionUnknown()
    if parameters.boolean("flag_topic", default=False):
        raise ParameterInvalid(name="flag_topic", problem="type")
    view = await vote_post(call.unit, VotePost(post_id=post_id, value=1))
    add_allowance(call, LIKES)
    return _alone(view)


async def delete_post_action(call: Call) -> Post:
    if call.parameters.required_integer("post_action_type_id") != LIKE:
        raise ActionUnknown()
    return _alone(await vote_post(call.unit, VotePost(post_id=call.integer("post_id"), value=0)))


async def get_post_action_users(call: Call) -> Any:
    from tertulia.dialects.discourse.shapes.people import BasicUser

    parameters = call.parameters
    post_id = parameters.required_integer("id", minimum=1)
    if parameters.required_integer("post_action_type_id") != LIKE:
        raise ActionUnknown()
    cards = await list_voters(call.unit, post_id, 1)
    return {"post_action_users": [BasicUser.of(card) for card in cards]}


async def find_post_topic(call: Call) -> Answer:
    """`/p/ID`: to the post in its topic."""
    from tertulia.dialects.discourse.answers import redirect
    from tertulia.forum.addresses import topic_path

    view = await read_post(call.unit, call.integer("post_id"))
    topic = await find_topic(call.unit, view.post.topic_id)
    path = topic_path(topic.slug, topic.id, view.post.post_number)
    return redirect(call, path, status=302)


async def track_click(call: Call) -> Answer:
    """Counts a link that somebody followed. Whatever is no such link is answered alike."""
    parameters = call.parameters
    post_id = parameters.integer("post_id", minimum=1, default=0)
    topic_id = parameters.integer("topic_id", minimum=1, default=0)
    await click_link(call.unit, ClickLink(url=parameters.required_text("url"), post_id=post_id, topic_id=topic_id))
    return nothing()
