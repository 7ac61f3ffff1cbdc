"""Tokens of oneself, and those that administrators make for anybody. Never with a token: see `reauth.py`."""

from __future__ import annotations

from tertulia.dialects.nodebb import asking, reauth
from tertulia.dialects.nodebb.wire import envelope
from tertulia.forum.keys import creating, listing, revoking
from tertulia.http.call import Answer, Call
from tertulia.model.actor import CredentialKind
from tertulia.model.errors import NotAllowed
from tertulia.model.keys import CreateKey, KeyView

KINDS = (CredentialKind.USER_TOKEN, CredentialKind.MASTER_TOKEN)


def _own(call: Call) -> int:
    """Only for oneself, even for administrators."""
    reauth.require_fresh_login(call)
    user_id = call.integer("uid")
    if user_id != call.actor.user_id:
        raise NotAllowed()
    return user_id


async def create(call: Call) -> Answer:
    view = await creating.create_key(call.unit, CreateKey(kind=CredentialKind.USER_TOKEN, user_id=_own(call)))
    return envelope({"token": view.secret})


async def delete(call: Call) -> Answer:
    view = await asking.find_token(call, _own(call))
    await revoking.delete_key(call.unit, view.key.id, kinds=(CredentialKind.USER_TOKEN,))
    return envelope({})


# -- for administrators ---------------------------------------------------------------------------------
async def create_any(call: Call) -> Answer:
    """A user token, or for uid 0 a master token."""
    reauth.require_fresh_login(call)
    user_id = call.parameters.integer("uid", default=0)
    kind = CredentialKind.USER_TOKEN if user_id else CredentialKind.MASTER_TOKEN
    description = call.parameters.text("description", default="")
    command = CreateKey(kind=kind, user_id=user_id or None, description=description)
    return envelope(_shown(await creating.create_key(call.unit, command)))


async def get_any(call: Call) -> Answer:
    view = await listing.read_key(call.unit, call.integer("token"), kinds=KINDS)
    return envelope(_shown(view))


async def update_any(call: Call) -> Answer:
    description = call.parameters.text("description", default="")
    view = await revoking.update_key(call.unit, call.integer("token"), description=description, kinds=KINDS)
    return envelope(_shown(view))


async def roll_any(call: Call) -> Answer:
    """A new secret for the same token."""
    reauth.require_fresh_login(call)
    return envelope(_shown(await creating.roll_key(call.unit, call.integer("token"), kinds=KINDS)))


async def delete_any(call: Call) -> Answer:
    await revoking.delete_key(call.unit, call.integer("token"), kinds=KINDS)
    return envelope({})


def _shown(view: KeyView) -> dict[str, object]:
    key = view.key
    shown: dict[str, object] = {
        "tokenId": key.id,
        "tokenMasked": asking.shown_token(view),
        "uid": key.user_id or 0,
        "description": key.description,
        "timestamp": key.created_at,
        "lastSeen": key.last_used_at,
    }
    return shown if view.secret is None else {**shown, "secret": view.secret}
