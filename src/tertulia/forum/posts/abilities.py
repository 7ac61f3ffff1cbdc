"""What a reader may do next with a post, asked of the one table of permissions."""

from __future__ import annotations

from tertulia.forum.permissions import MINUTE, able
from tertulia.forum.unit import Unit
from tertulia.model.posts import Post, PostAbilities
from tertulia.model.topics import Topic


def post_abilities(unit: Unit, post: Post, *, topic: Topic, vote: tuple[int, int] | None) -> PostAbilities:
    """The acts that would be allowed now; `vote` is the reader's (value, created_at)."""
    if unit.actor.user is None:
        return PostAbilities(see_history=may_see_history(unit, post, topic=topic), see_raw=may_see_content(unit, post))
    subject = {"topic": topic, "post": post}
    deleted = post.deleted_at is not None
    liked = vote is not None and vote[0] > 0
    return PostAbilities(
        edit=able(unit, "post.edit", **subject),
        delete=not deleted and able(unit, "post.delete", **subject),
        recover=(deleted or post.user_deleted) and able(unit, "post.recover", **subject),
        purge=deleted and able(unit, "post.purge", **subject),
        wiki=able(unit, "post.moderate", **subject),
        like=not liked and able(unit, "post.like", **subject),
        undo_like=liked and vote_is_undoable(unit, vote),
        down_vote=able(unit, "post.down_vote", **subject),
        flag=not deleted and unit.actor.user_id != post.user_id,
        see_history=may_see_history(unit, post, topic=topic),
        see_raw=may_see_content(unit, post),
        bookmark=not deleted,
        moderate=able(unit, "post.moderate", **subject),
    )


def may_see_history(unit: Unit, post: Post, *, topic: Topic) -> bool:
    """Authors see their own earlier versions; others by privilege, where the site shows them at all."""
    if unit.actor.user_id is not None and unit.actor.user_id == post.user_id:
        return True
    shown = unit.site.edit_history_visible_to_public or unit.actor.moderates(topic.category_id)
    return shown and may_see_content(unit, post) and able(unit, "post.history", topic=topic, post=post)


def may_see_content(unit: Unit, post: Post) -> bool:
    """Hidden posts are read by their authors and by staff only."""
    return not post.hidden or unit.actor.is_staff or unit.actor.user_id == post.user_id


def vote_is_undoable(unit: Unit, vote: tuple[int, int] | None) -> bool:
    """Whether a vote (value, created_at) is young enough to be taken back."""
    window = unit.site.post_undo_action_window_mins * MINUTE
    return vote is not None and vote[1] + window > unit.now
