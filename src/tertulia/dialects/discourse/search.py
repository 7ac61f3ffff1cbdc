"""Search: the full page with 1-based pages, and the few hits that a header shows while somebody types."""

from __future__ import annotations

from tertulia.dialects.discourse.shapes.search import SearchAnswer
from tertulia.forum.categories.reading import list_categories
from tertulia.forum.search.searching import search as find_posts
from tertulia.http.bodies import Parameters
from tertulia.http.call import Call
from tertulia.model.errors import ParameterInvalid, SearchTermTooShort
from tertulia.model.search import Search

_HEADER_HITS = 5  # source: upstream's number per kind
_ALL = ("posts", "users", "categories", "tags")
_KINDS: dict[str, tuple[str, ...]] = {
    "topic": ("posts",), "category": ("categories",), "user": ("users",), "tags": ("tags",),
    "all_topics": ("posts",), "private_messages": ("posts",), "exclude_topics": ("users", "categories", "tags"),
}  # fmt: skip
_PLACES = {"user": "@{}", "category": "category:{}", "private_messages": "in:messages", "tag": "tags:{}"}
_MAXIMUM_TERM = 1_000


async def search(call: Call) -> SearchAnswer:
    """A page of hits, one a topic. Pages after the last are empty; a short `q`, or a page above 50, is refused."""
    parameters = call.parameters
    command = Search(
        q=_narrowed(parameters, parameters.text("q", default="")),
        page=parameters.integer("page", default=1),
        per_page=call.unit.site.search_page_size,
        topic_id=_topic_id(parameters),
        kinds=_ALL,
    )
    return await _search(call, command, full_page=True)


async def query(call: Call) -> SearchAnswer:
    """The few hits of each kind (or of one, `type_filter`) that a header shows."""
    parameters, term = call.parameters, call.parameters.required_text("term")
    chosen = _type_filter(parameters)
    command = Search(
        q=_narrowed(parameters, f"{term} in:messages" if chosen == "private_messages" else term),
        per_page=call.unit.site.search_page_size if chosen == "topic" else _HEADER_HITS,
        topic_id=_topic_id(parameters),
        kinds=_KINDS.get(chosen, _ALL),
    )
    return await _search(call, command, full_page=False)


def _type_filter(parameters: Parameters) -> str:
    chosen = parameters.text("type_filter") or ""
    if chosen and chosen not in _KINDS:
        raise ParameterInvalid(name="type_filter", problem="choice")
    return chosen


async def _search(call: Call, command: Search, *, full_page: bool) -> SearchAnswer:
    if len(command.q) > _MAXIMUM_TERM:
        raise ParameterInvalid(name="q", problem=f"1..{_MAXIMUM_TERM}")
    if not command.q.strip():
        raise SearchTermTooShort(minimum=call.unit.site.min_search_term_length)
    view = await find_posts(call.unit, command)
    can_create_topic = (await list_categories(call.unit)).can_create_topic
    return SearchAnswer.of(view, can_create_topic=can_create_topic, full_page=full_page)


def _place(parameters: Parameters) -> tuple[str, str]:
    """(kind, id) of where to search, in today's or the older form."""
    nested = parameters.nested("search_context") if not isinstance(parameters.value("search_context"), str) else None
    if nested is not None and nested.values:
        return nested.text("type") or "", nested.text("id") or ""
    return parameters.text("context") or "", parameters.text("context_id") or ""


def _topic_id(parameters: Parameters) -> int | None:
    kind, name = _place(parameters)
    if kind != "topic":
        return None
    return Parameters({"search_context": name}).required_integer("search_context", minimum=1)


def _narrowed(parameters: Parameters, q: str) -> str:
    kind, name = _place(parameters)
    operator = _PLACES.get(kind)
    if operator is None or not q.strip() or any(each.isspace() for each in name):
        return q
    return f"{q} {operator.format(name)}"
