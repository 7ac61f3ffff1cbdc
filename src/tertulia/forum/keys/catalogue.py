"""The catalogue of scopes: which rights a key can be narrowed to, and by which parameters each.

Rows of route tables name these words; what a key holds is asked in `scopes.py`. Source: upstream's list.
"""

from __future__ import annotations

import msgspec


class ScopeParameter(msgspec.Struct, frozen=True):
    """A parameter whose values a scope can be bound to. `path`: only the address counts, never query or body.

    `alias` is another name of the same parameter; sending both is refused. `last_piece`: the alias is a path
    of which only what follows the last slash is compared."""

    name: str
    path: bool = False
    alias: str | None = None
    last_piece: bool = False


def _path(name: str, alias: str | None = None) -> ScopeParameter:
    return ScopeParameter(name, path=True, alias=alias)


def _sent(*names: str) -> tuple[ScopeParameter, ...]:
    return tuple(ScopeParameter(name) for name in names)


READ_EVERYTHING = "global:read"
_TOPIC = _path("topic_id", "id")
_CATEGORY = ScopeParameter("category_id", alias="category_slug_path_with_id", last_piece=True)

SCOPES: dict[str, tuple[ScopeParameter, ...]] = {
    READ_EVERYTHING: (),
    "topics:write": _sent("topic_id"),
    "topics:update": (ScopeParameter("category_id"), _TOPIC),
    "topics:delete": (_TOPIC,),
    "topics:recover": (_TOPIC,),
    "topics:read": (_TOPIC, ScopeParameter("external_id")),
    "topics:read_lists": (_CATEGORY,),
    "topics:status": (*_sent("category_id", "status", "enabled"), _TOPIC),
    "topics:change_owner": (_TOPIC,),
    "posts:edit": (_path("id", "post_id"),),
    "posts:delete": (_path("id", "post_id"),),
    "posts:recover": (_path("post_id", "id"),),
    "posts:list": (),
    "revisions:read": (_path("post_id"),),
    "revisions:modify": (_path("post_id"),),
    "revisions:permanently_delete": (_path("post_id"),),
    "tags:list": (),
    "tag_groups:list": (),
    "tag_groups:show": (_path("id"),),
    "tag_groups:create": (),
    "tag_groups:update": (_path("id"),),
    "categories:list": (),
    "categories:show": (_path("id", "category_id"),),
    "uploads:create": (),
    "users:bookmarks": (_path("username"),),
    "users:sync_sso": _sent("sso", "sig"),
    "users:show": (_path("username"), _path("external_id"), _path("external_provider")),
    "users:check_emails": (_path("username"),),
    "users:create": (),
    "users:update": (_path("username"),),
    "users:log_out": (_path("user_id", "id"),),
    "users:anonymize": (_path("user_id", "id"),),
    "users:suspend": (_path("user_id", "id"),),
    "users:delete": (_path("id", "user_id"),),
    "users:list": (),
    "user_status:read": (),
    "user_status:update": (),
    "email:receive_emails": (),
    "invites:create": (),
    "badges:list": (),
    "badges:create": (),
    "badges:update": (_path("id"),),
    "badges:delete": (_path("id"),),
    "badges:show": (_path("id"),),
    "badges:list_user_badges": (_path("username"),),
    "badges:assign_badge_to_user": _sent("username"),
    "badges:revoke_badge_from_user": (_path("id"),),
    "groups:manage_groups": (_path("id", "group_id"), _path("name", "group_name")),
    "groups:administer_groups": (_path("id", "group_id"), _path("name", "group_name")),
    "search:show": _sent("q", "page"),
    "search:query": _sent("term"),
    "wordpress:publishing": (),
    "wordpress:commenting": (),
    "wordpress:connect": (),
    "wordpress:utilities": (),
    "logs:messages": (),
}

# What each scope of a personal key opens besides; "read" and "write" go by the method.
PERSONAL_SCOPES: dict[str, frozenset[str]] = {
    "read": frozenset(),
    "write": frozenset(),
    "message_bus": frozenset(("message_bus:poll",)),
    "push": frozenset(),
    "one_time_password": frozenset(),
    "notifications": frozenset(("message_bus:poll", "notifications:read", "notifications:mark_read")),
    "session_info": frozenset(("session:current", "users:tracking_state")),
    "bookmarks_calendar": frozenset(("bookmarks:calendar",)),
    "user_status": frozenset(("user_status:read", "user_status:update")),
}
# Open to every valid key: to learn its own scopes, and to revoke itself.
ALWAYS = frozenset(("keys:own_scopes", "keys:revoke_own"))
