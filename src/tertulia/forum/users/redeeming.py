"""What a mailed link does, once: a new password, or an account that is activated. Sending is in `mailing.py`."""

from __future__ import annotations

from functools import partial

from tertulia.forum.unit import Unit
from tertulia.forum.users.mailing import hash_secret
from tertulia.forum.users.passwords import hash_password
from tertulia.forum.users.rules import password_errors
from tertulia.model.errors import EmailTokenInvalid, NotAllowed, Refusals
from tertulia.model.events import UserUpdated
from tertulia.model.mails import MailPurpose
from tertulia.model.users import User
from tertulia.store import users as user_store
from tertulia.store.accounts.changes import change_user
from tertulia.store.accounts.email_tokens import find_email_token, use_up_email_tokens
from tertulia.store.sessions import delete_sessions_of

SECRET_LENGTH = 64


async def check_link(unit: Unit, secret: str, *, purpose: MailPurpose) -> User:
    """Whose link it is. Raises EmailTokenInvalid: unknown, used, expired, or for an address that was changed."""
    if len(secret) != SECRET_LENGTH:
        raise EmailTokenInvalid()
    token = await find_email_token(unit.tx, hash_secret(secret))
    if token is None or token.purpose != purpose or token.used_at is not None or token.expires_at <= unit.now:
        raise EmailTokenInvalid()
    find = user_store.lock_user if unit.writes else user_store.find_user
    user = await find(unit.tx, token.user_id)
    if user is None or user.email_key != token.email_key:
        raise EmailTokenInvalid()
    return user


async def reset_password(unit: Unit, secret: str, *, new: str) -> User:
    """Sets the password of whoever got the link, ends all their sessions and uses their links up.

    Raises NotAllowed (log-in by password is off), EmailTokenInvalid, Refusals."""
    if not unit.site.enable_local_logins:
        raise NotAllowed()
    user = await check_link(unit, secret, purpose=MailPurpose.PASSWORD_RESET)
    broken = password_errors(
        unit, new, username=user.username, name=user.name, email=user.email or "", is_admin=user.is_staff
    )
    if broken:
        raise Refusals(broken)
    fresh = await unit.ports.offload.thread(partial(hash_password, new))
    await unit.write()
    user = await check_link(unit, secret, purpose=MailPurpose.PASSWORD_RESET)
    await change_user(unit.tx, user.id, fields={"password_hash": fresh, "updated_at": unit.now})
    await use_up_email_tokens(unit.tx, user.id, used_at=unit.now)
    await delete_sessions_of(unit.tx, user.id)
    unit.tell(UserUpdated(user_id=user.id, actor_id=user.id, fields=("password",)))
    return user


async def activate_by_token(unit: Unit, secret: str) -> User:
    """The account's address counts as confirmed, so that it can log in. Raises EmailTokenInvalid."""
    await unit.write()
    user = await check_link(unit, secret, purpose=MailPurpose.ACTIVATION)
    await change_user(unit.tx, user.id, fields={"active": True, "updated_at": unit.now})
    await use_up_email_tokens(unit.tx, user.id, used_at=unit.now)
    unit.tell(UserUpdated(user_id=user.id, actor_id=user.id, fields=("active",)))
    return user
