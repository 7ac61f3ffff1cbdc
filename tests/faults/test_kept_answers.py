"""Kept answers while several processes write: each equals what is read anew, for everybody, on both engines."""

from __future__ import annotations

import itertools
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.faults.shell import Shell
from tests.faults.test_kill import Server, free_port

STEPS = int(os.environ.get("TERTULIA_TEST_STEPS", "45"))
STEPS_PER_COMMAND = 15  # a command is a process that starts and ends
# What may be a minute old: counters of views, suggestions, and what moves with the clock.
LAGGING = {"views", "reads", "readers_count", "score", "suggested_topics", "timeline_lookup"}
XHR = {"X-Requested-With": "XMLHttpRequest", "Accept": "application/json"}
ANEW = {"Range": "bytes=0-"}  # nothing kept is given to somebody who asks for a part
PASSWORD = "a long enough password"
# Visitors, keys for all users in somebody's name, browsers, keys of one person: every kind of reader and of rights.
PEOPLE = ("", "mary", "moda", "admin", "inga")
BROWSERS = ("browser mary", "browser inga")
# That a browser has read a topic is written in batches, some seconds later, and ends nothing that is kept for keys.
READ_BY_BROWSERS = {"unseen", "last_read_post_number", "unread_posts", "new_posts", "unread", "notification_level"}
# Null until it is written that somebody has read the topic, and false from then on.
OF_VISITED = ("bookmarked", "liked")


class Two:
    """Two server processes over one database, and what one of them says must be what the other knows."""

    def __init__(self, first: Server) -> None:
        self.key = first.keys["discourse_api_key"]
        self.urls = [first.url]
        self.processes: list[subprocess.Popen[bytes]] = []
        port = free_port()
        where = ["--data", str(first.data), *first.database, "--port", str(port), "--no-worker"]
        self.processes.append(
            subprocess.Popen(
                [sys.executable, "-m", "tertulia", "serve", *where],
                env={**os.environ, "TERTULIA_MAX_ADMIN_API_REQS_PER_MINUTE": "0"},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )
        self.urls.append(f"http://127.0.0.1:{port}")
        self.session = requests.Session()
        self.browsers: dict[str, dict[str, str]] = {}
        self.own_keys: dict[str, str] = {}
        self.where = ["--data", str(first.data), *first.database]
        for _ in range(600):
            try:
                if self.session.get(f"{self.urls[1]}/srv/status", timeout=5).text == "ok":
                    return
            except requests.ConnectionError:
                time.sleep(0.05)
        raise AssertionError("the second server does not answer")

    def ask(self, where: int, path: str, who: str, *, anew: bool = False) -> requests.Response:
        headers = self._shown_by(who)
        if "json" not in path:
            headers["Accept"] = "text/html"
        headers |= ANEW if anew else {}
        # Without the session of `requests`, which would send cookies that it was given for somebody else.
        return requests.get(self.urls[where] + path, headers=headers, timeout=30, allow_redirects=False)

    def _shown_by(self, who: str) -> dict[str, str]:
        kind, _, name = who.rpartition(" ")
        if kind == "browser":
            return dict(self.browsers[name])
        if kind == "key":
            return {"Api-Key": self.own_keys[name]}
        return {"Api-Key": self.key, "Api-Username": who} if who else {}

    def log_in(self, name: str) -> None:
        """A browser of somebody, who is known to both servers by the same cookies."""
        browser = requests.Session()
        token = browser.get(f"{self.urls[0]}/session/csrf.json", headers=XHR, timeout=30).json()["csrf"]
        form = {"login": name, "password": PASSWORD}
        answer = browser.post(
            f"{self.urls[0]}/session.json", data=form, headers=XHR | {"X-CSRF-Token": token}, timeout=30
        )
        assert "user" in answer.json(), answer.text
        self.browsers[name] = {"Cookie": "; ".join(f"{each.name}={each.value}" for each in browser.cookies)}

    def write(self, where: int, method: str, path: str, who: str = "admin", **body: Any) -> Any:
        headers = {"Api-Key": self.key, "Api-Username": who}
        answer = self.session.request(method, self.urls[where] + path, json=body, headers=headers, timeout=30)
        assert answer.status_code < 500, (method, path, body, answer.text)
        return answer.json() if answer.ok and answer.text.startswith("{") else {}

    def given(self, where: int) -> float:
        headers = {"Api-Key": self.key, "Api-Username": "admin"}
        text = self.session.get(f"{self.urls[where]}/metrics", headers=headers, timeout=30).text
        found = re.search(r"^tertulia_kept_answers_total\{[^}]*\} ([\d.e+]+)$", text, re.MULTILINE)
        return float(found[1]) if found else 0.0


@pytest.fixture(params=["sqlite", "postgresql"])
def two(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Two]:
    import asyncio
    import secrets

    from tertulia.store.engine.postgres import copy_database, drop_database

    monkeypatch.setenv("TERTULIA_KEPT_ANSWERS_MEGABYTES", "64")
    database, url, name = "", os.environ.get("TERTULIA_TEST_POSTGRES", ""), f"tertulia_kept_{secrets.token_hex(4)}"
    if request.param == "postgresql":
        if not url:
            pytest.skip("TERTULIA_TEST_POSTGRES is not set: not tested on PostgreSQL")
        asyncio.run(copy_database(url, name=name))
        database = url.rpartition("/")[0] + "/" + name
    first = Server(tmp_path / "data", database=database)
    made = Two(first)
    yield made
    for process in (*made.processes, first.process):
        process.send_signal(signal.SIGKILL)
        process.wait(30)
    if database:
        asyncio.run(drop_database(url, name=name))


def masked(value: Any, lagging: set[str]) -> Any:
    if isinstance(value, dict):
        shown = {name: masked(each, lagging) for name, each in value.items() if name not in lagging}
        return shown | {name: bool(shown[name]) for name in OF_VISITED if shown.get(name, 0) is None}
    return [masked(each, lagging) for each in value] if isinstance(value, list) else value


def shown(answer: requests.Response, who: str) -> Any:
    """What must be the same: the status and, of what was found, the content without what may lag."""
    if answer.status_code != 200:
        return answer.status_code
    if answer.headers["Content-Type"].startswith("application/json"):
        return masked(answer.json(), LAGGING | (READ_BY_BROWSERS if who.endswith(("mary", "inga")) else set()))
    text = answer.text
    text = re.sub(r'(?s)<section[^>]*class="[^"]*suggested.*?</section>', "", text)
    text = re.sub(r"[\d.,kM]+ views?", "", text)
    return re.sub(r'name="authenticity_token" value="[^"]*"', "", text)


class World:
    """What there is to write to, and the writes."""

    def __init__(self, two: Two, dice: random.Random) -> None:
        self.two, self.dice = two, dice
        self.users = {"admin": 1}
        for name in ("mary", "moda", "inga"):
            made = two.write(0, "POST", "/users.json", username=name, name=name, email=f"{name}@example.org",
                             password=PASSWORD, active=True, approved=True)  # fmt: skip
            self.users[name] = made["user_id"]
        two.write(0, "PUT", f"/admin/users/{self.users['moda']}/grant_moderation.json")
        self.group = two.write(0, "POST", "/admin/groups.json", group={"name": "crew"})["basic_group"]["id"]
        two.write(0, "PUT", f"/groups/{self.group}/members.json", usernames="inga")
        closed = two.write(0, "POST", "/categories.json", name="Closed room", color="112233", text_color="FFFFFF",
                           permissions={"crew": 1})  # fmt: skip
        self.open, self.closed = self._category("Open room"), closed["category"]["id"]
        self.topics: list[int] = []
        self.posts: list[int] = []
        for number in range(4):
            self.new_topic(0, category=self.closed if number == 3 else self.open)
            for _ in range(3):
                self.reply(0)
        message = two.write(0, "POST", "/posts.json", title=self.words(), raw=self.words(),
                            archetype="private_message", target_recipients="mary")  # fmt: skip
        self.message = message["topic_id"]
        self.count = 0

    def _category(self, name: str) -> int:
        made = self.two.write(0, "POST", "/categories.json", name=name, color="332211", text_color="FFFFFF")
        return int(made["category"]["id"])

    def paths(self) -> list[str]:
        each = [
            path for topic in self.topics for path in (f"/t/{topic}.json", f"/t/{topic}.json?page=1", f"/t/-/{topic}")
        ]
        order = "/latest.json?order=created"
        lists = ["/latest.json", "/latest", f"/c/{self.open}.json", f"/c/{self.closed}.json", order]
        lists += [f"/t/{self.message}.json"] * 3
        return each + lists + [f"/t/{self.topics[0]}/posts.json"]

    def words(self) -> str:
        return " ".join(f"word{self.dice.randrange(10**9)}" for _ in range(8))

    def new_topic(self, where: int, category: int | None = None) -> None:
        made = self.two.write(where, "POST", "/posts.json", title=self.words(), raw=self.words(),
                              category=category or self.open)  # fmt: skip
        if "topic_id" in made:
            self.topics.append(made["topic_id"])
            self.posts.append(made["id"])
        del self.topics[:-5]

    def reply(self, where: int) -> None:
        topic = self.dice.choice(self.topics)
        made = self.two.write(where, "POST", "/posts.json", topic_id=topic, raw=self.words())
        if "id" in made:
            self.posts.append(made["id"])

    def change(self, where: int) -> str:
        """One write of some kind through one of the servers; answers which, for the message of a failure."""
        dice, two = self.dice, self.two
        topic, post = dice.choice(self.topics), dice.choice(self.posts[-12:])
        name = dice.choice(("mary", "moda", "inga"))
        whether = dice.choice(("true", "false"))
        self.count += 1
        writes: dict[str, Any] = {
            "reply": lambda: self.reply(where),
            "topic": lambda: self.new_topic(where) if dice.random() < 0.3 else self.reply(where),
            "edit": lambda: two.write(where, "PUT", f"/posts/{post}.json", post={"raw": self.words()}),
            "title": lambda: two.write(where, "PUT", f"/t/-/{topic}.json", title=self.words()),
            "move": lambda: two.write(where, "PUT", f"/t/-/{topic}.json",
                                      category_id=dice.choice((self.open, self.closed))),
            "delete post": lambda: two.write(where, "DELETE", f"/posts/{post}.json"),
            "recover post": lambda: two.write(where, "PUT", f"/posts/{post}/recover.json"),
            "delete topic": lambda: two.write(where, "DELETE", f"/t/{topic}.json"),
            "recover topic": lambda: two.write(where, "PUT", f"/t/{topic}/recover.json"),
            "status": lambda: two.write(where, "PUT", f"/t/{topic}/status.json", enabled=whether,
                                        status=dice.choice(("closed", "archived", "visible", "pinned"))),
            "like": lambda: two.write(where, "POST", "/post_actions.json", name, id=post, post_action_type_id=2),
            "unlike": lambda: two.write(where, "DELETE", f"/post_actions/{post}.json?post_action_type_id=2", name),
            "bookmark": lambda: two.write(where, "POST", "/bookmarks.json", name, bookmarkable_id=post,
                                          bookmarkable_type="Post"),
            "level": lambda: two.write(where, "POST", f"/t/{topic}/notifications.json", name,
                                       notification_level=dice.randrange(4)),
            "timings": lambda: two.write(where, "POST", "/topics/timings.json", name, topic_id=topic,
                                         topic_time=2000, timings={"1": 2000, "2": 2000}),
            "name": lambda: two.write(where, "PUT", f"/u/{name}.json", name=f"{name} {self.count}"),
            "title of a user": lambda: two.write(where, "PUT", f"/u/{name}.json", title=f"title {self.count}"),
            "suspend": lambda: two.write(where, "PUT", f"/admin/users/{self.users['mary']}/suspend.json",
                                         suspend_until="2099-01-01", reason="once") and
                               two.write(where, "PUT", f"/admin/users/{self.users['mary']}/unsuspend.json"),
            "moderator": lambda: two.write(where, "PUT", f"/admin/users/{self.users['moda']}/"
                                           f"{dice.choice(('grant', 'revoke'))}_moderation.json"),
            "join": lambda: two.write(where, "PUT", f"/groups/{self.group}/members.json", usernames=name),
            "leave": lambda: two.write(where, "DELETE", f"/groups/{self.group}/members.json", usernames=name),
            "permissions": lambda: two.write(
                where, "PUT", f"/categories/{self.closed}.json", name="Closed room", color="112233",
                text_color="FFFFFF",
                permissions=dice.choice(({"crew": 1}, {"crew": 1}, {"everyone": 1}))),
            "category": lambda: two.write(where, "PUT", f"/categories/{self.open}.json", name=f"Open {self.count}",
                                          color=f"{self.count % 10}32211", text_color="FFFFFF"),
            "invite": lambda: two.write(where, "POST", f"/t/{self.message}/invite.json", user=name),
            "remove": lambda: two.write(where, "PUT", f"/t/{self.message}/remove-allowed-user.json", username=name),
            "message": lambda: two.write(where, "POST", "/posts.json", topic_id=self.message, raw=self.words()),
            "tags": lambda: two.write(where, "PUT", f"/t/-/{topic}.json", tags=[f"tag{dice.randrange(4)}"]),
            "ignore": lambda: two.write(where, "PUT", f"/u/{dice.choice(('mary', 'moda'))}/notification_level.json",
                                        name,
                                        notification_level=dice.choice(("ignore", "mute", "normal"))),
            "wiki": lambda: two.write(where, "PUT", f"/posts/{post}/wiki.json", wiki=whether),
            "lock": lambda: two.write(where, "PUT", f"/posts/{post}/locked.json", locked=whether),
            "move posts": lambda: two.write(where, "POST", f"/t/{topic}/move-posts.json", post_ids=[post],
                                            destination_topic_id=dice.choice(self.topics)),
            "owner": lambda: two.write(where, "POST", f"/t/{topic}/change-owner.json", username=name, post_ids=[post]),
            "silence": lambda: two.write(where, "PUT", f"/admin/users/{self.users['inga']}/"
                                         f"{dice.choice(('silence', 'unsilence'))}.json"),
            "setting": lambda: two.write(where, "PUT", "/admin/site_settings/title.json", title=f"T {self.count}"),
        }  # fmt: skip
        what = dice.choice(list(writes))
        writes[what]()
        return f"{what} (topic {topic}, post {post}, {name})"


def differences(one: Any, other: Any, at: str = "") -> list[str]:
    """Where two answers differ, for the message of a failure."""
    if isinstance(one, dict) and isinstance(other, dict):
        names = [*one, *(name for name in other if name not in one)]
        return [line for name in names for line in differences(one.get(name), other.get(name), f"{at}.{name}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [
            line for place, (mine, theirs) in enumerate(zip(one, other, strict=True))
            for line in differences(mine, theirs, f"{at}[{place}]")
        ]  # fmt: skip
    return [] if one == other else [f"{at}: {str(one)[:200]} != {str(other)[:200]}"]


def check(two: Two, path: str, *, who: str, where: int, done: object) -> None:
    """Both answers of a server equal what the other one reads anew."""
    given = shown(two.ask(where, path, who), who)
    again = shown(two.ask(where, path, who), who)
    anew = shown(two.ask(1 - where, path, who, anew=True), who)
    assert given == anew, (path, who or "a visitor", done, differences(given, anew))
    assert again == anew, (path, who or "a visitor", done)


def test_no_kept_answer_is_stale_or_for_somebody_else(two: Two, tmp_path: Path) -> None:
    seed = int(os.environ.get("TERTULIA_TEST_SEED", "0")) or random.randrange(10**6)
    dice = random.Random(seed)
    world = World(two, dice)
    for browser in BROWSERS:
        two.log_in(browser.rpartition(" ")[2])
    shell = Shell(where=two.where, folder=tmp_path, dice=dice)
    done: list[object] = [f"seed {seed}"]
    for step in range(STEPS):
        if step % STEPS_PER_COMMAND == STEPS_PER_COMMAND - 1:
            done.append(shell.change())
            two.own_keys = {owner: secret for owner, (_, secret) in shell.keys.items()}
            for secret, where in itertools.product(shell.revoked[-2:], (0, 1)):
                two.own_keys["gone"] = secret
                assert two.ask(where, "/latest.json", "key gone").status_code == 403, (seed, done[-4:])
            two.own_keys.pop("gone", None)
        else:
            for _ in range(dice.randrange(1, 4)):
                done.append(world.change(dice.randrange(2)))
        readers = (*PEOPLE, *BROWSERS, *(f"key {owner}" for owner in two.own_keys))
        for path in dice.sample(world.paths(), 5):
            who = dice.choice(readers if ".json" in path else PEOPLE)
            check(two, path, who=who, where=dice.randrange(2), done=(seed, done[-4:]))
    assert min(two.given(0), two.given(1)) > STEPS / 5, "hardly anything was kept: nothing was tested"


def test_suggestions_never_name_what_was_deleted_or_hidden_meanwhile(two: Two) -> None:
    world = World(two, random.Random(1))
    one, other = world.topics[0], world.topics[1]
    path = f"/t/{one}.json"
    assert other in [each["id"] for each in two.ask(0, path, "").json()["suggested_topics"]]
    assert other in [each["id"] for each in two.ask(1, path, "").json()["suggested_topics"]]
    two.write(1, "PUT", f"/t/-/{other}.json", category_id=world.closed)
    for where in (0, 1):
        assert other not in [each["id"] for each in two.ask(where, path, "").json()["suggested_topics"]]
