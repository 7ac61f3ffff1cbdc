"""Footnotes, in the shape of upstream's plugin."""

import re

from tertulia.forum.cooking import CookContext, cook
from tests.forum.cooking.tree import html_of, tree_of

BOTH = "one[^a] two^[in *line*]\n\n[^a]: the @note\n\n    goes on"


def plain(html: str) -> str:
    """The HTML with the text's own mark taken out of the ids."""
    return re.sub(r"(footnote-(?:ref-)?)[0-9a-f]{8}-", r"\1X-", html)


def test_both_kinds_stand_at_the_end_in_order_of_mention() -> None:
    assert plain(html_of(BOTH)) == (
        '<p>one<sup class="footnote-ref"><a href="#footnote-X-1" id="footnote-ref-X-1">[1]</a></sup> '
        'two<sup class="footnote-ref"><a href="#footnote-X-2" id="footnote-ref-X-2">[2]</a></sup></p>\n'
        '<hr class="footnotes-sep">\n<section class="footnotes">\n<ol class="footnotes-list">\n'
        '<li id="footnote-X-1" class="footnote-item"><p>the <a class="mention" href="/u/note">@note</a></p>\n'
        '<p>goes on <a href="#footnote-ref-X-1" class="footnote-backref">↩︎</a></p>\n</li>\n'
        '<li id="footnote-X-2" class="footnote-item"><p>in <em>line</em> '
        '<a href="#footnote-ref-X-2" class="footnote-backref">↩︎</a></p>\n</li>\n</ol>\n</section>'
    )


def test_a_note_is_mentioned_like_any_text_and_its_own_links_are_no_links() -> None:
    cooked = cook(BOTH, context=CookContext())
    assert cooked.mentions == ("note",) and cooked.links == ()


def test_every_reference_leads_to_something() -> None:
    tree = tree_of(html_of(BOTH + "\n\nagain[^a]"))
    ids = set(tree.xpath("//@id"))
    targets = {href.removeprefix("#") for href in tree.xpath("//a/@href") if href.startswith("#footnote")}
    assert targets == ids and len(ids) == 5


def test_two_texts_have_different_ids() -> None:
    first, second = (set(tree_of(html_of(raw)).xpath("//@id")) for raw in (BOTH, f"{BOTH}."))
    assert not first & second


def test_a_note_that_nobody_refers_to_and_a_reference_to_nothing() -> None:
    assert html_of("[^1]: unused\n\ntext") == "<p>text</p>"
    assert html_of("a[^1] b ^[open") == "<p>a[^1] b ^[open</p>"


def test_a_note_may_end_in_code_and_stand_in_a_quote() -> None:
    html = plain(html_of("> q[^1]\n\n[^1]:\n    ```\n    code\n    ```"))
    assert "<blockquote>\n<p>q<sup" in html
    assert '<pre><code class="lang-auto">code\n</code></pre>\n<p> <a href="#footnote-ref-X-1"' in html


def test_there_is_no_note_within_a_note() -> None:
    html = html_of("^[a ^[b] c]")
    assert html.count("footnote-item") == 1 and "a ^[b] c" in html


def test_past_the_three_hundredth_reference_it_stays_text() -> None:
    html = html_of("^[a] " * 400)
    assert html.count("footnote-item") == 300 and html.count("^[a]") == 100
