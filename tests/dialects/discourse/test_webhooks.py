"""Webhooks over Discourse's API: made, changed, listed, pinged; deliveries read and sent again; what is refused."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest

from tertulia.forum.webhooks.reading import find_delivery, read_hook
from tertulia.model.errors import DeliveryMissing, HookMissing
from tertulia.testing.client import Response
from tertulia.testing.forum import Forum

HOOKS = "/admin/api/web_hooks"
SECRET = "a secret of twelve or more"


def fields(**changed: Any) -> dict[str, Any]:
    given = {
        "payload_url": "https://hooks.example/forum", "content_type": 1, "secret": SECRET, "active": True,
        "wildcard_web_hook": False, "verify_certificate": True, "web_hook_event_type_ids": [101, 201],
    }  # fmt: skip
    return {**given, **changed}


def create(forum: Forum, **changed: Any) -> Response:
    return forum.post(f"{HOOKS}.json", json={"web_hook": fields(**changed)}, headers=forum.keyed())


def made(forum: Forum, **changed: Any) -> int:
    answer = create(forum, **changed)
    assert answer.status == 200, answer.text
    return int(answer.json["web_hook"]["id"])


def sent(forum: Forum) -> list[tuple[str, dict[str, Any]]]:
    """(event, body) of everything that was sent."""
    return [(dict(each.headers)["X-Discourse-Event"], json.loads(each.body)) for each in forum.outgoing.requests]


def write_topic(forum: Forum) -> int:
    body = {"title": "A topic that receivers hear of", "raw": "This is what it says, at length.", "category": 1}
    answer = forum.post("/posts.json", json=body, headers=forum.keyed())
    assert answer.status == 200, answer.text
    return int(answer.json["topic_id"])


def test_a_webhook_is_answered_as_it_was_made_with_its_secret(forum: Forum) -> None:
    answer = create(forum, category_ids=[1])
    hook = answer.json["web_hook"]
    assert answer.status == 200
    assert {name: hook[name] for name in ("payload_url", "content_type", "secret", "active", "wildcard_web_hook")} == {
        "payload_url": "https://hooks.example/forum", "content_type": 1, "secret": SECRET, "active": True,
        "wildcard_web_hook": False,
    }  # fmt: skip
    assert hook["last_delivery_status"] == 1 and hook["category_ids"] == [1] and hook["verify_certificate"] is True
    assert hook["web_hook_event_types"] == [
        {"id": 101, "name": "topic_created", "group": "topic"}, {"id": 201, "name": "post_created", "group": "post"}
    ]  # fmt: skip
    assert forum.get(f"{HOOKS}/{hook['id']}.json", headers=forum.keyed()).json["web_hook"] == hook


def test_the_form_of_older_clients_makes_the_same(forum: Forum) -> None:
    form = {
        "web_hook[payload_url]": "https://hooks.example/forum", "web_hook[content_type]": "1",
        "web_hook[secret]": SECRET, "web_hook[active]": "true", "web_hook[web_hook_event_type_ids][]": "201",
    }  # fmt: skip
    answer = forum.post(f"{HOOKS}.json", form=form, headers=forum.keyed())
    assert answer.status == 200
    assert [each["id"] for each in answer.json["web_hook"]["web_hook_event_types"]] == [201]


@pytest.mark.parametrize(
    ("named", "expected"),
    [(["post_created"], [201]), (["like_created"], [1501]), (["1401", 1402], [1401, 1402]), ("101,103", [101, 103])],
)
def test_events_are_taken_by_number_and_by_name(forum: Forum, named: object, expected: list[int]) -> None:
    answer = create(forum, web_hook_event_type_ids=named)
    assert [each["id"] for each in answer.json["web_hook"]["web_hook_event_types"]] == expected


def test_the_list_says_what_can_be_subscribed_to(forum: Forum) -> None:
    made(forum)
    answer = forum.get(f"{HOOKS}.json", headers=forum.keyed()).json
    assert answer["total_rows_web_hooks"] == 1 and len(answer["web_hooks"]) == 1
    assert answer["load_more_web_hooks"] == "/admin/api/web_hooks.json?limit=50&offset=50"
    extras = answer["extras"]
    assert {each["id"] for each in extras["event_types"]} >= {101, 105, 201, 204, 301, 309, 401, 503, 603, 1402, 1601}
    assert [each["name"] for each in extras["default_event_types"]] == [
        "post_created", "post_edited", "post_destroyed", "post_recovered"
    ]  # fmt: skip
    assert [each["id"] for each in extras["grouped_event_types"]["topic"]] == [101, 102, 103, 104, 105]
    assert [each["name"] for each in extras["content_types"]] == [
        "application/json", "application/x-www-form-urlencoded"
    ]  # fmt: skip
    assert [each["name"] for each in extras["delivery_statuses"]] == ["inactive", "failed", "successful", "disabled"]


def test_only_what_is_sent_changes(forum: Forum) -> None:
    hook_id = made(forum)
    answer = forum.put(f"{HOOKS}/{hook_id}.json", json={"web_hook": {"active": False}}, headers=forum.keyed())
    hook = answer.json["web_hook"]
    assert (hook["active"], hook["secret"], len(hook["web_hook_event_types"])) == (False, SECRET, 2)
    # What nobody may set is ignored.
    forged = {"id": 99, "last_delivery_status": 3, "created_at": "1999-01-01"}
    after = forum.put(f"{HOOKS}/{hook_id}.json", json={"web_hook": forged}, headers=forum.keyed()).json["web_hook"]
    assert {**after, "updated_at": ""} == {**hook, "updated_at": ""}


def test_a_deleted_webhook_is_gone_with_its_deliveries(forum: Forum) -> None:
    hook_id = made(forum)
    write_topic(forum)
    assert forum.delete(f"{HOOKS}/{hook_id}.json", headers=forum.keyed()).json == {"success": "OK"}
    for path in (f"{HOOKS}/{hook_id}.json", f"/admin/api/web_hook_events/{hook_id}.json"):
        assert forum.get(path, headers=forum.keyed()).status == 404
    assert forum.delete(f"{HOOKS}/{hook_id}.json", headers=forum.keyed()).status == 404

    async def left(unit: Any) -> int:
        return int((await unit.tx.text("SELECT count(*) FROM web_hook_events"))[0][0])

    assert forum.unit(left) == 0


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"payload_url": ""}, "webhook.url_invalid"),
        ({"payload_url": "hooks.example"}, "webhook.url_invalid"),
        ({"payload_url": "ftp://hooks.example/"}, "webhook.url_invalid"),
        ({"payload_url": "https://user:word@hooks.example/"}, "webhook.url_invalid"),
        ({"payload_url": "https://hooks.example/\r\nX-A: b"}, "webhook.url_invalid"),
        ({"payload_url": "https://hooks.example:99999/"}, "webhook.url_invalid"),
        ({"payload_url": "https://hooks.example/" + "a" * 1000}, "webhook.url_invalid"),
        ({"payload_url": "http://127.0.0.1:8080/"}, "webhook.url_refused"),
        ({"payload_url": "http://[::1]/"}, "webhook.url_refused"),
        ({"payload_url": "http://169.254.169.254/latest"}, "webhook.url_refused"),
        ({"secret": "elevenchars"}, "webhook.secret_too_short"),
        ({"secret": "a" * 501}, "webhook.field_invalid"),
        ({"content_type": 3}, "webhook.field_invalid"),
        ({"web_hook_event_type_ids": [999]}, "webhook.event_unknown"),
        ({"web_hook_event_type_ids": ["solved_accepted_solution"]}, "webhook.event_unknown"),
        ({"web_hook_event_type_ids": [""]}, "webhook.events_missing"),
        ({"category_ids": [4711]}, "webhook.field_invalid"),
        ({"group_ids": [4711]}, "webhook.field_invalid"),
        ({"tag_ids": [4711]}, "webhook.field_invalid"),
        ({"tag_names": ["nobody-used-it"]}, "webhook.field_invalid"),
    ],
)
def test_what_makes_no_webhook_is_refused_and_nothing_is_made(
    forum: Forum, changed: dict[str, Any], reason: str
) -> None:
    answer = create(forum, **changed)
    assert (answer.status, answer.headers["x-tertulia-reason"]) == (422, reason)
    assert answer.json["errors"] and all(answer.json["errors"])
    assert forum.get(f"{HOOKS}.json", headers=forum.keyed()).json["total_rows_web_hooks"] == 0


@pytest.mark.parametrize("body", [{}, {"web_hook": {}}, {"web_hook": "x"}, {"web_hook": {"content_type": "x"}}])
def test_a_body_that_is_none_is_refused(forum: Forum, body: dict[str, Any]) -> None:
    assert forum.post(f"{HOOKS}.json", json=body, headers=forum.keyed()).status == 400


def test_nobody_but_admins_finds_any_of_it(forum: Forum) -> None:
    hook_id = made(forum)
    forum.given.user("mary", moderator=True)
    paths = (
        ("GET", f"{HOOKS}.json"), ("POST", f"{HOOKS}.json"), ("GET", f"{HOOKS}/{hook_id}.json"),
        ("PUT", f"{HOOKS}/{hook_id}.json"), ("DELETE", f"{HOOKS}/{hook_id}.json"),
        ("GET", f"/admin/api/web_hook_events/{hook_id}.json"), ("GET", f"{HOOKS}/{hook_id}/events/bulk.json?ids[]=1"),
        ("POST", f"{HOOKS}/{hook_id}/events/1/redeliver.json"),
        ("POST", f"{HOOKS}/{hook_id}/events/failed_redeliver.json"), ("POST", f"{HOOKS}/{hook_id}/ping.json"),
    )  # fmt: skip
    for method, path in paths:
        for headers in ({}, forum.keyed("mary")):
            body = {"web_hook": {"active": False}} if method in ("POST", "PUT") else None
            answer = forum.request(method, path, headers={"Accept": "application/json", **headers}, json=body)
            assert answer.status in (403, 404), (method, path, answer.status)
            assert SECRET not in answer.text
    assert forum.get(f"{HOOKS}/{hook_id}.json", headers=forum.keyed()).json["web_hook"]["active"] is True


def test_a_key_with_scopes_opens_no_webhooks(forum: Forum) -> None:
    headers = {"Api-Key": forum.given.key("admin", scopes=("topics:read",)), "Api-Username": "admin"}
    assert forum.get(f"{HOOKS}.json", headers=headers).status == 403


def test_a_ping_is_sent_even_while_the_webhook_is_not_active(forum: Forum) -> None:
    forum.outgoing.answer("https://hooks.example/", body="pong")
    hook_id = made(forum, active=False)
    assert forum.post(f"{HOOKS}/{hook_id}/ping.json", headers=forum.keyed()).json == {"success": "OK"}
    assert sent(forum) == [("ping", {"ping": "OK"})]
    events = forum.get(f"/admin/api/web_hook_events/{hook_id}.json", headers=forum.keyed()).json
    assert events["total_rows_web_hook_events"] == 1 and events["extras"] == {"web_hook_id": hook_id}
    event = events["web_hook_events"][0]
    assert (event["status"], event["response_body"], event["payload"]) == (200, "pong", '{"ping":"OK"}')
    missing = forum.post(f"{HOOKS}/4711/ping.json", headers=forum.keyed())
    assert (missing.status, missing.headers["x-tertulia-reason"]) == (404, "not_found")


def test_what_is_not_there_is_said_by_its_name_inside(forum: Forum) -> None:
    hook_id = made(forum)

    async def look(unit: Any) -> tuple[str, str]:
        with pytest.raises(HookMissing) as hook:
            await read_hook(unit, 4711)
        with pytest.raises(DeliveryMissing) as delivery:
            await find_delivery(unit, hook_id, 4711)
        return hook.value.code, delivery.value.code

    assert forum.unit(look) == ("webhook.not_found", "webhook.delivery_not_found")


def test_the_request_is_the_upstreams_and_signed(forum: Forum) -> None:
    forum.outgoing.answer("https://hooks.example/")
    made(forum)
    write_topic(forum)
    # Several are sent at once, in whatever order; ids count in the order of events.
    topic, post = sorted(forum.outgoing.requests, key=lambda each: dict(each.headers)["X-Discourse-Event-Id"])
    headers = dict(topic.headers)
    digest = hmac.new(SECRET.encode(), topic.body, hashlib.sha256).hexdigest()
    assert headers.pop("User-Agent").startswith("Discourse/")
    assert headers.pop("X-Discourse-Instance").startswith("http")
    assert headers == {
        "Accept": "*/*", "Content-Type": "application/json", "X-Discourse-Event-Id": "1",
        "X-Discourse-Event-Type": "topic", "X-Discourse-Event": "topic_created",
        "X-Discourse-Event-Signature": f"sha256={digest}",
    }  # fmt: skip
    assert (topic.method, topic.timeout_ms, topic.max_redirects) == ("POST", 20_000, 0)
    body = json.loads(topic.body)["topic"]
    assert body["created_by"]["username"] == "admin" and body["title"] == "A topic that receivers hear of"
    assert body["tags"] == [] and "post_stream" not in body and "details" not in body
    body = json.loads(post.body)["post"]
    assert body["raw"] == "This is what it says, at length." and body["topic_title"] == "A topic that receivers hear of"
    assert body["category_slug"] and body["topic_archetype"] == "regular" and "can_edit" not in body


def test_without_a_secret_nothing_is_signed_and_a_form_is_announced_as_one(forum: Forum) -> None:
    forum.outgoing.answer("https://hooks.example/")
    made(forum, secret="", content_type=2)
    write_topic(forum)
    headers = dict(forum.outgoing.requests[0].headers)
    assert "X-Discourse-Event-Signature" not in headers
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"


def test_a_delivery_is_sent_again_with_the_same_id_and_the_same_bytes(forum: Forum) -> None:
    hook_id = made(forum, web_hook_event_type_ids=[201])
    topic_id = write_topic(forum)
    before = forum.get(f"/admin/api/web_hook_events/{hook_id}.json", headers=forum.keyed()).json["web_hook_events"][0]
    assert before["status"] == -1 and "error" in json.loads(before["response_headers"])
    # The post is another one by now, the key too; what was said then is said again.
    forum.put(f"/t/-/{topic_id}.json", json={"title": "Another title for this topic"}, headers=forum.keyed())
    changed = {"web_hook": {"secret": "another secret of the hook"}}
    forum.put(f"{HOOKS}/{hook_id}.json", json=changed, headers=forum.keyed())
    forum.outgoing.answer("https://hooks.example/", status=204)
    answer = forum.post(f"{HOOKS}/{hook_id}/events/{before['id']}/redeliver.json", headers=forum.keyed())
    event = answer.json["web_hook_event"]
    assert (event["id"], event["status"], event["attempts"]) == (before["id"], 204, 2)
    first, second = forum.outgoing.requests
    assert (first.body, first.headers) == (second.body, second.headers)
    assert json.loads(event["headers"]) == dict(second.headers) and event["payload"].encode() == second.body
    assert forum.post(f"{HOOKS}/{hook_id}/events/4711/redeliver.json", headers=forum.keyed()).status == 404
    other = made(forum)
    assert forum.post(f"{HOOKS}/{other}/events/{before['id']}/redeliver.json", headers=forum.keyed()).status == 404


def test_what_failed_is_sent_again_in_one_call(forum: Forum) -> None:
    hook_id = made(forum)
    write_topic(forum)
    path = f"/admin/api/web_hook_events/{hook_id}.json"
    failed = [each["id"] for each in forum.get(f"{path}?status=failed", headers=forum.keyed()).json["web_hook_events"]]
    assert len(failed) == 2
    forum.outgoing.answer("https://hooks.example/")
    ids = {"event_ids": [*failed, 4711]}
    answer = forum.post(f"{HOOKS}/{hook_id}/events/failed_redeliver.json", json=ids, headers=forum.keyed())
    assert answer.json == {"event_count": 2, "event_ids": failed}
    bulk = forum.get(f"{HOOKS}/{hook_id}/events/bulk.json?ids[]={failed[0]}&ids[]={failed[1]}", headers=forum.keyed())
    assert [(each["status"], each["redelivering"]) for each in bulk.json] == [(200, False)] * 2
    again = forum.post(f"{HOOKS}/{hook_id}/events/failed_redeliver.json", json=ids, headers=forum.keyed())
    assert again.json == {"event_count": 0, "event_ids": []}
    assert forum.get(f"{path}?status=failed", headers=forum.keyed()).json["web_hook_events"] == []
    assert forum.get(f"{HOOKS}/{hook_id}/events/bulk.json", headers=forum.keyed()).status == 400
    assert forum.post(f"{HOOKS}/{hook_id}/events/failed_redeliver.json", headers=forum.keyed()).status == 400


def test_deliveries_come_in_pages_of_fifty(forum: Forum) -> None:
    forum.outgoing.answer("https://hooks.example/")
    hook_id = made(forum)
    for _ in range(52):
        forum.post(f"{HOOKS}/{hook_id}/ping.json", headers=forum.keyed())
    path = f"/admin/api/web_hook_events/{hook_id}.json"
    first = forum.get(path, headers=forum.keyed()).json
    ids = [each["id"] for each in first["web_hook_events"]]
    assert len(ids) == 50 and ids == sorted(ids, reverse=True) and first["total_rows_web_hook_events"] == 52
    rest = forum.get(first["load_more_web_hook_events"], headers=forum.keyed()).json["web_hook_events"]
    assert len(rest) == 2 and not set(ids) & {each["id"] for each in rest}


def test_the_staff_log_names_what_was_done_and_never_a_secret(forum: Forum) -> None:
    hook_id = made(forum)
    forum.put(
        f"{HOOKS}/{hook_id}.json", json={"web_hook": {"secret": "a new secret, also long"}}, headers=forum.keyed()
    )
    forum.delete(f"{HOOKS}/{hook_id}.json", headers=forum.keyed())
    log = forum.get("/admin/logs/staff_action_logs.json", headers=forum.keyed())
    names = [each["action_name"] for each in log.json["staff_action_logs"]]
    assert names[:3] == ["web_hook_destroy", "web_hook_update", "web_hook_create"]
    assert SECRET not in log.text and "a new secret" not in log.text


TOPIC_KEYS = {
    "tags", "tags_descriptions", "id", "title", "fancy_title", "posts_count", "created_at", "views", "reply_count",
    "like_count", "last_posted_at", "visible", "closed", "archived", "archetype", "slug", "category_id", "word_count",
    "deleted_at", "user_id", "featured_link", "pinned_globally", "pinned_at", "pinned_until", "unpinned", "pinned",
    "highest_post_number", "deleted_by", "has_deleted", "bookmarked", "participant_count", "thumbnails", "created_by",
    "last_poster",
}  # fmt: skip
POST_KEYS = {
    "id", "name", "username", "avatar_template", "created_at", "cooked", "post_number", "post_type", "updated_at",
    "reply_count", "reply_to_post_number", "quote_count", "incoming_link_count", "reads", "readers_count", "score",
    "topic_id", "topic_slug", "topic_title", "category_id", "display_username", "primary_group_name", "flair_name",
    "version", "user_title", "bookmarked", "raw", "moderator", "admin", "staff", "user_id", "hidden", "trust_level",
    "deleted_at", "user_deleted", "edit_reason", "wiki", "reviewable_id", "reviewable_score_count",
    "reviewable_score_pending_count", "topic_posts_count", "topic_filtered_posts_count", "topic_archetype",
    "category_slug",
}  # fmt: skip


def test_bodies_have_the_fields_that_receivers_know(forum: Forum) -> None:
    made(forum)
    write_topic(forum)
    bodies = dict(sent(forum))
    assert set(bodies["topic_created"]["topic"]) == TOPIC_KEYS
    assert set(bodies["topic_created"]["topic"]["created_by"]) == {"id", "username", "name", "avatar_template"}
    assert set(bodies["post_created"]["post"]) >= POST_KEYS
    of_one_reader = {"yours", "can_edit", "can_delete", "actions_summary", "read", "mentioned_users"}
    assert not set(bodies["post_created"]["post"]) & of_one_reader
