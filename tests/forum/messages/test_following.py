"""What follows when people and groups get a message: levels, events, jobs, and how much it costs to list messages."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator

import pytest

from tertulia.forum.topics import recipients
from tertulia.forum.unit import Unit
from tertulia.store.engine.postgres import PostgresTx
from tertulia.store.engine.sqlite import SqliteTx
from tertulia.testing.forum import Forum
from tests.dialects.discourse.messages import group, reply, sent


def told(forum: Forum, name: str) -> list[dict[str, object]]:
    """The facts of every event of a kind, the oldest first."""

    async def read(unit: Unit) -> list[dict[str, object]]:
        rows = await unit.tx.text("SELECT facts FROM events ORDER BY id")
        facts = [json.loads(row[0]) for row in rows]
        return [each for each in facts if each["event"] == name]

    return forum.unit(read)


def levels(forum: Forum, topic_id: int) -> dict[str, int]:
    async def read(unit: Unit) -> dict[str, int]:
        rows = await unit.tx.text(
            "SELECT username, level, topic_id FROM topic_states JOIN users ON users.id = user_id ORDER BY username"
        )
        return {str(row[0]): int(row[1]) for row in rows if row[2] == topic_id and row[1] is not None}

    return forum.unit(read)


def test_events_say_who_came_and_who_went(forum: Forum) -> None:
    people = {name: forum.given.user(name).id for name in ("mary", "bobby", "carla")}
    group_id = group(forum, messageable_level=99)
    topic_id = sent(forum)
    forum.post(f"/t/{topic_id}/invite.json", json={"user": "carla"}, headers=forum.keyed("mary"))
    forum.post(f"/t/{topic_id}/invite-group.json", json={"group": "cooks"}, headers=forum.keyed("mary"))
    forum.put(f"/t/{topic_id}/remove-allowed-user.json", json={"username": "carla"}, headers=forum.keyed("carla"))
    forum.put(f"/t/{topic_id}/remove-allowed-group.json", json={"name": "cooks"}, headers=forum.keyed("mary"))
    for name, actor, subject in (
        ("topic_user_invited", "mary", {"user_id": people["carla"]}),
        ("topic_group_invited", "mary", {"group_id": group_id}),
        ("topic_user_removed", "carla", {"user_id": people["carla"]}),
        ("topic_group_removed", "mary", {"group_id": group_id}),
    ):
        facts = told(forum, name)
        assert len(facts) == 1, name
        assert facts[0]["topic_id"] == topic_id and facts[0]["actor_id"] == people[actor]
        assert subject.items() <= facts[0].items()


def test_a_post_s_event_names_the_groups_that_its_author_may_mention(forum: Forum) -> None:
    forum.given.user("mary")
    open_id, shut_id = group(forum, mentionable_level=99), group(forum, "bakers", mentionable_level=1)
    raw = "The @cooks and the @bakers are called to the kitchen."
    forum.given.topic(by="mary", raw=raw)
    forum.given.topic(by="admin", raw=raw + " Twice.")
    events = [event.get("group_mentions", []) for event in told(forum, "post_created")]
    assert events[-2:] == [[open_id], [open_id, shut_id]]


def test_a_large_group_follows_in_slices(forum: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipients, "FOLLOW_SLICE", 2)
    names = [forum.given.user(f"cook{number}").username for number in range(5)]
    forum.given.user("mary")
    group(forum, messageable_level=99, usernames=",".join(names), default_notification_level=2)
    topic_id = sent(forum, to="cooks")
    forum.run_jobs()
    assert levels(forum, topic_id) == {"mary": 3, **dict.fromkeys(names, 2)}


def test_a_level_that_somebody_chose_stays_when_they_come_back(forum: Forum) -> None:
    for name in ("mary", "bobby"):
        forum.given.user(name)
    topic_id = sent(forum)
    path = f"/t/{topic_id}/remove-allowed-user.json"
    forum.put(path, json={"username": "bobby"}, headers=forum.keyed("mary"))
    assert levels(forum, topic_id) == {"mary": 3}
    forum.post(f"/t/{topic_id}/invite.json", json={"user": "bobby"}, headers=forum.keyed("mary"))
    assert levels(forum, topic_id) == {"mary": 3, "bobby": 3}
    forum.post(f"/t/{topic_id}/notifications.json", json={"notification_level": 2}, headers=forum.keyed("bobby"))
    assert reply(forum, topic_id, by="bobby").status == 200
    assert levels(forum, topic_id) == {"mary": 3, "bobby": 2}


def test_a_deleted_account_leaves_no_trace_in_messages_and_groups(forum: Forum) -> None:
    mary = forum.given.user("mary")
    forum.given.user("bobby")
    group(forum, allow_membership_requests=True, owner_usernames="bobby")
    forum.post("/g/cooks/request_membership.json", json={"reason": "x"}, headers=forum.keyed("mary"))
    sent(forum, by="bobby", to="mary")
    gone = forum.delete(f"/admin/users/{mary.id}.json", json={"delete_posts": True}, headers=forum.keyed())
    assert gone.status == 200, gone

    async def count(unit: Unit) -> list[int]:
        tables = ("topic_allowed_users", "group_requests", "topic_states")
        found = [await unit.tx.text(f"SELECT COUNT(*) FROM {name} WHERE user_id = {mary.id}") for name in tables]
        return [int(rows[0][0]) for rows in found]

    assert forum.unit(count) == [0, 0, 0]


def _watched(run: Callable[..., Awaitable[object]], seen: list[object]) -> Callable[..., Awaitable[object]]:
    async def watched(self: object, query: object, *given: object, **values: object) -> object:
        seen.append(query)
        return await run(self, query, *given, **values)

    return watched


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    seen: list[object] = []
    for kind in (SqliteTx, PostgresTx):
        for name in ("all", "one", "run", "many"):
            run = getattr(kind, name)

            async def watched(
                self: object, query: object, *given: object, run: object = run, **values: object
            ) -> object:
                seen.append(query)
                return await run(self, query, *given, **values)  # type: ignore[operator]

            monkeypatch.setattr(kind, name, watched)
    yield seen


@pytest.mark.parametrize("tail", ["/bobby", "-new/bobby", "-group/bobby/cooks"])
def test_lists_of_messages_cost_the_same_for_few_and_for_many(
    forum: Forum, statements: list[object], tail: str
) -> None:
    for name in ("mary", "bobby", "carla", "dora"):
        forum.given.user(name)
    group(forum, usernames="bobby", messageable_level=99)
    counts = []
    for first, last in ((0, 2), (2, 12)):
        for number in range(first, last):
            sent(forum, by="admin", to="bobby,carla,dora,cooks", raw=f"Sentence number {number} of very many.")
        path = f"/topics/private-messages{tail}.json"
        forum.get(path, headers=forum.keyed("bobby"))
        statements.clear()
        shown = forum.get(path, headers=forum.keyed("bobby")).json["topic_list"]["topics"]
        assert len(shown) == last
        counts.append(len(statements))
    assert counts[0] == counts[1]
