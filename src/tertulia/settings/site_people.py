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


class PromotionSettings(TrustSettings, frozen=True, kw_only=True):
    """What earns trust levels 1 and 2."""

    category: ClassVar[str] = "trust"

    tl1_requires_topics_entered: Annotated[
        int, Knob("Topics that a user must have opened for trust level 1.", 0, 1_000_000)
    ] = 5
    tl1_requires_read_posts: Annotated[
        int, Knob("Posts that a user must have read for trust level 1.", 0, 1_000_000)
    ] = 30
    tl1_requires_time_spent_mins: Annotated[
        int, Knob("Minutes of reading, and the account's age in minutes, for trust level 1.", 0, 1_000_000)
    ] = 10
    tl2_requires_topics_entered: Annotated[
        int, Knob("Topics that a user must have opened for trust level 2.", 0, 1_000_000)
    ] = 20
    tl2_requires_read_posts: Annotated[
        int, Knob("Posts that a user must have read for trust level 2.", 0, 1_000_000)
    ] = 100
    tl2_requires_time_spent_mins: Annotated[
        int, Knob("Minutes of reading, and the account's age in minutes, for trust level 2.", 0, 1_000_000)
    ] = 60
    tl2_requires_days_visited: Annotated[
        int, Knob("Days on which a user must have been here for trust level 2.", 0, 36_500)
    ] = 15
    tl2_requires_likes_received: Annotated[
        int, Knob("Likes that a user must have received for trust level 2.", 0, 1_000_000)
    ] = 1
    tl2_requires_likes_given: Annotated[
        int, Knob("Likes that a user must have given for trust level 2.", 0, 1_000_000)
    ] = 1
    tl2_requires_topic_reply_count: Annotated[
        int, Knob("Topics of others that a user must have replied to for trust level 2.", 0, 1_000_000)
    ] = 3


class RegularSettings(PromotionSettings, frozen=True, kw_only=True):
    """What earns trust level 3, and for how long."""

    category: ClassVar[str] = "trust"

    tl3_time_period: Annotated[int, Knob("Days up to now that count for trust level 3.", 1, 36_500)] = 100
    tl3_requires_days_visited: Annotated[
        int, Knob("Days of the period on which a user must have been here for trust level 3.", 0, 36_500)
    ] = 50
    tl3_requires_topics_replied_to: Annotated[
        int, Knob("Topics of others replied to in the period for trust level 3.", 0, 1_000_000)
    ] = 10
    tl3_requires_topics_viewed: Annotated[
        int, Knob("Percent of the period's new topics that a user must have opened for trust level 3.", 0, 100)
    ] = 25
    tl3_requires_topics_viewed_cap: Annotated[
        int, Knob("Never more topics than this for that percentage.", 0, 1_000_000)
    ] = 500
    tl3_requires_posts_read: Annotated[
        int, Knob("Percent of the period's new posts that a user must have read for trust level 3.", 0, 100)
    ] = 25
    tl3_requires_posts_read_cap: Annotated[
        int, Knob("Never more posts than this for that percentage.", 0, 1_000_000)
    ] = 20_000
    tl3_requires_topics_viewed_all_time: Annotated[int, Knob("Topics ever opened for trust level 3.", 0, 1_000_000)] = (
        200
    )
    tl3_requires_posts_read_all_time: Annotated[int, Knob("Posts ever read for trust level 3.", 0, 1_000_000)] = 500
    tl3_requires_likes_given: Annotated[int, Knob("Likes given in the period for trust level 3.", 0, 1_000_000)] = 30
    tl3_requires_likes_received: Annotated[
        int, Knob("Likes received in the period for trust level 3.", 0, 1_000_000)
    ] = 20
    tl3_promotion_min_duration: Annotated[int, Knob("Days for which nobody loses trust level 3 again.", 0, 36_500)] = 14
