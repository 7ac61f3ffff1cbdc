"""What a mail is, and what sends one. Whoever makes a `Mail` hands it on as it is; makers check it with `check_mail`.

Services never send: they put a job. Read next: `composing.py` for the bytes.
"""

from __future__ import annotations

import re
from typing import Protocol

import msgspec

MOST_CHARACTERS = 500_000  # of each body
MOST_SUBJECT = 500
MOST_HEADERS = 20
MOST_HEADER = 900  # within the 998 octets of a line
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,188}[A-Za-z0-9])?")
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_IN_BODY = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_OURS = frozenset(
    ("from", "to", "cc", "bcc", "subject", "date", "message-id", "sender", "mime-version", "content-type",
     "content-transfer-encoding", "return-path", "received")
)  # fmt: skip


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """One mail from one address to one. `headers` are further ones, such as `Reply-To`."""

    to: str
    sender: str
    sender_name: str = ""
    subject: str
    text: str
    html: str | None = None
    headers: tuple[tuple[str, str], ...] = ()


class MailInvalid(ValueError):
    """The mail cannot be sent as it is, now or later."""


class MailRefused(Exception):
    """The server takes no mail to this address, now or later."""


class Mailer(Protocol):
    """Sends, or raises: MailInvalid and MailRefused are for good, anything else is worth another attempt."""

    async def send(self, mail: Mail) -> None: ...


def check_mail(mail: Mail) -> None:
    """Raises MailInvalid for what could smuggle a header or a recipient in, and for what is out of bounds."""
    if not is_address(mail.to):
        raise MailInvalid("the address is not one that mail can be sent to")
    if not is_address(mail.sender) or len(mail.sender_name) > MOST_SUBJECT or _CONTROL.search(mail.sender_name):
        raise MailInvalid("the sender is none that mail can come from")
    if not mail.subject.strip() or len(mail.subject) > MOST_SUBJECT or _CONTROL.search(mail.subject):
        raise MailInvalid("the subject is blank, too long or holds a control character")
    for body in (mail.text, mail.html or ""):
        if len(body) > MOST_CHARACTERS or _IN_BODY.search(body):
            raise MailInvalid("a body is too long or holds a control character")
    if len(mail.headers) > MOST_HEADERS:
        raise MailInvalid("there are too many headers")
    for name, value in mail.headers:
        if not _HEADER_NAME.fullmatch(name) or name.lower() in _OURS:
            raise MailInvalid("a header has a name that it may not have")
        if len(value) > MOST_HEADER or _CONTROL.search(value):
            raise MailInvalid(f"the header {name} is too long or holds a control character")


def is_address(text: str) -> bool:
    """Whether mail can be sent to `text`: one bare address in ASCII, without a name, a comment or quotes."""
    return bool(_ADDRESS.fullmatch(text)) and ".." not in text.partition("@")[2]
