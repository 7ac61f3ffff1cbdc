"""Entity tags of every GET route: the same content has the same tag, whoever reads it, and is not sent twice."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tertulia.app import route_table
from tertulia.testing.client import Response
from tertulia.testing.forum import Forum

HTML = {"Accept": "text/html"}
PASSWORD = "a long enough password"
# What is another one each time it is asked, and why.
NEVER_THE_SAME = {
    "/session/csrf": "a token for one form",
    "/session/hp": "a token for one form",
    "/metrics": "counts the request itself",
    "/admin/dashboard": "says when it was made",
    "/admin/dashboard/general": "says when it was made",
    "/admin/dashboard/problems": "says when it was made",
    "/api/config": "a token for forms",
    "/api/self": "says when the reader was here last",
    "/login": "a token for its form",
    "/password-reset": "a token for its form",
    "/api/register": "a token for forms",
    "/api/login": "a token for forms",
}


@pytest.fixture(scope="session")
def forum_settings() -> dict[str, object]:
    return {"kept_answers_megabytes": 64}


def fill(forum: Forum) -> dict[str, object]:
    """Some of everything, and the values of the parameters of paths that lead there."""
    forum.put("/admin/site_settings/tagging_enabled.json", headers=forum.keyed(), form={"tagging_enabled": "true"})
    forum.given.user("mary", password=PASSWORD)
    made = forum.given.topic(title="A topic with a tag", by="mary", tags=("shared",))
    forum.given.reply(made.post.topic_id, by="admin", to=1)
    forum.run_jobs()
    topic, post = made.post.topic_id, made.post.id
    slug = forum.get(f"/t/{topic}.json").json["slug"]
    return {
        "topic_id": topic, "tid": topic, "slug": slug, "post_number": 1, "post_id": post, "pid": post,
        "username": "mary", "userslug": "mary", "category_id": 1, "cid": 1, "tag": "shared",
        "group_name": "admins", "group_id": 1,
        "user_id": 1, "uid": 1, "filter": "latest", "flag": "active", "period": "all", "type": "topics", "term": "day",
        "post_index": 1, "topic_index": 1, "color": "112233", "letter": "a", "size": 48, "version": "v4",
    }  # fmt: skip


def paths(words: dict[str, object]) -> Iterator[tuple[str, str]]:
    """Every GET row whose parameters have values, as (template, path)."""
    for row in route_table().rows:
        names = re.findall(r"\{(\w+)", row.path)
        if row.method == "GET" and all(name in words for name in names):
            path = re.sub(r"\{(\w+)[^}]*\}", lambda found: str(words[found[1]]), row.path)
            if row.path.startswith("/c/{slug}"):
                path = path.replace(str(words["slug"]), "uncategorized")
            html = row.dialect == "pages"
            yield row.path, path if html or row.path.startswith("/api") or "." in path else path + ".json"


def ask(forum: Forum, path: str, headers: dict[str, str], *, method: str = "GET", known: str = "") -> Response:
    shown = headers | (HTML if ".json" not in path and not path.startswith("/api") else {})
    return forum.request(method, path, headers=shown | ({"If-None-Match": known} if known else {}))


def readers(forum: Forum) -> dict[str, dict[str, str]]:
    browser = forum.login("mary", PASSWORD)
    return {
        "a visitor": {},
        "a key": forum.keyed("mary"),
        "staff": forum.keyed(),
        "a browser": {"Cookie": browser["Cookie"]},
    }


def test_whatever_is_read_twice_is_sent_once(forum: Forum) -> None:
    forum.clock.freeze()
    words = fill(forum)
    wrong, tagged = [], 0
    for who, headers in readers(forum).items():
        for template, path in paths(words):
            first = [ask(forum, path, headers) for _ in range(2)][1]  # the first reading marks what is read
            if first.status != 200 or template in NEVER_THE_SAME:
                continue
            tag = first.headers.get("etag", "")
            again = ask(forum, path, headers, known=tag) if tag else first
            if (again.status, again.body) != (304, b"") or again.headers.get("etag") != tag:
                wrong.append((who, path, tag, again.status, again.headers.get("etag")))
            elif again.headers.get("cache-control") != first.headers.get("cache-control"):
                wrong.append((who, path, "Cache-Control", again.headers.get("cache-control")))
            tagged += 1
    assert not wrong, "\n".join(map(str, wrong))
    assert tagged > 300


def test_the_tag_is_of_what_is_shown_and_not_of_the_key_that_showed_it(forum: Forum) -> None:
    forum.clock.freeze()
    fill(forum)
    keys = [{"Api-Key": forum.given.key("mary"), "Api-Username": "mary"} for _ in range(2)]
    browser = {"Cookie": forum.login("mary", PASSWORD)["Cookie"]}
    for path in (
        "/latest.json",
        "/t/1.json",
        "/c/uncategorized/1.json",
        "/categories.json",
        "/u/mary.json",
        "/site.json",
    ):
        for headers in (*keys, browser):
            forum.get(path, headers=headers)
        tags = [forum.get(path, headers=headers).headers["etag"] for headers in (*keys, browser)]
        assert len(set(tags)) == 1, (path, tags)
        assert forum.get(path, headers=keys[1] | {"If-None-Match": tags[0]}).status == 304
    for path in ("/api/categories", "/api/recent", "/api/v3/categories"):
        tags = [forum.get(path, headers=forum.bearer(forum.given.token("mary"))).headers["etag"] for _ in range(2)]
        assert len(set(tags)) == 1, (path, tags)


def test_readers_who_may_see_different_things_never_share_a_tag(forum: Forum) -> None:
    fill(forum)
    made = forum.post(
        "/categories.json", headers=forum.keyed(),
        json={"name": "Closed room", "color": "112233", "text_color": "FFFFFF", "permissions": {"admins": 1}},
    )  # fmt: skip
    closed = made.json["category"]["id"]
    topic = forum.given.topic(title="What only few may read", by="admin", category_id=closed).post.topic_id
    for path in ("/latest.json", "/categories.json", "/latest"):
        tags = {who: ask(forum, path, headers).headers["etag"] for who, headers in (("", {}), ("staff", forum.keyed()))}
        assert tags[""] != tags["staff"], path
        assert ask(forum, path, {}, known=tags["staff"]).status == 200
    tag = forum.get(f"/t/{topic}.json", headers=forum.keyed()).headers["etag"]
    assert forum.get(f"/t/{topic}.json", headers={"If-None-Match": tag}).status in (403, 404)
    assert forum.get(f"/t/{topic}.json", headers={"If-None-Match": "*"}).status in (403, 404)


@pytest.mark.parametrize("path", ["/latest.json", "/latest", "/t/1.json", "/api/recent", "/site.json", "/raw/1"])
def test_every_form_of_if_none_match_is_understood(forum: Forum, path: str) -> None:
    forum.clock.freeze()
    fill(forum)
    for _ in range(2):  # made anew, then given again
        tag = ask(forum, path, {}).headers["etag"]
        assert tag.startswith('W/"')
        strong = tag.removeprefix("W/")
        for known in (tag, strong, "*", f'"other", {tag}', f'W/"other",{strong}', f'{tag}, "other"'):
            answer = ask(forum, path, {}, known=known)
            assert (answer.status, answer.body) == (304, b""), known
            assert answer.headers["etag"] == tag
            assert "content-type" not in answer.headers
        for known in ('"other"', 'W/"other"', tag.strip('W/"'), '""', tag[:-2] + '"'):
            assert ask(forum, path, {}, known=known).status == 200, known


@pytest.mark.parametrize("path", ["/latest.json", "/latest", "/t/1.json", "/api/recent"])
def test_head_says_the_tag_and_is_spared_like_get(forum: Forum, path: str) -> None:
    forum.clock.freeze()
    fill(forum)
    ask(forum, path, {})  # counts as a view, which an answer that is kept does not show for a minute
    forum.clock.advance(seconds=61)
    tag = ask(forum, path, {}).headers["etag"]
    head = ask(forum, path, {}, method="HEAD")
    assert (head.status, head.body, head.headers["etag"]) == (200, b"", tag)
    spared = ask(forum, path, {}, method="HEAD", known=tag)
    assert (spared.status, spared.body, spared.headers["etag"]) == (304, b"", tag)


def test_a_write_is_never_answered_as_known(forum: Forum) -> None:
    fill(forum)
    body = {"title": "A topic that is written", "raw": "With a header that only readers send."}
    answer = forum.post("/posts.json", headers=forum.keyed() | {"If-None-Match": "*"}, json=body)
    assert answer.status == 200
    assert "etag" not in answer.headers


def test_no_shared_cache_keeps_what_somebody_reads(forum: Forum) -> None:
    words = fill(forum)
    for who, headers in readers(forum).items():
        for _, path in paths(words):
            answer = ask(forum, path, headers)
            kind, control = answer.headers.get("content-type", ""), answer.headers.get("cache-control", "")
            if answer.status == 200 and kind.startswith(("text/html", "application/json")):
                assert "no-store" in control or "private" in control, (who, path, control)
