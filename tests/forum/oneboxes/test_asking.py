"""What a composer is told of an address, and what cooking again, purging and many links make of oneboxes."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tertulia.forum.oneboxes import sweeping
from tertulia.forum.oneboxes.finding import find_oneboxes
from tertulia.forum.recooking import Recook, recook_all
from tertulia.forum.unit import Unit
from tertulia.model.oneboxes import Place
from tertulia.testing.forum import Forum
from tests.forum.oneboxes.sites import Site, page

SITE = "https://forum.test"
HEAD = '<title>Bread</title><meta name="description" content="All about bread">'


def ask(forum: Forum, url: str, *, by: str = "admin") -> Any:
    return forum.get(f"/onebox?url={quote(url, safe='')}", headers=forum.keyed(by))


def titles(forum: Forum, *urls: str) -> Any:
    query = "&".join(f"urls[]={quote(url, safe='')}" for url in urls)
    return forum.get(f"/inline-onebox.json?{query}", headers=forum.keyed()).json["inline-oneboxes"]


def test_a_composer_is_told_what_a_page_is_once_it_was_fetched(forum: Forum, site: Site) -> None:
    site.handlers["/bread"] = page(HEAD)
    url = f"{site.url}/bread"
    assert ask(forum, url).status == 404
    answer = ask(forum, url)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert answer.text.startswith('<aside class="onebox allowlistedgeneric"') and "All about bread" in answer.text
    assert titles(forum, url, f"{site.url}/none") == [{"url": url, "title": "Bread"}]
    assert site.count("/bread") == 1


def test_a_composer_is_told_the_title_that_an_address_spells_until_its_page_was_fetched(
    forum: Forum, site: Site
) -> None:
    site.handlers["/t/all-of-it/7"] = page(HEAD)
    url, own = f"{site.url}/t/all-of-it/7", f"{SITE}/t/never-written/700"
    assert titles(forum, url, own) == [{"url": url, "title": "All of it"}]
    assert titles(forum, url, own) == [{"url": url, "title": "Bread"}]


def test_a_composer_is_told_of_own_topics_what_everybody_sees(forum: Forum) -> None:
    public, hidden = forum.given.topic("A topic for everybody"), forum.given.topic("Only for staff here", category_id=3)
    urls = [f"{SITE}/t/-/{each.post.topic_id}" for each in (public, hidden)]
    assert "A topic for everybody" in ask(forum, urls[0]).text
    assert ask(forum, urls[1]).status == 404
    assert titles(forum, *urls) == [{"url": urls[0], "title": "A topic for everybody"}]


@pytest.mark.parametrize("url", ["https://a.test/x.png", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"])
def test_a_composer_is_shown_pictures_and_films_at_once(forum: Forum, url: str) -> None:
    assert ask(forum, url).status == 200
    assert forum.outgoing.requests == []


@pytest.mark.parametrize("url", ["javascript:alert(1)", "two words", "https://a.test/" + "a" * 2_000, "x.test"])
def test_what_is_no_address_has_no_onebox(forum: Forum, url: str) -> None:
    assert ask(forum, url).status == 404
    assert forum.outgoing.requests == []


def test_visitors_ask_nothing(forum: Forum) -> None:
    assert forum.get("/onebox?url=https%3A%2F%2Fa.test%2Fx").status == 403
    assert forum.get("/inline-onebox.json?urls[]=https%3A%2F%2Fa.test%2Fx").status == 403
    assert ask(forum, "").status == 400


def test_nobody_has_the_forum_ask_for_more_than_thirty_pages_in_a_minute(forum: Forum) -> None:
    statuses = [ask(forum, f"https://a.test/{number}").status for number in range(31)]
    assert statuses == [404] * 30 + [429]
    assert len(forum.outgoing.requests) == 30


def test_cooking_again_shows_what_is_known_and_asks_for_what_is_not(forum: Forum, site: Site) -> None:
    site.handlers["/a"], site.handlers["/b"] = page(HEAD), page(HEAD)
    there = forum.given.topic().post.topic_id
    first, second = [forum.given.reply(there, raw=f"{site.url}/{name}").post.id for name in "ab"]
    forum.run_jobs()
    assert site.count("/b") == 1

    async def forget(unit: Unit) -> None:
        await unit.write()
        await unit.tx.text("UPDATE posts SET cooked = '<p>old</p>', cook_version = 1")
        await unit.tx.text("DELETE FROM post_oneboxes")
        await unit.tx.text(f"DELETE FROM oneboxes WHERE url = '{site.url}/b'")
        await unit.tx.text("UPDATE posts SET cook_version = 0 WHERE post_number = 1")

    forum.unit(forget)
    done = forum.wait(lambda: recook_all(Recook(), open_unit=forum.ports.unit, tell=lambda *_: None))
    assert done == (2, True)
    assert "All about bread" in shown(forum, first) and "All about bread" not in shown(forum, second)
    forum.run_jobs()
    assert (site.count("/a"), site.count("/b")) == (1, 2)
    assert "All about bread" in shown(forum, second)


def shown(forum: Forum, post_id: int) -> str:
    async def read(unit: Unit) -> str:
        rows = await unit.tx.text(f"SELECT cooked FROM posts WHERE id = {post_id}")
        return str(rows[0][0])

    return forum.unit(read)


def test_rows_go_with_their_post(forum: Forum) -> None:
    forum.put("/admin/site_settings/can_permanently_delete", form={"can_permanently_delete": "true"},
              headers=forum.keyed())  # fmt: skip
    target = forum.given.topic().post.topic_id
    post = forum.given.reply(forum.given.topic().post.topic_id, raw=f"See {SITE}/t/-/{target} please").post.id

    async def count(unit: Unit) -> int:
        return int((await unit.tx.text(f"SELECT COUNT(*) FROM post_oneboxes WHERE post_id = {post}"))[0][0])

    assert forum.unit(count) == 3
    forum.delete(f"/posts/{post}.json", headers=forum.keyed())
    forum.clock.advance(days=1)
    answer = forum.delete(f"/posts/{post}.json", json={"force_destroy": True}, headers=forum.keyed())
    assert answer.status == 200, answer.text
    assert forum.unit(count) == 0


def test_addresses_that_no_post_holds_are_forgotten_after_thirty_days(
    forum: Forum, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "SLICE", 2)
    site.handlers.update({f"/{number}": page(HEAD) for number in range(5)})
    forum.given.reply(forum.given.topic().post.topic_id, raw=f"See {site.url}/3 please")
    forum.run_jobs()
    for number in range(5):
        ask(forum, f"{site.url}/{number}")

    async def urls(unit: Unit) -> list[str]:
        rows = await unit.tx.text("SELECT url FROM oneboxes ORDER BY url")
        return [str(row[0]).rpartition("/")[2] for row in rows]

    for days, left in ((29, ["0", "1", "2", "3", "4"]), (2, ["3"])):
        forum.clock.advance(days=days)
        for _ in range(4):
            forum.unit(sweeping.sweep_oneboxes)
        assert forum.unit(urls) == left


def test_thirty_addresses_cost_no_more_statements_than_three(forum: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [forum.given.topic().post.topic_id for _ in range(30)]
    for number in range(30):
        forum.given.user(f"mary{number}")

    def urls(count: int) -> list[str]:
        own = [f"{SITE}/t/-/{each}" for each in ids[:count]] + [f"{SITE}/u/mary{number}" for number in range(count)]
        return own + [f"https://a.test/{number}" for number in range(count)]

    async def run(unit: Unit, count: int) -> tuple[int, int]:
        await find_oneboxes(unit, urls(1), place=Place())  # what is kept of permissions is read once
        tx, ran = unit.tx, 0
        for name in ("all", "one", "value"):
            inner = getattr(tx, name)

            async def counted(*arguments: Any, inner: Any = inner, **values: Any) -> Any:
                nonlocal ran
                ran += 1
                return await inner(*arguments, **values)

            monkeypatch.setattr(tx, name, counted, raising=False)
        found = await find_oneboxes(unit, urls(count), place=Place())
        monkeypatch.undo()
        return ran, len(found.refs)

    forum.put("/admin/site_settings/max_oneboxes_per_post", form={"max_oneboxes_per_post": "500"},
              headers=forum.keyed())  # fmt: skip
    few, many = forum.unit(lambda unit: run(unit, 3)), forum.unit(lambda unit: run(unit, 30))
    assert (few[1], many[1]) == (6, 60)
    assert few[0] == many[0] <= 6
