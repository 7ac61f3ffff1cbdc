"""Figures, aims and the report, from numbers that need no load."""

from __future__ import annotations

import pytest

from bench.serving.aims import judge_process, judge_rows, pick_aims
from bench.serving.figures import Figure, Row, Slice
from bench.serving.report import write_report
from bench.serving.wrk import Load


def load(requests: int, *, seconds: float = 2.0, p99: float = 0.004) -> Load:
    return Load(requests=requests, seconds=seconds, p50=0.001, p99=p99, longest=0.01, bytes=1)


def figure(*requests: int, cpu: float | None = 2.0, p99: float = 0.004) -> Figure:
    """Turns of two seconds each, of which the process had `cpu`."""
    return Figure([Slice(load(each, p99=p99), cpu) for each in requests])


def row(name: str, ours: Figure, ceiling: Figure, peer: Figure | None = None) -> Row:
    return Row(name=name, title=f"the {name}", bytes=40_900, ours=ours, ceiling=ceiling, peer=peer)


def test_a_ratio_is_of_all_turns_of_ours_to_all_turns_of_the_ceiling() -> None:
    made = row("topic", figure(12_000, 18_000), figure(40_000, 50_000, 60_000))
    assert made.ours.rate == 7_500 and made.ceiling.rate == 25_000
    assert made.ratio == pytest.approx(0.30)


def test_cpu_of_a_request_counts_those_beside_and_is_unknown_for_a_server_of_others() -> None:
    beside = Figure([Slice(load(900), 1.0, beside=load(100)), Slice(load(800), 1.0, beside=load(200))])
    assert beside.cpu == pytest.approx(0.001) and beside.share == pytest.approx(0.5)
    assert beside.rate == 425 and beside.beside_rate == 75
    assert figure(10, cpu=None).cpu is None and figure(10).beside_rate is None


def test_the_share_is_by_requests_or_by_cpu_whichever_is_less() -> None:
    waiting = row("reply-90", figure(1_000, cpu=0.2), figure(40_000))
    assert waiting.ratio == pytest.approx(0.025) and waiting.cpu_ratio == pytest.approx(0.25)
    assert waiting.share_of(waiting.ceiling) == pytest.approx(0.025)
    disturbed = row("topic", figure(20_000), figure(25_000, cpu=1.0))
    assert disturbed.ratio == pytest.approx(0.8)
    assert disturbed.share_of(disturbed.ceiling) == pytest.approx(0.4)


def test_aims_are_met_or_not_in_proportion_to_the_ceiling() -> None:
    ceiling = figure(42_000)  # 21,000 a second: half of the core that the numbers belong to
    rows = {
        "topic": row("topic", figure(26_000), ceiling),
        "topic-key": row("topic-key", figure(5_900), figure(42_000)),
        "reply-90": row("reply-90", figure(601), figure(42_000)),
        "under-writes": row("under-writes", figure(4_000, p99=0.019), ceiling),
    }
    judged = judge_rows(rows, pick_aims(postgres=False, redis=False))
    assert [(each.name, each.met) for each in judged] == [
        ("the topic", True),
        ("the topic-key", False),
        ("the reply-90", True),
        ("p99 of the under-writes", True),
    ]
    assert judged[1].wanted == "14.29% of the topic's ceiling (6,000/s on that core)"
    assert judged[3].wanted == "20.0 ms (10 ms on that core)"


def test_aims_that_need_the_ceiling_of_the_topic_are_left_out_without_it() -> None:
    rows = {"reply-90": row("reply-90", figure(9_000), figure(42_000))}
    assert judge_rows(rows, pick_aims(postgres=True, redis=False)) == []


def test_a_start_is_judged_by_what_it_would_take_on_that_core() -> None:
    half_as_fast = figure(42_000, cpu=None)  # in two seconds
    judged = judge_process(memory=1, start=1.9, ceiling=half_as_fast)[1]
    assert (judged.wanted, judged.met) == ("2.00 s (1.0 s on that core)", True)
    assert not judge_process(memory=1, start=2.1, ceiling=half_as_fast)[1].met
    assert not judge_process(memory=1, start=1.1, ceiling=None)[1].met


def test_each_engine_has_aims_of_its_own() -> None:
    rows = {"topic": row("topic", figure(14_000), figure(42_000))}  # a third
    met = {
        (postgres, redis): judge_rows(rows, pick_aims(postgres=postgres, redis=redis))[0].met
        for postgres in (False, True)
        for redis in (False, True)
    }
    assert met == {(False, False): False, (False, True): True, (True, False): True, (True, True): True}


def test_the_report_has_a_line_for_each_operation_aim_and_peer() -> None:
    rows = [
        row("topic", figure(20_000), figure(40_000), figure(1_000, cpu=None)),
        row("latest", figure(10_000), figure(40_000)),
    ]
    judged = judge_process(memory=300_000_000, start=0.4, ceiling=None)
    report = write_report({"machine": "a small one"}, rows, judged)
    assert [line for line in report.splitlines() if line.startswith(("#", "-", "|"))] == [
        "# What one core serves",
        "- machine: a small one",
        "## Operations",
        "| operation | answer | ours /s | ceiling /s | ratio | by CPU | p50 ms | p99 ms | its p99 | CPU us | core |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        "| the topic | 40.9 kB | 10,000 | 20,000 | 50.0% | 50.0% | 1.00 | 4.00 | 4.00 | 100 | 100% |",
        "| the latest | 40.9 kB | 5,000 | 20,000 | 25.0% | 25.0% | 1.00 | 4.00 | 4.00 | 200 | 100% |",
        "## Beside the peer",
        "| operation | ours /s | peer /s | times | ours p50, p99 ms | peer p50, p99 ms |",
        "| --- | --- | --- | --- | --- | --- |",
        "| the topic | 10,000 | 500 | 20.0 | 1.00, 4.00 | 1.00, 4.00 |",
        "## Aims",
        "| aim | wanted here | reached | met |",
        "| --- | --- | --- | --- |",
        "| memory under load | 250 MB | 300 MB | **no** |",
        "| start to first answer | 1.0 s | 0.40 s | yes |",
    ]


def test_the_report_of_a_busy_machine_says_so() -> None:
    quiet = [row("topic", figure(10, cpu=0.1), figure(40_000, cpu=1.99))]
    busy = [*quiet, row("latest", figure(10), figure(40_000, cpu=1.0))]
    assert "quiet" not in write_report({}, quiet, [])
    assert "got only 50% of its core" in write_report({}, busy, [])
