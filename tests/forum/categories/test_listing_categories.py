"""Categories as lists show them."""

from __future__ import annotations

import pytest

from tertulia.forum.categories.reading import list_categories, read_category
from tertulia.forum.categories.saving import save_category
from tertulia.forum.levels import set_level
from tertulia.forum.unit import Ports
from tertulia.model import errors
from tertulia.model.categories import SaveCategory
from tertulia.model.levels import SetLevel
from tests.forum.sites.given import acting, add_topic, add_user, counted

pytestmark = pytest.mark.anyio
DAY = 86_400_000


async def make(ports: Ports, name: str, parent_id: int = 0, **fields: object) -> int:
    async with acting(ports) as unit:
        view = await save_category(unit, SaveCategory(name=name, parent_id=parent_id, **fields))
        await unit.commit()
    return view.category.id


async def test_parents_come_before_their_children(ports: Ports) -> None:
    top = await make(ports, "Top", position=50)
    below = await make(ports, "Below", top, position=0)
    async with acting(ports) as unit:
        views = {view.category.id: view for view in (await list_categories(unit)).categories}
    assert list(views) == [1, 3, top, below]
    assert views[top].children == (below,) and [ref.id for ref in views[below].path] == [top, below]


async def test_a_child_does_not_name_a_parent_that_is_hidden(ports: Ports) -> None:
    top = await make(ports, "Hidden", bundles={"staff": 1})
    below = await make(ports, "Below", top)
    async with acting(ports, None) as unit:
        view = await read_category(unit, below)
        listed = [each.category.id for each in (await list_categories(unit)).categories]
    assert [ref.id for ref in view.path] == [below] and listed == [1, below]


async def test_the_newest_listed_post_is_shown_when_asked(ports: Ports) -> None:
    async with acting(ports) as unit:
        now = unit.now
    shown = await add_topic(ports, "Shown", "first", "the <b>last</b> one", at=now - 3 * DAY)
    await add_topic(ports, "Unlisted", "x", visible=0, at=now)
    await add_topic(ports, "Deleted", "x", deleted_at=now, at=now)
    async with acting(ports, None) as unit:
        plain = (await list_categories(unit)).categories[0]
        view = (await list_categories(unit, with_latest=True)).categories[0]
    assert plain.latest is None and view.latest is not None
    assert (view.latest.topic_id, view.latest.post_number) == (shown, 2)
    assert view.latest.excerpt == "the last one" and view.latest.user.username == "admin"


async def test_topics_are_counted_by_period_as_everybody_sees_them(ports: Ports) -> None:
    async with acting(ports) as unit:
        now = unit.now
    for age in (0, 3, 20, 200, 900):
        await add_topic(ports, f"Topic {age}", "x", at=now - age * DAY)
    await add_topic(ports, "Deleted", "x", deleted_at=now)
    async with acting(ports) as unit:
        view = await read_category(unit, 1)
    assert (view.topics_day, view.topics_week, view.topics_month, view.topics_year) == (1, 2, 3, 4)


async def test_what_the_reader_may_do_is_said(ports: Ports) -> None:
    member = await add_user(ports, "mira")
    closed = await make(ports, "Closed", disabled=True)
    async with acting(ports, member) as unit:
        listed = await list_categories(unit)
        assert not (await read_category(unit, closed)).can_create_topic
    assert listed.can_create_topic and not listed.can_create_category
    assert not any(view.can_edit for view in listed.categories)
    async with acting(ports) as unit:
        assert (await list_categories(unit)).can_create_category
    async with acting(ports, None) as unit:
        assert not (await list_categories(unit)).can_create_topic


async def test_a_level_is_the_readers_own(ports: Ports) -> None:
    member, other = await add_user(ports, "mira"), await add_user(ports, "otto")
    async with acting(ports, member) as unit:
        assert await set_level(unit, SetLevel(subject="category", subject_id=1, level=4)) == 4
        await unit.commit()
    async with acting(ports, member) as unit:
        assert (await read_category(unit, 1)).level == 4
    async with acting(ports, other) as unit:
        assert (await read_category(unit, 1)).level is None


async def test_levels_are_refused_where_they_mean_nothing(ports: Ports) -> None:
    member = await add_user(ports, "mira")
    topic = await add_topic(ports, "A topic", "x")
    secret = await add_topic(ports, "A secret", "x", category_id=3)
    for asked, refusal in (
        (SetLevel(subject="topic", subject_id=topic, level=4), errors.LevelInvalid),
        (SetLevel(subject="category", subject_id=1, level=5), errors.LevelInvalid),
        (SetLevel(subject="category", subject_id=1, level=-1), errors.LevelInvalid),
        (SetLevel(subject="user", subject_id=1, level=1), errors.LevelInvalid),
        (SetLevel(subject="topic", subject_id=secret, level=3), errors.TopicMissing),
        (SetLevel(subject="category", subject_id=3, level=3), errors.CategoryMissing),
        (SetLevel(subject="tag", subject_id=5, level=3), errors.TagMissing),
        (SetLevel(subject="category", subject_id=1, level=3, user_id=1), errors.NotAllowed),
    ):
        async with acting(ports, member) as unit:
            with pytest.raises(refusal):
                await set_level(unit, asked)
    async with acting(ports, None) as unit:
        with pytest.raises(errors.LoginRequired):
            await set_level(unit, SetLevel(subject="category", subject_id=1, level=3))


async def test_an_admin_sets_the_level_of_somebody_else(ports: Ports) -> None:
    member = await add_user(ports, "mira")
    topic = await add_topic(ports, "A topic", "x")
    async with acting(ports) as unit:
        await set_level(unit, SetLevel(subject="category", subject_id=1, level=0, user_id=member))
        await set_level(unit, SetLevel(subject="topic", subject_id=topic, level=3, user_id=member))
        with pytest.raises(errors.UserMissing):
            await set_level(unit, SetLevel(subject="topic", subject_id=topic, level=3, user_id=999))
        await unit.commit()
    async with acting(ports, member) as unit:
        assert (await read_category(unit, 1)).level == 0
        rows = await unit.tx.text(f"SELECT level FROM topic_states WHERE user_id = {member}")
    assert [row[0] for row in rows] == [3]


async def test_a_longer_list_takes_no_more_statements(ports: Ports) -> None:
    async def statements() -> int:
        async with acting(ports) as unit:
            await list_categories(unit, with_latest=True)  # remembers for a minute what the next one shows
            with counted(unit) as seen:
                await list_categories(unit, with_latest=True)
        return len(seen)

    await make(ports, "Third")
    few = await statements()
    for number in range(27):
        await add_topic(ports, f"Topic {number}", "x", category_id=await make(ports, f"Category {number}"))
    assert 0 < few == await statements()
