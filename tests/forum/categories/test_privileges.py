"""Who holds what in a category: bundles, single bits, and what that changes for readers."""

from __future__ import annotations

import pytest

from tertulia.forum.categories.bundles import bundle_of, write_bundle
from tertulia.forum.categories.privileges import change_privileges
from tertulia.forum.categories.reading import list_categories, read_category, read_category_grants
from tertulia.forum.categories.saving import save_category
from tertulia.forum.unit import Ports
from tertulia.model import errors
from tertulia.model.categories import CategoryGrants, CategoryView, ChangePrivileges, SaveCategory
from tertulia.model.privileges import EVERY, FULL, READABLE, READONLY, REPLYING, Holder, Privilege
from tests.forum.sites.given import acting, add_topic, add_user

pytestmark = pytest.mark.anyio


async def make(
    ports: Ports, name: str, bundles: dict[str, int] | None = None, category_id: int | None = None
) -> CategoryView:
    async with acting(ports) as unit:
        view = await save_category(unit, SaveCategory(category_id=category_id, name=name, bundles=bundles))
        await unit.commit()
    return view


async def change(ports: Ports, **fields: int | bool) -> CategoryGrants:
    async with acting(ports) as unit:
        grants = await change_privileges(unit, ChangePrivileges(**fields))
        await unit.commit()
    return grants


async def sees(ports: Ports, person: int | None, category_id: int) -> CategoryView | None:
    async with acting(ports, person) as unit:
        try:
            return await read_category(unit, category_id)
        except errors.CategoryMissing:
            return None


@pytest.mark.parametrize(
    ("bits", "bundle"),
    [
        (FULL, 1),
        (EVERY, 1),
        (FULL & ~Privilege.TOPICS_CREATE, 2),
        (REPLYING, 2),
        (READONLY, 3),
        (READABLE, None),
        (0, None),
    ],
)
async def test_the_bundle_is_the_largest_one_contained(bits: int, bundle: int | None) -> None:
    assert bundle_of(bits) == bundle


async def test_writing_a_bundle_changes_only_its_bits() -> None:
    kept = int(Privilege.PURGE | Privilege.MODERATE | Privilege.TOPICS_SCHEDULE)
    assert write_bundle(int(EVERY), bundle=3) & kept == kept
    assert bundle_of(write_bundle(int(EVERY), bundle=3)) == 3
    assert write_bundle(kept | int(FULL), bundle=None) == kept


async def test_a_restricted_category_is_missing_for_everybody_else(ports: Ports) -> None:
    made = await make(ports, "Secret", {"staff": 1})
    assert made.category.restricted
    member, moderator = await add_user(ports, "mira"), await add_user(ports, "mod", moderator=1)
    assert await sees(ports, None, made.category.id) is None
    assert await sees(ports, member, made.category.id) is None
    assert await sees(ports, moderator, made.category.id) is not None
    async with acting(ports, member) as unit:
        assert made.category.id not in [view.category.id for view in (await list_categories(unit)).categories]


async def test_permissions_change_what_readers_may_do_from_the_commit_on(ports: Ports) -> None:
    made = await make(ports, "Open")
    member = await add_user(ports, "mira")
    before = await sees(ports, member, made.category.id)
    await make(ports, "Open", {"everyone": 3}, made.category.id)
    after = await sees(ports, member, made.category.id)
    assert before is not None and after is not None
    assert before.can_create_topic and not after.can_create_topic
    assert bundle_of(after.privileges) == 3


async def test_new_permissions_replace_the_bundles_of_all_groups(ports: Ports) -> None:
    made = await make(ports, "Open", {"everyone": 2, "trust_level_2": 1})
    await make(ports, "Open", {"Staff": 1}, made.category.id)
    async with acting(ports) as unit:
        grants = await read_category_grants(unit, made.category.id)
    assert grants.group_names == {3: "staff"} and grants.view.category.restricted


async def test_a_single_bit_is_given_and_taken_and_the_rest_stays(ports: Ports) -> None:
    made = await make(ports, "Open", {"everyone": 3})
    fields = {"category_id": made.category.id, "holder": int(Holder.GROUP), "holder_id": 0}
    given = await change(ports, **fields, bits=int(Privilege.TOPICS_REPLY), give=True)
    assert given.grants[0].bits == int(READONLY | Privilege.TOPICS_REPLY)
    taken = await change(ports, **fields, bits=int(Privilege.READ), give=False)
    assert taken.grants[0].bits == int((READONLY | Privilege.TOPICS_REPLY) & ~Privilege.READ)
    assert taken.view.category.restricted


async def test_a_single_user_may_be_given_a_category(ports: Ports) -> None:
    made = await make(ports, "Secret", {"staff": 1})
    member, other = await add_user(ports, "mira"), await add_user(ports, "otto")
    grants = await change(
        ports, category_id=made.category.id, holder=int(Holder.USER), holder_id=member, bits=int(READONLY), give=True
    )
    assert grants.user_cards[member].username == "mira" and grants.view.category.restricted
    assert await sees(ports, member, made.category.id) is not None
    assert await sees(ports, other, made.category.id) is None


async def test_who_can_only_find_a_category_sees_it_without_its_topics(ports: Ports) -> None:
    made = await make(ports, "Secret", {"staff": 1})
    await add_topic(ports, "Hidden inside", "body", category_id=made.category.id)
    await change(
        ports, category_id=made.category.id, holder=int(Holder.GROUP), holder_id=0, bits=int(Privilege.FIND), give=True
    )
    async with acting(ports, None) as unit:
        views = {view.category.id: view for view in (await list_categories(unit, with_latest=True)).categories}
    assert views[made.category.id].latest is None and views[made.category.id].topics_year == 0


async def test_the_global_scope_takes_privileges_too(ports: Ports) -> None:
    grants = await change(
        ports, category_id=0, holder=int(Holder.GROUP), holder_id=3, bits=int(Privilege.PURGE), give=True
    )
    assert grants.view.category.id == 0 and grants.grants[0].bits == int(Privilege.PURGE)


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"category_id": 99}, errors.CategoryMissing),
        ({"holder_id": 98}, errors.GroupMissing),
        ({"holder": 1, "holder_id": 98}, errors.UserMissing),
        ({"holder": 7, "holder_id": 1}, errors.UserMissing),
        ({"bits": 65536}, errors.PrivilegeUnknown),
        ({"bits": -1}, errors.PrivilegeUnknown),
    ],
)
async def test_unknown_holders_and_bits_are_refused(
    ports: Ports, fields: dict[str, int], refusal: type[errors.ForumError]
) -> None:
    with pytest.raises(refusal):
        await change(ports, **{"category_id": 1, "holder": 0, "holder_id": 0, "bits": 1, "give": True, **fields})


async def test_only_admins_see_and_change_privileges(ports: Ports) -> None:
    moderator = await add_user(ports, "mod", moderator=1)
    async with acting(ports, moderator) as unit:
        with pytest.raises(errors.NotAllowed):
            await read_category_grants(unit, 1)
        with pytest.raises(errors.NotAllowed):
            await change_privileges(
                unit, ChangePrivileges(category_id=1, holder=1, holder_id=moderator, bits=int(EVERY), give=True)
            )
    member = await add_user(ports, "mira")
    async with acting(ports, member) as unit:
        with pytest.raises(errors.CategoryMissing):
            await read_category_grants(unit, 3)
