"""Logging in and out. Whoever logs in becomes a new visitor, so forms from before count no more."""

from __future__ import annotations

from tertulia.forum.sessions.logging_in import log_in, log_out
from tertulia.http.call import Answer, Call
from tertulia.http.csrf import SESSION_COOKIE, renew_visitor, session_cookie
from tertulia.model.errors import ForumError
from tertulia.model.keys import LoggedIn, LogIn
from tertulia.pages.forms import Problems, take_back, typed
from tertulia.pages.rendering import Around, page
from tertulia.pages.returning import redirect, safe_return

_LONGEST = 255


async def get_login(call: Call) -> Answer:
    back = safe_return(call.query.text("return"))
    if call.unit.actor.user is not None:
        return redirect(back)
    return _page(call, login="", back=back, problems=Problems())


async def post_login(call: Call) -> Answer:
    login, back = typed(call, "login", longest=_LONGEST), safe_return(call.parameters.text("return"))
    password = call.parameters.text("password", default="")
    try:
        session = await log_in(call.unit, LogIn(login=login, password=password, agent=call.agent))
    except ForumError as error:
        return _page(call, login=login, back=back, problems=await take_back(call, error))
    _enter(call, session)
    return redirect(back)


def _enter(call: Call, session: LoggedIn) -> None:
    renew_visitor(call)
    session_cookie(call, session.token, max_age=max((session.expires_at - call.unit.now) // 1000, 1))


async def post_logout(call: Call) -> Answer:
    await log_out(call.unit, call.cookies.get(SESSION_COOKIE, ""))
    renew_visitor(call)
    session_cookie(call, "", max_age=0)
    return redirect("/")


def _page(call: Call, *, login: str, back: str, problems: Problems) -> Answer:
    around = Around(title="Log in", section="login", noindex=True, status=problems.status)
    answer = page(call, "login.html", around=around, login=login, back=back, problems=problems)
    answer.reason = problems.reason
    return answer
