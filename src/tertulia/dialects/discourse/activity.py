"""What people did: their topics, replies and likes, a summary, and the directory of everybody's numbers."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from msgspec.structs import replace

from tertulia.dialects.discourse.shapes.activity import (
    LIKED,
    NEW_TOPIC,
    REPLIED,
    DirectoryAnswer,
    UserAction,
    summary_of,
)
from tertulia.dialects.discourse.shapes.posts import Place, Post
from tertulia.dialects.discourse.users import named_user
from tertulia.forum.posts.listing import list_posts
from tertulia.forum.topics.listing import list_topics
from tertulia.forum.users.directory import list_directory
from tertulia.forum.users.profiles import read_user
from tertulia.http.bodies import Parameters
from tertulia.http.call import Call
from tertulia.model.posts import ListPosts
from tertulia.model.topics import ListTopics, TopicFilter, TopicOrder
from tertulia.model.users import ListDirectory, User

_PER_PAGE = 60  # source: upstream's default; 100 is the most
_MOST = 100
_BEST = 6
_DIRECTORY_PAGE = 50
_LAST_PAGE = 10


async def get_user_actions(call: Call) -> Any:
    """`filter` 1 likes given, 4 topics, 5 replies, or `4,5`; kinds that are not recorded here give an empty list."""
    parameters = call.parameters
    user = (await read_user(call.unit, username=parameters.required_text("username"))).user
    kinds = set(parameters.integers("filter")) or {NEW_TOPIC, REPLIED}
    command = _action_command(kinds, user=user)
    if command is None:
        return {"user_actions": []}
    offset = parameters.integer("offset", default=0, minimum=0)
    limit = min(parameters.integer("limit", default=_PER_PAGE, minimum=1), _MOST)
    found = await list_posts(call.unit, replace(command, offset=offset, limit=limit))
    liked_by = user if command.liked_by is not None else None
    return {"user_actions": [UserAction.of(view, liked_by=liked_by) for view in found.posts]}


def _action_command(kinds: set[int], *, user: User) -> ListPosts | None:
    if LIKED in kinds:
        return ListPosts(liked_by=user.id)
    if not kinds & {NEW_TOPIC, REPLIED}:
        return None
    return ListPosts(user_id=user.id, only_first=REPLIED not in kinds, only_replies=NEW_TOPIC not in kinds)


async def get_posts(call: Call) -> list[Post]:
    """The newest posts of a user, at most 50."""
    user = (await named_user(call)).user
    found = await list_posts(call.unit, ListPosts(user_id=user.id))
    return [Post.of(view, place=Place.LATEST, with_raw=True) for view in found.posts]


async def get_summary(call: Call) -> Any:
    user = (await named_user(call)).user
    topics = await list_topics(
        call.unit,
        ListTopics(filter=TopicFilter.CREATED, user_id=user.id, order=TopicOrder.LIKES, per_page=_BEST),
    )
    replies = await list_posts(call.unit, ListPosts(user_id=user.id, only_replies=True, best_first=True, limit=_BEST))
    return summary_of(user, topics=topics.items, replies=replies.posts)


_KEPT = ("order", "asc", "limit", "name", "username", "group", "exclude_usernames", "exclude_groups")


async def get_directory(call: Call) -> DirectoryAnswer:
    """Everybody's numbers, since the beginning (`all`) or in a `period` up to now."""
    command = _directory_command(call)
    found = await list_directory(call.unit, command)
    kept = {name: value for name in _KEPT if (value := call.query.text(name))}
    more = urlencode({"period": command.period, **kept, "page": command.page + 1})
    return DirectoryAnswer.of(found, more_url=f"/directory_items.json?{more}")


def _directory_command(call: Call) -> ListDirectory:
    parameters = call.parameters
    return ListDirectory(
        period=parameters.required_text("period"),
        order=parameters.text("order") or "likes_received",
        filter=parameters.text("name", default=""),
        username=parameters.text("username", default=""),
        group=parameters.text("group", default=""),
        without_users=_names(parameters, "exclude_usernames"),
        without_groups=_names(parameters, "exclude_groups"),
        ascending=parameters.boolean("asc", default=False),
        page=parameters.integer("page", default=0, minimum=0, maximum=_LAST_PAGE),
        per_page=parameters.integer("limit", default=_DIRECTORY_PAGE, minimum=1, maximum=_DIRECTORY_PAGE),
    )


def _names(parameters: Parameters, name: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in (parameters.text(name) or "").split(",") if word.strip())
