"""The limits per act: who writes, likes, edits, marks, deletes and searches how often. Staff are exempt.

Names and figures are the upstream's, and so is the key: the user, whatever credential they came by. `is_limited` says
whose acts count.
"""

from __future__ import annotations

from tertulia.backends.base import Limit
from tertulia.forum.limits.taking import DAY, MINUTE, SECOND, is_limited, take
from tertulia.forum.unit import Allowance, Unit
from tertulia.settings import SiteSettings
from tertulia.store.accounts.first_posts import find_first_posted_at

CREATES = "create_limit_60_secs"
LIKES = "likes_per_day"
EDITS = "edits_per_day"
MEMBERSHIPS_PER_MINUTE = 3  # source: upstream, where no setting changes it either


async def take_topic(unit: Unit, *, is_message: bool) -> None:
    """A new topic or personal message. Raises RateLimited."""
    if not is_limited(unit):
        return
    site, daily = unit.site, ("topics_per_day", unit.site.max_topics_per_day)
    if is_message:  # how many a day is counted where they are stored
        daily = ("topics_per_day", 0)
    elif await _is_on_first_day(unit):
        daily = ("first_day_topics_per_day", site.max_topics_in_first_day)
    pause = site.rate_limit_new_user_create_topic if _is_new(unit) else site.rate_limit_create_topic
    await take(unit, [_creates(unit), *_pause(unit, "create_topic", pause), _limit(unit, *daily)])


async def take_reply(unit: Unit) -> None:
    """A new reply. Raises RateLimited."""
    if not is_limited(unit):
        return
    site = unit.site
    pause = site.rate_limit_new_user_create_post if _is_new(unit) else site.rate_limit_create_post
    first_day = site.max_replies_in_first_day if await _is_on_first_day(unit) else 0
    limits = [_creates(unit), *_pause(unit, "create_post", pause)]
    await take(unit, [*limits, _limit(unit, "first_day_replies_per_day", first_day)])


async def take_like(unit: Unit) -> None:
    """A like; `unit.taken[LIKES]` says what is left, all of it to those who are exempt. Raises RateLimited."""
    site = unit.site
    multipliers = (
        site.tl2_additional_likes_per_day_multiplier,
        site.tl3_additional_likes_per_day_multiplier,
        site.tl4_additional_likes_per_day_multiplier,
    )
    await take_scaled(unit, LIKES, site.max_likes_per_day, multipliers)


async def take_edit(unit: Unit) -> None:
    """An edit of a post or topic. Raises RateLimited."""
    site = unit.site
    multipliers = (
        site.tl2_additional_edits_per_day_multiplier,
        site.tl3_additional_edits_per_day_multiplier,
        site.tl4_additional_edits_per_day_multiplier,
    )
    await take_scaled(unit, EDITS, site.max_edits_per_day, multipliers)


async def take_bookmark(unit: Unit) -> None:
    """A new bookmark. Raises RateLimited."""
    if is_limited(unit):
        await take(unit, [_limit(unit, "bookmarks_per_day", unit.site.max_bookmarks_per_day)])


async def take_deletion(unit: Unit) -> None:
    """A deletion or recovery of a post by somebody who does not moderate there. Raises RateLimited."""
    if not is_limited(unit):
        return
    minute = Limit("post_deletions_60_secs", str(unit.actor.user_id), unit.site.max_post_deletions_per_minute, MINUTE)
    await take(unit, [minute, _limit(unit, "post_deletions_per_day", unit.site.max_post_deletions_per_day)])


async def take_invitation(unit: Unit) -> None:
    """Letting somebody into a topic or message. Raises RateLimited."""
    if not is_limited(unit):
        return
    minute = Limit(
        "topic_invitations_60_secs", str(unit.actor.user_id), unit.site.max_topic_invitations_per_minute, MINUTE
    )
    await take(unit, [minute, _limit(unit, "topic_invitations_per_day", unit.site.max_topic_invitations_per_day)])


async def take_membership(unit: Unit) -> None:
    """Joining or leaving a group that is open to all. Raises RateLimited."""
    if is_limited(unit):
        key = str(unit.actor.user_id)
        await take(unit, [Limit("public_group_membership_60_secs", key, MEMBERSHIPS_PER_MINUTE, MINUTE)])


async def take_search(unit: Unit) -> None:
    """A search: of a user, or of an address and of all visitors together. Raises RateLimited."""
    actor, site = unit.actor, unit.site
    if actor.user is not None:
        if is_limited(unit):
            await take(unit, [Limit("search_60_secs", str(actor.user_id), site.rate_limit_search_user, MINUTE)])
        return
    if not unit.ports.paced or not actor.address:  # without an address nobody came over the network
        return
    limits = [
        Limit("search_anonymous_1_sec", actor.address, site.rate_limit_search_anon_user_per_second, SECOND),
        Limit("search_anonymous_60_secs", actor.address, site.rate_limit_search_anon_user_per_minute, MINUTE),
        Limit("search_site_1_sec", "", site.rate_limit_search_anon_global_per_second, SECOND),
        Limit("search_site_60_secs", "", site.rate_limit_search_anon_global_per_minute, MINUTE),
    ]
    await take(unit, limits)


async def take_scaled(unit: Unit, name: str, most: int, multipliers: tuple[float, float, float]) -> None:
    """One act of a kind that higher trust levels may do more often, within 24 hours. Raises RateLimited."""
    most = scaled(most, trust_level=unit.actor.trust_level, multipliers=multipliers)
    unit.taken[name] = Allowance(most, most)
    if is_limited(unit):
        await take(unit, [_limit(unit, name, most)])


def scaled(most: int, *, trust_level: int, multipliers: tuple[float, float, float]) -> int:
    """The limit of a trust level: from level 2 up times its multiplier, where that is more than 1."""
    multiplier = multipliers[min(trust_level, 4) - 2] if trust_level >= 2 else 1.0
    return int(most * multiplier) if multiplier > 1 else most


def _limit(unit: Unit, name: str, most: int) -> Limit:
    return Limit(name, str(unit.actor.user_id), most, DAY)


def _creates(unit: Unit) -> Limit:
    most = creates_per_minute(unit.site, trust_level=unit.actor.trust_level)
    return Limit(CREATES, str(unit.actor.user_id), most, MINUTE)


def creates_per_minute(site: SiteSettings, *, trust_level: int) -> int:
    """How many topics and posts together somebody of the trust level may write in a minute; 0: any number."""
    levels = (
        site.max_creates_per_minute_tl0,
        site.max_creates_per_minute_tl1,
        site.max_creates_per_minute_tl2,
        site.max_creates_per_minute_tl3,
        site.max_creates_per_minute_tl4,
    )
    return levels[max(0, min(trust_level, 4))]


def _pause(unit: Unit, name: str, seconds: int) -> list[Limit]:
    """One in so many seconds; 0 is off."""
    return [Limit(f"{name}_limit", str(unit.actor.user_id), 1, seconds * SECOND)] if seconds else []


def _is_new(unit: Unit) -> bool:
    return unit.actor.trust_level == 0


async def _is_on_first_day(unit: Unit) -> bool:
    """Trust level 0, or 1 until 24 hours after the first post. Source: upstream's rule for first-day limits."""
    user = unit.actor.user
    if user is None or user.trust_level >= 2:
        return False
    if user.trust_level == 0 or user.last_posted_at is None:
        return True
    first = await find_first_posted_at(unit.tx, user.id)
    return first is None or first > unit.now - DAY
