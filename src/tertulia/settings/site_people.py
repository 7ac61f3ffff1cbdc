"""Site settings about people: names and passwords, registering and logging in, trust.

Links of the chain that `site_basics.py` begins.
Read next: `site_posting.py`, the next link; `forum/users` applies these.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from tertulia.settings.knob import Knob
from tertulia.settings.site_basics import ApiSettings

RESERVED = (
    "admin moderator administrator mod sys system community info you name username user nickname "
    "tertulia support all here"
)


class UserSettings(ApiSettings, frozen=True, kw_only=True):
    """Usernames, passwords and e-mail addresses."""

    category: ClassVar[str] = "users"

    min_username_length: Annotated[int, Knob("Fewest characters of a username.", 1, 60)] = 3
    max_username_length: Annotated[int, Knob("Most characters of a username.", 8, 60)] = 20
    username_change_period: Annotated[
        int, Knob("Days after registering in which users may change their username; 0: never.", 0, 36_500)
    ] = 3
    reserved_usernames: Annotated[tuple[str, ...], Knob("Usernames that nobody may register.")] = tuple(
        RESERVED.split()
    )
    min_password_length: Annotated[int, Knob("Fewest characters of a password.", 8, 200)] = 10
    min_admin_password_length: Annotated[int, Knob("Fewest characters of an admin's password.", 8, 200)] = 15
    password_unique_characters: Annotated[int, Knob("Fewest different characters in a password.", 1, 10)] = 6
    block_common_passwords: Annotated[bool, Knob("Refuse the passwords that most people try first.")] = True
    blocked_email_domains: Annotated[tuple[str, ...], Knob("Domains whose e-mail addresses may not register.")] = (
        "mailinator.com",
    )
    allowed_email_domains: Annotated[
        tuple[str, ...], Knob("Only domains whose e-mail addresses may register; empty: every domain.")
    ] = ()


class LoginSettings(UserSettings, frozen=True, kw_only=True):
    """Who gets in."""

    category: ClassVar[str] = "login"

    login_required: Annotated[bool, Knob("Only people who logged in may read.")] = False
    allow_new_registrations: Annotated[bool, Knob("People may register.")] = True
    must_approve_users: Annotated[bool, Knob("Staff must approve new users before they log in.")] = False
    enable_local_logins: Annotated[bool, Knob("People may log in with a password.")] = True
    hide_email_address_taken: Annotated[
        bool, Knob("Do not tell whether an account exists when somebody asks for a new password.")
    ] = False
    max_logins_per_ip_per_minute: Annotated[
        int, Knob("Attempts to log in with a password, per network address and minute; 0: any number.", 0, 100_000)
    ] = 6
    max_logins_per_ip_per_hour: Annotated[int, Knob("The same per hour; 0: any number.", 0, 100_000)] = 30
    maximum_session_age: Annotated[
        int, Knob("Hours after its last use in which a session stays logged in.", 1, 175_200)
    ] = 1440


class TrustSettings(LoginSettings, frozen=True, kw_only=True):
    """What new users are trusted with."""

    category: ClassVar[str] = "trust"

    default_trust_level: Annotated[int, Knob("Trust level of new users.", 0, 4)] = 0
