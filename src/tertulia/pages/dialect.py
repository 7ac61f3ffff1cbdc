"""The browser as a dialect: cookie sessions, a token in every form, errors as pages, and strict headers.

Read next: `errors.py` for what a refusal looks like, `routes.py` for what may be asked.
"""

from __future__ import annotations

from tertulia.forum.notifications.reading import count_unread
from tertulia.forum.sessions.actors import build_actor
from tertulia.http.call import Answer, Call
from tertulia.http.csrf import SESSION_COOKIE, check_token, session_cookie
from tertulia.http.misplaced_keys import note_misplaced_keys
from tertulia.http.resuming import resume_by_cookie
from tertulia.model.actor import Actor
from tertulia.model.errors import ForumError
from tertulia.pages.errors import refuse

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' https: data:",
        "media-src 'self' https:",
        "font-src 'self'",
        "connect-src 'self'",
        "frame-src https:",  # only those that the site allows are in a post, each in a sandbox
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
_HEADERS = (
    ("Content-Security-Policy", POLICY),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)


class PagesDialect:
    """HTML for people."""

    name = "pages"

    def has_credential(self, call: Call) -> bool:
        return False

    async def identify(self, call: Call) -> Actor:
        note_misplaced_keys(call)
        token = call.cookies.get(SESSION_COOKIE)
        found = await resume_by_cookie(call)
        if found is None:
            if token:
                session_cookie(call, "", max_age=0)
            return await build_actor(call.unit, None, address=call.address)
        user, credential = found
        actor = await build_actor(call.unit, user, credential=credential, address=call.address)
        if call.method == "GET" and call.row is not None and call.row.limit == "default":
            call.unread = (await count_unread(call.unit, actor)).shown
        return actor

    def check_csrf(self, call: Call) -> None:
        token = call.body.parameters.get("authenticity_token")
        check_token(call, call.headers.get("x-csrf-token"), token if isinstance(token, str) else None)

    def refuse(self, call: Call, error: ForumError) -> Answer:
        return refuse(call, error)

    def finish(self, call: Call, answer: Answer) -> None:
        given = {name for name, _ in answer.headers}
        answer.headers.extend(pair for pair in _HEADERS if pair[0] not in given)
        if not any(name == "Cache-Control" for name, _ in answer.headers):
            answer.headers.append(("Cache-Control", "private, no-cache"))
            answer.headers.append(("Vary", "Accept, Cookie"))
