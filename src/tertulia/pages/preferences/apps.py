"""Apps: the programs that somebody let in, with what each may do and when it was used last, and a way to end it.

For the person and for admins; to everybody else there is no such page.
"""

from __future__ import annotations

import msgspec

from tertulia.forum.addresses import user_path
from tertulia.forum.keys.apps import KINDS, list_apps
from tertulia.forum.keys.revoking import revoke_key
from tertulia.forum.keys.viewing import find_key
from tertulia.forum.permissions import able
from tertulia.forum.users.profiles import read_user
from tertulia.http.call import Answer, Call
from tertulia.model.errors import KeyMissing, NotFound
from tertulia.model.keys import KeyView
from tertulia.model.users import UserView
from tertulia.pages.rendering import Around, page
from tertulia.pages.returning import redirect

SCOPE_WORDS = {
    "read": "read everything that you can",
    "write": "write and change everything that you can",
    "message_bus": "receive live updates",
    "push": "send notifications elsewhere",
    "one_time_password": "make one-time passwords to log in with",
    "notifications": "read notifications and mark them as read",
    "session_info": "see who you are",
    "bookmarks_calendar": "read your bookmark reminders",
    "user_status": "read and change your status",
}


class App(msgspec.Struct, frozen=True, kw_only=True):
    """A program in the list."""

    id: int
    name: str
    begins: str
    may: tuple[str, ...]
    created_at: int
    last_used_at: int | None
    last_used_from: str
    expires_at: int | None


def app_of(view: KeyView) -> App:
    key = view.key
    return App(
        id=key.id,
        name=key.application or key.description or key.client_id or "Unnamed",
        begins=key.truncated,
        may=tuple(SCOPE_WORDS.get(scope.scope, scope.scope) for scope in view.scopes),
        created_at=key.created_at,
        last_used_at=key.last_used_at,
        last_used_from=key.last_used_address or "",
        expires_at=key.expires_at,
    )


async def get_apps(call: Call) -> Answer:
    view = await _person(call)
    path = user_path(view.user.username)
    return page(
        call,
        "preferences/apps.html",
        around=Around(title="Apps", section="user", json_path=f"{path}.json", noindex=True),
        person=view.user.username,
        is_self=view.is_self,
        path=path,
        apps=[app_of(each) for each in await list_apps(call.unit, view.user.id)],
    )


async def post_revoke(call: Call) -> Answer:
    view = await _person(call)
    key = await find_key(call.unit, call.integer("key_id"), kinds=KINDS)
    if key.user_id != view.user.id:
        raise KeyMissing()
    await revoke_key(call.unit, key.id, kinds=KINDS)
    return redirect(f"{user_path(view.user.username)}/preferences/apps")


async def _person(call: Call) -> UserView:
    view = await read_user(call.unit, username=call.word("username"))
    if not (view.is_self or able(call.unit, "key.manage")):
        raise NotFound()
    return view
