"""The site as a whole, its settings and the log of what staff did."""

from __future__ import annotations

import msgspec
import pytest

from tertulia.forum.sites.knobs import change_setting, list_site_settings, load_settings
from tertulia.forum.sites.reading import read_about, read_site
from tertulia.forum.sites.staff_log import list_staff_actions
from tertulia.forum.staff_actions import log_staff_action
from tertulia.forum.unit import Ports
from tertulia.model import errors
from tertulia.settings import load
from tertulia.store.sites.staff_actions import StaffActionFilter
from tests.forum.sites.given import acting, add_post, add_topic, add_user

pytestmark = pytest.mark.anyio


async def change(ports: Ports, name: str, text: str, person: int | None = 1) -> None:
    async with acting(ports, person) as unit:
        await change_setting(unit, name, text)
        await unit.commit()


async def test_a_changed_setting_is_in_force_listed_and_logged(ports: Ports) -> None:
    await change(ports, "min_topic_title_length", " 7 ")
    async with acting(ports) as unit:
        assert unit.site.min_topic_title_length == 7
        row = {view.name: view for view in await list_site_settings(unit)}["min_topic_title_length"]
        line = (await list_staff_actions(unit)).actions[0]
        told = await unit.tx.text("SELECT event FROM events")
    assert (row.value, row.default, row.origin, row.type) == ("7", "15", "database", "integer")
    assert (line.action, line.subject, line.before, line.after) == (
        "change_site_setting", "min_topic_title_length", "15", "7"
    )  # fmt: skip
    assert [each[0] for each in told] == ["setting_changed"]


async def test_going_back_to_the_default_leaves_no_row(ports: Ports) -> None:
    await change(ports, "title", "Elsewhere")
    await change(ports, "title", "Tertulia")
    async with acting(ports) as unit:
        assert unit.settings.origin_of("title") == "default"
        assert not await unit.tx.text("SELECT 1 FROM settings WHERE name = 'title'")


async def test_a_change_that_is_undone_is_not_remembered(ports: Ports) -> None:
    async with acting(ports) as unit:
        await change_setting(unit, "title", "Never")
        assert (await load_settings(unit)).site.title == "Never"
    async with acting(ports) as unit:
        assert unit.site.title == "Tertulia"


async def test_secrets_are_masked_everywhere(ports: Ports) -> None:
    await change(ports, "jwt_secret", "hunter2hunter2")
    async with acting(ports) as unit:
        assert unit.site.jwt_secret == "hunter2hunter2"
        everything = [
            msgspec.json.encode(await list_site_settings(unit)).decode(),
            msgspec.json.encode((await list_staff_actions(unit)).actions).decode(),
            str([tuple(row) for row in await unit.tx.text("SELECT facts FROM events")]),
        ]
    assert not [text for text in everything if "hunter2" in text]
    assert "****" in everything[0] and "****" in everything[1]


@pytest.mark.parametrize(
    ("name", "text", "refusal"),
    [
        ("min_topic_title_length", "many", errors.SettingInvalid),
        ("min_topic_title_length", "256", errors.SettingInvalid),
        ("min_post_length", "40000", errors.SettingInvalid),
        ("title", "", errors.SettingInvalid),
        ("no_such_setting", "1", errors.SettingUnknown),
        ("data", "/etc", errors.SettingUnknown),
        ("secret_key", "mine", errors.SettingUnknown),
        ("schema_version", "9", errors.SettingUnknown),
    ],
)
async def test_a_value_that_is_not_allowed_is_refused(
    ports: Ports, name: str, text: str, refusal: type[errors.ForumError]
) -> None:
    with pytest.raises(refusal):
        await change(ports, name, text)


async def test_a_setting_that_the_environment_fixes_stays(ports: Ports) -> None:
    ports.loaded = load({}, environ={"TERTULIA_TITLE": "Fixed"})
    with pytest.raises(errors.SettingInvalid) as told:
        await change(ports, "title", "Mine")
    assert "environment TERTULIA_TITLE" in str(told.value.params["allowed"])


async def test_only_admins_see_and_change_settings(ports: Ports) -> None:
    moderator = await add_user(ports, "mod", moderator=1)
    for person, refusal in ((moderator, errors.NotAllowed), (None, errors.LoginRequired)):
        with pytest.raises(refusal):
            await change(ports, "title", "Mine", person)
        async with acting(ports, person) as unit:
            with pytest.raises(refusal):
                await list_site_settings(unit)


async def test_the_staff_log_is_filtered_and_paged_newest_first(ports: Ports) -> None:
    target = await add_user(ports, "mira")
    async with acting(ports) as unit:
        await unit.write()
        now = unit.now
        for number in range(5):
            await log_staff_action(unit, "suspend_user", target_user_id=target, subject=f"s{number}")
        await log_staff_action(unit, "create_tag", subject="x", details="y" * 20_000)
        await unit.commit()
    async with acting(ports) as unit:
        page = await list_staff_actions(unit, chosen=StaffActionFilter(target_user_id=target), page=1, limit=2)
        assert [line.subject for line in page.actions] == ["s2", "s1"] and page.total == 5
        assert page.users[target].username == "mira" and page.users[1].username == "admin"
        only = await list_staff_actions(
            unit, chosen=StaffActionFilter(action="create_tag", acting_user_id=1, subject="x", since=now, until=now)
        )
        assert only.total == 1 and len(only.actions[0].details or "") == 10_000
        assert (await list_staff_actions(unit, chosen=StaffActionFilter(since=now + 1))).total == 0
        assert (await list_staff_actions(unit, page=-3, limit=100_000)).limit == 200
        assert (await list_staff_actions(unit, chosen=StaffActionFilter(subject="\0"))).total == 0


async def test_members_do_not_read_the_staff_log(ports: Ports) -> None:
    member = await add_user(ports, "mira", trust_level=4)
    for person, refusal in ((member, errors.NotAllowed), (None, errors.LoginRequired)):
        async with acting(ports, person) as unit:
            with pytest.raises(refusal):
                await list_staff_actions(unit)


async def test_a_client_first_sees_what_its_reader_may_see(ports: Ports) -> None:
    await add_topic(ports, "One", "x", tags=["python"])
    await add_topic(ports, "Two", "x", tags=["secret"], category_id=3)
    member = await add_user(ports, "mira")
    async with acting(ports) as unit:
        await unit.write()
        await unit.tx.text(
            "INSERT INTO groups (id, name, name_key, visibility_level, created_at, updated_at) VALUES "
            "(50, 'inner', 'inner', 2, 1, 1), (51, 'owned', 'owned', 4, 1, 1), (52, 'known', 'known', 1, 1, 1)"
        )
        await unit.tx.text(
            f"INSERT INTO group_members (group_id, user_id, owner, created_at) VALUES (51, {member}, 1, 1)"
        )
        await unit.commit()

    async def seen(person: int | None) -> tuple[set[int], set[int], bool]:
        async with acting(ports, person) as unit:
            view = await read_site(unit)
        assert [ref.name for ref in view.top_tags] == ["python"]
        groups = {group.id for group in view.groups if group.id >= 50}
        return {each.category.id for each in view.categories}, groups, view.can_tag_topics

    assert await seen(None) == ({1}, set(), False)
    assert await seen(member) == ({1}, {51, 52}, True)
    assert await seen(1) == ({1, 3}, {50, 51, 52}, True)


async def test_the_about_page_counts_what_is_public(ports: Ports) -> None:
    async with acting(ports) as unit:
        now = unit.now
    member = await add_user(ports, "mira", last_seen_at=now)
    await add_user(ports, "mod", moderator=1)
    topic = await add_topic(ports, "New", "one", "two", user_id=member)
    await add_topic(ports, "Old", "x", at=now - 40 * 86_400_000)
    await add_topic(ports, "Gone", "x", deleted_at=now)
    await add_topic(ports, "Private", "x", to=[member])
    await add_post(ports, topic, 3, "deleted", deleted_at=now)
    async with acting(ports, None) as unit:
        about = await read_about(unit)
    counts = about.counts
    assert (counts.topics, counts.topics_day, counts.topics_month) == (2, 1, 1)
    assert (counts.posts, counts.posts_week) == (3, 2)
    assert (counts.users, counts.users_day) == (3, 3)
    assert ([card.username for card in about.admins], [card.username for card in about.moderators]) == (
        ["admin"], ["mod"]
    )  # fmt: skip
    assert about.created_at > 0
