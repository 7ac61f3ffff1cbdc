"""The shape of cooked Markdown is the one Discourse gives it."""

import pytest

from tertulia.forum.cooking import CookContext, cook
from tests.forum.cooking.tree import html_of

SHAPES = {
    "a single line break": ("one\ntwo", "<p>one<br>\ntwo</p>"),
    "two paragraphs": ("one\n\ntwo", "<p>one</p>\n<p>two</p>"),
    "emphasis": ("*a* **b** ~~c~~", "<p><em>a</em> <strong>b</strong> <s>c</s></p>"),
    "curly quotes": ('"it\'s" -- so...', "<p>“it’s” – so…</p>"),
    "quotes that nest": ("'a \"b\" c'", "<p>‘a “b” c’</p>"),
    "quotes between punctuation": ('x("-a")', '<p>x("-a")</p>'),
    "a quote at the beginning of a line": ('a\n"b" c', "<p>a<br>\n“b” c</p>"),
    "quotes and dots behind a backslash": ('\\"a\\" C:\\..\\..', "<p>“a” C:…</p>"),
    "emoji and names behind a backslash": ("\\:smile: \\@anna", "<p>:smile: @anna</p>"),
    "what belongs to code": ("`Node`'s", "<p><code>Node</code>'s</p>"),
    "inches": ('a 12" disc', '<p>a 12" disc</p>'),
    "fenced code": ("```cpp\nint a<b>;\n```", '<pre><code class="lang-cpp">int a&lt;b&gt;;\n</code></pre>'),
    "fenced code, no language": ("```\nx\n```", '<pre><code class="lang-auto">x\n</code></pre>'),
    "indented code": ("    x = '1'", "<pre><code>x = '1'\n</code></pre>"),
    "code keeps its quotes": ('`"a" -- b`', '<p><code>"a" -- b</code></p>'),
    "a heading": ("## Two", "<h2>Two</h2>"),
    "a list from three": ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
    "raw HTML that is allowed": ("10<sup>-5</sup> <kbd>Ctrl</kbd>", "<p>10<sup>-5</sup> <kbd>Ctrl</kbd></p>"),
    "an image in HTML begins a paragraph": ('<img src="/a.png">', '<p><img src="/a.png"></p>'),
    "an XML declaration is text": ("<?xml?>", "<p>&lt;?xml?&gt;</p>"),
    "a declaration keeps its quotes and names": ('a\n<?x y="@anna"?>', '<p>a<br>\n&lt;?x y="@anna"?&gt;</p>'),
    "a declaration without an end": ('<?x y="1" *b*', "<p>&lt;?x y=“1” <em>b</em></p>"),
    "what terminals print and nobody sees": ("a\x1b[1mb `\x1fc`", "<p>a[1mb <code>c</code></p>"),
    "a sized image": (
        "![cat|690x388](https://a.example/c.png)",
        '<p><img src="https://a.example/c.png" width="690" height="388" alt="cat"></p>',
    ),
    "a scaled image": (
        "![cat|690x388, 50%](/c.png)",
        '<p><img src="/c.png" width="345" height="194" alt="cat"></p>',
    ),
    "an uploaded image": (
        "![cat](upload://aBc.png)",
        '<p><img src="/uploads/short-url/aBc.png" data-base62-sha1="aBc" alt="cat"></p>',
    ),
    "a film": (
        "![x|video](upload://a.mp4)",
        '<p><video controls="" preload="metadata"><source src="/uploads/short-url/a.mp4"></video></p>',
    ),
    "boxes to tick": (
        "- [ ] a\n- [x] b",
        '<ul>\n<li><span class="chcklst-box fa fa-square-o fa-fw"></span> a</li>\n'
        '<li><span class="chcklst-box checked fa fa-square-check-o fa-fw"></span> b</li>\n</ul>',
    ),
    "no boxes elsewhere": ("a[x] b\n[ ] c", "<p>a[x] b<br>\n[ ] c</p>"),
    "an attachment": (
        "[report.pdf|attachment](upload://q.pdf)",
        '<p><a href="/uploads/short-url/q.pdf" class="attachment">report.pdf</a></p>',
    ),
}


@pytest.mark.parametrize("case", SHAPES)
def test_markdown_cooks_to_the_shape_of_discourse(case: str) -> None:
    raw, expected = SHAPES[case]
    assert html_of(raw) == expected


def test_addresses_of_a_forum_below_a_path_keep_the_path() -> None:
    context = CookContext(base_url="https://a.example/forum/")
    html = html_of("![x](upload://a.png) [f|attachment](upload://b.pdf) @sam", context)
    assert 'src="/forum/uploads/short-url/a.png"' in html
    assert 'href="/forum/uploads/short-url/b.pdf"' in html
    assert 'href="/forum/u/sam"' in html


def test_a_table_stands_in_its_own_box_with_alignment() -> None:
    html = html_of("|a|b|\n|:-:|--:|\n|1|2|")
    assert html.startswith('<div class="md-table">\n<table>') and html.endswith("</table>\n</div>")
    assert '<th style="text-align:center">a</th>' in html and '<td style="text-align:right">2</td>' in html


def test_a_bare_address_alone_on_its_line_is_a_onebox() -> None:
    html = html_of("see\nhttps://a.example/x\nand https://a.example/y there")
    assert '<a href="https://a.example/x" class="onebox" target="_blank"' in html
    assert html.count("onebox") == 1


def test_addresses_become_links_only_with_a_known_ending_or_a_scheme() -> None:
    html = html_of("foo.com, www.bar.xyz, libfoo.so, log.Info, sam@foo.com, ftp://a.b")
    assert 'href="http://foo.com"' in html and 'href="mailto:sam@foo.com"' in html
    assert "libfoo.so," in html and "log.Info," in html


def test_links_that_lead_outside_are_marked_and_links_inside_are_not() -> None:
    context = CookContext(base_url="https://forum.example")
    cooked = cook(
        "[in](/t/1) [also](https://forum.example/t/2) [out](https://a.example/) <a href='//b.example' rel='x'>c</a>",
        context=context,
    )
    assert '<a href="/t/1">in</a>' in cooked.html and '<a href="https://forum.example/t/2">also</a>' in cooked.html
    assert '<a href="https://a.example/" rel="noopener nofollow ugc">out</a>' in cooked.html
    assert '<a href="//b.example" rel="noopener nofollow ugc">c</a>' in cooked.html
    assert [link.internal for link in cooked.links] == [True, True, False, False]


def test_links_of_trusted_members_are_followed() -> None:
    html = html_of("https://a.example/x y", CookContext(nofollow=False))
    assert 'rel="noopener"' in html and "nofollow" not in html


def test_links_inside_quotes_are_not_links_of_the_post() -> None:
    cooked = cook('[quote="sam"]\nhttps://a.example/x\n[/quote]\nhttps://b.example/', context=CookContext())
    assert [link.url for link in cooked.links] == ["https://b.example/"]
    assert cooked.link_count == 1


def test_images_are_counted_without_emoji() -> None:
    cooked = cook("![a](/a.png) :smile: ![b](/b.png)", context=CookContext())
    assert cooked.has_media == 2


@pytest.mark.parametrize("raw", ["", " ", "\n\n", "\0", "\ud800", "\u202e", "\ufeff", "a\r\nb\rc", "\x0b\x0c"])
def test_any_text_can_be_cooked(raw: str) -> None:
    assert isinstance(html_of(raw), str)
