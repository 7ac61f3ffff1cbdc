"""Answers put together of parts that readers share: to each reader exactly what reading everything anew would give."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable
from itertools import zip_longest
from typing import Any

import pytest

from tertulia.http.keeping import Keeper
from tertulia.store.engine.postgres import PostgresTx, _Scope
from tertulia.store.engine.sqlite import SqliteTx
from tertulia.testing.client import Response, call
from tertulia.testing.forum import Forum

ANEW = ("range", "bytes=0-")  # nothing kept is given to somebody who asks for a part, not even parts
PASSWORD = "a long enough password"
LISTS = ("/latest.json", "/latest", "/new.json", "/top.json?period=all", "/c/5.json", "/categories")
STEPS = int(os.environ.get("TERTULIA_TEST_STEPS", "40"))
VISITOR = ""
# What may be a minute old wherever answers are kept.
LAGGING = {"views", "reads", "readers_count", "score"}


@pytest.fixture(scope="session")
def forum_settings() -> dict[str, object]:
    return {"kept_answers_megabytes": 64}


class Town:
    """A forum with a reader of each kind, and something that each of them sees differently."""

    def __init__(self, forum: Forum) -> None:
        self.forum = forum
        given = forum.given
        levels = {"newcomer": 0, "member": 2, "author": 1, "trusted": 4, "curator": 2, "insider": 1, "silent": 1}
        for name, level in levels.items():
            given.user(name, trust_level=level)
        given.user("moda", moderator=True, trust_level=2)
        given.user("browser", password=PASSWORD)
        self.browser = {"browser": forum.login("browser", PASSWORD)["Cookie"]}
        self.names = (VISITOR, *levels, "moda", "admin", "browser")
        self.ids = {name: forum.get(f"/u/{name}.json").json["user"]["id"] for name in levels}
        self.group = self.write("POST", "/admin/groups.json", group={"name": "crew"})["basic_group"]["id"]
        self.join("insider")
        self.open = given.category("Open room").category.id
        self.closed = given.category("Closed room", bundles={"crew": 1}).category.id
        self.moderate(self.open, "curator")
        self.write("PUT", f"/admin/users/{self.ids['silent']}/silence.json")
        self.topics = [
            self.topic("author", "A topic in the open room"),
            self.topic("insider", "A topic in the closed room", category=self.closed),
            self.topic("author", "A topic that leads to a message"),
        ]
        self.message = self.write(
            "POST", "/posts.json", title="A message between some", raw="Nobody else may read what is written here.",
            archetype="private_message", target_recipients="member,trusted",
        )["topic_id"]  # fmt: skip
        self.posts = [given.reply(self.topics[0], by=name).post.id for name in ("member", "author", "trusted", "admin")]
        link = f"See http://forum.test/t/-/{self.message} and @member, and what came of it."
        self.posts.append(given.reply(self.topics[2], raw=link).post.id)
        self.posts.append(given.reply(self.topics[1], by="insider").post.id)
        forum.run_jobs()

    def topic(self, by: str, title: str, *, category: int | None = None) -> int:
        return self.forum.given.topic(title=title, by=by, category_id=category or self.open).post.topic_id

    def moderate(self, category: int, name: str) -> None:
        body = {"privileges": ["groups:moderate"]}
        path = f"/api/v3/categories/{category}/moderator/{self.ids[name]}"
        answer = self.forum.put(path, json=body, headers=self.forum.bearer())
        assert answer.status == 200, answer.text

    def join(self, name: str) -> None:
        self.write("PUT", f"/groups/{self.group}/members.json", usernames=name)

    def write(self, method: str, path: str, by: str = "admin", **body: Any) -> Any:
        answer = self.forum.request(method, path, json=body, headers=self.forum.keyed(by))
        assert answer.status < 500, (method, path, body, answer.text)
        return answer.json if answer.status == 200 and answer.text.startswith("{") else {}

    def ask(self, path: str, name: str, *, anew: bool = False) -> Response:
        """One answer; whole answers that were kept do not count here."""
        keeper: Keeper = self.forum.app.kit.keeper
        keeper._kept.clear()
        keeper._bytes = 0
        headers = [("host", "forum.test")]
        if "json" not in path:
            headers.append(("accept", "text/html"))
        if name in self.browser:
            headers.append(("cookie", self.browser[name]))
        elif name:
            headers += [("api-key", self.forum.key), ("api-username", name)]
        if anew:
            headers.append(ANEW)
        return self.forum.wait(lambda: call(self.forum.app.kit, method="GET", path=path, headers=headers, body=b""))

    def paths(self) -> list[str]:
        shown = self.topics[-4:]
        slugs = [self.ask(f"/t/{topic}.json", "admin").json.get("slug") for topic in shown]
        each = [f"/t/{topic}.json" for topic in (*shown, self.message)]
        each += [f"/t/{slug}/{topic}" for slug, topic in zip(slugs, shown, strict=True) if slug]
        first = self.topics[0]
        return [*each, f"/t/{first}/2.json", f"/t/{first}.json?include_raw=1", *LISTS]

    def check(self, path: str, names: tuple[str, ...], why: object = "") -> None:
        """Each reader is given what is read anew for them, whoever asked before."""
        for name in names:
            given, again = self.ask(path, name), self.ask(path, name)
            anew = self.ask(path, name, anew=True)
            for each in (given, again):
                assert each.status == anew.status, (path, name or "a visitor", why)
                assert differences(shown(each), shown(anew)) == [], (path, name or "a visitor", why)


def shown(answer: Response) -> object:
    if answer.headers.get("content-type", "").startswith("application/json"):
        return answer.json
    return re.sub(r"[\d.,kM]+ views?", "", answer.text)


def differences(one: Any, other: Any, *, at: str = "") -> list[str]:
    """Where two answers differ."""
    if isinstance(one, dict) and isinstance(other, dict) and list(one) == list(other):
        return [
            found
            for name in one
            if name not in LAGGING
            for found in differences(one[name], other[name], at=f"{at}.{name}")
        ]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [
            found for place in range(len(one)) for found in differences(one[place], other[place], at=f"{at}[{place}]")
        ]
    if isinstance(one, str) and isinstance(other, str) and "\n" in one:
        return [
            f"{left} != {right}" for left, right in zip_longest(one.split("\n"), other.split("\n")) if left != right
        ]
    return [] if one == other else [f"{at}: {one} != {other}"]


@pytest.fixture
def town(forum: Forum) -> Town:
    forum.clock.freeze()
    return Town(forum)


def test_every_kind_of_reader_is_given_what_reading_anew_gives(town: Town) -> None:
    for path in town.paths():
        town.check(path, town.names)
        town.check(path, town.names[::-1])


def test_after_every_kind_of_write_each_reader_is_given_what_reading_anew_gives(town: Town) -> None:
    seed = int(os.environ.get("TERTULIA_TEST_SEED", "0")) or random.randrange(10**6)
    dice = random.Random(seed)
    done: list[str] = []
    for _ in range(STEPS):
        done.append(change(town, dice))
        for path in dice.sample(town.paths(), 3):
            town.check(path, tuple(dice.sample(town.names, 4)), (seed, done[-4:]))


def change(town: Town, dice: random.Random) -> str:
    """One write of some kind; answers which, for the message of a failure."""
    write, given = town.write, town.forum.given
    topic, post = dice.choice(town.topics), dice.choice(town.posts)
    name = dice.choice(("member", "author", "trusted", "insider", "newcomer"))
    whether = dice.choice(("true", "false"))
    words = " ".join(f"word{dice.randrange(10**9)}" for _ in range(8))

    def reply() -> None:
        made = write("POST", "/posts.json", name, topic_id=topic, raw=words)
        if "id" in made:
            town.posts.append(made["id"])

    writes: dict[str, Callable[[], Any]] = {
        "reply": reply,
        "topic": lambda: town.topics.append(given.topic(title=words, by=name, category_id=town.open).post.topic_id),
        "edit": lambda: write("PUT", f"/posts/{post}.json", post={"raw": words}),
        "title": lambda: write("PUT", f"/t/-/{topic}.json", title=words),
        "move": lambda: write("PUT", f"/t/-/{topic}.json", category_id=dice.choice((town.open, town.closed))),
        "delete post": lambda: write("DELETE", f"/posts/{post}.json"),
        "recover post": lambda: write("PUT", f"/posts/{post}/recover.json"),
        "delete topic": lambda: write("DELETE", f"/t/{topic}.json"),
        "recover topic": lambda: write("PUT", f"/t/{topic}/recover.json"),
        "status": lambda: write("PUT", f"/t/{topic}/status.json", enabled=whether,
                                status=dice.choice(("closed", "archived", "visible", "pinned"))),
        "like": lambda: write("POST", "/post_actions.json", name, id=post, post_action_type_id=2),
        "unlike": lambda: write("DELETE", f"/post_actions/{post}.json?post_action_type_id=2", name),
        "bookmark": lambda: write("POST", "/bookmarks.json", name, bookmarkable_id=post, bookmarkable_type="Post"),
        "level": lambda: write("POST", f"/t/{topic}/notifications.json", name, notification_level=dice.randrange(4)),
        "level of a category": lambda: write("POST", f"/category/{town.open}/notifications.json", name,
                                             notification_level=dice.randrange(5)),
        "timings": lambda: write("POST", "/topics/timings.json", name, topic_id=topic, topic_time=2000,
                                 timings={"1": 2000, "2": 2000}),
        "suspend": lambda: write("PUT", f"/admin/users/{town.ids['newcomer']}/suspend.json",
                                 suspend_until="2099-01-01", reason="once"),
        "unsuspend": lambda: write("PUT", f"/admin/users/{town.ids['newcomer']}/unsuspend.json"),
        "silence": lambda: write("PUT", f"/admin/users/{town.ids['member']}/{dice.choice(('', 'un'))}silence.json"),
        "trust": lambda: write("PUT", f"/admin/users/{town.ids['member']}/trust_level.json", level=dice.randrange(5)),
        "join": lambda: town.join(name),
        "leave": lambda: write("DELETE", f"/groups/{town.group}/members.json", usernames=name),
        "invite": lambda: write("POST", f"/t/{town.message}/invite.json", user=name),
        "remove": lambda: write("PUT", f"/t/{town.message}/remove-allowed-user.json", username=name),
        "wiki": lambda: write("PUT", f"/posts/{post}/wiki.json", wiki=whether),
        "lock": lambda: write("PUT", f"/posts/{post}/locked.json", locked=whether),
        "owner": lambda: write("POST", f"/t/{topic}/change-owner.json", username=name, post_ids=[post]),
        "tags": lambda: write("PUT", f"/t/-/{topic}.json", tags=[f"tag{dice.randrange(4)}"]),
        "setting": lambda: write("PUT", "/admin/site_settings/post_edit_time_limit.json",
                                 post_edit_time_limit=str(dice.choice((0, 1, 1440)))),
        "time": lambda: town.forum.clock.advance(minutes=dice.choice((1, 5, 30))),
    }  # fmt: skip
    what = dice.choice(list(writes))
    writes[what]()
    return f"{what} (topic {topic}, post {post}, {name})"


def test_a_session_that_ended_reads_nothing_more(town: Town) -> None:
    path = f"/t/{town.topics[0]}.json"
    assert "x-discourse-username" in town.ask(path, "browser").headers
    other = town.forum.login("browser", PASSWORD)
    cookie = {"Cookie": town.browser["browser"]}
    csrf = town.forum.get("/session/csrf.json", headers=cookie | {"X-Requested-With": "XMLHttpRequest"}).json["csrf"]
    gone = town.forum.delete(
        "/session/browser.json", headers=cookie | {"X-CSRF-Token": csrf, "X-Requested-With": "XMLHttpRequest"}
    )
    assert gone.status == 200
    assert "x-discourse-username" not in town.ask(path, "browser").headers
    town.browser["browser"] = other["Cookie"]
    assert "x-discourse-username" in town.ask(path, "browser").headers


def test_a_topic_that_somebody_has_read_costs_the_next_member_one_statement(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/t/{town.topics[0]}.json"
    for name in ("member", "browser", "browser"):
        town.ask(path, name)
    asked: list[str] = []

    def noting(kind: type[Any], name: str) -> None:
        real = getattr(kind, name)

        def run(self: Any, query: Any, *rest: Any, **values: Any) -> Any:
            asked.append(str(query))
            return real(self, query, *rest, **values)

        monkeypatch.setattr(kind, name, run)

    noting(SqliteTx, "_execute")
    noting(PostgresTx, "all")
    noting(_Scope, "fetch_alone")
    town.forum.inline_jobs = False
    assert town.ask(path, "browser").status == 200
    assert len(asked) == 1


def test_parts_take_no_more_memory_than_their_share(town: Town) -> None:
    fragments = town.forum.app.kit.keeper.fragments
    fragments._most = 400_000
    for number in range(12):
        made = town.forum.given.topic(title=f"A topic to read, number {number}", raw="Many words. " * 500)
        for name in ("member", "author", "curator", "moda", "member"):
            town.ask(f"/t/{made.post.topic_id}.json", name)
    assert 0 < fragments._bytes <= 400_000
    assert fragments._bytes == sum(entry.size for entry in fragments._entries.values())
