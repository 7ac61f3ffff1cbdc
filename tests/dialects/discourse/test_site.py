"""What a client asks first, and the pictures that the forum draws."""

from __future__ import annotations

import pytest

from tertulia.testing.forum import Forum
from tests.contract.shapes import validate_discourse


def test_the_vocabulary_has_what_the_reader_can_see(forum: Forum) -> None:
    answer = forum.get("/site.json", headers=forum.keyed())
    assert validate_discourse("getSite", answer.json) == []
    assert {category["id"] for category in answer.json["categories"]} == {1, 3}
    assert min(group["id"] for group in answer.json["groups"]) > 0
    assert [category["id"] for category in forum.get("/site.json").json["categories"]] == [1]


def test_a_category_without_parent_says_nothing_of_one(forum: Forum) -> None:
    parent = forum.given.category("Kitchen").category.id
    forum.given.category("Oven", parent_id=parent)
    categories = {each["name"]: each for each in forum.get("/site.json").json["categories"]}
    assert "parent_category_id" not in categories["Kitchen"]
    assert categories["Oven"]["parent_category_id"] == parent


def test_basic_facts_are_told_also_where_reading_needs_a_log_in(forum: Forum) -> None:
    forum.put("/admin/site_settings/title", form={"title": "Cooks"}, headers=forum.keyed())
    forum.put("/admin/site_settings/login_required", form={"login_required": "true"}, headers=forum.keyed())
    answer = forum.get("/site/basic-info.json")
    assert validate_discourse("getSiteBasicInfo", answer.json) == []
    assert (answer.json["title"], answer.json["login_required"]) == ("Cooks", True)
    for path in (
        "/site.json",
        "/about.json",
        "/categories.json",
        "/u/admin.json",
        "/tags.json",
        "/search.json?q=soups",
    ):
        assert forum.get(path).json["error_type"] == "not_logged_in"


def test_the_about_page_counts_and_names_who_runs_the_site(forum: Forum) -> None:
    forum.given.user("mona", moderator=True)
    forum.given.topic()
    answer = forum.get("/about.json").json
    assert answer["about"]["stats"]["topic_count"] == 1
    names = {user["id"]: user["username"] for user in answer["users"]}
    assert [names[user_id] for user_id in answer["about"]["moderator_ids"]] == ["mona"]
    assert forum.get("/site/statistics.json").json["topics_count"] == 1


@pytest.mark.parametrize(
    "path",
    ["/letter_avatar_proxy/v4/letter/a/9a3412/45.png", "/letter_avatar_proxy/v4/letter/%E3%81%82/9a3412/90.png",
     "/letter_avatar/mary/45/2.png", "/user_avatar/forum.test/mary/45/1_2.png", "/emoji/smile.svg"],
)  # fmt: skip
def test_pictures_are_drawn_and_kept_for_long(forum: Forum, path: str) -> None:
    answer = forum.get(path)
    assert answer.status == 200, answer
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert "max-age=31536000" in answer.headers["cache-control"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.body.startswith(b"<svg")


def test_a_profile_leads_to_a_picture(forum: Forum) -> None:
    template = forum.get("/u/admin.json").json["user"]["avatar_template"]
    assert forum.get(template.replace("{size}", "45")).status == 200


@pytest.mark.parametrize(
    "path",
    ["/letter_avatar_proxy/v4/letter/ab/9a3412/45.png", "/letter_avatar_proxy/v4/letter/a/red/45.png",
     "/letter_avatar_proxy/v4/letter/a/9a3412/x.png", "/letter_avatar_proxy/v4/letter/a/9a3412/99999.png",
     "/letter_avatar_proxy/v4/letter/a/9a341%22/45.png", "/emoji/nothing_of_the_kind.svg", "/emoji/..%2f.svg"],
)  # fmt: skip
def test_a_picture_of_nothing_is_not_found(forum: Forum, path: str) -> None:
    assert forum.get(path).status == 404


def test_markup_as_a_letter_is_drawn_as_text(forum: Forum) -> None:
    answer = forum.get("/letter_avatar_proxy/v4/letter/%3C/9a3412/45.png")
    assert b">&lt;</text>" in answer.body
