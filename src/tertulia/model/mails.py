"""What a mail is about: facts for whoever words it. The words are in `pages/mail.py`."""

from __future__ import annotations

from enum import IntEnum

import msgspec


class MailPurpose(IntEnum):
    """Why somebody gets a mail with a link; stored with the link's token."""

    PASSWORD_RESET = 1
    ACTIVATION = 2


class EmailToken(msgspec.Struct, frozen=True):
    """The secret of a mailed link: only its hash is known. It counts once, before `expires_at`, for `email_key`."""

    id: int
    user_id: int
    purpose: int
    token_hash: str
    email_key: str
    created_at: int
    expires_at: int
    used_at: int | None = None


class AccountMail(msgspec.Struct, frozen=True, kw_only=True):
    """A mail about an account. `link` is a secret; `address` says who asked, as far as that is known."""

    purpose: MailPurpose
    to: str
    username: str
    link: str
    valid_hours: int
    site_title: str
    site_url: str
    sender: str
