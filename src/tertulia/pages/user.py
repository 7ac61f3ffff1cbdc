"""A profile: who somebody is, and what they wrote last."""

from __future__ import annotations

import msgspec

from tertulia.forum.addresses import topic_path, user_path
from tertulia.forum.cooking import excerpt
from tertulia.forum.posts.listing import list_posts
from tertulia.forum.users.profiles import read_user
from tertulia.http.call import Answer, Call
from tertulia.model.posts import ListPosts, PostView
from tertulia.model.users import User, UserView
from tertulia.pages.post_html import post_html
from tertulia.pages.posts import face
from tertulia.pages.presenting import Link
from tertulia.pages.rendering import Around, page
from tertulia.pages.times import day

_SHOWN = 20
_WEB = ("http://", "https://")


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """A post in the list of what somebody wrote."""

    topic: Link
    number: int
    created_at: int
    blurb: str
    likes: int


def written(view: PostView) -> Written:
    post = view.post
    return Written(
        topic=Link(view.topic_title, topic_path(view.topic_slug, post.topic_id, post.post_number)),
        number=post.post_number,
        created_at=post.created_at,
        blurb=excerpt(post.cooked),
        likes=post.like_count,
    )


async def get_user(call: Call) -> Answer:
    view = await read_user(call.unit, username=call.word("username"))
    offset = call.query.integer("offset", minimum=0, maximum=100_000, default=0)
    posts = await list_posts(call.unit, ListPosts(user_id=view.user.id, offset=offset, limit=_SHOWN))
    older = f"{user_path(view.user.username)}?offset={offset + _SHOWN}" if posts.more else None
    return _page(call, view, posts=[written(each) for each in posts.posts], older=older)


def _page(call: Call, view: UserView, *, posts: list[Written], older: str | None) -> Answer:
    user = view.user
    path = user_path(user.username)
    return page(
        call,
        "user.html",
        around=Around(title=user.username, section="user", json_path=f"{path}.json"),
        user=user,
        face=face(user.username),
        roles=_roles(user),
        bio=post_html(user.bio_cooked),
        website=user.website if user.website.lower().startswith(_WEB) else None,
        facts=_facts(user),
        groups=[group.full_name or group.name for group in view.groups if not group.automatic],
        suspended=_until(user.suspended_till) if user.is_suspended(call.unit.now) else None,
        silenced=_until(user.silenced_till) if user.is_silenced(call.unit.now) and view.can_admin else None,
        posts=posts,
        older=older,
        topics_href=f"/topics/created-by/{user.username}",
        apps_href=f"{path}/preferences/apps" if view.is_self else None,
    )


def _roles(user: User) -> tuple[str, ...]:
    named = ((user.admin, "admin"), (user.moderator, "moderator"), (bool(user.title), user.title or ""))
    return tuple(word for holds, word in named if holds)


def _facts(user: User) -> tuple[tuple[str, int], ...]:
    return (
        ("topics", user.topic_count),
        ("posts", user.post_count),
        ("likes received", user.likes_received),
        ("likes given", user.likes_given),
        ("trust level", user.trust_level),
    )


def _until(ms: int | None) -> str:
    return day(ms) if ms is not None else ""
