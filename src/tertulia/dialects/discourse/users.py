"""Profiles: reading one in its many forms, changing it, and finding people. Registering is in `accounts.py`."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, UnsetType

from tertulia.dialects.discourse.answers import Success, nothing, success
from tertulia.dialects.discourse.shapes.people import BasicUser
from tertulia.dialects.discourse.shapes.users import Profile, Reader, UpdatedUser, UserAnswer, UserCardAnswer
from tertulia.forum.account_deleting import delete_user as remove_user
from tertulia.forum.groups.reading import list_groups
from tertulia.forum.keys.apps import list_apps
from tertulia.forum.users import profiles
from tertulia.forum.users.choices import read_choices, view_groups_of
from tertulia.forum.users.listing import search_users as find_people
from tertulia.http.bodies import Parameters
from tertulia.http.call import Answer, Call
from tertulia.model.errors import NotAllowed
from tertulia.model.groups import ListGroups
from tertulia.model.users import UpdateUser, UserView

_MOST_CARDS = 50  # source: upstream's limit of one request
_MOST_FOUND = 50
_TEXTS = {
    "name": "name", "bio_raw": "bio_raw", "location": "location", "website": "website", "locale": "locale",
    "timezone": "timezone", "date_of_birth": "birthday",
}  # fmt: skip


def reader_of(call: Call) -> Reader:
    """Who looks at a profile."""
    actor = call.actor
    return Reader(logged_in=actor.user is not None, is_admin=actor.is_admin, now=call.unit.now)


async def profile_of(call: Call, view: UserView) -> Profile:
    """A profile with its groups and, for those who may edit it, what its owner chose."""
    groups = await view_groups_of(call.unit, view)
    apps = await list_apps(call.unit, view.user.id) if view.can_edit else ()
    choices = await read_choices(call.unit, view)
    return Profile.of(view, reader=reader_of(call), groups=groups, choices=choices, apps=apps)


async def named_user(call: Call) -> UserView:
    """The user whom the path names. Raises UserMissing."""
    return await profiles.read_user(call.unit, username=call.word("username"))


# -- reading ----------------------------------------------------------------------------------------
async def get_user(call: Call) -> UserAnswer:
    return UserAnswer(user_badges=[], user=await profile_of(call, await named_user(call)))


async def get_user_by_external_id(call: Call) -> UserAnswer:
    view = await profiles.read_user(call.unit, external_id=call.word("external_id"))
    return UserAnswer(user_badges=[], user=await profile_of(call, view))


async def get_card(call: Call) -> UserCardAnswer:
    return UserCardAnswer(user=await profile_of(call, await named_user(call)))


async def get_cards(call: Call) -> Any:
    """Short forms of at most 50 users by id; unknown ones are left out."""
    ids = call.parameters.integers("user_ids")[:_MOST_CARDS]
    cards = await profiles.read_cards(call.unit, ids)
    return {"users": [BasicUser.of(cards[each]) for each in dict.fromkeys(ids) if each in cards]}


async def get_emails(call: Call) -> Any:
    view = await named_user(call)
    if not view.sees_email:
        raise NotAllowed()
    return {
        "email": view.user.email or "",
        "secondary_emails": [],
        "unconfirmed_emails": [],
        "associated_accounts": [],
    }


async def search_users(call: Call) -> Any:
    """People, and groups if asked, whose names begin with `term`."""
    parameters = call.parameters
    term = parameters.text("term", default="")
    limit = parameters.integer("limit", default=6, minimum=1, maximum=10**6)
    found = await find_people(call.unit, term, limit=min(limit, _MOST_FOUND))
    answer: dict[str, Any] = {"users": [BasicUser.of(card) for card in found]}
    if parameters.boolean("include_groups", default=False) and term.strip():
        groups = await list_groups(call.unit, ListGroups(filter=term, per_page=_MOST_FOUND))
        answer["groups"] = [
            {"name": view.group.name, "full_name": view.group.full_name or None} for view in groups.groups
        ]
    return answer


# -- changing ---------------------------------------------------------------------------------------
async def update_user(call: Call) -> UpdatedUser:
    view = await named_user(call)
    changed = await profiles.update_user(call.unit, update_command(call.parameters, user_id=view.user.id))
    return UpdatedUser(success="OK", user=await profile_of(call, changed))


def update_command(parameters: Parameters, *, user_id: int) -> UpdateUser:
    """The fields of a profile that the request names; preferences that do not exist here are ignored."""
    nested = parameters.nested("user") if isinstance(parameters.value("user"), dict) else parameters
    source = nested if nested.values else parameters
    title = source.text("title", default="") or None if source.has("title") else UNSET
    group_id: int | None | UnsetType = UNSET
    if source.has("primary_group_id"):
        group_id = source.integer("primary_group_id", minimum=0) or None
    texts: dict[str, str | UnsetType] = {
        field: source.text(name, default="") if source.has(name) else UNSET for name, field in _TEXTS.items()
    }
    return UpdateUser(user_id=user_id, title=title, primary_group_id=group_id, **texts)


async def rename_user(call: Call) -> Any:
    new_username = call.parameters.required_text("new_username").strip()
    view = await named_user(call)
    user = await profiles.rename_user(call.unit, view.user.id, new_username)
    return {"id": user.id, "username": user.username}


async def change_email(call: Call) -> Answer:
    email = call.parameters.required_text("email")
    view = await named_user(call)
    await profiles.change_email(call.unit, view.user.id, email)
    return nothing()


async def delete_user(call: Call) -> Success:
    view = await named_user(call)
    await remove_user(call.unit, view.user.id)
    return success()
