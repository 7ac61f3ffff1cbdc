"""`tertulia cook`: what it prints, with and without a forum, and how it says that a line is broken."""

from __future__ import annotations

import json

from typer.testing import CliRunner, Result

from tests.cli.commands import invoke


def cook(text: str | bytes, *arguments: str) -> Result:
    from tertulia.cli.commands import application

    return CliRunner().invoke(application, ["cook", *arguments], input=text, prog_name="tertulia")


def test_the_markdown_of_standard_input_comes_out_as_html() -> None:
    answer = cook("hi **there** @somebody\r\n\r\nbye\x00\n")
    expected = '<p>hi <strong>there</strong> <a class="mention" href="/u/somebody">@somebody</a></p>\n<p>bye</p>\n'
    assert (answer.exit_code, answer.stdout, answer.stderr) == (0, expected, "")


def test_nothing_gives_an_empty_line() -> None:
    assert cook("").stdout == "\n"


def test_a_text_that_is_not_utf_8_is_refused() -> None:
    answer = cook(b"caf\xe9")
    assert (answer.exit_code, answer.stdout, answer.stderr) == (2, "", "tertulia: the text is not UTF-8\n")


def test_each_line_of_ndjson_gives_one_line() -> None:
    answer = cook('"a *b*"\n"c\\nd"\n""\n"\\ud800é"', "--ndjson")
    assert answer.exit_code == 0
    assert [json.loads(line) for line in answer.stdout.splitlines()] == [
        "<p>a <em>b</em></p>",
        "<p>c<br>\nd</p>",
        "",
        "<p>é</p>",
    ]


def test_a_broken_line_gives_null_and_is_named_and_the_others_are_rendered() -> None:
    answer = cook(b'"a"\n{"raw": 1}\n7\nnull\n[\n\xff\n\n"b"\n' + b"[" * 200_000 + b"\n", "--ndjson")
    assert answer.exit_code == 2
    rendered = [json.loads(line) for line in answer.stdout.splitlines()]
    assert rendered == ["<p>a</p>", None, None, None, None, None, None, "<p>b</p>", None]
    said = answer.stderr.splitlines()
    assert said[:3] == [
        "line 2 holds no JSON string: it is an object",
        "line 3 holds no JSON string: it is a number",
        "line 4 holds no JSON string: it is null",
    ]
    assert [line.split(" holds")[0] for line in said[3:7]] == ["line 5", "line 6", "line 7", "line 9"]
    assert said[7] == "tertulia: 7 of the lines could not be rendered"


def test_with_a_forum_only_its_people_are_mentioned(place: str) -> None:
    answer = cook('"@admin @nobody"\n', "--ndjson", "--data", place)
    assert answer.exit_code == 0, answer.stderr
    expected = '<p><a class="mention" href="/u/admin">@admin</a> <span class="mention">@nobody</span></p>'
    assert json.loads(answer.stdout) == expected
    assert cook("@admin\n", "--data", place).stdout == '<p><a class="mention" href="/u/admin">@admin</a></p>\n'


def test_without_a_forum_in_the_directory_it_says_so() -> None:
    answer = invoke("cook", "--data", "/no/such/place")
    assert answer.exit_code == 1
    assert "there is no forum in /no/such/place" in answer.stderr
