"""Search in Discourse's words."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import pytest

from tertulia.testing.forum import Forum
from tests.contract.shapes import validate_discourse
from tests.uploading import PDF, picture, upload


def found(forum: Forum, query: str, reader: str | None = None) -> list[int]:
    answer = forum.get(f"/search.json?{query}", headers=forum.keyed(reader) if reader else {})
    assert answer.status == 200, answer
    return [post["topic_id"] for post in answer.json["posts"]]


def test_a_hit_comes_with_its_topic_and_the_words_around_the_match(forum: Forum) -> None:
    topic_id = forum.given.topic(raw="Somebody left a marmalade sandwich in the library.", tags=("food",)).post.topic_id
    for path in ("/search.json?q=marmalade", "/search?q=marmalade"):
        answer = forum.get(path, headers=forum.keyed())
        assert validate_discourse("search", answer.json) == []
        (post,) = answer.json["posts"]
        assert (post["topic_id"], post["username"]) == (topic_id, "admin")
        assert "marmalade" in post["blurb"]
        (topic,) = answer.json["topics"]
        assert (topic["id"], topic["tags"][0]["name"]) == (topic_id, "food")
        assert answer.json["grouped_search_result"]["post_ids"] == [post["id"]]


def test_people_categories_and_tags_are_found_by_name(forum: Forum) -> None:
    forum.given.user("marmaduke")
    forum.given.category("Marmalades")
    forum.given.topic(tags=("marmalade",))
    answer = forum.get("/search.json?q=marma").json
    assert [user["username"] for user in answer["users"]] == ["marmaduke"]
    assert [category["name"] for category in answer["categories"]] == ["Marmalades"]
    assert [tag["name"] for tag in answer["tags"]] == ["marmalade"]


def test_pages_begin_at_one_and_end_empty(forum: Forum) -> None:
    forum.put("/admin/site_settings/search_page_size", form={"search_page_size": 2}, headers=forum.keyed())
    ids = {forum.given.topic(raw=f"The marmalade of number {n} is a good one.").post.topic_id for n in range(3)}
    first = forum.get("/search.json?q=marmalade&page=1").json
    assert first["grouped_search_result"]["more_full_page_results"] is True
    pages = [found(forum, f"q=marmalade&page={page}") for page in (1, 2, 3, 50)]
    assert [len(page) for page in pages] == [2, 1, 0, 0]
    assert {*pages[0], *pages[1]} == ids


@pytest.mark.parametrize(
    "query",
    ["", "q=", "q=ab", "q=%20%20", "q=soups&page=51", "q=soups&page=0", "q=soups&page=x", "q[]=a", "q=" + "x" * 2000],
)
def test_a_search_that_makes_no_sense_is_refused(forum: Forum, query: str) -> None:
    answer = forum.get(f"/search.json?{query}")
    assert answer.status == 400, answer
    assert answer.json["errors"]


def test_hidden_things_are_found_by_those_who_may_see_them(forum: Forum) -> None:
    forum.given.user("mary")
    vault = forum.given.category("Vault", bundles={"staff": 1}).category.id
    topic_id = forum.given.topic(raw="The marmalade is kept in the vault.", category_id=vault).post.topic_id
    assert found(forum, "q=marmalade", "admin") == [topic_id]
    assert found(forum, "q=marmalade", "mary") == found(forum, "q=marmalade") == []
    assert forum.get("/search.json?q=vault", headers=forum.keyed("mary")).json["categories"] == []


def test_a_search_is_narrowed_by_operators_and_by_context(forum: Forum) -> None:
    forum.given.user("mary")
    first = forum.given.topic(raw="The marmalade of Mary is a good one.", by="mary").post.topic_id
    second = forum.given.topic(raw="The marmalade of the admin is not.").post.topic_id
    assert found(forum, "q=marmalade%20user:mary") == [first]
    assert found(forum, "q=marmalade&search_context[type]=user&search_context[id]=mary") == [first]
    assert found(forum, f"q=marmalade&context=topic&context_id={second}") == [second]
    assert found(forum, "q=marmalade%20user:nobody") == []
    assert forum.get("/search.json?q=marmalade&context=topic&context_id=9999").status == 404
    assert forum.get("/search.json?q=marmalade&context=topic&context_id=x").status == 400


def test_the_header_search_shows_few_of_the_kind_that_is_asked_for(forum: Forum) -> None:
    forum.given.user("marmaduke")
    for number in range(7):
        forum.given.topic(raw=f"The marmalade of number {number} is a good one.")
    answer = forum.get("/search/query.json?term=marmalade").json
    assert len(answer["posts"]) == 5
    users = forum.get("/search/query.json?term=marma&type_filter=user").json
    assert (users["posts"], [user["username"] for user in users["users"]]) == ([], ["marmaduke"])
    assert forum.get("/search/query.json").json["errors"] == ["param is missing or the value is empty: term"]
    odd = forum.get("/search/query.json?term=marma&type_filter=odd")
    assert (odd.status, odd.json["error_type"]) == (403, "invalid_access")


@pytest.mark.parametrize(
    "q", ["%22%22%22", "'; DROP TABLE posts; --", "((((", "a*b*c*", "NEAR(a b)", "%FF%FE", "%E2%80%AE%00x"]
)
def test_no_text_breaks_the_search(forum: Forum, q: str) -> None:
    answer = forum.get(f"/search.json?q={q if '%' in q else quote(q)}")
    assert answer.status in (200, 400), answer


def test_recipe_of_a_guide_reads_pages_until_one_is_empty(forum: Forum) -> None:
    api = forum.given.category("API", slug="api").category.id
    wanted = {
        forum.given.topic(raw=f"Number {n}: the server answers 429 as a rate limit.", category_id=api).post.topic_id
        for n in range(3)
    }
    forum.given.topic(raw="Elsewhere a 429 is a rate limit, too.")
    out: list[dict[str, object]] = []
    page = 1
    while True:
        answer = forum.get(f"/search.json?q=429+rate+limit+category:api&page={page}", headers=forum.keyed())
        assert answer.status == 200
        posts = answer.json.get("posts", [])
        if not posts:
            break
        out.extend(posts)
        page += 1
    assert page == 2 and {post["topic_id"] for post in out} == wanted


def test_matches_are_marked_in_title_and_excerpt(forum: Forum) -> None:
    forum.given.topic(title="The marmalade question of today", raw="Some <b>marmalade</b> & toast, please.")
    (post,) = forum.get("/search.json?q=marmalade").json["posts"]
    mark = '<span class="search-highlight">marmalade</span>'
    assert post["topic_title_headline"] == f"The {mark} question of today"
    assert post["blurb"] == f"Some {mark} &amp; toast, please."


def test_the_grouped_result_has_every_key_and_says_what_there_is_more_of(forum: Forum) -> None:
    for number in range(6):
        forum.given.topic(raw=f"The marmalade of number {number} is a good one.")
        forum.given.user(f"marma{number}")
    full = forum.get("/search.json?q=marma").json["grouped_search_result"]
    assert sorted(full) == sorted(
        (
            "more_posts", "more_users", "more_categories", "term", "search_log_id", "more_full_page_results",
            "can_create_topic", "error", "extra", "post_ids", "user_ids", "category_ids", "tag_ids", "group_ids",
        )
    )  # fmt: skip
    assert (full["term"], full["more_posts"], full["more_full_page_results"]) == ("marma", None, None)
    assert len(full["user_ids"]) == 5 and full["more_users"] is True
    header = forum.get("/search/query.json?term=marma").json["grouped_search_result"]
    assert (header["more_posts"], header["more_full_page_results"]) == (True, None)
    assert len(header["post_ids"]) == 5


def test_groups_are_found_by_name_where_they_may_be_seen(forum: Forum) -> None:
    assert [group["name"] for group in forum.get("/search.json?q=moder").json["groups"]] == ["moderators"]
    header = forum.get("/search/query.json?term=moder&type_filter=exclude_topics").json
    assert [group["name"] for group in header["groups"]] == ["moderators"] and header["posts"] == []
    inside = forum.get("/search/query.json?term=moder&search_context[type]=user&search_context[id]=admin").json
    assert inside["groups"] == inside["users"] == []


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("topic", {"posts"}), ("all_topics", {"posts"}), ("private_messages", set()), ("category", {"categories"}),
        ("user", {"users"}), ("tags", {"tags"}), ("exclude_topics", {"categories", "users", "tags"}),
    ],
)  # fmt: skip
def test_a_type_filter_leaves_only_its_kind(forum: Forum, kind: str, keys: set[str]) -> None:
    forum.given.user("marmaduke")
    forum.given.category("Marmalades")
    forum.given.topic(raw="The marmalade is a good one here.", tags=("marmalade",))
    answer = forum.get(f"/search/query.json?term=marma&type_filter={kind}", headers=forum.keyed("marmaduke")).json
    assert {key for key in ("posts", "users", "categories", "tags", "groups") if answer[key]} == keys


def test_messages_are_for_those_who_are_in_them_and_for_nobody_without_a_user(forum: Forum) -> None:
    forum.given.user("mary")
    forum.given.user("otto")
    body = {
        "title": "A marmalade in confidence",
        "raw": "The marmalade is under the stairs.",
        "archetype": "private_message",
    }
    sent = forum.post("/posts.json", json={**body, "target_recipients": "mary"}, headers=forum.keyed("admin"))
    topic_id = sent.json["topic_id"]
    assert found(forum, "q=marmalade", "mary") == []
    for query in ("q=marmalade%20in:messages", "q=marmalade%20in:all",
                  "q=marmalade&search_context[type]=private_messages&search_context[id]=mary"):  # fmt: skip
        assert found(forum, query, "mary") == [topic_id]
        if "mary" not in query:
            assert found(forum, query, "otto") == []
    other = forum.get("/search.json?q=marmalade%20personal_messages:mary", headers=forum.keyed("otto"))
    assert other.status == 403
    for query in (
        "in:messages",
        "in:personal",
        "in:personal-direct",
        "in:all-pms",
        "personal_messages:mary",
        "group_messages:staff",
    ):
        assert forum.get(f"/search.json?q=marmalade%20{query}").status == 403, query
    header = "/search/query.json?term=marmalade&type_filter=private_messages"
    assert forum.get(header).status == 403
    assert [post["topic_id"] for post in forum.get(header, headers=forum.keyed("mary")).json["posts"]] == [topic_id]


def test_a_topic_is_found_by_its_number_or_address(forum: Forum) -> None:
    topic_id = forum.given.topic(
        title="Nothing but toast in here today", raw="Nothing but toast is in here."
    ).post.topic_id
    base = "/search/query.json?type_filter=topic&search_for_id=true&term="
    for term in (str(topic_id), f"/t/{topic_id}", f"https://forum.test/t/some-slug/{topic_id}/2"):
        assert [post["topic_id"] for post in forum.get(base + quote(term, safe="")).json["posts"]] == [topic_id], term
    assert forum.get(f"{base}{topic_id}&restrict_to_archetype=private_message").json["posts"] == []
    assert len(forum.get(f"{base}{topic_id}&restrict_to_archetype=regular").json["posts"]) == 1
    assert (
        forum.get(f"/search/query.json?term={topic_id + 100}&search_for_id=true&type_filter=topic").json["posts"] == []
    )


def test_a_context_can_be_skipped_and_an_unknown_one_is_refused(forum: Forum) -> None:
    forum.given.user("mary")
    topic_id = forum.given.topic(raw="The marmalade of Mary is a good one.", by="mary").post.topic_id
    assert found(forum, "q=marmalade&context=user&context_id=admin") == []
    assert found(forum, "q=marmalade&context=user&context_id=admin&skip_context=true") == [topic_id]
    assert found(forum, "q=marmalade&context=tag&context_id=none") == []
    for query in ("search_context[type]=planet&search_context[id]=1", "search_context[type]=user", "search_context=x",
                  "context=planet&context_id=1", "context=user&context_id=a%20b"):  # fmt: skip
        assert forum.get(f"/search.json?q=marmalade&{query}").status == 400, query


def test_a_click_is_noted_and_needs_its_parameters(forum: Forum) -> None:
    click = {"search_log_id": 1, "search_result_type": "topic", "search_result_id": 7}
    assert forum.post("/search/click.json", json=click, headers=forum.keyed()).json == {"success": "OK"}
    for name in click:
        rest = {key: value for key, value in click.items() if key != name}
        refused = forum.post("/search/click.json", json=rest, headers=forum.keyed())
        assert (refused.status, refused.json["errors"]) == (
            400, [f"param is missing or the value is empty: {name}"],
        )  # fmt: skip


@pytest.mark.parametrize("q", ["a%00b marmalade", "%00%00%00%00"])
def test_a_null_byte_is_refused(forum: Forum, q: str) -> None:
    assert forum.get(f"/search.json?q={q}").status == 400
    assert forum.get(f"/search/query.json?term={q}").status == 400


@pytest.mark.parametrize(
    "q",
    [
        "x" * 10_000,
        '"' * 999,
        "NEAR(a b, 5)",
        "a* OR b*",
        "title : a",
        "-a",
        "a:*",
        "!a & |",
        "(((",
        "^a",
        "'a' <-> 'b'",
        "\\",
        "a\\'b",
        "{title body}: a",
        "col:a AND NOT b",
        "é" * 900,
        "字" * 1_000,
        "a " * 500,
        "tags:" + "a," * 480,
        "#" * 900,
    ],
)
def test_syntax_of_the_engines_is_only_words(forum: Forum, q: str) -> None:
    for path in (f"/search.json?q={quote(q)}", f"/search/query.json?term={quote(q)}", f"/search?q={quote(q)}"):
        answer = forum.get(path)
        assert answer.status in (200, 400, 422), (path[:80], answer.status)


def test_an_upload_is_found_by_its_kind(forum: Forum) -> None:
    settings = {"authorized_extensions": "pdf|png"}
    assert forum.put("/admin/site_settings/authorized_extensions", json=settings, headers=forum.keyed()).status == 200
    report = upload(forum, PDF, name="report.pdf")
    shown = upload(forum, picture(), name="shown.png")
    with_report = forum.given.topic(
        raw=f"The marmalade report: [report.pdf|attachment]({report['short_url']})"
    ).post.topic_id
    with_picture = forum.given.topic(raw=f"The marmalade is shown: ![jar]({shown['short_url']})").post.topic_id
    forum.given.topic(raw="The marmalade without any file is good, too; a pdf or png is only named.")
    for query, expected in (
        ("marmalade filetype:pdf", [with_report]), ("filetype:PDF", [with_report]), ("filetypes:png", [with_picture]),
        ("marmalade filetypes:pdf,png", [with_report, with_picture]), ("filetype:zip", []),
        ("shown filetype:pdf", []),
    ):  # fmt: skip
        answer = forum.get("/search.json?" + urlencode({"q": query})).json
        assert sorted(post["topic_id"] for post in answer["posts"]) == expected, query
