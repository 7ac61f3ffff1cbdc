"""Tags: all of them, the topics under one, making, renaming and deleting them, and how closely one is followed."""

from __future__ import annotations

from typing import Any

import msgspec

from tertulia.dialects.discourse.answers import Success, redirect, success
from tertulia.dialects.discourse.lists import list_command, more_url
from tertulia.dialects.discourse.shapes.lists import TopicListAnswer
from tertulia.dialects.discourse.shapes.tags import Tag
from tertulia.forum.addresses import category_path, tag_path
from tertulia.forum.categories.reading import read_category
from tertulia.forum.levels import set_level
from tertulia.forum.tags import saving
from tertulia.forum.tags.reading import list_tags, read_tag
from tertulia.forum.tags.reading import search_tags as find_tags
from tertulia.forum.topics.listing import list_topics
from tertulia.http.bodies import Parameters
from tertulia.http.call import Answer, Call
from tertulia.model.errors import ParameterInvalid, ParameterMissing, TagMissing
from tertulia.model.levels import SetLevel
from tertulia.model.tags import Tag as TagRecord
from tertulia.model.tags import TagRef, TagView
from tertulia.model.topics import ListTopics, TopicFilter

_FILTERS = frozenset(each.value for each in TopicFilter) - {"created", "messages"}
_INFO = {"staff": False, "synonyms": [], "tag_group_names": [], "category_restricted": False, "categories": []}
_MOST_FOUND = 100
_MOST_MADE = 100
_MOST_CROSSED = 10


# -- reading ----------------------------------------------------------------------------------------
def _listed(tag: TagRecord) -> dict[str, Any]:
    return {
        "id": tag.id,
        "text": tag.name,
        "name": tag.name,
        "slug": tag.name,
        "description": tag.description or None,
        "count": tag.topic_count,
        "pm_only": False,
        "pm_count": 0,
        "target_tag": None,
    }


async def get_tags(call: Call) -> Any:
    found = await list_tags(call.unit)
    return {"tags": [_listed(tag) for tag in found.tags], "extras": {"categories": [], "tag_groups": []}}


async def list_page(call: Call) -> Any:
    """A page of tags by name or by number of topics."""
    parameters = call.parameters
    limit = parameters.integer("limit", default=30, minimum=1, maximum=10**6)
    offset = parameters.integer("offset", default=0, minimum=0)
    term = parameters.text("filter", default="").casefold()
    tags = [tag for tag in (await list_tags(call.unit)).tags if term in tag.name.casefold()]
    if parameters.text("order") == "name":
        tags.sort(key=lambda tag: tag.name)
    shown = [_listed(tag) for tag in tags[offset : offset + min(limit, _MOST_FOUND)]]
    return {"list_tags": shown, "meta": {"total_rows_list_tags": len(tags), "load_more_list_tags": None}}


async def search_tags(call: Call) -> Any:
    """Tags whose name begins with `q`, without the selected ones."""
    parameters = call.parameters
    limit = parameters.integer("limit", default=10, minimum=1, maximum=10**6)
    selected = set(parameters.texts("selected_tags"))
    q = parameters.text("q", default="").strip()
    found = await find_tags(call.unit, q, limit=min(limit + len(selected), _MOST_FOUND))
    results = [
        {"id": tag.id, "text": tag.name, "name": tag.name, "slug": tag.name, "count": tag.topic_count, "pm_count": 0}
        for tag in found
        if tag.name not in selected
    ]
    return {"results": results[:limit]}


async def get_tag(call: Call) -> TopicListAnswer:
    """The topics under a tag, by default the latest."""
    view, which = await _named(call), _filter(call)
    command = msgspec.structs.replace(list_command(call, which), tags=(view.tag.name,))
    return await _topics(call, command, path=f"{tag_path(view.tag.name)}/l/{which.value}", view=view)


async def get_tag_in_category(call: Call) -> TopicListAnswer:
    category = await read_category(call.unit, call.integer("category_id"))
    view, which = await _named(call), _filter(call)
    command = msgspec.structs.replace(
        list_command(call, which), tags=(view.tag.name,), category_id=category.category.id
    )
    place = category_path([ref.slug for ref in category.path], category.category.id).removeprefix("/c/")
    return await _topics(call, command, path=f"/tags/c/{place}{tag_path(view.tag.name)[4:]}", view=view)


async def get_intersection(call: Call) -> TopicListAnswer:
    """Topics that carry every one of the tags in the path."""
    names = [call.word("tag"), *call.word("tags").split("/")]
    if len(names) > _MOST_CROSSED:
        raise ParameterInvalid(name="tags", problem=f"1..{_MOST_CROSSED}")
    views = [await read_tag(call.unit, name) for name in names]
    wanted = tuple(view.tag.name for view in views)
    command = msgspec.structs.replace(list_command(call, TopicFilter.LATEST), tags=wanted, match_all_tags=True)
    return await _topics(call, command, path="/tags/intersection/" + "/".join(names), view=views[0])


async def _topics(call: Call, command: ListTopics, *, path: str, view: TagView) -> TopicListAnswer:
    found = await list_topics(call.unit, command)
    ref = TagRef(view.tag.id, view.tag.name, view.tag.topic_count)
    found = msgspec.structs.replace(found, tag=ref)
    return TopicListAnswer.of(found, more_url=more_url(call, command, path))


async def _named(call: Call) -> TagView:
    """The tag of the path by name, or by slug and id. Raises TagMissing."""
    view = await read_tag(call.unit, call.word("tag"))
    if "tag_id" in call.path_parameters and view.tag.id != call.integer("tag_id"):
        raise TagMissing()
    return view


def _filter(call: Call) -> TopicFilter:
    name = call.path_parameters.get("filter", "latest")
    if name not in _FILTERS:
        raise TagMissing()
    return TopicFilter(name)


async def get_old_address(call: Call) -> Answer:
    suffix = ".json" if call.path.endswith(".json") else ""
    return redirect(call, tag_path(call.word("tag")) + suffix)


async def get_info(call: Call) -> Any:
    tag = (await _named(call)).tag
    return {"tag_info": {**_listed(tag), "topic_count": tag.topic_count, **_INFO}}


# -- changing ---------------------------------------------------------------------------------------
def _fields(call: Call) -> Parameters:
    """The body alone: `tag` is also the name of the path's parameter."""
    body = Parameters(call.body.parameters)
    return body.nested("tag") if isinstance(body.value("tag"), dict) else body


async def create_tags(call: Call) -> Any:
    """Several at once; tags that exist already are said so, and nothing is made if one is no good."""
    names = list(dict.fromkeys(call.parameters.texts("tags") or call.parameters.texts("tag_names")))
    if not names:
        raise ParameterMissing(name="tags")
    if len(names) > _MOST_MADE:
        raise ParameterInvalid(name="tags", problem=f"1..{_MOST_MADE}")
    made = [await saving.create_tag(call.unit, name) for name in names]
    return {"success": "OK", "tags": [Tag(tag.id, tag.name, tag.name) for tag in made]}


async def update_tag(call: Call) -> Any:
    """`tag[name]` (or, as older clients send it, `tag[id]`) is the new name."""
    fields = _fields(call)
    new_name = fields.text("name") or fields.text("id") or None
    view = await _named(call)
    tag = await saving.rename_tag(call.unit, view.tag.name, new_name=new_name, description=fields.text("description"))
    return {"tag": _listed(tag)}


async def delete_tag(call: Call) -> Success:
    await saving.delete_tag(call.unit, (await _named(call)).tag.name)
    return success()


# -- following --------------------------------------------------------------------------------------
async def get_notifications(call: Call) -> Any:
    view = await _named(call)
    return {"tag_notification": _level(view, 1 if view.level is None else view.level)}


async def set_notifications(call: Call) -> Any:
    parameters = call.parameters.nested("tag_notification")
    source = parameters if parameters.values else call.parameters
    view = await _named(call)
    level = source.required_integer("notification_level")
    chosen = await set_level(call.unit, SetLevel(subject="tag", subject_id=view.tag.id, level=level))
    return {"tag_notification": _level(view, chosen)}


def _level(view: TagView, level: int) -> dict[str, Any]:
    return {"id": view.tag.id, "name": view.tag.name, "notification_level": level}
