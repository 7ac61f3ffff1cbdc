"""Votes on posts: up, down, and taken back; the counters of post, topic and both users follow.

Two manners: strict refuses what changes nothing and what comes too late; lenient lets every request succeed that
leaves the vote as wished. Which one holds is the caller's protocol's business.
"""

from __future__ import annotations

from tertulia.forum.limits.acting import take_like
from tertulia.forum.permissions import allow
from tertulia.forum.posts.abilities import vote_is_undoable
from tertulia.forum.posts.reading import find_post, view_posts
from tertulia.forum.unit import Unit
from tertulia.model.errors import (
    ParameterInvalid,
    PostMissing,
    TopicArchived,
    VoteAlready,
    VoteMissing,
    VoteTooLate,
)
from tertulia.model.events import VoteChanged
from tertulia.model.posts import Post, PostView, VotePost
from tertulia.model.topics import Topic
from tertulia.model.users import UserCard
from tertulia.store import posts_reading, topics_reading
from tertulia.store.readers import votes


async def vote_post(unit: Unit, command: VotePost) -> PostView:
    """Sets the actor's vote. Counters change by exactly what the vote changed, however many vote at once.

    Raises PostMissing, the refusals of `post.like` and `post.down_vote`; strict: VoteAlready, VoteMissing,
    VoteTooLate (a vote is taken back within `post_undo_action_window_mins`)."""
    if command.value not in (-1, 0, 1):
        raise ParameterInvalid(name="value", problem="is not -1, 0 or 1")
    post, topic = await find_post(unit, command.post_id)
    _allow(unit, command.value, post=post, topic=topic)
    if command.value > 0:
        await take_like(unit)
    await unit.write()
    locked = await topics_reading.lock_topic(unit.tx, topic.id)
    found = await posts_reading.find_post(unit.tx, post.id, visibility=unit.actor.visibility)
    if locked is None or found is None:
        raise PostMissing()
    post, topic = found
    _allow(unit, command.value, post=post, topic=topic)
    await _change(unit, command, post=post, topic=topic)
    again = await posts_reading.read_post_again(unit.tx, post.id)
    return (await view_posts(unit, [again or post]))[0]


def _allow(unit: Unit, value: int, *, post: Post, topic: Topic) -> None:
    if value:
        allow(unit, "post.like" if value > 0 else "post.down_vote", post=post, topic=topic)
        return
    allow(unit, "member")
    if topic.archived:
        raise TopicArchived()


async def _change(unit: Unit, command: VotePost, *, post: Post, topic: Topic) -> None:
    voter = unit.actor.user_id or 0
    known = await votes.find_vote(unit.tx, post.id, voter)
    before, after = (known[0] if known else 0), command.value
    if command.strict:
        if after == 0 and known is None:
            raise VoteMissing()
        if after == 0 and not vote_is_undoable(unit, known):
            raise VoteTooLate()
        if after and before == after:
            raise VoteAlready()
    if before == after:
        unit.changed_nothing = True
        return
    if after:
        await votes.save_vote(unit.tx, post, voter, value=after, now=unit.now)
    else:
        await votes.delete_vote(unit.tx, post.id, voter)
    await _count(unit, post, topic=topic, before=before, after=after)
    unit.tell(
        VoteChanged(
            post_id=post.id,
            topic_id=topic.id,
            user_id=post.user_id,
            category_id=topic.category_id,
            before=before,
            after=after,
        )
    )


async def _count(unit: Unit, post: Post, *, topic: Topic, before: int, after: int) -> None:
    up = int(after > 0) - int(before > 0)
    down = int(after < 0) - int(before < 0)
    voter = unit.actor.user_id or 0
    await votes.count_vote_on_post(unit.tx, post.id, up=up, down=down)
    await votes.count_vote_on_topic(unit.tx, topic.id, up=up, first_up=up if post.post_number == 1 else 0)
    changes = {voter: (up, 0, 0), post.user_id: (0, up, down)}
    if voter == post.user_id:
        changes = {voter: (up, up, down)}
    for user_id, (given, received, down_received) in sorted(changes.items()):
        await votes.count_vote_on_user(unit.tx, user_id, given=given, received=received, down_received=down_received)


async def list_voters(
    unit: Unit, post_id: int, value: int, *, offset: int = 0, limit: int = 200
) -> tuple[UserCard, ...]:
    """Who voted `value` (1 or -1), the earliest first, at most 1,000. Raises PostMissing."""
    await find_post(unit, post_id)
    return await votes.list_voters(unit.tx, post_id, value=value, offset=max(offset, 0), limit=min(max(limit, 0), 1000))
