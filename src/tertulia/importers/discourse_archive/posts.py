"""From a post of the wire to the record, and what its HTML says of quotes, mentions and links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote, urlsplit

from tertulia.forum.cooking import sanitize, word_count
from tertulia.forum.loading.content import LoadedLink
from tertulia.forum.posts.texts import clean_raw, raw_key
from tertulia.forum.users.names import username_key
from tertulia.importers.discourse_archive.cleaning import clean_line, clean_url, count_of
from tertulia.importers.discourse_archive.context import Context
from tertulia.importers.discourse_archive.wire import Link, maybe_milliseconds, milliseconds
from tertulia.importers.discourse_archive.wire import Post as WirePost
from tertulia.importers.discourse_archive.wire import Topic as WireTopic
from tertulia.model.posts import Post

LIKE = 2
_NOT_COOKED_HERE = 0
_QUOTE = re.compile(r"<aside\b[^<>]*\bclass=\"quote\b[^<>]*>")
_QUOTED = re.compile(r"\bdata-(post|topic)=\"([0-9]{1,15})\"")
_MENTION = re.compile(r"<a\b[^<>]*\bclass=\"mention\"[^<>]*>@([^<>\s]{1,100})</a>")
_TOPIC_IN_HTML = re.compile(r"(<aside\b[^<>]*\bdata-topic=\")([0-9]{1,15})(\")")
_TOPIC_IN_RAW = re.compile(r"(\[quote=[^\]\n]{0,200}\btopic:)([0-9]{1,15})()")
# A slug never consists of digits alone: /t/12/3 is the third post of topic 12.
_TOPIC_PATH = re.compile(r"/t/(?:(?![0-9]+/)[^/]+/)?([1-9][0-9]{0,15})(?:/[0-9]{1,9})?/?\Z")
_TOPIC_IN_LINK = re.compile(
    r"((?:^|[\s\"'(<>\[])/t/(?:(?![0-9]+/)[^/\s\"'()<>?#]{1,255}/)?)([1-9][0-9]{0,14})()(?![\w-])"
)


def make_post(wire: WirePost, *, raw: str | None, topic: WireTopic, context: Context) -> Post:
    """The record of a post. Without `raw` it is the HTML, marked as derived."""
    cooked = move_topics(sanitize(wire.cooked), context=context)
    text = cooked if raw is None else move_topics(clean_raw(raw), context=context)
    created = milliseconds(wire.created_at)
    answered = wire.reply_to_post_number
    return Post(
        id=wire.id + context.offsets.post,
        topic_id=topic.id + context.offsets.topic,
        post_number=wire.post_number,
        user_id=context.user(wire.user_id),
        post_type=wire.post_type if wire.post_type in (1, 2, 3, 4) else 1,
        action_code=clean_line(wire.action_code, longest=100) or None,
        raw=text,
        cooked=cooked,
        cook_version=_NOT_COOKED_HERE,
        raw_key=raw_key(text),
        raw_derived=raw is None,
        reply_to_post_number=count_of(answered) or None,
        reply_to_post_id=context.post(topic.id, answered),
        reply_to_user_id=_author_of(topic, answered, context=context),
        reply_count=count_of(wire.reply_count),
        quote_count=count_of(wire.quote_count),
        like_count=likes(wire),
        down_count=0,
        bookmark_count=0,
        incoming_link_count=count_of(wire.incoming_link_count),
        reads=count_of(wire.reads),
        score=max(wire.score or 0.0, 0.0),
        word_count=word_count(text),
        version=max(count_of(wire.version), 1),
        public_version=max(count_of(wire.version), 1),
        created_at=created,
        updated_at=maybe_milliseconds(wire.updated_at) or created,
        last_editor_id=context.user(wire.user_id),
        edit_reason=clean_line(wire.edit_reason, longest=255) or None,
        deleted_at=maybe_milliseconds(wire.deleted_at),
        deleted_by=None,
        user_deleted=bool(wire.user_deleted),
        hidden=bool(wire.hidden),
        wiki=bool(wire.wiki),
        locked_by=None,
        notice=None,
        via_key=False,
    )


def likes(wire: WirePost) -> int:
    """How many people liked it."""
    return count_of(next((action.count for action in wire.actions_summary or () if action.id == LIKE), 0))


def _author_of(topic: WireTopic, number: int | None, *, context: Context) -> int | None:
    wanted = context.posts.get(topic.id, {}).get(number) if number is not None else None
    if wanted is None:
        return None
    return next((context.user(post.user_id) for post in topic.post_stream.posts if post.id == wanted), None)


def move_topics(text: str, *, context: Context) -> str:
    """HTML or Markdown in which quotes and links of the site name topics by the ids that they have here.

    Topics that the archive lacks move as well: else they would name topics that were here before.
    """
    offset = context.offsets.topic
    if offset == 0 or ("topic" not in text and "/t/" not in text):
        return text

    def moved(match: re.Match[str]) -> str:
        return f"{match[1]}{int(match[2]) + offset}{match[3]}"

    for pattern in (_TOPIC_IN_HTML, _TOPIC_IN_RAW, _TOPIC_IN_LINK):
        text = pattern.sub(moved, text)
    return text


def quoted_posts(cooked: str, *, topic_id: int, context: Context) -> Iterator[int]:
    """Ids of the posts that sanitised HTML quotes; `topic_id` is the archive's, the HTML's are this forum's."""
    if "<aside" not in cooked:
        return
    for quote in _QUOTE.findall(cooked):
        named = dict(_QUOTED.findall(quote))
        if "post" not in named:
            continue
        of_topic = int(named["topic"]) - context.offsets.topic if "topic" in named else topic_id
        found = context.post(of_topic, int(named["post"]))
        if found is not None:
            yield found


def mentioned_users(cooked: str, *, context: Context) -> Iterator[int]:
    """Ids of the users whom sanitised HTML mentions."""
    if 'class="mention"' not in cooked:
        return
    for name in _MENTION.findall(cooked):
        found = context.user_keys.get(username_key(unescape(name)))
        if found is not None:
            yield found


def make_link(link: Link, *, post: Post, told: Link | None, context: Context) -> LoadedLink | None:
    """A link of a post; `told` is the same link in the topic's list. None for what is no address."""
    url = clean_url(link.url)
    if not url:
        return None
    parts = urlsplit(url)
    leads_to = _TOPIC_PATH.search(unquote(parts.path)) if link.internal else None
    poster = told.user_id if told is not None and told.user_id is not None else None
    return LoadedLink(
        post_id=post.id,
        user_id=post.user_id if poster is None else context.user(poster),
        url=move_topics(url, context=context),
        domain=parts.netloc.rpartition("@")[2][:255],
        title=clean_line(link.title, longest=500),
        internal=link.internal,
        reflection=link.reflection,
        clicks=count_of(link.clicks),
        linked_topic_id=context.topic(int(leads_to[1])) if leads_to else None,
    )
