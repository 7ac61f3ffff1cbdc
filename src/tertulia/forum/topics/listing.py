"""Lists of topics: what a reader may see of them, page by page, the pinned ones first.

Read next: `selecting.py` (what the words of a command mean), `list_items.py` (what a row shows).
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tertulia.forum.categories.reading import read_category
from tertulia.forum.groups.members_of import members_spec
from tertulia.forum.permissions import able, allow
from tertulia.forum.tags.names import tag_key
from tertulia.forum.topics.list_items import view_topics
from tertulia.forum.topics.selecting import DEFAULT_PERIOD, PERIODS, Chosen, Muted, Selection, is_by_activity, select
from tertulia.forum.unit import Unit
from tertulia.model.errors import NotFound, ParameterInvalid
from tertulia.model.levels import Level, Subject
from tertulia.model.privileges import Privilege
from tertulia.model.tags import TagRef
from tertulia.model.topics import ListTopics, Topic, TopicFilter, TopicListView
from tertulia.store import cards, levels
from tertulia.store.freshness import NO_TOPIC, NOBODY
from tertulia.store.lists.landmarks import Landmarks
from tertulia.store.lists.topics import ListSpec, count_topics
from tertulia.store.lists.topics import list_topics as list_stored_topics
from tertulia.store.readers.falling_behind import count_maybe_unread

MOST_PER_PAGE = 100
MOST_PAGE = 100_000
TOP_TAGS = 10
_OF_ITEM = 10_000  # bytes of a row with those it names and what is made of it, in memory
_KEPT = (TopicFilter.LATEST, TopicFilter.TOP, TopicFilter.HOT, TopicFilter.NEW, TopicFilter.UNREAD)
MOST_COUNTED = 1_000
_OF_CATEGORIES = frozenset({"category", "large_categories", "small_categories"})
# Lists of these clauses hold what categories count: listed topics that are not deleted.
_COUNTED = _OF_CATEGORIES | {
    "regular", "regular_unordered", "categories", "live", "listed", "unmuted", "categories_unmuted",
}  # fmt: skip
# To fill a page of 30 on the way down all n topics, 30 n / t are passed; t are sorted otherwise. The dearer one costs
# some thousands at most in a forum of a million.
_FILL = 30
_MUCH_UNREAD, _MOST_UNREAD = 500, 10_000  # topics: fewer are sorted in no time; more are not counted

_PUBLIC = (TopicFilter.LATEST, TopicFilter.TOP, TopicFilter.HOT, TopicFilter.CREATED)


async def list_topics(unit: Unit, command: ListTopics) -> TopicListView:
    """One page of a list: `per_page` topics (1..100) and whether there are more.

    Raises LoginRequired for lists about the reader, CategoryMissing, ParameterInvalid (page, status, state, period),
    NotFound for the messages of others."""
    command = _checked(unit, command)
    key = _key(unit, command)
    known: TopicListView | None = unit.recall(key) if key is not None else None
    if known is None:
        known = await _read_list(unit, command)
        if key is not None:
            known = msgspec.structs.replace(known, forms={})
            size = command.per_page * _OF_ITEM
            unit.keep(key, known, topic_id=NO_TOPIC, user_id=unit.actor.user_id or NOBODY, size=size)
    return known


def _key(unit: Unit, command: ListTopics) -> tuple[object, ...] | None:
    """What a member's own list is kept under, until any list changes or something of theirs; visitors are given
    whole answers again. The first pages only: nobody asks for others twice."""
    user = unit.actor.user
    if user is None or command.filter not in _KEPT or command.page or command.search or command.topic_ids:
        return None
    return ("list", user.id, command)


async def _read_list(unit: Unit, command: ListTopics) -> TopicListView:
    category = await read_category(unit, command.category_id) if command.category_id is not None else None
    known_tags = await cards.list_tags_by_keys(
        unit.tx, [tag_key(name) for name in (*command.tags, *command.exclude_tags)]
    )
    chosen = await _choose(unit, command, known_tags=known_tags)
    selection = select(unit, command, chosen=chosen)
    found, total = await _find(unit, command, selection=selection, nothing=chosen.nothing)
    items, users = await view_topics(
        unit,
        found[: command.per_page],
        with_teasers=command.with_teasers,
        messages=command.filter is TopicFilter.MESSAGES,
    )
    return TopicListView(
        items=items,
        users=users,
        page=command.page,
        per_page=command.per_page,
        more=len(found) > command.per_page,
        can_create_topic=_can_create_topic(unit, command.category_id),
        top_tags=await cards.list_top_tags(unit.tx, limit=TOP_TAGS),
        category=category,
        tag=known_tags.get(tag_key(command.tags[0])) if len(command.tags) == 1 else None,
        total=total,
        period=command.period if command.filter is TopicFilter.TOP else None,
        mine=command.user_id if command.filter is TopicFilter.MESSAGES else None,
    )


async def list_new_topics(unit: Unit, *, limit: int) -> list[Topic]:
    """The newest topics that are new to the actor, at most `limit`."""
    command = ListTopics(filter=TopicFilter.NEW)
    selection = select(unit, command, chosen=await _choose(unit, command, known_tags={}))
    return await list_stored_topics(unit.tx, selection.spec, offset=0, limit=limit, **selection.values)


def _checked(unit: Unit, command: ListTopics) -> ListTopics:
    if command.filter not in _PUBLIC:
        allow(unit, "member")
    if not 0 <= command.page <= MOST_PAGE:
        raise ParameterInvalid(name="page", problem=f"is not from 0 to {MOST_PAGE}")
    if command.period and command.period not in PERIODS:
        raise ParameterInvalid(name="period", problem="is not one of " + ", ".join(PERIODS))
    owner = command.user_id
    is_somebodys = command.filter is TopicFilter.MESSAGES or command.group_id is None
    if command.filter in (TopicFilter.MESSAGES, TopicFilter.CREATED) and owner is None and is_somebodys:
        owner = unit.actor.user_id
    if command.filter is TopicFilter.MESSAGES and owner != unit.actor.user_id and not unit.actor.is_admin:
        raise NotFound()
    return msgspec.structs.replace(
        command,
        user_id=owner,
        per_page=min(max(command.per_page, 1), MOST_PER_PAGE),
        period=command.period or DEFAULT_PERIOD,
    )


async def _choose(unit: Unit, command: ListTopics, *, known_tags: dict[str, TagRef]) -> Chosen:
    keys = dict.fromkeys(tag_key(name) for name in command.tags)
    tag_ids = tuple(known_tags[key].id for key in keys if key in known_tags)
    excluded = {tag_key(name) for name in command.exclude_tags}
    tree = await cards.list_category_tree(unit.tx) if command.category_id is not None or keys else []
    categories, are_large = _family(unit, command, tree=tree)
    tagged = sum(known_tags[key].topic_count for key in keys if key in known_tags)
    return Chosen(
        categories=categories,
        are_large=are_large,
        are_common=_is_walked_down(tagged, total=sum(count for _, _, count in tree)),
        tag_ids=tag_ids,
        excluded_tag_ids=tuple(known_tags[key].id for key in sorted(excluded) if key in known_tags),
        muted=await _muted(unit),
        members=await members_spec(unit, command.group_id),
        much_unread=await _has_much_unread(unit, command),
        nothing=(
            (bool(keys) and not tag_ids)
            or (command.match_all_tags and len(tag_ids) < len(keys))
            or (command.category_id is not None and not categories)
        ),
    )


def _family(unit: Unit, command: ListTopics, *, tree: Sequence[tuple[int, int, int]]) -> tuple[tuple[int, ...], bool]:
    """The wanted category with everything below it, as far as the actor can read them, and whether they are large."""
    if command.category_id is None:
        return (), False
    wanted = {command.category_id}
    while command.include_subcategories and (
        below := {child for child, parent, _ in tree if parent in wanted} - wanted
    ):
        wanted |= below
    readable = wanted & set(unit.actor.visibility.category_ids)
    topics = sum(count for child, _, count in tree if child in readable)
    return tuple(sorted(readable)), _is_walked_down(topics, total=sum(count for _, _, count in tree))


async def _has_much_unread(unit: Unit, command: ListTopics) -> bool:
    """Whether the topics that the reader has to read are many, and nothing else narrows them down."""
    if command.filter is not TopicFilter.UNREAD:
        return False
    plain = ListTopics(filter=TopicFilter.UNREAD, order=command.order, period=command.period)
    shown = {"page": plain.page, "per_page": plain.per_page, "with_total": False, "with_teasers": False}
    if not is_by_activity(command) or msgspec.structs.replace(command, **shown) != plain:
        return False
    unread = await count_maybe_unread(unit.tx, unit.actor.user_id or 0, most=_MOST_UNREAD)
    if unread < _MUCH_UNREAD:
        return False
    return _is_walked_down(unread, total=sum(count for _, _, count in await cards.list_category_tree(unit.tx)))


def _is_walked_down(part: int, *, total: int) -> bool:
    """Whether so many of all topics are found sooner on the way down an order than by sorting them."""
    return part * part > _FILL * total


async def _muted(unit: Unit) -> Muted:
    if unit.actor.user_id is None:
        return Muted()
    found = {}
    for subject in (Subject.CATEGORY, Subject.TAG):
        chosen = await levels.list_levels(unit.tx, unit.actor.user_id, subject=subject)
        found[subject] = tuple(sorted(each for each, level in chosen.items() if level == Level.MUTED))
    return Muted(found[Subject.CATEGORY], found[Subject.TAG])


async def _find(
    unit: Unit, command: ListTopics, *, selection: Selection, nothing: bool
) -> tuple[list[Topic], int | None]:
    """The topics of a page and one more, if there is one. Pinned topics count as the first ones of the list."""
    if nothing:
        return [], 0 if command.with_total else None
    spec, values = selection.spec, selection.values
    start, wanted = command.page * command.per_page, command.per_page + 1
    pinned: list[Topic] = []
    if selection.pins:
        pinned = await _find_pinned(unit, command, selection=selection)
        spec = ListSpec(spec.clauses | {"others"}, spec.order, spec.ascending)
        values = values | {"pinned_ids": tuple(topic.id for topic in pinned)}
    found = pinned[start : start + wanted]
    if len(found) < wanted:
        found += await list_stored_topics(
            unit.tx,
            spec,
            offset=max(start - len(pinned), 0),
            limit=wanted - len(found),
            landmarks=unit.ports.memory.setdefault("landmarks", Landmarks()),
            **values,
        )
    total = None
    if command.with_total:
        total = await _count(unit, selection)
    return found, total


async def _count(unit: Unit, selection: Selection) -> int:
    """How many topics all pages have. Of plain lists categories know it; of others at most `MOST_COUNTED` are looked
    at (upstream, too, ends lists across the forum, at 200)."""
    clauses, values = selection.spec.clauses, selection.values
    if not clauses <= _COUNTED:
        return await count_topics(unit.tx, selection.spec, most=MOST_COUNTED, **values)
    wanted = set(values["visible_categories"])
    if clauses & _OF_CATEGORIES:
        wanted &= set(values["category_ids"])
    wanted -= set(values.get("muted_categories", ()))
    total = sum(count for category_id, _, count in await cards.list_category_tree(unit.tx) if category_id in wanted)
    if "unmuted" in clauses:
        muted = ListSpec(clauses - {"unmuted", "regular"} | {"muted", "regular_unordered"})
        total -= await count_topics(unit.tx, muted, most=MOST_COUNTED, **values)
    return total


async def _find_pinned(unit: Unit, command: ListTopics, *, selection: Selection) -> list[Topic]:
    """Few against all topics: they are found by their own index, whatever else must hold."""
    clauses = (selection.spec.clauses - {"regular", "category", "small_categories"}) | {"regular_unordered", "pinned"}
    if command.category_id is None:
        clauses |= {"pinned_globally"}
    else:
        clauses |= {"large_categories"}
    if unit.actor.user is not None:
        clauses |= {"pin_kept"}
    return await list_stored_topics(
        unit.tx, ListSpec(clauses, "pinned"), offset=0, limit=MOST_PER_PAGE, **selection.values
    )


def _can_create_topic(unit: Unit, category_id: int | None) -> bool:
    if category_id is not None:
        return able(unit, "topic.create", category_id=category_id)
    creates = (each for each in unit.actor.visibility.category_ids if unit.actor.holds(each, Privilege.TOPICS_CREATE))
    first = next(creates, None)
    return first is not None and able(unit, "topic.create", category_id=first)
