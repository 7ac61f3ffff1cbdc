"""The load: what wrk is told to send, and that only successes become figures."""

from __future__ import annotations

import json

import pytest

from bench.serving.apis import APIS, Author
from bench.serving.asking import demand
from bench.serving.operations import compose
from bench.serving.plans import UNIQUE, Step
from bench.serving.problems import Problem
from bench.serving.wrk import Load, find_wrk, sending
from tests.bench.conftest import Target

ODD = 'a "quoted" \\ line\nwith [[brackets]], é, 日本 and %d'


def send(url: str, *steps: Step, start: int = 0) -> Load:
    with sending(url, steps, start=start, seconds=1, connections=2, core=0) as sent:
        return sent.finish()


def test_every_step_is_sent_in_turn_and_every_body_is_unlike_any_other(wrk: str, target: Target) -> None:
    steps = [Step("/one"), Step("/two?a=b", {"X-Odd": "%s"}), Step("/three", {}, {"raw": f"{UNIQUE} {ODD}", "n": 1})]
    told = send(target.url, *steps)
    sent = [(method, path) for method, path, _ in target.seen]
    assert set(sent) == {("GET", "/one"), ("GET", "/two?a=b"), ("POST", "/three")}
    bodies = [json.loads(body) for _, path, body in target.seen if path == "/three"]
    firsts = [body["raw"].partition(" ")[0] for body in bodies]
    assert len(set(firsts)) == len(firsts) > 10 and all(first.isalnum() for first in firsts)
    assert {body["raw"].partition(" ")[2] for body in bodies} == {ODD} and {body["n"] for body in bodies} == {1}
    # Wherever it stops, some answers are on their way.
    assert 0 <= len(sent) - told.requests <= 4
    assert 0.9 < told.seconds < 10 and 0 < told.p50 <= told.p99 and told.rate == told.requests / told.seconds


def test_the_steps_are_begun_where_the_turn_says(wrk: str, target: Target) -> None:
    send(target.url, *(Step(f"/{number}") for number in range(50)), start=30)
    # wrk itself looks at the first of them and does not send it.
    assert target.seen[0][1] in {"/30", "/31", "/32"}


@pytest.mark.parametrize("step", [Step("/x"), Step("/x", {}, {"raw": UNIQUE})], ids=["read", "write"])
@pytest.mark.parametrize("status", [404, 429, 500])
def test_one_failed_request_makes_the_measurement_fail(wrk: str, target: Target, step: Step, status: int) -> None:
    target.later = status
    with pytest.raises(Problem, match="answers were no success"):
        send(target.url, step)


def test_the_first_answer_that_refused_a_write_is_shown(wrk: str, target: Target) -> None:
    target.later = 302
    with pytest.raises(Problem, match=r'the first was 302 \{"it": "is"\}'):
        send(target.url, Step("/x", {}, {"raw": UNIQUE}))


def test_connections_that_break_make_the_measurement_fail(wrk: str, target: Target) -> None:
    target.hangs_up = True
    with pytest.raises(Problem, match=r"connections broke|no request was answered"):
        send(target.url, Step("/x"))


def test_a_server_that_is_not_there_makes_the_measurement_fail(wrk: str, target: Target) -> None:
    target.server_close()
    with pytest.raises(Problem):
        send(target.url, Step("/x"))


def test_without_wrk_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Problem, match="apt-get install wrk"):
        find_wrk()


@pytest.mark.parametrize("status", [204, 301, 404])
def test_what_is_asked_before_the_load_must_be_a_success_too(target: Target, status: int) -> None:
    target.status = status
    with pytest.raises(Problem, match=f"answers {status}"):
        demand(target.url, Step("/x"))


@pytest.mark.parametrize("words", [20, 90, 500])
def test_a_reply_has_so_many_words(words: int) -> None:
    texts = {compose(words, seed=seed) for seed in range(5)}
    assert len(texts) == 5
    for text in texts:
        assert len(text.split()) == words and text.split()[0] == UNIQUE and text.count(UNIQUE) == 1


def test_a_signed_path_names_who_acts() -> None:
    author = Author(7, "ada")
    assert APIS["discourse"].sign("/x", key="k", author=author) == ("/x", {"Api-Key": "k", "Api-Username": "ada"})
    assert APIS["nodebb"].sign("/x", key="k", author=author) == ("/x?_uid=7", {"Authorization": "Bearer k"})
