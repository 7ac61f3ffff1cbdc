"""Search: posts whose words match, one a topic, and the users, categories, tags and groups whose names do.

Read next: `query.py` (how a question is written), `resolving.py` (names to filters), `excerpts.py` (what is shown).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tertulia.forum.categories.names import category_key
from tertulia.forum.categories.views import finding, ref_of
from tertulia.forum.cooking import plain_text
from tertulia.forum.groups.reading import list_groups
from tertulia.forum.indexing.expressions import fts5_expression, tsquery_expression
from tertulia.forum.indexing.words import has_unspaced
from tertulia.forum.limits.acting import take_search
from tertulia.forum.posts.reading import view_posts
from tertulia.forum.search.excerpts import blurb, headline
from tertulia.forum.search.operators import SearchQuery
from tertulia.forum.search.query import parse_query
from tertulia.forum.search.resolving import Nothing, resolve
from tertulia.forum.tags.reading import search_tags
from tertulia.forum.topics.list_items import view_topics
from tertulia.forum.topics.reading import find_topic
from tertulia.forum.traffic import note_search
from tertulia.forum.unit import Unit
from tertulia.forum.users.listing import search_users
from tertulia.model.categories import CategoryRef
from tertulia.model.errors import SearchPageInvalid, SearchTermTooShort
from tertulia.model.groups import GroupView, ListGroups
from tertulia.model.posts import PostView
from tertulia.model.search import Search, SearchHit, SearchView
from tertulia.store import categories as category_store
from tertulia.store.engine.query import SQLITE
from tertulia.store.fulltext.searching import Plan, fill, hits_elsewhere, list_hits
from tertulia.store.posts_reading import list_posts_by_ids
from tertulia.store.topics_reading import list_topics_by_ids

MAXIMUM_PAGE = 50
MAXIMUM_PER_PAGE = 100
NAMES_SHOWN = 5
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # no database takes them, so nothing is called so


async def search(unit: Unit, command: Search) -> SearchView:
    """One page of hits that the actor can see; pages after the last are empty.

    An unknown user, group, category or tag finds nothing. Raises SearchTermTooShort, SearchPageInvalid (below 1 or
    above 50), TopicMissing (a topic to search in), LoginRequired (messages, without a user), NotAllowed (the messages
    of somebody else)."""
    if not 1 <= command.page <= MAXIMUM_PAGE:
        raise SearchPageInvalid(maximum=MAXIMUM_PAGE)
    asked = parse_query(_UNSTORABLE.sub("", command.q), now=unit.now)
    minimum = 1 if has_unspaced(asked.text) else unit.site.min_search_term_length
    wanted = await _wanted(unit, command)
    if len(command.q.strip()) < minimum and (asked.is_blank or asked.terms) and command.wanted_topic_id is None:
        raise SearchTermTooShort(minimum=minimum)
    await take_search(unit)
    if command.topic_id is not None:
        await find_topic(unit, command.topic_id)
    hits: list[SearchHit] = []
    more = False
    if wanted:
        hits = await _shown(unit, wanted, asked=asked)
    elif "posts" in command.kinds and not asked.is_blank:
        hits, more = await _hits(unit, command, asked=asked)
    term = asked.text.strip() or _UNSTORABLE.sub("", command.q).strip()
    kinds = frozenset(command.kinds) if command.page == 1 else frozenset[str]()
    if "posts" in command.kinds and command.page == 1:
        note_search(unit, asked.text)
    topics = await list_topics_by_ids(
        unit.tx, {hit.post.post.topic_id for hit in hits}, visibility=unit.actor.visibility
    )
    ordered = [topics[each] for each in dict.fromkeys(hit.post.post.topic_id for hit in hits) if each in topics]
    items, _ = await view_topics(unit, ordered)
    users = await search_users(unit, term, limit=NAMES_SHOWN + 1) if "users" in kinds else ()
    categories = await _categories(unit, term) if "categories" in kinds else ()
    return SearchView(
        q=command.q,
        hits=tuple(hits),
        topics=items,
        users=users[:NAMES_SHOWN],
        categories=categories[:NAMES_SHOWN],
        tags=await search_tags(unit, term, limit=NAMES_SHOWN) if "tags" in kinds and term else (),
        groups=await _groups(unit, term) if "groups" in kinds and term else (),
        more=more,
        more_users=len(users) > NAMES_SHOWN,
        more_categories=len(categories) > NAMES_SHOWN,
        words=tuple(term.text for term in asked.terms),
    )


async def _wanted(unit: Unit, command: Search) -> list[int]:
    """The first post of the topic that is looked for by its number, where the actor can see it."""
    if command.wanted_topic_id is None:
        return []
    ids = {min(command.wanted_topic_id, 2**62)}
    topics = await list_topics_by_ids(unit.tx, ids, visibility=unit.actor.visibility)
    kinds = (None, *{topic.archetype for topic in topics.values()})
    return [topic.first_post_id for topic in topics.values() if command.wanted_archetype in kinds]


async def _hits(unit: Unit, command: Search, *, asked: SearchQuery) -> tuple[list[SearchHit], bool]:
    """The page of hits, and whether there is another page."""
    try:
        plan, values = await resolve(unit, asked, topic_id=command.topic_id)
    except Nothing:
        return [], False
    size = max(1, min(command.per_page, MAXIMUM_PER_PAGE))
    filled = fill(
        values=values,
        match=match_text(unit, asked) if plan.matches else "",
        visibility=unit.actor.visibility,
        limit=size + 1,
        offset=(command.page - 1) * size,
    )
    ids = await _find(unit, plan, filled=filled)
    return await _shown(unit, ids[:size], asked=asked), len(ids) > size and command.page < MAXIMUM_PAGE


async def _shown(unit: Unit, ids: list[int], *, asked: SearchQuery) -> list[SearchHit]:
    """Read again, as whatever was found in a thread may have changed meanwhile."""
    found = await list_posts_by_ids(unit.tx, ids, visibility=unit.actor.visibility)
    place = {post_id: index for index, post_id in enumerate(ids)}
    views = await view_posts(unit, sorted(found, key=lambda post: place[post.id]))
    return [_hit(view, asked=asked) for view in views]


async def _find(unit: Unit, plan: Plan, *, filled: Mapping[str, Any]) -> list[int]:
    """Full text may take long: on SQLite it goes to a thread, unless the unit must see what it wrote."""
    if not unit.writes:
        work = hits_elsewhere(unit.ports.database, plan, filled=filled)
        if work is not None:
            return await unit.ports.offload.thread(work)
    return await list_hits(unit.tx, plan, filled=filled)


def match_text(unit: Unit, asked: SearchQuery) -> str:
    """The words of a question in the words of the engine."""
    if unit.ports.database.engine != SQLITE:
        return tsquery_expression(asked.terms)
    expression = fts5_expression(asked.terms)
    return f"{{title}} : ({expression})" if "title" in asked.places else expression


def _hit(view: PostView, *, asked: SearchQuery) -> SearchHit:
    return SearchHit(
        post=view,
        blurb=blurb(plain_text(view.post.cooked), terms=asked.terms),
        title_headline=headline(view.topic_title, terms=asked.terms),
    )


async def _categories(unit: Unit, term: str) -> tuple[CategoryRef, ...]:
    """Categories with a word of their name that begins so, in their order."""
    wanted = category_key(term.lstrip("#"))
    if not wanted:
        return ()
    known = await category_store.list_categories(unit.tx, visibility=finding(unit.actor))
    matching = [
        ref_of(each)
        for each in known
        if each.name_key.startswith(wanted) or f" {wanted}" in each.name_key or each.slug_key == wanted
    ]
    return tuple(matching[: NAMES_SHOWN + 1])


async def _groups(unit: Unit, term: str) -> tuple[GroupView, ...]:
    """Groups that the actor may see and whose name holds the words."""
    return (await list_groups(unit, ListGroups(filter=term.removeprefix("@"), per_page=NAMES_SHOWN))).groups
