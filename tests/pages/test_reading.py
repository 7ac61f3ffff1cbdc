"""What can be read: every page, for everybody who may see it, under the address of its data."""

from __future__ import annotations

import pytest

from tertulia.model.posts import PostView
from tertulia.testing.forum import Forum
from tests.pages.browser import HTML, Browser, Page

OPEN = (
    "/",
    "/latest",
    "/top",
    "/top?period=all",
    "/hot",
    "/categories",
    "/tags",
    "/search",
    "/about",
    "/login",
    "/l/latest",
)
OWN = ("/new", "/unread", "/unseen", "/read", "/posted", "/bookmarks", "/new-topic")
STAFF = ("/admin/api/keys",)


def titles(page: Page) -> list[str]:
    return [each.text_content() for each in page.find("//ol[@class='rows']//h2/a")]


def address(view: PostView) -> str:
    return f"/t/{view.topic_slug}/{view.post.topic_id}"


@pytest.mark.parametrize("path", OPEN)
def test_a_page_for_everybody_opens_for_a_visitor(visitor: Browser, path: str) -> None:
    visitor.forum.given.topic(tags=("alpha",))
    page = visitor.open(path, follow=False)
    assert page.status == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.heading


@pytest.mark.parametrize("path", OPEN[:-2] + OWN)
def test_a_page_opens_for_a_member(member: Browser, path: str) -> None:
    member.forum.given.topic(tags=("alpha",))
    page = member.open(path, follow=False)
    assert page.status == 200
    assert page.heading


@pytest.mark.parametrize("path", OWN)
def test_a_members_page_sends_a_visitor_to_log_in_and_back(visitor: Browser, path: str) -> None:
    page = visitor.open(path, follow=False)
    assert page.status == 302
    assert page.headers["location"] == f"/login?return={path.replace('/', '%2F')}"
    assert page.headers["x-tertulia-reason"] == "not_logged_in"


@pytest.mark.parametrize("path", STAFF)
def test_a_staff_page_is_missing_for_everybody_else(
    visitor: Browser, member: Browser, admin: Browser, path: str
) -> None:
    assert visitor.open(path).status == 404
    assert member.open(path).status == 404
    assert admin.open(path).status == 200


def test_the_same_address_answers_data_to_whoever_asks_for_data(forum: Forum) -> None:
    made = forum.given.topic()
    for path in ("/latest", "/categories", address(made), "/u/admin", "/tags"):
        assert forum.get(path, headers={"accept": HTML}).headers["content-type"].startswith("text/html")
        assert forum.get(path, headers={"accept": "application/json"}).json
        assert forum.get(f"{path}.json", headers={"accept": HTML}).json


def test_every_page_names_its_data_and_the_data_is_there(visitor: Browser) -> None:
    made = visitor.forum.given.topic(tags=("alpha",))
    paths = (
        "/",
        "/top?period=all",
        "/categories",
        "/c/uncategorized/1",
        address(made),
        "/u/admin",
        "/tag/alpha",
        "/tags",
    )
    for path in (*paths, "/about", "/search?q=ordinary"):
        href = visitor.open(path).find("//link[@rel='alternate']/@href")[0]
        answer = visitor.forum.get(href)
        assert answer.status == 200, href
        assert answer.headers["content-type"].startswith("application/json")


def test_every_link_of_the_common_pages_leads_somewhere(admin: Browser) -> None:
    outer = admin.forum.given.category("Outer")
    child = admin.forum.given.category("Inner", parent_id=outer.category.id)
    made = admin.forum.given.topic(tags=("alpha",), category_id=child.category.id)
    admin.forum.given.reply(made.post.topic_id)
    paths = {"/", "/categories", "/tags", address(made), "/u/admin", "/about", "/search?q=ordinary"}
    links = {link for path in paths for link in admin.open(path).links() if link.startswith("/") and "#" not in link}
    assert len(links) > 15
    for link in links:
        assert admin.open(link).status == 200, link


def test_lists_show_titles_and_turn_pages(visitor: Browser) -> None:
    made = [visitor.forum.given.topic().topic_title for _ in range(31)]
    first = visitor.open("/latest")
    assert titles(first) == list(reversed(made))[:30]
    second = visitor.open(first.find("//a[@rel='next']/@href")[0])
    assert made[0] in titles(second)
    assert second.find("//a[@rel='prev']/@href") == ["/latest"]


def test_a_category_page_shows_its_topics_and_only_its_own(visitor: Browser) -> None:
    place = visitor.forum.given.category("Gardens", description="All about gardens.")
    inside = visitor.forum.given.topic(category_id=place.category.id)
    outside = visitor.forum.given.topic()
    page = visitor.open(f"/c/gardens/{place.category.id}")
    assert titles(page) == [inside.topic_title]
    assert outside.topic_title not in page.words()
    assert page.heading == "Gardens"


@pytest.mark.parametrize("spelling", ["/c/wrong/{id}", "/c/{id}", "/c/gardens", "/c/wrong/gardens/{id}"])
def test_a_category_moves_permanently_to_its_right_address(visitor: Browser, spelling: str) -> None:
    number = visitor.forum.given.category("Gardens").category.id
    page = visitor.open(spelling.format(id=number), follow=False)
    assert (page.status, page.headers["location"]) == (301, f"/c/gardens/{number}")


def test_a_sub_category_is_under_its_parent(visitor: Browser) -> None:
    parent = visitor.forum.given.category("Gardens").category.id
    child = visitor.forum.given.category("Roses", parent_id=parent).category.id
    made = visitor.forum.given.topic(category_id=child)
    assert visitor.open(f"/c/roses/{child}", follow=False).headers["location"] == f"/c/gardens/roses/{child}"
    assert visitor.open(f"/c/gardens/roses/{child}").heading == "Gardens › Roses"
    assert titles(visitor.open(f"/c/gardens/{parent}")) == [made.topic_title]
    assert titles(visitor.open(f"/c/gardens/{parent}/none")) == []


def test_a_hidden_category_is_missing(visitor: Browser, admin: Browser) -> None:
    hidden = visitor.forum.given.category("Vault", bundles={"staff": 1}).category.id
    inside = visitor.forum.given.topic("A secret that nobody may read", category_id=hidden)
    for path in (f"/c/vault/{hidden}", address(inside)):
        assert visitor.open(path).status == 404
        assert admin.open(path).status == 200
    assert "Vault" not in visitor.open("/categories").text
    assert "secret" not in visitor.open("/latest").text


def test_a_topic_shows_posts_in_order_with_authors_and_times(visitor: Browser) -> None:
    visitor.forum.given.user("mary")
    made = visitor.forum.given.topic(raw="The **first** post says something.")
    visitor.forum.given.reply(made.post.topic_id, by="mary", raw="The second post answers it.")
    page = visitor.open(address(made))
    assert page.heading == made.topic_title
    assert page.find("//article/@id") == ["post_1", "post_2"]
    assert page.find("//article[@id='post_1']//strong")[0].text == "first"
    assert page.words("//article[@id='post_2']//a[@class='author']") == "mary"
    time = page.find("//article[@id='post_2']//time")[0]
    assert time.get("datetime").endswith("Z") and time.get("title").endswith("UTC")


def test_staff_the_author_and_the_reader_are_marked_in_words(member: Browser) -> None:
    made = member.forum.given.topic()
    member.forum.given.reply(made.post.topic_id, by="mary")
    member.forum.given.reply(made.post.topic_id)
    page = member.open(address(made))
    assert page.words("//article[@id='post_2']/header").startswith("M mary you ")
    assert "topic author admin" in page.words("//article[@id='post_3']/header")


@pytest.mark.parametrize("spelling", ["/t/{id}", "/t/wrong-words/{id}", "/t/-/{id}"])
def test_a_topic_moves_permanently_to_its_right_address(visitor: Browser, spelling: str) -> None:
    made = visitor.forum.given.topic()
    page = visitor.open(spelling.format(id=made.post.topic_id), follow=False)
    assert (page.status, page.headers["location"]) == (301, address(made))


def test_a_long_topic_has_pages_and_each_post_is_on_one(visitor: Browser) -> None:
    made = visitor.forum.given.topic()
    for _ in range(44):
        visitor.forum.given.reply(made.post.topic_id)
    seen, path = [], address(made)
    for _ in range(3):
        page = visitor.open(path)
        seen += page.find("//article/@id")
        path = (page.find("//a[@rel='next']/@href") or [""])[0]
    assert path == ""
    assert seen == [f"post_{number}" for number in range(1, 46)]
    assert visitor.open(f"{address(made)}?page=4").status == 404


def test_an_address_of_a_post_opens_around_it_and_goes_to_it(visitor: Browser) -> None:
    made = visitor.forum.given.topic()
    for _ in range(44):
        visitor.forum.given.reply(made.post.topic_id)
    page = visitor.open(f"{address(made)}/30")
    assert page.find("//article[@autofocus]/@id") == ["post_30"]
    assert len(page.find("//article")) == 20
    assert page.find("//a[@rel='prev']") and page.find("//a[@rel='next']")


def test_the_pages_around_a_window_leave_no_post_out(visitor: Browser) -> None:
    made = visitor.forum.given.topic()
    for _ in range(64):
        visitor.forum.given.reply(made.post.topic_id)
    window = visitor.open(f"{address(made)}/33")
    shown = [int(name[5:]) for name in window.find("//article/@id")]
    before = [int(name[5:]) for name in visitor.open(window.find("//a[@rel='prev']/@href")[0]).find("//article/@id")]
    after = [int(name[5:]) for name in visitor.open(window.find("//a[@rel='next']/@href")[0]).find("//article/@id")]
    assert before[-1] >= shown[0] - 1
    assert after[0] <= shown[-1] + 1


def test_reading_a_page_marks_it_read(member: Browser) -> None:
    made = member.forum.given.topic()
    assert titles(member.open("/new")) == [made.topic_title]
    member.open(address(made))
    assert titles(member.open("/new")) == []


def test_unread_posts_stand_out_and_the_title_leads_to_the_first(member: Browser) -> None:
    made = member.forum.given.topic()
    member.open(address(made))
    page = member.open(f"{address(made)}/reply")
    member.send(page, f"{address(made)}/reply", raw="I follow this from now on, as a replier does.")
    member.open(address(made))
    member.forum.given.reply(made.post.topic_id)
    row = member.open("/unread").find("//li[contains(@class, 'fresh')]")[0]
    assert row.xpath(".//h2/a/@href") == [f"{address(made)}/3"]
    assert "1 new" in row.text_content()


def test_a_profile_shows_what_somebody_wrote(visitor: Browser) -> None:
    visitor.forum.given.user("mary")
    made = visitor.forum.given.topic(by="mary", raw="These words are on the profile too, shortened.")
    page = visitor.open("/u/Mary")
    assert page.heading == "mary"
    assert made.topic_title in page.words() and "These words" in page.words()
    assert visitor.open("/u/nobody").status == 404


def test_tags_lead_to_their_topics(visitor: Browser) -> None:
    tagged = visitor.forum.given.topic(tags=("alpha",))
    visitor.forum.given.topic()
    page = visitor.open(visitor.open("/tags").find("//main//a[@class='tag']/@href")[0])
    assert titles(page) == [tagged.topic_title]
    assert visitor.open("/tag/no-such-tag").status == 404


def test_search_finds_words_and_says_so_when_it_does_not(visitor: Browser) -> None:
    made = visitor.forum.given.topic(raw="Somewhere in here a chrysanthemum is mentioned.")
    assert titles(visitor.open("/search?q=chrysanthemum")) == [made.topic_title]
    assert "Nothing was found" in visitor.open("/search?q=rhododendron").words()


def test_a_search_that_is_too_short_is_explained_beside_the_field(visitor: Browser) -> None:
    page = visitor.open("/search?q=a")
    assert page.status == 422
    assert page.words("//p[@id='wrong-q']") == "Search for at least 3 characters."
    assert page.find("//main//input[@id='q']/@value") == ["a"]


def test_empty_pages_say_what_could_be_there(visitor: Browser, member: Browser) -> None:
    forum = visitor.forum
    place = forum.given.category("Gardens").category.id
    assert "No topics here yet" in visitor.open(f"/c/gardens/{place}").words()
    assert member.open(f"/c/gardens/{place}").find(f"//main//a[@href='/new-topic?category={place}']")
    assert "No tags yet" in visitor.open("/tags").words()


def test_a_site_that_requires_log_in_shows_only_the_door(visitor: Browser) -> None:
    forum = visitor.forum
    assert (
        forum.put("/admin/site_settings/login_required", form={"login_required": "true"}, headers=forum.keyed()).status
        == 200
    )
    page = visitor.open("/latest", follow=False)
    assert (page.status, page.headers["location"]) == (302, "/login?return=%2Flatest")
    door = visitor.open("/login")
    assert door.status == 200
    for asset in door.find("//link[@rel='stylesheet']/@href"):
        assert forum.get(asset).status == 200
