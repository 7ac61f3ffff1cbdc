"""Edits of posts: a new text, and for a first post what it changes of its topic; wiki posts and locked ones.

When an edit makes a version is decided in `versions.py`; going back to an earlier one is in `revisions.py`.
"""

from __future__ import annotations

import msgspec
from msgspec import UNSET

from tertulia.forum.limits.acting import take_edit
from tertulia.forum.permissions import allow
from tertulia.forum.posts.checking import prepare_checked_body
from tertulia.forum.posts.claiming import claim_post, find_allowed
from tertulia.forum.posts.preparing import Body
from tertulia.forum.posts.reading import view_posts
from tertulia.forum.posts.references import MAXIMUM_MENTIONS, store_references
from tertulia.forum.posts.storing import own_html, shown_of_first_post
from tertulia.forum.posts.texts import clean_raw
from tertulia.forum.posts.versions import clean_reason, record_changes
from tertulia.forum.staff_actions import log_staff_action
from tertulia.forum.topic_rules.changing import TopicChange, change_topic
from tertulia.forum.unit import Unit
from tertulia.model.errors import PostEditConflict, Refusals
from tertulia.model.events import PostEdited
from tertulia.model.oneboxes import Place
from tertulia.model.posts import Post, PostType, PostView, UpdatePost
from tertulia.model.topics import Topic
from tertulia.store.notifications.audience import list_named
from tertulia.store.writing.posts import read_post_again
from tertulia.store.writing.posts import update_post as update_row
from tertulia.store.writing.topics import update_topic


class Named(msgspec.Struct, frozen=True):
    """Whom a text names that the text before did not: people, groups, posts that it quotes; ids in its order."""

    mentions: tuple[int, ...] = ()
    group_mentions: tuple[int, ...] = ()
    quotes: tuple[int, ...] = ()


async def update_post(unit: Unit, command: UpdatePost) -> PostView:
    """Changes a text (and, of a first post, title, category and tags) and answers the post as its editor sees it.

    The same text again without a new reason changes nothing. An edit of the last post bumps the topic unless
    `bypass_bump`. `skip_validations` counts only for API credentials of staff. Raises PostMissing, NotAllowed,
    PostEditTooLate, TopicArchived, PostEditConflict when the stored text is not `original_raw`, and Refusals."""
    if not (unit.actor.by_key and unit.actor.is_staff):
        command = msgspec.structs.replace(command, skip_validations=False)
    post, topic = await find_allowed(unit, command.post_id, act="post.edit")
    _check_original(post, command)
    body = await _prepare(unit, post, topic, command)
    await take_edit(unit)
    await unit.write()
    post, topic = await find_allowed(unit, command.post_id, act="post.edit")
    _check_original(post, command)
    changes: dict[str, tuple[object, object]] = {}
    named = Named()
    if post.post_number == 1:
        changes |= await _change_topic(unit, topic, command)
    if body is not None and body.raw != post.raw:
        changes["raw"] = (post.raw, body.raw)
        named = await store_text(unit, post, topic, body=body)
    reason = clean_reason(command.edit_reason)
    if reason and reason != post.edit_reason:
        changes["edit_reason"] = (post.edit_reason, reason)
    unit.changed_nothing = not changes
    if changes:
        await _finish(unit, post, topic, changes=changes, reason=reason, named=named)
        if "raw" in changes and post.id == topic.last_post_id and not command.bypass_bump:
            await update_topic(unit.tx, topic.id, fields={"bumped_at": unit.now})
    return (await view_posts(unit, [await read_post_again(unit.tx, post.id)]))[0]


def _check_original(post: Post, command: UpdatePost) -> None:
    if command.original_raw is not None and clean_raw(command.original_raw) != post.raw.rstrip():
        raise PostEditConflict()


async def _prepare(unit: Unit, post: Post, topic: Topic, command: UpdatePost) -> Body | None:
    if command.raw is UNSET or clean_raw(command.raw) == post.raw:
        return None
    stays = command.category_id is UNSET or command.category_id == topic.category_id
    body, found = await prepare_checked_body(
        unit,
        command.raw,
        place=Place(topic.id, topic.category_id if stays else None),
        is_first=post.post_number == 1,
        is_private=topic.is_message,
        lenient=command.skip_validations,
    )
    if found:
        raise Refusals(tuple(found))
    return body


async def _change_topic(unit: Unit, topic: Topic, command: UpdatePost) -> dict[str, tuple[object, object]]:
    if command.title is UNSET and command.category_id is UNSET and command.tags is UNSET:
        return {}
    allow(unit, "topic.edit", topic=topic)
    change = TopicChange(
        title=command.title,
        category_id=command.category_id,
        tags=command.tags,
        skip_validations=command.skip_validations,
    )
    return await change_topic(unit, topic, change)


async def store_text(unit: Unit, post: Post, topic: Topic, *, body: Body) -> Named:
    """Replaces the text of a locked post with everything that follows from it inside the topic.

    Answers whom it names anew."""
    people, groups, quotes = await list_named(unit.tx, post.id)
    fields = own_html(body, post_id=post.id) | {
        "raw": body.raw,
        "raw_key": body.raw_key,
        "raw_derived": 0,
        "word_count": body.cooked.word_count,
    }
    await update_row(unit.tx, post.id, fields=fields)
    fresh = msgspec.structs.replace(post, raw=body.raw, cooked=str(fields["cooked"]))
    mentioned, quoted = await store_references(unit, fresh, topic=topic, body=body)
    shown = shown_of_first_post(body.cooked.html) if post.post_number == 1 else {}
    # Replies that are deleted and whispers are not counted in the topic; a first post always is.
    counted = post.post_number == 1 or (post.deleted_at is None and post.post_type != PostType.WHISPER)
    words = body.cooked.word_count - post.word_count if counted else 0
    await update_topic(unit.tx, topic.id, fields=shown, add={"word_count": words})
    return Named(
        mentions=tuple(each for each in mentioned if each not in people),
        group_mentions=tuple(each for each in body.mentioned_groups()[:MAXIMUM_MENTIONS] if each not in groups),
        quotes=tuple(each for each in quoted if each not in quotes),
    )


async def _finish(
    unit: Unit, post: Post, topic: Topic, *, changes: dict[str, tuple[object, object]], reason: str | None, named: Named
) -> None:
    version = await record_changes(unit, post, changes=changes, reason=reason)
    if unit.actor.is_staff and (post.user_id != unit.actor.user_id or reason):
        before, after = changes.get("raw", (None, None))
        await log_staff_action(
            unit,
            "post_edit",
            target_user_id=post.user_id,
            topic_id=topic.id,
            post_id=post.id,
            details=reason,
            before=None if before is None else str(before),
            after=None if after is None else str(after),
        )
    tell_edited(unit, post, topic, version=version, raw_changed="raw" in changes, reason=reason, named=named)


def tell_edited(
    unit: Unit,
    post: Post,
    topic: Topic,
    *,
    version: int,
    raw_changed: bool,
    reason: str | None = None,
    named: Named | None = None,
) -> None:
    """Says that the post was edited; those whom it names anew hear of it."""
    named = named or Named()
    unit.tell(
        PostEdited(
            post_id=post.id,
            topic_id=topic.id,
            user_id=post.user_id,
            category_id=topic.category_id,
            post_number=post.post_number,
            version=version,
            raw_changed=raw_changed,
            edit_reason=reason,
            mentions=named.mentions,
            group_mentions=named.group_mentions,
            quotes=named.quotes,
        )
    )


async def set_wiki(unit: Unit, post_id: int, wiki: bool) -> PostView:
    """Lets others edit the post, or its author only. Raises PostMissing, NotAllowed."""
    post, topic = await claim_post(unit, post_id, act="post.wiki")
    if post.wiki != wiki:
        await update_row(unit.tx, post.id, fields={"wiki": int(wiki)})
        version = await record_changes(unit, post, changes={"wiki": (post.wiki, wiki)}, force=True)
        tell_edited(unit, post, topic, version=version, raw_changed=False)
    return (await view_posts(unit, [await read_post_again(unit.tx, post.id)]))[0]


async def set_locked(unit: Unit, post_id: int, locked: bool) -> PostView:
    """Keeps the author from editing the post, or no longer. Raises PostMissing, NotAllowed (moderators only)."""
    post, topic = await claim_post(unit, post_id, act="post.moderate")
    if (post.locked_by is not None) != locked:
        await update_row(unit.tx, post.id, fields={"locked_by": unit.actor.user_id if locked else None})
        action = "post_locked" if locked else "post_unlocked"
        await log_staff_action(
            unit, action, target_user_id=post.user_id, topic_id=topic.id, post_id=post.id, details=post.raw
        )
    return (await view_posts(unit, [await read_post_again(unit.tx, post.id)]))[0]
