"""Site settings and the staff action log."""

from __future__ import annotations

import pytest

from tertulia.testing.forum import Forum


def value(forum: Forum, name: str) -> str:
    found = forum.get(f"/admin/site_settings.json?names[]={name}", headers=forum.keyed()).json["site_settings"]
    assert [setting["setting"] for setting in found] == [name]
    return str(found[0]["value"])


def test_every_setting_is_listed_with_what_it_is(forum: Forum) -> None:
    settings = forum.get("/admin/site_settings.json", headers=forum.keyed()).json["site_settings"]
    by_name = {setting["setting"]: setting for setting in settings}
    title = by_name["title"]
    assert (title["type"], title["category"], title["value"], title["overridden"]) == (
        "string", "required", "Tertulia", False,
    )  # fmt: skip
    assert (by_name["login_required"]["type"], by_name["min_search_term_length"]["type"]) == ("bool", "integer")
    assert by_name["max_tags_per_topic"]["max"] == 100
    assert all(setting["description"] for setting in settings)


def test_the_list_is_narrowed_by_name_and_category(forum: Forum) -> None:
    path = "/admin/config/site_settings.json?categories[]=tags"
    settings = forum.get(path, headers=forum.keyed()).json["site_settings"]
    assert {setting["category"] for setting in settings} == {"tags"}


@pytest.mark.parametrize("how", ["query", "form", "json"])
def test_a_setting_is_changed_by_its_name_in_query_form_or_json(forum: Forum, how: str) -> None:
    path, options = "/admin/site_settings/title", {}
    if how == "query":
        path += "?title=Cooks"
    else:
        options = {how: {"title": "Cooks"}}
    answer = forum.put(path, headers=forum.keyed(), **options)
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert value(forum, "title") == "Cooks"
    assert forum.get("/about.json").json["about"]["title"] == "Cooks"


def test_typed_values_and_their_spellings_mean_the_same(forum: Forum) -> None:
    for sent in (True, "true", "t"):
        forum.put("/admin/site_settings/login_required.json", json={"login_required": False}, headers=forum.keyed())
        forum.put("/admin/site_settings/login_required.json", json={"login_required": sent}, headers=forum.keyed())
        assert value(forum, "login_required") == "true"
    forum.put("/admin/site_settings/max_tags_per_topic.json", json={"max_tags_per_topic": 7}, headers=forum.keyed())
    assert value(forum, "max_tags_per_topic") == "7"


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("title", {}, 400),
        ("title", {"site_title": "x"}, 400),
        ("title", {"title": ""}, 422),
        ("title", {"title": "x" * 300}, 422),
        ("title", {"title": {"a": 1}}, 400),
        ("max_tags_per_topic", {"max_tags_per_topic": "many"}, 422),
        ("max_tags_per_topic", {"max_tags_per_topic": -1}, 422),
        ("no_such_setting", {"no_such_setting": "x"}, 404),
        ("data", {"data": "/etc"}, 404),
        ("secret_key", {"secret_key": "x"}, 404),
    ],
)
def test_a_bad_value_or_name_changes_nothing(forum: Forum, name: str, body: dict[str, object], status: int) -> None:
    before = forum.get("/admin/site_settings.json", headers=forum.keyed()).json
    answer = forum.put(f"/admin/site_settings/{name}.json", json=body, headers=forum.keyed())
    assert answer.status == status, answer
    assert forum.get("/admin/site_settings.json", headers=forum.keyed()).json == before


def test_secrets_are_masked(forum: Forum) -> None:
    forum.put("/admin/site_settings/jwt_secret", form={"jwt_secret": "hush-hush-hush"}, headers=forum.keyed())
    assert b"hush-hush" not in forum.get("/admin/site_settings.json", headers=forum.keyed()).body
    assert b"hush-hush" not in forum.get("/admin/logs/staff_action_logs.json", headers=forum.keyed()).body


def test_settings_are_for_admins(forum: Forum) -> None:
    forum.given.user("mona", moderator=True)
    for reader in (forum.keyed("mona"), {}):
        assert forum.get("/admin/site_settings.json", headers=reader).status == 404
    refused = forum.put("/admin/site_settings/title", form={"title": "x"}, headers=forum.keyed("mona"))
    assert (refused.status, refused.reason) == (404, "staff_only")
    assert value(forum, "title") == "Tertulia"


# -- the log ----------------------------------------------------------------------------------------
def test_what_staff_did_is_in_the_log(forum: Forum) -> None:
    mary = forum.given.user("mary")
    forum.put("/admin/site_settings/title", form={"title": "Cooks"}, headers=forum.keyed())
    forum.put(f"/admin/users/{mary.id}/grant_moderation", headers=forum.keyed())

    def lines(query: str = "") -> list[dict[str, object]]:
        answer = forum.get(f"/admin/logs/staff_action_logs.json{query}", headers=forum.keyed())
        assert answer.status == 200, answer
        return list(answer.json["staff_action_logs"])

    (line,) = lines("?action_name=change_site_setting")
    assert (line["subject"], line["previous_value"], line["new_value"]) == ("title", "Tertulia", "Cooks")
    assert line["acting_user"]["username"] == "admin"  # type: ignore[index]
    assert lines("?target_user=mary")[0]["action_name"] == "grant_moderation"
    assert {each["target_user"]["username"] for each in lines("?target_user=mary")} == {"mary"}  # type: ignore[index]
    assert lines("?acting_user=mary") == lines("?acting_user=nobody") == lines("?subject=nothing") == []
    assert lines("?start_date=2100-01-01") == lines("?end_date=2000-01-01") == lines("?page=99") == []
    assert len(lines("?limit=1")) == 1
    for query in ("?limit=201", "?page=x", "?start_date=someday"):
        assert forum.get(f"/admin/logs/staff_action_logs.json{query}", headers=forum.keyed()).status == 400


def test_the_log_is_for_staff(forum: Forum) -> None:
    forum.given.user("mary")
    forum.given.user("mona", moderator=True)
    assert forum.get("/admin/logs/staff_action_logs.json", headers=forum.keyed("mona")).status == 200
    assert forum.get("/admin/logs/staff_action_logs.json", headers=forum.keyed("mary")).status == 404
