"""One more post in a locked topic: its row and everything in the topic that counts it.

Rules were checked before; what counts it outside the topic are effects. Used by `creating.py` of posts and topics.
"""

from __future__ import annotations

import re

import msgspec

from tertulia.forum.cooking import VERSION, excerpt, has_footnotes, own_footnotes
from tertulia.forum.page_form import PAGE_VERSION
from tertulia.forum.posts.preparing import Body
from tertulia.forum.posts.references import MAXIMUM_MENTIONS, store_references
from tertulia.forum.unit import Unit
from tertulia.model.actor import CredentialKind
from tertulia.model.events import PostCreated, TopicCreated
from tertulia.model.levels import Level
from tertulia.model.posts import Post, PostType
from tertulia.model.topics import Topic
from tertulia.store.writing import posts as store
from tertulia.store.writing.posts import read_post_again
from tertulia.store.writing.readers import count_participants, count_post_of, follow_topic, mark_own_post_read
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


async def store_post(unit: Unit, new: NewPost) -> Post:
    """Stores it under the topic's next number and tells PostCreated (for the first, TopicCreated before it).

    The topic's row must be locked, then those that `lock_counters` takes."""
    topic = new.topic
    number = 1 + max(topic.highest_post_number, await store.find_highest_number(unit.tx, topic.id, with_deleted=True))
    post_id = await store.insert_post(unit.tx, fields=_fields(unit, new, number=number))
    if has_footnotes(new.body.cooked.html):
        await store.update_post(unit.tx, post_id, fields=own_html(new.body, post_id=post_id))
    post = await read_post_again(unit.tx, post_id)
    mentions, quotes = await store_references(unit, post, topic=topic, body=new.body, is_new=True)
    if new.reply_to is not None:
        await store.update_post(unit.tx, new.reply_to.id, add={"reply_count": 1})
    await count_post_of(unit.tx, topic.id, new.user_id, at=new.created_at)
    await _count_in_topic(unit, new, post=post)
    await mark_own_post_read(unit.tx, topic.id, new.user_id, number=number, now=unit.now)
    if new.auto_track:
        level = Level.WATCHING if number == 1 else Level.TRACKING
        await follow_topic(unit.tx, topic.id, new.user_id, level=int(level))
    _tell(unit, new, post=post, mentions=mentions, quotes=quotes)
    return await read_post_again(unit.tx, post_id)


def _tell(unit: Unit, new: NewPost, *, post: Post, mentions: list[int], quotes: list[int]) -> None:
    topic = new.topic
    if post.post_number == 1:
        unit.tell(
            TopicCreated(
                topic_id=topic.id,
                category_id=topic.category_id,
                post_id=post.id,
                user_id=new.user_id,
                quiet=new.quiet,
            )
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
        )
    )


def _fields(unit: Unit, new: NewPost, *, number: int) -> dict[str, object]:
    credential = unit.actor.credential
    outside = credential is not None and credential.kind not in (CredentialKind.SESSION, CredentialKind.INTERNAL)
    return {
        "topic_id": new.topic.id,
        "post_number": number,
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


async def _count_in_topic(unit: Unit, new: NewPost, *, post: Post) -> None:
    topic = new.topic
    fields: dict[str, object] = {"participant_count": await count_participants(unit.tx, topic.id)}
    add = {}
    if not new.whisper:
        fields |= {
            "highest_post_number": post.post_number,
            "last_post_id": post.id,
            "last_post_user_id": post.user_id,
            "last_posted_at": max(topic.last_posted_at, post.created_at),
        }
        add = {
            "posts_count": 1,
            "reply_count": int(new.reply_to is not None),
            "word_count": post.word_count,
        }
        if new.bump:
            fields["bumped_at"] = max(topic.bumped_at, post.created_at)
    if post.post_number == 1:
        fields |= {"first_post_id": post.id, **shown_of_first_post(post.cooked)}
    await update_topic(unit.tx, topic.id, fields=fields, add=add)


def shown_of_first_post(html: str) -> dict[str, str | None]:
    """What lists show of a topic's first post: `excerpt` and `image_url` of its first picture."""
    return {"excerpt": excerpt(html), "image_url": _first_image(html)}


def _first_image(html: str) -> str | None:
    for match in _IMAGE.finditer(html):
        source = _SOURCE.search(match[2])
        if source and not _NO_IMAGE.search(match[2]):
            return (match[1] or source[1]).replace("&amp;", "&")
    return None
