"""Whether the API is there, and logging in by password."""

from __future__ import annotations

from tertulia.dialects.nodebb import reauth
from tertulia.dialects.nodebb.shapes.people import Listed
from tertulia.dialects.nodebb.wire import envelope, require
from tertulia.forum.sessions.logging_in import log_in
from tertulia.forum.sessions.passwords import prove_password
from tertulia.forum.users.profiles import read_user
from tertulia.http.bodies import UploadedFile, Value
from tertulia.http.call import Answer, Call
from tertulia.http.csrf import renew_visitor, session_cookie
from tertulia.model.errors import LoginRequired
from tertulia.model.keys import LogIn


async def ping(call: Call) -> Answer:
    return envelope({"pong": True})


async def ping_back(call: Call) -> Answer:
    """What was sent, files apart, and for whom the token counts: a `_uid` from a query or form stays the text that
    it was."""
    sent = call.parameters.values
    named = sent.get("_uid")
    user_id: object = named if named == str(call.actor.user_id) else call.actor.user_id
    return envelope({"uid": user_id, "received": _without_files(dict(call.body.parameters))})


def _without_files(value: Value) -> Value:
    if isinstance(value, dict):
        return {name: _without_files(each) for name, each in value.items() if not isinstance(each, UploadedFile)}
    if isinstance(value, list):
        return [_without_files(each) for each in value if not isinstance(each, UploadedFile)]
    return value


async def login(call: Call) -> Answer:
    require(call, "username", "password")
    ask, unit = call.parameters, call.unit
    command = LogIn(login=ask.text("username", default=""), password=ask.text("password", default=""), agent=call.agent)
    found = await log_in(unit, command)
    view = await read_user(unit, user_id=found.user_id)
    session_cookie(call, found.token, max_age=(found.expires_at - unit.now) // 1000)
    renew_visitor(call)
    reauth.arm(call, found.user_id)
    return envelope(Listed.at(view.user, now=unit.now))


async def verify(call: Call) -> dict[str, bool]:
    """The password once more, for what asks for a fresh log-in."""
    require(call, "password")
    if call.actor.user_id is None:
        raise LoginRequired()
    await prove_password(call.unit, call.actor.user_id, password=call.parameters.text("password", default=""))
    reauth.arm(call, call.actor.user_id)
    return {"verified": True}
