"""What each recipe must have done, asked of the forum itself and compared with what the program printed.

`facts` are the words that the text in question uses; what a program prints differs by language and is read leniently.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.stories.cookbook.servers import Server

LONG_TOPIC, EDITED_POST = 2837, 4837


@dataclass(frozen=True)
class Facts:
    """The words of one cookbook."""

    title: str
    tags: tuple[str, ...]
    edit: str
    reason: str
    picture_title: str
    message_title: str
    account: str
    query: str


def documents(printed: str) -> list[Any]:
    """Every JSON document in what was printed, between other words."""
    found, decoder, at = [], json.JSONDecoder(), 0
    while (start := min((i for i in (printed.find("{", at), printed.find("[", at)) if i >= 0), default=-1)) >= 0:
        try:
            document, at = decoder.raw_decode(printed, start)
            found.append(document)
        except ValueError:
            at = start + 1
    return found


def numbers(printed: str) -> list[int]:
    return [int(each) for each in re.findall(r"\d+", printed)]


def newest_topics_were_listed(server: Server, facts: Facts, printed: str) -> None:
    listed = server.read("/latest.json?order=created&ascending=false")["topic_list"]["topics"]
    first = [topic["id"] for topic in documents(printed)[0]] if "{" in printed else [
        int(line.split()[0]) for line in printed.splitlines()
    ]  # fmt: skip
    assert len(first) in (3, 5)
    known = [topic["id"] for topic in listed if topic["id"] <= max(first)]  # other recipes may have added some since
    assert first == known[: len(first)]
    if "{" not in printed:
        counts = {topic["id"]: topic["posts_count"] for topic in listed}
        assert [numbers(line)[-1] for line in printed.splitlines()] == [counts[topic_id] for topic_id in first]


def topic_is_in_category_seven(server: Server, facts: Facts, printed: str) -> None:
    topic_id = documents(printed)[0]["topic_id"] if "{" in printed else numbers(printed)[0]
    topic = server.read(f"/t/{topic_id}.json")
    assert (topic["title"], topic["category_id"]) == (facts.title, 7)
    assert sorted(tag["name"] for tag in topic["tags"]) == sorted(facts.tags)
    assert topic["posts_count"] == 1


def post_was_edited_with_a_reason(server: Server, facts: Facts, printed: str) -> None:
    post = server.read(f"/posts/{EDITED_POST}.json")
    assert (post["raw"], post["version"], post["edit_reason"]) == (facts.edit, 2, facts.reason)
    version = documents(printed)[0]["post"]["version"] if "{" in printed else numbers(printed)[-1]
    assert version == 2
    revision = server.read(f"/posts/{EDITED_POST}/revisions/latest.json")
    assert revision["edit_reason"] == facts.reason
    log = server.read("/admin/logs/staff_action_logs.json")["staff_action_logs"]
    assert any(facts.reason in json.dumps(entry, ensure_ascii=False) for entry in log)


def picture_is_shown_in_a_post(server: Server, facts: Facts, printed: str) -> None:
    topics = server.read("/c/support/4/l/latest.json")["topic_list"]["topics"]
    [topic_id] = [topic["id"] for topic in topics if topic["title"] == facts.picture_title]
    post = server.read(f"/t/{topic_id}.json")["post_stream"]["posts"][0]
    found = re.search(r'<img[^>]* src="([^"]+)"', post["cooked"])
    assert found, post["cooked"]
    picture = server.ask("GET", re.sub(r"^(https?:)?//[^/]+", "", found[1]))
    assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/png")
    assert picture.content.startswith(b"\x89PNG")


def message_reached_people_and_group(server: Server, facts: Facts, printed: str) -> None:
    listed = server.read("/topics/private-messages/mary.json", username="mary")["topic_list"]["topics"]
    [topic_id] = [topic["id"] for topic in listed if topic["title"] == facts.message_title]
    details = server.read(f"/t/{topic_id}.json", username="bob")["details"]
    users = {user["username"] for user in details["allowed_users"]}
    groups = {group["name"] for group in details["allowed_groups"]}
    assert (users - {"system"}, groups) == ({"mary", "bob"}, {"admins"})
    if "{" in printed:
        answered = documents(printed)[0]["topic"]
        assert {user["username"] for user in answered["allowed_users"]} - {"system"} == users - {"system"}
        assert {group["name"] for group in answered["allowed_groups"]} == groups
    assert server.ask("GET", f"/t/{topic_id}.json", username="jonas").status_code == 404


def account_exists(server: Server, facts: Facts, printed: str) -> None:
    user = server.read(f"/u/{facts.account}.json")["user"]
    answered = documents(printed)[0]["user_id"] if "{" in printed else numbers(printed)[-1]
    assert answered == user["id"]
    shown = server.read(f"/admin/users/{user['id']}.json")
    assert shown["active"] is True


def search_found_and_ended(server: Server, facts: Facts, printed: str) -> None:
    hits = server.read("/search.json", params={"q": facts.query, "page": 1})["posts"]
    assert len(hits) > 0
    assert numbers(printed)[0] == len(hits)
    assert server.read("/search.json", params={"q": facts.query, "page": 2})["posts"] == []


def whole_topic_was_read(server: Server, facts: Facts, printed: str) -> None:
    stream = server.read(f"/t/{LONG_TOPIC}.json")["post_stream"]["stream"]
    assert len(stream) == 60
    assert 60 in numbers(printed)


def figures_are_the_forums_own(server: Server, facts: Facts, printed: str) -> None:
    reports = server.read("/admin/dashboard.json")["global_reports"]
    if "{" in printed:
        totals, asked = documents(printed)[:2]
        assert totals == {"users": reports[0]["total"], "topics": reports[1]["total"]}
        assert all(isinstance(total, int) and total > 0 for total in totals.values())
        assert asked["report"]["type"] == "topics"
        return
    shown = server.read("/admin/reports/topics.json")["report"]
    assert shown["title"] in printed
    assert numbers(printed.replace(shown["title"], ""))[0] > 10


OUTCOMES: dict[str, Callable[[Server, Facts, str], None]] = {
    "1": newest_topics_were_listed,
    "2": topic_is_in_category_seven,
    "3": post_was_edited_with_a_reason,
    "4": picture_is_shown_in_a_post,
    "5": message_reached_people_and_group,
    "6": account_exists,
    "7": search_found_and_ended,
    "8": whole_topic_was_read,
    "10": figures_are_the_forums_own,
}
