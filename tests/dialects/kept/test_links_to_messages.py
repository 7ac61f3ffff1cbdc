"""Topics with links to private messages: what one reader was shown of them is no other reader's answer."""

from __future__ import annotations

import functools
from typing import Any

import pytest

from tertulia.forum.topics.gathering import MOST_LINKS
from tertulia.forum.unit import Unit
from tertulia.testing.forum import Forum
from tests.dialects.plans.filling import count_rows
from tests.dialects.plans.reading import cost, watching

ANEW = {"Range": "bytes=0-"}  # nothing kept is given to somebody who asks for a part
_LINK = (
    "INSERT INTO topic_links (topic_id, post_id, user_id, url, domain, title, internal, reflection, linked_topic_id, "
    "clicks, created_at) VALUES ({topic}, {post}, 1, '{url}', '', 'A title', 1, {reflection}, {linked}, {clicks}, 1)"
)
# Where the link to the message stands: (clicks of it, whether before the other links, reflection, in a post shown)
PLACES = {
    "the most followed": (99, False, 1, False),
    "the first of equals": (1, True, 1, False),
    "shown to some, of equals": (1, True, 0, False),
    "further down than is shown": (0, False, 1, False),
    "beside a post alone": (0, False, 0, True),
    "from the message to a post": (0, False, 1, True),
}


@pytest.fixture
def square(forum: Forum) -> dict[str, int]:
    """A topic and a message between two of the three people who read it."""
    for name in ("mary", "nora", "olaf"):
        forum.given.user(name, trust_level=2)
    view = forum.given.topic(title="A topic with many links in it").post
    form = {
        "title": "A message between two people", "raw": "What is said here is for nobody else.",
        "archetype": "private_message", "target_recipients": "mary,nora",
    }  # fmt: skip
    sent = forum.post("/posts.json", json=form, headers=forum.keyed())
    assert sent.status == 200, sent.text
    forum.run_jobs()
    return {"topic": view.topic_id, "post": view.id, "message": sent.json["topic_id"]}


async def link(unit: Unit, links: list[dict[str, Any]]) -> None:
    await unit.write()
    for each in links:
        await unit.tx.text(_LINK.format(**each))
    await unit.commit()


def shown(forum: Forum, topic_id: int, name: str, **headers: str) -> Any:
    answer = forum.get(f"/t/{topic_id}.json", headers=forum.keyed(name) | headers).json
    counts = [each.get("link_counts") for each in answer["post_stream"]["posts"]]
    return answer["details"].get("links"), counts


@pytest.mark.parametrize("order", [("mary", "olaf"), ("olaf", "mary")])
@pytest.mark.parametrize("place", list(PLACES))
def test_links_to_messages_are_for_those_who_take_part_whoever_read_before(
    forum: Forum, square: dict[str, int], place: str, order: tuple[str, str]
) -> None:
    clicks, first, reflection, in_post = PLACES[place]
    topic, message = square["topic"], square["message"]
    plain = {"topic": topic, "post": 0, "reflection": 0, "linked": "NULL", "clicks": 1}
    others = [plain | {"url": f"https://example.org/{number}"} for number in range(MOST_LINKS)]
    secret = plain | {"url": f"/t/-/{message}", "reflection": reflection, "linked": message, "clicks": clicks}
    secret["post"] = square["post"] if in_post else 0
    forum.unit(lambda unit: link(unit, [secret, *others] if first else [*others, secret]))
    for name in order:
        for _ in range(2):
            assert shown(forum, topic, name) == shown(forum, topic, name, **ANEW), (place, name)
    with_it, without = (shown(forum, topic, name) for name in ("mary", "olaf"))
    assert (with_it == without) is (place == "further down than is shown"), place


def test_a_topic_of_thousands_of_links_is_kept_for_others_without_a_look_at_them_all(
    forum: Forum, square: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    topic, elsewhere = square["topic"], forum.given.topic(title="A topic that many others name").post.topic_id
    few = {"topic": topic, "post": 0, "reflection": 1, "linked": elsewhere}
    work = []
    for start, count in ((0, 2 * MOST_LINKS), (2 * MOST_LINKS, 2_000)):
        links = [few | {"url": f"/t/{number}", "clicks": number % 3} for number in range(start, start + count)]
        forum.unit(functools.partial(link, links=links))
        forum.unit(count_rows)
        with watching(monkeypatch) as statements:
            shown(forum, topic, "olaf", **ANEW)
            asked = [each for each in statements.take() if "last_id" in each[1]]
        assert asked
        work.append(sum(cost(forum, query, values).work for query, values in asked))
    assert work[1] <= 1.5 * work[0] + 300, work
