"""What one person hears of one post: the first reason that holds. Pure; source of the order: upstream's alerts."""

from __future__ import annotations

import msgspec

from tertulia.forum.notifications.people import Person
from tertulia.model.levels import Level
from tertulia.model.notifications import NotificationKind
from tertulia.model.posts import Post, PostType
from tertulia.model.topics import Topic
from tertulia.store.notifications.audience import Around

_ALERTING = (PostType.REGULAR, PostType.MODERATOR_ACTION, PostType.WHISPER)


class Reasons(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a post concerns. `is_new` is False for an edit, which concerns only those whom it names anew."""

    post: Post
    topic: Topic
    around: Around
    is_new: bool
    mentioned: frozenset[int] = frozenset()
    group_ids: tuple[int, ...] = ()
    replied: int | None = None
    quoted: frozenset[int] = frozenset()
    linked: frozenset[int] = frozenset()

    @property
    def alerts(self) -> bool:
        """Small actions tell nobody."""
        return self.post.post_type in _ALERTING and self.post.action_code is None


class Choice(msgspec.Struct, frozen=True):
    """What somebody is told, by which group of theirs, and whether they have read the post already."""

    kind: NotificationKind
    group_id: int | None = None
    read: bool = False


def choose(reasons: Reasons, person: Person) -> Choice | None:
    """The one thing that the person hears of the post, or None."""
    choice = _choose(reasons, person) if reasons.alerts else None
    if choice is not None and reasons.is_new and person.last_read >= reasons.post.post_number:
        return msgspec.structs.replace(choice, read=True)  # they were faster than the worker
    return choice


def _choose(reasons: Reasons, person: Person) -> Choice | None:
    named = _named(reasons, person)
    if named is not None or person.mutes_around or not reasons.is_new:
        return named
    if reasons.topic.is_message:
        return _in_message(reasons, person)
    if person.watches:
        return Choice(NotificationKind.POSTED)
    if person.watches_around:
        return Choice(NotificationKind.WATCHING_CATEGORY_OR_TAG)
    if reasons.post.post_number == 1 and Level.WATCHING_FIRST_POST in person.around:
        return Choice(NotificationKind.WATCHING_FIRST_POST)
    return None


def _named(reasons: Reasons, person: Person) -> Choice | None:
    """Whoever watches a message hears of a mention as of any other post in it."""
    user_id, is_message = person.user.id, reasons.topic.is_message
    if user_id in reasons.mentioned and not (is_message and reasons.is_new and _watches_message(reasons, person)):
        return Choice(NotificationKind.MENTIONED)
    group_id = next((each for each in reasons.group_ids if each in person.groups), None)
    if group_id is not None:
        return Choice(NotificationKind.GROUP_MENTIONED, group_id)
    if is_message:
        return None
    if user_id == reasons.replied and reasons.is_new:
        return Choice(NotificationKind.REPLIED)
    if user_id in reasons.quoted:
        return Choice(NotificationKind.QUOTED)
    return Choice(NotificationKind.LINKED) if user_id in reasons.linked else None


def _watches_message(reasons: Reasons, person: Person) -> bool:
    return person.watches or (person.level is None and person.user.id in reasons.around.allowed_user_ids)


def _in_message(reasons: Reasons, person: Person) -> Choice | None:
    """People who are in it themselves, then members of groups that are, at their group's level unless they chose."""
    told = Choice(NotificationKind.PRIVATE_MESSAGE)
    answered = person.user.id == reasons.replied or person.user.id in reasons.quoted
    if _watches_message(reasons, person) or answered:
        return told
    if person.user.id in reasons.around.allowed_user_ids:
        return None
    levels = reasons.around.group_levels
    group_id = max((each for each in levels if each in person.groups), key=lambda each: levels[each], default=None)
    if group_id is None:
        return None
    level = levels[group_id] if person.level is None else person.level
    if level == Level.WATCHING or (level == Level.WATCHING_FIRST_POST and reasons.post.post_number == 1):
        return told
    if level in (Level.TRACKING, Level.WATCHING_FIRST_POST):
        return Choice(NotificationKind.GROUP_MESSAGE_SUMMARY, group_id)
    return None
