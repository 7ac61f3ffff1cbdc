"""Logging in and out by cookie, the token that writing requests of browsers carry, and who one is."""

from __future__ import annotations

from typing import Any

from tertulia.dialects.discourse.shapes.keys import Scope
from tertulia.dialects.discourse.shapes.session import CurrentUser
from tertulia.dialects.discourse.shapes.users import UserCardAnswer
from tertulia.dialects.discourse.users import profile_of
from tertulia.forum.categories.reading import list_categories
from tertulia.forum.notifications.reading import count_unread
from tertulia.forum.sessions.actors import build_actor
from tertulia.forum.sessions.logging_in import log_in
from tertulia.forum.sessions.logging_in import log_out as end_session
from tertulia.forum.users.choices import view_groups_of
from tertulia.forum.users.profiles import read_user
from tertulia.http.call import Call
from tertulia.http.csrf import SESSION_COOKIE, csrf_token, renew_visitor, session_cookie
from tertulia.http.signing import sign
from tertulia.model.actor import Credential, CredentialKind
from tertulia.model.errors import LoginRequired, NotAllowed, NotFound
from tertulia.model.keys import LogIn

_HONEYPOT_SECONDS = 3600


async def get_csrf(call: Call) -> Any:
    return {"csrf": csrf_token(call)}


async def get_honeypot(call: Call) -> Any:
    value, challenge = honeypot(call)
    return {"value": value, "challenge": challenge, "expires_in": _HONEYPOT_SECONDS}


def honeypot(call: Call) -> tuple[str, str]:
    """(value, challenge) of the visitor: registering sends the first back as it is, the second reversed."""
    token, key = csrf_token(call), call.unit.ports.memory["secret_key"]
    marks = (sign(token, key=key, purpose=purpose) for purpose in ("honeypot", "challenge"))
    value, challenge = (mark.rpartition(".")[2] for mark in marks)
    return value, challenge


async def create_session(call: Call) -> UserCardAnswer:
    """Logs in; a refused log-in is 200 with an `error`. The visitor changes, and old CSRF tokens end with it."""
    login, password = (call.parameters.required_text(name) for name in ("login", "password"))
    session = await log_in(call.unit, LogIn(login=login, password=password, agent=call.agent))
    session_cookie(call, session.token, max_age=(session.expires_at - call.unit.now) // 1000)
    renew_visitor(call)
    await _become(call, session.user_id)
    return UserCardAnswer(user=await profile_of(call, await read_user(call.unit, user_id=session.user_id)))


async def _become(call: Call, user_id: int) -> None:
    """The rest of the request is theirs who logged in, so that they see their own profile as owners do."""
    user = (await read_user(call.unit, user_id=user_id)).user
    credential = Credential(kind=CredentialKind.SESSION)
    call.unit.actor = await build_actor(call.unit, user, credential=credential, address=call.address)


async def delete_session(call: Call) -> Any:
    """Logs out the browser that asks; only one's own session."""
    user = call.actor.user
    if user is None:
        raise LoginRequired()
    if user.username.lower() != call.word("username").lower():
        raise NotAllowed()
    await end_session(call.unit, call.cookies.get(SESSION_COOKIE, ""))
    session_cookie(call, "", max_age=0)
    renew_visitor(call)
    return {"success": "OK", "redirect_url": "/"}


async def get_current(call: Call) -> Any:
    user = call.actor.user
    if user is None:
        raise NotFound()
    view = await read_user(call.unit, user_id=user.id)
    groups = await view_groups_of(call.unit, view)
    can_create_topic = (await list_categories(call.unit)).can_create_topic
    unread = await count_unread(call.unit)
    shape = CurrentUser.of(view, groups=groups, can_create_topic=can_create_topic, unread=unread)
    return {"current_user": shape}


async def get_scopes(call: Call) -> Any:
    """The scopes of the key that asks; none for a global key, 404 without a key."""
    credential = call.actor.credential
    if credential is None or credential.kind is not CredentialKind.ADMIN_KEY:
        raise NotFound()
    return {"scopes": [Scope.of(scope) for scope in credential.key_scopes]}
