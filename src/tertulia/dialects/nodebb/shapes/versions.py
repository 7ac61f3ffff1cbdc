"""The versions of a post; times are texts here, as the original sends them."""

from __future__ import annotations

import msgspec

from tertulia.model.posts import PostView


class Version(msgspec.Struct, frozen=True):
    """When and by whom."""

    timestamp: str
    uid: int
    username: str


class Versions(msgspec.Struct, frozen=True, kw_only=True):
    """The newest first. Single versions cannot be deleted here."""

    pid: str
    uid: int
    timestamps: tuple[str, ...]
    revisions: tuple[Version, ...]
    editable: bool
    deletable: bool

    @classmethod
    def of(cls, view: PostView, *, listed: list[Version]) -> Versions:
        return cls(
            pid=str(view.post.id),
            uid=view.post.user_id,
            timestamps=tuple(each.timestamp for each in listed),
            revisions=tuple(listed),
            editable=view.abilities.edit,
            deletable=False,
        )
