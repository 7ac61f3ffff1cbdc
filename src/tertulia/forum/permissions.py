"""Who may do what, and what they hear if not. One row per act; services ask `allow`, views ask `able`.

A rule answers None (allowed) or the refusal. Whether the thing can be seen at all was settled before, by the
visibility of the query that found it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from tertulia.forum.asking import Ask
from tertulia.forum.message_rules import may_send, may_tag, may_take_out
from tertulia.model.errors import (
    CategoryDisabled,
    ForumError,
    LoginRequired,
    NotAllowed,
    PostEditTooLate,
    PostFirstUndeletable,
    Silenced,
    TopicArchived,
    TopicClosed,
    TopicDeleted,
    TopicUndeletable,
    UserIsProtected,
    VoteOwnPost,
)
from tertulia.model.privileges import Privilege
from tertulia.model.users import SYSTEM_ID

if TYPE_CHECKING:
    from tertulia.forum.unit import Unit

MINUTE = 60_000
DAY = 86_400_000


Rule = Callable[[Ask], ForumError | None]


def able(unit: Unit, act: str, **subject: object) -> bool:
    """Whether the unit's actor may do `act` (a key of PERMISSIONS) on the subject."""
    return PERMISSIONS[act](_ask(unit, subject)) is None


def may(ask: Ask, act: str) -> bool:
    """The same for an `Ask` that is put together once for many acts."""
    return PERMISSIONS[act](ask) is None


def allow(unit: Unit, act: str, **subject: object) -> None:
    """Raises the row's refusal unless the unit's actor may do `act`."""
    refusal = PERMISSIONS[act](_ask(unit, subject))
    if refusal is not None:
        raise refusal


def _ask(unit: Unit, subject: dict[str, object]) -> Ask:
    return msgspec.structs.replace(Ask(actor=unit.actor, now=unit.now, site=unit.site), **subject)


def _member(ask: Ask) -> ForumError | None:
    return LoginRequired() if ask.actor.user is None else None


def _refused(allowed: bool) -> ForumError | None:
    return None if allowed else NotAllowed()


def _can_write(ask: Ask) -> ForumError | None:
    user = ask.actor.user
    if user is None:
        return LoginRequired()
    if user.is_silenced(ask.now) and not user.is_staff:
        return Silenced(until=user.silenced_till)
    return None


def _staff(ask: Ask) -> ForumError | None:
    return _member(ask) or (None if ask.actor.is_staff else NotAllowed())


def _admin(ask: Ask) -> ForumError | None:
    return _member(ask) or (None if ask.actor.is_admin else NotAllowed())


def _create_topic(ask: Ask) -> ForumError | None:
    if refusal := _can_write(ask):
        return refusal
    if ask.category_disabled and not ask.actor.is_admin:
        return CategoryDisabled()
    return None if ask.holds(Privilege.TOPICS_CREATE) else NotAllowed()


def _tag_topic(ask: Ask) -> ForumError | None:
    if refusal := _can_write(ask):
        return refusal
    if ask.is_message():
        return _refused(may_tag(ask.actor, ask.site))
    trusted = ask.actor.is_staff or ask.actor.trust_level >= ask.site.min_trust_level_to_tag_topics
    return None if trusted and ask.holds(Privilege.TOPICS_TAG) else NotAllowed()


def _create_tag(ask: Ask) -> ForumError | None:
    if refusal := _can_write(ask):
        return refusal
    trusted = ask.actor.is_staff or ask.actor.trust_level >= ask.site.min_trust_to_create_tag
    return None if trusted else NotAllowed()


def _reply(ask: Ask) -> ForumError | None:
    topic = ask.topic
    if refusal := _can_write(ask):
        return refusal
    if topic is None:
        return NotAllowed()
    if topic.deleted_at is not None:
        return TopicDeleted()
    if topic.archived:
        return TopicArchived()
    if topic.closed and not ask.moderates():
        return TopicClosed()
    return None if topic.is_message or ask.holds(Privilege.TOPICS_REPLY) else NotAllowed()


def _edit_topic(ask: Ask) -> ForumError | None:
    topic = ask.topic
    if refusal := _can_write(ask):
        return refusal
    if topic is None:
        return NotAllowed()
    if ask.moderates():
        return None
    if topic.archived:
        return TopicArchived()
    if ask.owns_topic():
        return None if topic.created_at + _edit_window(ask) > ask.now else PostEditTooLate()
    trusted = ask.actor.trust_level >= 3 and ask.site.trusted_users_can_edit_others
    return None if trusted and not topic.is_message else NotAllowed()


def _edit_window(ask: Ask) -> int:
    tl2 = ask.actor.trust_level >= 2
    minutes = ask.site.tl2_post_edit_time_limit if tl2 else ask.site.post_edit_time_limit
    return minutes * MINUTE if minutes else 10**15


def _edit_post(ask: Ask) -> ForumError | None:
    post, topic = ask.post, ask.topic
    if refusal := _can_write(ask):
        return refusal
    if post is None or topic is None:
        return NotAllowed()
    if ask.moderates() and not (ask.is_message() and not ask.actor.is_staff):
        return None
    if topic.archived or post.deleted_at is not None or post.user_deleted or post.locked_by is not None:
        return TopicArchived() if topic.archived else NotAllowed()
    if post.wiki and ask.actor.trust_level >= ask.site.min_trust_to_edit_wiki_post:
        return None
    if ask.owns_post():
        if not (ask.is_message() or ask.holds(Privilege.POSTS_EDIT)):
            return NotAllowed()
        return None if post.created_at + _edit_window(ask) > ask.now else PostEditTooLate()
    trusted = ask.actor.trust_level >= 4 and ask.site.trusted_users_can_edit_others
    return None if trusted and not ask.is_message() else NotAllowed()


def _delete_post(ask: Ask) -> ForumError | None:
    post, topic = ask.post, ask.topic
    if refusal := _can_write(ask):
        return refusal
    if post is None or topic is None:
        return NotAllowed()
    if post.post_number == 1:
        return None if _delete_topic(ask) is None else PostFirstUndeletable()
    if ask.moderates():
        return None
    if topic.archived or post.locked_by is not None:
        return TopicArchived() if topic.archived else NotAllowed()
    mine = ask.owns_post() and (ask.is_message() or ask.holds(Privilege.POSTS_DELETE))
    return None if mine and not post.user_deleted else NotAllowed()


def _recover_post(ask: Ask) -> ForumError | None:
    post = ask.post
    if refusal := _can_write(ask):
        return refusal
    if ask.moderates():
        return None
    return None if post is not None and ask.owns_post() and post.user_deleted else NotAllowed()


def _delete_topic(ask: Ask) -> ForumError | None:
    topic = ask.topic
    if refusal := _can_write(ask):
        return refusal
    if topic is None:
        return NotAllowed()
    if ask.moderates():
        return None
    alone = ask.owns_topic() and topic.posts_count <= 1 and not topic.archived
    return None if alone and (topic.is_message or ask.holds(Privilege.TOPICS_DELETE)) else TopicUndeletable()


def _moderate(ask: Ask) -> ForumError | None:
    return _can_write(ask) or (None if ask.moderates() else NotAllowed())


def _purge(ask: Ask) -> ForumError | None:
    return _can_write(ask) or (None if ask.holds(Privilege.PURGE) else NotAllowed())


def _make_wiki(ask: Ask) -> ForumError | None:
    if refusal := _can_write(ask):
        return refusal
    # Source: upstream lets authors open their own posts to everybody from this trust level on.
    mine = ask.owns_post() and ask.actor.trust_level >= 3
    return None if mine or ask.moderates() else NotAllowed()


def _see_history(ask: Ask) -> ForumError | None:
    if ask.is_message() or ask.moderates() or ask.holds(Privilege.POSTS_HISTORY):
        return None
    return NotAllowed()


def _vote(ask: Ask, privilege: Privilege) -> ForumError | None:
    post, topic = ask.post, ask.topic
    if refusal := _can_write(ask):
        return refusal
    if post is None or topic is None or post.deleted_at is not None or post.post_type == 3:
        return NotAllowed()
    if topic.archived:
        return TopicArchived()
    if ask.owns_post():
        return VoteOwnPost()
    return None if topic.is_message or ask.holds(privilege) else NotAllowed()


def _like(ask: Ask) -> ForumError | None:
    return _vote(ask, Privilege.POSTS_UPVOTE)


def _down_vote(ask: Ask) -> ForumError | None:
    return _vote(ask, Privilege.POSTS_DOWNVOTE)


def _edit_user(ask: Ask) -> ForumError | None:
    if refusal := _member(ask):
        return refusal
    if _is_self(ask) or ask.actor.is_admin:
        return None
    if not ask.actor.is_staff:
        return NotAllowed()
    return UserIsProtected() if ask.user is None or ask.user.admin else None


def _is_self(ask: Ask) -> bool:
    return ask.user is not None and ask.user.id == ask.actor.user_id


def _rename_user(ask: Ask) -> ForumError | None:
    if refusal := _edit_user(ask):
        return refusal
    if ask.user is None or ask.user.id == SYSTEM_ID:
        return UserIsProtected()
    open_until = ask.user.created_at + ask.site.username_change_period * DAY
    return None if ask.actor.is_staff or open_until > ask.now else NotAllowed()


def _own_account(ask: Ask) -> ForumError | None:
    """Addresses, passwords, tokens: whoever changes these owns the account, so moderators may not."""
    if refusal := _member(ask):
        return refusal
    if ask.user is not None and ask.user.id == SYSTEM_ID:
        return UserIsProtected()
    return None if _is_self(ask) or ask.actor.is_admin else NotAllowed()


def _see_email(ask: Ask) -> ForumError | None:
    return _member(ask) or (None if _is_self(ask) or ask.actor.is_staff else NotAllowed())


def _deactivate_user(ask: Ask) -> ForumError | None:
    if refusal := _staff(ask):
        return refusal
    if ask.user is None or ask.user.id == SYSTEM_ID or _is_self(ask):
        return UserIsProtected()
    return UserIsProtected() if ask.user.is_staff and not ask.actor.is_admin else None


def _change_role(ask: Ask) -> ForumError | None:
    if refusal := _admin(ask):
        return refusal
    return UserIsProtected() if ask.user is None or ask.user.id == SYSTEM_ID else None


def _change_trust_level(ask: Ask) -> ForumError | None:
    if refusal := _staff(ask):
        return refusal
    protected = ask.user is None or ask.user.id == SYSTEM_ID or (ask.user.admin and not ask.actor.is_admin)
    return UserIsProtected() if protected else None


def _edit_group(ask: Ask) -> ForumError | None:
    if refusal := _member(ask):
        return refusal
    return None if ask.actor.is_admin or ask.owns_group else NotAllowed()


def _punish_user(ask: Ask) -> ForumError | None:
    if refusal := _staff(ask):
        return refusal
    return UserIsProtected() if ask.user is None or ask.user.is_staff or ask.user.id == SYSTEM_ID else None


def _delete_user(ask: Ask) -> ForumError | None:
    if _is_self(ask) and not ask.actor.is_staff:
        return None
    if refusal := _admin(ask):
        return refusal
    return UserIsProtected() if ask.user is None or ask.user.admin or ask.user.id == SYSTEM_ID else None


def _upload_avatar(ask: Ask) -> ForumError | None:
    if refusal := _can_write(ask):
        return refusal
    if not _is_self(ask):
        return _edit_user(ask)
    named = {int(each) for each in ask.site.uploaded_avatars_allowed_groups if each.isdigit()}
    return None if ask.actor.is_staff or named & ask.actor.group_ids else NotAllowed()


PERMISSIONS: dict[str, Rule] = {
    "staff": _staff,
    "admin": _admin,
    "member": _member,
    "topic.create": _create_topic,
    "topic.tag": _tag_topic,
    "message.create": _can_write,
    "message.send": lambda ask: _can_write(ask) or _refused(may_send(ask.actor, ask.site)),
    "message.remove": lambda ask: _can_write(ask) or _refused(may_take_out(ask.actor, ask.topic, user=ask.user)),
    "topic.reply": _reply,
    "topic.edit": _edit_topic,
    "topic.delete": _delete_topic,
    "topic.recover": _moderate,
    "topic.purge": _purge,
    "topic.moderate": _moderate,
    "tag.create": _create_tag,
    "tag.edit": _staff,
    "post.edit": _edit_post,
    "post.delete": _delete_post,
    "post.recover": _recover_post,
    "post.purge": _purge,
    "post.history": _see_history,
    "post.moderate": _moderate,
    "post.rebake": _staff,
    "post.wiki": _make_wiki,
    "post.like": _like,
    "post.down_vote": _down_vote,
    "category.save": _admin,
    "category.delete": _admin,
    "group.save": _admin,
    "group.edit": _edit_group,
    "user.edit": _edit_user,
    "user.avatar": _upload_avatar,
    "user.rename": _rename_user,
    "user.own": _own_account,
    "user.email": _see_email,
    "user.deactivate": _deactivate_user,
    "user.role": _change_role,
    "user.trust": _change_trust_level,
    "user.punish": _punish_user,
    "user.delete": _delete_user,
    "user.admin": _admin,
    "user.staff": _staff,
    "upload.create": _can_write,
    "upload.staff": _staff,
    "key.manage": _admin,
    "setting.change": _admin,
    "webhook.manage": _admin,
}
