"""Groups, and the people in them."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from tertulia.dialects.discourse.wire import avatar, iso, maybe_iso
from tertulia.forum.cooking import excerpt
from tertulia.model.groups import GroupList, GroupMember, GroupView, MemberList

KINDS = ("my", "owner", "public", "close", "automatic", "non_automatic")
_NOBODY_ASKS_FOR = ("my", "owner")  # for visitors


class Group(msgspec.Struct, kw_only=True):
    """What every answer says of a group. Flair, mailboxes and request templates are not there yet: null."""

    id: int
    automatic: bool
    name: str
    display_name: str | UnsetType = UNSET
    user_count: int | UnsetType = UNSET
    mentionable_level: int
    messageable_level: int
    visibility_level: int
    primary_group: bool
    title: str | None
    grant_trust_level: int | None
    incoming_email: str | None
    has_messages: bool
    flair_url: str | None
    flair_bg_color: str | None
    flair_color: str | None
    bio_raw: str | None
    bio_cooked: str | None
    bio_excerpt: str | None
    public_admission: bool
    public_exit: bool
    allow_membership_requests: bool
    full_name: str | None
    default_notification_level: int
    membership_request_template: str | None
    is_group_user: bool | UnsetType = UNSET
    is_group_owner: bool | UnsetType = UNSET
    members_visibility_level: int
    can_see_members: bool
    can_admin_group: bool
    can_edit_group: bool | UnsetType = UNSET
    publish_read_state: bool

    @classmethod
    def of(cls, view: GroupView) -> Group:
        """As profiles list it."""
        shape = cls.basic(view)
        shape.display_name = view.group.full_name or view.group.name
        return shape

    @classmethod
    def listed(cls, view: GroupView) -> Group:
        """As the list of groups shows it: with the reader's own part in it."""
        shape = cls.of(view)
        shape.is_group_user, shape.is_group_owner = view.is_member or UNSET, view.is_owner or UNSET
        shape.can_edit_group = view.can_edit or UNSET
        return shape

    @classmethod
    def basic(cls, view: GroupView) -> Group:
        """As it is answered right after it was made."""
        group = view.group
        return cls(
            id=group.id,
            automatic=group.automatic,
            name=group.name,
            user_count=group.member_count if view.can_see_members else UNSET,
            mentionable_level=group.mentionable_level,
            messageable_level=group.messageable_level,
            visibility_level=group.visibility_level,
            primary_group=group.primary_group,
            title=group.title,
            grant_trust_level=group.grant_trust_level,
            incoming_email=None,
            has_messages=view.has_messages,
            flair_url=None,
            flair_bg_color=None,
            flair_color=None,
            bio_raw=group.bio_raw or None,
            bio_cooked=group.bio_cooked or None,
            bio_excerpt=excerpt(group.bio_cooked) or None,
            public_admission=group.public_admission,
            public_exit=group.public_exit,
            allow_membership_requests=group.allow_membership_requests,
            full_name=group.full_name or None,
            default_notification_level=group.default_notification_level,
            membership_request_template=None,
            members_visibility_level=group.members_visibility_level,
            can_see_members=view.can_see_members,
            can_admin_group=view.can_admin,
            publish_read_state=False,
        )


class WholeGroup(Group, kw_only=True):
    """A group on its own page."""

    is_group_owner_display: bool
    mentionable: bool
    messageable: bool
    automatic_membership_email_domains: str | None = None
    smtp_server: str | None = None
    smtp_port: str | None = None
    smtp_ssl_mode: int | None = None
    email_username: str | None = None
    email_password: str | None = None
    message_count: int = 0
    allow_unknown_sender_topic_replies: bool = False
    watching_category_ids: list[int] = []
    tracking_category_ids: list[int] = []
    watching_first_post_category_ids: list[int] = []
    regular_category_ids: list[int] = []
    muted_category_ids: list[int] = []

    @classmethod
    def of(cls, view: GroupView) -> WholeGroup:
        basic = msgspec.structs.asdict(Group.basic(view)) | {"is_group_user": view.is_member}
        basic["can_edit_group"] = view.can_edit or UNSET
        return cls(
            **basic,
            is_group_owner_display=view.is_owner,
            mentionable=view.mentionable,
            messageable=view.messageable,
        )


class GroupExtras(msgspec.Struct):
    """What else the page of a group knows."""

    visible_group_names: list[str]


class GroupAnswer(msgspec.Struct):
    """One group."""

    group: WholeGroup
    extras: GroupExtras

    @classmethod
    def of(cls, view: GroupView) -> GroupAnswer:
        return cls(WholeGroup.of(view), GroupExtras(visible_group_names=[view.group.name]))


class CreatedGroup(msgspec.Struct):
    """The answer to making a group."""

    basic_group: Group

    @classmethod
    def of(cls, view: GroupView) -> CreatedGroup:
        shape = Group.basic(view)
        shape.can_edit_group = view.can_edit or UNSET
        return cls(shape)


class ListExtras(msgspec.Struct):
    """By what the list can be narrowed."""

    type_filters: list[str]


class GroupListAnswer(msgspec.Struct):
    """A page of groups; the number of all that match."""

    groups: list[Group]
    extras: ListExtras
    total_rows_groups: int
    load_more_groups: str

    @classmethod
    def of(cls, found: GroupList, *, more_url: str, logged_in: bool) -> GroupListAnswer:
        kinds = [kind for kind in KINDS if logged_in or kind not in _NOBODY_ASKS_FOR]
        return cls([Group.listed(view) for view in found.groups], ListExtras(kinds), found.total, more_url)


class Member(msgspec.Struct):
    """Somebody in a group. The short form of a user knows no time zone, so it is blank."""

    id: int
    username: str
    name: str | None
    avatar_template: str
    title: str | None
    last_posted_at: str | None
    last_seen_at: str | None
    added_at: str
    timezone: str

    @classmethod
    def of(cls, member: GroupMember) -> Member:
        card = member.user
        return cls(
            card.id, card.username, card.name, avatar(card.avatar_template, username=card.username), card.title,
            maybe_iso(member.last_posted_at), maybe_iso(card.last_seen_at), iso(member.added_at), "",
        )  # fmt: skip


class Meta(msgspec.Struct):
    """Where in the list the page is."""

    total: int
    limit: int
    offset: int


class MemberListAnswer(msgspec.Struct):
    """A page of members (owners among them), and all owners."""

    members: list[Member]
    owners: list[Member]
    meta: Meta

    @classmethod
    def of(cls, found: MemberList) -> MemberListAnswer:
        meta = Meta(total=found.total, limit=found.limit, offset=found.offset)
        return cls([Member.of(each) for each in found.members], [Member.of(each) for each in found.owners], meta)
