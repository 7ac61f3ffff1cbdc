"""Rules about a post that is to be written: its text, how it repeats others, and how fast its author writes.

Rules about titles are in `topic_rules/checking.py`; who may write at all is in `permissions.py`.
"""

from __future__ import annotations

from tertulia.forum.posts.preparing import Body, prepare_body
from tertulia.forum.posts.texts import BodyRules, check_raw, clean_raw
from tertulia.forum.unit import Unit
from tertulia.model import errors
from tertulia.model.errors import ForumError
from tertulia.model.oneboxes import Place
from tertulia.model.topics import Topic
from tertulia.settings import SiteSettings
from tertulia.store.writing import posts as store

MINUTE = 60_000


def body_rules(site: SiteSettings) -> BodyRules:
    """The site's settings as the rules ask for them."""
    return BodyRules(
        minimum_first=site.min_first_post_length,
        minimum_reply=site.min_post_length,
        minimum_private=site.min_personal_message_post_length,
        maximum=site.max_post_length,
        minimum_entropy=site.body_min_entropy,
        allow_uppercase=site.allow_uppercase_posts,
    )


def check_text(unit: Unit, raw: str, *, is_first: bool, is_private: bool, lenient: bool) -> list[ForumError]:
    """What is wrong with the text itself. `lenient` asks only that there is one. Looks at it before it is cooked."""
    text = clean_raw(raw)
    if lenient:
        return [] if text.strip() else [errors.BodyBlank()]
    return list(check_raw(text, rules=body_rules(unit.site), is_first=is_first, is_private=is_private))


def check_contents(unit: Unit, body: Body) -> list[ForumError]:
    """How many people, links and pictures it holds, against what its author may.

    Staff are exempt from the number of mentions; new users are those at trust level 0. Source: upstream."""
    site, found = unit.site, []
    is_new = unit.actor.trust_level == 0 and not unit.actor.is_staff
    mentions = body.mention_count()
    if is_new and mentions > site.newuser_max_mentions_per_post:
        found.append(errors.MentionsTooManyNewUser(maximum=site.newuser_max_mentions_per_post))
    elif not unit.actor.is_staff and mentions > site.max_mentions_per_post:
        found.append(errors.MentionsTooMany(maximum=site.max_mentions_per_post))
    if is_new and sum(not link.internal for link in body.cooked.links) > site.newuser_max_links:
        found.append(errors.LinksTooManyNewUser(maximum=site.newuser_max_links))
    if is_new and body.cooked.has_media > site.newuser_max_embedded_media:
        found.append(errors.MediaTooManyNewUser(maximum=site.newuser_max_embedded_media))
    if is_new and body.cooked.attachments > site.newuser_max_attachments:
        found.append(errors.AttachmentsTooManyNewUser(maximum=site.newuser_max_attachments))
    return found


async def prepare_checked_body(
    unit: Unit, raw: str, *, place: Place, is_first: bool, is_private: bool, lenient: bool
) -> tuple[Body, list[ForumError]]:
    """The cooked text with everything that is wrong in it by itself. Call it before `unit.write()`.

    Raises Refusals at once for a text that is too long: that one is not worth cooking."""
    found = check_text(unit, raw, is_first=is_first, is_private=is_private, lenient=lenient)
    if any(isinstance(error, errors.BodyTooLong) for error in found):
        raise errors.Refusals(tuple(found))
    body = await prepare_body(unit, raw, place=place)
    return body, found if lenient else [*found, *check_contents(unit, body)]


def _may_repeat(unit: Unit) -> bool:
    return unit.actor.is_staff or not unit.site.unique_posts_mins or unit.actor.user_id is None


async def check_repetition(unit: Unit, body: Body) -> list[ForumError]:
    """Whether the author wrote the same lately. Staff are exempt. Only what it says after `unit.write()` holds."""
    if unit.actor.user_id is None or _may_repeat(unit):
        return []
    since = unit.now - unit.site.unique_posts_mins * MINUTE
    seen = await store.has_recent_raw(unit.tx, unit.actor.user_id, raw_key=body.raw_key, since=since)
    return [errors.BodyTooSimilar()] if seen else []


async def check_lately(unit: Unit, body: Body, *, topic: Topic) -> list[ForumError]:
    """What the author wrote lately: the same text, slow mode, replies in a row, and what new users may say before
    somebody answers them.

    Staff may repeat themselves. Moderators of the category are exempt from slow mode, they and the topic's author
    from the others, which do not count in private messages. Only what it says after `unit.write()` holds. Source:
    upstream."""
    user_id, site, paced = unit.actor.user_id, unit.site, not unit.actor.moderates(topic.category_id)
    if user_id is None:
        return []
    in_row = site.max_consecutive_replies if paced and not (topic.is_message or topic.user_id == user_id) else 0
    repeats, last = False, 0
    if in_row or not _may_repeat(unit):
        repeats, last = await store.find_said_lately(
            unit.tx,
            topic.id,
            user_id,
            raw_key=body.raw_key,
            since=unit.now - site.unique_posts_mins * MINUTE,
            limit=in_row,
        )
    found: list[ForumError] = [errors.BodyTooSimilar()] if repeats and not _may_repeat(unit) else []
    found += await _check_pace(unit, topic, user_id=user_id) if paced else []
    if in_row and last == in_row:
        found.append(errors.ConsecutiveReplies(maximum=in_row))
    return found


async def _check_pace(unit: Unit, topic: Topic, *, user_id: int) -> list[ForumError]:
    site = unit.site
    found: list[ForumError] = []
    if topic.slow_mode_seconds:
        last = await store.find_last_time(unit.tx, topic.id, user_id)
        left = 0 if last is None else last + topic.slow_mode_seconds * 1000 - unit.now
        if left > 0:
            found.append(errors.SlowMode(seconds=-(-left // 1000)))
    if topic.is_message or topic.user_id == user_id:
        return found
    if unit.actor.trust_level == 0:
        written = await store.count_unanswered(unit.tx, topic.id, user_id)
        if written >= site.newuser_max_replies_per_topic:
            found.append(errors.RepliesTooManyNewUser(maximum=site.newuser_max_replies_per_topic))
    return found
