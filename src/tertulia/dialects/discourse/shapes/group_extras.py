"""What stands around a group: requests, its log, posts of its members, what it may do in categories."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from tertulia.dialects.discourse.shapes.groups import Meta
from tertulia.dialects.discourse.shapes.people import BasicUser
from tertulia.dialects.discourse.wire import avatar, iso
from tertulia.forum.addresses import category_path, topic_path
from tertulia.forum.cooking import excerpt
from tertulia.model.categories import CategoryView
from tertulia.model.groups import GroupLog, GroupLogLine, GroupRequestList
from tertulia.model.posts import PostView
from tertulia.model.users import UserCard


class Requester(msgspec.Struct):
    """Somebody who asks to be let in."""

    id: int
    username: str
    name: str | None
    avatar_template: str
    reason: str
    requested_at: str


class RequesterList(msgspec.Struct):
    """A page of them, in the place where members are listed."""

    members: list[Requester]
    meta: Meta

    @classmethod
    def of(cls, found: GroupRequestList) -> RequesterList:
        rows = [
            Requester(
                each.user.id, each.user.username, each.user.name,
                avatar(each.user.avatar_template, username=each.user.username), each.reason, iso(each.requested_at),
            )
            for each in found.requests
        ]  # fmt: skip
        return cls(rows, Meta(total=found.total, limit=found.limit, offset=found.offset))


class LogLine(msgspec.Struct):
    """One change."""

    action: str
    subject: str | None
    prev_value: str | None
    new_value: str | None
    created_at: str
    acting_user: BasicUser | None
    target_user: BasicUser | None

    @classmethod
    def of(cls, line: GroupLogLine, *, people: dict[int, UserCard]) -> LogLine:
        acting, target = people.get(line.acting_user_id), people.get(line.target_user_id or 0)
        return cls(
            line.action, line.subject, line.before, line.after, iso(line.created_at),
            BasicUser.of(acting) if acting else None, BasicUser.of(target) if target else None,
        )  # fmt: skip


class Logs(msgspec.Struct):
    """A page of changes."""

    logs: list[LogLine]
    all_loaded: bool

    @classmethod
    def of(cls, found: GroupLog) -> Logs:
        return cls([LogLine.of(line, people=found.people) for line in found.lines], found.whole)


class PostTopic(msgspec.Struct):
    """The topic of a post."""

    id: int
    title: str
    slug: str
    posts_count: int


class GroupPost(msgspec.Struct):
    """A post by a member, or one that mentions the group."""

    id: int
    excerpt: str
    created_at: str
    topic_id: int
    topic_title: str
    topic_slug: str
    topic_html_title: str
    url: str
    category_id: int | None
    post_number: int
    posts_count: int
    post_type: int
    username: str
    name: str | None
    avatar_template: str
    user_title: str | None
    primary_group_name: str | None
    user: BasicUser
    topic: PostTopic
    truncated: bool | UnsetType = UNSET

    @classmethod
    def of(cls, view: PostView) -> GroupPost:
        post, user = view.post, view.user
        return cls(
            id=post.id,
            excerpt=excerpt(post.cooked),
            created_at=iso(post.created_at),
            topic_id=post.topic_id,
            topic_title=view.topic_title,
            topic_slug=view.topic_slug,
            topic_html_title=view.topic_title,
            url=topic_path(view.topic_slug, post.topic_id, post.post_number),
            category_id=view.category_id,
            post_number=post.post_number,
            posts_count=view.topic_posts_count,
            post_type=post.post_type,
            username=user.username,
            name=user.name,
            avatar_template=avatar(user.avatar_template, username=user.username),
            user_title=user.title,
            primary_group_name=view.primary_group_name,
            user=BasicUser.of(user),
            topic=PostTopic(post.topic_id, view.topic_title, view.topic_slug, view.topic_posts_count),
        )


class PermissionCategory(msgspec.Struct):
    """The category of a permission."""

    id: int
    name: str
    slug: str
    color: str
    url: str


class GroupPermission(msgspec.Struct):
    """What the group may do in a category: 1 full, 2 reply, 3 see."""

    permission_type: int
    category: PermissionCategory

    @classmethod
    def of(cls, view: CategoryView, bundle: int) -> GroupPermission:
        category = view.category
        url = category_path([ref.slug for ref in view.path], category.id)
        return cls(bundle, PermissionCategory(category.id, category.name, category.slug, category.color, url))
