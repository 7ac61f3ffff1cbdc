"""Lists of topics across the forum: latest, new, unread, top and the reader's own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

import msgspec
from markupsafe import Markup

from tertulia.forum.categories.reading import list_categories
from tertulia.forum.permissions import able
from tertulia.forum.topics.listing import list_topics
from tertulia.forum.unit import Unit
from tertulia.forum.users.profiles import read_user
from tertulia.http.call import Answer, Call
from tertulia.model.topics import ListTopics, TopicFilter, TopicListView, TopicOrder
from tertulia.pages.presenting import Link, Mark, Row, category_marks, tag_links, topic_rows
from tertulia.pages.rendering import Around, page

PERIODS = {
    "all": "All time",
    "yearly": "Year",
    "quarterly": "Quarter",
    "monthly": "Month",
    "weekly": "Week",
    "daily": "Day",
}
MOST_PAGE = 10_000
_MOST_PLACES = 30
_ORDERS = frozenset(order.value for order in TopicOrder)


class ListWords(msgspec.Struct, frozen=True):
    """What a list is called, and what its page says when it is empty."""

    heading: str
    empty: str


WORDS: dict[TopicFilter, ListWords] = {
    TopicFilter.LATEST: ListWords("Latest topics", "Nobody has written anything yet. The first topic could be yours."),
    TopicFilter.NEW: ListWords("New topics", "You have seen every new topic."),
    TopicFilter.UNREAD: ListWords(
        "Unread topics", "Nothing is waiting for you. Topics that you follow show up here when somebody replies."
    ),
    TopicFilter.UNSEEN: ListWords("Unseen topics", "You have seen everything there is."),
    TopicFilter.TOP: ListWords("Top topics", "Nothing stood out in this period. Try a longer one."),
    TopicFilter.HOT: ListWords("Hot topics", "No topic is being talked about at the moment."),
    TopicFilter.READ: ListWords("Topics you read", "Topics appear here once you have read them."),
    TopicFilter.POSTED: ListWords("Topics you wrote in", "Topics appear here once you have written in them."),
    TopicFilter.BOOKMARKED: ListWords("Bookmarks", "Topics that you bookmark are kept here."),
    TopicFilter.CREATED: ListWords("Topics", "No topics yet."),
}


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """A page of topics as its template needs it. `made` is the HTML of the rows, where it is kept in `forms`."""

    rows: list[Row]
    empty: str
    newer: str | None
    older: str | None
    create: str | None
    made: Markup | None = None
    forms: dict[tuple[object, ...], Any] | None = None

    def keep(self, html: Markup) -> Markup:
        """Called by the template with what it has made of the rows."""
        if self.forms is not None:
            self.forms[_FORM] = html
        return html


_FORM = (Listing,)


def list_command(call: Call, which: TopicFilter) -> ListTopics:
    """The list that the address asks for. Raises ParameterInvalid for a page that is no number."""
    order = call.query.text("order", default="default")
    period = call.query.text("period", default="")
    return ListTopics(
        filter=which,
        order=TopicOrder(order) if order in _ORDERS else TopicOrder.DEFAULT,
        ascending=call.query.text("ascending") == "true",
        period=period if period in PERIODS else "",
        page=call.query.integer("page", minimum=0, maximum=MOST_PAGE, default=0),
        per_page=50 if which is TopicFilter.TOP else 30,
    )


def listing(call: Call, view: TopicListView, *, path: str, empty: str, category_id: int | None = None) -> Listing:
    """The rows with the addresses of the pages beside them. `path` is the list's own."""
    kept = {name: value for name in ("order", "ascending", "period") if (value := call.query.text(name))}

    def at(number: int) -> str:
        query = urlencode({**kept, "page": number} if number else kept)
        return f"{path}?{query}" if query else path

    made: Markup | None = view.forms.get(_FORM) if view.forms is not None else None
    target = "/new-topic" if category_id is None else f"/new-topic?category={category_id}"
    return Listing(
        rows=topic_rows(view) if made is None else [],
        made=made,
        forms=view.forms,
        empty=empty,
        newer=at(view.page - 1) if view.page else None,
        older=at(view.page + 1) if view.more else None,
        create=target if view.can_create_topic else None,
    )


def tabs(unit: Unit, current: str, *, prefix: str = "") -> tuple[Link, ...]:
    """The lists that a reader can change to; those about their own reading only for members."""
    member = able(unit, "member")
    names = (("latest", "Latest"), *((("new", "New"), ("unread", "Unread")) if member else ()), ("top", "Top"))
    return tuple(Link(text, f"{prefix}/{name}", name == current) for name, text in names)


def periods(path: str, current: str | None) -> tuple[Link, ...]:
    """The periods of the top list."""
    return tuple(Link(text, f"{path}?period={name}", name == (current or "")) for name, text in PERIODS.items())


def _plain(which: TopicFilter) -> Callable[[Call], Awaitable[Answer]]:
    path = f"/{which.value}"

    async def get_list(call: Call) -> Answer:
        view = await list_topics(call.unit, list_command(call, which))
        return _page(call, view, which=which, path=path, places=await list_places(call))

    return get_list


async def list_places(call: Call) -> list[Mark]:
    """The outermost categories, for the rail."""
    view = await list_categories(call.unit)
    return [mark for each in view.categories if len(each.path) == 1 for mark in category_marks(each)]


def _page(call: Call, view: TopicListView, *, which: TopicFilter, path: str, places: list[Mark]) -> Answer:
    words = WORDS[which]
    return page(
        call,
        "list.html",
        around=Around(
            title=words.heading, section="latest" if call.path == "/" else which.value, json_path=json_of(call, path)
        ),
        heading=words.heading,
        listing=listing(call, view, path=path, empty=words.empty),
        tabs=tabs(call.unit, which.value),
        periods=periods(path, view.period) if which is TopicFilter.TOP else (),
        top_tags=tag_links(view.top_tags[:20]),
        places=places[:_MOST_PLACES],
        welcome=call.unit.site.site_description,
    )


def json_of(call: Call, path: str) -> str:
    """Where the same list is as data."""
    query = call.query_string.decode("latin-1")
    return f"{path}.json?{query}" if query else f"{path}.json"


get_latest = _plain(TopicFilter.LATEST)
get_new = _plain(TopicFilter.NEW)
get_unread = _plain(TopicFilter.UNREAD)
get_unseen = _plain(TopicFilter.UNSEEN)
get_top = _plain(TopicFilter.TOP)
get_hot = _plain(TopicFilter.HOT)
get_read = _plain(TopicFilter.READ)
get_posted = _plain(TopicFilter.POSTED)
get_bookmarks = _plain(TopicFilter.BOOKMARKED)


async def get_created_by(call: Call) -> Answer:
    user = (await read_user(call.unit, username=call.word("username"))).user
    command = msgspec.structs.replace(list_command(call, TopicFilter.CREATED), user_id=user.id)
    return _created_page(call, await list_topics(call.unit, command), username=user.username)


def _created_page(call: Call, view: TopicListView, *, username: str) -> Answer:
    path, heading = f"/topics/created-by/{username}", f"Topics by {username}"
    return page(
        call,
        "list.html",
        around=Around(title=heading, json_path=json_of(call, path)),
        heading=heading,
        listing=listing(call, view, path=path, empty=WORDS[TopicFilter.CREATED].empty),
    )
