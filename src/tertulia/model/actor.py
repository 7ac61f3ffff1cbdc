"""Actor: on whose behalf something is done, and by which credential. Visibility: what that actor can see.

Built once per request by `forum/sessions/actors.py`; services and store only read them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType

import msgspec

from tertulia.model.keys import KeyScope
from tertulia.model.privileges import EVERY, Privilege
from tertulia.model.users import User


class CredentialKind(IntEnum):
    """One store of credentials; the kind decides which routes a credential means anything on."""

    ADMIN_KEY = 0
    USER_KEY = 1
    USER_TOKEN = 2
    MASTER_TOKEN = 3
    SESSION = 4
    SIGNED_TOKEN = 5
    INTERNAL = 6


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """What was shown: its row id (None for signed tokens and internal callers) and scopes (empty = all).

    `key_scopes` are the same scopes with the parameters that they are bound to."""

    kind: CredentialKind
    id: int | None = None
    read_only: bool = False
    scopes: tuple[str, ...] = ()
    key_scopes: tuple[KeyScope, ...] = ()


class Visibility(msgspec.Struct, frozen=True, kw_only=True):
    """What an actor can see: readable categories, private messages, deleted and unlisted things."""

    user_id: int | None = None
    group_ids: tuple[int, ...] = ()
    category_ids: tuple[int, ...] = ()
    sees_deleted: bool = False
    sees_unlisted: bool = False
    sees_all_messages: bool = False


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who acts. `user` is None for anonymous visitors. `privileges` maps category id to bits; `findable` are the
    categories in which FIND is among them."""

    user: User | None = None
    credential: Credential | None = None
    group_ids: frozenset[int] = frozenset()
    privileges: Mapping[int, int] = MappingProxyType({})
    visibility: Visibility = Visibility()
    findable: tuple[int, ...] = ()
    address: str = ""

    @property
    def user_id(self) -> int | None:
        return self.user.id if self.user else None

    @property
    def is_admin(self) -> bool:
        return self.user is not None and self.user.admin

    @property
    def is_moderator(self) -> bool:
        return self.user is not None and self.user.moderator

    @property
    def is_staff(self) -> bool:
        return self.user is not None and (self.user.admin or self.user.moderator)

    @property
    def trust_level(self) -> int:
        """0..4; anonymous visitors count as -1."""
        return self.user.trust_level if self.user else -1

    @property
    def by_key(self) -> bool:
        """True when an API credential (not a session) acts."""
        return self.credential is not None and self.credential.kind is not CredentialKind.SESSION

    def holds(self, category_id: int | None, privilege: Privilege) -> bool:
        """Whether the actor has `privilege` in the category; admins have every privilege everywhere."""
        # `int.__and__`: an operator of IntFlag makes a new flag, which costs ten times as much, per post and act.
        if self.is_admin:
            return bool(int.__and__(EVERY, privilege))
        return bool(int.__and__(self.privileges.get(category_id or 0, 0), privilege))

    def moderates(self, category_id: int | None) -> bool:
        """Admins and moderators everywhere they can look, others where they hold MODERATE."""
        return self.is_staff or self.holds(category_id, Privilege.MODERATE)
