"""What nobody needs any longer: expired sessions and links, remembered answers, view marks, keys never used."""

from __future__ import annotations

from tertulia.forum.keys.deprecated import NOTED_MS
from tertulia.forum.traffic import sweep_details
from tertulia.forum.unit import Unit
from tertulia.model.actor import CredentialKind
from tertulia.store.accounts.email_tokens import delete_expired_email_tokens
from tertulia.store.changes import sweep_changes
from tertulia.store.deprecated_calls import delete_noted_calls
from tertulia.store.upkeep import sweeping as store

DAY = 86_400_000
HOUR = 3_600_000
REMEMBERED_MS = 120_000
DETAILS_DAYS = 400  # names of crawlers and terms of searches: a year to compare with


async def sweep(unit: Unit) -> None:
    """Deletes what has expired and revokes keys past their age (source: upstream's rules for unused keys)."""
    site, now = unit.site, unit.now
    await unit.write()
    await store.delete_expired_sessions(unit.tx, before=now)
    await delete_expired_email_tokens(unit.tx, before=now)
    await store.delete_remembered(unit.tx, before=now - REMEMBERED_MS)
    await store.delete_topic_views(unit.tx, before=now - max(site.topic_view_duration_hours, 1) * HOUR)
    await store.delete_link_clicks(unit.tx, before=now - DAY)
    await sweep_details(unit, keep_days=DETAILS_DAYS)
    unused, life = site.revoke_api_keys_unused_days, site.revoke_api_keys_maxlife_days
    await store.revoke_old_keys(
        unit.tx,
        kind=CredentialKind.ADMIN_KEY,
        unused_before=now - unused * DAY if unused else 0,
        made_before=now - life * DAY if life else 0,
        now=now,
    )
    idle = site.expire_user_api_keys_days
    await store.revoke_old_keys(
        unit.tx, kind=CredentialKind.USER_KEY, unused_before=now - idle * DAY if idle else 0, now=now
    )
    await delete_noted_calls(unit.tx, before=now - NOTED_MS)
    await sweep_changes(unit.tx, before=now - HOUR)
