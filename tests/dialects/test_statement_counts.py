"""Lists cost as many statements for 30 items as for 3, whoever asks and in whichever dialect."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tertulia.store.engine.postgres import PostgresTx
from tertulia.store.engine.sqlite import SqliteTx
from tertulia.testing.forum import Forum

PATHS = (
    # -- Discourse
    "/latest.json",
    "/new.json",
    "/top.json?period=all",
    "/c/uncategorized/1.json",
    "/categories.json",
    "/categories.json?include_topics=true",
    "/categories_and_latest.json",
    "/tags.json",
    "/tag/shared.json",
    "/groups.json",
    "/groups/trust_level_0/members.json",
    "/directory_items.json?period=all&order=likes_received",
    "/t/{topic}.json",
    "/t/{topic}/posts.json",
    "/posts.json",
    "/u/writer0.json",
    "/u/writer0/summary.json",
    "/user_actions.json?username=writer0",
    "/topics/created-by/writer0.json",
    "/admin/users/list/active.json",
    "/admin/api/keys.json",
    "/search.json?q=ordinary",
    "/site.json",
    "/notifications.json",
    "/notifications.json?recent=true",
    "/notifications/totals.json",
    "/topics/private-messages/admin.json",
    "/topics/private-messages-sent/writer0.json",
    "/topics/private-messages-archive/admin.json",
    "/topics/private-messages-group/admin/askers.json",
    "/groups/askers/logs.json",
    "/groups/askers/permissions.json",
    "/groups/askers/members.json?requesters=true",
    "/groups/writers/members.json",
    "/groups/writers/posts.json",
    "/groups/writers/mentions.json",
    "/topics/groups/writers.json",
    "/admin/api/web_hooks.json",
    "/admin/api/web_hook_events/1.json",
    "/admin/reports.json",
    "/admin/reports/topics.json",
    "/admin/reports/top_users_by_likes_received.json",
    "/admin/dashboard/problems.json",
    "/admin/logs/staff_action_logs.json",
    # -- NodeBB
    "/api/categories",
    "/api/category/1",
    "/api/recent",
    "/api/popular",
    "/api/topic/{topic}",
    "/api/tags",
    "/api/tags/shared",
    "/api/users",
    "/api/groups",
    "/api/user/writer0",
    "/api/user/writer0/posts",
    "/api/user/writer0/topics",
    "/api/search?term=ordinary",
    "/api/v3/categories",
    "/api/v3/categories/1/topics",
    "/api/v3/posts/{post}/replies",
    "/api/v3/groups",
    "/api/notifications",
    "/api/v3/notifications",
)
# The list is longer and costs more, and why.
GROWS: dict[str, str] = {}


class Counter:
    """How many statements were run since it was last read."""

    def __init__(self) -> None:
        self.count = 0

    def read(self) -> int:
        count, self.count = self.count, 0
        return count


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter]:
    counter = Counter()
    for kind in (SqliteTx, PostgresTx):
        for name in ("all", "one", "run", "many", "text"):
            monkeypatch.setattr(kind, name, counted(getattr(kind, name), counter))
    yield counter


def counted(run: object, counter: Counter) -> object:
    async def counting(*arguments: object, **values: object) -> object:
        counter.count += 1
        return await run(*arguments, **values)

    return counting


def grow(forum: Forum, *, first: int, last: int, topic: int | None) -> int:
    """People, each with a topic, a reply to one and the same topic, a category, a group and a like."""
    for number in range(first, last):
        name = f"writer{number}"
        forum.given.user(name, trust_level=4)
        made = forum.given.topic(by=name, tags=("shared", f"tag{number}"))
        raw = f"Hello @admin, this is what {name} has to say to you."
        forum.given.reply(made.post.topic_id, by=name, raw=raw)
        topic = topic or made.post.topic_id
        reply = forum.given.reply(topic, by=name, to=1)
        forum.given.reply(topic, by="writer0", to=reply.post.post_number)
        if number:
            form = {"id": reply.post.id, "post_action_type_id": 2}
            assert forum.post("/post_actions.json", headers=forum.keyed("writer0"), form=form).status == 200
        forum.given.category(f"Place {number}")
        group = {"group[name]": f"group{number}", "group[usernames]": "writer0", "group[visibility_level]": 0}
        assert forum.post("/admin/groups.json", headers=forum.keyed(), form=group).status == 200
        key = {"key[description]": name, "key[username]": name}
        assert forum.post("/admin/api/keys.json", headers=forum.keyed(), form=key).status == 200
        grow_more(forum, name)
    assert topic is not None
    return topic


def grow_more(forum: Forum, name: str) -> None:
    """A message to the admin and a group, a wish to be let in, an upload, a webhook, a call with a misplaced key."""
    if name == "writer0":
        for group in ("askers", "writers"):
            fields = {"name": group, "owner_usernames": "admin", "visibility_level": 0, "messageable_level": 99}
            fields |= {"mentionable_level": 99, "allow_membership_requests": True}
            assert forum.post("/admin/groups.json", headers=forum.keyed(), json={"group": fields}).status == 200
    writers = forum.get("/groups/writers.json", headers=forum.keyed()).json["group"]["id"]
    answers = [
        forum.put(f"/groups/{writers}/members.json", headers=forum.keyed(), json={"usernames": name}),
        forum.post("/groups/askers/request_membership.json", headers=forum.keyed(name), json={"reason": "Let me in"}),
    ]
    message = {"title": f"A word from {name}", "raw": f"What {name} says to you and @writers."}
    message |= {"archetype": "private_message", "target_recipients": "admin,askers,writer0"}
    answers.append(forum.post("/posts.json", headers=forum.keyed(name), json=message))
    if name == "writer0":
        hook = {"payload_url": "https://hooks.example/", "wildcard_web_hook": True, "active": True}
    else:
        hook = {"payload_url": f"https://{name}.example/", "web_hook_event_type_ids": [501], "active": True}
    answers.append(forum.post("/admin/api/web_hooks.json", headers=forum.keyed(), json={"web_hook": hook}))
    assert [answer.status for answer in answers] == [200] * 4, answers
    assert forum.get(f"/latest.json?api_key={forum.key}", headers={"User-Agent": name}).status == 200


def measure(forum: Forum, statements: Counter, *, topic: int, headers: dict[str, dict[str, str]]) -> dict[str, int]:
    found = {}
    forum.inline_jobs = False
    first_post = forum.get(f"/t/{topic}.json").json["post_stream"]["stream"][0]
    for template in PATHS:
        path = template.format(topic=topic, post=first_post)
        dialect = "nodebb" if path.startswith("/api/") else "discourse"
        for _ in range(2):  # what the first reading remembers is not what a list costs
            statements.read()
            answer = forum.get(path, headers=headers[dialect])
        assert answer.status == 200, (path, answer)
        found[template] = statements.read()
    forum.inline_jobs = True
    return found


def test_thirty_items_cost_as_many_statements_as_three(forum: Forum, statements: Counter) -> None:
    forum.put("/admin/site_settings/tagging_enabled.json", headers=forum.keyed(), form={"tagging_enabled": "true"})
    headers = {"discourse": forum.keyed(), "nodebb": forum.bearer()}
    topic = grow(forum, first=0, last=3, topic=None)
    few = measure(forum, statements, topic=topic, headers=headers)
    grow(forum, first=3, last=30, topic=topic)
    many = measure(forum, statements, topic=topic, headers=headers)
    grown = {path: (few[path], many[path]) for path in few if many[path] > few[path] and path not in GROWS}
    assert not grown, f"fetch these in bulk (statements for 3 and for 30): {grown}"
    stale = [path for path in GROWS if many[path] <= few[path]]
    assert not stale, f"these no longer grow; take them out of GROWS: {stale}"
    assert max(many.values()) < 60, many


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter]:
    """Statements that reach a database: on PostgreSQL several changes go in one."""
    counter = Counter()
    for kind, names in ((SqliteTx, ("_execute", "many", "text")), (PostgresTx, ("_fetch", "_execute", "text"))):
        for name in names:
            run = getattr(kind, name)
            monkeypatch.setattr(kind, name, counted(run, counter) if kind is PostgresTx else tallied(run, counter))
    yield counter


def tallied(run: Callable[..., object], counter: Counter) -> object:
    def counting(*arguments: object, **values: object) -> object:
        counter.count += 1
        return run(*arguments, **values)

    return counting


# What is written most: how many statements it costs at most, most of them to know that it is allowed. Lower what falls.
# On SQLite one of them puts the words of a post into the index of the newest posts, where there is one.
WRITES = {"reply": {"sqlite": 24, "postgresql": 17}, "topic": {"sqlite": 31, "postgresql": 23}}


def test_a_reply_and_a_topic_cost_few_statements(forum: Forum, sent: Counter) -> None:
    forum.given.user("alice", trust_level=2)
    topic = forum.given.topic(by="alice").post.topic_id
    forum.given.user("bob", trust_level=2)
    forum.inline_jobs = False
    places = {"reply": {"topic_id": topic}, "topic": {"title": "A topic of its own number %d", "category": 1}}
    found = {}
    for kind, place in places.items():
        for number in range(2):  # what the first one remembers is not what it costs
            fields = {
                **place,
                "raw": f"This is text number {number} of a {kind}: see https://example.org/{number} too.",
            }
            if "title" in place:
                fields["title"] = str(place["title"]) % number
            sent.read()
            answer = forum.post("/posts.json", headers=forum.keyed("bob"), json=fields)
            assert answer.status == 200, answer
            found[kind] = sent.read()
    engine = forum.ports.database.engine
    dear = {kind: count for kind, count in found.items() if count > WRITES[kind][engine]}
    assert not dear, f"read once, count together, put what nobody asks for: {dear}"
