"""Addresses of the forum itself: shown at once, to nobody who may not see what they lead to."""

from __future__ import annotations

import itertools
from typing import Any

import lxml.html
import pytest

from tertulia.forum.oneboxes.finding import find_oneboxes
from tertulia.forum.posts import preparing
from tertulia.testing.forum import Forum

SITE = "https://forum.test"
SECRET = "The treasure lies under the old oak"
_NUMBERS = itertools.count(1)


def topic(forum: Forum, *, raw: str = "What stands in the first post of it", by: str = "admin", **fields: Any) -> Any:
    number = next(_NUMBERS)
    data = {"title": f"How to bake bread, part {number}", "raw": raw, "category": 1, **fields}
    answer = forum.post("/posts.json", json=data, headers=forum.keyed(by))
    assert answer.status == 200, answer.text
    return answer.json


def reply(forum: Forum, topic_id: int, raw: str, *, by: str = "admin") -> Any:
    answer = forum.post("/posts.json", json={"topic_id": topic_id, "raw": raw}, headers=forum.keyed(by))
    assert answer.status == 200, answer.text
    return answer.json


def cooked(forum: Forum, post_id: int) -> str:
    found: str = forum.get(f"/posts/{post_id}.json", headers=forum.keyed()).json["cooked"]
    return found


def tree(html: str) -> Any:
    return lxml.html.fragment_fromstring(html, create_parent="div")


def test_a_topic_alone_on_a_line_is_quoted_with_its_title_and_beginning(forum: Forum) -> None:
    first = topic(forum, raw="Take **flour** & water.\n\n> and\n\nthen wait", title="Bread & <butter> for all of us")
    there = topic(forum)
    url = f"{SITE}/t/{first['topic_slug']}/{first['topic_id']}"
    box = tree(reply(forum, there["topic_id"], f"Look here:\n{url}\nand wonder")["cooked"])
    assert [each.tag for each in box] == ["p", "aside", "p"]
    aside = box[1]
    assert (aside.get("class"), aside.get("data-post"), aside.get("data-topic")) == (
        "quote",
        "1",
        str(first["topic_id"]),
    )
    link = aside.find(".//div[@class='title']/a")
    assert (link.get("href"), link.text) == (url, "Bread & <butter> for all of us")
    assert aside.find(".//img[@class='avatar']").get("src").startswith("/letter_avatar_proxy/v4/letter/a/")
    assert aside.find("blockquote").text_content().split() == ["Take", "flour", "&", "water.", "and", "then", "wait"]
    assert [each.text_content().strip() for each in box.findall("p")] == ["Look here:", "and wonder"]


def test_a_post_of_the_same_topic_is_quoted_by_its_author(forum: Forum) -> None:
    forum.given.user("mary")
    there = topic(forum)
    said = reply(forum, there["topic_id"], "I never said that it was easy", by="mary")
    url = f"{SITE}/t/-/{there['topic_id']}/{said['post_number']}"
    box = tree(reply(forum, there["topic_id"], url)["cooked"])[0]
    assert (box.get("class"), box.get("data-username"), box.get("data-post")) == ("quote no-group", "mary", "2")
    assert "mary:" in box.find("div").text_content()
    assert box.find("blockquote").text_content().strip() == "I never said that it was easy"


def test_a_post_can_be_named_by_its_id(forum: Forum) -> None:
    first = topic(forum)
    html = reply(forum, topic(forum, raw="Another beginning of it all")["topic_id"], f"{SITE}/p/{first['id']}")[
        "cooked"
    ]
    assert "What stands in the first post" in html


def test_in_running_text_a_topic_is_named_by_its_title(forum: Forum) -> None:
    first = topic(forum)
    said = reply(forum, first["topic_id"], "An answer that somebody may quote")
    there = topic(forum, raw="Another beginning of it all")
    url = f"{SITE}/t/{first['topic_id']}"
    html = reply(forum, there["topic_id"], f"See {url} and {url}/{said['post_number']} please")["cooked"]
    title = first_title(forum, first["topic_id"])
    assert html == (
        f'<p>See <a href="{url}" class="inline-onebox">{title}</a> and '
        f'<a href="{url}/2" class="inline-onebox">{title} - #2 by admin</a> please</p>'
    )


def first_title(forum: Forum, topic_id: int) -> str:
    title: str = forum.get(f"/t/{topic_id}.json", headers=forum.keyed()).json["title"]
    return title


def test_a_person_alone_on_a_line_is_shown_with_what_everybody_sees(forum: Forum) -> None:
    forum.given.user("mary")
    forum.put("/u/mary.json", json={"name": "Mary <b>Ann</b>"}, headers=forum.keyed())
    there = topic(forum)
    html = reply(forum, there["topic_id"], f"{SITE}/u/Mary/summary")["cooked"]
    box = tree(html)[0]
    assert box.get("class") == "onebox"
    assert box.find(".//h3/a").text == "@mary"
    assert box.find(".//span[@class='full-name']").text == "Mary <b>Ann</b>"
    forum.put(f"/admin/users/{user_id(forum, 'mary')}/suspend", headers=forum.keyed(),
              form={"suspend_until": "2990-01-01", "reason": "spam"})  # fmt: skip
    assert "Ann" not in cooked(forum, posts_of(forum, there["topic_id"])[-1])


def user_id(forum: Forum, username: str) -> int:
    return int(forum.get(f"/u/{username}.json", headers=forum.keyed()).json["user"]["id"])


def posts_of(forum: Forum, topic_id: int) -> list[int]:
    stream: list[int] = forum.get(f"/t/{topic_id}.json", headers=forum.keyed()).json["post_stream"]["stream"]
    return stream


def test_what_is_shown_still_counts_as_a_link(forum: Forum) -> None:
    first, there = topic(forum), topic(forum, raw="Another beginning of it all")
    url = f"{SITE}/t/{first['topic_slug']}/{first['topic_id']}"
    post = reply(forum, there["topic_id"], url)
    found = forum.get(f"/t/{there['topic_id']}.json").json["post_stream"]["posts"][1]
    assert (found["id"], [each["url"] for each in found["link_counts"]]) == (post["id"], [url])
    reflected = forum.get(f"/t/{first['topic_id']}.json").json["post_stream"]["posts"][0]["link_counts"]
    assert [(each["reflection"], each["url"].split("/")[-2:]) for each in reflected] == [
        (True, [str(there["topic_id"]), "2"])
    ]


def test_unknown_and_foreign_addresses_stay_links(forum: Forum) -> None:
    there = topic(forum)
    for url in (f"{SITE}/t/x/999999", f"{SITE}/t/x/{there['topic_id']}/77", f"{SITE}/u/nobody", f"{SITE}/latest",
                f"{SITE}/t/{2**63}", "https://forum.test.example.org/t/1"):  # fmt: skip
        html = reply(forum, there["topic_id"], url)["cooked"]
        assert f'<a href="{url}" class="onebox" target="_blank"' in html, html
    assert forum.outgoing.requests == [] or {each.url for each in forum.outgoing.requests} == {
        "https://forum.test.example.org/t/1"
    }


# -- nobody sees more than before ---------------------------------------------------------------------
def test_a_restricted_topic_is_not_shown_outside_its_category(forum: Forum) -> None:
    hidden = topic(forum, raw=SECRET, category=3)
    url = f"{SITE}/t/{hidden['topic_slug']}/{hidden['topic_id']}"
    there = topic(forum)
    for raw in (url, f"See {url} please", f"{SITE}/p/{hidden['id']}"):
        html = reply(forum, there["topic_id"], raw)["cooked"]
        assert "treasure" not in html and "How to bake" not in html
    inside = topic(forum, category=3)
    assert "treasure" in reply(forum, inside["topic_id"], url)["cooked"]


def test_a_message_shows_what_everybody_sees_and_is_never_shown(forum: Forum) -> None:
    forum.given.user("mary")
    message = topic(forum, raw=SECRET, category=None, archetype="private_message", target_recipients="mary")
    hidden, public = topic(forum, raw=SECRET, category=3), topic(forum)
    for there in (public["topic_id"], message["topic_id"], hidden["topic_id"]):
        for other in (message, hidden) if there == message["topic_id"] else (message,):
            html = reply(forum, there, f"{SITE}/t/x/{other['topic_id']}")["cooked"]
            assert "treasure" not in html.replace("data-", ""), (there, other)
    assert "What stands in" in reply(forum, message["topic_id"], f"{SITE}/t/x/{public['topic_id']}")["cooked"]


def make_private(forum: Forum, shown: Any) -> None:
    forum.put(f"/t/-/{shown['topic_id']}.json", json={"category_id": 3}, headers=forum.keyed())


def delete_topic(forum: Forum, shown: Any) -> None:
    forum.delete(f"/t/{shown['topic_id']}.json", headers=forum.keyed())


def delete_post(forum: Forum, shown: Any) -> None:
    forum.delete(f"/posts/{shown['id']}.json", headers=forum.keyed())


def unlist(forum: Forum, shown: Any) -> None:
    data = {"status": "visible", "enabled": "false"}
    forum.put(f"/t/{shown['topic_id']}/status.json", json=data, headers=forum.keyed())


def convert(forum: Forum, shown: Any) -> None:
    forum.put(f"/t/{shown['topic_id']}/convert-topic/private.json", headers=forum.keyed())


def rewrite(forum: Forum, shown: Any) -> None:
    data = {"post": {"raw": "Nothing of that kind stands here any longer"}}
    forum.put(f"/posts/{shown['id']}.json", json=data, headers=forum.keyed())


def close_category(forum: Forum, shown: Any) -> None:
    data = {"name": "General", "color": "000000", "text_color": "ffffff", "permissions": {"staff": 1}}
    assert forum.put("/categories/1.json", json=data, headers=forum.keyed()).status == 200


@pytest.mark.parametrize("change", [make_private, delete_topic, delete_post, unlist, convert, rewrite, close_category])
def test_what_stops_being_for_everybody_is_taken_out(forum: Forum, change: Any) -> None:
    shown = topic(forum)
    if change is delete_post:
        shown = reply(forum, shown["topic_id"], SECRET)
    else:
        forum.put(f"/posts/{shown['id']}.json", json={"post": {"raw": SECRET}}, headers=forum.keyed())
    forum.given.user("mary")
    open_category = forum.given.category("Open").category.id
    there = topic(forum, raw="Another beginning of it all", category=open_category)
    url = f"{SITE}/t/-/{shown['topic_id']}/{shown['post_number']}"
    post = reply(forum, there["topic_id"], url)
    kept = f"/t/{there['topic_id']}.json"
    assert "treasure" in post["cooked"] and "treasure" in forum.get(kept).text
    change(forum, shown)
    assert "treasure" not in cooked(forum, post["id"])
    assert "treasure" not in forum.get(kept).text
    assert forum.get("/search.json?q=treasure", headers=forum.keyed("mary")).json["posts"] == []


def test_a_topic_that_moves_to_more_readers_takes_no_secrets_along(forum: Forum) -> None:
    hidden, there = topic(forum, raw=SECRET, category=3), topic(forum, category=3)
    post = reply(forum, there["topic_id"], f"{SITE}/t/-/{hidden['topic_id']}")
    assert "treasure" in post["cooked"]
    forum.put(f"/t/-/{there['topic_id']}.json", json={"category_id": 1}, headers=forum.keyed())
    assert "treasure" not in cooked(forum, post["id"])


def test_what_is_closed_while_a_text_is_cooked_is_taken_out_at_once(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown, there = topic(forum, raw=SECRET), topic(forum)

    async def found_then_hidden(unit: Any, urls: Any, **options: Any) -> Any:
        found = await find_oneboxes(unit, urls, **options)
        if there["topic_id"] == options["place"].topic_id:
            monkeypatch.undo()
            async with forum.ports.unit() as other:
                await other.write()
                await other.tx.text(f"UPDATE topics SET deleted_at = 1 WHERE id = {shown['topic_id']}")
                await other.commit()
        return found

    monkeypatch.setattr(preparing, "find_oneboxes", found_then_hidden)
    post = reply(forum, there["topic_id"], f"{SITE}/t/-/{shown['topic_id']}")
    assert "treasure" in post["cooked"]
    assert "treasure" not in cooked(forum, post["id"])


def test_who_leaves_a_group_reads_none_of_its_topics_anywhere(forum: Forum) -> None:
    forum.given.user("mary")
    made = forum.post("/admin/groups.json", json={"group": {"name": "cooks"}}, headers=forum.keyed()).json
    members = f"/groups/{made['basic_group']['id']}/members.json"
    forum.put(members, json={"usernames": "mary"}, headers=forum.keyed())
    kitchen = forum.given.category("Kitchen", bundles={"cooks": 1}).category.id
    hidden, inside, public = topic(forum, raw=SECRET, category=kitchen), topic(forum, category=kitchen), topic(forum)
    url = f"{SITE}/t/-/{hidden['topic_id']}"
    reply(forum, inside["topic_id"], url)
    reply(forum, public["topic_id"], url, by="mary")
    reply(forum, public["topic_id"], f"Or {url} rather", by="mary")
    assert "treasure" in forum.get(f"/t/{inside['topic_id']}.json", headers=forum.keyed("mary")).text
    forum.delete(members, json={"usernames": "mary"}, headers=forum.keyed())
    assert forum.get(f"/t/{inside['topic_id']}.json", headers=forum.keyed("mary")).status in (403, 404)
    answer = forum.get(f"/t/{public['topic_id']}.json", headers=forum.keyed("mary"))
    assert answer.status == 200 and "treasure" not in answer.text and "bread, part" in answer.json["title"]
    assert first_title(forum, hidden["topic_id"]) not in answer.text


def test_a_new_title_is_shown_wherever_the_old_one_was(forum: Forum) -> None:
    shown, there = topic(forum), topic(forum, raw="Another beginning of it all")
    post = reply(forum, there["topic_id"], f"See {SITE}/t/-/{shown['topic_id']} please")
    forum.put(f"/t/-/{shown['topic_id']}.json", json={"title": "Cakes are better than bread"}, headers=forum.keyed())
    assert "Cakes are better than bread" in cooked(forum, post["id"])
    version = forum.get(f"/posts/{post['id']}.json", headers=forum.keyed()).json["version"]
    assert version == 1


def test_an_own_picture_film_or_file_is_shown_as_what_it_is(forum: Forum) -> None:
    there = topic(forum)
    for name, expected in (("a.png", "<img src="), ("a.mp4", "<video"), ("a.ogg", "<audio"), ("a.pdf", "<a href=")):
        html = reply(forum, there["topic_id"], f"{SITE}/uploads/default/original/1X/{name}")["cooked"]
        assert expected in html
    assert forum.outgoing.requests == []
