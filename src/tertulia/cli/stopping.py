"""How a command ends early: one message on standard error and an exit code, never a traceback."""

from __future__ import annotations

import sys

from tertulia.model.errors import ForumError, Refusals

FAILED = 1
REFUSED = 2  # wrong usage, wrong settings, or what is asked for exists already

_SENTENCES = {
    "user.username_taken": "the username is taken",
    "user.username_too_short": "the username is too short (at least {minimum} characters)",
    "user.username_too_long": "the username is too long (at most {maximum} characters)",
    "user.username_characters": "the username may only hold letters, digits, dots, dashes and underscores",
    "user.username_reserved": "the username is reserved",
    "user.email_invalid": "the e-mail address is not valid",
    "user.email_taken": "the e-mail address is taken",
    "user.password_too_short": "the password is too short (at least {minimum} characters)",
    "user.password_too_long": "the password is too long (at most {maximum} characters)",
    "user.password_common": "the password is one of the most common ones",
    "user.password_same_as_username": "the password is the username",
    "user.password_same_as_email": "the password is the e-mail address",
    "user.password_repetitive": "the password needs at least {minimum} different characters",
    "user.not_found": "there is no such user",
    "key.not_found": "there is no such key",
    "key.scope_unknown": "there is no scope {name}",
    "key.scopes_missing": "a key of this kind needs scopes",
    "setting.unknown": "there is no site setting {name}",
    "setting.invalid": "{name}: not allowed; allowed: {allowed}",
    "busy": "another process is writing to the database; try again in {seconds} seconds",
}


class Stop(Exception):
    """The command cannot go on. `code` is the exit code."""

    def __init__(self, message: str, *, code: int = FAILED) -> None:
        super().__init__(message)
        self.code = code


def say(message: str) -> None:
    """A line for people, apart from what a script reads."""
    print(message, file=sys.stderr, flush=True)


def sentence(problem: ForumError) -> str:
    """What a failure of the forum means, in words."""
    if isinstance(problem, Refusals):
        return "; ".join(sentence(each) for each in problem.errors)
    known = _SENTENCES.get(problem.code)
    if known is not None:
        return known.format_map({name: problem.params.get(name, "?") for name in problem.names})
    facts = ", ".join(f"{name} {value}" for name, value in problem.params.items())
    return f"{problem.code} ({facts})" if facts else problem.code
