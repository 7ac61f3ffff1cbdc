"""What staff do with accounts. Paths name an account by id or (as one client does) by username."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from tertulia.dialects.discourse.admin.keys import KINDS
from tertulia.dialects.discourse.answers import Success, nothing, success
from tertulia.dialects.discourse.commands import time_of
from tertulia.dialects.discourse.shapes.admin_users import Account, ListedAccount, silence_of, suspension_of
from tertulia.dialects.discourse.shapes.keys import Key as KeyShape
from tertulia.dialects.discourse.shapes.keys import RevokedKeyAnswer
from tertulia.forum.account_deleting import delete_user as remove_user
from tertulia.forum.groups import members
from tertulia.forum.keys.creating import create_key as make_key
from tertulia.forum.keys.listing import list_keys
from tertulia.forum.sessions.logging_in import log_out_everywhere
from tertulia.forum.unit import Unit
from tertulia.forum.users import punishing, roles
from tertulia.forum.users.choices import view_groups_of
from tertulia.forum.users.deleting import anonymize_user as make_anonymous
from tertulia.forum.users.listing import list_users
from tertulia.forum.users.profiles import read_cards, read_user, update_user
from tertulia.http.call import Answer, Call
from tertulia.model.errors import NotFound, ParameterInvalid, ParameterMissing
from tertulia.model.groups import ChangeMembers
from tertulia.model.keys import CreateKey
from tertulia.model.users import (
    ListUsers,
    SilenceUser,
    SuspendUser,
    UpdateUser,
    User,
    UserCard,
    UserListOrder,
    UserView,
)

_ORDERS = {
    "created": UserListOrder.CREATED, "seen": UserListOrder.LAST_SEEN, "last_seen": UserListOrder.LAST_SEEN,
    "username": UserListOrder.USERNAME, "email": UserListOrder.EMAIL, "trust_level": UserListOrder.TRUST_LEVEL,
    "posts": UserListOrder.POST_COUNT, "days_visited": UserListOrder.DAYS_VISITED,
    "read_time": UserListOrder.TIME_READ, "topics_viewed": UserListOrder.TOPICS_VIEWED,
    "posts_read": UserListOrder.POSTS_READ,
}  # fmt: skip


_MOST_AT_ONCE = 100


async def target(call: Call) -> UserView:
    """The account that the path names. Raises UserMissing."""
    user_id = call.path_parameters.get("user_id")
    if isinstance(user_id, int):
        return await read_user(call.unit, user_id=user_id)
    return await read_user(call.unit, username=call.word("username"))


# -- reading ----------------------------------------------------------------------------------------
async def get_users(call: Call) -> list[ListedAccount]:
    """A page (1-based) of accounts. Addresses are shown to those who ask for them."""
    parameters = call.parameters
    found = await list_users(call.unit, list_command(call))
    with_email = parameters.boolean("show_emails", default=False) or bool(parameters.text("email"))
    return [ListedAccount.of(user, now=call.unit.now, with_email=with_email) for user in found.users]


def list_command(call: Call) -> ListUsers:
    parameters = call.parameters
    flag = str(call.path_parameters.get("flag", "all"))
    usual = "seen" if flag == "active" else "created"
    return ListUsers(
        flag=flag,
        filter=parameters.text("filter", default="").strip(),
        email=parameters.text("email", default="").strip(),
        order=_ORDERS.get(parameters.text("order") or usual, UserListOrder.CREATED),
        ascending=parameters.boolean("asc", default=False),
        page=max(parameters.integer("page", default=1) - 1, 0),
    )


async def get_user(call: Call) -> Account:
    return await account_of(call, await target(call))


async def account_of(call: Call, view: UserView) -> Account:
    """The whole account as staff see it."""
    api_keys = 0
    if call.actor.is_admin:
        api_keys = (await list_keys(call.unit, kinds=KINDS, user_id=view.user.id, limit=1)).total
    groups = await view_groups_of(call.unit, view)
    return Account.whole(view, now=call.unit.now, by_admin=call.actor.is_admin, groups=groups, api_keys=api_keys)


async def _again(call: Call, user: User) -> Account:
    return await account_of(call, await read_user(call.unit, user_id=user.id))


# -- suspending and silencing -----------------------------------------------------------------------
def _until(call: Call, name: str) -> int | None:
    """When it ends. Raises ParameterMissing, ParameterInvalid."""
    if not (call.parameters.text(name) or "").strip():
        raise ParameterMissing(name=name)
    return time_of(call.parameters, name)


async def _card(call: Call, user_id: int | None) -> UserCard | None:
    return (await read_cards(call.unit, [user_id])).get(user_id or 0)


async def suspend_user(call: Call) -> Any:
    until, reason = _until(call, "suspend_until"), call.parameters.required_text("reason")
    user_id = (await target(call)).user.id
    command = SuspendUser(user_id=user_id, until=until, reason=reason)
    user = await punishing.suspend_user(call.unit, command)
    return suspension_of(user, by=await _card(call, user.suspended_by))


async def unsuspend_user(call: Call) -> Any:
    user = await punishing.unsuspend_user(call.unit, (await target(call)).user.id)
    return suspension_of(user, by=None)


async def silence_user(call: Call) -> Any:
    until, reason = _until(call, "silenced_till"), call.parameters.required_text("reason")
    user_id = (await target(call)).user.id
    user = await punishing.silence_user(call.unit, SilenceUser(user_id=user_id, until=until, reason=reason))
    return silence_of(user, by=await _card(call, user.silenced_by), word="silence", now=call.unit.now)


async def block_user(call: Call) -> Any:
    """Silencing in the words of older clients: for ever, without a reason."""
    user_id = (await target(call)).user.id
    command = SilenceUser(user_id=user_id, until=None, reason=call.parameters.text("reason") or "blocked")
    user = await punishing.silence_user(call.unit, command)
    return silence_of(user, by=await _card(call, user.silenced_by), word="silence", now=call.unit.now)


async def unsilence_user(call: Call) -> Any:
    user = await punishing.unsilence_user(call.unit, (await target(call)).user.id)
    return silence_of(user, by=None, word="unsilence", now=call.unit.now)


# -- what an account is -----------------------------------------------------------------------------
def _acting(act: Callable[[Unit, int], Awaitable[object]]) -> Callable[[Call], Awaitable[Success]]:
    async def change(call: Call) -> Success:
        await act(call.unit, (await target(call)).user.id)
        return success()

    return change


activate_user = _acting(roles.activate_user)
deactivate_user = _acting(roles.deactivate_user)
log_out_user = _acting(log_out_everywhere)


async def approve_user(call: Call) -> Answer:
    await roles.approve_user(call.unit, (await target(call)).user.id)
    return nothing()


async def approve_by_reading(call: Call) -> Answer:
    """The form of an older client. Only for keys: a browser must not be led to change things by a link."""
    if not call.actor.by_key:
        raise NotFound()
    return await approve_user(call)


async def approve_users(call: Call) -> Answer:
    ids = call.parameters.integers("users", minimum=1)
    if not ids:
        raise ParameterMissing(name="users")
    if len(ids) > _MOST_AT_ONCE:
        raise ParameterInvalid(name="users", problem=f"1..{_MOST_AT_ONCE}")
    for user_id in ids:
        await roles.approve_user(call.unit, user_id)
    return nothing()


async def grant_admin(call: Call) -> Success:
    """At once: a key or a session of an admin is all that is asked for."""
    await roles.set_role(call.unit, (await target(call)).user.id, "admin", True)
    return success()


async def revoke_admin(call: Call) -> Account:
    return await _again(call, await roles.set_role(call.unit, (await target(call)).user.id, "admin", False))


async def grant_moderation(call: Call) -> Account:
    return await _again(call, await roles.set_role(call.unit, (await target(call)).user.id, "moderator", True))


async def revoke_moderation(call: Call) -> Account:
    return await _again(call, await roles.set_role(call.unit, (await target(call)).user.id, "moderator", False))


async def set_trust_level(call: Call) -> Any:
    level = call.parameters.required_integer("level")
    user = await roles.set_trust_level(call.unit, (await target(call)).user.id, level)
    return {"admin_user": await _again(call, user)}


async def lock_trust_level(call: Call) -> Answer:
    locked = call.parameters.boolean("locked")
    if locked is None:
        raise ParameterMissing(name="locked")
    await roles.lock_trust_level(call.unit, (await target(call)).user.id, locked=locked)
    return nothing()


async def set_primary_group(call: Call) -> Answer:
    group_id = call.parameters.integer("primary_group_id", minimum=0) or None
    await update_user(call.unit, UpdateUser(user_id=(await target(call)).user.id, primary_group_id=group_id))
    return nothing()


async def add_group(call: Call) -> Answer:
    group_id = call.parameters.required_integer("group_id", minimum=0)
    command = ChangeMembers(group_id=group_id, user_ids=((await target(call)).user.id,))
    await members.add_members(call.unit, command)
    return nothing()


async def remove_group(call: Call) -> Answer:
    command = ChangeMembers(group_id=call.integer("group_id"), user_ids=((await target(call)).user.id,))
    await members.remove_members(call.unit, command)
    return nothing()


# -- ending an account ------------------------------------------------------------------------------
async def anonymize_user(call: Call) -> Any:
    user = await make_anonymous(call.unit, (await target(call)).user.id)
    return {"success": "OK", "username": user.username}


async def delete_user(call: Call) -> Any:
    delete_posts = call.parameters.boolean("delete_posts", default=False)
    await remove_user(call.unit, (await target(call)).user.id, delete_posts=delete_posts)
    return {"deleted": True}


async def delete_users(call: Call) -> Any:
    """Several at once: all or, if one may not be deleted, none."""
    ids = call.parameters.integers("user_ids", minimum=1)
    if not 1 <= len(ids) <= _MOST_AT_ONCE:
        raise ParameterInvalid(name="user_ids", problem=f"1..{_MOST_AT_ONCE}")
    for user_id in ids:
        await remove_user(call.unit, user_id, delete_posts=False)
    return {"deleted": True}


async def create_key_of(call: Call) -> RevokedKeyAnswer:
    """The way before keys had a page: a key for one account, whose root is `api_key` as it was then."""
    user = (await target(call)).user
    command = CreateKey(kind=KINDS[0], user_id=user.id, description=f"for {user.username}")
    return RevokedKeyAnswer(KeyShape.of(await make_key(call.unit, command)))
