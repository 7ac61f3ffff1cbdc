"""Whom a command about members means: usernames, ids and addresses to accounts, in the order given."""

from __future__ import annotations

from tertulia.forum.handles import handle_key
from tertulia.forum.unit import Unit
from tertulia.model.errors import ParameterInvalid, UserMissing
from tertulia.model.groups import ChangeMembers
from tertulia.model.users import SYSTEM_ID, User
from tertulia.store import users as store

MAXIMUM_NAMED = 1_000


async def find_people(unit: Unit, command: ChangeMembers) -> list[User]:
    """Everybody named, each once. Raises UserMissing for an unknown one, ParameterInvalid for more than 1,000 or none.

    Addresses find people for staff only, so that nobody learns here who has an account."""
    keys = [handle_key(name.strip().removeprefix("@")) for name in command.usernames if name.strip()]
    emails = [email.strip().lower() for email in command.emails if email.strip()]
    named = len(keys) + len(emails) + len(command.user_ids)
    if not 1 <= named <= MAXIMUM_NAMED:
        raise ParameterInvalid(name="usernames", problem=f"1..{MAXIMUM_NAMED}")
    if emails and not unit.actor.is_staff:
        raise UserMissing()
    by_key = {user.username_key: user for user in await store.list_users_by_keys(unit.tx, keys)}
    by_email = {user.email_key: user for user in await store.list_users_by_emails(unit.tx, emails)}
    by_id = {user.id: user for user in await store.list_users_by_ids(unit.tx, command.user_ids)}
    found = [
        *(by_key.get(key) for key in keys),
        *(by_id.get(user_id) for user_id in command.user_ids),
        *(by_email.get(email) for email in emails),
    ]
    people: dict[int, User] = {}
    for user in found:
        if user is None or user.id == SYSTEM_ID:
            raise UserMissing()
        people[user.id] = user
    return list(people.values())
