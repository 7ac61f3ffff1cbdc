"""Mail through an SMTP server. The library is loaded at the first mail."""

from __future__ import annotations

from typing import Literal

import msgspec

from tertulia.backends.base import Clock
from tertulia.backends.mail.base import Mail, MailRefused
from tertulia.backends.mail.composing import compose

_PERMANENT = 500  # source: RFC 5321, 4.2.1


class SmtpServer(msgspec.Struct, frozen=True, kw_only=True):
    """Where mail is handed over, and as whom. Without a username nobody logs in."""

    address: str
    port: int = 587
    username: str = ""
    password: str = ""
    encryption: Literal["starttls", "tls", "none"] = "starttls"
    verify: bool = True
    timeout_seconds: float = 20


class SmtpMailer:
    """One connection for each mail: a forum sends few, and nothing lingers in between."""

    def __init__(self, server: SmtpServer, *, clock: Clock) -> None:
        self.server = server
        self._clock = clock

    async def send(self, mail: Mail) -> None:
        """Hands the mail over. Raises MailInvalid, MailRefused, and whatever the network raises."""
        import aiosmtplib

        server = self.server
        message = compose(mail, now=self._clock.now())
        try:
            await aiosmtplib.send(
                message,
                sender=mail.sender,
                recipients=[mail.to],
                hostname=server.address,
                port=server.port,
                username=server.username or None,
                password=server.password or None,
                use_tls=server.encryption == "tls",
                start_tls=server.encryption == "starttls",
                validate_certs=server.verify,
                timeout=server.timeout_seconds,
            )
        except aiosmtplib.SMTPRecipientsRefused as problem:
            if all(refused.code >= _PERMANENT for refused in problem.recipients):
                raise MailRefused(f"{problem.recipients[0].code} {problem.recipients[0].message}") from problem
            raise
