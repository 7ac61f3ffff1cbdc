"""Groups: built-in ones with fixed ids, custom ones with owners and members, and the commands about them."""

from __future__ import annotations

import msgspec

from tertulia.model.users import UserCard

EVERYONE_ID = 0
ADMINS_ID = 1
MODERATORS_ID = 2
STAFF_ID = 3
TRUST_LEVEL_IDS = (10, 11, 12, 13, 14)
FIRST_CUSTOM_ID = 41  # source: upstream numbers custom groups from 41


class Group(msgspec.Struct, frozen=True):
    """A set of users. Levels (visibility, mentionable, messageable, members_visibility): 0 everyone or nobody as
    upstream numbers them (visibility 0 public, 1 logged-on, 2 members, 3 staff, 4 owners; mentionable and
    messageable 0 nobody, 1 admins, 2 staff, 3 members, 4 owners, 99 everyone)."""

    id: int
    name: str
    name_key: str
    full_name: str
    bio_raw: str
    bio_cooked: str
    automatic: bool
    visibility_level: int
    members_visibility_level: int
    mentionable_level: int
    messageable_level: int
    public_admission: bool
    public_exit: bool
    allow_membership_requests: bool
    title: str | None
    grant_trust_level: int | None
    primary_group: bool
    default_notification_level: int
    member_count: int
    created_at: int
    updated_at: int


class GroupMember(msgspec.Struct, frozen=True):
    """One membership as member lists show it."""

    user: UserCard
    owner: bool
    added_at: int
    last_posted_at: int | None


class GroupRequest(msgspec.Struct, frozen=True):
    """Somebody who asks to be let into a group."""

    user: UserCard
    reason: str
    requested_at: int


class GroupRequestList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of those who ask, and the number of all."""

    requests: tuple[GroupRequest, ...]
    total: int
    limit: int
    offset: int


class GroupLogLine(msgspec.Struct, frozen=True, kw_only=True):
    """One change: `action` is change_group_setting (of `subject`, from `before` to `after`), add_user_to_group,
    remove_user_from_group, make_user_group_owner or remove_user_as_group_owner (of `target_user_id`)."""

    group_id: int
    action: str
    acting_user_id: int
    created_at: int
    target_user_id: int | None = None
    subject: str | None = None
    before: str | None = None
    after: str | None = None


class GroupLogSpec(msgspec.Struct, frozen=True, kw_only=True):
    """By what a log is narrowed; None: by nothing."""

    action: str | None = None
    subject: str | None = None
    acting_user_id: int | None = None
    target_user_id: int | None = None


class ReadGroupLog(msgspec.Struct, frozen=True, kw_only=True):
    """A page (0-based) of the log of the group called `name`, narrowed by what is not blank."""

    name: str
    action: str = ""
    subject: str = ""
    acting_username: str = ""
    target_username: str = ""
    page: int = 0


class GroupLog(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a group's log, the newest line first, with the people that it names; `whole`: nothing follows."""

    lines: tuple[GroupLogLine, ...]
    people: dict[int, UserCard]
    whole: bool


class GroupView(msgspec.Struct, frozen=True, kw_only=True):
    """A group as one reader may see it."""

    group: Group
    is_member: bool
    is_owner: bool
    can_see_members: bool
    can_admin: bool
    can_edit: bool
    mentionable: bool
    messageable: bool
    owners: tuple[UserCard, ...] = ()
    has_messages: bool = False
    has_asked: bool = False


class GroupList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of groups (0-based) and the number of all that match."""

    groups: tuple[GroupView, ...]
    total: int
    page: int
    per_page: int


class MemberList(msgspec.Struct, frozen=True, kw_only=True):
    """Members of one group, owners apart as upstream lists them."""

    group: GroupView
    members: tuple[GroupMember, ...]
    owners: tuple[GroupMember, ...]
    total: int
    limit: int
    offset: int


class SaveGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Create (`group_id` None) or change a custom group; UNSET leaves a field as it is or takes its default."""

    group_id: int | None = None
    name: str | msgspec.UnsetType = msgspec.UNSET
    full_name: str | msgspec.UnsetType = msgspec.UNSET
    bio_raw: str | msgspec.UnsetType = msgspec.UNSET
    visibility_level: int | msgspec.UnsetType = msgspec.UNSET
    members_visibility_level: int | msgspec.UnsetType = msgspec.UNSET
    mentionable_level: int | msgspec.UnsetType = msgspec.UNSET
    messageable_level: int | msgspec.UnsetType = msgspec.UNSET
    public_admission: bool | msgspec.UnsetType = msgspec.UNSET
    public_exit: bool | msgspec.UnsetType = msgspec.UNSET
    allow_membership_requests: bool | msgspec.UnsetType = msgspec.UNSET
    title: str | None | msgspec.UnsetType = msgspec.UNSET
    grant_trust_level: int | None | msgspec.UnsetType = msgspec.UNSET
    primary_group: bool | msgspec.UnsetType = msgspec.UNSET
    default_notification_level: int | msgspec.UnsetType = msgspec.UNSET
    usernames: tuple[str, ...] = ()
    owner_usernames: tuple[str, ...] = ()


class ChangeMembers(msgspec.Struct, frozen=True, kw_only=True):
    """Add or remove people named by username, id or e-mail."""

    group_id: int
    usernames: tuple[str, ...] = ()
    user_ids: tuple[int, ...] = ()
    emails: tuple[str, ...] = ()


class ListGroups(msgspec.Struct, frozen=True, kw_only=True):
    """A page of groups; `kind` one of all, my, owner, public, close, automatic, non_automatic; group 0 never listed."""

    kind: str = "all"
    filter: str = ""
    username: str = ""
    order: str = "name"
    ascending: bool = True
    page: int = 0
    per_page: int = 36


class ListMembers(msgspec.Struct, frozen=True, kw_only=True):
    """Members of one group; `order` one of username, added_at, last_posted_at, last_seen_at."""

    group_id: int
    filter: str = ""
    order: str = "username"
    ascending: bool = True
    limit: int = 50
    offset: int = 0
