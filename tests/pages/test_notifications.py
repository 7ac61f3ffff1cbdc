"""The bell and the page of notifications."""

from __future__ import annotations

import pytest

from tertulia.testing.forum import Forum
from tests.forum.notifications.given import stored
from tests.pages.browser import Browser

BELL = '<span class="news">2<span class="unseen"> unread</span></span>'


def mention(forum: Forum, count: int = 2) -> list[int]:
    return [
        forum.given.topic(
            f"Topic number {each} of some", raw=f"Hello @mary, look at this, number {each}."
        ).post.topic_id
        for each in range(count)
    ]


def test_the_bell_counts_and_looking_empties_it(forum: Forum, member: Browser) -> None:
    assert member.open("/").words("//a[@class='bell']") == "Notifications"
    mention(forum)
    assert BELL in member.open("/").text
    page = member.open("/notifications")
    assert page.status == 200
    assert "admin mentioned you in Topic number 1 of some" in page.text
    assert BELL not in member.open("/").text


def test_opening_a_topic_marks_what_told_of_it_even_when_it_was_read_before(forum: Forum, member: Browser) -> None:
    topic, other = mention(forum)
    member.open(f"/t/-/{topic}", follow=False)
    assert {one.topic_id: one.read for one in stored(forum, "mary")} == {topic: False, other: False}
    slug = forum.get(f"/t/{topic}.json").json["slug"]
    member.open(f"/t/{slug}/{topic}")
    assert {one.topic_id: one.read for one in stored(forum, "mary")} == {topic: True, other: False}
    mine = forum.given.reply(topic, by="mary").post
    member.open(f"/t/{slug}/{topic}")
    form = {"id": mine.id, "post_action_type_id": 2}
    assert forum.post("/post_actions.json", headers=forum.keyed(), form=form).status == 200
    assert [one.read for one in stored(forum, "mary") if one.kind == 5] == [False]
    member.open(f"/t/{slug}/{topic}")
    assert [one.read for one in stored(forum, "mary") if one.kind == 5] == [True]


def test_all_are_marked_as_read_by_a_form(forum: Forum, member: Browser) -> None:
    mention(forum)
    assert "Mark all as read" in member.open("/notifications").text
    page = member.send(member.open("/notifications"), "/notifications/mark-all-read")
    assert (page.status, page.heading) == (200, "Notifications")
    assert [one.read for one in stored(forum, "mary")] == [True, True]
    assert "Mark all as read" not in member.open("/notifications").text


def test_titles_names_and_texts_of_programs_are_words_and_nothing_else(forum: Forum, member: Browser) -> None:
    mary = forum.get("/u/mary.json", headers=forum.keyed()).json["user"]["id"]
    form = {"notification_type": 14, "user_id": mary, "data": '{"message":"<script>alert(1)</script>"}'}
    assert forum.post("/notifications.json", headers=forum.keyed(), form=form).status == 200
    forum.given.topic("A <b>title</b> that means {nothing} %s", raw="Hello @mary, look at this.")
    text = member.open("/notifications").text
    assert "<script>alert" not in text and "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "&lt;b&gt;title&lt;/b&gt; that means {nothing} %s" in text


@pytest.mark.parametrize("path", ["/u/mary/notifications", "/u/MARY/notifications"])
def test_the_address_of_the_upstream_leads_to_the_same(forum: Forum, member: Browser, path: str) -> None:
    mention(forum)
    assert "mentioned you in" in member.open(path).text


def test_only_admins_look_at_the_page_of_somebody_else(forum: Forum, member: Browser, admin: Browser) -> None:
    mention(forum)
    assert member.open("/u/admin/notifications").status == 403
    page = admin.open("/u/mary/notifications")
    assert page.status == 200 and "Notifications of mary" in page.text and "Mark all" not in page.text
    assert BELL in member.open("/").text


def test_visitors_are_sent_to_log_in(visitor: Browser) -> None:
    assert visitor.open("/notifications").heading == "Log in"
