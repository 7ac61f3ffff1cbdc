"""What nobody needs any longer: expired sessions and links, remembered answers, view marks, keys never used."""

from __future__ import annotations

from tertulia.forum.unit import Unit
from tertulia.store.accounts.email_tokens import delete_expired_email_tokens
from tertulia.store.upkeep import sweeping as store

DAY = 86_400_000
HOUR = 3_600_000
REMEMBERED_MS = 120_000


async def sweep(unit: Unit) -> None:
    """Deletes what has expired and revokes keys past their age (source: upstream's rules for unused keys)."""
    site, now = unit.site, unit.now
    await unit.write()
    await store.delete_expired_sessions(unit.tx, before=now)
    await delete_expired_email_tokens(unit.tx, before=now)
    await store.delete_remembered(unit.tx, before=now - REMEMBERED_MS)
    await store.delete_topic_views(unit.tx, before=now - max(site.topic_view_duration_hours, 1) * HOUR)
    unused, life = site.revoke_api_keys_unused_days, site.revoke_api_keys_maxlife_days
    await store.revoke_old_keys(
        unit.tx,
        unused_before=now - unused * DAY if unused else 0,
        made_before=now - life * DAY if life else 0,
        now=now,
    )
