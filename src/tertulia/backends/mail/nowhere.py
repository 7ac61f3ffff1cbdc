"""No mail server is configured: every mail is lost, and the log says so."""

from __future__ import annotations

import logging

from tertulia.backends.mail.base import Mail, check_mail

_LOG = logging.getLogger("tertulia.mail")


class NowhereMailer:
    """Keeps nothing. The log names neither the address nor what was written: links in mails are secrets."""

    async def send(self, mail: Mail) -> None:
        check_mail(mail)
        _LOG.warning("mail not sent: smtp_address is not set", extra={"facts": {"subject": mail.subject}})
