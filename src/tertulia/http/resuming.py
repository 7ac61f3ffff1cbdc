"""The session behind a request's cookie, looked up once: limits ask before the dialect does."""

from __future__ import annotations

from tertulia.forum.sessions.logging_in import resume_session
from tertulia.http.call import Call
from tertulia.http.csrf import SESSION_COOKIE
from tertulia.model.actor import Credential
from tertulia.model.users import User


async def resume_by_cookie(call: Call) -> tuple[User, Credential] | None:
    """Who is logged in by the session's cookie; None without a cookie or for one that means nothing (any more).

    Asked again while the unit reads, the answer is the first one's; after a pause it is looked up anew."""
    token = call.cookies.get(SESSION_COOKIE)
    if not token:
        return None
    if call.resumed is None:
        call.resumed = (await resume_session(call.unit, token),)
    return call.resumed[0]
