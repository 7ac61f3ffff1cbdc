"""Search, and the newest posts of the forum."""

from __future__ import annotations

import time
from typing import Any

from tertulia.dialects.nodebb.gathering import summaries
from tertulia.dialects.nodebb.read.frame import page
from tertulia.dialects.nodebb.shapes.pagination import PER_PAGE, Pagination
from tertulia.dialects.nodebb.wire import escaped
from tertulia.forum.posts.listing import list_posts
from tertulia.forum.search.searching import search as find
from tertulia.http.call import Call
from tertulia.model.posts import ListPosts
from tertulia.model.search import Search

DAY = 86_400_000
_TERMS = {"day": DAY, "daily": DAY, "week": 7 * DAY, "weekly": 7 * DAY, "month": 30 * DAY, "monthly": 30 * DAY}
_LABELS = {"replies": "Replies", "time": "Time", "sort": "Sort", "users": "Posted by", "tags": "Tags",
           "categories": "Categories"}  # fmt: skip
_WORDS = {"titles": "in:title"}


async def search(call: Call) -> dict[str, Any]:
    """Posts that hold the words. Without words the page is empty."""
    ask = call.query
    term, number = ask.text("term", default="").strip(), ask.integer("page", default=1, minimum=1)
    where = ask.text("in", default="titlesposts")
    started = time.perf_counter()
    posts, more = await _hits(call, term, number=number, where=where) if term else ([], False)
    body = {"posts": posts, "time": f"{time.perf_counter() - started:.2f}", **_words_of(term), **_form(where)}
    return await page(call, body, _pages(number, count=len(posts), more=more), template="search", title="Search")


def _words_of(term: str) -> dict[str, str]:
    return {"term": escaped(term), "search_query": escaped(term)}


def _pages(number: int, *, count: int, more: bool) -> dict[str, Any]:
    """`matchCount` counts what was found up to here: nobody counts all hits."""
    return {
        "matchCount": (number - 1) * PER_PAGE + count + more,
        "multiplePages": more or number > 1,
        "pageCount": number + more,
        "pagination": Pagination.of(page=number, count=number + more),
    }


async def _hits(call: Call, term: str, *, number: int, where: str) -> tuple[list[Any], bool]:
    authors = " ".join(f"@{name}" for name in call.query.texts("by") if " " not in name)
    question = " ".join(part for part in (term, _WORDS.get(where, ""), authors) if part)
    found = await find(call.unit, Search(q=question, page=number, per_page=PER_PAGE))
    return await summaries(call, [hit.post for hit in found.hits]), found.more


def _form(where: str) -> dict[str, Any]:
    return {
        "searchDefaultIn": where if where in ("titles", "posts", "titlesposts") else "titlesposts",
        "searchDefaultSortBy": "relevance",
        "showAsPosts": True,
        "showAsTopics": False,
        "filters": {name: {"active": False, "label": label} for name, label in _LABELS.items()},
        "privileges": {"search:users": True, "search:content": True, "search:tags": True},
        "tagFilterSelected": [],
        "userFilterSelected": [],
    }


async def recent_posts(call: Call) -> list[Any]:
    """The newest posts of a day, week or month; every other word means all of them."""
    number = call.query.integer("page", default=1, minimum=1, maximum=10_000)
    command = ListPosts(limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
    found = await list_posts(call.unit, command)
    since = call.unit.now - _TERMS.get(call.word("term"), call.unit.now)
    return await summaries(call, [view for view in found.posts if view.post.created_at >= since])
