"""What can be done: logging in and out, topics, replies, likes. All by forms, none by scripts."""

from __future__ import annotations

from tertulia.model.posts import PostView
from tertulia.testing.forum import Forum
from tests.pages.browser import Browser
from tests.pages.conftest import PASSWORD


def address(view: PostView) -> str:
    return f"/t/{view.topic_slug}/{view.post.topic_id}"


def test_log_in_leads_back_to_where_the_reader_was(visitor: Browser) -> None:
    visitor.forum.given.user("mary", password=PASSWORD)
    door = visitor.open("/new-topic")
    assert door.heading == "Log in"
    page = visitor.send(door, "/login", login="mary", password=PASSWORD)
    assert page.heading == "New topic"
    assert "mary" in page.words("//header[@class='top']")


def test_log_in_by_e_mail_works_too(visitor: Browser) -> None:
    visitor.forum.given.user("mary", password=PASSWORD)
    assert "mary" in visitor.log_in("mary@example.org", PASSWORD).words("//header[@class='top']")


def test_a_wrong_password_is_explained_and_the_name_kept(visitor: Browser) -> None:
    page = visitor.send(visitor.open("/login"), "/login", login="admin", password="not the password")
    assert page.status == 422
    assert page.headers["x-tertulia-reason"] == "session.login_failed"
    assert "No account has this name and password" in page.words("//*[@role='alert']")
    assert page.find("//input[@id='login']/@value") == ["admin"]
    assert "not the password" not in page.text


def test_somebody_who_is_logged_in_is_not_asked_again(member: Browser) -> None:
    page = member.open("/login?return=/tags", follow=False)
    assert (page.status, page.headers["location"]) == (303, "/tags")


def test_log_out_ends_the_session_for_every_page(member: Browser) -> None:
    stolen = dict(member.cookies)
    page = member.send(member.open("/"), "/logout")
    assert "Log in" in page.words("//header[@class='top']")
    thief = Browser(member.forum)
    thief.cookies = stolen
    assert "mary" not in thief.open("/").words("//header[@class='top']")


def test_tokens_from_before_the_log_in_mean_nothing_after_it(visitor: Browser) -> None:
    visitor.forum.given.user("mary", password=PASSWORD)
    before = visitor.open("/login").find("//input[@name='authenticity_token']/@value")[0]
    visitor.log_in("mary", PASSWORD)
    page = visitor.post("/logout", {"authenticity_token": before})
    assert page.status == 403
    assert "mary" in visitor.open("/").words("//header[@class='top']")


def test_a_form_without_the_token_changes_nothing_and_says_so(member: Browser) -> None:
    for token in ("", "forged"):
        fields = {"title": "A title that is long enough", "raw": "A body that is long enough.", "category": "1"}
        page = member.post("/new-topic", {**fields, "authenticity_token": token})
        assert page.status == 403
        assert page.headers["x-tertulia-reason"] == "request.csrf_failed"
        assert "Nothing was changed" in page.words()
    assert "A title that is long enough" not in member.open("/latest").text


def test_a_token_of_somebody_else_does_not_count(member: Browser, admin: Browser) -> None:
    token = admin.open("/").find("//input[@name='authenticity_token']/@value")[0]
    assert member.post("/logout", {"authenticity_token": token}).status == 403


def test_a_new_topic_is_made_and_shown(member: Browser) -> None:
    member.forum.given.topic(tags=("sun-flowers", "height"))
    page = member.send(
        member.open("/new-topic?category=1"),
        "/new-topic",
        title="How tall do sunflowers grow here?",
        raw="Mine are **two metres** tall by now.",
        tags="sun-flowers, Height",
    )
    assert page.status == 200
    assert page.heading == "How tall do sunflowers grow here?"
    assert page.find("//article//strong")[0].text == "two metres"
    assert page.words("//p[@class='meta']").startswith("Uncategorized")
    assert {each.text for each in page.find("//div[contains(@class, 'topic-head')]//a[@class='tag']")} == {
        "sun-flowers",
        "height",
    }


def test_a_topic_that_is_refused_comes_back_as_it_was_typed(member: Browser) -> None:
    form = member.open("/new-topic?category=1")
    page = member.send(form, "/new-topic", title="Short", raw="Too <b>few\nwords", tags="alpha, beta")
    assert page.status == 422
    assert page.words("//p[@id='wrong-title']") == "Write a title of at least 15 characters."
    assert page.words("//p[@id='wrong-raw']") == "Write at least 20 characters."
    assert page.find("//input[@id='title']/@value") == ["Short"]
    assert page.find("//input[@id='tags']/@value") == ["alpha, beta"]
    assert page.find("//textarea[@id='raw']")[0].value.strip() == "Too <b>few\nwords"
    assert page.find("//option[@selected]/@value") == ["1"]
    assert page.find("//input[@id='title']/@aria-describedby") == ["wrong-title"]


def test_nothing_of_a_refused_topic_is_kept(member: Browser, forum: Forum) -> None:
    before = forum.get("/latest.json").json["topic_list"]["topics"]
    made = forum.given.topic("A title that exists already")
    form = member.open("/new-topic?category=1")
    page = member.send(
        form, "/new-topic", title="A title that exists already", raw="A body that is long enough for it."
    )
    assert page.status == 422
    assert "Another topic has this title already" in page.words("//p[@id='wrong-title']")
    after = forum.get("/latest.json").json["topic_list"]["topics"]
    assert len(after) == len(before) + 1
    assert made.topic_title in {each["title"] for each in after}


def test_a_category_must_be_chosen_and_one_that_is_hidden_is_not_offered(member: Browser) -> None:
    hidden = member.forum.given.category("Vault", bundles={"staff": 1}).category.id
    form = member.open("/new-topic")
    assert "Vault" not in form.text
    fields = {"title": "A title that is long enough", "raw": "A body that is long enough for everybody."}
    token = form.find("//input[@name='authenticity_token']/@value")[0]
    for category in ("", str(hidden), "999999"):
        page = member.post("/new-topic", {**fields, "category": category, "authenticity_token": token})
        assert page.status in (403, 422), category
        assert page.find("//p[contains(@class, 'wrong')] | //*[@role='alert']"), category


def test_the_form_of_a_new_topic_can_be_filled_in_by_the_address(member: Browser) -> None:
    page = member.open("/new-topic?title=Sunflowers&raw=Some+words&tags=alpha&category=1")
    assert page.find("//input[@id='title']/@value") == ["Sunflowers"]
    assert page.find("//textarea[@id='raw']")[0].value.strip() == "Some words"


def test_a_reply_is_added_and_the_reader_is_taken_to_it(member: Browser) -> None:
    made = member.forum.given.topic()
    page = member.send(member.open(address(made)), f"{address(made)}/reply", raw="This is my answer to all of it.")
    assert page.find("//article[@autofocus]/@id") == ["post_2"]
    assert "This is my answer" in page.words("//article[@id='post_2']")


def test_a_reply_to_a_post_says_so(member: Browser) -> None:
    made = member.forum.given.topic()
    member.forum.given.reply(made.post.topic_id)
    member.forum.given.reply(made.post.topic_id)
    form = member.open(f"{address(made)}/reply?to=2")
    assert "admin wrote" in form.words("//aside")
    page = member.send(form, f"{address(made)}/reply", raw="I answer the second post, not the third.")
    assert page.words("//article[@id='post_4']//p[@class='answers']") == "in reply to admin"
    assert page.find("//article[@id='post_4']//p[@class='answers']/a/@href") == [f"{address(made)}/2"]


def test_a_refused_reply_comes_back_as_it_was_typed(member: Browser) -> None:
    made = member.forum.given.topic()
    page = member.send(member.open(address(made)), f"{address(made)}/reply", raw="Short")
    assert page.status == 422
    assert page.words("//p[@id='wrong-raw']") == "Write at least 20 characters."
    assert page.find("//textarea")[0].value.strip() == "Short"
    assert made.topic_title in page.heading


def test_a_closed_topic_offers_no_reply_and_says_why(member: Browser) -> None:
    forum, made = member.forum, member.forum.given.topic()
    page = member.open(address(made))
    forum.put(f"/t/{made.post.topic_id}/status", form={"status": "closed", "enabled": "true"}, headers=forum.keyed())
    late = member.send(page, f"{address(made)}/reply", raw="I typed this before it was closed.")
    assert late.status == 403
    assert "closed" in late.words("//*[@role='alert']")
    assert late.find("//textarea")[0].value.strip() == "I typed this before it was closed."
    now = member.open(address(made))
    assert not now.find("//form[@id='reply']")
    assert "This topic is closed" in now.words("//p[@class='notice']")
    assert "admin closed this topic" in now.words("//p[@class='small-action']")


def test_a_visitor_is_offered_to_log_in_before_replying(visitor: Browser) -> None:
    made = visitor.forum.given.topic()
    page = visitor.open(address(made))
    assert not page.find("//form[@id='reply']")
    assert page.find("//p[@class='notice']/a/@href") == [f"/login?return={address(made).replace('/', '%2F')}"]


def test_a_post_is_liked_and_the_like_taken_back(member: Browser) -> None:
    made = member.forum.given.topic()
    page = member.press(member.open(address(made)), f"/p/{made.post.id}/like")
    assert "You like this" in page.words("//article[@id='post_1']/footer")
    page = member.press(page, f"/p/{made.post.id}/unlike")
    assert "You like this" not in page.words("//article[@id='post_1']/footer")


def test_ones_own_post_cannot_be_liked(member: Browser) -> None:
    made = member.forum.given.topic(by="mary")
    page = member.open(address(made))
    assert not page.find("//button[contains(@formaction, '/like')]")
    token = page.find("//input[@name='authenticity_token']/@value")[0]
    refused = member.post(f"/p/{made.post.id}/like", {"authenticity_token": token})
    assert refused.status == 403
    assert "You cannot like your own post." in refused.words()
