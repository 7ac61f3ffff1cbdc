"""Posts: bare, as a summary beside topic and category, freshly made, edited, and as an answer to another."""

from __future__ import annotations

from typing import Any

import msgspec

from tertulia.dialects.nodebb.shapes.categories import CategoryOfPost
from tertulia.dialects.nodebb.shapes.people import Author, Person, Present
from tertulia.dialects.nodebb.shapes.topics import TopicOfPost
from tertulia.dialects.nodebb.wire import Reader, iso
from tertulia.model.posts import Post, PostView


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a post stands, gathered beside it."""

    topic: TopicOfPost
    category: CategoryOfPost | None
    main_post_id: int


def votes(post: Post) -> dict[str, int]:
    """Votes up, down, and the difference."""
    return {"upvotes": post.like_count, "downvotes": post.down_count, "votes": post.like_count - post.down_count}


def is_deleted(post: Post) -> bool:
    return post.deleted_at is not None or post.user_deleted


def is_edited(post: Post) -> bool:
    return post.public_version > 1


class PostRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A post with its Markdown and without the people around it."""

    pid: int
    tid: int
    uid: int
    toPid: int | None
    content: str
    timestamp: int
    timestampISO: str
    edited: int
    editedISO: str
    editor: int | None
    deleted: int
    deleterUid: int
    upvotes: int
    downvotes: int
    votes: int
    upvoted: bool
    downvoted: bool
    bookmarks: int
    replies: int
    announces: int
    flagId: int
    attachments: tuple[str, ...]
    uploads: tuple[str, ...]

    @classmethod
    def of(cls, view: PostView) -> PostRecord:
        return cls(**_record(view), content=view.post.raw)


def _record(view: PostView) -> dict[str, Any]:
    post = view.post
    edited = post.updated_at if is_edited(post) else 0
    return {
        "pid": post.id,
        "tid": post.topic_id,
        "uid": post.user_id,
        "toPid": post.reply_to_post_id,
        "timestamp": post.created_at,
        "timestampISO": iso(post.created_at),
        "edited": edited,
        "editedISO": iso(edited),
        "editor": post.last_editor_id if edited else None,
        "deleted": int(is_deleted(post)),
        "deleterUid": post.deleted_by or 0,
        **votes(post),
        "upvoted": view.my_vote > 0,
        "downvoted": view.my_vote < 0,
        "bookmarks": post.bookmark_count,
        "replies": post.reply_count,
        "announces": 0,
        "flagId": 0,
        "attachments": (),
        "uploads": (),
    }


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """A post in a list of posts."""

    pid: int
    tid: int
    uid: int
    toPid: int | None
    url: str
    content: str
    sourceContent: str | None
    timestamp: int
    timestampISO: str
    deleted: bool
    upvotes: int
    downvotes: int
    votes: int
    replies: int
    isMainPost: bool
    user: Present
    topic: TopicOfPost
    category: CategoryOfPost | None
    attachments: tuple[str, ...]

    @classmethod
    def of_post(cls, view: PostView, *, place: Place, now: int) -> Summary:
        return cls(**_summary(view, place=place), user=Present.at(view.user, now=now))


def _summary(view: PostView, *, place: Place) -> dict[str, Any]:
    post = view.post
    return {
        "pid": post.id,
        "tid": post.topic_id,
        "uid": post.user_id,
        "toPid": post.reply_to_post_id,
        "url": f"/post/{post.id}",
        "content": post.cooked,
        "sourceContent": None,
        "timestamp": post.created_at,
        "timestampISO": iso(post.created_at),
        "deleted": is_deleted(post),
        **votes(post),
        "replies": post.reply_count,
        "isMainPost": post.id == place.main_post_id,
        "topic": place.topic,
        "category": place.category,
        "attachments": (),
    }


class CreatedPost(msgspec.Struct, frozen=True, kw_only=True):
    """A post right after it was written, for its author."""

    pid: int
    tid: int
    uid: int
    toPid: int | None
    url: str
    content: str
    sourceContent: str | None
    timestamp: int
    timestampISO: str
    deleted: bool
    upvotes: int
    downvotes: int
    votes: int
    replies: int
    isMainPost: bool
    topic: TopicOfPost
    category: CategoryOfPost | None
    attachments: tuple[str, ...]
    user: Author
    index: int
    selfPost: bool
    bookmarked: bool
    display_edit_tools: bool
    display_delete_tools: bool
    display_moderator_tools: bool
    display_move_tools: bool

    @classmethod
    def of(cls, view: PostView, *, place: Place, reader: Reader) -> CreatedPost:
        return cls(
            **_summary(view, place=place),
            **tools(view),
            user=Author.at(view.user, now=reader.now, group=view.primary_group_name),
            index=view.post.post_number - 1,
            selfPost=view.yours,
            bookmarked=view.bookmarked,
        )


def tools(view: PostView) -> dict[str, Any]:
    """Which tools a client offers to the reader."""
    able = view.abilities
    return {
        "display_edit_tools": able.edit,
        "display_delete_tools": able.delete,
        "display_moderator_tools": able.edit or able.delete,
        "display_move_tools": able.moderate and view.post.post_number > 1,
    }


class Replies(msgspec.Struct, frozen=True, kw_only=True):
    """How many answers a post has; who wrote them is asked for apart."""

    count: int
    hasMore: bool
    hasSingleImmediateReply: bool
    text: str
    users: tuple[Person, ...]

    @classmethod
    def of(cls, post: Post) -> Replies:
        count = post.reply_count
        text = "One Reply" if count == 1 else f"{count} Replies"
        return cls(count=count, hasMore=count > 0, hasSingleImmediateReply=False, text=text if count else "", users=())


class TopicPost(msgspec.Struct, frozen=True, kw_only=True):
    """A post on the page of its topic."""

    pid: int
    tid: int
    uid: int
    content: str
    timestamp: int
    timestampISO: str
    edited: int
    editedISO: str
    editor: Person | None
    deleted: int
    deleterUid: int
    upvotes: int
    downvotes: int
    votes: int
    upvoted: bool
    downvoted: bool
    bookmarks: int
    announces: int
    flagId: int
    attachments: tuple[str, ...]
    uploads: tuple[str, ...]
    replies: Replies
    user: Author
    index: int
    events: tuple[str, ...]
    selfPost: bool
    bookmarked: bool
    topicOwnerPost: bool
    display_edit_tools: bool
    display_delete_tools: bool
    display_moderator_tools: bool
    display_move_tools: bool
    display_post_menu: bool
    toPid: str | None
    parent: Parent | None

    @classmethod
    def of(cls, view: PostView, *, reader: Reader, index: int, parent: PostView | None = None) -> TopicPost:
        return cls(
            **_full(view, reader=reader),
            **tools(view),
            index=index,
            events=(),
            topicOwnerPost=view.post.user_id == view.topic_user_id,
            display_post_menu=reader.user_id > 0 or reader.is_staff,
            toPid=str(view.post.reply_to_post_id) if view.post.reply_to_post_id else None,
            parent=Parent.of(parent) if parent else None,
        )


def _full(view: PostView, *, reader: Reader) -> dict[str, Any]:
    fields = _record(view)
    del fields["toPid"]
    fields["replies"] = Replies.of(view.post)
    fields["editor"] = Person.of(view.last_editor) if view.last_editor and fields["edited"] else None
    return {
        **fields,
        "content": view.post.cooked,
        "user": Author.at(view.user, now=reader.now, group=view.primary_group_name),
        "selfPost": view.yours,
        "bookmarked": view.bookmarked,
    }


class Parent(msgspec.Struct, frozen=True, kw_only=True):
    """The post that is answered."""

    pid: int
    uid: int
    content: str
    timestamp: int
    timestampISO: str
    user: Person

    @classmethod
    def of(cls, view: PostView) -> Parent:
        post = view.post
        return cls(
            pid=post.id,
            uid=post.user_id,
            content=post.cooked,
            timestamp=post.created_at,
            timestampISO=iso(post.created_at),
            user=Person.of(view.user),
        )


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """An answer in the list of answers to a post."""

    pid: int
    tid: int
    uid: int
    content: str
    timestamp: int
    timestampISO: str
    edited: int
    editedISO: str
    editor: Person | None
    deleted: int
    deleterUid: int
    upvotes: int
    downvotes: int
    votes: int
    upvoted: bool
    downvoted: bool
    bookmarks: int
    announces: int
    flagId: int
    attachments: tuple[str, ...]
    uploads: tuple[str, ...]
    replies: Replies
    user: Author
    selfPost: bool
    bookmarked: bool
    toPid: str
    parent: Parent

    @classmethod
    def of(cls, view: PostView, *, parent: PostView, reader: Reader) -> Reply:
        return cls(**_full(view, reader=reader), toPid=str(parent.post.id), parent=Parent.of(parent))


class ChangedTopic(msgspec.Struct, frozen=True, kw_only=True):
    """What an edit did to the topic."""

    tid: int
    cid: int
    uid: int
    title: str
    slug: str
    isMainPost: bool
    renamed: bool
    tagsupdated: bool

    @classmethod
    def of(cls, place: Place, *, is_main: bool, renamed: bool, tags_updated: bool) -> ChangedTopic:
        topic = place.topic
        return cls(
            tid=topic.tid,
            cid=topic.cid,
            uid=topic.uid,
            title=topic.title,
            slug=topic.slug,
            isMainPost=is_main,
            renamed=renamed,
            tagsupdated=tags_updated,
        )


def edited_post(view: PostView, *, place: Place, before: str, topic: ChangedTopic, now: int) -> dict[str, Any]:
    """A post right after an edit: record, summary and both texts in one object."""
    record = msgspec.to_builtins(PostRecord.of(view))
    summary = msgspec.to_builtins(Summary.of_post(view, place=place, now=now))
    full = {**msgspec.to_builtins(place.topic), **msgspec.to_builtins(topic)}
    return {
        **record,
        **summary,
        "cid": place.topic.cid,
        "editor": view.post.last_editor_id,
        "edited": view.post.updated_at,
        "editedISO": iso(view.post.updated_at),
        "changed": before != view.post.raw,
        "oldContent": before,
        "newContent": view.post.raw,
        "topic": full,
    }
