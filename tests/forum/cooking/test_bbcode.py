"""BBCode: quotes, code, details, spoilers, and tags inside a paragraph."""

import pytest

from tertulia.forum.cooking import CookContext, Quote, cook
from tests.forum.cooking.tree import html_of

QUOTE = """<aside class="quote no-group" data-username="sam" data-post="3" data-topic="7" data-full="true">
<div class="title">
<div class="quote-controls"></div>
 sam:</div>
<blockquote>
<p>hello</p>
</blockquote>
</aside>
<p>reply</p>"""


def test_a_quote_has_the_shape_that_clients_know() -> None:
    assert html_of('[quote="sam, post:3, topic:7, full:true"]\nhello\n[/quote]\nreply') == QUOTE


def test_a_quote_on_one_line_is_a_quote() -> None:
    html = html_of('[quote="sam, post:3, topic:7, full:true"]hello[/quote]\nreply')
    assert html == QUOTE


def test_a_quote_without_a_name_has_no_title() -> None:
    expected = '<aside class="quote no-group">\n<blockquote>\n<p>x</p>\n</blockquote>\n</aside>'
    assert html_of("[quote]\nx\n[/quote]") == expected


def test_quotes_nest() -> None:
    html = html_of('[quote="a"]\n[quote="b"]\nx\n[/quote]\ny\n[/quote]\nz')
    assert html.count("<aside") == html.count("</aside>") == 2
    assert html.index("<p>x</p>") < html.index("<p>y</p>") < html.rindex("</aside>") < html.index("<p>z</p>")


@pytest.mark.parametrize("raw", ['[quote="a"]x\ny\n[/quote]', '[quote="a"]\nx', "[quote]\nx [/quote]", "[/quote]"])
def test_a_quote_that_is_not_closed_on_its_own_line_stays_text(raw: str) -> None:
    html = html_of(raw)
    assert "<aside" not in html and "quote" in html


def test_behind_a_block_on_one_line_the_ends_of_other_blocks_are_left_out() -> None:
    expected = '<div class="spoiler">\n<p>x</p>\n</div>\n<p>y</p>'
    assert html_of("[spoiler]x[/spoiler][/quote]\n\ny") == expected
    assert html_of("[spoiler]x[/spoiler] [/quote] [/details] \ny") == expected
    assert html_of("[code]x[/code][/quote]") == '<pre><code class="lang-auto">x</code></pre>'


@pytest.mark.parametrize("rest", ["[/quote] y", "[/b]", " y", "[quote]"])
def test_behind_a_block_on_one_line_nothing_else_is_left_out(rest: str) -> None:
    assert html_of(f"[spoiler]x[/spoiler]{rest}") == f'<p><span class="spoiler">x</span>{rest}</p>'


def test_the_quotes_of_a_post_are_told_without_the_quotes_inside_them() -> None:
    raw = '[quote="Sam, post:1, topic:2"]\n[quote="inner"]\nx\n[/quote]\n[/quote]\n\n[quote="eve"]\ny\n[/quote]'
    assert cook(raw, context=CookContext()).quotes == (Quote("Sam", 1, 2), Quote("eve", None, None))


def test_the_name_in_a_quote_cannot_break_out_of_its_attribute() -> None:
    html = html_of('[quote="a\'><img src=x onerror=1>, post:1"]\nx\n[/quote]')
    assert "<img" not in html and "onerror" in html


INLINE = {
    "bold": ("[b]x[/b]", '<p><span class="bbcode-b">x</span></p>'),
    "capitals": ("[B]x[/B]", '<p><span class="bbcode-b">x</span></p>'),
    "nested": ("[b][i]x[/i][/b]", '<p><span class="bbcode-b"><span class="bbcode-i">x</span></span></p>'),
    "underline and strike": (
        "[u]x[/u] [s]y[/s]",
        '<p><span class="bbcode-u">x</span> <span class="bbcode-s">y</span></p>',
    ),
    "a tag that is not closed": ("[b]x", "<p>[b]x</p>"),
    "an end without beginning": ("x[/b]", "<p>x[/b]</p>"),
    "tags that cross": ("[b]1[i]2[/b]3[/i]", '<p><span class="bbcode-b">1[i]2</span>3[/i]</p>'),
    "Markdown inside": ("[b]*x*[/b]", '<p><span class="bbcode-b"><em>x</em></span></p>'),
    "a spoiler in a line": ("a [spoiler]x[/spoiler]", '<p>a <span class="spoiler">x</span></p>'),
    "an image": ("[img]https://a.example/b.png[/img]", '<p><img src="https://a.example/b.png" alt=""></p>'),
    "a picture in capitals": ("[IMG]/a.png[/IMG]", '<p><img src="/a.png" alt=""></p>'),
    "code in a line": ("a [code]<b> *x*[/code]", "<p>a <code>&lt;b&gt; *x*</code></p>"),
    "what upstream does not know": ("[color=red]x[/color]", "<p>[color=red]x[/color]</p>"),
    "a script as address": ("[url=javascript:alert(1)]x[/url]", "<p>[url=javascript:alert(1)]x[/url]</p>"),
}


@pytest.mark.parametrize("case", INLINE)
def test_tags_inside_a_paragraph(case: str) -> None:
    raw, expected = INLINE[case]
    assert html_of(raw) == expected


def test_addresses_in_tags_are_links() -> None:
    html = html_of("[url=https://a.example/]*x*[/url] [url]https://b.example/[/url] [url=c.example]y[/url]")
    rel = 'data-bbcode="true" rel="noopener nofollow ugc"'
    assert f'<a href="https://a.example/" {rel}><em>x</em></a>' in html
    assert f'<a href="https://b.example/" {rel}>https://b.example/</a>' in html
    assert f'<a href="https://c.example" {rel}>y</a>' in html


def test_code_that_ends_within_a_line_does_not_reach_to_the_next_one() -> None:
    html = html_of("[code]\na[/code]\ntext\n[code]\nb\n[/code]")
    assert html == '<p><code>a</code><br>\ntext</p>\n<pre><code class="lang-auto">b</code></pre>'


def test_an_indented_beginning_in_code_needs_no_end() -> None:
    assert html_of("[code]\na\n    [code]\n[/code]") == '<pre><code class="lang-auto">a\n    [code]</code></pre>'


def test_code_between_tags_is_a_code_block() -> None:
    assert html_of("[code]\na <b>\n\n*c*\n[/code]") == '<pre><code class="lang-auto">a &lt;b&gt;\n\n*c*</code></pre>'


def test_details_hide_what_they_hold() -> None:
    assert html_of('[details="More & more"]\nx\n[/details]') == (
        "<details>\n<summary>\nMore &amp; more</summary>\n<p>x</p>\n</details>"
    )


def test_a_spoiler_on_its_own_is_a_block() -> None:
    assert html_of("[spoiler]\nx\n[/spoiler]") == '<div class="spoiler">\n<p>x</p>\n</div>'
