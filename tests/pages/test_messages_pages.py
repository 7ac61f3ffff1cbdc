"""Private messages and groups in the browser, all by forms."""

from __future__ import annotations

import pytest

from tertulia.testing.forum import Forum
from tests.dialects.discourse.messages import group, listed, people, reply, sent
from tests.pages.browser import Browser

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def forum_with_people(member: Browser) -> Forum:
    for name in ("bobby", "carla"):
        member.forum.given.user(name)
    return member.forum


def test_a_message_is_written_read_and_put_away(member: Browser, forum_with_people: Forum) -> None:
    page = member.open("/")
    assert "/u/mary/messages" in page.links()
    empty = member.open("/u/mary/messages")
    assert (empty.heading, empty.status) == ("Messages", 200)
    form = member.open("/new-message?to=bobby")
    assert form.find("//input[@id='to']/@value") == ["bobby"]
    message = member.send(form, "/new-message", to="bobby, @carla", title="A word", raw="For the two of you alone.")
    assert message.heading == "A word"
    assert "Message" in message.words("//p[@class='meta']")
    topic_id = listed(forum_with_people, "/bobby", by="bobby")[0]
    assert people(forum_with_people, topic_id)[0] == ["bobby", "carla", "mary"]
    assert "A word" in member.open("/u/mary/messages/sent").words()
    assert "A word" not in member.open("/u/mary/messages").words()
    reply(forum_with_people, topic_id, by="bobby")
    assert "A word" in member.open("/u/mary/messages").words()
    message = member.open(f"/t/a-word/{topic_id}")
    inbox = member.send(message, f"/t/a-word/{topic_id}/put-away")
    assert "A word" not in inbox.words()
    assert "A word" in member.open("/u/mary/messages/archive").words()
    back = member.send(member.open(f"/t/a-word/{topic_id}"), f"/t/a-word/{topic_id}/bring-back")
    assert "Archive this message" in back.words("//details[@class='taking-part']")
    assert "A word" in member.open("/u/mary/messages").words()


def test_what_is_wrong_with_a_message_is_said_beside_its_fields(member: Browser, forum_with_people: Forum) -> None:
    form = member.open("/new-message")
    page = member.send(form, "/new-message", to="nobody, bobby", title="A word", raw=f"{SCRIPT} & a text")
    assert page.status == 422
    assert page.headers["x-tertulia-reason"] == "message.recipients_unknown"
    assert "is called: nobody" in page.words("//p[@id='wrong-to']")
    assert page.find("//input[@id='to']/@value") == ["nobody, bobby"]
    assert page.find("//input[@id='to']/@aria-invalid") == ["true"]
    assert SCRIPT in page.words("//textarea") and SCRIPT not in page.text
    assert listed(forum_with_people, "-sent/mary", by="mary") == []


def test_people_are_let_in_and_taken_out(member: Browser, forum_with_people: Forum) -> None:
    group(forum_with_people, messageable_level=99, usernames="carla")
    topic_id = sent(forum_with_people, title="A word")
    path = f"/t/a-word/{topic_id}"
    page = member.send(member.open(path), f"{path}/let-in", name="carla")
    assert "carla" in page.words("//details[@class='taking-part']")
    assert "mary let carla in" in page.words("//p[@class='small-action']")
    page = member.send(page, f"{path}/let-in", name="cooks")
    assert people(forum_with_people, topic_id) == (["bobby", "carla", "mary"], ["cooks"])
    token = page.find("//input[@name='authenticity_token']/@value")[0]
    member.post(f"{path}/take-out", {"authenticity_token": token, "group": "cooks"})
    page = member.post(f"{path}/take-out", {"authenticity_token": token, "username": "bobby"})
    assert people(forum_with_people, topic_id) == (["carla", "mary"], [])
    assert "mary took bobby out" in page.words()
    refused = member.post(f"{path}/take-out", {"authenticity_token": token, "username": "mary"})
    assert refused.status == 403
    assert member.post(f"{path}/let-in", {"name": "bobby", "authenticity_token": "x"}).status == 403
    assert people(forum_with_people, topic_id) == (["carla", "mary"], [])


def test_leaving_a_message_leads_to_the_inbox(member: Browser, forum_with_people: Forum) -> None:
    topic_id = sent(forum_with_people, by="bobby", to="mary", title="A word")
    path = f"/t/a-word/{topic_id}"
    page = member.send(member.open(path), f"{path}/take-out")
    assert page.heading == "Messages"
    assert member.open(path).status == 404


def test_others_find_no_message_and_no_list(member: Browser, visitor: Browser, forum_with_people: Forum) -> None:
    topic_id = sent(forum_with_people, by="bobby", to="carla", title="A word")
    for path in (
        f"/t/a-word/{topic_id}",
        "/u/bobby/messages",
        "/u/bobby/messages/sent",
        "/u/bobby/messages/group/cooks",
    ):
        assert member.open(path).status == 404, path
    assert visitor.open("/u/bobby/messages").heading == "Log in"
    assert visitor.open("/new-message").heading == "Log in"


def test_messages_to_a_group_have_a_list_of_their_own(member: Browser, forum_with_people: Forum) -> None:
    group(forum_with_people, messageable_level=99, usernames="mary")
    sent(forum_with_people, by="bobby", to="cooks", title="For the kitchen")
    page = member.open("/u/mary/messages")
    assert "/u/mary/messages/group/cooks" in page.links()
    assert "For the kitchen" in member.open("/u/mary/messages/group/cooks").words()


def test_groups_are_joined_left_and_written_to(member: Browser, visitor: Browser, forum_with_people: Forum) -> None:
    group(
        forum_with_people, full_name=f"Cooks {SCRIPT}", public_admission=True, public_exit=True,
        messageable_level=99, owner_usernames="bobby",
    )  # fmt: skip
    assert "cooks" in visitor.open("/g").words()
    page = visitor.open("/g/cooks")
    assert page.heading == f"Cooks {SCRIPT}" and SCRIPT not in page.text
    assert "bobby owner" in page.words() and "Join" not in page.words()
    joined = member.send(member.open("/g/cooks"), "/g/cooks/become-member")
    assert "You are a member" in joined.words()
    assert "/new-message?to=cooks" in joined.links()
    left = member.send(joined, "/g/cooks/stop-membership")
    assert "You are a member" not in left.words()
    assert member.open("/g/ghosts").status == 404


def test_a_request_is_made_in_the_browser(member: Browser, forum_with_people: Forum) -> None:
    group(forum_with_people, allow_membership_requests=True, owner_usernames="bobby")
    blank = member.send(member.open("/g/cooks"), "/g/cooks/ask", reason=" ")
    assert blank.status == 422
    done = member.send(blank, "/g/cooks/ask", reason="I cook every day.")
    assert done.heading == "cooks"
    assert len(listed(forum_with_people, "/bobby", by="bobby")) == 1
    again = member.send(done, "/g/cooks/ask", reason="Please.")
    assert (again.status, again.headers["x-tertulia-reason"]) == (409, "group.requested_already")
    assert "You have asked already" in again.words("//*[@role='alert']")


def test_a_hidden_group_is_no_page_and_hidden_members_are_not_shown(visitor: Browser, forum: Forum) -> None:
    forum.given.user("bobby")
    group(forum, "ghosts", visibility_level=4, usernames="bobby")
    group(forum, "quiet", members_visibility_level=4, usernames="bobby")
    assert visitor.open("/g/ghosts").status == 404
    assert "ghosts" not in visitor.open("/g").words()
    assert "bobby" not in visitor.open("/g/quiet").words()
