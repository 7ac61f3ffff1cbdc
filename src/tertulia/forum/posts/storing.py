"""One more post in a locked topic: its row and everything in the topic that counts it.

Rules were checked before; what counts it outside the topic are effects. Used by `creating.py` of posts and topics.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from tertulia.forum.cooking import VERSION, excerpt, has_footnotes, own_footnotes
from tertulia.forum.page_forms.form import PAGE_VERSION
from tertulia.forum.posts.preparing import Body
from tertulia.forum.posts.reading import view_created
from tertulia.forum.posts.references import MAXIMUM_MENTIONS, store_references
from tertulia.forum.unit import Subject, Unit
from tertulia.model.actor import CredentialKind
from tertulia.model.events import PostCreated, TopicCreated
from tertulia.model.levels import Level
from tertulia.model.posts import Post, PostType, PostView
from tertulia.model.topics import Topic
from tertulia.store.writing import posts as store
from tertulia.store.writing.readers import count_post_of, mark_own_post
from tertulia.store.writing.topics import update_topic

_IMAGE = re.compile(r'(?:<a class="lightbox" href="([^"]+)"[^>]*>)?<img ([^>]*)>')
_SOURCE = re.compile(r'\bsrc="([^"]+)"')
_NO_IMAGE = re.compile(r'class="(?:emoji|avatar|site-icon|thumbnail)|data-orig-src="upload:')


class NewPost(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be stored. `created_at` in ms; `quiet` posts notify nobody."""

    topic: Topic
    body: Body
    user_id: int
    created_at: int
    reply_to: Post | None = None
    whisper: bool = False
    bump: bool = True
    auto_track: bool = True
    quiet: bool = False


async def store_post(unit: Unit, new: NewPost) -> PostView:
    """Stores it under the topic's next number and tells PostCreated (for the first, TopicCreated before it).

    Answers it as its author sees it. The topic's row must be locked, then those that `lock_counters` takes."""
    topic = new.topic
    post, joins = await store.insert_next_post(unit.tx, fields=_fields(unit, new), after=topic.highest_post_number)
    if has_footnotes(post.cooked):
        html = own_html(new.body, post_id=post.id)
        await store.update_post(unit.tx, post.id, fields=html)
        post = msgspec.structs.replace(post, cooked=str(html["cooked"]))
    mentions, quotes = await store_references(unit, post, topic=topic, body=new.body, is_new=True)
    if not new.whisper:  # everybody sees how many replied, and who wrote in a topic
        if new.reply_to is not None:
            await store.update_post(unit.tx, new.reply_to.id, add={"reply_count": 1})
        await count_post_of(unit.tx, topic.id, new.user_id, at=new.created_at)
    level = int(Level.WATCHING if post.post_number == 1 else Level.TRACKING) if new.auto_track else None
    await mark_own_post(unit.tx, topic, new.user_id, number=post.post_number, now=unit.now, level=level)
    topic = await _count_in_topic(unit, new, post=post, joins=joins)
    _tell(unit, new, subject=(post, topic), mentions=mentions, quotes=quotes)
    return await view_created(unit, post, topic=topic, mentions=mentions, has_links=bool(new.body.cooked.links))


def _tell(unit: Unit, new: NewPost, *, subject: Subject, mentions: list[int], quotes: list[int]) -> None:
    post, topic = subject
    if post.post_number == 1:
        unit.tell(
            TopicCreated(
                topic_id=topic.id,
                category_id=topic.category_id,
                post_id=post.id,
                user_id=new.user_id,
                quiet=new.quiet,
            ),
            subject=subject,
        )
    unit.tell(
        PostCreated(
            post_id=post.id,
            topic_id=topic.id,
            user_id=new.user_id,
            category_id=topic.category_id,
            post_number=post.post_number,
            mentions=tuple(mentions),
            group_mentions=tuple(new.body.mentioned_groups()[:MAXIMUM_MENTIONS]),
            quotes=tuple(quotes),
            quiet=new.quiet,
        ),
        subject=subject,
    )


def _fields(unit: Unit, new: NewPost) -> dict[str, object]:
    credential = unit.actor.credential
    outside = credential is not None and credential.kind not in (CredentialKind.SESSION, CredentialKind.INTERNAL)
    return {
        "topic_id": new.topic.id,
        "user_id": new.user_id,
        "post_type": int(PostType.WHISPER if new.whisper else PostType.REGULAR),
        "action_code": None,
        "raw": new.body.raw,
        "cooked": new.body.cooked.html,
        "cook_version": VERSION,
        "raw_key": new.body.raw_key,
        "reply_to_post_number": new.reply_to.post_number if new.reply_to else None,
        "reply_to_post_id": new.reply_to.id if new.reply_to else None,
        "reply_to_user_id": new.reply_to.user_id if new.reply_to else None,
        "word_count": new.body.cooked.word_count,
        "created_at": new.created_at,
        "updated_at": new.created_at,
        "last_editor_id": new.user_id,
        "via_key": int(outside),
        "page_html": new.body.page_html,
        "page_version": PAGE_VERSION,
    }


def own_html(body: Body, *, post_id: int) -> dict[str, object]:
    """The columns with the HTML of a post, in the API's form and for pages; footnotes have ids of the post's own."""
    page = None if body.page_html is None else own_footnotes(body.page_html, post_id=post_id)
    return {
        "cooked": own_footnotes(body.cooked.html, post_id=post_id),
        "cook_version": VERSION,
        "page_html": page,
        "page_version": PAGE_VERSION,
    }


async def _count_in_topic(unit: Unit, new: NewPost, *, post: Post, joins: bool) -> Topic:
    """Counts the post in its topic, whose row is locked; answers the topic as it is then."""
    topic = new.topic
    fields: dict[str, Any] = {}
    add = {"participant_count": int(joins and not new.whisper)}
    if not new.whisper:
        fields |= {
            "highest_post_number": post.post_number,
            "last_post_id": post.id,
            "last_post_user_id": post.user_id,
            "last_posted_at": max(topic.last_posted_at, post.created_at),
        }
        add |= {
            "posts_count": 1,
            "reply_count": int(new.reply_to is not None),
            "word_count": post.word_count,
        }
        if new.bump:
            fields["bumped_at"] = max(topic.bumped_at, post.created_at)
    if post.post_number == 1:
        fields |= {"first_post_id": post.id, **shown_of_first_post(post.cooked)}
    await update_topic(unit.tx, topic.id, fields=fields, add=add)
    counted = {name: getattr(topic, name) + by for name, by in add.items()}
    return msgspec.structs.replace(topic, **fields, **counted, version=topic.version + 1)


def shown_of_first_post(html: str) -> dict[str, str | None]:
    """What lists show of a topic's first post: `excerpt` and `image_url` of its first picture."""
    return {"excerpt": excerpt(html), "image_url": _first_image(html)}


def _first_image(html: str) -> str | None:
    for match in _IMAGE.finditer(html):
        source = _SOURCE.search(match[2])
        if source and not _NO_IMAGE.search(match[2]):
            return (match[1] or source[1]).replace("&amp;", "&")
    return None
