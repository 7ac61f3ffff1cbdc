"""Search: the question and the hits."""

from __future__ import annotations

import msgspec

from tertulia.model.categories import CategoryRef
from tertulia.model.groups import GroupView
from tertulia.model.posts import PostView
from tertulia.model.tags import TagRef
from tertulia.model.topics import TopicListItem
from tertulia.model.users import UserCard


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """One page (1-based) of hits for `q`, at most one post per topic unless `topic_id` bounds the search.

    `kinds`: of posts, users, categories, tags, groups. `wanted_topic_id`: a topic whose first post is the only hit,
    where the reader can see it; `wanted_archetype` then is what it must be, if it matters."""

    q: str
    page: int = 1
    per_page: int = 50
    topic_id: int | None = None
    kinds: tuple[str, ...] = ("posts",)
    wanted_topic_id: int | None = None
    wanted_archetype: int | None = None


class SearchHit(msgspec.Struct, frozen=True, kw_only=True):
    """A post that matches, with an excerpt around the first match and the title.

    Both are HTML that is safe to show: escaped text with the matches in spans of class `search-highlight`."""

    post: PostView
    blurb: str
    title_headline: str


class SearchView(msgspec.Struct, frozen=True, kw_only=True):
    """Hits, their topics, and users, categories, tags and groups whose names match.

    `more`: there is another page. `more_users`, `more_categories`: more match than are given."""

    q: str
    hits: tuple[SearchHit, ...]
    topics: tuple[TopicListItem, ...]
    users: tuple[UserCard, ...] = ()
    categories: tuple[CategoryRef, ...] = ()
    tags: tuple[TagRef, ...] = ()
    groups: tuple[GroupView, ...] = ()
    more: bool = False
    more_users: bool = False
    more_categories: bool = False
    words: tuple[str, ...] = ()
