"""People of the plugin: made, changed, banned, followed. Who is neither self nor admin hears 401, as there."""

from __future__ import annotations

from tertulia.dialects.nodebb import asking
from tertulia.dialects.nodebb.wire import payload, require
from tertulia.forum.account_deleting import delete_user
from tertulia.forum.users import following, punishing, registering, secrets
from tertulia.http.call import Answer, Call
from tertulia.model.errors import LoginRequired
from tertulia.model.users import SuspendUser


def own(call: Call, *, or_admin: bool = True) -> int:
    """The user of the path, if that is who asks (or an admin does). Raises LoginRequired."""
    user_id = call.integer("uid")
    if user_id != call.actor.user_id and not (or_admin and call.actor.is_admin):
        raise LoginRequired()
    return user_id


async def create(call: Call) -> Answer:
    view = await registering.create_user(call.unit, await asking.create_user(call))
    return payload({"uid": view.user.id})


async def update(call: Call) -> Answer:
    await asking.change_profile(call, own(call))
    return payload({})


async def delete(call: Call) -> Answer:
    await delete_user(call.unit, own(call), delete_posts=True)
    return payload({})


async def change_password(call: Call) -> Answer:
    user_id = own(call)
    require(call, "new")
    ask = call.parameters
    await secrets.change_password(
        call.unit, user_id, new=ask.text("new", default=""), current=ask.text("current", default="")
    )
    return payload({})


async def follow(call: Call) -> Answer:
    await following.follow_user(call.unit, call.integer("uid"))
    return payload({})


async def unfollow(call: Call) -> Answer:
    await following.unfollow_user(call.unit, call.integer("uid"))
    return payload({})


async def ban(call: Call) -> Answer:
    command = SuspendUser(user_id=call.integer("uid"), until=asking.until(call), reason=asking.reason(call))
    await punishing.suspend_user(call.unit, command)
    return payload({})


async def unban(call: Call) -> Answer:
    await punishing.unsuspend_user(call.unit, call.integer("uid"))
    return payload({})
