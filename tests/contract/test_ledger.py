"""The ledger says the truth about the route table; its matching is shown on made-up rows first."""

import tomllib
from dataclasses import dataclass

import pytest

from contract.tools import ledger
from contract.tools.ledger import Entry


@dataclass(frozen=True)
class Row:
    """A made-up row: what the ledger reads of a real one."""

    method: str
    path: str
    dialect: str = "discourse"
    absent: str | None = None
    formats: tuple[str, ...] = ("json",)
    suffixes: tuple[str, ...] = (".json",)


def state(row: Row, *, asked: str, section: str = "discourse") -> str:
    method, _, path = asked.partition(" ")
    (entry,) = ledger.judge([row], entries=[Entry(section, method, path)])
    return entry.state


@pytest.mark.parametrize(
    ("row", "asked"),
    [
        (Row("GET", "/t/{slug}/{id:int}"), "GET /t/{slug}/{id}.json"),
        (Row("GET", "/u/{username}"), "GET /users/{username}.json"),
        (Row("GET", "/posts", formats=("json", "rss")), "GET /posts.rss"),
        (Row("GET", "/posts", suffixes=(".json", ".rss")), "GET /posts.rss"),
        (Row("GET", "/posts.rss", formats=("rss",)), "GET /posts.rss"),
        (Row("GET", "/posts/{id:int}/raw", formats=("text",)), "GET /posts/{id}/raw"),
        (Row("GET", "/p/{id:int}", dialect="pages", formats=("html",)), "GET /p/{post_id}"),
        (Row("GET", "/srv/status", dialect="", formats=("text",)), "GET /srv/status"),
        (Row("GET", "/t/{id:int}"), "HEAD /t/{id}"),
    ],
)
def test_a_row_that_answers_an_operation_makes_it_done(row: Row, asked: str) -> None:
    assert state(row, asked=asked) == "done"


@pytest.mark.parametrize(
    ("row", "asked"),
    [
        (Row("PUT", "/t/{id:int}"), "GET /t/{id}.json"),
        (Row("GET", "/t/{id:int}", dialect="nodebb"), "GET /t/{id}.json"),
        (Row("GET", "/t/{id:int}", dialect="pages"), "GET /t/{id}.json"),
        (Row("POST", "/p/{id:int}", dialect="pages"), "POST /p/{id}"),
        (Row("GET", "/posts"), "GET /posts.rss"),
        (Row("GET", "/posts.rss"), "GET /posts.json"),
        (Row("HEAD", "/t/{id:int}"), "GET /t/{id}"),
    ],
)
def test_a_row_of_another_method_dialect_or_format_leaves_it_pending(row: Row, asked: str) -> None:
    assert state(row, asked=asked) == "pending"


def test_one_dialect_serves_all_generations_of_its_paths() -> None:
    row = Row("POST", "/api/v3/topics", dialect="nodebb")
    assert state(row, asked="POST /api/v3/topics/", section="nodebb-v3") == "done"
    assert state(row, asked="POST /api/v2/topics", section="nodebb-v2") == "pending"


def test_an_absence_keeps_its_reason() -> None:
    row = Row("GET", "/admin/plugins/{rest:path}", absent="there are no plugins")
    (entry,) = ledger.judge([row], entries=[Entry("discourse", "GET", "/admin/plugins/explorer/groups.json")])
    assert (entry.state, entry.why) == ("absent", "there are no plugins")


def test_a_row_that_works_outweighs_an_absence() -> None:
    rows = [Row("GET", "/a/{rest:path}", absent="no such feature"), Row("GET", "/a/b")]
    (entry,) = ledger.judge(rows, entries=[Entry("discourse", "GET", "/a/b.json")])
    assert entry.state == "done"


def test_a_written_ledger_reads_back() -> None:
    entries = [
        Entry("discourse", "GET", "/a.json", "done"),
        Entry("discourse", "PUT", "/a/{id}.json", "absent", 'says "no"'),
        Entry("nodebb-v3", "GET", "/api/v3/a"),
    ]
    assert ledger.read(ledger.render(entries)) == entries


def test_the_summary_counts_every_api_and_all_together() -> None:
    entries = [
        Entry("discourse", "GET", "/a", "done"),
        Entry("discourse", "GET", "/b"),
        Entry("nodebb-v1", "GET", "/c"),
    ]
    lines = ledger.summary(entries).splitlines()
    assert lines[2] == "| Discourse | 1 | 0 | 1 |"
    assert lines[-1] == "| all | 1 | 0 | 2 |"


def test_the_table_goes_between_the_markers_and_nowhere_else() -> None:
    text = "top\n<!-- ledger -->\nold\n<!-- /ledger -->\nend\n"
    assert ledger.insert(text, table="new\n") == "top\n<!-- ledger -->\nnew\n<!-- /ledger -->\nend\n"
    with pytest.raises(ValueError, match="markers"):
        ledger.insert("no markers here", table="new\n")


def test_the_contract_holds_every_operation_of_the_upstreams() -> None:
    counts = {}
    for section, (_, _, file) in ledger.SECTIONS.items():
        counts[section] = len(tomllib.loads((ledger.CONTRACT / file).read_text("utf-8"))["operations"])
    expected = {"discourse": 477, "nodebb-v3": 207, "nodebb-read": 161, "nodebb-v2": 52, "nodebb-v1": 38}
    assert counts == expected


def test_no_promise_is_counted_twice() -> None:
    keys = [(entry.section, entry.key) for entry in ledger.promises()]
    assert len(keys) == len(set(keys))


@pytest.fixture(scope="module")
def judged() -> list[Entry]:
    from tertulia.app import route_table

    return ledger.judge(route_table().rows, entries=ledger.promises())


def test_the_ledger_equals_what_the_route_table_says(judged: list[Entry]) -> None:
    print(ledger.summary(judged))
    written = ledger.read(ledger.LEDGER.read_text("utf-8"))
    wrong = [f"{entry.key}: {entry.state}" for entry in judged if entry not in set(written)]
    assert (wrong, len(written)) == ([], len(judged)), "run: python contract/tools/ledger.py --write"


def test_every_absence_of_the_ledger_has_a_reason(judged: list[Entry]) -> None:
    assert [entry.key for entry in judged if entry.state == "absent" and len(entry.why) < 10] == []


def test_the_readme_shows_the_counts_of_the_ledger(judged: list[Entry]) -> None:
    text = ledger.README.read_text("utf-8")
    shown = ledger.insert(text, table=ledger.summary(judged))
    assert shown == text, "run: python contract/tools/ledger.py --write"
