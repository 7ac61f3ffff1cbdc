"""From what a caller asks of a list to its form and parameters: which clauses hold, in which order, for whom.

No statement is run here. Read next: `listing.py`; the clauses are in `store/lists/clauses.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from tertulia.forum.groups.members_of import NOBODY, MembersSpec
from tertulia.forum.unit import Unit
from tertulia.model.errors import ParameterInvalid
from tertulia.model.levels import Level
from tertulia.model.topics import ListTopics, TopicFilter, TopicOrder
from tertulia.store import visibility as visibility_store
from tertulia.store.lists.topics import ListSpec

DAY = 86_400_000
NEW_DAYS = 2  # source: upstream's default for how long a topic counts as new
PERIODS: Mapping[str, int | None] = {
    "all": None,
    "yearly": 365,
    "quarterly": 91,
    "monthly": 30,
    "weekly": 7,
    "daily": 1,
}
DEFAULT_PERIOD = "yearly"
_SHORT = 91  # days: a list of less is found by time and sorted
STATUSES: Mapping[str, str] = {
    "open": "open",
    "closed": "closed",
    "archived": "archived",
    "listed": "listed",
    "unlisted": "unlisted",
    "deleted": "deleted",
    "public": "public",
}
_RARE = ("closed", "archived", "unlisted", "deleted")  # these have indexes of their own
_OWN_SOURCES = (TopicFilter.HOT, TopicFilter.READ, TopicFilter.UNREAD)  # already few
MESSAGE_STATES = ("", "inbox", "sent", "archive", "unread", "new", "all")
_ORDERS: Mapping[TopicOrder, str] = {
    TopicOrder.CREATED: "created",
    TopicOrder.ACTIVITY: "activity",
    TopicOrder.VIEWS: "views",
    TopicOrder.POSTS: "posts",
    TopicOrder.CATEGORY: "category",
    TopicOrder.LIKES: "likes",
    TopicOrder.OP_LIKES: "op_likes",
    TopicOrder.POSTERS: "posters",
    TopicOrder.TITLE: "title",
}
_OWN_ORDERS: Mapping[TopicFilter, str] = {
    TopicFilter.TOP: "top",
    TopicFilter.HOT: "hot",
    TopicFilter.READ: "visited",
}
_NARROW = (
    TopicFilter.UNREAD,
    TopicFilter.READ,
    TopicFilter.POSTED,
    TopicFilter.BOOKMARKED,
    TopicFilter.CREATED,
    TopicFilter.HOT,
)
_UNMUTED = (TopicFilter.LATEST, TopicFilter.NEW, TopicFilter.UNSEEN, TopicFilter.TOP, TopicFilter.HOT)
_OF_READER: Mapping[TopicFilter, str] = {
    TopicFilter.NEW: "new",
    TopicFilter.UNREAD: "unread",
    TopicFilter.UNSEEN: "unseen",
    TopicFilter.READ: "visited",
    TopicFilter.POSTED: "posted",
    TopicFilter.BOOKMARKED: "bookmarked",
}


class Muted(msgspec.Struct, frozen=True):
    """Ids of what the reader muted."""

    categories: tuple[int, ...] = ()
    tags: tuple[int, ...] = ()


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """What the words of a command were found to mean. `are_large`: the categories hold a good part of all topics, so
    that walking the order finds a page sooner than sorting them; `are_common`: the same of the tags; `much_unread`: the
    same of what the reader has not read. `nothing`: no topic can match (an unknown tag)."""

    categories: tuple[int, ...] = ()
    are_large: bool = False
    are_common: bool = False
    tag_ids: tuple[int, ...] = ()
    excluded_tag_ids: tuple[int, ...] = ()
    muted: Muted = Muted()
    members: MembersSpec = NOBODY
    much_unread: bool = False
    nothing: bool = False


class Selection(msgspec.Struct, frozen=True):
    """A form with its parameters. `pins` says whether pinned topics come first."""

    spec: ListSpec
    values: dict[str, Any]
    pins: bool


def select(unit: Unit, command: ListTopics, *, chosen: Chosen) -> Selection:
    """The form of a list. Raises ParameterInvalid for words that mean nothing."""
    clauses: set[str] = set()
    values = visibility_store.values(unit.actor.visibility)
    values |= {"now": unit.now, "reader": unit.actor.user_id or 0, "owner": command.user_id or 0, "pinned_ids": ()}
    if command.filter is TopicFilter.MESSAGES:
        _choose_messages(unit, command, clauses=clauses, values=values)
    else:
        _choose_regular(unit, command, clauses=clauses, chosen=chosen, values=values)
    _narrow(command, clauses=clauses, chosen=chosen, values=values)
    order = _ORDERS.get(command.order) or _OWN_ORDERS.get(command.filter, "activity")
    pins = (
        command.filter is TopicFilter.LATEST
        and command.order in (TopicOrder.DEFAULT, TopicOrder.ACTIVITY)
        and not command.ascending
        and not command.topic_ids
    )
    few = _is_short(command) and "new_walked" not in clauses
    return Selection(ListSpec(frozenset(clauses), order, command.ascending, few=few), values, pins)


def _is_short(command: ListTopics) -> bool:
    """Whether the list is about a short time: what happened in it is a small part of everything."""
    if command.filter is TopicFilter.TOP:
        return (PERIODS[command.period or DEFAULT_PERIOD] or _SHORT) < _SHORT
    return command.filter is TopicFilter.NEW


def is_by_activity(command: ListTopics) -> bool:
    """Whether the topics that were active last come first (or last)."""
    return command.order in (TopicOrder.DEFAULT, TopicOrder.ACTIVITY) and command.filter not in _OWN_ORDERS


def _of_reader(command: ListTopics, *, chosen: Chosen, walks: bool) -> str:
    """The clause of a list about the reader. A page of new topics is found on the way down what was active in the same
    time, without sorting them all; other orders sort."""
    if chosen.much_unread:
        return "unread_walked"
    if command.filter is TopicFilter.NEW and walks and is_by_activity(command):
        return "new_walked"
    return _OF_READER[command.filter]


def _choose_messages(unit: Unit, command: ListTopics, *, clauses: set[str], values: dict[str, Any]) -> None:
    if command.state not in MESSAGE_STATES:
        raise ParameterInvalid(name="state", problem="is not one of " + ", ".join(MESSAGE_STATES[1:]))
    clauses |= {"message", "message_visible", "live"}
    put_away = "archived" if command.state == "archive" else "current"
    if command.group_id is not None:
        values["group_id"] = command.group_id
        clauses.add(f"group_message_{put_away}")
    else:
        clauses.add(f"message_{put_away}")
    if command.state == "sent":
        clauses.add("posted_by_owner")
    elif command.state in ("", "inbox") and command.group_id is None and not command.tags:
        clauses.add("others_posted")
    elif command.state in ("unread", "new"):
        clauses.add(command.state)
        if command.state == "new":  # what is unread is tracked, so it is not muted
            clauses.add("unmuted")
        _since(unit, values)


def _choose_regular(
    unit: Unit, command: ListTopics, *, clauses: set[str], chosen: Chosen, values: dict[str, Any]
) -> None:
    walks = _walks_order(command, chosen)
    clauses |= {"regular" if walks else "regular_unordered", "categories"}
    _choose_status(unit, command, clauses=clauses)
    values["category_ids"] = chosen.categories
    if len(chosen.categories) == 1 and not walks:
        clauses.add("category")
        values["category_id"] = chosen.categories[0]
    elif command.category_id is not None:
        clauses.add("large_categories" if chosen.are_large else "small_categories")
    if command.filter in _OF_READER:
        clauses.add(_of_reader(command, chosen=chosen, walks=walks))
        _since(unit, values)
    if command.group_id is not None:
        clauses.add(f"created_by_{'role' if chosen.members.of_role else 'few' if chosen.members.few else 'members'}")
        values |= chosen.members.values
    elif command.filter is TopicFilter.CREATED or command.user_id is not None:
        clauses.add("created_by")
    if command.filter is TopicFilter.HOT:
        clauses.add("recent")
    if command.filter is TopicFilter.TOP:
        days = PERIODS[command.period or DEFAULT_PERIOD]
        if days is not None:
            clauses.add("bumped_since" if _is_short(command) else "active_since")
            values["since"] = unit.now - days * DAY
    if command.state:
        if command.state.upper() not in Level.__members__:
            raise ParameterInvalid(name="state", problem="is not a level")
        clauses.add("at_level")
        values["level"] = int(Level[command.state.upper()])
    elif command.filter in _UNMUTED and unit.actor.user is not None and not command.topic_ids:
        _leave_muted_out(command, clauses=clauses, muted=chosen.muted, values=values)


def _walks_order(command: ListTopics, chosen: Chosen) -> bool:
    """Whether most topics match, so that the index of the order gives a page at once. Where few match, they are
    found by what they have in common and sorted."""
    if (command.group_id is not None and not chosen.members.few) or chosen.much_unread:
        return True
    is_narrow = command.filter in _NARROW or command.user_id is not None or command.topic_ids
    if command.tags and not is_narrow:
        return chosen.are_common
    return not (is_narrow or command.state or command.status in _RARE) and (
        command.category_id is None or (chosen.are_large and not _has_own_index(command, chosen))
    )


def _has_own_index(command: ListTopics, chosen: Chosen) -> bool:
    """A single category is walked down in these orders."""
    orders = (TopicOrder.DEFAULT, TopicOrder.ACTIVITY, TopicOrder.CREATED)
    return len(chosen.categories) == 1 and command.order in orders and command.filter not in _OWN_ORDERS


def _choose_status(unit: Unit, command: ListTopics, *, clauses: set[str]) -> None:
    """Deleted and unlisted topics come only when asked for, and for those who see them; everybody's own list of
    topics holds the unlisted ones."""
    if command.status and command.status not in STATUSES:
        raise ParameterInvalid(name="status", problem="is not one of " + ", ".join(STATUSES))
    visibility = unit.actor.visibility
    if command.status:
        clauses.add(STATUSES[command.status])
    if not (command.status == "deleted" and visibility.sees_deleted):
        clauses.add("live")
    own = command.user_id is not None and command.user_id == unit.actor.user_id
    sees_unlisted = visibility.sees_unlisted and command.status in ("unlisted", "deleted")
    if not (own or sees_unlisted):
        clauses.add("listed")


def _leave_muted_out(command: ListTopics, *, clauses: set[str], muted: Muted, values: dict[str, Any]) -> None:
    clauses.add("unmuted")
    categories = tuple(each for each in muted.categories if each != command.category_id)
    if categories:
        clauses.add("categories_unmuted")
        values["muted_categories"] = categories
    if muted.tags and not command.tags:
        clauses.add("tags_unmuted")
        values["muted_tags"] = muted.tags


def _since(unit: Unit, values: dict[str, Any]) -> None:
    joined = unit.actor.user.created_at if unit.actor.user else 0
    values["since"] = joined
    values["new_since"] = max(unit.now - NEW_DAYS * DAY, joined)


def _narrow(command: ListTopics, *, clauses: set[str], chosen: Chosen, values: dict[str, Any]) -> None:
    bounds = {
        "min_posts": command.min_posts,
        "max_posts": command.max_posts,
        "before": command.before,
        "bumped_before": command.bumped_before,
    }
    for name, bound in bounds.items():
        if bound is not None:
            clauses.add(name)
            values[name] = bound
    if command.topic_ids:
        clauses.add("ids")
        values["topic_ids"] = command.topic_ids
    if command.tags:
        several = command.match_all_tags and len(command.tags) > 1
        clauses.add("tags_common" if chosen.are_common else "tags_any")
        clauses |= {"tags_all"} if several else set()
        values |= {"tag_ids": chosen.tag_ids, "tag_count": len(chosen.tag_ids)}
    if chosen.excluded_tag_ids:
        clauses.add("tags_none")
        values["excluded_tag_ids"] = chosen.excluded_tag_ids
    if command.no_tags:
        clauses.add("untagged")
    if command.search.strip():
        clauses |= {"search", *_searched(command, chosen)}
        values["search"] = _contains(command.search)
        if len(chosen.categories) == 1:
            values["category_id"] = chosen.categories[0]


def _searched(command: ListTopics, chosen: Chosen) -> tuple[str, ...]:
    """Among which topics titles are looked at, where they may be many: nothing that is asked for beside is lost."""
    if command.filter in (TopicFilter.MESSAGES, *_OWN_SOURCES) or command.status in _RARE:
        return ()
    if len(chosen.categories) == 1:
        return () if command.filter in _NARROW or command.user_id is not None else ("newest_of_category",)
    return ("newest",) if _walks_order(command, chosen) else ()


def _contains(words: str) -> str:
    escaped = words.strip()[:200].lower().replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"%{escaped}%"
