"""What makes an empty database a forum: the system user, the admin, built-in groups, two categories, a welcome topic.

Used by `tertulia init` and for the golden image of tests.
"""

from __future__ import annotations

import secrets

import msgspec

from tertulia.forum.unit import Unit
from tertulia.forum.users.names import email_key, username_key
from tertulia.model.groups import (
    ADMINS_ID,
    EVERYONE_ID,
    FIRST_CUSTOM_ID,
    MODERATORS_ID,
    STAFF_ID,
    TRUST_LEVEL_IDS,
)
from tertulia.model.privileges import EVERY, FULL
from tertulia.model.users import ADMIN_ID, SYSTEM_ID
from tertulia.store.engine.base import Database
from tertulia.store.schema import VERSION
from tertulia.store.settings import SCHEMA_VERSION, SECRET_KEY, save_setting
from tertulia.store.upkeep import founding
from tertulia.store.upkeep.creating import create_tables
from tertulia.store.users import insert_user
from tertulia.store.versions import PERMISSIONS, SETTINGS, bump_version

UNCATEGORIZED = {"id": 1, "name": "Uncategorized", "slug": "uncategorized", "color": "0088CC"}
STAFF_CATEGORY = {"id": 3, "name": "Staff", "slug": "staff", "color": "E45735"}
_GROUPS = (
    (EVERYONE_ID, "everyone"),
    (ADMINS_ID, "admins"),
    (MODERATORS_ID, "moderators"),
    (STAFF_ID, "staff"),
    *((group_id, f"trust_level_{level}") for level, group_id in enumerate(TRUST_LEVEL_IDS)),
)


class FoundSite(msgspec.Struct, frozen=True, kw_only=True):
    """The first admin. `password_hash` comes from `forum.users.passwords.hash_password`."""

    admin_username: str = "admin"
    admin_email: str = "admin@example.org"
    password_hash: str


class AlreadyFounded(Exception):
    """The database holds a forum."""


async def found_tables(database: Database) -> None:
    """Makes the tables of an empty database. Raises AlreadyFounded when it holds a forum."""
    if await database.version() is not None:
        raise AlreadyFounded
    await create_tables(database)


async def found_site(unit: Unit, command: FoundSite) -> None:
    """The first rows, in one transaction. Raises Refusals when name or e-mail break a rule (checked by the caller)."""
    await unit.write()
    tx, now = unit.tx, unit.now
    await save_setting(tx, SCHEMA_VERSION, value=VERSION, now=now)
    await save_setting(tx, SECRET_KEY, value=secrets.token_hex(32), now=now)
    await _insert_people(unit, command)
    await founding.insert_built_in_groups(tx, _GROUPS, now=now)
    await founding.set_counter(tx, "groups", least=FIRST_CUSTOM_ID - 1)
    await _insert_categories(unit)
    await bump_version(tx, PERMISSIONS)
    await bump_version(tx, SETTINGS)


async def _insert_people(unit: Unit, command: FoundSite) -> None:
    shared = {
        "active": 1,
        "approved": 1,
        "admin": 1,
        "locale": "",
        "created_at": unit.now,
        "updated_at": unit.now,
    }
    system = {
        "username": "system",
        "username_key": "system",
        "name": "system",
        "moderator": 1,
        "trust_level": 4,
    }
    await insert_user(unit.tx, fields={**shared, **system}, user_id=SYSTEM_ID)
    admin = {
        "username": command.admin_username,
        "username_key": username_key(command.admin_username),
        "name": "",
        "email": command.admin_email,
        "email_key": email_key(command.admin_email),
        "password_hash": command.password_hash,
        "moderator": 0,
        "trust_level": 1,
    }
    await insert_user(unit.tx, fields={**shared, **admin}, user_id=ADMIN_ID)
    await founding.set_counter(unit.tx, "users")


async def _insert_categories(unit: Unit) -> None:
    for position, (category, grants, description) in enumerate(
        (
            (
                UNCATEGORIZED,
                {EVERYONE_ID: int(FULL)},
                "Topics that need no category, or do not fit into another.",
            ),
            (
                STAFF_CATEGORY,
                {STAFF_ID: int(EVERY)},
                "For staff only: what the people who run this forum discuss.",
            ),
        )
    ):
        fields = {
            **category,
            "name_key": str(category["name"]).casefold(),
            "slug_key": category["slug"],
            "position": position,
            "text_color": "FFFFFF",
            "description": description,
            "restricted": int(EVERYONE_ID not in grants),
            "created_at": unit.now,
            "updated_at": unit.now,
        }
        await founding.insert_first_category(unit.tx, fields=fields, grants=grants)
    await founding.set_counter(unit.tx, "categories", least=3)


__all__ = ["AlreadyFounded", "FoundSite", "found_site", "found_tables"]
