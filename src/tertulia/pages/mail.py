"""The words of mails: subjects here, texts in `templates/mail/`. Plain text, so that nothing in a name can be markup.

The worker finds `render` in its table of presenters. Sending is in `forum/users/mailing.py`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from tertulia.backends.mail.base import Mail
from tertulia.model.mails import AccountMail, MailPurpose
from tertulia.pages.rendering import TEMPLATES

if TYPE_CHECKING:
    from jinja2 import Environment

_MOST_TITLE = 200
_WORDS = {
    MailPurpose.PASSWORD_RESET: ("password_reset.txt", "A new password for {site}"),
    MailPurpose.ACTIVATION: ("activation.txt", "Confirm your account on {site}"),
}


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    # Nothing is escaped: these are plain texts and no browser shows them as anything else.
    return Environment(
        loader=FileSystemLoader(TEMPLATES / "mail"),
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )


def render(facts: AccountMail) -> Mail:
    """The mail that says these facts."""
    template, subject = _WORDS[facts.purpose]
    title = " ".join(facts.site_title.split())[:_MOST_TITLE]
    text = _environment().get_template(template).render(mail=facts, site=title)
    return Mail(
        to=facts.to, sender=facts.sender, sender_name=title, subject=subject.replace("{site}", title), text=text
    )
