"""Revisions of a post, with differences as HTML."""

from __future__ import annotations

from typing import Any

import msgspec

from tertulia.dialects.discourse.wire import avatar, iso
from tertulia.forum.posts.differences import inline_diff, line_diff, side_by_side_diff
from tertulia.model.posts import RevisionView


class BodyChanges(msgspec.Struct):
    """The body's change in three layouts."""

    inline: str
    side_by_side: str
    side_by_side_markdown: str


class TitleChanges(msgspec.Struct):
    """The title's change in two layouts."""

    inline: str
    side_by_side: str


class Change(msgspec.Struct):
    """A value before and after."""

    previous: Any
    current: Any


class Revision(msgspec.Struct):
    """One revision beside its neighbours."""

    created_at: str
    post_id: int
    previous_hidden: bool
    current_hidden: bool
    first_revision: int
    previous_revision: int | None
    current_revision: int
    next_revision: int | None
    last_revision: int
    current_version: int
    version_count: int
    username: str
    display_username: str
    acting_user_name: str | None
    avatar_template: str
    edit_reason: str | None
    body_changes: BodyChanges | None
    title_changes: TitleChanges | None
    user_changes: Change | None
    tags_changes: Change | None
    category_id_changes: Change | None
    wiki: bool
    can_edit: bool

    @classmethod
    def of(cls, view: RevisionView) -> Revision:
        revision, editor = view.revision, view.editor
        return cls(
            created_at=iso(revision.created_at),
            post_id=revision.post_id,
            previous_hidden=False,
            current_hidden=revision.hidden,
            first_revision=view.first,
            previous_revision=view.previous,
            current_revision=revision.number,
            next_revision=view.next,
            last_revision=view.last,
            current_version=revision.number,
            version_count=view.post.version,
            username=editor.username,
            display_username=editor.username,
            acting_user_name=editor.name,
            avatar_template=avatar(editor.avatar_template, username=editor.username),
            edit_reason=revision.edit_reason,
            body_changes=_body(view),
            title_changes=_title(view),
            user_changes=None,
            tags_changes=_change(view, "tags"),
            category_id_changes=_change(view, "category_id"),
            wiki=view.post.wiki,
            can_edit=view.can_edit,
        )


def _change(view: RevisionView, name: str) -> Change | None:
    return Change(*view.changes[name]) if name in view.changes else None


def _body(view: RevisionView) -> BodyChanges:
    before, after = (str(part) for part in view.changes.get("raw", ("", "")))
    return BodyChanges(
        inline=inline_diff(before, after),
        side_by_side=side_by_side_diff(before, after),
        side_by_side_markdown=line_diff(before, after),
    )


def _title(view: RevisionView) -> TitleChanges | None:
    if "title" not in view.changes:
        return None
    before, after = (str(part) for part in view.changes["title"])
    return TitleChanges(inline=inline_diff(before, after), side_by_side=side_by_side_diff(before, after))
