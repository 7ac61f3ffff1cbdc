"""Posts: read in several forms, edited, deleted, voted on, bookmarked, and their answers."""

from __future__ import annotations

from tertulia.dialects.nodebb import asking
from tertulia.dialects.nodebb.editing import edit as apply_edit
from tertulia.dialects.nodebb.gathering import place_of
from tertulia.dialects.nodebb.shapes.posts import PostRecord, Reply, Summary
from tertulia.dialects.nodebb.shapes.votes import Voters
from tertulia.dialects.nodebb.wire import envelope, reader, require
from tertulia.forum.posts import bookmarks, deleting, voting
from tertulia.forum.posts.reading import list_replies, read_post
from tertulia.forum.topics.editing import change_owner
from tertulia.forum.topics.reading import read_topic
from tertulia.forum.users.profiles import read_user
from tertulia.http.call import Answer, Call
from tertulia.model.errors import NotAllowed
from tertulia.model.posts import PostView, SaveBookmark, VotePost
from tertulia.model.topics import ReadTopic

_MOST_GIVEN = 100
_NAMES_SHOWN = 6  # source: the original's tooltip names so many


async def _find(call: Call) -> PostView:
    return await read_post(call.unit, call.integer("pid"))


async def get(call: Call) -> Answer:
    return envelope(PostRecord.of(await _find(call)))


async def raw(call: Call) -> Answer:
    """The Markdown, for those who may see it. Raises NotAllowed."""
    view = await _find(call)
    if not view.abilities.see_raw:
        raise NotAllowed()
    return envelope({"content": view.post.raw})


async def summary(call: Call) -> Answer:
    view = await _find(call)
    place = await place_of(call.unit, view.post.topic_id)
    return envelope(Summary.of_post(view, place=place, now=call.unit.now))


async def index(call: Call) -> Answer:
    """The place in the topic, from 0."""
    view = await _find(call)
    command = ReadTopic(topic_id=view.post.topic_id, post_ids=(view.post.id,), with_suggested=False)
    stream = (await read_topic(call.unit, command)).stream
    place = stream.index(view.post.id) if view.post.id in stream else view.post.post_number - 1
    return envelope({"index": place})


async def edit(call: Call) -> Answer:
    require(call, "content")
    before = await _find(call)
    done = await apply_edit(call.unit, asking.update_post(call, before.post.id), before=before)
    return envelope(done["post"])


async def purge(call: Call) -> Answer:
    await deleting.purge_post(call.unit, call.integer("pid"))
    return envelope({})


async def delete(call: Call) -> Answer:
    await deleting.delete_post(call.unit, call.integer("pid"))
    return envelope({})


async def restore(call: Call) -> Answer:
    await deleting.recover_post(call.unit, call.integer("pid"))
    return envelope({})


async def vote(call: Call) -> Answer:
    require(call, "delta")
    return await _vote(call, asking.vote(call))


async def unvote(call: Call) -> Answer:
    return await _vote(call, 0)


async def _vote(call: Call, value: int) -> Answer:
    command = VotePost(post_id=call.integer("pid"), value=value, strict=False)
    view = await voting.vote_post(call.unit, command)
    return envelope({"upvote": view.my_vote > 0, "downvote": view.my_vote < 0})


async def voters(call: Call) -> Answer:
    """Everybody sees who voted up; who voted down is for staff."""
    view, unit = await _find(call), call.unit
    staff = reader(call).is_staff
    up = await voting.list_voters(unit, view.post.id, 1)
    down = await voting.list_voters(unit, view.post.id, -1) if staff else ()
    return envelope(Voters.of(view.post, up=up, down=down if staff else None))


async def upvoters(call: Call) -> Answer:
    found = await voting.list_voters(call.unit, call.integer("pid"), 1)
    names = [card.username for card in found[:_NAMES_SHOWN]]
    return envelope({"otherCount": len(found) - len(names), "usernames": names, "cutoff": _NAMES_SHOWN})


async def bookmark(call: Call) -> Answer:
    await bookmarks.save_bookmark(call.unit, SaveBookmark(subject="Post", subject_id=call.integer("pid")))
    return envelope({})


async def unbookmark(call: Call) -> Answer:
    await bookmarks.delete_bookmark_of(call.unit, "Post", call.integer("pid"))
    return envelope({})


async def replies(call: Call) -> Answer:
    parent = await _find(call)
    found = await list_replies(call.unit, parent.post.id)
    who = reader(call)
    return envelope({"replies": [Reply.of(view, parent=parent, reader=who) for view in found]})


async def set_owner(call: Call) -> Answer:
    return await _give(call, [call.integer("pid")])


async def set_owners(call: Call) -> Answer:
    """Posts of any topics; if one cannot be given, none is."""
    require(call, "pids")
    return await _give(call, call.parameters.integers("pids"))


async def _give(call: Call, post_ids: list[int]) -> Answer:
    require(call, "uid")
    owner = (await read_user(call.unit, user_id=call.parameters.required_integer("uid"))).user
    by_topic: dict[int, list[int]] = {}
    for post_id in dict.fromkeys(post_ids[:_MOST_GIVEN]):
        by_topic.setdefault((await read_post(call.unit, post_id)).post.topic_id, []).append(post_id)
    for topic_id, ids in sorted(by_topic.items()):
        await change_owner(call.unit, topic_id, ids, owner.username)
    return envelope({})
