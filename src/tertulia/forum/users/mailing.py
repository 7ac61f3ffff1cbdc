"""Asking for a mail with a link, and the job that sends it. What the link does is in `redeeming.py`.

The secret in a link is made when the mail is sent, and only its hash is kept: no job row ever holds it.
The words are made by the presenter that the worker hands in.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from urllib.parse import urlsplit

from tertulia.backends.mail.base import MailInvalid, MailRefused
from tertulia.forum.addresses import site_origin
from tertulia.forum.unit import Unit
from tertulia.forum.users.names import email_key, username_key
from tertulia.model.errors import MailsTooMany, NotAllowed
from tertulia.model.mails import AccountMail, EmailToken, MailPurpose
from tertulia.model.users import User
from tertulia.store import users as user_store
from tertulia.store.accounts.email_tokens import count_email_tokens, insert_email_token

MAIL_JOB = "mail.send"
VALID_HOURS = 48
PATHS = {MailPurpose.PASSWORD_RESET: "/u/password-reset/", MailPurpose.ACTIVATION: "/u/activate-account/"}

_HOUR = 3_600_000
_DAY = 24 * _HOUR
_PER_ACCOUNT = 6  # in a day. Source of this and the following: upstream's limits of "forgot password"
_PER_ADDRESS = ((3, 60_000), (6, _HOUR))
_PER_UNKNOWN = 5  # in an hour
_MAXIMUM_LOGIN = 255
_LOG = logging.getLogger("tertulia.mail")


async def request_password_reset(unit: Unit, login: str) -> bool | None:
    """Has a link mailed to whom a username or an address means; answers whether there is somebody.

    None while the site does not tell. An unknown login costs the same work. Raises NotAllowed (log-in by password
    is off), MailsTooMany (from one network address, for one account, for one unknown login)."""
    if not unit.site.enable_local_logins:
        raise NotAllowed()
    await _count_address(unit)
    name = login.strip().removeprefix("@")
    user = await _find(unit, name)
    if user is None:
        await _count(unit, "mail.unknown", name[:_MAXIMUM_LOGIN].casefold(), limit=_PER_UNKNOWN, window=_HOUR)
    await unit.write()
    asked = await count_email_tokens(
        unit.tx, user.id if user else 0, purpose=MailPurpose.PASSWORD_RESET, since=unit.now - _DAY
    )
    if asked >= _PER_ACCOUNT:
        raise MailsTooMany(seconds=_DAY // 1000)
    await unit.later(MAIL_JOB, purpose=int(MailPurpose.PASSWORD_RESET), user_id=user.id if user else 0)
    return None if unit.site.hide_email_address_taken else user is not None


async def request_activation(unit: Unit, user: User) -> None:
    """Has the link mailed that shows that the account's address is its owner's. In a unit that writes."""
    if not user.active and user.email:
        await unit.later(MAIL_JOB, purpose=int(MailPurpose.ACTIVATION), user_id=user.id)


async def send_mail(unit: Unit, *, purpose: int, user_id: int) -> None:
    """The job: one mail with a fresh link. What can never be sent is dropped with a line in the log."""
    user = await user_store.find_user(unit.tx, user_id)
    if user is None or not _is_wanted(user, MailPurpose(purpose)):
        return
    secret = secrets.token_hex(32)
    facts = _facts(unit, user, purpose=MailPurpose(purpose), secret=secret)
    mail = unit.present("mail", facts)
    await unit.pause()
    try:
        await unit.ports.mailer.send(mail)
    except (MailInvalid, MailRefused) as problem:
        _LOG.warning("mail given up", extra={"facts": {"user_id": user.id, "problem": str(problem)[:200]}})
        return
    await unit.write()
    token = EmailToken(
        id=0,
        user_id=user.id,
        purpose=purpose,
        token_hash=hash_secret(secret),
        email_key=email_key(facts.to),
        created_at=unit.now,
        expires_at=unit.now + VALID_HOURS * _HOUR,
    )
    await insert_email_token(unit.tx, token)


def hash_secret(secret: str) -> str:
    """What is kept of a link's secret, which is random and needs no salt."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _facts(unit: Unit, user: User, *, purpose: MailPurpose, secret: str) -> AccountMail:
    origin = site_origin(unit.settings.process)
    host = urlsplit(origin).hostname or "localhost"
    return AccountMail(
        purpose=purpose,
        to=user.email or "",
        username=user.username,
        link=origin + PATHS[purpose] + secret,
        valid_hours=VALID_HOURS,
        site_title=unit.site.title,
        site_url=origin,
        sender=unit.site.notification_email or f"noreply@{host if host[-1:].isalpha() else 'localhost'}",
    )


def _is_wanted(user: User, purpose: MailPurpose) -> bool:
    if user.id <= 0 or not user.email or user.staged or user.anonymized:
        return False
    return purpose is not MailPurpose.ACTIVATION or not user.active


async def _find(unit: Unit, name: str) -> User | None:
    if not name or len(name) > _MAXIMUM_LOGIN or "\0" in name:
        return None
    if "@" in name:
        user = await user_store.find_user_by_email(unit.tx, email_key(name))
    else:
        user = await user_store.find_user_by_key(unit.tx, username_key(name))
    return user if user is not None and _is_wanted(user, MailPurpose.PASSWORD_RESET) else None


async def _count_address(unit: Unit) -> None:
    for limit, window in _PER_ADDRESS if unit.actor.address else ():  # else nobody came over the network
        await _count(unit, f"mail.address.{window}", unit.actor.address, limit=limit, window=window)


async def _count(unit: Unit, name: str, key: str, *, limit: int, window: int) -> None:
    wait = await unit.ports.windows.hit(name, key, limit=limit, window=window, now=unit.now)
    if wait:
        raise MailsTooMany(seconds=max(1, -(-wait // 1000)))
