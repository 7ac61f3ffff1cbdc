"""Actors: from a user and a credential to what that user is in, may do and can see.

Privileges are cached per process under the version of permissions, so a change counts from its commit on.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from tertulia.forum.unit import Unit
from tertulia.forum.versions import read_versions
from tertulia.model.actor import Actor, Credential, CredentialKind, Visibility
from tertulia.model.groups import ADMINS_ID, EVERYONE_ID, MODERATORS_ID, STAFF_ID, TRUST_LEVEL_IDS
from tertulia.model.privileges import EVERY, Grant, Holder, Privilege
from tertulia.model.users import SYSTEM_ID, User
from tertulia.store import users as user_store
from tertulia.store.accounts.memberships import list_category_ids, list_custom_group_ids, list_grants
from tertulia.store.versions import PERMISSIONS

_READ = Privilege.READ | Privilege.TOPICS_READ
_KEPT = 1000


class _Permissions(msgspec.Struct):
    """Every grant and category of one version of permissions, and what was derived from them."""

    version: int
    grants: list[Grant]
    category_ids: list[int]
    resolved: dict[tuple[int | None, frozenset[int]], _Rights]


class _Rights(msgspec.Struct, frozen=True):
    """Bits by category, and the categories that can be read and found with them."""

    bits: Mapping[int, int]
    readable: tuple[int, ...]
    findable: tuple[int, ...]


def built_in_groups(user: User | None) -> frozenset[int]:
    """The groups that follow from the account itself; everyone is in `everyone`."""
    if user is None:
        return frozenset((EVERYONE_ID,))
    ids = {EVERYONE_ID, *TRUST_LEVEL_IDS[: user.trust_level + 1]}
    if user.admin:
        ids.add(ADMINS_ID)
    if user.moderator:
        ids.add(MODERATORS_ID)
    if user.admin or user.moderator:
        ids.add(STAFF_ID)
    return frozenset(ids)


async def build_actor(
    unit: Unit, user: User | None, *, credential: Credential | None = None, address: str = ""
) -> Actor:
    """The actor for `user` (None = anonymous). Reads; raises nothing."""
    groups = built_in_groups(user)
    if user is not None:
        groups |= await _custom_groups(unit, user)
    permissions = await _permissions(unit)
    rights = _resolve(permissions, user=user, groups=groups)
    return Actor(
        user=user,
        credential=credential,
        group_ids=groups,
        privileges=rights.bits,
        visibility=_visibility(user, groups=groups, readable=rights.readable),
        findable=rights.findable,
        address=address,
    )


async def _custom_groups(unit: Unit, user: User) -> frozenset[int]:
    key = ("groups of", user.id)
    known: frozenset[int] | None = unit.recall(key)
    if known is None:
        known = frozenset(await list_custom_group_ids(unit.tx, user.id))
        unit.keep(key, known, user_id=user.id)
    return known


async def system_actor(unit: Unit) -> Actor:
    """The system user, for jobs, imports and the command line."""
    system = await user_store.find_user(unit.tx, SYSTEM_ID)
    return await build_actor(unit, system, credential=Credential(kind=CredentialKind.INTERNAL))


async def list_visibilities(unit: Unit, people: Mapping[int, tuple[User, frozenset[int]]]) -> dict[int, Visibility]:
    """What each of many users (with all their groups) can see, for one look at the grants."""
    permissions = await _permissions(unit)
    return {
        user_id: _visibility(user, groups=groups, readable=_resolve(permissions, user=user, groups=groups).readable)
        for user_id, (user, groups) in people.items()
    }


async def _permissions(unit: Unit) -> _Permissions:
    version = (await read_versions(unit)).get(PERMISSIONS, 0)
    known = unit.ports.memory.get(PERMISSIONS)
    if isinstance(known, _Permissions) and known.version == version:
        return known
    fresh = _Permissions(version, await list_grants(unit.tx), await list_category_ids(unit.tx), {})
    if not unit.writes:  # what an uncommitted change says must not be kept
        unit.ports.memory[PERMISSIONS] = fresh
    return fresh


def _resolve(permissions: _Permissions, *, user: User | None, groups: frozenset[int]) -> _Rights:
    key = (user.id if user else None, groups)
    known = permissions.resolved.get(key)
    if known is not None:
        return known
    bits: dict[int, int] = {}
    if user is not None and user.admin:
        bits = {category_id: int(EVERY) for category_id in (0, *permissions.category_ids)}
    else:
        for grant in permissions.grants:
            mine = (
                grant.holder_id in groups
                if grant.holder == Holder.GROUP
                else user is not None and grant.holder_id == user.id
            )
            if mine:
                bits[grant.category_id] = bits.get(grant.category_id, 0) | grant.bits
        if user is not None and user.moderator:
            bits = {key: value | Privilege.MODERATE if value & Privilege.READ else value for key, value in bits.items()}
    if len(permissions.resolved) >= _KEPT:
        permissions.resolved.clear()
    found = permissions.resolved[key] = _Rights(bits, _holding(bits, _READ), _holding(bits, Privilege.FIND))
    return found


def _holding(bits: Mapping[int, int], wanted: Privilege) -> tuple[int, ...]:
    """The categories in which all that is wanted is held."""
    return tuple(sorted(each for each, held in bits.items() if each and held & wanted == wanted))


def _visibility(user: User | None, *, groups: frozenset[int], readable: tuple[int, ...]) -> Visibility:
    staff = user is not None and (user.admin or user.moderator)
    return Visibility(
        user_id=user.id if user else None,
        group_ids=tuple(sorted(groups)),
        category_ids=readable,
        sees_deleted=staff,
        sees_unlisted=staff or (user is not None and user.trust_level >= 4),
        sees_all_messages=user is not None and user.admin,
    )
