"""Webhooks made, changed and deleted by admins."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import UNSET

from tertulia.backends.outbound.base import OutboundRefused
from tertulia.forum.permissions import allow
from tertulia.forum.staff_actions import log_staff_action
from tertulia.forum.tags.names import tag_key
from tertulia.forum.unit import Unit
from tertulia.forum.webhooks import reading
from tertulia.forum.webhooks.catalogue import KINDS
from tertulia.forum.webhooks.sweeping import PURGE
from tertulia.model import errors
from tertulia.model.errors import ForumError, Refusals
from tertulia.model.webhooks import ContentType, DeliveryStatus, Hook, HookView, SaveHook
from tertulia.store.accounts.memberships import list_category_ids
from tertulia.store.cards import list_tags_by_keys
from tertulia.store.groups import list_groups_by_ids
from tertulia.store.webhooks import hooks as store

SHORTEST_SECRET = 12  # source: upstream
LONGEST_SECRET = 500
LONGEST_URL = 1_000
MOST_IN_A_FILTER = 500
_SIMPLE = (
    "payload_url", "content_type", "secret", "active", "wildcard", "verify_certificate", "kinds", "category_ids",
    "tag_ids", "group_ids",
)  # fmt: skip


async def save_hook(unit: Unit, command: SaveHook) -> HookView:
    """Makes a webhook, which is told of what happens from now on, or changes one.

    Raises NotAllowed, HookMissing, Refusals of HookUrlInvalid, HookUrlRefused (an address that is not public and not
    allowed), HookSecretTooShort, HookKindUnknown, HookKindsMissing, HookFieldInvalid."""
    allow(unit, "webhook.manage")
    before = _fresh(unit) if command.hook_id is None else await reading.find_hook(unit, command.hook_id)
    given = await _given(unit, command)
    wanted = msgspec.structs.replace(before, **given)
    broken = [*_broken_rules(wanted), *await _broken_filters(unit, before, wanted)]
    if not broken and wanted.payload_url != before.payload_url:
        broken = await _broken_target(unit, wanted.payload_url)
    if broken:
        raise Refusals(tuple(broken))
    await unit.write()
    hook = await _create(unit, wanted) if command.hook_id is None else await _update(unit, command.hook_id, given)
    return await reading.view_hook(unit, hook)


async def delete_hook(unit: Unit, hook_id: int) -> None:
    """Deletes a webhook; what it has not been told yet it is not told. Raises NotAllowed, HookMissing."""
    allow(unit, "webhook.manage")
    await unit.write()
    hook = await store.lock_hook(unit.tx, hook_id)
    if hook is None:
        raise errors.HookMissing()
    await store.delete_hook(unit.tx, hook.id)
    await unit.later(PURGE, hook_id=hook.id)
    await _log(unit, "web_hook_destroy", hook)


def _fresh(unit: Unit) -> Hook:
    return Hook(
        id=0, payload_url="", content_type=int(ContentType.JSON), secret="", active=False, wildcard=False,
        verify_certificate=True, last_delivery_status=int(DeliveryStatus.INACTIVE), kinds=(), category_ids=(),
        tag_ids=(), group_ids=(), after_event_id=0, created_at=unit.now, updated_at=unit.now,
    )  # fmt: skip


async def _given(unit: Unit, command: SaveHook) -> dict[str, Any]:
    given: dict[str, Any] = {name: value for name in _SIMPLE if (value := getattr(command, name)) is not UNSET}
    if "payload_url" in given:
        given["payload_url"] = given["payload_url"].strip()
    if command.tag_names is not UNSET:
        keys = [tag_key(name[:100]) for name in command.tag_names[:MOST_IN_A_FILTER] if name.strip()]
        found = await list_tags_by_keys(unit.tx, keys)
        if set(keys) - set(found):
            raise Refusals((errors.HookFieldInvalid(name="tag_names"),))
        given["tag_ids"] = tuple(sorted(tag.id for tag in found.values()))
    for name in ("kinds", "category_ids", "tag_ids", "group_ids"):
        if name in given:
            given[name] = tuple(dict.fromkeys(given[name]))
    return given


def _broken_rules(hook: Hook) -> list[ForumError]:
    broken: list[ForumError] = []
    if not _is_address(hook.payload_url):
        broken.append(errors.HookUrlInvalid())
    if hook.secret and len(hook.secret) < SHORTEST_SECRET:
        broken.append(errors.HookSecretTooShort(minimum=SHORTEST_SECRET))
    if len(hook.secret) > LONGEST_SECRET or "\0" in hook.secret or not _is_text(hook.secret):
        broken.append(errors.HookFieldInvalid(name="secret"))
    if hook.content_type not in tuple(ContentType):
        broken.append(errors.HookFieldInvalid(name="content_type"))
    unknown = next((kind for kind in hook.kinds if kind not in KINDS), None)
    if unknown is not None:
        broken.append(errors.HookKindUnknown(name=unknown[:100]))
    elif not hook.kinds and not hook.wildcard:
        broken.append(errors.HookKindsMissing())
    return broken


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_address(url: str) -> bool:
    if len(url) > LONGEST_URL or not url.isprintable() or " " in url or "\\" in url:
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    named = bool(parts.hostname) and parts.username is None and parts.password is None
    return parts.scheme in ("http", "https") and named and port != 0


async def _broken_filters(unit: Unit, before: Hook, wanted: Hook) -> list[ForumError]:
    """What a webhook is narrowed to must be there when it is chosen; what is gone later matches nothing."""
    broken: list[ForumError] = []
    for name in ("category_ids", "tag_ids", "group_ids"):
        ids: tuple[int, ...] = getattr(wanted, name)
        fresh = set(ids) - set(getattr(before, name))
        if len(ids) > MOST_IN_A_FILTER or (fresh and fresh - await _existing(unit, name, fresh)):
            broken.append(errors.HookFieldInvalid(name=name))
    return broken


async def _existing(unit: Unit, name: str, ids: set[int]) -> set[int]:
    if name == "category_ids":
        return set(await list_category_ids(unit.tx))
    if name == "tag_ids":
        return set(await store.list_tag_names(unit.tx, ids))
    return {group.id for group in await list_groups_by_ids(unit.tx, ids)}


async def _broken_target(unit: Unit, url: str) -> list[ForumError]:
    """A help for whoever types it: every request is checked again."""
    await unit.pause()
    try:
        await unit.ports.outbound.check(url)
    except OutboundRefused:
        return [errors.HookUrlRefused()]
    return []


async def _create(unit: Unit, wanted: Hook) -> Hook:
    newest = await store.find_newest_event(unit.tx)
    hook = msgspec.structs.replace(wanted, after_event_id=newest)
    hook = msgspec.structs.replace(hook, id=await store.insert_hook(unit.tx, hook))
    await _log(unit, "web_hook_create", hook)
    return hook


async def _update(unit: Unit, hook_id: int, given: dict[str, Any]) -> Hook:
    before = await store.lock_hook(unit.tx, hook_id)
    if before is None:
        raise errors.HookMissing()
    hook = msgspec.structs.replace(before, **given, updated_at=unit.now)
    if hook.active and not before.active:
        hook = msgspec.structs.replace(hook, after_event_id=await store.find_newest_event(unit.tx))
    await store.update_hook(unit.tx, hook)
    changed = [name for name in _SIMPLE if getattr(before, name) != getattr(hook, name)]
    await _log(unit, "web_hook_update", hook, changed=changed, before=before)
    return hook


async def _log(
    unit: Unit, action: str, hook: Hook, *, changed: list[str] | None = None, before: Hook | None = None
) -> None:
    """A line in the staff log; of a secret only that it changed."""
    shown = [name for name in changed or () if name != "secret"]
    texts = [*shown, *(name for name in changed or () if name == "secret")]
    await log_staff_action(
        unit,
        action,
        subject=hook.payload_url,
        details=", ".join([f"webhook_id: {hook.id}", f"payload_url: {hook.payload_url}", *texts]),
        before=", ".join(f"{name}: {getattr(before, name)}" for name in shown) or None if before else None,
        after=", ".join(f"{name}: {getattr(hook, name)}" for name in shown) or None if before else None,
    )
