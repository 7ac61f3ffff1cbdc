"""Who voted on a post."""

from __future__ import annotations

import msgspec

from tertulia.dialects.nodebb.shapes.people import Person
from tertulia.model.posts import Post
from tertulia.model.users import UserCard


class Voters(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers for everybody, names for those who may know them."""

    upvoteCount: int
    downvoteCount: int
    showUpvotes: bool
    showDownvotes: bool
    upvoters: tuple[Person, ...]
    downvoters: tuple[Person, ...]

    @classmethod
    def of(cls, post: Post, *, up: tuple[UserCard, ...], down: tuple[UserCard, ...] | None) -> Voters:
        """`down` is None for readers who may not know."""
        return cls(
            upvoteCount=post.like_count,
            downvoteCount=post.down_count,
            showUpvotes=True,
            showDownvotes=down is not None,
            upvoters=tuple(Person.of(card) for card in up),
            downvoters=tuple(Person.of(card) for card in down or ()),
        )
