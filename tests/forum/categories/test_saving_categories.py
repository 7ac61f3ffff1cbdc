"""Categories made, changed, ordered and deleted."""

from __future__ import annotations

from typing import Any

import pytest

from tertulia.forum.categories.reading import find_category_by_path, list_categories, read_category
from tertulia.forum.categories.saving import delete_category, reorder_categories, save_category
from tertulia.forum.unit import Ports
from tertulia.model import errors
from tertulia.model.categories import CategoryView, SaveCategory
from tertulia.store.sites.staff_actions import StaffActionFilter, list_staff_actions
from tertulia.store.versions import PERMISSIONS, list_versions
from tests.forum.sites.given import acting, add_topic, add_user

pytestmark = pytest.mark.anyio


async def save(ports: Ports, **fields: Any) -> CategoryView:
    async with acting(ports) as unit:
        view = await save_category(unit, SaveCategory(**fields))
        await unit.commit()
    return view


async def test_a_category_needs_only_a_name(ports: Ports) -> None:
    category = (await save(ports, name="  Bug   Reports ")).category
    assert (category.name, category.slug) == ("Bug Reports", "bug-reports")
    assert (category.color, category.text_color) == ("0088CC", "FFFFFF")
    assert not category.restricted
    async with acting(ports, None) as unit:
        assert (await read_category(unit, category.id)).category == category


async def test_everyone_may_write_in_a_category_made_without_permissions(ports: Ports) -> None:
    made = (await save(ports, name="Open")).category
    member = await add_user(ports, "mira")
    async with acting(ports, member) as unit:
        assert (await read_category(unit, made.id)).can_create_topic


async def test_every_field_is_kept_and_others_stay(ports: Ports) -> None:
    made = (
        await save(
            ports, name="One", slug="uno", color="#ff0000", text_color="000", description="**bold**",
            topic_template="fill in", icon="fa-x", link="/far", minimum_required_tags=2, position=9,
        )
    ).category  # fmt: skip
    assert (made.slug, made.color, made.text_color, made.position) == ("uno", "ff0000", "000", 9)
    assert "<strong>bold</strong>" in made.description_html
    changed = (await save(ports, category_id=made.id, name="Two", disabled=True)).category
    assert (changed.name, changed.slug, changed.disabled, changed.link) == ("Two", "uno", True, "/far")
    assert changed.description == "**bold**" and changed.minimum_required_tags == 2


async def test_a_link_that_a_browser_would_run_is_not_kept(ports: Ports) -> None:
    made = (await save(ports, name="Trap", link="javascript:alert(1)", background_image="data:text/html,x")).category
    assert made.link == "" and made.background_image == ""


async def test_a_slug_made_of_the_name_avoids_those_that_are_taken(ports: Ports) -> None:
    await save(ports, name="Cafe")
    assert (await save(ports, name="Café!")).category.slug == "cafe-1"


async def test_names_without_letters_that_a_slug_can_have_do_not_clash(ports: Ports) -> None:
    first = (await save(ports, name="論壇")).category
    second = (await save(ports, name="日本語")).category
    assert first.slug == second.slug == "" and first.slug_key != second.slug_key


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({}, errors.CategoryNameBlank),
        ({"name": " \u200b "}, errors.CategoryNameBlank),
        ({"name": "x" * 51}, errors.CategoryNameTooLong),
        ({"name": "STAFF"}, errors.CategoryNameTaken),
        ({"name": "New", "slug": "staff"}, errors.CategorySlugTaken),
        ({"name": "New", "slug": "a b"}, errors.CategorySlugInvalid),
        ({"name": "New", "slug": "123"}, errors.CategorySlugInvalid),
        ({"name": "New", "color": "red;}"}, errors.CategoryColourInvalid),
        ({"name": "New", "parent_id": 99}, errors.CategoryParentInvalid),
        ({"name": "New", "parent_id": 1}, errors.CategoryParentInvalid),
        ({"name": "New", "bundles": {"nobody": 1}}, errors.GroupMissing),
        ({"name": "New", "bundles": {"staff": 4}}, errors.PrivilegeUnknown),
        ({"category_id": 99, "name": "New"}, errors.CategoryMissing),
    ],
)
async def test_what_breaks_a_rule_is_refused(
    ports: Ports, fields: dict[str, Any], refusal: type[errors.ForumError]
) -> None:
    with pytest.raises(refusal):
        await save(ports, **fields)


async def test_several_broken_rules_are_told_at_once(ports: Ports) -> None:
    with pytest.raises(errors.Refusals) as told:
        await save(ports, name="", color="nope")
    assert {type(each) for each in told.value.errors} == {errors.CategoryNameBlank, errors.CategoryColourInvalid}


async def test_categories_nest_as_deep_as_the_setting_says(ports: Ports) -> None:
    top = (await save(ports, name="Top")).category
    below = (await save(ports, name="Below", parent_id=top.id)).category
    with pytest.raises(errors.CategoryTooDeep) as told:
        await save(ports, name="Deep", parent_id=below.id)
    assert told.value.params == {"maximum": 2}
    other = (await save(ports, name="Other")).category
    with pytest.raises(errors.CategoryTooDeep):
        await save(ports, category_id=top.id, parent_id=other.id)


async def test_a_category_is_never_below_itself(ports: Ports) -> None:
    top = (await save(ports, name="Top")).category
    below = (await save(ports, name="Below", parent_id=top.id)).category
    for parent_id in (top.id, below.id):
        with pytest.raises(errors.CategoryParentInvalid):
            await save(ports, category_id=top.id, parent_id=parent_id)


async def test_the_same_name_may_stand_under_two_parents(ports: Ports) -> None:
    one, two = (await save(ports, name="One")).category, (await save(ports, name="Two")).category
    first = await save(ports, name="News", parent_id=one.id)
    second = await save(ports, name="News", parent_id=two.id)
    assert first.category.slug == second.category.slug == "news"
    assert [ref.name for ref in second.path] == ["Two", "News"]
    with pytest.raises(errors.CategoryNameTaken):
        await save(ports, category_id=first.category.id, parent_id=two.id)
    async with acting(ports, None) as unit:
        found = await find_category_by_path(unit, ("two", "NEWS"))
        assert found.category.id == second.category.id
        for path in ((), ("news",), ("two", "news", "news")):
            with pytest.raises(errors.CategoryMissing):
                await find_category_by_path(unit, path)


async def test_positions_order_the_list(ports: Ports) -> None:
    made = (await save(ports, name="Made")).category
    async with acting(ports) as unit:
        await reorder_categories(unit, {made.id: 0, 1: 1, 3: 2, 77: 3})
        await unit.commit()
    async with acting(ports) as unit:
        assert [view.category.id for view in (await list_categories(unit)).categories] == [made.id, 1, 3]


@pytest.mark.parametrize("role", ["visitor", "member", "moderator"])
async def test_only_admins_change_categories(ports: Ports, role: str) -> None:
    person = None
    if role != "visitor":
        person = await add_user(ports, "mira", moderator=int(role == "moderator"))
    refusal = errors.LoginRequired if person is None else errors.NotAllowed
    for act in (
        lambda unit: save_category(unit, SaveCategory(name="Mine")),
        lambda unit: save_category(unit, SaveCategory(category_id=1, name="Mine")),
        lambda unit: delete_category(unit, 1),
        lambda unit: reorder_categories(unit, {1: 5}),
    ):
        async with acting(ports, person) as unit:
            with pytest.raises(refusal):
                await act(unit)


async def test_an_empty_category_is_deleted_with_its_grants_and_levels(ports: Ports) -> None:
    made = (await save(ports, name="Gone", bundles={"staff": 1})).category
    async with acting(ports) as unit:
        await delete_category(unit, made.id)
        await unit.commit()
    async with acting(ports) as unit:
        with pytest.raises(errors.CategoryMissing):
            await read_category(unit, made.id)
        assert not await unit.tx.text(f"SELECT 1 FROM category_grants WHERE category_id = {made.id}")
        with pytest.raises(errors.CategoryMissing):
            await delete_category(unit, made.id)


@pytest.mark.parametrize("category_id", [1, 3])
async def test_special_categories_stay(ports: Ports, category_id: int) -> None:
    async with acting(ports) as unit:
        with pytest.raises(errors.CategorySpecial):
            await delete_category(unit, category_id)


async def test_a_category_with_topics_or_children_is_not_deleted(ports: Ports) -> None:
    top = (await save(ports, name="Top")).category
    below = (await save(ports, name="Below", parent_id=top.id)).category
    await add_topic(ports, "A topic that stays", "body", category_id=below.id)
    async with acting(ports) as unit:
        with pytest.raises(errors.CategoryHasChildren):
            await delete_category(unit, top.id)
        with pytest.raises(errors.CategoryNotEmpty) as told:
            await delete_category(unit, below.id)
    assert told.value.params == {"topics": 1}


async def test_every_change_makes_processes_look_again_and_is_logged(ports: Ports) -> None:
    async def version() -> int:
        async with acting(ports) as unit:
            return (await list_versions(unit.tx))[PERMISSIONS]

    before = await version()
    made = (await save(ports, name="Seen")).category
    created = await version()
    await save(ports, category_id=made.id, color="112233")
    changed = await version()
    async with acting(ports) as unit:
        await delete_category(unit, made.id)
        await unit.commit()
    assert before < created < changed < await version()
    async with acting(ports) as unit:
        lines, _ = await list_staff_actions(unit.tx, chosen=StaffActionFilter(), limit=50, offset=0)
        changes = [line for line in lines if line.subject == "color"]
        told = await unit.tx.text("SELECT event FROM events ORDER BY id")
    assert {"create_category", "change_category_settings", "delete_category"} <= {line.action for line in lines}
    assert (changes[0].before, changes[0].after) == ("0088CC", "112233")
    names = [row[0] for row in told]
    assert [name for name in names if name.startswith("category")] == [
        "category_created", "category_updated", "category_deleted"
    ]  # fmt: skip
