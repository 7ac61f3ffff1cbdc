"""Search in Discourse's words."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tertulia.testing.forum import Forum
from tests.contract.shapes import validate_discourse


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
    assert forum.get("/search/query.json?term=marma&type_filter=odd").status == 400


@pytest.mark.parametrize(
    "q", ["%22%22%22", "'; DROP TABLE posts; --", "((((", "a*b*c*", "NEAR(a b)", "%FF%FE", "%E2%80%AE%00x"]
)
def test_no_text_breaks_the_search(forum: Forum, q: str) -> None:
    answer = forum.get(f"/search.json?q={q if '%' in q else quote(q)}")
    assert answer.status in (200, 400), answer
