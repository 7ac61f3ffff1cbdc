"""The words of webhooks: headers and bodies as the upstream sends them. The worker finds `render` in its table.

A body is what the API answers about the same thing, less what only one reader of it could mean.
Source: the contract's section on webhooks, the upstream's serializers for webhooks (names of fields).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import msgspec

import tertulia
from tertulia.dialects.discourse.shapes.categories import SiteCategory
from tertulia.dialects.discourse.shapes.groups import Group
from tertulia.dialects.discourse.shapes.people import BasicUser
from tertulia.dialects.discourse.shapes.posts import Place, Post
from tertulia.dialects.discourse.shapes.topics import Topic
from tertulia.dialects.discourse.shapes.users import Profile, Reader
from tertulia.dialects.discourse.wire import iso
from tertulia.model.topics import Archetype
from tertulia.model.users import SYSTEM_ID
from tertulia.model.webhooks import ContentType, HookEnvelope, HookFacts, HookPost, HookRequest, HookUser

AGENT = f"Discourse/{tertulia.__version__}"
_CONTENT_TYPES = {ContentType.JSON: "application/json", ContentType.FORM: "application/x-www-form-urlencoded"}
_ARCHETYPES = {Archetype.REGULAR: "regular", Archetype.MESSAGE: "private_message"}
_NOT_OF_TOPICS = frozenset((
    "post_stream", "timeline_lookup", "draft", "draft_key", "draft_sequence", "message_bus_last_id",
    "suggested_topics", "has_summary", "actions_summary", "current_post_number", "chunk_size", "topic_timer",
    "details", "image_url", "slow_mode_seconds", "slow_mode_enabled_until", "bookmarks", "show_read_indicator",
    "last_read_post_number",
))  # fmt: skip
_NOT_OF_POSTS = frozenset((
    "can_edit", "can_delete", "can_recover", "can_see_hidden_post", "can_wiki", "actions_summary",
    "can_view_edit_history", "yours", "flair_url", "flair_bg_color", "flair_color", "mentioned_users",
    "badges_granted", "bookmark_id", "read",
))  # fmt: skip
_NOT_OF_USERS = frozenset((
    "unconfirmed_emails", "can_edit", "can_edit_username", "can_edit_email", "can_edit_name",
    "can_send_private_messages", "can_send_private_message_to_user", "can_ignore_user", "can_mute_user",
    "can_ignore_users", "can_mute_users", "ignored", "uploaded_avatar_id", "has_title_badges", "bio_cooked",
    "custom_fields", "can_be_deleted", "can_delete_all_posts", "system_avatar_upload_id", "system_avatar_template",
    "can_change_bio", "can_change_location", "can_change_website", "can_change_tracking_preferences",
    "user_api_keys", "group_users", "user_auth_tokens", "use_logo_small_as_avatar", "pending_posts_count",
    "can_upload_profile_header", "can_upload_user_card_background",
))  # fmt: skip
_NOT_OF_CATEGORIES = frozenset(("can_edit", "notification_level", "permission"))
_NOT_OF_GROUPS = frozenset(("is_group_user", "is_group_owner", "can_edit_group"))
_IDS = {
    "topic": "topic_id", "post": "post_id", "like": "post_id", "user": "user_id", "user_promoted": "user_id",
    "group": "group_id", "category": "category_id", "tag": "tag_id",
}  # fmt: skip
_encode = msgspec.json.Encoder().encode


def render(envelope: HookEnvelope) -> HookRequest:
    """What is sent: one JSON object with the type as its only key, and the headers that name and sign it."""
    facts, hook = envelope.facts, envelope.hook
    body = _encode({facts.subject: payload(facts)})
    headers = [
        ("Accept", "*/*"),
        ("Content-Type", _CONTENT_TYPES[ContentType(hook.content_type)]),
        ("User-Agent", AGENT),
        ("X-Discourse-Instance", envelope.origin),
        ("X-Discourse-Event-Id", str(envelope.delivery_id)),
        ("X-Discourse-Event-Type", facts.subject),
        ("X-Discourse-Event", facts.name),
    ]
    if hook.secret:
        digest = hmac.new(hook.secret.encode(), body, hashlib.sha256).hexdigest()
        headers.append(("X-Discourse-Event-Signature", f"sha256={digest}"))
    return HookRequest(body=body, headers=tuple(headers))


def payload(facts: HookFacts) -> Any:
    """The thing itself; of one that is gone for good, its ids."""
    if facts.gone is not None:
        return _gone(facts.subject, facts.gone)
    return _PAYLOADS[facts.subject](facts) if facts.subject in _PAYLOADS else "OK"


def _gone(subject: str, known: dict[str, Any]) -> dict[str, Any]:
    main = _IDS.get(subject, "")
    ids = {("id" if name == main else name): value for name, value in known.items() if name != "voter_id"}
    if subject == "like":
        return {"post": ids, "user": {"id": known.get("voter_id")}}
    return ids


def _without(shape: Any, names: frozenset[str]) -> dict[str, Any]:
    # Only what is left is converted: some of what is not may be JSON already, kept for many readers.
    fields = zip(shape.__struct_encode_fields__, msgspec.structs.astuple(shape), strict=True)
    left = {name: value for name, value in fields if name not in names and value is not msgspec.UNSET}
    built: dict[str, Any] = msgspec.to_builtins(left)
    return built


def _topic(facts: HookFacts) -> dict[str, Any]:
    if facts.topic is None:
        return {}
    shape = Topic.of(facts.topic, reader_id=SYSTEM_ID, now=facts.now)
    return _without(shape, _NOT_OF_TOPICS) | {
        "created_by": msgspec.to_builtins(BasicUser.of(facts.topic.creator)),
        "last_poster": msgspec.to_builtins(BasicUser.of(facts.topic.last_poster)),
    }


def post_payload(post: HookPost) -> dict[str, Any]:
    """A post with its text, and with what it stands in."""
    view = post.view
    shape = _without(Post.of(view, place=Place.ALONE, with_raw=True), _NOT_OF_POSTS)
    shape |= {
        "raw": view.post.raw,
        "topic_title": view.topic_title,
        "topic_html_title": view.topic_title,
        "category_id": view.category_id,
        "topic_posts_count": view.topic_posts_count,
        "topic_filtered_posts_count": view.topic_posts_count,
        "topic_archetype": _ARCHETYPES[Archetype(view.topic_archetype)],
    }
    return shape | ({} if post.category_slug is None else {"category_slug": post.category_slug})


def _post(facts: HookFacts) -> dict[str, Any]:
    return {} if facts.post is None else post_payload(facts.post)


def _like(facts: HookFacts) -> dict[str, Any]:
    user = None if facts.card is None else msgspec.to_builtins(BasicUser.of(facts.card))
    return {"post": _post(facts), "user": user}


def _user(facts: HookFacts) -> dict[str, Any]:
    return {} if facts.user is None else user_payload(facts.user, now=facts.now)


def user_payload(user: HookUser, *, now: int) -> dict[str, Any]:
    """A profile with the address, as an admin sees it."""
    view = user.view
    shape = Profile.of(view, reader=Reader(logged_in=True, is_admin=True, now=now), groups=user.groups)
    fields = _without(shape, _NOT_OF_USERS) | {"email": view.user.email, "secondary_emails": []}
    return fields | ({} if view.user.external_id is None else {"external_id": view.user.external_id})


def _group(facts: HookFacts) -> dict[str, Any]:
    return {} if facts.group is None else _without(Group.of(facts.group), _NOT_OF_GROUPS)


def _category(facts: HookFacts) -> dict[str, Any]:
    return {} if facts.category is None else _without(SiteCategory.of(facts.category), _NOT_OF_CATEGORIES)


def _tag(facts: HookFacts) -> dict[str, Any]:
    tag = facts.tag
    if tag is None:
        return {}
    return {
        "id": tag.id,
        "name": tag.name,
        "slug": tag.name,
        "topic_count": tag.topic_count,
        "staff": False,
        "description": tag.description or None,
    }


def _membership(facts: HookFacts) -> dict[str, Any]:
    found = facts.membership
    if found is None:
        return {}
    return {
        "group_id": found.group_id,
        "user_id": found.user_id,
        "notification_level": found.level,
        "owner": found.owner,
        "created_at": iso(found.added_at),
    }


_PAYLOADS: dict[str, Callable[[HookFacts], dict[str, Any]]] = {
    "topic": _topic,
    "post": _post,
    "like": _like,
    "user": _user,
    "user_promoted": _user,
    "group": _group,
    "category": _category,
    "tag": _tag,
    "group_user": _membership,
}
