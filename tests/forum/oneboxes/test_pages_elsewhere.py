"""Pages elsewhere: a link at first, what the page says of itself once a job has asked, whatever it answers."""

from __future__ import annotations

import gzip
import itertools
import time
from http.server import BaseHTTPRequestHandler
from typing import Any

import lxml.html
import pytest

from tertulia.forum import recooking
from tertulia.forum.oneboxes import fetching
from tertulia.testing.forum import Forum
from tests.forum.oneboxes.sites import Site, answer, leading_to, page

HEAD = (
    '<meta property="og:title" content="Bread &amp; Butter"><meta property="og:site_name" content="The Kitchen">'
    '<meta property="og:description" content="All about   bread."><link rel="shortcut icon" href="https://a.test/i.png">'
    '<meta property="og:image" content="https://a.test/p.png"><meta property="og:image:width" content="1380">'
    '<meta property="og:image:height" content="690">'
)
_NUMBERS = itertools.count(1)


def topic(forum: Forum) -> int:
    post = forum.given.topic(title=f"A place to talk of pages, number {next(_NUMBERS)}")
    return post.post.topic_id


def reply(forum: Forum, topic_id: int, raw: str, *, by: str = "admin") -> Any:
    answer = forum.post("/posts.json", json={"topic_id": topic_id, "raw": raw}, headers=forum.keyed(by))
    assert answer.status == 200, answer.text
    return answer.json


def now(forum: Forum, post: Any) -> Any:
    return forum.get(f"/posts/{post['id']}.json", headers=forum.keyed()).json


def shown(forum: Forum, raw: str) -> str:
    """How a post with the text looks once everything that was asked for has come."""
    html: str = now(forum, reply(forum, topic(forum), raw))["cooked"]
    return html


def test_a_page_alone_on_a_line_is_a_link_until_it_was_asked_about(forum: Forum, site: Site) -> None:
    site.handlers["/bread"] = page(HEAD)
    url = f"{site.url}/bread"
    post = reply(forum, topic(forum), f"Look:\n{url}\nNow.")
    assert f'<a href="{url}" class="onebox" target="_blank" rel="noopener nofollow ugc">{url}</a>' in post["cooked"]
    again = now(forum, post)
    assert " ".join(again["cooked"].split()) == " ".join(
        f'<p>Look:<br> </p> <aside class="onebox allowlistedgeneric" data-onebox-src="{url}"> <header class="source">'
        f' <img src="https://a.test/i.png" class="site-icon" width="32" height="32"> <a href="{url}" target="_blank" '
        f'rel="noopener nofollow ugc">The Kitchen</a> </header> <article class="onebox-body"> '
        '<div class="aspect-image" style="--aspect-ratio:690/345">'
        '<img src="https://a.test/p.png" class="thumbnail" width="690" height="345"></div> '
        f'<h3><a href="{url}" target="_blank" rel="noopener nofollow ugc">Bread &amp; Butter</a></h3> '
        '<p>All about bread.</p> </article> <div class="onebox-metadata"> </div> '
        '<div style="clear: both"></div> </aside> <p>Now.</p>'.split()
    )
    assert (again["version"], again["raw"]) == (1, f"Look:\n{url}\nNow.")
    assert forum.get(f"/t/{post['topic_id']}.json").json["image_url"] is None


def test_a_topic_elsewhere_has_the_title_that_its_address_spells_until_it_was_asked_about(
    forum: Forum, site: Site
) -> None:
    site.handlers["/t/bread-and-more/7"] = page(HEAD)
    raw = f"See {site.url}/t/bread-and-more/7 and {site.url}/t/nobody-answers/8 for it"
    post = reply(forum, topic(forum), raw)
    assert ">Bread and more</a>" in post["cooked"] and ">Nobody answers</a>" in post["cooked"]
    later = now(forum, post)["cooked"]
    assert ">Bread &amp; Butter</a>" in later and ">Nobody answers</a>" in later
    assert later.count('class="inline-onebox"') == 2


def test_of_its_own_topics_a_forum_spells_no_titles(forum: Forum) -> None:
    url = "https://forum.test/t/never-written-here/70000"
    post = reply(forum, topic(forum), f"See {url} for it")
    assert f">{url}</a>" in post["cooked"]


def test_the_kept_answer_ends_when_the_page_has_come(forum: Forum, site: Site) -> None:
    site.handlers["/bread"] = page(HEAD)
    there = topic(forum)
    forum.inline_jobs = False
    reply(forum, there, f"{site.url}/bread")
    for _ in range(2):
        assert "All about bread" not in forum.get(f"/t/{there}.json").text
    forum.run_jobs()
    answer = forum.get(f"/t/{there}.json")
    assert "All about bread" in answer.text
    slug = answer.json["slug"]
    assert "All about bread" in forum.get(f"/t/{slug}/{there}", headers={"Accept": "text/html"}).text


def test_in_running_text_the_address_becomes_the_title(forum: Forum, site: Site) -> None:
    site.handlers["/bread"] = page("<title>\n Bread <script>alert(1)</script> </title>")
    html = shown(forum, f"Have a look at {site.url}/bread and {site.url}/ too")
    assert 'class="inline-onebox" rel="noopener nofollow ugc">Bread &lt;script&gt;alert(1)&lt;/script&gt;</a>' in html
    assert f'<a href="{site.url}/" rel="noopener nofollow ugc">{site.url}/</a>' in html
    assert site.count("/") == 0


def test_what_a_page_says_is_text_however_it_is_written(forum: Forum, site: Site) -> None:
    site.handlers["/evil"] = page(
        '<meta property="og:title" content="&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(2)&gt;">'
        '<meta property="og:description" content="&quot;&gt;&lt;iframe src=//e.test&gt; [b]*x*[/b] @admin :smile:'
        '\u202e">'
        '<meta property="og:site_name" content="&lt;b&gt;n&lt;/b&gt;"><link rel=icon href="javascript:alert(1)">'
        '<meta property="og:image" content="http://plain.test/a.png&quot; onerror=&quot;alert(3)">'
    )
    post = now(forum, reply(forum, topic(forum), f"{site.url}/evil"))
    box = lxml.html.fragment_fromstring(post["cooked"], create_parent="div")
    assert {each.tag for each in box.iter()} == {"div", "aside", "header", "a", "article", "h3", "p"}
    assert box.find(".//h3/a").text == "<script>alert(1)</script><img src=x onerror=alert(2)>"
    assert box.find(".//p").text == '"><iframe src=//e.test> [b]*x*[/b] @admin :smile:'
    assert {each.get("href") for each in box.iter("a")} == {f"{site.url}/evil"}
    assert forum.get("/notifications.json", headers=forum.keyed()).json["notifications"] == []


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.end_headers()
    handler.wfile.write(b"<html><head><title>Endless</title>")
    for _ in range(1 << 14):
        handler.wfile.write(b"x" * (1 << 16))


def dripping(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b"<!-- -->")
        time.sleep(0.05)


def test_an_endless_page_is_read_to_its_bound(forum: Forum, site: Site) -> None:
    site.handlers["/endless"] = endless
    assert ">Endless</a>" in shown(forum, f"See {site.url}/endless please")


def test_a_page_that_drips_is_given_up(forum: Forum, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "TIMEOUT_MS", 300)
    site.handlers["/slow"] = dripping
    assert f">{site.url}/slow</a>" in shown(forum, f"See {site.url}/slow please")


def test_nothing_compressed_is_asked_for_or_unpacked(forum: Forum, site: Site) -> None:
    bomb = gzip.compress(b"<title>Bomb</title>" + b"\0" * (1 << 26))
    site.handlers["/bomb"] = answer(bomb, "text/html", Content_Encoding="gzip")
    assert f">{site.url}/bomb</a>" in shown(forum, f"See {site.url}/bomb please")
    assert site.asked[0][1]["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("body", "kind", "title"),
    [
        ("<title>Brötchen</title>".encode("latin-1"), "text/html; charset=iso-8859-1", "Brötchen"),
        ("<title>Brötchen</title>".encode(), "text/html", "Brötchen"),
        ("<title>Brötchen</title>".encode(), "text/html; charset=klingon", "Brötchen"),
        ("<meta charset=windows-1251><title>Хлеб</title>".encode("cp1251"), "text/html", "Хлеб"),
        ("<title>Brötchen</title>".encode("latin-1"), "text/html; charset=utf-8", None),
        (b"<title>\xff\xfe\x00</title>", "text/html; charset=utf-16", None),
        (b"\x89PNG\r\n\x1a\n<title>Lie</title>", "image/png", None),
        (b"<title>Lie</title>", "application/octet-stream", None),
        (b"<title>  \xe2\x80\x8b </title>", "text/html", None),
        (b"", "text/html", None),
        (b"<svg><title>deep" + b"<g>" * 100_000, "text/html", None),
    ],
)
def test_whatever_the_bytes_are_the_post_stays_whole(
    forum: Forum, site: Site, body: bytes, kind: str, title: str | None
) -> None:
    site.handlers["/x"] = answer(body, kind)
    html = shown(forum, f"See {site.url}/x please")
    assert html.startswith("<p>See <a href=") and html.endswith("</a> please</p>")
    if title is not None:
        assert f">{title}</a>" in html
    assert "Lie" not in html


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/", "http://169.254.169.254/latest/meta-data/", "http://[::1]/", "http://10.0.0.1/x",
        "http://[64:ff9b::7f00:1]/x", "file:///etc/passwd", "http://user:pass@93.184.216.34/x", "//", "http://",
    ],
)  # fmt: skip
def test_a_redirect_leads_nowhere_that_the_address_itself_could_not(forum: Forum, site: Site, url: str) -> None:
    site.handlers["/away"] = leading_to(url)
    assert f">{site.url}/away</a>" in shown(forum, f"See {site.url}/away please")


def test_addresses_inside_are_never_asked(forum: Forum, site: Site) -> None:
    for url in ("http://127.0.0.1:1/x", "http://169.254.169.254/latest/meta-data", "http://localhost/x",
                f"http://localhost:{site.port}/x"):  # fmt: skip
        assert f'<a href="{url}"' in shown(forum, f"See {url} please")
    assert site.asked == []


def test_redirects_are_followed_five_times_and_no_more(forum: Forum, site: Site) -> None:
    site.handlers["/end"] = page("<title>The end</title>")
    for number in range(300):
        site.handlers[f"/{number}"] = leading_to(f"{site.url}/{number + 1}")
    site.handlers["/295"] = leading_to(f"{site.url}/296")
    assert f">{site.url}/0</a>" in shown(forum, f"See {site.url}/0 please")
    assert len(site.asked) == 6
    for number in range(5):
        site.handlers[f"/short{number}"] = leading_to(f"{site.url}/" + (f"short{number + 1}" if number < 4 else "end"))
    assert ">The end</a>" in shown(forum, f"See {site.url}/short0 please")


def test_one_page_is_asked_once_for_twenty_posts(forum: Forum, site: Site) -> None:
    site.handlers["/bread"] = page(HEAD)
    there = topic(forum)
    forum.inline_jobs = False
    posts = [reply(forum, there, f"Number {number} says:\n{site.url}/bread") for number in range(20)]
    posts.append(reply(forum, there, f"Number 21 says {site.url}/bread"))
    forum.run_jobs()
    assert site.count("/bread") == 1
    assert ["Bread &amp; Butter" in now(forum, post)["cooked"] for post in posts] == [True] * 21
    late = reply(forum, there, f"Late: {site.url}/bread")
    assert "Bread &amp; Butter" in late["cooked"]
    forum.run_jobs()
    assert site.count("/bread") == 1


def test_what_fails_is_asked_again_later_and_not_by_every_post(forum: Forum, site: Site) -> None:
    site.handlers["/bread"] = page("", status=503)
    there = topic(forum)
    posts = [reply(forum, there, f"Number {number} says {site.url}/bread") for number in range(3)]
    assert site.count("/bread") == 1
    for minutes, count in ((4, 1), (2, 2), (24, 2), (2, 3)):
        forum.clock.advance(minutes=minutes)
        forum.run_jobs()
        assert site.count("/bread") == count
    site.handlers["/bread"] = page(HEAD)
    forum.clock.advance(minutes=130)
    forum.run_jobs()
    assert all("Bread &amp; Butter" in now(forum, post)["cooked"] for post in posts)


def test_what_is_not_there_is_asked_again_a_day_later_when_somebody_writes_of_it(forum: Forum, site: Site) -> None:
    there = topic(forum)
    first = reply(forum, there, f"See {site.url}/bread please")
    site.handlers["/bread"] = page(HEAD)
    reply(forum, there, f"Or see {site.url}/bread then")
    assert site.count("/bread") == 1
    forum.clock.advance(hours=25)
    second = reply(forum, there, f"And see {site.url}/bread now")
    assert site.count("/bread") == 2
    assert all("Butter" in now(forum, post)["cooked"] for post in (first, second))


def test_an_edit_while_the_page_is_asked_for_wins(forum: Forum, site: Site) -> None:
    there = topic(forum)
    forum.inline_jobs = False
    post = reply(forum, there, f"{site.url}/bread")
    edited = False

    def while_asked(handler: BaseHTTPRequestHandler) -> None:
        nonlocal edited
        path, data = f"/posts/{post['id']}.json", {"post": {"raw": "Something else altogether, and nothing more"}}
        edited = forum_put(forum, path, data)
        page(HEAD)(handler)

    site.handlers["/bread"] = while_asked
    forum.run_jobs()
    assert edited
    assert now(forum, post)["cooked"] == "<p>Something else altogether, and nothing more</p>"


def test_an_edit_while_the_page_is_put_in_wins_too(forum: Forum, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.handlers["/bread"] = page(HEAD)
    there = topic(forum)
    forum.inline_jobs = False
    post = reply(forum, there, f"{site.url}/bread")
    prepare = recooking.prepare_body

    async def edited_meanwhile(unit: Any, raw: str, **options: Any) -> Any:
        body = await prepare(unit, raw, **options)
        async with forum.ports.unit() as other:
            await other.write()
            await other.tx.text(f"UPDATE posts SET raw = 'newer', cooked = '<p>newer</p>' WHERE id = {post['id']}")
            await other.commit()
        return body

    monkeypatch.setattr(recooking, "prepare_body", edited_meanwhile)
    forum.run_jobs()
    assert site.count("/bread") == 1
    assert now(forum, post)["cooked"] == "<p>newer</p>"


def forum_put(forum: Forum, path: str, data: Any) -> bool:
    """From a thread of the site's, while the forum waits for that site."""
    return forum.put(path, json=data, headers=forum.keyed()).status == 200


def test_a_worker_that_died_in_the_middle_leaves_it_to_the_next(forum: Forum, site: Site) -> None:
    site.handlers["/bread"] = page(HEAD)
    there = topic(forum)
    forum.inline_jobs = False
    post = reply(forum, there, f"{site.url}/bread")

    async def claim(unit: Any) -> Any:
        await unit.write()
        from tertulia.store.jobs import claim_job
        from tertulia.worker import LANE_CLAIM_MS

        until = unit.now + LANE_CLAIM_MS
        return await claim_job(unit.tx, worker="dead", now=unit.now, until=until, lane_until=until)

    while (job := forum.unit(claim)) is not None and job.kind != "oneboxes.fetch":
        continue
    assert job is not None
    forum.run_jobs()
    assert site.count("/bread") == 0
    forum.clock.advance(minutes=6)
    forum.run_jobs()
    assert site.count("/bread") == 1
    assert "Butter" in now(forum, post)["cooked"]


def setting(forum: Forum, name: str, value: object) -> None:
    answer = forum.put(f"/admin/site_settings/{name}", form={name: str(value)}, headers=forum.keyed())
    assert answer.status == 200, answer.text


def test_blocked_domains_are_not_asked_even_through_a_redirect(forum: Forum, site: Site) -> None:
    setting(forum, "blocked_onebox_domains", "127.0.0.1|bad.test")
    site.handlers["/bread"] = page(HEAD)
    shown(forum, f"See {site.url}/bread and https://sub.bad.test/x please")
    assert site.asked == []


def test_only_so_many_addresses_of_a_post_are_asked(forum: Forum, site: Site) -> None:
    setting(forum, "max_oneboxes_per_post", 3)
    shown(forum, "\n".join(f"{site.url}/{number}" for number in range(10)))
    assert sorted(path for path, _ in site.asked) == ["/0", "/1", "/2"]


def test_only_so_many_pages_are_asked_in_a_minute(forum: Forum, site: Site) -> None:
    setting(forum, "max_onebox_fetches_per_minute", 2)
    shown(forum, "\n".join(f"{site.url}/{number}" for number in range(5)))
    assert len(site.asked) == 2
    for _ in range(6):
        forum.clock.advance(minutes=2)
        forum.run_jobs()
    assert sorted(path for path, _ in site.asked) == [f"/{number}" for number in range(5)]


def test_pictures_of_a_page_do_not_count_as_those_of_a_new_user(forum: Forum, site: Site) -> None:
    forum.given.user("newt", trust_level=0)
    site.handlers["/a"], site.handlers["/b"] = page(HEAD), page(HEAD)
    there = topic(forum)
    raw = f"{site.url}/a\n\n{site.url}/b"
    reply(forum, there, raw)
    assert reply(forum, there, f"I say so too:\n\n{raw}", by="newt")["cooked"].count("<aside") == 2


def test_a_quoted_or_coded_address_is_not_shown_as_a_page(forum: Forum, site: Site) -> None:
    site.handlers["/bread"] = page(HEAD)
    html = shown(forum, f"`{site.url}/bread`\n\n    {site.url}/bread\n\n[text]({site.url}/bread) <{site.url}/bread>")
    assert "<aside" not in html and "Butter" not in html
    assert site.asked == []


def test_excerpts_leave_out_what_other_pages_say(forum: Forum, site: Site) -> None:
    site.handlers["/bread"] = page(HEAD)
    data = {"title": "What I found elsewhere", "raw": f"Look at this\n\n{site.url}/bread", "category": 1}
    post = forum.post("/posts.json", json=data, headers=forum.keyed()).json
    assert "Butter" in now(forum, post)["cooked"]
    listed = forum.get("/search.json?q=Butter").json
    assert "Kitchen" not in forum.get("/c/1/l/latest.json").text
    assert [each["id"] for each in listed["posts"]] == [post["id"]]
