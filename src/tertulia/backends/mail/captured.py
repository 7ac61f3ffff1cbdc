"""Mail for tests: kept in a list instead of being sent."""

from __future__ import annotations

from tertulia.backends.mail.base import Mail, check_mail


class CapturedMailer:
    """Keeps what would have been sent, oldest first; `fail_next` makes sending fail as a server would."""

    def __init__(self) -> None:
        self.sent: list[Mail] = []
        self._problems: list[Exception] = []

    async def send(self, mail: Mail) -> None:
        check_mail(mail)
        if self._problems:
            raise self._problems.pop(0)
        self.sent.append(mail)

    def fail_next(self, problem: Exception | None = None) -> None:
        """The next mail fails, with `problem` or as if the server could not be reached."""
        self._problems.append(problem or ConnectionError("the mail server does not answer"))
