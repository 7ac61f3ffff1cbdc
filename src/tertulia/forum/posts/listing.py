"""Posts across topics: the newest of the forum, of one user, or those that somebody voted for or marked."""

from __future__ import annotations

from tertulia.forum.groups.members_of import members_spec
from tertulia.forum.permissions import allow
from tertulia.forum.posts.reading import view_posts
from tertulia.forum.unit import Unit
from tertulia.model.errors import NotFound
from tertulia.model.posts import ListPosts, PostList
from tertulia.store.lists.landmarks import Landmarks
from tertulia.store.lists.posts import PostListSpec
from tertulia.store.lists.posts import list_posts as list_stored_posts

MOST_AT_ONCE = 100
MOST_OFFSET = 1_000_000


async def list_posts(unit: Unit, command: ListPosts) -> PostList:
    """At most 100 posts that the actor can see, the newest first, and whether there are older ones.

    Deleted, hidden and whispered posts and those of unlisted topics are left out for everybody. `messages` lists
    those of private messages instead; `best_first` counts together with `user_id`. Raises LoginRequired, and
    NotFound for bookmarks and down-votes of others."""
    _check(unit, command)
    limit = min(max(command.limit, 1), MOST_AT_ONCE)
    joined, reader, vote = _joined(command)
    members = await members_spec(unit, command.group_id)
    given = {"user_id": command.user_id or 0, "before_id": command.before_id or 0, "reader": reader, "vote": vote}
    given |= {
        "mentioned_group_id": command.mentioned_group_id or 0,
        "category_id": command.category_id or 0,
        "before": command.before or 0,
        **members.values,
    }
    spec = PostListSpec(
        messages=command.messages,
        all_messages=unit.actor.visibility.sees_all_messages,
        by_user=command.user_id is not None,
        bounded=command.before_id is not None,
        only_replies=command.only_replies,
        only_first=command.only_first,
        joined=joined,
        best_first=command.best_first and command.user_id is not None,
        by_members=command.group_id is not None,
        few=members.few,
        of_role=members.of_role,
        in_category=command.category_id is not None,
        earlier=command.before is not None,
    )
    found = await list_stored_posts(
        unit.tx,
        spec,
        visibility=unit.actor.visibility,
        offset=min(max(command.offset, 0), MOST_OFFSET),
        limit=limit + 1,
        landmarks=unit.ports.memory.setdefault("landmarks", Landmarks()),
        now=unit.now,
        **given,
    )
    return PostList(posts=tuple(await view_posts(unit, found[:limit])), more=len(found) > limit)


def _joined(command: ListPosts) -> tuple[str, int, int]:
    """What else the list is about: (kind, whose, vote)."""
    if command.liked_by is not None:
        return "voted", command.liked_by, 1
    if command.voted_down_by is not None:
        return "voted", command.voted_down_by, -1
    if command.bookmarked_by is not None:
        return "bookmarked", command.bookmarked_by, 0
    if command.mentioned_group_id is not None:
        return "mentions", 0, 0
    return "", 0, 0


def _check(unit: Unit, command: ListPosts) -> None:
    """What is nobody else's business: marks, down-votes, private messages."""
    private = [each for each in (command.bookmarked_by, command.voted_down_by) if each is not None]
    if private or command.messages:
        allow(unit, "member")
    if any(each != unit.actor.user_id for each in private) and not unit.actor.is_admin:
        raise NotFound()
