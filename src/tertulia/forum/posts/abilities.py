"""What a reader may do next with a post, asked of the one table of permissions."""

from __future__ import annotations

from tertulia.forum.asking import Ask
from tertulia.forum.permissions import MINUTE, may
from tertulia.forum.unit import Unit
from tertulia.model.posts import Post, PostAbilities
from tertulia.model.topics import Topic


def post_abilities(unit: Unit, post: Post, *, topic: Topic, vote: tuple[int, int] | None) -> PostAbilities:
    """The acts that would be allowed now; `vote` is the reader's (value, created_at)."""
    if unit.actor.user is None:
        return PostAbilities(see_history=may_see_history(unit, post, topic=topic), see_raw=may_see_content(unit, post))
    ask = Ask(actor=unit.actor, now=unit.now, site=unit.site, topic=topic, post=post)
    moderates = may(ask, "post.moderate")
    deleted = post.deleted_at is not None
    liked = vote is not None and vote[0] > 0
    return PostAbilities(
        edit=may(ask, "post.edit"),
        delete=not deleted and may(ask, "post.delete"),
        recover=(deleted or post.user_deleted) and may(ask, "post.recover"),
        purge=deleted and may(ask, "post.purge"),
        wiki=moderates,
        like=not liked and may(ask, "post.like"),
        undo_like=liked and vote_is_undoable(unit, vote),
        down_vote=may(ask, "post.down_vote"),
        flag=not deleted and unit.actor.user_id != post.user_id,
        see_history=may_see_history(unit, post, topic=topic),
        see_raw=may_see_content(unit, post),
        bookmark=not deleted,
        moderate=moderates,
    )


def may_see_history(unit: Unit, post: Post, *, topic: Topic) -> bool:
    """Authors see their own earlier versions; others by privilege, where the site shows them at all."""
    if unit.actor.user_id is not None and unit.actor.user_id == post.user_id:
        return True
    shown = unit.site.edit_history_visible_to_public or unit.actor.moderates(topic.category_id)
    return (
        shown
        and may_see_content(unit, post)
        and may(Ask(actor=unit.actor, now=unit.now, site=unit.site, topic=topic, post=post), "post.history")
    )


def may_see_content(unit: Unit, post: Post) -> bool:
    """Hidden posts are read by their authors and by staff only."""
    return not post.hidden or unit.actor.is_staff or unit.actor.user_id == post.user_id


def vote_is_undoable(unit: Unit, vote: tuple[int, int] | None) -> bool:
    """Whether a vote (value, created_at) is young enough to be taken back."""
    window = unit.site.post_undo_action_window_mins * MINUTE
    return vote is not None and vote[1] + window > unit.now
