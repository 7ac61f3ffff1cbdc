"""Tags: made by use and by staff, counted, found, hidden with their topics."""

from __future__ import annotations

import pytest

from tertulia.forum.categories.saving import save_category
from tertulia.forum.levels import set_level
from tertulia.forum.sites.knobs import change_setting
from tertulia.forum.tags.reading import list_tags, read_tag, search_tags
from tertulia.forum.tags.saving import create_tag, delete_tag, rename_tag
from tertulia.forum.tags.tagging import count_topic, is_topic_public, replace_topic_tags, resolve_tags
from tertulia.forum.unit import Ports, Unit
from tertulia.model import errors
from tertulia.model.categories import SaveCategory
from tertulia.model.levels import SetLevel
from tests.forum.sites.given import acting, add_topic, add_user

pytestmark = pytest.mark.anyio


async def names(unit: Unit) -> dict[str, int]:
    return {tag.name: tag.topic_count for tag in (await list_tags(unit)).tags}


async def resolved(ports: Ports, person: int, *wanted: str, category_id: int = 1) -> list[str]:
    async with acting(ports, person) as unit:
        refs = await resolve_tags(unit, wanted, category_id=category_id)
        await unit.commit()
    return [ref.name for ref in refs]


async def test_tags_are_counted_by_the_topics_that_everybody_sees(ports: Ports) -> None:
    await add_topic(ports, "One", "x", tags=["python", "sql"])
    await add_topic(ports, "Two", "x", tags=["python"])
    await add_topic(ports, "Three", "x", tags=["python", "secret"], category_id=3)
    await add_topic(ports, "Four", "x", tags=["python"], visible=0)
    async with acting(ports, None) as unit:
        assert await names(unit) == {"python": 2, "sql": 1}
    async with acting(ports) as unit:
        assert await names(unit) == {"python": 2, "sql": 1, "secret": 0}


async def test_a_tag_of_hidden_topics_is_missing_for_those_who_cannot_see_them(ports: Ports) -> None:
    await add_topic(ports, "Plans", "x", tags=["layoffs"], category_id=3)
    member, moderator = await add_user(ports, "mira"), await add_user(ports, "mod", moderator=1)
    for person in (None, member):
        async with acting(ports, person) as unit:
            with pytest.raises(errors.TagMissing):
                await read_tag(unit, "layoffs")
            assert await search_tags(unit, "lay", limit=5) == ()
    async with acting(ports, moderator) as unit:
        assert (await read_tag(unit, "Layoffs")).can_edit


async def test_replacing_the_tags_of_a_topic_moves_the_counts(ports: Ports) -> None:
    topic = await add_topic(ports, "One", "x", tags=["old", "kept"])
    async with acting(ports) as unit:
        refs = {ref.name: ref.id for ref in await resolve_tags(unit, ["kept", "new"], category_id=1)}
        await unit.write()
        await replace_topic_tags(unit.tx, topic, [refs["new"], refs["kept"]])
        await unit.commit()
    async with acting(ports) as unit:
        assert await names(unit) == {"kept": 1, "new": 1, "old": 0}


async def test_counts_follow_a_topic_that_is_deleted_and_recovered(ports: Ports) -> None:
    topic = await add_topic(ports, "One", "x", tags=["python"])
    for deleted, count in (("1", 0), ("NULL", 1)):
        async with acting(ports) as unit:
            await unit.write()
            was = await is_topic_public(unit.tx, topic)
            await unit.tx.text(f"UPDATE topics SET deleted_at = {deleted} WHERE id = {topic}")
            await count_topic(unit.tx, topic, was_public=was)
            await unit.commit()
        async with acting(ports) as unit:
            assert await names(unit) == {"python": count}


async def test_restricting_a_category_takes_its_topics_out_of_the_counts(ports: Ports) -> None:
    await add_topic(ports, "One", "x", tags=["python"])
    for bundles, count in (({"staff": 1}, 0), ({"everyone": 1}, 1)):
        async with acting(ports) as unit:
            await save_category(unit, SaveCategory(category_id=1, bundles=bundles))
            await unit.commit()
        async with acting(ports) as unit:
            assert await names(unit) == {"python": count}


async def test_unknown_tags_are_made_by_those_who_may_and_dropped_for_others(ports: Ports) -> None:
    await add_topic(ports, "One", "x", tags=["known"])
    new, trusted = await add_user(ports, "mira"), await add_user(ports, "otto", trust_level=3)
    assert await resolved(ports, new, "Known", "unknown") == ["known"]
    assert await resolved(ports, trusted, "Made Here", "known", "KNOWN", "  ") == ["made-here", "known"]
    assert await resolved(ports, new, "made here") == ["made-here"]


async def test_tags_are_dropped_where_the_actor_may_not_tag(ports: Ports) -> None:
    await add_topic(ports, "One", "x", tags=["known"])
    member = await add_user(ports, "mira", trust_level=4)
    assert await resolved(ports, member, "known", category_id=3) == []
    async with acting(ports) as unit:
        await change_setting(unit, "tagging_enabled", "false")
        await unit.commit()
    assert await resolved(ports, 1, "known") == []


async def test_a_topic_takes_a_limited_number_of_tags(ports: Ports) -> None:
    member = await add_user(ports, "mira", trust_level=4)
    assert len(await resolved(ports, member, "a1", "a2", "a3", "a4", "a5", "a5")) == 5
    with pytest.raises(errors.TagsTooMany) as told:
        await resolved(ports, member, "a1", "a2", "a3", "a4", "a5", "a6")
    assert told.value.params == {"maximum": 5}
    with pytest.raises(errors.TagsTooMany):
        await resolved(ports, 1, *(f"tag{number}" for number in range(101)))


async def test_staff_make_rename_and_delete_tags(ports: Ports) -> None:
    topic = await add_topic(ports, "One", "x", tags=["old"])
    async with acting(ports) as unit:
        made = await create_tag(unit, "Fresh Tag", description=" about it ")
        renamed = await rename_tag(unit, "old", new_name="newer", description="d")
        await unit.commit()
    assert (made.name, made.description, renamed.name, renamed.topic_count) == ("fresh-tag", "about it", "newer", 1)
    async with acting(ports) as unit:
        await delete_tag(unit, "NEWER")
        await unit.commit()
    async with acting(ports) as unit:
        assert await names(unit) == {"fresh-tag": 0}
        assert not await unit.tx.text(f"SELECT 1 FROM topic_tags WHERE topic_id = {topic}")
        told = [row[0] for row in await unit.tx.text("SELECT event FROM events ORDER BY id")]
        logged = {row[0] for row in await unit.tx.text("SELECT action FROM staff_actions")}
    assert told == ["tag_created", "tag_updated", "tag_deleted"]
    assert logged == {"create_tag", "renamed_tag", "deleted_tag"}


async def test_only_the_case_of_a_tag_may_be_changed(ports: Ports) -> None:
    async with acting(ports) as unit:
        await create_tag(unit, "sqlite")
        await change_setting(unit, "force_lowercase_tags", "false")
        await unit.commit()
    async with acting(ports) as unit:
        assert (await rename_tag(unit, "sqlite", new_name="SQLite")).name == "SQLite"


async def test_tags_that_break_a_rule_are_refused(ports: Ports) -> None:
    async with acting(ports) as unit:
        await create_tag(unit, "taken")
        await create_tag(unit, "other")
        for act, refusal in (
            (create_tag(unit, "TAKEN"), errors.TagExists),
            (create_tag(unit, "///"), errors.TagNameInvalid),
            (create_tag(unit, "x" * 21), errors.TagTooLong),
            (rename_tag(unit, "other", new_name="taken"), errors.TagExists),
            (rename_tag(unit, "absent", new_name="b"), errors.TagMissing),
            (delete_tag(unit, "absent"), errors.TagMissing),
        ):
            with pytest.raises(refusal):
                await act


async def test_members_do_not_change_tags(ports: Ports) -> None:
    await add_topic(ports, "One", "x", tags=["python"])
    member = await add_user(ports, "mira", trust_level=4)
    for person, refusal in ((member, errors.NotAllowed), (None, errors.LoginRequired)):
        async with acting(ports, person) as unit:
            for act in (create_tag(unit, "x1"), rename_tag(unit, "python", new_name="x2"), delete_tag(unit, "python")):
                with pytest.raises(refusal):
                    await act


async def test_a_search_finds_tags_by_how_they_begin(ports: Ports) -> None:
    await add_topic(ports, "One", "x", tags=["python", "pytest", "sql"])
    await add_topic(ports, "Two", "x", tags=["pytest"])
    async with acting(ports, None) as unit:
        assert [ref.name for ref in await search_tags(unit, "PY", limit=5)] == ["pytest", "python"]
        assert [ref.name for ref in await search_tags(unit, "", limit=1)] == ["pytest"]
        assert await search_tags(unit, "p%", limit=0) != ()
        assert await search_tags(unit, "///", limit=5) == ()
        for name in ("", "absent", "\0", "\ud800", "x" * 5_000):
            with pytest.raises(errors.TagMissing):
                await read_tag(unit, name)


async def test_a_level_in_a_tag_is_the_readers_own(ports: Ports) -> None:
    await add_topic(ports, "One", "x", tags=["python"])
    member = await add_user(ports, "mira")
    async with acting(ports, member) as unit:
        tag = (await read_tag(unit, "python")).tag
        await set_level(unit, SetLevel(subject="tag", subject_id=tag.id, level=3))
        await unit.commit()
    async with acting(ports, member) as unit:
        assert (await read_tag(unit, "python")).level == 3
    async with acting(ports, None) as unit:
        assert (await read_tag(unit, "python")).level is None
