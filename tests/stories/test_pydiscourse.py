"""pydiscourse against a forum on a port: people, groups, categories, settings, keys.

Topics and posts are in `test_pydiscourse_topics.py`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from pydiscourse import DiscourseClient
from pydiscourse.exceptions import DiscourseClientError, DiscourseError

from tertulia.testing.forum import Forum
from tests.uploading import picture


@pytest.fixture
def client(forum: Forum) -> DiscourseClient:
    return DiscourseClient(forum.url, api_username="admin", api_key=forum.key)


@pytest.fixture
def mary(client: DiscourseClient) -> dict[str, object]:
    made = client.create_user("Mary", "mary", "mary@example.org", "sup3r-long-passphrase", active="true")
    assert made["success"] is True
    return dict(client.user("mary"))


def test_a_user_is_made_read_changed_and_deleted(client: DiscourseClient, mary: dict[str, object]) -> None:
    assert (mary["username"], mary["name"]) == ("mary", "Mary")
    assert client.user_all(mary["id"])["active"] is True
    assert client.user_by_email("mary@example.org")[0]["id"] == mary["id"]
    client.update_user("mary", name="Maria", bio_raw="Hello there")
    client.set_preference("mary", location="Bath")
    assert {name: client.user("mary")[name] for name in ("name", "bio_raw", "location")} == {
        "name": "Maria", "bio_raw": "Hello there", "location": "Bath",
    }  # fmt: skip
    client.update_email("mary", "maria@example.org")
    assert client.user_emails("mary")["email"] == "maria@example.org"
    client.update_username("mary", "maria")
    client.delete_user(mary["id"])
    with pytest.raises(DiscourseClientError):
        client.user("maria")


def test_a_user_who_exists_is_refused_with_the_reason(client: DiscourseClient, mary: dict[str, object]) -> None:
    with pytest.raises(DiscourseError, match="Username must be unique"):
        client.create_user("Mary", "mary", "other@example.org", "sup3r-long-passphrase")


def test_staff_duties_on_an_account(client: DiscourseClient, mary: dict[str, object]) -> None:
    user_id = mary["id"]
    client.deactivate(user_id)
    assert client.user_all(user_id)["active"] is False
    client.activate(user_id)
    client.approve(user_id)
    assert client.trust_level(user_id, 2)["admin_user"]["trust_level"] == 2
    client.trust_level_lock(user_id, True)
    assert client.suspend(user_id, 3, "spam")["suspension"]["suspend_reason"] == "spam"
    assert [user["username"] for user in client.users("suspended")] == ["mary"]
    client.unsuspend(user_id)
    client.block(user_id)
    client.log_out(user_id)
    assert client.anonymize(user_id)["username"] != "mary"


def test_a_group_and_its_people(client: DiscourseClient, mary: dict[str, object]) -> None:
    group = client.create_group("cooks", title="Cook", mentionable_level=3)["basic_group"]
    assert group["name"] in [each["name"] for each in client.groups()]
    client.add_group_member(group["id"], "mary")
    client.add_group_owner(group["id"], "admin")
    assert {member["username"] for member in client.group_members("cooks")} == {"mary", "admin"}
    assert [owner["username"] for owner in client.group_owners("cooks")] == ["admin"]
    client.delete_group_member(group["id"], "mary")
    client.add_user_to_group(group["id"], mary["id"])
    assert client.group("cooks")["group"]["user_count"] == 2
    client.delete_group_owner(group["id"], 1)
    client.delete_group(group["id"])
    with pytest.raises(DiscourseClientError):
        client.group("cooks")


def test_a_category_and_one_below_it(client: DiscourseClient) -> None:
    made = client.create_category("Kitchen", "49d9e9", permissions={"everyone": 1, "staff": 1})["category"]
    child = client.create_category("Oven", "112233", parent="Kitchen")["category"]
    assert child["parent_category_id"] == made["id"]
    assert [each["name"] for each in client.categories()][-1] == "Kitchen"
    client.update_category(made["id"], name="Larder", color="112233", text_color="000000")
    assert client.category(made["id"])["category"]["name"] == "Larder"
    client.delete_category(child["id"])
    with pytest.raises(DiscourseClientError):
        client.category(child["id"])


def test_settings_go_in_the_query_of_a_put(client: DiscourseClient) -> None:
    client.site_settings(title="Cooks", max_tags_per_topic="7")
    settings = {each["setting"]: each["value"] for each in client.get_site_settings()["site_settings"]}
    assert (settings["title"], settings["max_tags_per_topic"]) == ("Cooks", "7")
    assert client.about()["about"]["title"] == "Cooks"
    assert client.get_site_info()["uncategorized_category_id"] == 1
    with pytest.raises(DiscourseClientError, match="max_tags_per_topic"):
        client.site_settings(max_tags_per_topic="many")


def test_search_answers_a_short_question_with_a_reason(client: DiscourseClient, forum: Forum) -> None:
    forum.given.topic(raw="Somebody left a marmalade sandwich in the library.")
    assert len(client.search(q="marmalade")["posts"]) == 1
    with pytest.raises(DiscourseClientError, match="too short"):
        client.search(q="a")


def test_pictures_are_uploaded_picked_and_switched_off(
    client: DiscourseClient, forum: Forum, mary: dict[str, object], tmp_path: Path
) -> None:
    file = tmp_path / "me.png"
    file.write_bytes(picture())
    forum.outgoing.answer("https://pictures.example.org/", body=picture(size=(30, 30)))

    def template() -> str:
        return str(client.user("mary")["avatar_template"])

    made = client.upload_image(str(file), "avatar", True, user_id=mary["id"])
    client.pick_avatar("mary", upload_id=made["id"], type="uploaded")
    assert f"/{made['id']}_" in template()
    client.pick_avatar("mary")
    assert "letter_avatar" in template()
    with file.open("rb") as image:
        client.update_avatar_image("mary", image)
    assert f"/{made['id']}_" in template()
    client.toggle_gravatar("mary", state=True)
    assert f"/{made['id']}_" in template()
    client.toggle_gravatar("mary", state=False)
    assert "letter_avatar" in template()
    other = client.update_avatar_from_url("mary", "https://pictures.example.org/other.png")
    assert f"/{other['id']}_" in template()
    client.update_avatar("mary", "https://pictures.example.org/other.png")
    assert client.upload_image(str(file), "composer", False)["id"] == made["id"]


def test_a_topic_goes_back_to_the_time_of_its_last_post(client: DiscourseClient, forum: Forum) -> None:
    first = forum.given.topic("A topic that is edited later on").post
    forum.clock.advance(minutes=5)
    forum.given.topic("A topic that stays as it was made")
    forum.clock.advance(minutes=5)
    client.update_post(first.id, "Another text that brings it to the top.")
    assert client.latest_topics()["topic_list"]["topics"][0]["id"] == first.topic_id
    assert client.reset_bump_date(first.topic_id) is None
    assert client.latest_topics()["topic_list"]["topics"][0]["id"] != first.topic_id


def test_messages_are_listed_for_their_people(client: DiscourseClient, mary: dict[str, object]) -> None:
    sent = client.create_post(
        "A word between the two of us.", title="A word", archetype="private_message", target_recipients="mary"
    )
    inbox = client.private_messages("mary")["topic_list"]["topics"]
    assert [topic["id"] for topic in inbox] == [sent["topic_id"]]
    assert client.private_messages_unread()["topic_list"]["topics"] == []
    with pytest.raises(DiscourseClientError, match="already"):
        client.invite_user_to_topic("mary@example.org", sent["topic_id"])
