"""What receivers are told, by whom it is filtered, and what follows when they do not take it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from tertulia.forum.outbox import Cursor, consume
from tertulia.forum.unit import Unit
from tertulia.forum.webhooks import fanning_out
from tertulia.forum.webhooks.saving import save_hook
from tertulia.model.webhooks import Hook, SaveHook
from tertulia.store.engine import Tx
from tertulia.store.events import LoggedEvent, save_cursor
from tertulia.testing.forum import Forum

URL = "https://hooks.example/"


def hook(forum: Forum, **fields: Any) -> Hook:
    """A webhook that is told of everything unless `kinds` says of what."""

    async def make(unit: Unit) -> Hook:
        given: dict[str, Any] = {"payload_url": URL, "active": True, "wildcard": "kinds" not in fields, **fields}
        return (await save_hook(unit, SaveHook(**given))).hook

    return forum.unit(make)


def listen(forum: Forum, **fields: Any) -> Hook:
    forum.outgoing.answer(URL)
    made = hook(forum, **fields)
    forum.outgoing.requests.clear()
    return made


def told(forum: Forum) -> list[str]:
    """The events that were sent since the last look."""
    forum.run_jobs()
    names = [dict(each.headers)["X-Discourse-Event"] for each in forum.outgoing.requests]
    forum.outgoing.requests.clear()
    return sorted(names)


def bodies(forum: Forum, event: str) -> list[dict[str, Any]]:
    """What stands in the bodies of an event."""
    forum.run_jobs()
    chosen = [each for each in forum.outgoing.requests if dict(each.headers)["X-Discourse-Event"] == event]
    return [next(iter(json.loads(each.body).values())) for each in chosen]


def rows(forum: Forum, columns: str = "*") -> list[Any]:
    async def read(unit: Unit) -> list[Any]:
        return [tuple(row) for row in await unit.tx.text(f"SELECT {columns} FROM web_hook_events ORDER BY id")]

    return forum.unit(read)


def test_topics_and_posts_are_told_from_first_to_last(forum: Forum) -> None:
    listen(forum)
    post = forum.given.topic()
    assert told(forum) == ["post_created", "topic_created"]
    reply = forum.given.reply(post.post.topic_id)
    assert told(forum) == ["post_created"]
    path, key = f"/t/-/{post.post.topic_id}", forum.keyed()
    forum.put(f"/posts/{reply.post.id}.json", json={"post": {"raw": "Something else is said here now."}}, headers=key)
    assert told(forum) == ["post_edited"]
    forum.put(f"{path}.json", json={"title": "Another title for the same topic"}, headers=key)
    assert told(forum) == ["topic_edited"]
    for status in ("closed", "archived"):
        forum.put(f"{path}/status.json", json={"status": status, "enabled": "true"}, headers=key)
        assert told(forum) == [f"topic_{status}_status_updated"]
        forum.put(f"{path}/status.json", json={"status": status, "enabled": "false"}, headers=key)
        assert told(forum) == [f"topic_{status}_status_updated"]
    forum.delete(f"/posts/{reply.post.id}.json", headers=key)
    assert told(forum) == ["post_destroyed"]
    forum.put(f"/posts/{reply.post.id}/recover.json", headers=key)
    assert told(forum) == ["post_recovered"]
    forum.delete(f"{path}.json", headers=key)
    assert told(forum) == ["post_destroyed", "topic_destroyed"]
    forum.put(f"/t/{post.post.topic_id}/recover.json", headers=key)
    assert told(forum) == ["post_recovered", "topic_recovered"]


def test_a_deleted_thing_is_told_whole(forum: Forum) -> None:
    listen(forum)
    post = forum.given.topic("A topic that somebody deletes soon")
    forum.delete(f"/t/{post.post.topic_id}.json", headers=forum.keyed())
    topic = bodies(forum, "topic_destroyed")[0]
    assert (topic["id"], topic["title"]) == (post.post.topic_id, "A topic that somebody deletes soon")
    assert topic["deleted_at"] is not None
    gone = bodies(forum, "post_destroyed")[0]
    assert (gone["id"], gone["raw"]) == (post.post.id, post.post.raw)


def test_of_what_is_purged_before_it_is_told_the_ids_are_told(forum: Forum) -> None:
    listen(forum, kinds=("post_created", "post_destroyed"))
    post = forum.given.topic()
    reply = forum.given.reply(post.post.topic_id)

    async def purge(unit: Unit) -> None:
        from tertulia.forum.posts.deleting import purge_post

        await purge_post(unit, reply.post.id)

    forum.unit(purge)
    assert {each["id"] for each in bodies(forum, "post_created")} == {post.post.id, reply.post.id}
    gone = bodies(forum, "post_destroyed")[0]
    assert gone["id"] == reply.post.id and gone["topic_id"] == post.post.topic_id and gone["post_number"] == 2


def test_a_like_is_told_with_its_post_and_its_giver_and_taking_it_back_is_not(forum: Forum) -> None:
    listen(forum)
    forum.given.user("mary")
    post = forum.given.topic()
    told(forum)
    like = {"id": post.post.id, "post_action_type_id": 2}
    forum.post("/post_actions.json", json=like, headers=forum.keyed("mary"))
    found = bodies(forum, "post_liked")[0]
    assert found["post"]["id"] == post.post.id and found["user"]["username"] == "mary"
    assert told(forum) == ["post_liked"]
    forum.delete(f"/post_actions/{post.post.id}.json?post_action_type_id=2", headers=forum.keyed("mary"))
    assert told(forum) == []


def test_accounts_are_told_with_their_address(forum: Forum) -> None:
    listen(forum)
    mary = forum.given.user("mary", trust_level=2)
    assert bodies(forum, "user_created")[0]["email"] == "mary@example.org"
    assert told(forum) == ["user_created", "user_promoted"]
    key = forum.keyed()
    forum.put("/u/mary.json", json={"name": "Mary the Second"}, headers=key)
    assert told(forum) == ["user_updated"]
    until = {"suspend_until": "2099-01-01", "reason": "for a while"}
    forum.put(f"/admin/users/{mary.id}/suspend.json", json=until, headers=key)
    assert told(forum) == ["user_suspended"]
    forum.put(f"/admin/users/{mary.id}/unsuspend.json", headers=key)
    assert told(forum) == ["user_unsuspended"]
    forum.login("admin", forum.admin_password)
    assert told(forum) == ["user_logged_in"]
    forum.delete(f"/admin/users/{mary.id}.json", headers=key)
    gone = bodies(forum, "user_destroyed")[0]
    assert (gone["id"], gone["username"], gone["email"]) == (mary.id, "mary", "mary@example.org")
    assert "password_hash" not in json.dumps(gone)


def test_groups_categories_and_tags_are_told(forum: Forum) -> None:
    listen(forum)
    forum.given.user("mary")
    told(forum)
    key = forum.keyed()
    group_id = forum.post("/admin/groups.json", json={"group": {"name": "readers"}}, headers=key).json["basic_group"][
        "id"
    ]
    assert told(forum) == ["group_created"]
    forum.put(f"/groups/{group_id}/members.json", json={"usernames": "mary"}, headers=key)
    assert bodies(forum, "user_added_to_group")[0]["group_id"] == group_id
    assert told(forum) == ["user_added_to_group"]
    forum.delete(f"/groups/{group_id}/members.json?usernames=mary", headers=key)
    assert told(forum) == ["user_removed_from_group"]
    forum.put(f"/groups/{group_id}.json", json={"group": {"full_name": "Those who read"}}, headers=key)
    assert told(forum) == ["group_updated"]
    forum.delete(f"/admin/groups/{group_id}.json", headers=key)
    assert bodies(forum, "group_destroyed")[0]["full_name"] == "Those who read"
    assert told(forum) == ["group_destroyed"]
    category = forum.given.category("Gardens")
    assert told(forum) == ["category_created"]
    forum.put(f"/categories/{category.category.id}.json", json={"name": "Parks", "color": "112233"}, headers=key)
    assert bodies(forum, "category_updated")[0]["name"] == "Parks"
    told(forum)
    forum.delete(f"/categories/{category.category.id}.json", headers=key)
    assert bodies(forum, "category_destroyed")[0]["name"] == "Parks"
    told(forum)
    forum.given.topic(tags=("roses",))
    assert bodies(forum, "tag_created")[0]["name"] == "roses"
    told(forum)
    forum.put("/tag/roses.json", json={"tag": {"id": "tulips"}}, headers=key)
    assert told(forum) == ["tag_updated"]
    forum.delete("/tag/tulips.json", headers=key)
    assert bodies(forum, "tag_destroyed")[0]["name"] == "tulips"


def test_a_webhook_is_told_only_of_what_it_asked_for(forum: Forum) -> None:
    listen(forum, kinds=("topic_edited",))
    post = forum.given.topic()
    assert told(forum) == []
    status = {"status": "closed", "enabled": "true"}
    forum.put(f"/t/-/{post.post.topic_id}/status.json", json=status, headers=forum.keyed())
    assert told(forum) == ["topic_closed_status_updated"]


def test_a_webhook_is_not_told_of_what_was_before_it_or_while_it_was_not_active(forum: Forum) -> None:
    forum.outgoing.answer(URL)
    forum.given.topic()
    made = hook(forum, active=False)
    forum.given.topic()

    async def activate(unit: Unit) -> None:
        await save_hook(unit, SaveHook(hook_id=made.id, active=True))

    forum.unit(activate)
    assert told(forum) == []
    forum.given.topic()
    assert told(forum) == ["post_created", "topic_created"]


def test_a_webhook_narrowed_to_categories_ignores_what_has_none(forum: Forum) -> None:
    category = forum.given.category("Gardens").category.id
    listen(forum, category_ids=(category,))
    forum.given.topic()
    forum.given.user("mary")
    assert told(forum) == []
    forum.given.topic(category_id=category)
    assert told(forum) == ["post_created", "topic_created"]


def test_a_webhook_narrowed_to_tags_hears_of_topics_that_carry_one(forum: Forum) -> None:
    post = forum.given.topic(tags=("roses",))
    listen(forum, tag_names=("Roses",))
    forum.given.topic(tags=("tulips",))
    assert told(forum) == []
    forum.given.reply(post.post.topic_id)
    assert told(forum) == ["post_created"]


def test_a_webhook_narrowed_to_groups_hears_of_them_and_of_their_people(forum: Forum) -> None:
    forum.given.user("mary")
    forum.given.user("bob")
    key = forum.keyed()
    group = {"group": {"name": "readers", "usernames": "mary"}}
    group_id = forum.post("/admin/groups.json", json=group, headers=key).json["basic_group"]["id"]
    listen(forum, group_ids=(group_id,))
    forum.put("/u/bob.json", json={"name": "Bob the Second"}, headers=key)
    forum.given.topic()
    assert told(forum) == []
    forum.put("/u/mary.json", json={"name": "Mary the Second"}, headers=key)
    forum.put(f"/groups/{group_id}.json", json={"group": {"full_name": "Those who read"}}, headers=key)
    assert told(forum) == ["group_updated", "user_updated"]


def test_events_that_are_read_twice_are_told_once(forum: Forum) -> None:
    listen(forum)
    forum.given.topic()
    assert len(told(forum)) == 2

    async def rewind(unit: Unit) -> None:
        await unit.write()
        await save_cursor(unit.tx, "webhooks", cursor=Cursor())

    forum.unit(rewind)
    assert told(forum) == []
    assert len(rows(forum)) == 2


@pytest.mark.parametrize("status", [500, 301, 0])
def test_what_is_not_taken_is_sent_after_1_5_25_and_125_minutes_and_then_no_more(forum: Forum, status: int) -> None:
    if status:
        forum.outgoing.answer(URL, status=status, headers=(("location", "http://127.0.0.1/"),))
    hook(forum, kinds=("topic_created",))
    forum.given.topic()
    assert len(told(forum)) == 1
    sent = []
    for minutes in (1, 5, 25, 125):
        forum.clock.advance(minutes=minutes - 0.5)
        assert told(forum) == []
        forum.clock.advance(minutes=0.6)
        sent += told(forum)
    assert sent == ["topic_created"] * 4
    forum.clock.advance(days=2)
    assert told(forum) == []
    assert rows(forum, "status, attempts") == [(status or -1, 5)]


def test_nothing_is_sent_again_where_the_site_says_so(forum: Forum) -> None:
    setting = {"retry_web_hook_events": "false"}
    forum.put("/admin/site_settings/retry_web_hook_events.json", form=setting, headers=forum.keyed())
    hook(forum, kinds=("topic_created",))
    forum.given.topic()
    assert len(told(forum)) == 1
    forum.clock.advance(minutes=10)
    assert told(forum) == []


def test_a_receiver_that_is_gone_is_not_asked_again_and_after_the_last_retry_switched_off(forum: Forum) -> None:
    forum.outgoing.answer(URL, status=410)
    made = hook(forum, kinds=("topic_created",))
    forum.given.topic()
    assert len(told(forum)) == 1
    forum.clock.advance(minutes=200)
    assert told(forum) == []
    forum.outgoing.answer(URL, status=500)
    forum.given.topic()
    told(forum)
    for minutes in (1.1, 5.1, 25.1):
        forum.clock.advance(minutes=minutes)
        assert told(forum) == ["topic_created"]
    forum.outgoing.answer(URL, status=404)
    forum.clock.advance(minutes=126)
    assert told(forum) == ["topic_created"]
    path = f"/admin/api/web_hooks/{made.id}.json"
    assert forum.get(path, headers=forum.keyed()).json["web_hook"]["active"] is False
    log = forum.get("/admin/logs/staff_action_logs.json?action_name=web_hook_deactivate", headers=forum.keyed())
    assert len(log.json["staff_action_logs"]) == 1


def test_a_webhook_switched_off_meanwhile_is_not_told(forum: Forum) -> None:
    made = hook(forum, kinds=("topic_created",))
    forum.given.topic()
    assert len(told(forum)) == 1

    async def switch_off(unit: Unit) -> None:
        await save_hook(unit, SaveHook(hook_id=made.id, active=False))

    forum.unit(switch_off)
    forum.clock.advance(minutes=2)
    assert told(forum) == []


def test_deliveries_are_kept_for_thirty_days(forum: Forum) -> None:
    from tertulia.forum.webhooks.sweeping import sweep_deliveries

    listen(forum)
    forum.given.topic()
    told(forum)
    forum.clock.advance(days=29)
    forum.unit(sweep_deliveries)
    assert len(rows(forum)) == 2
    forum.clock.advance(days=1.1)
    forum.unit(sweep_deliveries)
    assert rows(forum) == []


def test_what_receivers_answer_is_kept_up_to_a_bound_and_cannot_break_the_log(forum: Forum) -> None:
    noise = b"\x00\xff<script>" + b"a" * 100_000
    forum.outgoing.answer(URL, body=noise, headers=(("x-long", "b" * 5000), ("set-cookie", "c")))
    hook(forum, kinds=("topic_created",))
    forum.given.topic()
    told(forum)
    status, body, headers = rows(forum, "status, response_body, response_headers")[0]
    assert status == 200 and len(body) <= 10_000 and "\0" not in body
    assert len(json.loads(headers)["x-long"]) == 500


def test_a_forum_without_webhooks_keeps_no_deliveries(forum: Forum) -> None:
    forum.given.topic()
    forum.run_jobs()
    assert rows(forum) == []


# -- many -------------------------------------------------------------------------------------------
def test_much_to_tell_is_put_in_several_turns_and_nothing_twice(forum: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanning_out, "AT_ONCE", 3)
    for _ in range(4):
        listen(forum, kinds=("topic_created", "post_created"))
    topic = forum.given.topic()
    turns: list[int] = []

    async def counting(unit: Unit, logged: Sequence[LoggedEvent]) -> int:
        turns.append(await fanning_out.fan_out(unit, logged))
        return turns[-1]

    forum.inline_jobs = False
    forum.given.reply(topic.post.topic_id)
    forum.given.reply(topic.post.topic_id)
    before = len(rows(forum))

    async def read(unit: Unit) -> int:
        return await consume(unit, "webhooks", counting)

    for _ in range(200):
        forum.unit(read)
        if len(rows(forum)) == before + 8:
            break
    assert len(rows(forum)) == before + 8 and max(turns) < 8 and len([each for each in turns if each]) >= 2
    pairs = rows(forum, "web_hook_id, event_id, name")
    assert len(set(pairs)) == len(pairs)


def test_a_filter_by_group_costs_one_statement_however_many_people_acted(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = ("mary", "bobby", "carla")
    for name in people:
        forum.given.user(name)
    group = {"group": {"name": "insiders", "usernames": "mary"}}
    made = forum.post("/admin/groups.json", json=group, headers=forum.keyed()).json["basic_group"]
    listen(forum, kinds=("user_updated",), group_ids=(made["id"],))
    asked: list[int] = []
    real = fanning_out.list_custom_groups_of

    async def counting(tx: Tx, user_ids: Sequence[int]) -> dict[int, set[int]]:
        asked.append(len(user_ids))
        return await real(tx, user_ids)

    monkeypatch.setattr(fanning_out, "list_custom_groups_of", counting)
    forum.inline_jobs = False
    for name in people:
        assert forum.put(f"/u/{name}.json", json={"name": "Another Name"}, headers=forum.keyed()).status == 200
    assert told(forum) == ["user_updated"]
    assert asked == [3]
