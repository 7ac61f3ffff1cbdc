"""The mail that a forum under test has sent."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tertulia.backends.mail.base import Mail
from tertulia.backends.mail.captured import CapturedMailer

_LINK = re.compile(r"https?://[^\s<>\"]+")


class Mailbox(CapturedMailer):
    """Every mail, oldest first. A mail is sent by a job, so it is here as soon as jobs have run."""

    def __len__(self) -> int:
        return len(self.sent)

    def __iter__(self) -> Iterator[Mail]:
        return iter(self.sent)

    def to(self, address: str) -> list[Mail]:
        """Mails to one address, oldest first."""
        return [mail for mail in self.sent if mail.to.lower() == address.lower()]

    def last_to(self, address: str) -> Mail:
        """The newest mail to the address. Raises LookupError, naming who got mail, when there is none."""
        found = self.to(address)
        if not found:
            others = ", ".join(sorted({mail.to for mail in self.sent})) or "nobody"
            raise LookupError(f"no mail to {address}; mail went to {others}")
        return found[-1]

    def links_to(self, address: str) -> list[str]:
        """The web addresses in the newest mail to the address, in their order."""
        return _LINK.findall(self.last_to(address).text)

    def path_to(self, address: str) -> str:
        """The first of these without scheme and host, to ask the forum for."""
        return "/" + self.links_to(address)[0].split("/", 3)[3]

    def clear(self) -> None:
        """Forgets what was sent so far."""
        self.sent.clear()
