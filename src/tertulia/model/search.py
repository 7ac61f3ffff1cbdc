"""Search: the question and the hits."""

from __future__ import annotations

import msgspec

from tertulia.model.categories import CategoryRef
from tertulia.model.posts import PostView
from tertulia.model.tags import TagRef
from tertulia.model.topics import TopicListItem
from tertulia.model.users import UserCard


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """One page (1-based) of hits for `q`, at most one post per topic unless `topic_id` bounds the search."""

    q: str
    page: int = 1
    per_page: int = 50
    topic_id: int | None = None
    kinds: tuple[str, ...] = ("posts",)


class SearchHit(msgspec.Struct, frozen=True, kw_only=True):
    """A post that matches, with a plain-text excerpt around the first match."""

    post: PostView
    blurb: str
    title_headline: str


class SearchView(msgspec.Struct, frozen=True, kw_only=True):
    """Hits, their topics, and users, categories and tags whose names match."""

    q: str
    hits: tuple[SearchHit, ...]
    topics: tuple[TopicListItem, ...]
    users: tuple[UserCard, ...] = ()
    categories: tuple[CategoryRef, ...] = ()
    tags: tuple[TagRef, ...] = ()
    more: bool = False
    words: tuple[str, ...] = ()
