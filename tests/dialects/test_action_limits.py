"""Limits on what people do: how often they write, like, edit, mark, delete and search, in every dialect."""

from __future__ import annotations

import asyncio

import pytest

from tertulia.settings import SiteSettings
from tertulia.testing.client import Response, call
from tertulia.testing.forum import Forum


@pytest.fixture
def strict(forum: Forum) -> Forum:
    """A forum that keeps every limit, with mary (trust level 1) and topic 1 of the admin's own."""
    forum.given.user("mary", trust_level=1)
    forum.clock.freeze()
    forum.keep_limits()
    forum.inline_jobs = False  # what follows from all these posts is tested elsewhere
    return forum


def setting(forum: Forum, **values: object) -> None:
    for name, value in values.items():
        answer = forum.put(f"/admin/site_settings/{name}.json", form={name: value}, headers=forum.keyed())
        assert answer.status == 200, answer.text


def topic_of(forum: Forum, **fields: object) -> int:
    return forum.given.topic(**fields).post.topic_id


def reply(forum: Forum, topic_id: int, number: int, *, by: str = "mary") -> Response:
    body = {"topic_id": topic_id, "raw": f"An ordinary reply, which is number {number} in this test."}
    return forum.post("/posts.json", json=body, headers=forum.keyed(by))


def begin(forum: Forum, number: int, *, by: str = "mary") -> Response:
    body = {
        "title": f"An ordinary topic, which is number {number} of its kind",
        "raw": f"The first post of an ordinary topic, which is number {number} in this test.",
        "category": 1,
    }
    return forum.post("/posts.json", json=body, headers=forum.keyed(by))


def easy(forum: Forum) -> Forum:
    """Only the limit per minute: the first day's and the day's are off."""
    setting(
        forum, max_topics_in_first_day=0, max_replies_in_first_day=0, max_topics_per_day=0,
        max_consecutive_replies=0, newuser_max_replies_per_topic=100,
    )  # fmt: skip
    return forum


def code_of(answer: Response) -> tuple[int, str]:
    return answer.status, answer.headers.get("discourse-rate-limit-error-code", "")


def test_topics_and_replies_share_one_limit_a_minute(strict: Forum) -> None:
    forum = easy(strict)
    place = topic_of(forum)
    for number in range(5):
        assert reply(forum, place, number).status == 200
        assert begin(forum, number).status == 200
    refused = reply(forum, place, 100)
    assert code_of(refused) == (429, "create_limit_60_secs")
    assert refused.headers["retry-after"] == "60"
    assert refused.json["error_type"] == "rate_limit"
    assert refused.json["extras"] == {"wait_seconds": 60, "time_left": "1 minute"}
    assert code_of(begin(forum, 100)) == (429, "create_limit_60_secs")
    forum.clock.advance(seconds=60)
    assert reply(forum, place, 101).status == 200


@pytest.mark.parametrize(("level", "allowed"), [(0, 5), (1, 10), (2, 15), (3, 20), (4, 20)])
def test_trust_decides_how_many(strict: Forum, level: int, allowed: int) -> None:
    forum = easy(strict)
    forum.given.user("level", trust_level=level)
    place = topic_of(forum)
    statuses = [reply(forum, place, number, by="level").status for number in range(allowed + 1)]
    assert statuses == [200] * allowed + [429]


def test_staff_write_as_often_as_they_like(strict: Forum) -> None:
    setting(strict, max_creates_per_minute_tl1=1)
    strict.given.user("modesta", moderator=True)
    place = topic_of(strict)
    setting(strict, max_consecutive_replies=0)
    for index, who in enumerate(("admin", "modesta", "system")):
        numbers = range(100 * index, 100 * index + 12)
        assert {reply(strict, place, number, by=who).status for number in numbers} == {200}, who


def test_what_is_refused_or_answered_again_does_not_count(strict: Forum) -> None:
    forum = easy(strict)
    setting(forum, max_creates_per_minute_tl1=2)
    place = topic_of(forum)
    for _ in range(4):
        body = {"topic_id": place, "raw": "short"}
        assert forum.post("/posts.json", json=body, headers=forum.keyed("mary")).status == 422
        assert reply(forum, 999_999, 1).status == 404
    assert reply(forum, place, 1).status == 200
    for _ in range(4):
        again = reply(forum, place, 1)
        assert (again.status, again.headers["idempotent-replayed"]) == (200, "true")
    assert reply(forum, place, 2).status == 200
    assert reply(forum, place, 3).status == 429


def test_what_is_undone_after_it_was_counted_is_given_back(strict: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    forum = easy(strict)
    setting(forum, max_creates_per_minute_tl1=1)
    place = topic_of(forum)
    from tertulia.forum.posts import creating

    async def broken(*_arguments: object) -> object:
        raise RuntimeError("after the turn to write")

    with monkeypatch.context() as patched:
        patched.setattr(creating, "store_post", broken)
        assert reply(forum, place, 1).status == 500
    assert reply(forum, place, 2).status == 200
    assert reply(forum, place, 3).status == 429


def test_two_at_once_cannot_both_have_the_last(strict: Forum) -> None:
    forum = easy(strict)
    setting(forum, max_creates_per_minute_tl1=1)
    places = [topic_of(forum) for _ in range(8)]

    async def all_at_once() -> list[int]:
        work = [
            forum._request(
                "POST",
                "/posts.json",
                json={"topic_id": place, "raw": f"An ordinary reply to topic {place}, at once."},
                headers=forum.keyed("mary"),
            )
            for place in places
        ]
        return sorted([answer.status for answer in await asyncio.gather(*work)])

    assert forum.wait(all_at_once) == [200] + [429] * 7


@pytest.mark.parametrize(
    ("name", "level", "begins"),
    [
        ("rate_limit_create_topic", 1, True),
        ("rate_limit_create_post", 1, False),
        ("rate_limit_new_user_create_topic", 0, True),
        ("rate_limit_new_user_create_post", 0, False),
    ],
)
def test_the_pauses_of_upstream_are_kept_where_they_are_set(strict: Forum, name: str, level: int, begins: bool) -> None:
    forum = easy(strict)
    setting(forum, **{name: 30})
    forum.given.user("level", trust_level=level)
    place = topic_of(forum)

    def write(number: int, *, topic: bool) -> Response:
        return begin(forum, number, by="level") if topic else reply(forum, place, number, by="level")

    assert write(1, topic=begins).status == 200
    assert code_of(write(2, topic=begins)) == (429, "create_topic_limit" if begins else "create_post_limit")
    assert write(3, topic=not begins).status == 200
    forum.clock.advance(seconds=30)
    assert write(4, topic=begins).status == 200


def test_new_people_begin_three_topics_on_their_first_day_and_write_ten_replies(strict: Forum) -> None:
    forum = strict
    setting(forum, max_consecutive_replies=0)
    place = topic_of(forum)
    assert [begin(forum, number).status for number in range(3)] == [200] * 3
    assert code_of(begin(forum, 3)) == (429, "first_day_topics_per_day")
    for number in range(10):
        forum.clock.advance(minutes=1)
        assert reply(forum, place, number).status == 200
    assert code_of(reply(forum, place, 10)) == (429, "first_day_replies_per_day")
    forum.clock.advance(days=1)
    assert [begin(forum, number).status for number in range(4, 9)] == [200] * 5
    assert [reply(forum, place, number).status for number in range(20, 25)] == [200] * 5


def test_the_day_has_its_own_number_of_topics(strict: Forum) -> None:
    setting(strict, max_topics_per_day=2)
    strict.given.user("regular", trust_level=2)
    assert [begin(strict, number, by="regular").status for number in range(2)] == [200, 200]
    refused = begin(strict, 3, by="regular")
    assert code_of(refused) == (429, "topics_per_day")
    assert refused.json["extras"] == {"wait_seconds": 86_400, "time_left": "24 hours"}


def like(forum: Forum, post_id: int, *, by: str = "mary") -> Response:
    body = {"id": post_id, "post_action_type_id": 2}
    return forum.post("/post_actions.json", json=body, headers=forum.keyed(by))


def test_a_like_says_how_many_are_left(strict: Forum) -> None:
    setting(strict, max_likes_per_day=2)
    posts = [strict.given.topic().post.id for _ in range(3)]
    first, again, second, third = (like(strict, post_id) for post_id in (posts[0], *posts))
    assert again.status == 403, "what changes nothing is refused, and does not count"
    assert [first.headers["discourse-actions-remaining"], first.headers["discourse-actions-max"]] == ["1", "2"]
    assert second.headers["discourse-actions-remaining"] == "0"
    assert code_of(third) == (429, "likes_per_day")
    assert "discourse-actions-remaining" not in third.headers


def test_trust_multiplies_likes_and_staff_have_no_end_of_them(strict: Forum) -> None:
    post_id = strict.given.topic().post.id
    for level, most in ((0, 50), (2, 75), (3, 100), (4, 150)):
        strict.given.user(f"level{level}", trust_level=level)
        assert like(strict, post_id, by=f"level{level}").headers["discourse-actions-max"] == str(most)
    strict.given.user("modesta", moderator=True)
    answer = like(strict, post_id, by="modesta")
    assert answer.headers["discourse-actions-remaining"] == answer.headers["discourse-actions-max"] == "50"


def test_edits_have_their_number_and_the_same_text_again_does_not_count(strict: Forum) -> None:
    setting(strict, max_edits_per_day=2)
    post = strict.given.topic(by="mary").post

    def edit(raw: str) -> Response:
        return strict.put(f"/posts/{post.id}.json", json={"post": {"raw": raw}}, headers=strict.keyed("mary"))

    assert [edit(post.raw).status for _ in range(4)] == [200] * 4
    assert [edit(f"Another text of this first post, number {number}.").status for number in range(2)] == [200, 200]
    assert code_of(edit("Another text of this first post, number three.")) == (429, "edits_per_day")
    title = {"title": "Quite another title for this topic"}
    refused = strict.put(f"/t/{post.topic_id}.json", json=title, headers=strict.keyed("mary"))
    assert code_of(refused) == (429, "edits_per_day")


def test_bookmarks_have_their_number(strict: Forum) -> None:
    setting(strict, max_bookmarks_per_day=1)
    posts = [strict.given.topic().post.id for _ in range(2)]
    statuses = [
        code_of(
            strict.post(
                "/bookmarks.json",
                json={"bookmarkable_id": post_id, "bookmarkable_type": "Post"},
                headers=strict.keyed("mary"),
            )
        )
        for post_id in posts
    ]
    assert statuses == [(200, ""), (429, "bookmarks_per_day")]


def test_deletions_and_recoveries_have_their_number_but_for_moderators(strict: Forum) -> None:
    place = topic_of(strict)
    strict.given.user("modesta", moderator=True)
    posts = [strict.given.reply(place, by="mary").post.id for _ in range(3)]

    def delete(post_id: int, *, by: str = "mary") -> Response:
        return strict.delete(f"/posts/{post_id}.json", headers=strict.keyed(by))

    assert [delete(post_id).status for post_id in posts[:2]] == [200, 200]
    assert code_of(delete(posts[2])) == (429, "post_deletions_60_secs")
    recovered = strict.put(f"/posts/{posts[0]}/recover.json", headers=strict.keyed("mary"))
    assert code_of(recovered) == (429, "post_deletions_60_secs")
    assert delete(posts[2], by="modesta").status == 200


def test_groups_are_joined_and_left_three_times_a_minute(strict: Forum) -> None:
    forum = strict
    group = {"name": "cooks", "public_admission": True, "public_exit": True}
    made = forum.post("/admin/groups.json", json={"group": group}, headers=forum.keyed())
    path = f"/groups/{made.json['basic_group']['id']}"

    def join(by: str = "mary") -> Response:
        return forum.put(f"{path}/join.json", headers=forum.keyed(by))

    def leave(by: str = "mary") -> Response:
        return forum.delete(f"{path}/leave.json", headers=forum.keyed(by))

    assert [answer.status for answer in (join(), leave(), join())] == [200, 200, 200]
    refused = leave()
    assert code_of(refused) == (429, "public_group_membership_60_secs") and refused.headers["retry-after"] == "60"
    assert [answer.status for answer in (join("admin"), leave("admin")) for _ in range(2)] == [200] * 4
    forum.clock.advance(seconds=60)
    assert leave().status == 200


def test_people_let_five_others_into_messages_a_minute(strict: Forum) -> None:
    forum = strict
    setting(forum, max_topic_invitations_per_day=6)
    names = [forum.given.user(f"guest{number}").username for number in range(8)]
    body = {"title": "A word between us", "raw": "A message that more people will read soon."}
    private = {**body, "archetype": "private_message", "target_recipients": names[0]}
    topic = forum.post("/posts.json", json=private, headers=forum.keyed("mary")).json["topic_id"]

    def invite(name: str, *, by: str = "mary") -> Response:
        return forum.post(f"/t/{topic}/invite.json", json={"user": name}, headers=forum.keyed(by))

    assert invite(names[0]).status == 422
    assert [invite(name).status for name in names[1:6]] == [200] * 5
    assert code_of(invite(names[6])) == (429, "topic_invitations_60_secs")
    forum.clock.advance(seconds=60)
    assert invite(names[6]).status == 200
    assert code_of(invite(names[7])) == (429, "topic_invitations_per_day")


def test_a_refused_search_is_said_in_both_forms(strict: Forum) -> None:
    headers = strict.keyed("mary")
    paths = ["/search.json?q=ordinary", "/search/query.json?term=ordinary"] * 15
    assert {strict.get(path, headers=headers).status for path in paths} == {200}
    for path in paths[:2]:
        refused = strict.get(path, headers=headers)
        assert code_of(refused) == (429, "search_60_secs")
        assert refused.headers["retry-after"] == "60"
        text = "You\u2019ve performed this action too many times. Please wait 1 minute before trying again."
        assert refused.json == {
            "failed": "FAILED", "message": text, "errors": [text], "error_type": "rate_limit",
            "extras": {"wait_seconds": 60, "time_left": "1 minute"},
        }  # fmt: skip
    assert strict.get(paths[0], headers=strict.keyed("admin")).status == 200


def search(forum: Forum, peer: str, path: str = "/search.json?q=ordinary") -> Response:
    pairs = [("host", "forum.test")]
    return forum.wait(lambda: call(forum.app.kit, method="GET", path=path, headers=pairs, body=b"", peer=peer))


def test_visitors_search_twice_a_second_and_fifteen_times_a_minute(strict: Forum) -> None:
    first, other = "203.0.113.7", "203.0.113.8"
    assert [code_of(search(strict, first)) for _ in range(3)] == [(200, "")] * 2 + [(429, "search_anonymous_1_sec")]
    assert search(strict, other).status == 200
    for _ in range(13):
        strict.clock.advance(seconds=1)
        assert search(strict, first).status == 200
    strict.clock.advance(seconds=1)
    assert code_of(search(strict, first)) == (429, "search_anonymous_60_secs")


def test_all_visitors_together_search_eight_times_a_second(strict: Forum) -> None:
    statuses = [code_of(search(strict, f"203.0.113.{number}")) for number in range(9)]
    assert statuses == [(200, "")] * 8 + [(429, "search_site_1_sec")]


def test_nodebbs_people_are_held_to_the_same_in_its_own_words(strict: Forum) -> None:
    forum = easy(strict)
    setting(forum, max_creates_per_minute_tl1=1)
    place = topic_of(forum)
    token = forum.bearer(forum.given.token("mary"))
    assert reply(forum, place, 1).status == 200
    for path, form in (
        (f"/api/v3/topics/{place}", {"content": "Another ordinary reply, by a token."}),
        (f"/api/v2/topics/{place}", {"content": "Another ordinary reply, by a token."}),
    ):
        refused = forum.post(path, json=form, headers=token)
        assert code_of(refused) == (429, "create_limit_60_secs"), refused.text
        assert refused.headers["retry-after"] == "60"
        said = refused.json["status"]["code"] if "status" in refused.json else refused.json["code"]
        assert said == "too-many-requests"


def test_content_that_a_test_is_given_is_made_by_nobody_who_could_be_too_fast(strict: Forum) -> None:
    place = topic_of(strict, by="mary")
    assert len({strict.given.reply(place, by="mary").post.id for _ in range(30)}) == 30


def test_every_default_is_upstreams_or_the_one_decided_here() -> None:
    site = SiteSettings()
    assert [getattr(site, f"max_creates_per_minute_tl{level}") for level in range(5)] == [5, 10, 15, 20, 20]
    pauses = ("create_post", "create_topic", "new_user_create_post", "new_user_create_topic")
    assert {getattr(site, f"rate_limit_{name}") for name in pauses} == {0}
    assert (site.max_likes_per_day, site.max_edits_per_day, site.max_bookmarks_per_day) == (50, 30, 20)
    assert (site.max_topics_per_day, site.max_personal_messages_per_day) == (20, 20)
    assert (site.max_topics_in_first_day, site.max_replies_in_first_day) == (3, 10)
    assert (site.max_post_deletions_per_minute, site.max_post_deletions_per_day) == (2, 10)
    assert (site.max_topic_invitations_per_minute, site.max_topic_invitations_per_day) == (5, 30)
