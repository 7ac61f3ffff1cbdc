"""When an edit makes a new version, and the revision rows that say what it changed.

Showing and taking back revisions is in `revisions.py`. Source of the rule: upstream's grace period.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from tertulia.forum.characters import remove_invisible
from tertulia.forum.posts.differences import edit_distance_small
from tertulia.forum.unit import Unit
from tertulia.model.posts import Post, Revision
from tertulia.model.users import SYSTEM_ID
from tertulia.store.writing import posts as post_store
from tertulia.store.writing import revisions as store

Changes = Mapping[str, tuple[object, object]]
MAXIMUM_REASON = 255


def clean_reason(reason: str | None) -> str | None:
    """The reason on one line, cut at 255 characters; None when nothing is left."""
    return " ".join(remove_invisible(reason or "").split())[:MAXIMUM_REASON] or None


def decode_changes(text: str) -> dict[str, tuple[object, object]]:
    """What a revision row says: field to (before, after)."""
    return msgspec.json.decode(text.encode(), type=dict[str, tuple[object, object]])


async def record_changes(
    unit: Unit, post: Post, *, changes: Changes, reason: str | None = None, force: bool = False
) -> int:
    """Writes down what changed and answers the post's version, which rises unless the edit is a small one.

    `post` is as it was before. A new version is made by `force`, another editor, a new reason, or an edit that is
    late or large; otherwise the last revision takes the change in, and vanishes when nothing is left of it."""
    editor = unit.actor.user_id if unit.actor.user_id is not None else SYSTEM_ID
    last = await store.find_last_revision(unit.tx, post.id) if post.version > 1 else None
    fields: dict[str, object] = {"last_editor_id": editor, "updated_at": unit.now}
    add: dict[str, int] = {}
    if force or _is_new_version(unit, post, last=last, changes=changes, reason=reason):
        add = {"version": 1, "public_version": 1}
        fields["edit_reason"] = reason
        await store.insert_revision(
            unit.tx,
            fields={
                "post_id": post.id,
                "number": post.version + 1,
                "user_id": editor,
                "edit_reason": reason,
                "changes": _encode(changes),
                "created_at": unit.now,
            },
        )
    elif last is not None and not await _amend(unit, last, changes=changes):
        add = {"version": -1, "public_version": -1}
    await post_store.update_post(unit.tx, post.id, fields=fields, add=add)
    return post.version + add.get("version", 0)


def _is_new_version(unit: Unit, post: Post, *, last: Revision | None, changes: Changes, reason: str | None) -> bool:
    if unit.actor.user_id != post.last_editor_id or (reason and reason != post.edit_reason):
        return True
    since = last.created_at if last is not None else post.created_at
    if unit.now - since > unit.site.editing_grace_period * 1000:
        return True
    before, after = changes.get("raw", ("", ""))
    trusted = unit.actor.is_staff or unit.actor.trust_level >= 2
    limit = unit.site.editing_grace_period_max_diff_high_trust if trusted else unit.site.editing_grace_period_max_diff
    return not edit_distance_small(str(before), str(after), limit=limit)


async def _amend(unit: Unit, last: Revision, *, changes: Changes) -> bool:
    """Adds to the last revision; False when that left nothing changed and the revision went."""
    merged = decode_changes(last.changes)
    for name, (before, after) in changes.items():
        merged[name] = (merged[name][0] if name in merged else before, after)
    merged = {name: pair for name, pair in merged.items() if pair[0] != pair[1]}
    if not merged:
        await store.delete_revision(unit.tx, last.id)
        return False
    await store.update_revision(unit.tx, last.id, fields={"changes": _encode(merged)})
    return True


def _encode(changes: Changes) -> str:
    return msgspec.json.encode(changes).decode()
