"""Who asks in NodeBB's words: bearer token (user or master with `_uid`), signed token, cookie session.

Sources: contract notes on NodeBB and on the old plugin (`auth`). Where sources differ, the decisions.
"""

from __future__ import annotations

from tertulia.dialects.nodebb.errors import refuse
from tertulia.dialects.nodebb.generations import Generation, generation_of
from tertulia.forum.keys.authenticating import authenticate_token
from tertulia.forum.keys.signed_tokens import verify_signed_token
from tertulia.forum.sessions.actors import build_actor
from tertulia.http.bodies import Value
from tertulia.http.call import Answer, Call
from tertulia.http.csrf import check_token
from tertulia.http.resuming import resume_by_cookie
from tertulia.model.actor import Actor, Credential, CredentialKind
from tertulia.model.errors import ForumError, KeyExpired, KeyRevoked, KeyUnknown, LoginRequired, ScopeMissing

_OPEN = ("ping", "tokens/create")  # the plugin's routes that need nobody, by the names of their rows
_READING = ("GET", "HEAD")
_BEARER = "bearer "
_ACTING_USER = "_uid"


class NodebbDialect:
    """NodeBB's write and read APIs."""

    name = "nodebb"

    def has_credential(self, call: Call) -> bool:
        return _bearer(call) is not None

    async def identify(self, call: Call) -> Actor:
        generation = generation_of(call.path)
        secret = _bearer(call)
        if secret is not None:
            return await self._by_bearer(call, secret, generation=generation)
        token = _signed_token(call)
        # The plugin's tokens also open the core's pages; only v3 never knew signed ones.
        if token is not None and generation is not Generation.V3:
            return await self._by_signed_token(call, token, generation=generation)
        return await self._by_session(call, generation=generation)

    async def _by_bearer(self, call: Call, secret: str, *, generation: Generation) -> Actor:
        try:
            user, credential = await authenticate_token(
                call.unit,
                secret,
                acting_user_id=_user_id(call.parameters.value(_ACTING_USER)),
                address=call.address,
                agent=call.agent,
            )
        except (KeyUnknown, KeyRevoked, KeyExpired) as problem:
            if generation.is_plugin:
                raise
            call.facts["credential_problem"] = problem.code  # a guest from here on; a refusal says why
            return await build_actor(call.unit, None, address=call.address)
        _check_reach(call, credential)
        return await build_actor(call.unit, user, credential=credential, address=call.address)

    async def _by_signed_token(self, call: Call, token: str, *, generation: Generation) -> Actor:
        signed = await verify_signed_token(call.unit, token, claim=_ACTING_USER)
        _take_claims(call, signed.claims, generation=generation)
        return await build_actor(call.unit, signed.user, credential=signed.credential, address=call.address)

    async def _by_session(self, call: Call, *, generation: Generation) -> Actor:
        # v1 never looked at cookies (source: contract notes on the plugin).
        found = await resume_by_cookie(call) if generation is not Generation.V1 else None
        if found is None:
            row = call.row.name if call.row else ""
            if generation.is_plugin and row not in _OPEN:
                raise LoginRequired()
            return await build_actor(call.unit, None, address=call.address)
        user, credential = found
        return await build_actor(call.unit, user, credential=credential, address=call.address)

    def check_csrf(self, call: Call) -> None:
        """An unknown bearer token is still no browser's own header, so it needs no token of the session.

        The plugin never asked for one; here its second version does where a cookie speaks."""
        credential = call.actor.credential
        by_session = credential is not None and credential.kind is CredentialKind.SESSION
        if self.has_credential(call) or (generation_of(call.path).is_plugin and not by_session):
            return
        values = call.parameters.values
        sent = (call.headers.get("x-csrf-token"), values.get("_csrf"), values.get("csrf_token"))
        check_token(call, *(token for token in sent if isinstance(token, str)))

    def refuse(self, call: Call, error: ForumError) -> Answer:
        return refuse(call, error)

    def finish(self, call: Call, answer: Answer) -> None:
        if not any(name == "Cache-Control" for name, _ in answer.headers):
            answer.headers.append(("Cache-Control", "no-cache, no-store"))


def _bearer(call: Call) -> str | None:
    header = call.headers.get("authorization", "")
    return header[len(_BEARER) :].strip() if header.lower().startswith(_BEARER) else None


def _check_reach(call: Call, credential: Credential) -> None:
    """Tokens have no scopes in the original. One that was narrowed here opens what it names, which is nothing of
    this dialect; a read-only one opens what only reads. Raises ScopeMissing."""
    if credential.key_scopes or (credential.read_only and call.method not in _READING):
        raise ScopeMissing(scope="write" if credential.read_only else "global")


def _signed_token(call: Call) -> str | None:
    """Three parts with dots, under the configured name or `token`; the query before the body."""
    site = call.unit.site
    if not site.jwt_secret:
        return None
    for source in (call.query.values, call.body.parameters):
        for name in (site.jwt_payload_key, "token"):
            value = source.get(name)
            if isinstance(value, str) and value.count(".") == 2:
                return value
    return None


def _user_id(value: Value) -> int | None:
    """`_uid` of a body or query: a number, or a text of digits."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if 0 < value < 2**63 else None
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) < 19:
        return int(value)
    return None


def _take_claims(call: Call, claims: dict[str, Value], *, generation: Generation) -> None:
    """What was signed becomes the body: always in v1; in v2 when nothing else was sent beside the token."""
    site = call.unit.site
    beside = set(call.body.parameters) - {site.jwt_payload_key, "token"}
    if generation is Generation.V1 or (generation is Generation.V2 and not beside and len(claims) > 1):
        call.body.parameters = dict(claims)
        call.__dict__.pop("parameters", None)  # merged anew at the next access
