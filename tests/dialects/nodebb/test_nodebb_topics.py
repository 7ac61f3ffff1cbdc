"""What the write operations do, read back through the read API and through the other dialect."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tertulia.testing.forum import Forum
from tests.dialects.nodebb.conftest import Headers

TOPIC = {"cid": 1, "title": "Which trees grow fastest?", "content": "I have **no** idea, tell me please."}


def make(forum: Forum, headers: Headers) -> int:
    answer = forum.post("/api/v3/topics", headers=headers, json=TOPIC)
    assert answer.status == 200, answer
    return int(answer.json["response"]["tid"])


def test_a_topic_reads_the_same_through_both_dialects(forum: Forum, mary: Headers) -> None:
    tid = make(forum, mary)
    here = forum.get(f"/api/topic/{tid}/anything").json
    there = forum.get(f"/t/{tid}.json").json
    assert here["title"] == there["title"] == TOPIC["title"]
    assert here["posts"][0]["content"] == there["post_stream"]["posts"][0]["cooked"]
    assert (here["mainPid"], here["cid"], here["uid"]) == (
        there["post_stream"]["posts"][0]["id"],
        there["category_id"],
        there["user_id"],
    )
    assert here["slug"] == f"{tid}/which-trees-grow-fastest"


def test_a_reply_answers_a_post_and_is_listed_below_it(forum: Forum, mary: Headers) -> None:
    view = forum.given.topic().post
    body = {"content": "Willows do, I have been told.", "toPid": view.id}
    made = forum.post(f"/api/v3/topics/{view.topic_id}", headers=mary, json=body).json["response"]
    assert (made["index"], made["isMainPost"], made["selfPost"], made["toPid"]) == (1, False, True, view.id)
    below = forum.get(f"/api/v3/posts/{view.id}/replies").json["response"]["replies"]
    assert [reply["pid"] for reply in below] == [made["pid"]]
    page = forum.get(f"/api/topic/{view.topic_id}").json
    assert page["posts"][1]["toPid"] == str(view.id) and page["posts"][1]["parent"]["pid"] == view.id
    assert page["posts"][0]["replies"]["count"] == 1


def test_an_edit_tells_both_texts(forum: Forum, mary: Headers) -> None:
    pid = forum.get(f"/api/v3/topics/{make(forum, mary)}").json["response"]["mainPid"]
    body = {"content": "Now I know: willows do.", "title": "Which trees grow fastest of all?"}
    forum.clock.advance(minutes=30)
    done = forum.put(f"/api/v3/posts/{pid}", headers=mary, json=body).json["response"]
    assert (done["oldContent"], done["newContent"]) == (TOPIC["content"], body["content"])
    assert done["topic"]["renamed"] and done["topic"]["title"] == body["title"]
    raw = forum.get(f"/api/v3/posts/{pid}/raw", headers=mary).json["response"]
    assert raw == {"content": body["content"]}
    assert len(forum.get(f"/api/v3/posts/{pid}/diffs", headers=mary).json["response"]["timestamps"]) == 2


def test_an_earlier_version_is_read_and_restored(forum: Forum, mary: Headers) -> None:
    pid = forum.get(f"/api/v3/topics/{make(forum, mary)}").json["response"]["mainPid"]
    forum.clock.advance(minutes=30)
    forum.put(f"/api/v3/posts/{pid}", headers=mary, json={"content": "Now I know: willows do."})
    first = forum.get(f"/api/v3/posts/{pid}/diffs", headers=mary).json["response"]["timestamps"][-1]
    then = forum.get(f"/api/v3/posts/{pid}/diffs/{first}", headers=mary).json["response"]
    assert "<strong>no</strong>" in then["content"]
    forum.clock.advance(minutes=30)
    assert forum.put(f"/api/v3/posts/{pid}/diffs/{first}", headers=forum.bearer()).status == 200
    assert forum.get(f"/api/v3/posts/{pid}/raw").json["response"]["content"] == TOPIC["content"]


@pytest.mark.parametrize(("generation", "gone"), [("v1", False), ("v2", True), ("v3", True)])
def test_delete_hides_in_the_first_version_and_purges_in_the_others(forum: Forum, generation: str, gone: bool) -> None:
    tid = forum.given.topic().post.topic_id
    assert forum.delete(f"/api/{generation}/topics/{tid}", headers=forum.bearer()).status == 200
    assert forum.get(f"/api/topic/{tid}").status == 404
    for_staff = forum.get(f"/api/v3/topics/{tid}", headers=forum.bearer())
    if gone:
        assert for_staff.status == 404
    else:
        assert for_staff.json["response"]["deleted"] == 1
        assert forum.put(f"/api/v3/topics/{tid}/state", headers=forum.bearer()).status == 200
        assert forum.get(f"/api/topic/{tid}").status == 200


def test_lock_pin_and_their_reverse(forum: Forum) -> None:
    tid = forum.given.topic().post.topic_id
    for name, field in (("lock", "locked"), ("pin", "pinned")):
        forum.put(f"/api/v3/topics/{tid}/{name}", headers=forum.bearer())
        assert forum.get(f"/api/v3/topics/{tid}").json["response"][field] == 1
        forum.delete(f"/api/v3/topics/{tid}/{name}", headers=forum.bearer())
        assert forum.get(f"/api/v3/topics/{tid}").json["response"][field] == 0


def test_a_pin_ends_at_its_expiry(forum: Forum) -> None:
    tid = forum.given.topic().post.topic_id
    expiry = forum.clock.now() + 60_000
    forum.put(f"/api/v3/topics/{tid}/pin", headers=forum.bearer(), json={"expiry": expiry})
    assert forum.get(f"/api/v3/topics/{tid}").json["response"]["pinExpiry"] == expiry
    forum.clock.advance(minutes=2)
    assert forum.get(f"/api/v3/topics/{tid}").json["response"]["pinned"] == 0


def test_follow_and_ignore_show_on_the_page(forum: Forum, mary: Headers) -> None:
    tid = forum.given.topic().post.topic_id
    forum.put(f"/api/v3/topics/{tid}/follow", headers=mary)
    page = forum.get(f"/api/topic/{tid}", headers=mary).json
    assert (page["isFollowing"], page["isIgnoring"]) == (True, False)
    followers = page["followercount"]
    forum.put(f"/api/v3/topics/{tid}/ignore", headers=mary)
    page = forum.get(f"/api/topic/{tid}", headers=mary).json
    assert (page["isIgnoring"], page["followercount"]) == (True, followers - 1)
    forum.delete(f"/api/v3/topics/{tid}/ignore", headers=mary)
    assert forum.get(f"/api/topic/{tid}", headers=mary).json["isNotFollowing"]


def test_read_marks_a_topic_and_unread_takes_it_back(forum: Forum, mary: Headers) -> None:
    tid = forum.given.topic().post.topic_id
    forum.given.reply(tid)
    forum.put(f"/api/v3/topics/{tid}/follow", headers=mary)
    forum.put(f"/api/v3/topics/{tid}/read", headers=mary)
    assert forum.get("/api/unread/total", headers=mary).json == 0
    forum.delete(f"/api/v3/topics/{tid}/read", headers=mary)
    assert forum.get("/api/unread/total", headers=mary).json == 1
    assert [item["tid"] for item in forum.get("/api/unread", headers=mary).json["topics"]] == [tid]


def test_tags_are_set_added_and_cleared(forum: Forum) -> None:
    tid = forum.given.topic(tags=("old",)).post.topic_id
    path, admin = f"/api/v3/topics/{tid}/tags", forum.bearer()

    def names() -> list[str]:
        return sorted(tag["value"] for tag in forum.get(f"/api/v3/topics/{tid}").json["response"]["tags"])

    forum.put(path, headers=admin, json={"tags": ["new", "green"]})
    assert names() == ["green", "new"]
    forum.request("PATCH", path, headers=admin, json={"tags": [{"value": "more"}]})
    assert names() == ["green", "more", "new"]
    assert forum.get("/api/tags/more").json["topics"][0]["tid"] == tid
    forum.delete(path, headers=admin)
    assert names() == []


@pytest.mark.parametrize(("delta", "votes"), [(1, (1, 0, 1)), (-3, (0, 1, -1)), ("1", (1, 0, 1))])
def test_a_vote_counts_by_its_sign(forum: Forum, mary: Headers, delta: object, votes: tuple[int, int, int]) -> None:
    pid = forum.given.topic().post.id
    forum.put(f"/api/v3/posts/{pid}/vote", headers=mary, json={"delta": delta})
    post = forum.get(f"/api/v3/posts/{pid}", headers=mary).json["response"]
    assert (post["upvotes"], post["downvotes"], post["votes"]) == votes
    row = forum.get("/api/recent").json["topics"][0]
    assert (row["upvotes"], row["downvotes"], row["votes"]) == votes
    voters = forum.get(f"/api/v3/posts/{pid}/voters", headers=forum.bearer()).json["response"]
    assert [person["username"] for person in voters["upvoters"] + voters["downvoters"]] == ["mary"]
    hidden = forum.get(f"/api/v3/posts/{pid}/voters", headers=mary).json["response"]
    assert hidden["downvoters"] == []
    forum.delete(f"/api/v3/posts/{pid}/vote", headers=mary)
    assert forum.get(f"/api/v3/posts/{pid}").json["response"]["votes"] == 0


def test_nobody_votes_for_their_own_post(forum: Forum, mary: Headers) -> None:
    pid = forum.given.topic(by="mary").post.id
    answer = forum.put(f"/api/v3/posts/{pid}/vote", headers=mary, json={"delta": 1})
    assert (answer.status, answer.reason) == (403, "vote.own_post")


def test_bookmarks_are_ones_own(forum: Forum, mary: Headers, token_of: Callable[[int], Headers]) -> None:
    pid = forum.given.topic().post.id
    peter = token_of(forum.given.user("peter").id)
    forum.put(f"/api/v3/posts/{pid}/bookmark", headers=mary)
    listed = forum.get("/api/user/mary/bookmarks", headers=mary).json["posts"]
    assert [post["pid"] for post in listed] == [pid]
    assert forum.get("/api/user/mary/bookmarks", headers=peter).status in (403, 404)
    forum.delete(f"/api/v3/posts/{pid}/bookmark", headers=mary)
    assert forum.get("/api/user/mary/bookmarks", headers=mary).json["posts"] == []


def test_a_topic_moves_to_another_category(forum: Forum) -> None:
    other = forum.given.category("Trees").category.id
    tid = forum.given.topic().post.topic_id
    assert forum.put(f"/api/v3/topics/{tid}/move", headers=forum.bearer(), json={"cid": other}).status == 200
    assert forum.get(f"/api/v3/topics/{tid}").json["response"]["cid"] == other
    assert forum.get(f"/api/v3/categories/{other}/count").json["response"]["count"] == 1


def test_pages_of_a_topic_hold_twenty_posts_each(forum: Forum) -> None:
    tid = forum.given.topic().post.topic_id
    for _ in range(24):
        forum.given.reply(tid)
    first, second = (forum.get(f"/api/topic/{tid}?page={page}").json for page in (1, 2))
    assert (len(first["posts"]), len(second["posts"])) == (20, 5)
    assert (second["pagination"]["currentPage"], second["pagination"]["pageCount"]) == (2, 2)
    assert [post["index"] for post in second["posts"]] == list(range(20, 25))
    around = forum.get(f"/api/topic/{tid}/x/23").json
    assert around["pagination"]["currentPage"] == 2 and around["postIndex"] == 23
    pid = second["posts"][2]["pid"]
    where = forum.get(f"/api/post/{pid}")
    assert where.json.endswith("/23") and where.headers["x-redirect"]
    assert forum.get(f"/api/v3/posts/{pid}/index").json["response"] == {"index": 22}
    assert forum.get(f"/api/topic/{tid}?page=3").status == 404


def test_posts_change_their_owner_together_or_not_at_all(forum: Forum, mary: Headers) -> None:
    uid = forum.post("/api/v3/ping", headers=mary).json["response"]["uid"]
    first, second = (forum.given.topic().post for _ in range(2))
    half = {"pids": [first.id, 4711], "uid": uid}
    assert forum.post("/api/v3/posts/owner", headers=forum.bearer(), json=half).status == 404
    assert forum.get(f"/api/v3/posts/{first.id}").json["response"]["uid"] == 1
    both = {"pids": [first.id, second.id], "uid": uid}
    assert forum.post("/api/v3/posts/owner", headers=forum.bearer(), json=both).status == 200
    assert forum.get(f"/api/v3/topics/{second.topic_id}").json["response"]["uid"] == uid
    taken = forum.put(f"/api/v3/posts/{first.id}/owner", headers=mary, json={"uid": 1})
    assert taken.status == 403


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["quiet", "busy", "old"]),
        ("?filter=unreplied", ["quiet", "old"]),
        ("?filter=watched", ["busy"]),
        ("?tag=green", ["busy"]),
        ("?cid=1", ["quiet", "busy", "old"]),
        ("?page=2", []),
        ("?tag=unheard-of", []),
    ],
)
def test_recent_topics_are_filtered(forum: Forum, mary: Headers, query: str, expected: list[str]) -> None:
    ids = {}
    for name, tags in (("old", None), ("busy", ("green",)), ("quiet", None)):
        ids[name] = forum.given.topic(tags=tags).post.topic_id
        forum.clock.advance(minutes=5)
        if name == "busy":
            forum.given.reply(ids[name])
            forum.put(f"/api/v3/topics/{ids[name]}/follow", headers=mary)
    found = forum.get("/api/recent" + query, headers=mary).json
    assert [topic["tid"] for topic in found["topics"]] == [ids[name] for name in expected]
