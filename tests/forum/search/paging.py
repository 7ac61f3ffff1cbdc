"""A search as somebody reads it who goes on to the last page."""

from __future__ import annotations

from tertulia.forum.search.searching import search
from tertulia.forum.unit import Ports
from tertulia.model.search import Search
from tests.forum.sites.given import acting


async def pages(ports: Ports, q: str, *, per_page: int) -> list[list[int]]:
    """Topics of the hits, page by page, until there are no more."""
    found, more = [], True
    async with acting(ports, None) as unit:
        while more:
            view = await search(unit, Search(q=q, page=len(found) + 1, per_page=per_page))
            found.append([hit.post.post.topic_id for hit in view.hits])
            more = view.more
    return found
