"""A `Mail` as the message that goes over the wire."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid

from tertulia.backends.mail.base import Mail, check_mail


def compose(mail: Mail, *, now: int) -> EmailMessage:
    """The message, dated `now` (ms). Raises MailInvalid."""
    check_mail(mail)
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(display_name=mail.sender_name, addr_spec=mail.sender)
    message["To"] = Address(addr_spec=mail.to)
    message["Subject"] = mail.subject
    message["Date"] = formatdate(now / 1000)
    message["Message-ID"] = make_msgid(domain=mail.sender.rpartition("@")[2])
    # Programs that answer mail by themselves must not answer this one (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    for header, value in mail.headers:
        message[header] = value
    message.set_content(mail.text)
    if mail.html is not None:
        message.add_alternative(mail.html, subtype="html")
    return message
