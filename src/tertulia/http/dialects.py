"""What the kit needs of a dialect: who asks, whether the row is open to them, and how a failure is said."""

from __future__ import annotations

from typing import Protocol

from tertulia.http.call import Answer, Call
from tertulia.model.actor import Actor
from tertulia.model.errors import ForumError, LoginRequired, StaffOnly


class Dialect(Protocol):
    """One way of speaking with the forum. Instances hold no state about requests."""

    name: str

    def has_credential(self, call: Call) -> bool:
        """Whether the request carries a credential header of this dialect (it then speaks JSON)."""
        ...

    async def identify(self, call: Call) -> Actor:
        """The actor behind the request. Raises errors of kind CREDENTIAL."""
        ...

    def check_csrf(self, call: Call) -> None:
        """Raises CsrfFailed for a writing request of a browser that does not carry the session's token."""
        ...

    def refuse(self, call: Call, error: ForumError) -> Answer:
        """The failure in this dialect's words, status and shape. Must not raise."""
        ...

    def finish(self, call: Call, answer: Answer) -> None:
        """Adds the headers that every answer of this dialect carries."""
        ...


def admit(call: Call) -> None:
    """Lets the actor pass a row, or raises LoginRequired or StaffOnly.

    On a site that requires log-in, rows whose `limit` is "open" or "asset" stay reachable (log-in itself, pictures)."""
    row, actor = call.row, call.actor
    if row is None:
        return
    if row.access in ("staff", "admin"):
        allowed = actor.is_admin if row.access == "admin" else actor.is_staff
        if not allowed:
            raise StaffOnly()
    is_closed = call.unit.site.login_required and row.limit not in ("open", "asset")
    if actor.user is None and (row.access == "user" or is_closed):
        raise LoginRequired()
