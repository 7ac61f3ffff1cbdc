"""Categories: the list, one, making and changing them, and how closely somebody follows one."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from tertulia.dialects.discourse.answers import Success, success
from tertulia.dialects.discourse.lists import list_command
from tertulia.dialects.discourse.shapes.categories import (
    CategoryAnswer,
    CategoryList,
    CategoryListAnswer,
    ListedCategory,
    UpdatedCategory,
    WholeCategory,
    permissions_of,
)
from tertulia.dialects.discourse.shapes.lists import TopicListAnswer
from tertulia.forum.categories import saving
from tertulia.forum.categories.reading import (
    find_category_by_path,
    list_categories,
    read_category,
    read_category_grants,
    view_grants,
)
from tertulia.forum.levels import set_level
from tertulia.forum.permissions import able
from tertulia.forum.sites.reading import read_site
from tertulia.forum.topics.listing import list_topics
from tertulia.http.bodies import Parameters, Value
from tertulia.http.call import Call
from tertulia.model.categories import CategoryView, SaveCategory
from tertulia.model.errors import ParameterInvalid, ParameterMissing
from tertulia.model.levels import SetLevel
from tertulia.model.topics import TopicFilter

_PER_PAGE = 25  # source: upstream's largest page of a search
_TEXTS = {
    "name": "name", "slug": "slug", "color": "color", "text_color": "text_color", "description": "description",
    "topic_template": "topic_template", "icon": "icon",
}  # fmt: skip
_NUMBERS = {"position": "position", "minimum_required_tags": "minimum_required_tags"}
_MOST_POSITIONS = 10_000


# -- lists ------------------------------------------------------------------------------------------
async def get_categories(call: Call) -> CategoryListAnswer:
    """Top categories (or those under `parent_category_id`), with their children nested if asked."""
    parameters = call.parameters
    parent_id = parameters.integer("parent_category_id", minimum=0, default=0)
    nested = parameters.boolean("include_subcategories", default=False)
    return CategoryListAnswer(await _listed(call, parent_id=parent_id, nested=nested))


async def get_subcategories(call: Call) -> CategoryListAnswer:
    view = await read_category(call.unit, call.integer("category_id"))
    return CategoryListAnswer(await _listed(call, parent_id=view.category.id, nested=False))


async def _listed(call: Call, *, parent_id: int, nested: bool) -> CategoryList:
    found = await list_categories(call.unit)
    return CategoryList(
        can_create_category=found.can_create_category,
        can_create_topic=found.can_create_topic,
        categories=_family(found.categories, parent_id=parent_id, nested=nested),
    )


def _family(views: tuple[CategoryView, ...], *, parent_id: int, nested: bool) -> list[ListedCategory]:
    """The children of a parent (0 = the top, where those whose parent is hidden belong too)."""
    known = {view.category.id for view in views}
    below: dict[int, list[CategoryView]] = {}
    for view in views:
        below.setdefault(view.category.parent_id if view.category.parent_id in known else 0, []).append(view)

    def children(of: int) -> list[ListedCategory]:
        return [
            ListedCategory.of(view, children=children(view.category.id) if nested else None)
            for view in below.get(of, ())
        ]

    return children(parent_id)


async def _with_topics(call: Call, which: TopicFilter) -> Any:
    topics = TopicListAnswer.of(await list_topics(call.unit, list_command(call, which)), more_url=None)
    listed = await _listed(call, parent_id=0, nested=False)
    said = {name: value for name, value in msgspec.structs.asdict(topics).items() if value is not msgspec.UNSET}
    return {**said, "category_list": listed}


async def get_categories_and_latest(call: Call) -> Any:
    return await _with_topics(call, TopicFilter.LATEST)


async def get_categories_and_top(call: Call) -> Any:
    return await _with_topics(call, TopicFilter.TOP)


async def get_categories_and_hot(call: Call) -> Any:
    return await _with_topics(call, TopicFilter.HOT)


async def find_categories(call: Call) -> Any:
    """Categories by `ids`, with permissions if asked; unknown ones are left out."""
    wanted = set(call.parameters.integers("ids")[:1000])
    found = await list_categories(call.unit)
    views = [view for view in found.categories if view.category.id in wanted]
    permissions = call.parameters.boolean("include_permissions", default=False)
    return {"categories": await _found(call, views, with_permissions=permissions)}


async def search_categories(call: Call) -> Any:
    """A page (1-based, at most 25) of categories whose name holds `term`, and the number of all that match."""
    parameters = call.parameters
    term = parameters.text("term", default="").strip().casefold()
    limit = min(parameters.integer("limit", default=5, minimum=1), _PER_PAGE)
    page = parameters.integer("page", default=1, minimum=0, maximum=100_000) or 1
    nested = parameters.boolean("include_subcategories", default=True)
    found = (await list_categories(call.unit)).categories
    views = [view for view in found if term in view.category.name_key and (nested or not view.category.parent_id)]
    shown = await _found(call, views[(page - 1) * limit : page * limit], with_permissions=False)
    return {"categories": shown, "categories_count": len(views)}


async def _found(call: Call, views: list[CategoryView], *, with_permissions: bool) -> list[dict[str, Any]]:
    shapes = [msgspec.structs.asdict(ListedCategory.of(view)) for view in views]
    if with_permissions and able(call.unit, "category.save"):
        for shape, view in zip(shapes, views, strict=True):
            shape["group_permissions"] = permissions_of(await view_grants(call.unit, view))
    return [{name: value for name, value in shape.items() if value is not UNSET} for shape in shapes]


# -- one --------------------------------------------------------------------------------------------
async def get_category(call: Call) -> CategoryAnswer:
    """A category by id or, as upstream takes it too, by slug."""
    return CategoryAnswer(await _whole(call, await _named(call)))


async def get_visible_groups(call: Call) -> Any:
    """The groups that may see the category, for those who may edit it."""
    grants = await read_category_grants(call.unit, (await _named(call)).category.id)
    return {"groups": [permission.group_name for permission in permissions_of(grants)]}


async def _named(call: Call) -> CategoryView:
    given = call.path_parameters
    if "category_id" in given:
        return await read_category(call.unit, call.integer("category_id"))
    slugs = tuple(str(given[name]) for name in ("parent_slug", "slug") if name in given)
    return await find_category_by_path(call.unit, slugs)


async def _whole(call: Call, view: CategoryView) -> WholeCategory:
    if not able(call.unit, "category.save"):
        return WholeCategory.of(view)
    grants = await view_grants(call.unit, view)
    names = tuple(group.name for group in (await read_site(call.unit)).groups)
    return WholeCategory.of(view, grants=grants, group_names=names)


# -- changing ---------------------------------------------------------------------------------------
async def create_category(call: Call) -> CategoryAnswer:
    fields = _fields(call)
    fields.required_text("name")
    view = await saving.save_category(call.unit, save_command(fields, category_id=None))
    return CategoryAnswer(await _whole(call, view))


async def update_category(call: Call) -> UpdatedCategory:
    command = save_command(_fields(call), category_id=call.integer("category_id"))
    view = await saving.save_category(call.unit, command)
    return UpdatedCategory("OK", await _whole(call, view))


async def delete_category(call: Call) -> Success:
    await saving.delete_category(call.unit, call.integer("category_id"))
    return success()


async def update_slug(call: Call) -> Success:
    slug = call.parameters.text("slug", default="")
    await saving.save_category(call.unit, SaveCategory(category_id=call.integer("category_id"), slug=slug))
    return success()


async def move_category(call: Call) -> Success:
    position = call.parameters.required_integer("position", minimum=0)
    await saving.reorder_categories(call.unit, {call.integer("category_id"): position})
    return success()


async def reorder_categories(call: Call) -> Success:
    """`mapping` is a JSON text (or a mapping) of id to position."""
    await saving.reorder_categories(call.unit, _mapping(call.parameters))
    return success()


def _mapping(parameters: Parameters) -> dict[int, int]:
    value = parameters.value("mapping")
    if value is None or value == "":
        raise ParameterMissing(name="mapping")
    if isinstance(value, str):
        try:
            value = msgspec.json.decode(value)
        except (msgspec.DecodeError, RecursionError):
            raise ParameterInvalid(name="mapping", problem="json") from None
    if not isinstance(value, dict) or len(value) > _MOST_POSITIONS:
        raise ParameterInvalid(name="mapping", problem="type")
    return {_number(key): _number(position) for key, position in value.items()}


def _number(value: Value) -> int:
    return Parameters({"mapping": value}).required_integer("mapping", minimum=0)


def _fields(call: Call) -> Parameters:
    nested = call.parameters.nested("category") if isinstance(call.parameters.value("category"), dict) else None
    return nested if nested is not None and nested.values else call.parameters


def save_command(parameters: Parameters, *, category_id: int | None) -> SaveCategory:
    """What the request says of a category; what does not exist here (mail, sorting, custom fields) is ignored."""
    fields: dict[str, Any] = {
        field: parameters.text(name, default="") if parameters.has(name) else UNSET for name, field in _TEXTS.items()
    }
    for name in ("color", "text_color"):
        if fields[name] == "":
            fields[name] = UNSET
    fields |= {field: _optional(parameters.integer(name)) for name, field in _NUMBERS.items()}
    if parameters.has("parent_category_id"):
        fields["parent_id"] = parameters.integer("parent_category_id", minimum=0) or 0
    badges = parameters.boolean("allow_badges")
    return SaveCategory(
        category_id=category_id,
        **fields,
        allow_badges=UNSET if badges is None else badges,
        bundles=_bundles(parameters),
    )


def _optional(number: int | None) -> int | UnsetType:
    return UNSET if number is None else number


def _bundles(parameters: Parameters) -> dict[str, int] | None:
    """Group names to 1 create, 2 reply, 3 see; None when the request says nothing about permissions."""
    given = parameters.nested("permissions")
    if not parameters.has("permissions"):
        return None
    return {name: given.required_integer(name, minimum=1, maximum=3) for name in given}


# -- following --------------------------------------------------------------------------------------
async def set_notifications(call: Call) -> Success:
    view = await read_category(call.unit, call.integer("category_id"))
    level = call.parameters.required_integer("notification_level")
    await set_level(call.unit, SetLevel(subject="category", subject_id=view.category.id, level=level))
    return success()
