"""From one body of the archive to a topic with its posts as this forum keeps them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tertulia.forum.cooking import excerpt, fancy
from tertulia.forum.loading.content import LoadedLink, LoadedTopic
from tertulia.forum.slugs import slugify
from tertulia.forum.topic_rules.titles import clean_title, title_key
from tertulia.importers.discourse_archive.cleaning import clean_line, clean_url, count_of
from tertulia.importers.discourse_archive.context import Context
from tertulia.importers.discourse_archive.posts import make_link, make_post, mentioned_users, quoted_posts
from tertulia.importers.discourse_archive.raw_pages import Expected, split_raw
from tertulia.importers.discourse_archive.survey import own_posts
from tertulia.importers.discourse_archive.wire import Post as WirePost
from tertulia.importers.discourse_archive.wire import Topic as WireTopic
from tertulia.importers.discourse_archive.wire import maybe_milliseconds, milliseconds, tag_names
from tertulia.model.categories import UNCATEGORIZED_ID
from tertulia.model.posts import Post, PostType
from tertulia.model.topics import Archetype, Topic

_LONGEST_TITLE = 1000
_SLUG = re.compile(r"(?![0-9]+\Z)[\w%~.-]{1,255}\Z")
_MARKUP = re.compile(r"[<>\"]")


def make_topic(wire: WireTopic, *, raw_page: str | None, context: Context) -> LoadedTopic:
    """Everything that is kept of one body and its Markdown."""
    shown = own_posts(wire, dict(context.posts[wire.id]))
    raws = raws_by_number(shown, raw_page)
    posts = tuple(make_post(post, raw=raws.get(post.post_number), topic=wire, context=context) for post in shown)
    return LoadedTopic(
        topic=_topic(wire, posts=posts, context=context),
        posts=posts,
        tag_ids=tuple(context.tags[name] for name in tag_names(wire) if name in context.tags),
        allowed_user_ids=tuple(
            context.user(person.id) for person in wire.details.allowed_users or () if _is_message(wire)
        ),
        links=_links(wire, shown, posts=posts, context=context),
        quotes=tuple(
            (post.id, quoted)
            for post in posts
            for quoted in quoted_posts(post.cooked, topic_id=wire.id, context=context)
            if quoted != post.id
        ),
        mentions=tuple(
            (post.id, user_id) for post in posts for user_id in mentioned_users(post.cooked, context=context)
        ),
    )


def raws_by_number(posts: Sequence[WirePost], page: str | None) -> dict[int, str]:
    """Markdown by post number: what the page holds, or what the post brought along."""
    found = {post.post_number: post.raw for post in posts if post.raw is not None}
    if page is None:
        return found
    expected = [
        Expected(post.post_number, post.username or "", (_second(post.created_at), _second(post.updated_at)))
        for post in posts
    ]
    return split_raw(page, expected) | found


def _second(text: str | None) -> str:
    """A time as the headings of Markdown pages write it."""
    return (text or "")[:19].replace("T", " ")


def _is_message(wire: WireTopic) -> bool:
    return wire.archetype == "private_message"


def _topic(wire: WireTopic, *, posts: Sequence[Post], context: Context) -> Topic:
    title = clean_title(wire.title)[:_LONGEST_TITLE] or f"Topic {wire.id}"
    live = [post for post in posts if post.deleted_at is None] or list(posts)
    last, first = max(live, key=lambda post: post.post_number), posts[0]
    created = milliseconds(wire.created_at)
    last_posted = maybe_milliseconds(wire.last_posted_at) or last.created_at
    shown = [post for post in posts if post.deleted_at is None and post.post_type != PostType.WHISPER]
    category = None if _is_message(wire) else UNCATEGORIZED_ID
    if wire.category_id is not None and not _is_message(wire):
        category = wire.category_id + context.offsets.category
    has_all = wire.posts_count == len(shown)
    return Topic(
        id=wire.id + context.offsets.topic,
        title=title,
        title_key=title_key(title),
        fancy_title=_fancy(wire.fancy_title, title=title),
        slug=wire.slug if wire.slug and _SLUG.match(wire.slug) else slugify(title),
        archetype=int(Archetype.MESSAGE if _is_message(wire) else Archetype.REGULAR),
        category_id=category,
        user_id=first.user_id if wire.user_id is None else context.user(wire.user_id),
        created_at=created,
        updated_at=max(last_posted, created),
        bumped_at=max(maybe_milliseconds(wire.bumped_at) or last_posted, created),
        last_posted_at=last_posted,
        last_post_user_id=last.user_id,
        last_post_id=last.id,
        first_post_id=first.id,
        posts_count=len(shown),
        reply_count=count_of(wire.reply_count),
        highest_post_number=max(post.post_number for post in posts),
        participant_count=count_of(wire.participant_count) if has_all else len({post.user_id for post in shown}),
        like_count=count_of(wire.like_count),
        first_post_like_count=first.like_count,
        views=count_of(wire.views),
        word_count=count_of(wire.word_count),
        incoming_link_count=min(sum(post.incoming_link_count for post in posts), 2**53),
        visible=wire.visible is not False,
        closed=bool(wire.closed),
        archived=bool(wire.archived),
        pinned_at=maybe_milliseconds(wire.pinned_at),
        pinned_until=maybe_milliseconds(wire.pinned_until),
        pinned_globally=bool(wire.pinned_globally),
        deleted_at=maybe_milliseconds(wire.deleted_at),
        deleted_by=None,
        external_id=None if context.offsets.topic else clean_line(wire.external_id, longest=50) or None,
        featured_link=clean_url(wire.featured_link or "") or None,
        image_url=clean_url(wire.image_url or "") or None,
        excerpt=excerpt(first.cooked),
        has_summary=bool(wire.has_summary),
        slow_mode_seconds=count_of(wire.slow_mode_seconds),
        score=sum(post.score for post in posts) / len(posts),
        version=1,
    )


def _fancy(given: str | None, *, title: str) -> str:
    """The archive's own, unless it holds anything but text and entities."""
    text = clean_line(given, longest=2 * _LONGEST_TITLE)
    return text if text and not _MARKUP.search(text) else fancy(title)


def _links(
    wire: WireTopic, shown: Sequence[WirePost], *, posts: Sequence[Post], context: Context
) -> tuple[LoadedLink, ...]:
    told = {link.url: link for link in wire.details.links or ()}
    made = (
        make_link(link, post=post, told=told.get(link.url), context=context)
        for source, post in zip(shown, posts, strict=True)
        for link in source.link_counts or ()
    )
    return tuple(link for link in made if link is not None)
