"""Programs that people let in, as profiles list them, and the problems that staff are told of."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tertulia.dialects.discourse.wire import iso
from tertulia.model.keys import DeprecatedCall, KeyView

# What each scope lets a program do, in the words of our own pages.
SCOPE_WORDS = {
    "read": "Read everything that you can",
    "write": "Write and change everything that you can",
    "message_bus": "Receive live updates",
    "push": "Send notifications to other services",
    "one_time_password": "Make one-time passwords to log in with",
    "notifications": "Read notifications and mark them as read",
    "session_info": "See who you are",
    "bookmarks_calendar": "Read your bookmark reminders",
    "user_status": "Read and change your status",
}


class UserApiKey(msgspec.Struct):
    """A program in its owner's profile."""

    id: int
    application_name: str
    scopes: list[str]
    created_at: str
    last_used_at: str

    @classmethod
    def of(cls, view: KeyView) -> UserApiKey:
        key = view.key
        return cls(
            id=key.id,
            application_name=key.application or key.description or key.client_id or "Unnamed",
            scopes=[SCOPE_WORDS.get(scope.scope, scope.scope) for scope in view.scopes],
            created_at=iso(key.created_at),
            last_used_at=iso(key.last_used_at or key.created_at),
        )


class ShownKey(msgspec.Struct):
    """Which key a deprecated call showed."""

    id: int
    truncated_key: str
    description: str


class Problem(msgspec.Struct):
    """What staff should look at; the fields after `identifier` are ours."""

    id: int
    priority: str
    message: str
    identifier: str
    route: str
    address: str
    agent: str
    key: ShownKey | None
    count: int
    first_at: str
    last_at: str

    @classmethod
    def of(cls, call: DeprecatedCall) -> Problem:
        key = call.key
        shown = ShownKey(key.id, key.truncated, key.description) if key is not None else None
        return cls(
            id=call.id,
            priority="low",
            message=message_of(call),
            identifier="deprecated_api_authentication",
            route=call.route,
            address=call.address,
            agent=call.agent,
            key=shown,
            count=call.calls,
            first_at=iso(call.first_at),
            last_at=iso(call.last_at),
        )


def message_of(call: DeprecatedCall) -> str:
    """The problem in a sentence."""
    key = call.key
    which = "no key of this forum" if key is None else f"the key {key.truncated}\u2026 ({key.description or 'unnamed'})"
    times = "once" if call.calls == 1 else f"{call.calls} times"
    return (
        f"{call.route} was called {times} from {call.address or 'an unknown address'} with {which} in the query or "
        "body, where keys are no longer read. Send the headers Api-Key and Api-Username instead. "
        "This message goes a day after the last such call."
    )


class ProblemsAnswer(msgspec.Struct):
    """What the dashboard warns of."""

    problems: list[Problem]

    @classmethod
    def of(cls, calls: Sequence[DeprecatedCall]) -> ProblemsAnswer:
        return cls([Problem.of(call) for call in calls])
