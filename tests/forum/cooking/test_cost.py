"""A post costs time in proportion to its length, however it is made."""

import os
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from tertulia.forum.cooking import CookContext, cook, excerpt, fancy, find_mentions, plain_text, sanitize

LENGTH = 12_000
# Below this many seconds the clock and the cache say more than the text.
NOISE = 0.15

REPEATED = {
    "brackets": "[",
    "images": "![",
    "links without end": "[a](",
    "titles without end": '[a](b "',
    "emphasis": "*a **a ",
    "underscores": "_a __b ",
    "quote marks": "\"a 'b ",
    "block quotes": ">",
    "lists": "- ",
    "quotes without end": "[quote]\n",
    "bold without end": "[b]",
    "images without end": "[img]",
    "comments without end": "<!--",
    "declarations": "<?",
    "declarations that end": "<?a?>",
    "elements": "<div>",
    "formatting": "<i><p>",
    "attributes without end": '<a b="',
    "tables in tables": "<table><tr><td>",
    "lists in HTML": "<ul><li>",
    "mentions": "@a ",
    "emoji": ":a:",
    "addresses": "http://a.com/x ",
    "addresses in one word": "http://a.com,",
    "schemes in one word": "a://",
    "slashes": "//",
    "names in one word": "a.",
    "mail addresses": "a@b.com ",
    "entities": "&#",
    "colons": ":",
    "rulers": "a\n=\n",
    "backslashes": "\\",
    "quotes behind backslashes": '\\"a',
    "topics elsewhere": "http://a.co/t/a-b/1 ",
    "notes without end": "^[",
    "notes": "^[a] ",
    "notes in brackets": "^[[a](",
    "one note many times": "[^1] ",
    "definitions in one line": "[^1]: ",
    "definitions": "[^1]: a\n\n",
    "polls without end": "[poll]\n",
    "dates without end": "[date=2024-05-01 time=",
    "dates": "[date=2024-05-01]",
    "grids without end": "[grid]\n",
    "wraps": "[wrap=a b=c]",
    "frames without end": "<iframe src=",
    "frames": '<iframe src="https://a.com/"></iframe>',
    "films": "https://youtu.be/aaaaaaaaaaa\n\n",
    "words": "lorem ipsum dolor ",
}
MADE: dict[str, Callable[[int], str]] = {
    "back-ticks": lambda n: "".join("`" * i + " " for i in range(int((2 * n) ** 0.5))),
    "ends of other blocks": lambda n: "[spoiler]a" + "[/quote] " * (n // 9),
    "ends of other blocks behind the right one": lambda n: "[spoiler]a[/spoiler]" + " [/quote]" * (n // 9),
    "deep lists": lambda n: "\n".join("  " * (i % 100) + "- a" for i in range(n // 104)),
    "nested quotes": lambda n: "[quote]\n" * (n // 17) + "[/quote]\n" * (n // 17),
    "nested polls": lambda n: "[poll]\n" * (n // 15) + "- a\n" + "[/poll]\n" * (n // 15),
    "mentions of a note": lambda n: "[^a] " * (n // 5) + "\n\n[^a]: b",
    "mentions of many notes": lambda n: "".join(f"[^{i}] \n\n[^{i}]: b\n\n" for i in range(n // 24)),
    "distinct formatting": lambda n: "".join(f"<b title={i}>" for i in range(n // 30)) + "<p>x" * (n // 8),
    "wide tables": lambda n: "|a" * (n // 8) + "|\n" + "|-" * (n // 8) + "|\n" + "|x\n" * (n // 6),
    "references": lambda n: "".join(f"[a{i}]: b\n" for i in range(n // 20)) + "[a1]" * (n // 8),
}
CASES = MADE | {name: (lambda n, piece=piece: piece * (n // len(piece))) for name, piece in REPEATED.items()}


def _seconds(text: str) -> float:
    started = time.process_time()
    html = cook(text, context=CookContext()).html
    excerpt(html)
    plain_text(html)
    sanitize(text)
    fancy(text)
    find_mentions(text)
    return time.process_time() - started


@pytest.mark.parametrize("case", CASES)
def test_twice_the_text_costs_at_most_three_times_the_time(case: str) -> None:
    make = CASES[case]

    def is_in_proportion() -> bool:
        single = min(_seconds(make(LENGTH)) for _ in range(2))
        return min(_seconds(make(2 * LENGTH)) for _ in range(2)) <= 3 * single + NOISE

    assert any(is_in_proportion() for _ in range(3))  # a machine that is busy at times is not for three times


@pytest.mark.parametrize("case", ["brackets", "elements", "distinct formatting", "quotes without end", "wide tables"])
def test_the_result_is_not_much_longer_than_the_text(case: str) -> None:
    text = CASES[case](LENGTH)
    assert len(cook(text, context=CookContext()).html) <= 10 * len(text)
    assert len(sanitize(text)) <= 10 * len(text)


def test_names_past_the_thousandth_stay_text() -> None:
    html = cook(":) " * 1500, context=CookContext()).html
    assert html.count("<img") == 1000 and html.count(":) ") >= 499


def test_importing_the_package_imports_no_parser() -> None:
    program = "import sys, tertulia.forum.cooking; print(sorted({'markdown_it', 'nh3', 'lxml'} & set(sys.modules)))"
    paths = {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONIOENCODING": "utf-8"}
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=paths)
    assert run.stdout.strip() == "[]"
