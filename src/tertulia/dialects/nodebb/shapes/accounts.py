"""Whole accounts: the record, and what a profile page adds."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from tertulia.dialects.nodebb.shapes.groups import Group
from tertulia.dialects.nodebb.shapes.people import ban, face, group_title, mute, status_of
from tertulia.dialects.nodebb.wire import Reader, escaped, iso, shown_group_name
from tertulia.model.users import User, UserView


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """An account as its reader may know it; the address is blank for those who may not see it."""

    uid: int
    username: str
    displayname: str
    userslug: str
    picture: str | None
    uploadedpicture: str | None
    isLocal: bool
    email: str
    fullname: str | None
    birthday: str | None
    aboutme: str | None
    signature: str | None
    location: str
    website: str
    groupTitle: str | None
    groupTitleArray: tuple[str, ...]
    joindate: int
    joindateISO: str
    lastonline: int
    lastonlineISO: str
    lastposttime: int
    postcount: int
    topiccount: int
    reputation: int
    profileviews: int
    followerCount: int
    followingCount: int
    flags: int
    status: str
    banned: bool
    banned_until: int
    banned_until_readable: str
    muted: bool
    mutedUntil: int
    mutedReason: str | None
    icon_text: str = msgspec.field(name="icon:text")
    icon_colour: str = msgspec.field(name="icon:bgColor")
    banned_expire: int = msgspec.field(name="banned:expire")
    email_confirmed: int = msgspec.field(name="email:confirmed")
    cover_url: str = msgspec.field(name="cover:url")
    cover_position: str | None = msgspec.field(name="cover:position")

    @classmethod
    def of(cls, user: User, *, now: int, group: str | None) -> Account:
        """`group` is the name of the primary group."""
        shown = shown_group_name(group) if group else None
        return cls(
            **face(user),
            **ban(user, now=now),
            **mute(user, now=now),
            mutedReason=user.silence_reason,
            uploadedpicture=face(user)["picture"],
            email=user.email or "",
            email_confirmed=int(user.active),
            fullname=escaped(user.name) or None,
            birthday=user.birthday or None,
            aboutme=escaped(user.bio_raw) or None,
            signature=escaped(user.signature) or None,
            location=escaped(user.location),
            website=escaped(user.website),
            groupTitle=group_title(shown),
            groupTitleArray=(shown,) if shown else (),
            joindate=user.created_at,
            joindateISO=iso(user.created_at),
            lastonline=user.last_seen_at or 0,
            lastonlineISO=iso(user.last_seen_at),
            lastposttime=user.last_posted_at or 0,
            postcount=user.post_count,
            topiccount=user.topic_count,
            reputation=user.reputation,
            profileviews=user.profile_views,
            followerCount=user.follower_count,
            followingCount=user.following_count,
            flags=0,
            status=status_of(user, now=now),
            cover_url="",
            cover_position=None,
        )

    @classmethod
    def of_view(cls, view: UserView, *, now: int) -> Account:
        return cls.of(view.user, now=now, group=primary_group(view))


def primary_group(view: UserView) -> str | None:
    """The name of the group that somebody shows beside their name."""
    return next((group.name for group in view.groups if group.id == view.user.primary_group_id), None)


class Visitor(msgspec.Struct, frozen=True, kw_only=True):
    """Who reads a page without being logged in."""

    uid: int
    username: str
    displayname: str
    userslug: str
    picture: str
    icon_text: str = msgspec.field(name="icon:text")
    icon_colour: str = msgspec.field(name="icon:bgColor")


GUEST = Visitor(
    uid=0, username="Guest", displayname="Guest", userslug="", picture="", icon_text="?", icon_colour="#aaa"
)


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers on the tabs of a profile."""

    posts: int
    topics: int
    groups: int
    followers: int
    following: int
    blocks: int
    shares: int
    uploaded: int
    categoriesWatched: int
    tagsWatched: int


def profile(view: UserView, *, reader: Reader, groups: tuple[Group, ...]) -> dict[str, Any]:
    """Everything that each page of a profile has beside its own list."""
    user, mine = view.user, view.is_self
    account: dict[str, Any] = msgspec.to_builtins(Account.of_view(view, now=reader.now))
    for name in ("aboutme", "birthday", "fullname", "signature"):
        account[name] = account[name] or ""
    shown = primary_group(view)
    account |= {
        "aboutmeParsed": user.bio_cooked,
        "age": _age(user.birthday, now=reader.now),
        "email:confirmed": user.active,
        "emailClass": "" if view.sees_email else "hide",
        "emailHidden": not view.sees_email,
        "ips": (),
        "groups": groups,
        "selectedGroup": tuple(group for group in groups if shown and group.name == shown_group_name(shown)),
        "groupTitle": account["groupTitle"] or "",
        "iconBackgrounds": (),
        "counts": Counts(
            posts=user.post_count,
            topics=user.topic_count,
            groups=len(groups),
            followers=user.follower_count,
            following=user.following_count,
            blocks=0,
            shares=0,
            uploaded=0,
            categoriesWatched=0,
            tagsWatched=0,
        ),
        "profile_links": (),
        "flagId": None,
        "blocksCount": 0,
        "hasPrivateChat": 0,
        "theirid": user.id,
        "yourid": reader.user_id,
    }
    return {**account, **_rights(view, reader=reader, is_self=mine), **_rules()}


def _rights(view: UserView, *, reader: Reader, is_self: bool) -> dict[str, Any]:
    user = view.user
    return {
        "isSelf": is_self,
        "isFollowing": view.follows,
        "isFollowPending": False,
        "isBlocked": False,
        "isAdmin": reader.is_admin,
        "isTargetAdmin": user.admin,
        "isGlobalModerator": reader.is_staff and not reader.is_admin,
        "isModerator": False,
        "isAdminOrGlobalModerator": reader.is_staff,
        "isAdminOrGlobalModeratorOrModerator": reader.is_staff,
        "isSelfOrAdminOrGlobalModerator": is_self or reader.is_staff,
        "canEdit": view.can_edit,
        "canBan": view.can_admin and not user.is_staff,
        "canMute": view.can_admin and not user.is_staff,
        "canFlag": False,
        "canChat": False,
        "canChangePassword": is_self or reader.is_admin,
        "showHidden": view.sees_email,
        "username:disableEdit": not view.can_edit,
        "email:disableEdit": not view.can_edit,
    }


def _rules() -> dict[str, Any]:
    """What the site has and has not. Nobody uploads pictures here yet."""
    return {
        "allowCoverPicture": False,
        "allowProfilePicture": False,
        "allowProfileImageUploads": 0,
        "allowedProfileImageExtensions": "",
        "maximumProfileImageSize": 0,
        "profileImageDimension": 0,
        "disableSignatures": False,
        "reputation:disabled": False,
        "downvote:disabled": False,
    }


def _age(birthday: str, *, now: int) -> int:
    """Full years; 0 where the day is not known or not written as a date."""
    try:
        born = date.fromisoformat(birthday)
    except ValueError:
        return 0
    today = date.fromisoformat(iso(now)[:10])
    return max(0, today.year - born.year - ((today.month, today.day) < (born.month, born.day)))
