"""Tokens of the plugin: one's own, listed, made (also by password) and deleted."""

from __future__ import annotations

from tertulia.dialects.nodebb import asking
from tertulia.dialects.nodebb.generations import Generation, generation_of
from tertulia.dialects.nodebb.plugin.users import own
from tertulia.dialects.nodebb.wire import payload, require
from tertulia.forum.keys import creating, listing, revoking
from tertulia.forum.sessions.actors import build_actor
from tertulia.forum.sessions.passwords import prove_password
from tertulia.http.call import Answer, Call
from tertulia.model.actor import CredentialKind
from tertulia.model.errors import LoginRequired
from tertulia.model.keys import CreateKey

KIND = CredentialKind.USER_TOKEN


async def list_tokens(call: Call) -> Answer:
    """The forum keeps no token, so the list says what they begin with."""
    user_id = own(call, or_admin=False)
    found = await listing.list_keys(call.unit, kinds=(KIND,), user_id=user_id, limit=asking.MOST_TOKENS)
    return payload({"tokens": [asking.shown_token(view) for view in found.keys if view.key.revoked_at is None]})


async def create(call: Call) -> Answer:
    if call.actor.user is None:
        await _log_in_once(call)
    view = await creating.create_key(call.unit, CreateKey(kind=KIND, user_id=own(call, or_admin=False)))
    return payload({"token": view.secret})


async def _log_in_once(call: Call) -> None:
    """For this request alone, by the password of the user in the path. With signed tokens on, v1 never looks at it."""
    first = generation_of(call.path) is Generation.V1
    if first and (call.unit.site.jwt_secret or call.parameters.value("password") is None):
        raise LoginRequired()
    require(call, "password")
    password = call.parameters.text("password", default="")
    user = await prove_password(call.unit, call.integer("uid"), password=password)
    call.unit.actor = await build_actor(call.unit, user, address=call.address)


async def delete(call: Call) -> Answer:
    user_id = own(call, or_admin=False)
    view = await asking.find_token(call, user_id)
    await revoking.delete_key(call.unit, view.key.id, kinds=(KIND,))
    return payload({})
