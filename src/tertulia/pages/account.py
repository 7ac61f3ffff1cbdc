"""Where mailed links lead: a new password, an account that is confirmed; and the page that asks for such a mail.

Opening a link changes nothing, as mail programs open links by themselves: only the form's button does.
"""

from __future__ import annotations

from typing import Any

from tertulia.forum.users.mailing import request_password_reset
from tertulia.forum.users.redeeming import activate_by_token, check_link, reset_password
from tertulia.http.call import Answer, Call
from tertulia.model.errors import ForumError
from tertulia.model.mails import MailPurpose
from tertulia.pages.forms import Problems, take_back, typed
from tertulia.pages.rendering import Around, page

_LONGEST = 255


async def get_forgot(call: Call) -> Answer:
    return _page(call, "password_forgot.html", "Forgotten password", done=False, login="", problems=Problems())


async def post_forgot(call: Call) -> Answer:
    """Says the same whether or not there is such an account."""
    login, problems = typed(call, "login", longest=_LONGEST), Problems()
    try:
        await request_password_reset(call.unit, login)
    except ForumError as error:
        problems = await take_back(call, error)
    done = problems.reason is None
    return _page(call, "password_forgot.html", "Forgotten password", done=done, login=login, problems=problems)


async def get_reset(call: Call) -> Answer:
    return await _checked(call, "password_reset.html", "New password", MailPurpose.PASSWORD_RESET)


async def post_reset(call: Call) -> Answer:
    problems = Problems()
    try:
        await reset_password(call.unit, call.word("token"), new=call.parameters.text("password", default=""))
    except ForumError as error:
        problems = await take_back(call, error)
    return _page(call, "password_reset.html", "New password", **_state(problems))


async def get_activate(call: Call) -> Answer:
    return await _checked(call, "activate.html", "Confirm your account", MailPurpose.ACTIVATION)


async def post_activate(call: Call) -> Answer:
    problems = Problems()
    try:
        await activate_by_token(call.unit, call.word("token"))
    except ForumError as error:
        problems = await take_back(call, error)
    return _page(call, "activate.html", "Confirm your account", **_state(problems))


async def _checked(call: Call, template: str, title: str, purpose: MailPurpose) -> Answer:
    problems = Problems()
    try:
        await check_link(call.unit, call.word("token"), purpose=purpose)
    except ForumError as error:
        problems = await take_back(call, error)
    return _page(call, template, title, done=False, problems=problems, usable=problems.reason is None)


def _state(problems: Problems) -> dict[str, Any]:
    is_gone = problems.reason == "email.token_invalid"
    return {"done": problems.reason is None, "problems": problems, "usable": not is_gone}


def _page(call: Call, template: str, title: str, *, problems: Problems, **facts: Any) -> Answer:
    around = Around(title=title, section="login", noindex=True, status=problems.status)
    answer = page(call, template, around=around, problems=problems, path=call.path, **facts)
    answer.reason = problems.reason
    # The address of the page is a secret until it was used.
    answer.headers.append(("Referrer-Policy", "no-referrer"))
    answer.headers.append(("Cache-Control", "no-store"))
    return answer
