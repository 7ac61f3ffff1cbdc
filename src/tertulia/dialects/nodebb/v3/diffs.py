"""Earlier versions of a post. Each is named by the time at which it was written, in ms."""

from __future__ import annotations

import msgspec

from tertulia.dialects.nodebb.gathering import place_of
from tertulia.dialects.nodebb.shapes.posts import Summary
from tertulia.dialects.nodebb.shapes.versions import Version, Versions
from tertulia.dialects.nodebb.wire import envelope
from tertulia.forum.posts import revisions
from tertulia.forum.posts.reading import read_post
from tertulia.forum.users.profiles import read_cards
from tertulia.http.call import Answer, Call
from tertulia.model.errors import RevisionMissing
from tertulia.model.posts import PostView, Revision


async def get_all(call: Call) -> Answer:
    """The newest version first; the last one is the post as it was written."""
    view = await read_post(call.unit, call.integer("pid"))
    post = view.post
    found = await revisions.list_revisions(call.unit, post.id)
    made = [(each.created_at, each.user_id) for each in reversed(found)] + [(post.created_at, post.user_id)]
    cards = await read_cards(call.unit, {user_id for _, user_id in made})
    listed = [Version(str(at), uid, cards[uid].username if uid in cards else "") for at, uid in made]
    return envelope(Versions.of(view, listed=listed))


async def get(call: Call) -> Answer:
    """The post as it was at a time."""
    view, revision = await _after(call)
    place = await place_of(call.unit, view.post.topic_id)
    summary = Summary.of_post(view, place=place, now=call.unit.now)
    if revision is None:
        return envelope(summary)
    then = await revisions.read_revision(call.unit, view.post.id, revision.number)
    return envelope(msgspec.structs.replace(summary, content=then.cooked_before))


async def restore(call: Call) -> Answer:
    """Back to what it was at a time. Raises RevisionMissing when it has not changed since."""
    view, revision = await _after(call)
    if revision is None:
        raise RevisionMissing()
    await revisions.revert_post(call.unit, view.post.id, revision.number)
    return envelope({})


async def _after(call: Call) -> tuple[PostView, Revision | None]:
    """The post, and the first change after the time of the path."""
    view = await read_post(call.unit, call.integer("pid"))
    found = await revisions.list_revisions(call.unit, view.post.id)
    return view, next((each for each in found if each.created_at > call.integer("since")), None)
