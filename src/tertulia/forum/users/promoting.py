"""Trust that follows from what people do: levels 0 to 2 while they read, level 3 by and by, and lost again.

Level 4 is staff's to give. What counts and what does not: docs/explanation/trust-levels.md.
Read next: `roles.py`, where staff set levels; `store/accounts/trust.py`, which counts.
"""

from __future__ import annotations

import msgspec

from tertulia.forum.staff_actions import log_staff_action
from tertulia.forum.unit import Unit
from tertulia.model.events import TrustLevelChanged
from tertulia.model.users import SYSTEM_ID, User
from tertulia.settings import SiteSettings
from tertulia.store import users as user_store
from tertulia.store.accounts import trust as store
from tertulia.store.accounts.changes import change_user

MINUTE = 60_000
DAY = 86_400_000
SLICE = 100  # people per run of the review
_MEMORY = "trust review"


class _Share(msgspec.Struct, frozen=True):
    """The part of what was new in the period that a regular must have seen."""

    topics: int
    posts: int


async def consider_promotion(unit: Unit, user_id: int) -> int:
    """Raises the user's trust level to 1 and on to 2 as far as it was earned; answers the level. Never lowers it.

    For units that write; costs one statement for most people and none for readers beyond level 1. A level that
    staff locked stays. Source: upstream checks while people browse."""
    reader = unit.actor.user
    if reader is not None and reader.id == user_id and reader.trust_level >= 2:
        return reader.trust_level
    user = await user_store.lock_user(unit.tx, user_id)
    if user is None or user.id <= 0 or user.manual_locked_trust_level is not None:
        return user.trust_level if user is not None else 0
    level = user.trust_level
    if level == 0 and _is_basic(unit.site, user, now=unit.now):
        level = 1
    if level == 1 and await _is_member(unit, user):
        level = 2
    if level != user.trust_level:
        await _set_level(unit, user, level=level)
    return level


def _is_basic(site: SiteSettings, user: User, *, now: int) -> bool:
    return (
        user.topics_entered >= site.tl1_requires_topics_entered
        and user.posts_read >= site.tl1_requires_read_posts
        and min(user.time_read, now - user.created_at) >= site.tl1_requires_time_spent_mins * MINUTE
    )


async def _is_member(unit: Unit, user: User) -> bool:
    site, replied = unit.site, unit.site.tl2_requires_topic_reply_count
    return (
        user.topics_entered >= site.tl2_requires_topics_entered
        and user.posts_read >= site.tl2_requires_read_posts
        and min(user.time_read, unit.now - user.created_at) >= site.tl2_requires_time_spent_mins * MINUTE
        and user.days_visited >= site.tl2_requires_days_visited
        and user.likes_received >= site.tl2_requires_likes_received
        and user.likes_given >= site.tl2_requires_likes_given
        and await store.count_topics_replied(unit.tx, user.id, since=0, enough=replied) >= replied
    )


async def review_regulars(unit: Unit) -> int:
    """Looks at the next hundred people who are at level 3 or may get there, and goes round for ever; answers how
    many levels it changed.

    Level 3 is lost when it is no longer earned, but not within `tl3_promotion_min_duration` days, not below what a
    group grants, and not by those whom an import or a group brought there: nobody can tell what they did before.
    Flags, and punishments that are over, are not counted. Any number of workers may run it at once."""
    site = unit.site
    threshold = store.Threshold(
        days_visited=site.tl3_requires_days_visited,
        topics_entered=site.tl3_requires_topics_viewed_all_time,
        posts_read=site.tl3_requires_posts_read_all_time,
    )
    after = int(unit.ports.memory.get(_MEMORY, 0))
    people = await store.list_reviewable(unit.tx, after_id=after, threshold=threshold, limit=SLICE)
    unit.ports.memory[_MEMORY] = people[-1].id if len(people) == SLICE else 0
    if not people:
        return 0
    share = await _share_of_new(unit)
    due = {user.id: user.trust_level for user in people if await _is_due(unit, user, share=share)}
    return await _move(unit, due) if due else 0


async def _share_of_new(unit: Unit) -> _Share:
    site, since = unit.site, _since(unit)
    shares = []
    for count, percent, cap in (
        (store.count_new_topics, site.tl3_requires_topics_viewed, site.tl3_requires_topics_viewed_cap),
        (store.count_new_posts, site.tl3_requires_posts_read, site.tl3_requires_posts_read_cap),
    ):
        # Beyond this many the cap holds anyway, so there is no need to count further.
        new = await count(unit.tx, since=since, enough=-(-cap * 100 // percent)) if percent else 0
        shares.append(min(new * percent // 100, cap))
    return _Share(*shares)


async def _is_due(unit: Unit, user: User, *, share: _Share) -> bool:
    """Whether the level is to change: from 2 to 3, or from 3 to 2."""
    if user.trust_level == 2:
        return await _is_regular(unit, user, share=share)
    changed_at = await store.find_level_changed_at(unit.tx, user.id)
    if changed_at is None or unit.now < changed_at + unit.site.tl3_promotion_min_duration * DAY:
        return False
    if await store.find_granted_level(unit.tx, user.id) >= 3:
        return False
    return not await _is_regular(unit, user, share=share)


async def _is_regular(unit: Unit, user: User, *, share: _Share) -> bool:
    site, since = unit.site, _since(unit)
    if user.is_suspended(unit.now) or user.is_silenced(unit.now):
        return False
    if user.topics_entered < site.tl3_requires_topics_viewed_all_time:
        return False
    if user.posts_read < site.tl3_requires_posts_read_all_time:
        return False
    days, read = await store.count_visits(unit.tx, user.id, after_day=since // DAY)
    if days < site.tl3_requires_days_visited or read < share.posts:
        return False
    for count, wanted in (
        (store.count_topics_replied, site.tl3_requires_topics_replied_to),
        (store.count_new_topics_viewed, share.topics),
        (store.count_likes_given, site.tl3_requires_likes_given),
        (store.count_likes_received, site.tl3_requires_likes_received),
    ):
        if await count(unit.tx, user.id, since=since, enough=wanted) < wanted:
            return False
    return True


async def _move(unit: Unit, due: dict[int, int]) -> int:
    await unit.write()
    moved = 0
    for user_id, before in sorted(due.items()):
        user = await user_store.lock_user(unit.tx, user_id)
        if user is None or user.trust_level != before or user.manual_locked_trust_level is not None:
            continue
        level = 3 if before == 2 else 2
        await _set_level(unit, user, level=level)
        # The log is also where the next review reads since when.
        await log_staff_action(
            unit, "auto_trust_level_change", target_user_id=user.id, before=str(before), after=str(level)
        )
        moved += 1
    return moved


async def _set_level(unit: Unit, user: User, *, level: int) -> None:
    """Groups of trust levels follow from the account itself, so no version of permissions changes."""
    await change_user(unit.tx, user.id, fields={"trust_level": level, "updated_at": unit.now})
    unit.tell(TrustLevelChanged(user_id=user.id, actor_id=SYSTEM_ID, before=user.trust_level, after=level))


def _since(unit: Unit) -> int:
    return unit.now - unit.site.tl3_time_period * DAY
