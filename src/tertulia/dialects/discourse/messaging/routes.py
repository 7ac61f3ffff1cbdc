"""What may be asked about private messages, and about groups beside the rows in `../routes.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tertulia.http.routing import Row, absent
from tertulia.http.routing.later import LaterModule

_ROOM = "tertulia.dialects.discourse.messaging"
messages = LaterModule(f"{_ROOM}.messages")
requests = LaterModule(f"{_ROOM}.requests")
group_posts = LaterModule(f"{_ROOM}.group_posts")

_PRIVATE = "/topics/private-messages"


def _row(method: str, path: str, handler: Callable[..., Any], name: str, **options: Any) -> Row:
    return Row(method, path, handler, name=name, dialect="discourse", **options)


def _user(method: str, path: str, handler: Callable[..., Any], name: str, **options: Any) -> Row:
    return _row(method, path, handler, name, access="user", **options)


_STATES: tuple[tuple[str, Callable[..., Any]], ...] = (
    ("", messages.get_inbox),
    ("-sent", messages.get_sent),
    ("-archive", messages.get_archive),
    ("-new", messages.get_new),
    ("-unread", messages.get_unread),
)
_GROUP_STATES: tuple[tuple[str, Callable[..., Any]], ...] = (
    ("", messages.get_group_inbox),
    ("archive", messages.get_group_archive),
    ("new", messages.get_group_new),
    ("unread", messages.get_group_unread),
)

MESSAGE_ROWS = (
    *(
        _user("GET", f"{_PRIVATE}{tail}/{{username:username}}", handler,
              f"list/private_messages{tail.replace('-', '_')}", summary="Messages of a user")
        for tail, handler in _STATES
    ),
    *(
        _user("GET", f"{_PRIVATE}-group/{{username:username}}/{{group_name:name}}" + (f"/{tail}" if tail else ""),
              handler, "list/private_messages_group" + (f"_{tail}" if tail else ""), summary="Messages to a group")
        for tail, handler in _GROUP_STATES
    ),
    _user("GET", f"{_PRIVATE}-tags/{{username:username}}/{{tag:name}}", messages.get_tagged,
          "list/private_messages_tag"),
    absent("GET", f"{_PRIVATE}-warnings/{{username:username}}", why="there are no official warnings",
           dialect="discourse"),
    _user("PUT", "/t/{topic_id:int}/archive-message", messages.put_archive, "topics/archive_message"),
    _user("PUT", "/t/{topic_id:int}/move-to-inbox", messages.put_inbox, "topics/move_to_inbox"),
    _user("POST", "/t/{topic_id:int}/invite", messages.invite_user, "topics/invite",
          summary="Lets somebody into a message"),
    _user("POST", "/t/{topic_id:int}/invite-group", messages.invite_group, "topics/invite_group"),
    _user("PUT", "/t/{topic_id:int}/remove-allowed-user", messages.remove_user, "topics/remove_allowed_user"),
    _user("PUT", "/t/{topic_id:int}/remove-allowed-group", messages.remove_group, "topics/remove_allowed_group"),
    _user("PUT", "/t/{topic_id:int}/convert-topic/{kind}", messages.convert_topic, "topics/convert_topic"),
)  # fmt: skip


# -- groups -----------------------------------------------------------------------------------------
def _groups(method: str, tail: str, handler: Callable[..., Any], name: str, **options: Any) -> tuple[Row, ...]:
    return tuple(_row(method, prefix + tail, handler, name, **options) for prefix in ("/groups", "/g"))


GROUP_EXTRA_ROWS = (
    *_groups("POST", "/{group_name:name}/request_membership", requests.request_membership,
             "groups/request_membership", access="user"),
    *_groups("PUT", "/{group_id:int}/handle_membership_request", requests.handle_request,
             "groups/handle_membership_request", access="user"),
    *_groups("GET", "/{group_name:name}/logs", requests.get_logs, "groups/histories", access="user"),
    *_groups("POST", "/{group_name:name}/notifications", requests.set_notifications, "groups/set_notifications",
             access="user"),
    *_groups("GET", "/{group_name:name}/permissions", requests.get_permissions, "groups/permissions", access="user"),
    *_groups("GET", "/check-name", requests.check_name, "groups/check_name", access="user"),
    *_groups("GET", "/{group_name:name}/posts", group_posts.get_posts, "groups/posts"),
    *_groups("GET", "/{group_name:name}/mentions", group_posts.get_mentions, "groups/mentions"),
    _row("GET", "/topics/groups/{group_name:name}", group_posts.get_topics, "list/group_topics",
         summary="Topics begun by members of a group"),
    absent("PUT", "/admin/groups/automatic_membership_count", why="nobody joins a group by an e-mail address's domain",
           dialect="discourse"),
)  # fmt: skip
