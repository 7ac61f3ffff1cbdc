"""Who asks in Discourse's words: cookie session, `Api-Key`, `User-Api-Key`, in rising order of precedence.

Sources: contract notes on authentication, sections 1 to 3 and 9. Where they and the seeds differ, the decisions.
"""

from __future__ import annotations

from tertulia.dialects.discourse.errors import refuse
from tertulia.dialects.discourse.keys.credentials import Shown, shown_credentials
from tertulia.forum.keys.authenticating import authenticate_admin_key, authenticate_user_key
from tertulia.forum.keys.scopes import permits
from tertulia.forum.sessions.actors import build_actor
from tertulia.http.call import Answer, Call
from tertulia.http.csrf import SESSION_COOKIE, check_token, session_cookie
from tertulia.http.misplaced_keys import note_misplaced_keys
from tertulia.http.resuming import resume_by_cookie
from tertulia.model.actor import Actor, Credential
from tertulia.model.errors import ApiUsernameUnknown, ForumError, KindRefused, ScopeMissing
from tertulia.model.users import User

_READS = ("GET", "HEAD")


class DiscourseDialect:
    """Discourse's HTTP API."""

    name = "discourse"

    def has_credential(self, call: Call) -> bool:
        return "api-key" in call.headers or "user-api-key" in call.headers

    async def identify(self, call: Call) -> Actor:
        shown = shown_credentials(call)
        if shown is None:
            note_misplaced_keys(call)
            return await self._by_session(call)
        if shown.user_key is not None:
            user, credential = await authenticate_user_key(
                call.unit, shown.user_key, address=call.address, agent=call.agent, client_id=shown.client_id
            )
            is_admin = call.path.startswith("/admin/") or call.path == "/admin"
            if is_admin and not call.unit.site.allow_user_api_keys_on_admin:
                raise KindRefused()
        else:
            user, credential = await self._by_admin_key(call, shown)
        self._check_scope(call, credential)
        return await build_actor(call.unit, user, credential=credential, address=call.address)

    async def _by_admin_key(self, call: Call, shown: Shown) -> tuple[User, Credential]:
        user_id = shown.user_id
        if user_id and not (user_id.isascii() and user_id.removeprefix("-").isdigit()):
            raise ApiUsernameUnknown()
        return await authenticate_admin_key(
            call.unit,
            shown.key or "",
            username=shown.username,
            user_id=int(user_id[:18]) if user_id else None,
            external_id=shown.external_id,
            address=call.address,
            agent=call.agent,
        )

    def _check_scope(self, call: Call, credential: Credential) -> None:
        """Scopes name a path's thing as the upstream's routes do: `id` where our templates say `post_id`."""
        scope = call.row.scope if call.row else None
        path = call.path_parameters
        number = next((name for name, value in path.items() if isinstance(value, int)), None)
        spellings = (
            [path, {**{name: path[name] for name in path if name != number}, "id": path[number]}] if number else [path]
        )
        allowed = any(
            permits(
                credential,
                row_scope=scope,
                is_read=call.method in _READS,
                path_parameters=spelling,
                other_parameters={**call.query.values, **call.body.parameters},
            )
            for spelling in spellings
        )
        if not allowed:
            raise ScopeMissing(scope=scope or "global")

    async def _by_session(self, call: Call) -> Actor:
        token = call.cookies.get(SESSION_COOKIE)
        found = await resume_by_cookie(call)
        if found is None:
            if token or "discourse-logged-in" in call.headers:
                call.answer_headers.append(("Discourse-Logged-Out", "1"))
                session_cookie(call, "", max_age=0)
            return await build_actor(call.unit, None, address=call.address)
        return await build_actor(call.unit, found[0], credential=found[1], address=call.address)

    def check_csrf(self, call: Call) -> None:
        token = call.body.parameters.get("authenticity_token")
        check_token(call, call.headers.get("x-csrf-token"), token if isinstance(token, str) else None)

    def refuse(self, call: Call, error: ForumError) -> Answer:
        return refuse(call, error)

    def finish(self, call: Call, answer: Answer) -> None:
        if not any(name == "Cache-Control" for name, _ in answer.headers):
            answer.headers.append(("Cache-Control", "no-cache, no-store"))
        if call.row is not None and call.row.name:
            answer.headers.append(("X-Discourse-Route", call.row.name))
        if call.unit.actor.user is not None:
            answer.headers.append(("X-Discourse-Username", call.unit.actor.user.username))
