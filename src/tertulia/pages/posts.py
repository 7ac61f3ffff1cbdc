"""What templates are given of posts: who, when, what, and what the reader may do with it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec
from markupsafe import Markup

from tertulia.forum.addresses import topic_path
from tertulia.model.posts import PostType, PostView
from tertulia.model.topics import TopicView
from tertulia.pages.presenting import Link, person

FACES = 12
_ACTIONS = {
    "closed.enabled": "closed this topic",
    "closed.disabled": "opened this topic again",
    "autoclosed.enabled": "closed this topic, as was planned",
    "autoclosed.disabled": "opened this topic again, as was planned",
    "archived.enabled": "archived this topic",
    "archived.disabled": "took this topic out of the archive",
    "pinned.enabled": "pinned this topic",
    "pinned.disabled": "unpinned this topic",
    "pinned_globally.enabled": "pinned this topic everywhere",
    "pinned_globally.disabled": "unpinned this topic",
    "visible.enabled": "listed this topic again",
    "visible.disabled": "unlisted this topic",
    "split_topic": "moved posts to another topic",
    "invited_user": "let {who} in",
    "removed_user": "took {who} out",
    "user_left": "left",
    "invited_group": "let the group {who} in",
    "removed_group": "took the group {who} out",
    "private_topic": "made this topic a private message",
    "public_topic": "made this message a public topic",
}


class Face(msgspec.Struct, frozen=True):
    """A letter on one of twelve colours, drawn by the style sheet."""

    letter: str
    bucket: int


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """One post. `forms` and `form` say where its HTML is kept, if it is."""

    id: int
    number: int
    href: str
    author: Link
    name: str
    face: Face
    roles: tuple[str, ...]
    created_at: int
    edited_at: int | None
    html: Markup
    likes: int
    liked: bool
    can_like: bool
    can_unlike: bool
    reply_href: str | None
    answers: Link | None
    action: str | None
    deleted: bool
    hidden: bool
    target: bool
    forms: dict[tuple[object, ...], Any] | None = None
    form: tuple[object, ...] = ()


def face(username: str) -> Face:
    """The letter and colour of a name, always the same for it."""
    name = username.lower()
    letter = next((each for each in name if each.isalnum()), "x").upper()
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()
    return Face(letter, int.from_bytes(digest[:4], "big") % FACES)


def boxes(view: TopicView, *, forms: Mapping[int, str], target: int | None) -> list[Box | Markup]:
    """The posts of a topic's page, those that are `unmade` with their HTML for pages by id in `forms`.

    Of posts that many readers are shown alike, the HTML, once the template has made it. `target` is the number that
    the address names."""
    return [_kept(post, view, target=target) or _box(post, view, forms=forms, target=target) for post in view.posts]


def unmade(view: TopicView, *, target: int | None) -> list[PostView]:
    """The posts that the template has to make anew for this page."""
    return [post for post in view.posts if _kept(post, view, target=target) is None]


def _kept(post: PostView, view: TopicView, *, target: int | None) -> Markup | None:
    return None if post.forms is None or post.post.post_number == target else post.forms.get(_form(view))


def _form(view: TopicView) -> tuple[object, ...]:
    return (Box, view.abilities.reply)


def _box(post_view: PostView, view: TopicView, *, forms: Mapping[int, str], target: int | None) -> Box:
    post, user = post_view.post, post_view.user
    topic, abilities = view.topic, post_view.abilities
    path = topic_path(topic.slug, topic.id)
    return Box(
        id=post.id,
        number=post.post_number,
        href=f"{path}/{post.post_number}",
        author=person(user) or Link("", "/"),
        name=user.name if user.name.strip().lower() != user.username.lower() else "",
        face=face(user.username),
        roles=roles(post_view),
        created_at=post.created_at,
        edited_at=post.updated_at if post.public_version > 1 else None,
        html=Markup(forms.get(post.id, "")),  # sanitised when it was stored
        likes=post.like_count,
        liked=post_view.my_vote > 0,
        can_like=abilities.like,
        can_unlike=abilities.undo_like,
        reply_href=f"{path}/reply?to={post.post_number}" if view.abilities.reply else None,
        answers=_answers(post_view, path=path),
        action=action_words(post.action_code, who=post.action_subject or "somebody")
        if post.post_type == PostType.SMALL_ACTION
        else None,
        deleted=post.deleted_at is not None or post.user_deleted,
        hidden=not post_view.can_see_content,
        target=post.post_number == target,
        forms=post_view.forms if post.post_number != target else None,
        form=_form(view),
    )


def roles(view: PostView) -> tuple[str, ...]:
    """Who somebody is in this topic, in words."""
    user, first = view.user, view.post.post_number == 1
    named = (
        (view.yours, "you"),
        (view.post.user_id == view.topic_user_id and not first, "topic author"),
        (user.admin, "admin"),
        (user.moderator and not user.admin, "moderator"),
        (view.post.post_type == PostType.WHISPER, "staff only"),
        (bool(user.title), user.title or ""),
    )
    return tuple(word for holds, word in named if holds)


def action_words(code: str | None, *, who: str = "") -> str:
    """What a small action says after the name of who did it; `who` it was done to."""
    return _ACTIONS.get(code or "", "changed this topic").replace("{who}", who)


def _answers(view: PostView, *, path: str) -> Link | None:
    """The post that this one replies to, unless it is the one right above."""
    number = view.post.reply_to_post_number
    if number is None or number == view.post.post_number - 1:
        return None
    name = view.reply_to_user.username if view.reply_to_user is not None else f"post {number}"
    return Link(name, f"{path}/{number}")
