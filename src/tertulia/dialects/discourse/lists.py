"""Topic lists: what to show is in the path and the query, and every list answers in the same form."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

import msgspec

from tertulia.dialects.discourse.answers import redirect
from tertulia.dialects.discourse.commands import tag_names
from tertulia.dialects.discourse.shapes.lists import TopicListAnswer
from tertulia.forum.addresses import category_path
from tertulia.forum.categories.reading import find_category_by_path, read_category
from tertulia.forum.topics.listing import list_topics
from tertulia.forum.users.profiles import read_user
from tertulia.http.call import Answer, Call
from tertulia.model.categories import CategoryView
from tertulia.model.errors import CategoryMissing, ParameterInvalid
from tertulia.model.topics import ListTopics, TopicFilter, TopicOrder

PERIODS = ("all", "yearly", "quarterly", "monthly", "weekly", "daily")
STATUSES = ("open", "closed", "archived", "listed", "unlisted", "deleted", "public")
_TOP_PER_PAGE = 50
_ORDERS = frozenset(order.value for order in TopicOrder)
_FILTERS = frozenset(which.value for which in TopicFilter)
_KEPT = ("order", "ascending", "status", "per_page", "min_posts", "max_posts", "q", "search", "tags", "category")


def list_command(call: Call, which: TopicFilter) -> ListTopics:
    """The query of a list. Unknown parameters are ignored, badly typed ones refused (ParameterInvalid)."""
    parameters = call.parameters
    order = parameters.text("order") or "default"
    period = parameters.text("period") or ""
    status = parameters.text("status") or ""
    if which is TopicFilter.TOP and period and period not in PERIODS:
        raise ParameterInvalid(name="period", problem="choice")
    default_size = _TOP_PER_PAGE if which is TopicFilter.TOP else 30
    return ListTopics(
        filter=which,
        category_id=parameters.integer("category", minimum=1),
        include_subcategories=not parameters.boolean("no_subcategories", default=False),
        tags=tag_names(parameters) or (),
        match_all_tags=parameters.boolean("match_all_tags", default=False),
        exclude_tags=(excluded,) if (excluded := parameters.text("exclude_tag")) else (),
        no_tags=parameters.boolean("no_tags", default=False),
        topic_ids=tuple(parameters.integers("topic_ids", minimum=1)[:1000]),
        order=TopicOrder(order) if order in _ORDERS else TopicOrder.DEFAULT,
        ascending=parameters.boolean("ascending", default=False),
        status=status if status in STATUSES else "",
        state=parameters.text("state") or "",
        period=period,
        min_posts=parameters.integer("min_posts", minimum=0, maximum=10**9),
        max_posts=parameters.integer("max_posts", minimum=0, maximum=10**9),
        search=(parameters.text("q") or parameters.text("search") or "")[:1000],
        page=parameters.integer("page", minimum=0, maximum=100_000, default=0),
        per_page=parameters.integer("per_page", minimum=1, maximum=100, default=default_size),
    )


def more_url(call: Call, command: ListTopics, path: str) -> str:
    """Where the next page is: the list's own path without `.json`, and the query that decides what it holds."""
    query = {name: call.query.text(name) for name in _KEPT if call.query.text(name)}
    if command.period:
        query["period"] = command.period
    return f"{path}?{urlencode({**query, 'page': command.page + 1})}"


async def _list(call: Call, command: ListTopics, *, path: str, filter_name: str | None = None) -> TopicListAnswer:
    view = await list_topics(call.unit, command)
    return TopicListAnswer.of(view, more_url=more_url(call, command, path), filter_name=filter_name)


def _plain(which: TopicFilter, path: str) -> Callable[[Call], Awaitable[TopicListAnswer]]:
    async def get_list(call: Call) -> TopicListAnswer:
        return await _list(call, list_command(call, which), path=path)

    return get_list


get_latest = _plain(TopicFilter.LATEST, "/latest")
get_new = _plain(TopicFilter.NEW, "/new")
get_unread = _plain(TopicFilter.UNREAD, "/unread")
get_unseen = _plain(TopicFilter.UNSEEN, "/unseen")
get_top = _plain(TopicFilter.TOP, "/top")
get_hot = _plain(TopicFilter.HOT, "/hot")
get_read = _plain(TopicFilter.READ, "/read")
get_posted = _plain(TopicFilter.POSTED, "/posted")
get_bookmarks = _plain(TopicFilter.BOOKMARKED, "/bookmarks")


async def get_top_period(call: Call) -> Answer:
    period = call.word("period")
    if period not in PERIODS:
        raise ParameterInvalid(name="period", problem="choice")
    return redirect(call, f"/top.json?period={period}")


async def get_created_by(call: Call) -> TopicListAnswer:
    user = (await read_user(call.unit, username=call.word("username"))).user
    command = list_command(call, TopicFilter.CREATED)
    command = _replace(command, user_id=user.id)
    return await _list(call, command, path=f"/topics/created-by/{user.username}")


# -- categories -------------------------------------------------------------------------------------
async def get_category(call: Call) -> TopicListAnswer | Answer:
    """A category's list under its right address; `slug` paths and bare ids are redirected there."""
    view, which = await _category_of(call), _filter_of(call)
    path = category_path([ref.slug for ref in view.path], view.category.id)
    if not _is_right_address(call, view):
        tail = f"/l/{which.value}" if "filter" in call.path_parameters else ""
        return redirect(call, path + tail + (".json" if call.path.endswith(".json") else ""))
    alone = call.path.removesuffix(".json").split("/l/")[0].endswith("/none")
    command = _replace(list_command(call, which), category_id=view.category.id, include_subcategories=not alone)
    return await _list(call, command, path=path + f"/l/{which.value}", filter_name=which.value)


def _is_right_address(call: Call, view: CategoryView) -> bool:
    given = call.path_parameters
    slugs = [str(given[name]) for name in ("parent_slug", "slug") if name in given]
    # Clients that know no ids ask for `/c/SLUG/l/latest`, and not all of them follow redirects.
    exact = "category_id" in given or "filter" in given
    return exact and slugs == [ref.slug for ref in view.path]


async def _category_of(call: Call) -> CategoryView:
    if "category_id" in call.path_parameters:
        return await read_category(call.unit, call.integer("category_id"))
    slugs = tuple(str(call.path_parameters[name]) for name in ("parent_slug", "slug") if name in call.path_parameters)
    return await find_category_by_path(call.unit, slugs)


def _filter_of(call: Call) -> TopicFilter:
    name = call.path_parameters.get("filter", "latest")
    if name not in _FILTERS or name in ("created", "messages"):
        raise CategoryMissing()
    return TopicFilter(name)


def _replace(command: ListTopics, **changes: object) -> ListTopics:
    return msgspec.structs.replace(command, **changes)
