"""Search: the full page with 1-based pages, and the few hits that a header shows while somebody types."""

from __future__ import annotations

import msgspec

from tertulia.dialects.discourse.answers import Success, success
from tertulia.dialects.discourse.shapes.search import SearchAnswer
from tertulia.forum.addresses import parse_site_path
from tertulia.forum.categories.reading import list_categories
from tertulia.forum.search.searching import search as find_posts
from tertulia.http.bodies import Parameters
from tertulia.http.call import Call
from tertulia.model.errors import NotAllowed, ParameterInvalid, SearchTermTooShort
from tertulia.model.search import Search
from tertulia.model.topics import Archetype

_HEADER_HITS = 5  # source: upstream's number per kind
_NAMES = ("users", "categories", "tags", "groups")
_ALL = ("posts", *_NAMES)
_KINDS: dict[str, tuple[str, ...]] = {
    "topic": ("posts",), "category": ("categories",), "user": ("users",), "tags": ("tags",),
    "all_topics": ("posts",), "private_messages": ("posts",), "exclude_topics": _NAMES,
}  # fmt: skip
_SUFFIXES = {"private_messages": " in:messages", "all_topics": " in:all"}
_CONTEXTS = {
    "user": "user:{}", "category": "category:{}", "private_messages": "personal_messages:{}", "tag": "tags:{}",
    "topic": "",
}  # fmt: skip
_MAXIMUM_TERM = 1_000


class _Place(msgspec.Struct, frozen=True):
    """Where to search: a topic, or an operator that says it."""

    topic_id: int | None = None
    operator: str = ""


async def search(call: Call) -> SearchAnswer:
    """A page of hits, one a topic. Pages after the last are empty; a short `q`, or a page above 50, is refused."""
    parameters = call.parameters
    place = _place(parameters)
    command = Search(
        q=_checked(parameters.text("q", default=""), name="q"),
        page=parameters.integer("page", default=1),
        per_page=call.unit.site.search_page_size,
        topic_id=place.topic_id,
        kinds=_ALL,
    )
    return await _search(call, command, place=place, full_page=True)


async def query(call: Call) -> SearchAnswer:
    """The few hits of each kind (or of one, `type_filter`) that a header shows; in a topic, all of a page."""
    place = _place(call.parameters)
    return await _search(call, _header_search(call, place=place), place=place, full_page=False)


async def click(call: Call) -> Success:
    """Takes note that a hit was followed. No log of searches is kept, so nothing is written."""
    for name in ("search_log_id", "search_result_type", "search_result_id"):
        call.parameters.required_text(name)
    return success()


def _header_search(call: Call, *, place: _Place) -> Search:
    parameters = call.parameters
    term = _checked(parameters.required_text("term"), name="term")
    chosen = _type_filter(parameters)
    wanted = None
    if parameters.text("search_for_id") and chosen in ("topic", "private_messages", "all_topics"):
        wanted = _topic_named(term)
    return Search(
        q=term + _SUFFIXES.get(chosen, ""),
        per_page=_HEADER_HITS if place.topic_id is None else call.unit.site.search_page_size,
        topic_id=place.topic_id,
        kinds=_KINDS.get(chosen, ("posts",) if place != _Place() else _ALL),
        wanted_topic_id=wanted,
        wanted_archetype=_archetype(parameters),
    )


def _checked(text: str, *, name: str) -> str:
    if "\0" in text:
        raise ParameterInvalid(name=name, problem="type")
    if len(text) > _MAXIMUM_TERM:
        raise ParameterInvalid(name=name, problem=f"1..{_MAXIMUM_TERM}")
    return text


def _type_filter(parameters: Parameters) -> str:
    """Raises NotAllowed for an unknown kind (source: upstream)."""
    chosen = parameters.text("type_filter") or ""
    if chosen and chosen not in _KINDS:
        raise NotAllowed()
    return chosen


async def _search(call: Call, command: Search, *, place: _Place, full_page: bool) -> SearchAnswer:
    if not command.q.strip():
        raise SearchTermTooShort(minimum=call.unit.site.min_search_term_length)
    narrowed = msgspec.structs.replace(command, q=f"{command.q} {place.operator}".rstrip())
    view = await find_posts(call.unit, narrowed)
    can_create_topic = (await list_categories(call.unit)).can_create_topic
    return SearchAnswer.of(view, term=command.q, can_create_topic=can_create_topic, full_page=full_page)


def _place(parameters: Parameters) -> _Place:
    """Where to search, in today's form or the older one. Raises ParameterInvalid for an unknown kind of place."""
    if parameters.text("skip_context") == "true":
        return _Place()
    nested = parameters.nested("search_context")
    kind, name = nested.text("type") or "", nested.text("id") or ""
    if not nested.values:
        kind, name = parameters.text("context") or "", parameters.text("context_id") or ""
        if not kind or not name:
            return _Place()
    if kind not in _CONTEXTS or not name.strip() or any(each.isspace() or each in '"\0' for each in name):
        raise ParameterInvalid(name="search_context", problem="choice")
    if kind == "topic":
        return _Place(Parameters({"search_context": name}).required_integer("search_context", minimum=1))
    return _Place(operator=_CONTEXTS[kind].format(name))


def _archetype(parameters: Parameters) -> int | None:
    named = parameters.text("restrict_to_archetype")
    if not named:
        return None
    return int(Archetype.REGULAR if named == "regular" else Archetype.MESSAGE)


def _topic_named(term: str) -> int | None:
    """The topic that a number or an address names."""
    text = term.strip()
    if text.isascii() and text.isdigit():
        return int(text[:18])
    _, _, path = text.partition("://")
    found = parse_site_path("/" + path.partition("/")[2] if path else text)
    return found.id if found is not None and found.kind == "topic" else None
