"""People read: the list, accounts by id, name and address, and the pages of a profile."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from tertulia.dialects.nodebb.gathering import find_user_by_slug, groups_of, profile_of, summaries, topic_items
from tertulia.dialects.nodebb.read.frame import page
from tertulia.dialects.nodebb.shapes.accounts import Account
from tertulia.dialects.nodebb.shapes.pagination import PER_PAGE, Pagination, page_count
from tertulia.dialects.nodebb.shapes.people import Listed
from tertulia.dialects.nodebb.wire import redirect, userslug
from tertulia.forum.posts.listing import list_posts
from tertulia.forum.topics.listing import list_topics
from tertulia.forum.users import following, listing
from tertulia.forum.users.profiles import read_user
from tertulia.http.call import Answer, Call
from tertulia.model.errors import LoginRequired, NotAllowed
from tertulia.model.posts import ListPosts
from tertulia.model.topics import ListTopics, TopicFilter
from tertulia.model.users import ListUsers, UserListOrder, UserView

Page = Callable[[Call], Awaitable[dict[str, Any]]]
USERS_PER_PAGE = 50
_SHOWN = 10  # posts on the first page of a profile
_SECTIONS: dict[str, tuple[str, UserListOrder, bool]] = {
    "online": ("online", UserListOrder.LAST_SEEN, False),
    "sort-posts": ("active", UserListOrder.POST_COUNT, False),
    "sort-reputation": ("active", UserListOrder.REPUTATION, False),
    "joindate": ("active", UserListOrder.CREATED, False),
    "banned": ("banned", UserListOrder.CREATED, False),
}
_SORTS = ({"url": "?sort=lastpost", "name": "Last post", "selected": True},)


# -- accounts -----------------------------------------------------------------------------------------
async def by_id(call: Call) -> Any:
    return Account.of_view(await read_user(call.unit, user_id=call.integer("uid")), now=call.unit.now)


async def by_name(call: Call) -> Any:
    return Account.of_view(await read_user(call.unit, username=call.word("username")), now=call.unit.now)


async def by_email(call: Call) -> Any:
    """For those who may see the address. Raises UserMissing for everybody else."""
    return Account.of_view(await read_user(call.unit, email=call.word("email")), now=call.unit.now)


async def get_all(call: Call) -> dict[str, Any]:
    section = call.query.text("section", default="joindate")
    section = section if section in _SECTIONS else "joindate"
    number = call.query.integer("page", default=1, minimum=1)
    found = await listing.list_users(call.unit, _listing(call, section=section, number=number))
    body = {
        "users": [Listed.at(user, now=call.unit.now) for user in found.users],
        "userCount": found.total,
        "pagination": Pagination.of(page=number, count=page_count(found.total, per_page=found.per_page)),
        f"section_{section}": True,
    }
    return await page(call, body, _around_users(call), template="users", title="Users")


def _listing(call: Call, *, section: str, number: int) -> ListUsers:
    flag, order, ascending = _SECTIONS[section]
    term = call.query.text("query") or call.query.text("term", default="")
    return ListUsers(flag=flag, order=order, ascending=ascending, filter=term, page=number - 1, per_page=USERS_PER_PAGE)


def _around_users(call: Call) -> dict[str, Any]:
    actor = call.actor
    return {
        "isAdmin": actor.is_admin,
        "isGlobalMod": actor.is_moderator,
        "isAdminOrGlobalMod": actor.is_staff,
        "displayUserSearch": True,
        "adminInviteOnly": False,
        "inviteOnly": False,
        "invites": 0,
        "maximumInvites": 0,
        "showInviteButton": False,
        "reputation:disabled": 0,
    }


# -- oneself ------------------------------------------------------------------------------------------
async def get_self(call: Call) -> dict[str, Any]:
    """The reader's own profile. Raises LoginRequired."""
    if call.actor.user_id is None:
        raise LoginRequired()
    return await profile_of(call, await read_user(call.unit, user_id=call.actor.user_id))


async def locate_self(call: Call) -> Answer:
    if call.actor.user is None:
        raise LoginRequired()
    rest = call.path_parameters.get("rest")
    path = f"/user/{userslug(call.actor.user.username)}"
    return redirect(f"{path}/{rest}" if rest else path)


async def locate(call: Call) -> Answer:
    view = await read_user(call.unit, user_id=call.integer("uid"))
    return redirect(f"/user/{userslug(view.user.username)}")


# -- pages of a profile -------------------------------------------------------------------------------
async def _profile_page(call: Call, view: UserView, *, name: str, title: str, parts: dict[str, Any]) -> dict[str, Any]:
    username = view.user.username
    crumbs = ((username, f"/user/{userslug(username)}"), (title, None)) if name != "profile" else ((username, None),)
    body = {**await profile_of(call, view), **parts}
    return await page(call, body, template=f"account/{name}", title=title, crumbs=crumbs)


async def get(call: Call) -> dict[str, Any]:
    view = await find_user_by_slug(call.unit, call.word("userslug"))
    latest = await list_posts(call.unit, ListPosts(user_id=view.user.id, limit=_SHOWN))
    best = await list_posts(call.unit, ListPosts(user_id=view.user.id, limit=_SHOWN, best_first=True))
    newest = await summaries(call, latest.posts)
    liked = await summaries(call, [post for post in best.posts if post.post.like_count > post.post.down_count])
    parts = {"latestPosts": newest, "posts": newest, "bestPosts": liked, "customUserFields": []}
    return await _profile_page(call, view, name="profile", title=view.user.username, parts=parts)


def posts_page(name: str, *, title: str, **fields: Any) -> Page:
    """A page of posts; `fields` are set in the command, and those that are "uid" to the user's id."""

    async def handler(call: Call) -> dict[str, Any]:
        view = await find_user_by_slug(call.unit, call.word("userslug"))
        number = call.query.integer("page", default=1, minimum=1, maximum=10_000)
        chosen = {field: view.user.id if value == "uid" else value for field, value in fields.items()}
        command = msgspec.structs.replace(ListPosts(limit=PER_PAGE, offset=(number - 1) * PER_PAGE), **chosen)
        found = await list_posts(call.unit, command)
        parts = {"posts": await summaries(call, found.posts), **_list_parts(number, more=found.more)}
        return await _profile_page(call, view, name=name, title=title, parts=parts)

    return handler


def topics_page(name: str, *, title: str, own: bool, **fields: Any) -> Page:
    """A page of topics. `own`: only for the user, as the list is about what they read and watch."""

    async def handler(call: Call) -> dict[str, Any]:
        view = await find_user_by_slug(call.unit, call.word("userslug"))
        if own and not view.is_self:
            raise NotAllowed()
        number = call.query.integer("page", default=1, minimum=1, maximum=10_000)
        base = ListTopics(page=number - 1, per_page=PER_PAGE, with_teasers=True)
        command = msgspec.structs.replace(base, user_id=None if own else view.user.id, **fields)
        found = await list_topics(call.unit, command)
        parts = {"topics": await topic_items(call, found), **_list_parts(number, more=found.more)}
        return await _profile_page(call, view, name=name, title=title, parts=parts)

    return handler


def _list_parts(number: int, *, more: bool) -> dict[str, Any]:
    return {
        "nextStart": number * PER_PAGE,
        "noItemsFoundKey": "Nothing here yet.",
        "pagination": Pagination.of(page=number, count=number + more),
        "showSort": False,
        "sortOptions": _SORTS,
    }


async def followers(call: Call) -> dict[str, Any]:
    view = await find_user_by_slug(call.unit, call.word("userslug"))
    number = call.query.integer("page", default=1, minimum=1, maximum=10_000)
    found = await following.list_followers(call.unit, view.user.id, page=number - 1)
    return await _people(call, view, found, name="followers", number=number, total=view.user.follower_count)


async def followed(call: Call) -> dict[str, Any]:
    view = await find_user_by_slug(call.unit, call.word("userslug"))
    number = call.query.integer("page", default=1, minimum=1, maximum=10_000)
    found = await following.list_following(call.unit, view.user.id, page=number - 1)
    return await _people(call, view, found, name="following", number=number, total=view.user.following_count)


async def _people(
    call: Call, view: UserView, found: tuple[Any, ...], *, name: str, number: int, total: int
) -> dict[str, Any]:
    parts = {
        "users": [Listed.at(card, now=call.unit.now) for card in found],
        "pagination": Pagination.of(page=number, count=page_count(total, per_page=following.PAGE)),
    }
    return await _profile_page(call, view, name=name, title=name.capitalize(), parts=parts)


async def groups(call: Call) -> dict[str, Any]:
    view = await find_user_by_slug(call.unit, call.word("userslug"))
    listed = [{**msgspec.to_builtins(group), "members": []} for group in await groups_of(call.unit, view)]
    return await _profile_page(call, view, name="groups", title="Groups", parts={"groups": listed})


posts = posts_page("posts", title="Posts", user_id="uid")
best = posts_page("best", title="Best posts", user_id="uid", best_first=True)
upvoted = posts_page("upvoted", title="Upvoted", liked_by="uid")
downvoted = posts_page("downvoted", title="Downvoted", voted_down_by="uid")
bookmarks = posts_page("bookmarks", title="Bookmarks", bookmarked_by="uid")
topics = topics_page("topics", title="Topics", own=False, filter=TopicFilter.CREATED)
read = topics_page("read", title="Read topics", own=True, filter=TopicFilter.READ)
watched = topics_page("watched", title="Watched topics", own=True, state="watching")
ignored = topics_page("ignored", title="Ignored topics", own=True, state="muted")
