"""Private messages stay private: outsiders, moderators and people who were taken out find nothing of them anywhere."""

from __future__ import annotations

import pytest

from tertulia.testing.forum import Forum
from tests.dialects.discourse.messages import group, reply, sent

SECRET = "walnuts"
OUTSIDERS = ("carla", "modesta", "removed", "")
EMPTY_HANDED = (
    "/latest.json",
    "/latest.json?order=created",
    "/top.json?period=all",
    "/hot.json",
    "/new.json",
    "/unread.json",
    "/unseen.json",
    "/read.json",
    "/posted.json",
    "/categories_and_latest.json",
    "/posts.json",
    "/private-posts.json",
    f"/search.json?q={SECRET}",
    f"/search.json?q={SECRET}+in:messages",
    f"/search.json?q={SECRET}+@mary",
    f"/search/query.json?term={SECRET}",
    "/u/mary.json",
    "/u/mary/summary.json",
    "/u/mary/activity.json",
    "/user_actions.json?username=mary",
    "/topics/created-by/mary.json",
    "/g/trust_level_1/posts.json",
    "/topics/groups/trust_level_1.json",
    "/latest.json?topic_ids={message}",
    "/t/{public}.json",
    "/tags.json",
    "/api/recent",
    "/api/popular",
    "/api/user/mary/posts",
    "/api/user/mary/topics",
    "/api/category/1",
    f"/api/search?term={SECRET}",
)
ABSENT = (
    "/t/{message}.json",
    "/t/{slug}.json",
    "/t/-/{message}/1.json",
    "/t/{message}/posts.json?post_ids[]={post}",
    "/t/{message}/post_ids.json",
    "/t/{message}/excerpts.json?post_ids[]={post}",
    "/posts/{post}.json",
    "/posts/{post}/raw",
    "/posts/{post}/cooked.json",
    "/posts/{post}/replies.json",
    "/posts/{post}/reply-ids.json",
    "/posts/{post}/reply-history.json",
    "/posts/{post}/revisions/2.json",
    "/posts/{post}/revisions/latest.json",
    "/posts/by_number/{message}/1.json",
    "/post_action_users.json?id={post}&post_action_type_id=2",
    "/raw/{message}",
    "/raw/{message}/1",
    "/p/{post}",
    "/t/id_for/{slug}.json",
    "/api/topic/{message}",
    "/api/topic/teaser/{message}",
    "/api/topic/pagination/{message}",
    "/api/v3/topics/{message}",
    "/api/v3/posts/{post}",
    "/api/v3/posts/{post}/raw",
    "/api/v3/posts/{post}/replies",
    "/api/post/{post}",
)


@pytest.fixture
def names(forum: Forum) -> dict[str, object]:
    """A message from mary to bobby, edited once, that quotes and links a public topic; `removed` was in it."""
    for name in ("mary", "bobby", "carla", "removed"):
        forum.given.user(name)
    forum.given.user("modesta", moderator=True)
    public = forum.given.topic(raw="A public topic that a message leads to and quotes.").post
    raw = (
        f"Nobody else should read about {SECRET}: {forum.url}/t/{public.topic_id}\n\n"
        f'[quote="admin, post:1, topic:{public.topic_id}"]\nA public topic\n[/quote]'
    )
    message = sent(forum, to="bobby,removed", title=f"A word about {SECRET}", raw=raw)
    shown = forum.get(f"/t/{message}.json", headers=forum.keyed("mary")).json
    post = shown["post_stream"]["posts"][0]["id"]
    forum.put(f"/posts/{post}.json", json={"post": {"raw": raw + " Twice.", "edit_reason": SECRET}},
              headers=forum.keyed("mary"))  # fmt: skip
    reply(forum, message, by="bobby", raw=f"So {SECRET} it is, then and there.")
    answer = forum.put(
        f"/t/{message}/remove-allowed-user.json", json={"username": "removed"}, headers=forum.keyed("mary")
    )
    assert answer.status == 200, answer
    return {"message": message, "post": post, "slug": shown["slug"], "public": public.topic_id}


def _get(forum: Forum, path: str, reader: str) -> object:
    if path.startswith("/api/") and reader:
        return forum.get(path, headers=forum.bearer(forum.given.token(reader)))
    return forum.get(path, headers=forum.keyed(reader) if reader else None)


@pytest.mark.parametrize("reader", OUTSIDERS)
def test_no_list_and_no_search_tells_of_a_message(forum: Forum, names: dict[str, object], reader: str) -> None:
    for path in EMPTY_HANDED:
        answer = _get(forum, path.format(**names), reader)
        assert answer.status in (200, 403, 404), (path, answer)  # type: ignore[attr-defined]
        told = answer.text.replace(path.partition("?")[2], "").replace(f'"term":"{SECRET}', "")  # type: ignore[attr-defined]
        assert f"about {SECRET}" not in told and f"So {SECRET}" not in told, path


@pytest.mark.parametrize("reader", OUTSIDERS)
def test_every_address_of_a_message_is_absent(forum: Forum, names: dict[str, object], reader: str) -> None:
    for path in ABSENT:
        filled = path.format(**names)
        answer = _get(forum, filled, reader)
        assert answer.status == 404, (filled, answer)  # type: ignore[attr-defined]
        assert SECRET not in answer.text.replace(str(names["slug"]), ""), filled  # type: ignore[attr-defined]


def test_those_who_are_in_it_and_admins_find_it(forum: Forum, names: dict[str, object]) -> None:
    for reader in ("mary", "bobby", "admin"):
        for path in ("/t/{message}.json", "/posts/{post}.json", "/posts/{post}/revisions/2.json", "/raw/{message}"):
            assert forum.get(path.format(**names), headers=forum.keyed(reader)).status == 200, (reader, path)
        found = forum.get("/private-posts.json", headers=forum.keyed(reader)).json["private_posts"]
        assert {post["topic_id"] for post in found} == {names["message"]}


@pytest.mark.parametrize("reader", ["carla", "modesta", "removed"])
def test_nothing_is_done_to_a_message_from_outside(forum: Forum, names: dict[str, object], reader: str) -> None:
    message, post = names["message"], names["post"]
    headers = forum.keyed(reader)
    asked = (
        ("PUT", f"/t/{message}.json", {"title": "Another title for it"}),
        ("PUT", f"/t/{message}/status.json", {"status": "closed", "enabled": "true"}),
        ("DELETE", f"/t/{message}.json", {}),
        ("PUT", f"/posts/{post}.json", {"post": {"raw": "Another text for it."}}),
        ("DELETE", f"/posts/{post}.json", {}),
        ("POST", "/post_actions.json", {"id": post, "post_action_type_id": 2}),
        ("POST", "/bookmarks.json", {"bookmarkable_id": post, "bookmarkable_type": "Post"}),
        ("POST", f"/t/{message}/notifications.json", {"notification_level": 3}),
        ("POST", f"/t/{message}/change-owner.json", {"post_ids": [post], "username": reader}),
    )
    for method, path, body in asked:
        answer = forum.request(method, path, json=body, headers=headers)
        # What is for admins alone is refused before anything is looked at.
        assert answer.status == 404 or (answer.status == 403 and "change-owner" in path), (path, answer)


def test_a_quote_of_a_message_marks_nothing_for_those_who_cannot_see_it(forum: Forum, names: dict[str, object]) -> None:
    message = names["message"]
    raw = f'[quote="mary, post:1, topic:{message}"]\nguessed\n[/quote]\n\nA guess: {forum.url}/t/{message}'
    forum.given.topic(raw=raw, by="carla")
    shown = forum.get(f"/posts/{names['post']}.json", headers=forum.keyed("mary")).json
    assert shown["quote_count"] == 0
    details = forum.get(f"/t/{names['message']}.json", headers=forum.keyed("mary")).json["details"]
    assert not [link for link in details.get("links", []) if link["reflection"]]


def test_who_leaves_the_group_no_longer_reads_the_group_s_messages(forum: Forum) -> None:
    forum.given.user("mary")
    bobby = forum.given.user("bobby")
    group_id = group(forum, messageable_level=99, usernames="bobby")
    message = sent(forum, to="cooks")
    assert forum.get(f"/t/{message}.json", headers=forum.keyed("bobby")).status == 200
    forum.delete(f"/groups/{group_id}/members.json", json={"user_id": bobby.id}, headers=forum.keyed())
    assert forum.get(f"/t/{message}.json", headers=forum.keyed("bobby")).status == 404


def test_nodebb_reads_a_message_for_those_in_it_and_never_fails(forum: Forum, names: dict[str, object]) -> None:
    headers = forum.bearer(forum.given.token("mary"))
    for path in ("/api/topic/{message}", "/api/v3/topics/{message}", "/api/v3/posts/{post}", "/api/recent"):
        answer = forum.get(path.format(**names), headers=headers)
        assert answer.status in (200, 404), (path, answer)
