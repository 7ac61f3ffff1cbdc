"""What may be asked of the search, beside the other rows in `routes.py`."""

from __future__ import annotations

from tertulia.dialects.discourse.answers import Success
from tertulia.http.routing import Row
from tertulia.http.routing.later import LaterModule

search = LaterModule("tertulia.dialects.discourse.search")

SEARCH_ROWS = (
    Row("GET", "/search", search.search, name="search/show", dialect="discourse", scope="search:show",
        summary="Search"),
    Row("GET", "/search/query", search.query, name="search/query", dialect="discourse", scope="search:query",
        summary="The few hits of each kind that a header shows"),
    Row("POST", "/search/click", search.click, name="search/click", dialect="discourse", answer=Success,
        summary="Notes that a hit was followed"),
)  # fmt: skip
