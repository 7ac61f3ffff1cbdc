"""People: made, read, changed, deleted, followed, banned, muted. Their tokens are in `tokens.py`."""

from __future__ import annotations

from tertulia.dialects.nodebb import asking, reauth
from tertulia.dialects.nodebb.shapes.accounts import Account
from tertulia.dialects.nodebb.shapes.people import status_of
from tertulia.dialects.nodebb.wire import envelope, require
from tertulia.forum.account_deleting import delete_user
from tertulia.forum.users import deleting, following, punishing, registering, secrets
from tertulia.forum.users.profiles import change_email, read_user
from tertulia.http.call import Answer, Call
from tertulia.model.errors import NotAllowed, NotFound
from tertulia.model.users import SilenceUser, SuspendUser

_MOST_AT_ONCE = 50


async def _account(call: Call, user_id: int) -> Answer:
    view = await read_user(call.unit, user_id=user_id)
    return envelope(Account.of_view(view, now=call.unit.now))


async def create(call: Call) -> Answer:
    view = await registering.create_user(call.unit, await asking.create_user(call))
    return await _account(call, view.user.id)


async def get(call: Call) -> Answer:
    return await _account(call, call.integer("uid"))


async def update(call: Call) -> Answer:
    await asking.change_profile(call, call.integer("uid"))
    return await _account(call, call.integer("uid"))


async def status(call: Call) -> Answer:
    view = await read_user(call.unit, user_id=call.integer("uid"))
    return envelope({"status": status_of(view.user, now=call.unit.now)})


async def has_status(call: Call) -> Answer:
    """Raises NotFound for every other word."""
    view = await read_user(call.unit, user_id=call.integer("uid"))
    if status_of(view.user, now=call.unit.now) != call.word("status"):
        raise NotFound()
    return envelope({})


async def delete(call: Call) -> Answer:
    """With everything they wrote."""
    await delete_user(call.unit, call.integer("uid"), delete_posts=True)
    return envelope({})


async def delete_many(call: Call) -> Answer:
    require(call, "uids")
    for user_id in dict.fromkeys(call.parameters.integers("uids")[:_MOST_AT_ONCE]):
        await delete_user(call.unit, user_id, delete_posts=True)
    return envelope({})


async def delete_account(call: Call) -> Answer:
    """What they wrote stays, under a made-up name."""
    await deleting.anonymize_user(call.unit, call.integer("uid"))
    return envelope({})


async def change_password(call: Call) -> Answer:
    reauth.require_fresh_login(call)
    require(call, "newPassword")
    ask = call.parameters
    new, current = ask.text("newPassword", default=""), ask.text("currentPassword", default="")
    await secrets.change_password(call.unit, call.integer("uid"), new=new, current=current)
    return envelope({})


async def emails(call: Call) -> Answer:
    """Raises NotAllowed for those who may not see addresses."""
    view = await read_user(call.unit, user_id=call.integer("uid"))
    if not view.sees_email:
        raise NotAllowed()
    return envelope({"emails": [view.user.email] if view.user.email else []})


async def add_email(call: Call) -> Answer:
    reauth.require_fresh_login(call)
    require(call, "email")
    user = await change_email(call.unit, call.integer("uid"), call.parameters.text("email", default=""))
    return envelope({"emails": [user.email] if user.email else []})


async def follow(call: Call) -> Answer:
    await following.follow_user(call.unit, call.integer("uid"))
    return envelope({})


async def unfollow(call: Call) -> Answer:
    await following.unfollow_user(call.unit, call.integer("uid"))
    return envelope({})


async def ban(call: Call) -> Answer:
    command = SuspendUser(user_id=call.integer("uid"), until=asking.until(call), reason=asking.reason(call))
    await punishing.suspend_user(call.unit, command)
    return envelope({})


async def unban(call: Call) -> Answer:
    await punishing.unsuspend_user(call.unit, call.integer("uid"))
    return envelope({})


async def mute(call: Call) -> Answer:
    command = SilenceUser(user_id=call.integer("uid"), until=asking.until(call), reason=asking.reason(call))
    await punishing.silence_user(call.unit, command)
    return envelope({})


async def unmute(call: Call) -> Answer:
    await punishing.unsilence_user(call.unit, call.integer("uid"))
    return envelope({})
