"""Groups: list, one, members, and every change, in today's form and in the forms of older clients."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from msgspec import UNSET, UnsetType

from tertulia.dialects.discourse.answers import Success, success
from tertulia.dialects.discourse.messaging.requests import get_requesters
from tertulia.dialects.discourse.shapes.groups import (
    CreatedGroup,
    Group,
    GroupAnswer,
    GroupListAnswer,
    MemberListAnswer,
)
from tertulia.forum.groups import members as membership
from tertulia.forum.groups.reading import list_groups, read_group
from tertulia.forum.groups.reading import list_members as list_stored_members
from tertulia.forum.groups.saving import delete_group as remove_group
from tertulia.forum.groups.saving import save_group
from tertulia.http.bodies import Parameters
from tertulia.http.call import Call
from tertulia.model.errors import ParameterMissing
from tertulia.model.groups import ChangeMembers, ListGroups, ListMembers, SaveGroup

PER_PAGE = 36  # source: upstream's page for desktop clients
_TEXTS = ("full_name", "bio_raw")
_LEVELS = (
    "visibility_level", "members_visibility_level", "mentionable_level", "messageable_level",
    "default_notification_level",
)  # fmt: skip
_FLAGS = ("public_admission", "public_exit", "allow_membership_requests", "primary_group")


# -- reading ----------------------------------------------------------------------------------------
async def get_groups(call: Call) -> GroupListAnswer:
    command = list_command(call)
    found = await list_groups(call.unit, command)
    kept = {name: value for name in ("type", "order", "asc", "filter") if (value := call.query.text(name))}
    more_url = f"/groups?{urlencode({**kept, 'page': command.page + 1})}"
    return GroupListAnswer.of(found, more_url=more_url, logged_in=call.actor.user is not None)


def list_command(call: Call) -> ListGroups:
    parameters = call.parameters
    return ListGroups(
        kind=parameters.text("type") or "all",
        filter=parameters.text("filter", default=""),
        username=parameters.text("username", default=""),
        order=parameters.text("order") or "name",
        ascending=parameters.boolean("asc", default=True),
        page=parameters.integer("page", default=0, minimum=0, maximum=1_000_000),
        per_page=PER_PAGE,
    )


async def search_groups(call: Call) -> list[Group]:
    """An array of all groups whose name holds the term: what pydiscourse calls `groups`."""
    automatic = not call.parameters.boolean("ignore_automatic", default=False)
    found = await list_groups(
        call.unit,
        ListGroups(
            kind="all" if automatic else "non_automatic",
            filter=call.parameters.text("term", default=""),
            per_page=1000,
        ),
    )
    return [Group.listed(view) for view in found.groups]


async def get_group(call: Call) -> GroupAnswer:
    return GroupAnswer.of(await read_group(call.unit, name=call.word("group_name")))


async def get_group_by_id(call: Call) -> GroupAnswer:
    return GroupAnswer.of(await read_group(call.unit, group_id=call.integer("group_id")))


async def get_members(call: Call) -> Any:
    """A page of members; with `requesters`, of those who ask to be let in."""
    if call.parameters.boolean("requesters", default=False):
        return await get_requesters(call)
    view = await read_group(call.unit, name=call.word("group_name"))
    return MemberListAnswer.of(await list_stored_members(call.unit, _members_page(call, view.group.id)))


def _members_page(call: Call, group_id: int) -> ListMembers:
    parameters = call.parameters
    return ListMembers(
        group_id=group_id,
        filter=parameters.text("filter", default=""),
        order=parameters.text("order") or "username",
        ascending=parameters.boolean("asc", default=True),
        limit=parameters.integer("limit", default=50),
        offset=parameters.integer("offset", default=0, minimum=0),
    )


async def get_mentionable(call: Call) -> Any:
    view = await read_group(call.unit, name=call.word("group_name"))
    return {"mentionable": view.mentionable}


async def get_messageable(call: Call) -> Any:
    view = await read_group(call.unit, name=call.word("group_name"))
    return {"messageable": view.messageable}


# -- changing ---------------------------------------------------------------------------------------
async def create_group(call: Call) -> CreatedGroup:
    parameters = _fields(call)
    parameters.required_text("name")
    return CreatedGroup.of(await save_group(call.unit, save_command(parameters, group_id=None)))


async def update_group(call: Call) -> Success:
    await save_group(call.unit, save_command(_fields(call), group_id=call.integer("group_id")))
    return success()


async def delete_group(call: Call) -> Success:
    await remove_group(call.unit, call.integer("group_id"))
    return success()


async def set_primary(call: Call) -> Success:
    command = SaveGroup(
        group_id=call.integer("group_id"), primary_group=call.parameters.boolean("primary", default=False)
    )
    await save_group(call.unit, command)
    return success()


def _fields(call: Call) -> Parameters:
    """Fields come under `group`; older clients leave the wrapper out."""
    nested = call.parameters.nested("group")
    return nested if nested.values else call.parameters


def save_command(parameters: Parameters, *, group_id: int | None) -> SaveGroup:
    """What of a group the request says; everything else stays or takes its default."""
    fields: dict[str, Any] = {name: _text(parameters, name) for name in ("name", *_TEXTS)}
    fields |= {name: _integer(parameters, name) for name in _LEVELS}
    fields |= {name: parameters.boolean(name, default=False) if parameters.has(name) else UNSET for name in _FLAGS}
    title = _text(parameters, "title")
    trust = parameters.integer("grant_trust_level") if parameters.has("grant_trust_level") else UNSET
    return SaveGroup(
        group_id=group_id,
        **fields,
        title=title if title is UNSET else title or None,
        grant_trust_level=trust,
        usernames=tuple(parameters.texts("usernames", commas=True)),
        owner_usernames=tuple(parameters.texts("owner_usernames", commas=True)),
    )


def _text(parameters: Parameters, name: str) -> str | UnsetType:
    return parameters.text(name, default="") if parameters.has(name) else UNSET


def _integer(parameters: Parameters, name: str) -> int | UnsetType:
    number = parameters.integer(name)
    return UNSET if number is None else number


# -- members ----------------------------------------------------------------------------------------
async def add_members(call: Call) -> Any:
    cards = await membership.add_members(call.unit, members_command(call))
    return {"success": "OK", "usernames": [card.username for card in cards], "emails": []}


async def remove_members(call: Call) -> Any:
    removed, skipped = await membership.remove_members(call.unit, members_command(call))
    return {
        "success": "OK",
        "usernames": [card.username for card in removed],
        "skipped_usernames": list(skipped),
    }


async def add_owners(call: Call) -> Any:
    cards = await membership.set_owners(call.unit, members_command(call), owner=True)
    return {"success": "OK", "usernames": [card.username for card in cards]}


async def remove_owners(call: Call) -> Success:
    await membership.set_owners(call.unit, members_command(call), owner=False)
    return success()


async def join_group(call: Call) -> Success:
    await membership.join_group(call.unit, call.integer("group_id"))
    return success()


async def leave_group(call: Call) -> Success:
    await membership.leave_group(call.unit, call.integer("group_id"))
    return success()


def members_command(call: Call) -> ChangeMembers:
    """People by `usernames`, `user_ids`, `user_emails`, or one by the singular names. Raises ParameterMissing."""
    parameters = call.parameters
    nested = parameters.nested("group") if isinstance(parameters.value("group"), dict) else parameters
    source = nested if nested.values else parameters
    usernames = [*source.texts("usernames", commas=True), *source.texts("username")]
    user_ids = [*source.integers("user_ids"), *source.integers("user_id")]
    emails = [name for key in ("user_emails", "user_email", "emails") for name in source.texts(key, commas=True)]
    if not (usernames or user_ids or emails):
        raise ParameterMissing(name="usernames", others=("user_ids", "user_emails"))
    return ChangeMembers(
        group_id=call.integer("group_id"),
        usernames=tuple(usernames),
        user_ids=tuple(user_ids),
        emails=tuple(emails),
    )
