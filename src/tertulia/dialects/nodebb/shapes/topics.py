"""Topics: the bare record, a row of a list, and what a post shows of its own. The whole page is in `topic_page.py`."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import msgspec

from tertulia.dialects.nodebb.shapes.categories import CategoryOfTopic
from tertulia.dialects.nodebb.shapes.people import Person, Starter
from tertulia.dialects.nodebb.wire import Reader, escaped, iso, topic_slug
from tertulia.forum.topics.tallies import TopicTally
from tertulia.model.levels import Level
from tertulia.model.tags import TagRef
from tertulia.model.topics import Teaser as TeaserView
from tertulia.model.topics import Topic, TopicListItem
from tertulia.model.users import UserCard


class Tag(msgspec.Struct, frozen=True, kw_only=True):
    """A tag on a topic."""

    value: str
    valueEscaped: str
    valueEncoded: str
    style: str = msgspec.field(name="class")

    @classmethod
    def of(cls, name: str) -> Tag:
        return cls(
            value=escaped(name),
            valueEscaped=escaped(name),
            valueEncoded=quote(name, safe=""),
            style=name.replace(" ", "-"),
        )


def tags(refs: tuple[TagRef, ...]) -> tuple[Tag, ...]:
    return tuple(Tag.of(ref.name) for ref in refs)


class TopicOfPost(msgspec.Struct, frozen=True, kw_only=True):
    """Beside a post. `teaserPid` is None while there is no reply."""

    tid: int
    uid: int
    cid: int
    title: str
    titleRaw: str
    slug: str
    mainPid: int
    postcount: int
    deleted: int
    scheduled: bool
    generatedTitle: int
    timestamp: int
    timestampISO: str
    teaserPid: str | None
    tags: tuple[Tag, ...]

    @classmethod
    def of(cls, topic: Topic, *, refs: tuple[TagRef, ...]) -> TopicOfPost:
        return cls(**_brief(topic, refs=refs))


def _brief(topic: Topic, *, refs: tuple[TagRef, ...]) -> dict[str, Any]:
    return {
        "tid": topic.id,
        "uid": topic.user_id,
        "cid": topic.category_id or 0,
        "title": escaped(topic.title),
        "titleRaw": topic.title,
        "slug": topic_slug(topic.id, topic.slug),
        "mainPid": topic.first_post_id,
        "postcount": topic.posts_count,
        "deleted": int(topic.deleted_at is not None),
        "scheduled": False,
        "generatedTitle": 0,
        "timestamp": topic.created_at,
        "timestampISO": iso(topic.created_at),
        "teaserPid": str(topic.last_post_id) if topic.last_post_id != topic.first_post_id else None,
        "tags": tags(refs),
    }


class TopicRecord(TopicOfPost, frozen=True, kw_only=True):
    """A topic without the people in it."""

    deleterUid: int
    locked: int
    pinned: int
    pinExpiry: int
    pinExpiryISO: str
    lastposttime: int
    lastposttimeISO: str
    viewcount: int
    postercount: int
    followercount: int
    upvotes: int
    downvotes: int
    votes: int
    numThumbs: int
    thumbs: tuple[str, ...]

    @classmethod
    def of_topic(cls, topic: Topic, *, refs: tuple[TagRef, ...], now: int, tally: TopicTally) -> TopicRecord:
        return cls(**_record(topic, refs=refs, now=now, tally=tally))


def _record(topic: Topic, *, refs: tuple[TagRef, ...], now: int, tally: TopicTally) -> dict[str, Any]:
    pinned = topic.is_pinned(now)
    return {
        **_brief(topic, refs=refs),
        "deleterUid": topic.deleted_by or 0,
        "locked": int(topic.closed or topic.archived),
        "pinned": int(pinned),
        "pinExpiry": (topic.pinned_until or 0) if pinned else 0,
        "pinExpiryISO": iso(topic.pinned_until) if pinned else "",
        "lastposttime": topic.last_posted_at,
        "lastposttimeISO": iso(topic.last_posted_at),
        "viewcount": topic.views,
        "postercount": topic.participant_count,
        "followercount": tally.watchers,
        "upvotes": tally.up,
        "downvotes": tally.down,
        "votes": tally.up - tally.down,
        "numThumbs": 0,
        "thumbs": (),
    }


class Teaser(msgspec.Struct, frozen=True, kw_only=True):
    """The newest post of a topic."""

    pid: int
    tid: int
    uid: int
    index: int
    content: str
    sourceContent: str | None
    timestamp: int
    timestampISO: str
    user: Person

    @classmethod
    def of(cls, teaser: TeaserView, *, topic_id: int, user: UserCard) -> Teaser:
        return cls(
            pid=teaser.post_id,
            tid=topic_id,
            uid=teaser.user_id,
            index=teaser.post_number,
            content=teaser.cooked,
            sourceContent=None,
            timestamp=teaser.created_at,
            timestampISO=iso(teaser.created_at),
            user=Person.of(user),
        )


class TopicItem(TopicRecord, frozen=True, kw_only=True):
    """A row of a list."""

    index: int
    category: CategoryOfTopic | None
    user: Starter
    teaser: Teaser | None
    isOwner: bool
    followed: bool
    ignored: bool
    unread: bool
    unreplied: bool
    bookmark: int | None
    icons: tuple[str, ...]

    @classmethod
    def of_item(
        cls, item: TopicListItem, *, users: dict[int, UserCard], reader: Reader, index: int, tally: TopicTally
    ) -> TopicItem:
        topic, state, teaser = item.topic, item.state, item.teaser or item.first_post
        level = state.level if state else None
        starter = users[topic.user_id]
        return cls(
            **_record(topic, refs=item.tags, now=reader.now, tally=tally),
            index=index,
            category=CategoryOfTopic.of(item.category) if item.category else None,
            user=Starter.at(starter, now=reader.now),
            teaser=Teaser.of(teaser, topic_id=topic.id, user=users.get(teaser.user_id, starter)) if teaser else None,
            isOwner=reader.user_id == topic.user_id,
            followed=level == Level.WATCHING,
            ignored=level == Level.MUTED,
            unread=item.is_new or item.unread_posts > 0,
            unreplied=topic.posts_count <= 1,
            bookmark=state.last_read_post_number if state else None,
            icons=(),
        )
