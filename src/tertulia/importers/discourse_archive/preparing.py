"""Before the first topic: what is in the way is named, what founding made gives way, ids and categories are set.

All of it is one transaction, so that an import either has begun or has changed nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec

from tertulia.forum.loading.counting import reserve_ids
from tertulia.forum.loading.occupancy import Claim, Clashes, Highest, find_clashes, find_highest
from tertulia.forum.loading.people import free_user_id, list_taken_names
from tertulia.forum.loading.places import list_taken_places, load_categories, remove_welcome_topic
from tertulia.forum.loading.progress import Load, Offsets, begin_load
from tertulia.forum.unit import Unit
from tertulia.forum.users.names import username_key
from tertulia.importers.discourse_archive.people import Named, choose_usernames
from tertulia.importers.discourse_archive.places import Described, choose_categories, with_free_names
from tertulia.importers.discourse_archive.survey import Observed, Survey
from tertulia.model.users import ADMIN_ID

_SHOWN = 20
_WELCOME_ID = 1


class ImportRefused(Exception):
    """Ids or names of the archive belong to others here; the message names them and says what helps."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What make_room needs: the archive's survey and fingerprint, names of categories, and whether ids may move."""

    survey: Survey
    fingerprint: str
    described: Mapping[int, Described]
    offset_ids: bool


async def make_room(plan: Plan, *, open_unit: Callable[[], Unit]) -> tuple[Load, list[str]]:
    """Begins the load; answers it and sentences about what had to move. Raises ImportRefused."""
    async with open_unit() as unit:
        await unit.write()
        highest = await find_highest(unit)
        offsets = Offsets()
        if plan.offset_ids:
            offsets = Offsets(user=highest.user, topic=highest.topic, post=highest.post, category=highest.category)
        else:
            clashes = await find_clashes(unit, _claim(plan.survey))
            if clashes.any:
                raise ImportRefused(_sentence(clashes))
        load = await begin_load(unit, plan.fingerprint, offsets=offsets)
        said = await _give_way(unit, plan.survey, offsets=offsets, highest=highest)
        said += await _put_categories(unit, plan, offsets=offsets)
        await unit.commit()
    return load, said


async def names_in_the_way(unit: Unit, people: Mapping[int, Observed], *, offset: int) -> dict[str, int]:
    """Keys of usernames that other accounts have, however often the import is run."""
    keys = {username_key(person.username): each for each, person in people.items() if person.username}
    taken = await list_taken_names(unit, [*keys, "system"])
    return {
        key: owner for key, owner in taken.items() if key not in keys or owner != _shifted(keys[key], offset=offset)
    }


async def choose_free_usernames(unit: Unit, people: Mapping[int, Observed], *, offset: int) -> Named:
    """A usable name for each person that no other account has; the same ones however often the import is run."""
    taken = await names_in_the_way(unit, people, offset=offset)
    while True:
        named = choose_usernames(people, taken=taken)
        # A name that was wanted is known to be free; one that was made instead may be somebody's, too.
        made = {username_key(name): each for each, name in named.usernames.items() if name != people[each].username}
        owners = await list_taken_names(unit, [*made])
        others = {key: owner for key, owner in owners.items() if owner != _shifted(made[key], offset=offset)}
        if not others:
            return named
        taken |= others


def _shifted(user_id: int, *, offset: int) -> int:
    return user_id if user_id < 0 else user_id + offset


def _claim(survey: Survey) -> Claim:
    people = survey.people.values()
    return Claim(
        user_ids=[person.id for person in people],
        usernames={username_key(person.username): person.id for person in people if person.username},
        category_ids=survey.category_ids,
        topic_ids=survey.posts.keys(),
        post_ids=survey.post_ids,
    )


async def _give_way(unit: Unit, survey: Survey, *, offsets: Offsets, highest: Highest) -> list[str]:
    """Moves the admin, removes the welcome topic, and keeps every id of the archive from being given away."""
    said = []
    top = Highest(
        max([highest.user, *(_shifted(each, offset=offsets.user) for each in survey.people)]),
        max([highest.topic, *(each + offsets.topic for each in survey.posts)]),
        max([highest.post, *(each + offsets.post for each in survey.post_ids)]),
        max([highest.category, *(each + offsets.category for each in survey.category_ids)]),
    )
    if ADMIN_ID in survey.people and not offsets.user:
        top = msgspec.structs.replace(top, user=top.user + 1)
        admin = await free_user_id(unit, ADMIN_ID, to=top.user)
        if admin is not None:
            said.append(
                f"The administrator {admin.username} has the id {admin.id} now, because the archive has a user "
                f"{ADMIN_ID}; password, keys and tokens are as before."
            )
    if not offsets.topic and (_WELCOME_ID in survey.posts or _WELCOME_ID in survey.post_ids):
        await remove_welcome_topic(unit)
        said.append("The welcome topic was removed, because the archive has its ids.")
    await reserve_ids(unit, top)
    return said


async def _put_categories(unit: Unit, plan: Plan, *, offsets: Offsets) -> list[str]:
    categories = choose_categories(
        plan.survey.category_ids,
        plan.described,
        offset=offsets.category,
        created_at=plan.survey.earliest,
    )
    keys = {key for category in categories for key in (category.name_key, category.slug_key)}
    taken: dict[str, int] = {}
    found = await list_taken_places(unit, keys)
    free, said = with_free_names(categories, taken=found)
    while found.keys() - taken.keys():  # a name that was made instead may be somebody's, too
        taken |= found
        free, said = with_free_names(categories, taken=taken)
        found = await list_taken_places(unit, [key for each in free for key in (each.name_key, each.slug_key)])
    await load_categories(unit, free)
    return said


def _sentence(clashes: Clashes) -> str:
    parts = [
        _listed("user ids", clashes.user_ids),
        _listed("usernames", clashes.usernames),
        _listed("category ids", clashes.category_ids),
        _listed("topic ids", clashes.topic_ids),
        _listed("post ids", clashes.post_ids),
    ]
    return (
        "the archive has ids or names that belong to others in this forum: "
        + "; ".join(part for part in parts if part)
        + ". Import into a new forum, or add --offset-ids to give everything in the archive ids above those here."
    )


def _listed(noun: str, values: Iterable[object]) -> str:
    found = [str(value) for value in values]
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return f"{noun} {', '.join(found[:_SHOWN])}{more}" if found else ""
