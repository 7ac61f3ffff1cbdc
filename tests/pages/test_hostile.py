"""Hostile words, addresses and forms: nothing that people write becomes markup, a header or a way out."""

from __future__ import annotations

import re

import pytest

from tertulia.model.posts import PostView
from tertulia.pages.post_html import post_html
from tertulia.pages.returning import safe_return
from tertulia.testing.forum import Forum
from tests.pages.browser import HTML, Browser, Page

SCRIPT = "<script>alert(1)</script>"
LOADED = (
    "//*[self::img or self::script or self::video or self::audio or self::source or self::iframe or self::embed]/@src"
)


def address(view: PostView) -> str:
    return f"/t/{view.topic_slug}/{view.post.topic_id}"


def only_own_scripts(page: Page) -> bool:
    scripts = page.find("//script")
    handlers = page.find("//@*[starts-with(name(), 'on')]")
    return all(each.get("src", "").startswith("/static/") and not each.text for each in scripts) and not handlers


def test_a_hostile_title_stays_words_on_every_page(admin: Browser) -> None:
    forum = admin.forum
    title = f'{SCRIPT} "quoted" <img src=x onerror=alert(1)> title'
    made = forum.given.topic(title)
    forum.given.reply(made.post.topic_id, by="admin")
    paths = ("/", "/latest", "/categories", address(made), "/u/admin", "/search?q=quoted", f"{address(made)}/reply")
    for path in paths:
        page = admin.open(path)
        assert page.status == 200
        assert only_own_scripts(page), path
        assert not page.find("//img[@onerror]"), path
    assert SCRIPT in admin.open(address(made)).heading


@pytest.mark.parametrize(
    "term", [SCRIPT, '"><svg onload=alert(1)>', "';--", "\u202e\u0000x", "%00%0d%0aSet-Cookie:a=b", "a" * 5000]
)
def test_a_hostile_search_term_comes_back_as_words(visitor: Browser, term: str) -> None:
    from urllib.parse import quote

    page = visitor.open(f"/search?q={quote(term)}")
    assert page.status in (200, 400, 422)
    assert only_own_scripts(page)
    assert "a" not in page.response.cookies


@pytest.mark.parametrize(
    "path",
    [
        f"/u/{SCRIPT}",
        f"/tag/{SCRIPT}",
        f"/c/{SCRIPT}/1",
        f"/t/{SCRIPT}/99999",
        "/tag/%22%3E%3Cscript%3E",
        "/u/..%2f..%2fetc",
        "/c/%00",
        "/t/x/99999999999999999999",
        "/no/such/page?x=<script>",
    ],
)
def test_hostile_names_in_addresses_are_pages_or_missing(visitor: Browser, path: str) -> None:
    page = visitor.open(path)
    assert page.status in (200, 404)
    assert only_own_scripts(page)


def test_a_hostile_name_of_a_person_stays_words(admin: Browser) -> None:
    user = admin.forum.given.user("mallory")
    made = admin.forum.given.topic(by="mallory")
    answer = admin.forum.put(
        "/u/mallory", form={"name": SCRIPT, "website": "javascript:alert(1)"}, headers=admin.forum.keyed()
    )
    assert answer.status in (200, 422), user
    for path in ("/u/mallory", address(made)):
        page = admin.open(path)
        assert only_own_scripts(page)
        assert not [href for href in page.links() if href.lower().startswith("javascript")]


def test_what_was_typed_into_forms_comes_back_as_words(member: Browser) -> None:
    page = member.send(
        member.open("/new-topic"), "/new-topic", title=f'"{SCRIPT}', raw=f"</textarea>{SCRIPT}", tags=f'"{SCRIPT}'
    )
    assert page.status == 422
    assert only_own_scripts(page)
    assert page.find("//textarea")[0].value.strip() == f"</textarea>{SCRIPT}"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "javascript:alert(1)",
        " //evil.example",
        "evil.example",
        "/ok\r\nSet-Cookie: a=b",
        "",
        "/logout",
        "/login?return=/login",
    ],
)
def test_log_in_leads_to_no_other_place(visitor: Browser, target: str) -> None:
    assert safe_return(target) == "/"
    token = visitor.open("/login").find("//input[@name='authenticity_token']/@value")[0]
    fields = {"login": "admin", "password": visitor.forum.admin_password, "authenticity_token": token}
    page = visitor.post("/login", {**fields, "return": target}, follow=False)
    assert (page.status, page.headers["location"]) == (303, "/")


@pytest.mark.parametrize("target", ["/", "/latest?page=2", "/t/ünï/5/3", "/search?q=a%20b", "/c/a/b/5#x"])
def test_log_in_leads_back_to_pages_of_this_site(target: str) -> None:
    assert safe_return(target) == target


def test_a_redirect_carries_no_line_break_into_the_headers(visitor: Browser) -> None:
    made = visitor.forum.given.topic()
    page = visitor.open(f"/t/x/{made.post.topic_id}?a=%0d%0aSet-Cookie:%20a=b", follow=False)
    assert page.status == 301
    assert "\n" not in page.headers["location"] and "set-cookie" not in page.headers


@pytest.mark.parametrize("path", ["/", "/login", "/no-such-page", "/search", "/new", "/about"])
def test_every_answer_carries_the_strict_headers(visitor: Browser, path: str) -> None:
    headers = visitor.open(path, follow=False).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    for rule in (
        "script-src 'self'",
        "style-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    ):
        assert rule in policy.split("; ")
    assert "unsafe" not in policy and "http:" not in policy
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert headers["cache-control"] == "private, no-cache"


def test_no_page_needs_what_its_policy_forbids(admin: Browser) -> None:
    made = admin.forum.given.topic(raw='Text with <b style="color:red">style</b>\n\n|a|b|\n|:-:|--:|\n|1|2|')
    for path in ("/", "/categories", address(made), "/u/admin", "/admin/api/keys", "/new-topic", "/about", "/search"):
        page = admin.open(path)
        assert not page.find("//@style | //style"), path
        assert only_own_scripts(page), path
    assert admin.open(address(made)).find("//td/@data-align") == ["center", "right"]


def test_no_page_loads_anything_over_plain_http(forum: Forum, visitor: Browser) -> None:
    pictures = ("http://pictures.example/cat.png", "https://pictures.example/dog.png", "//pictures.example/x.png")
    raw = " ".join(f"![a picture]({picture})" for picture in pictures)
    made = forum.given.topic(raw=raw)
    page = visitor.open(address(made))
    sources = page.find(LOADED) + page.find("//link[@rel='stylesheet' or @rel='icon']/@href")
    assert [each for each in sources if not each.startswith(("/static/", "/emoji/", "https://"))] == []
    assert "https://pictures.example/dog.png" in sources
    assert page.find("//a[@class='not-loaded']/@href") == ["http://pictures.example/cat.png"]


def test_a_picture_over_plain_http_inside_a_link_leaves_the_link_whole() -> None:
    cooked = '<p><a href="https://x.example/"><img src="http://x.example/a.png" alt="A &quot;cat&quot; &lt;"></a></p>'
    assert post_html(cooked) == (
        '<p><a href="https://x.example/"><span class="not-loaded">Picture: A &quot;cat&quot; &lt;</span></a></p>'
    )


def test_other_media_over_plain_http_is_not_loaded_either() -> None:
    cooked = (
        '<video poster="http://x.example/p.png"><source src="HTTP://x.example/v.mp4"></video>'
        '<img src="https://x.example/a.png" srcset="http://x.example/b.png 2x">'
    )
    assert not re.search(r'(?:src|srcset|poster)="http:', str(post_html(cooked)), re.IGNORECASE)


def test_code_that_looks_like_markup_stays_as_it_was_written() -> None:
    cooked = '<pre><code>&lt;img src="http://x.example/a.png" style="x"&gt; style="color:red"</code></pre>'
    assert post_html(cooked) == cooked


def test_a_quote_leads_to_its_source() -> None:
    cooked = (
        '<aside class="quote no-group" data-username="mary" data-post="3" data-topic="12">\n<div class="title">\n'
        '<div class="quote-controls"></div>\n<img alt="" src="https://x.example/a.png" class="avatar"> mary:</div>\n'
        "<blockquote>\n<p>Words</p>\n</blockquote>\n</aside>"
    )
    shown = str(post_html(cooked))
    assert '<a href="/t/-/12/3">mary wrote</a>' in shown
    assert "<img" not in shown


@pytest.mark.parametrize(
    "path",
    [
        "/static/../routes.py",
        "/static/..%2froutes.py",
        "/static/app.css",
        "/static/x",
        "/static/%2e%2e",
        "/static/base.html",
    ],
)
def test_only_the_named_files_are_served(forum: Forum, path: str) -> None:
    assert forum.get(path, headers={"accept": "*/*"}).status == 404


def test_an_unknown_page_is_a_page_for_browsers_and_data_for_programs(forum: Forum) -> None:
    page = forum.get("/no/such/page", headers={"accept": HTML})
    assert page.status == 404 and "There is nothing here" in page.text
    data = forum.get("/no/such/page.json", headers={"accept": "application/json"})
    assert data.status == 404 and data.json["error_type"] == "not_found"


def test_an_error_page_says_nothing_about_what_is_hidden(visitor: Browser) -> None:
    hidden = visitor.forum.given.category("Vault", bundles={"staff": 1}).category.id
    inside = visitor.forum.given.topic(category_id=hidden)
    there, absent = visitor.open(f"/t/{inside.post.topic_id}"), visitor.open("/t/987654")
    assert there.status == absent.status == 404
    assert there.headers["x-tertulia-reason"] == absent.headers["x-tertulia-reason"] == "not_found"
    assert there.words() == absent.words()


@pytest.mark.parametrize("query", ["page=-1", "page=x", "page=99999999999999999999", "page[]=1", "page[a]=1"])
def test_a_page_number_that_is_none_is_refused(visitor: Browser, query: str) -> None:
    made = visitor.forum.given.topic()
    for path in ("/latest", address(made), "/search"):
        page = visitor.open(f"{path}?{query}")
        assert page.status in (200, 400, 404), path
        assert page.heading
