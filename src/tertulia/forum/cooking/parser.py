"""The Markdown parser: CommonMark with the rules of this package, built once at first use.

Importing this module imports markdown-it; pipeline.py does so only when something is cooked.
Read next: block_tags.py, polls.py, footnotes.py, inline_tags.py, dates.py, linking.py, typographer.py, text.py,
boxes.py, markup.py in this order.
"""

import re
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock, html_block, table
from markdown_it.rules_core import replace
from markdown_it.rules_inline import StateInline, html_inline, image, link, linkify, newline

from tertulia.forum.cooking import (
    block_tags,
    boxes,
    dates,
    footnotes,
    inline_tags,
    linking,
    markup,
    text,
    typographer,
)
from tertulia.forum.cooking.budget import exhausted, find_once, guarded, spend

# Quotes, lists and brackets deeper than this are cut: it bounds the stack and the time of one post.
DEEPEST = 40
_FREE_CELLS = 1000


@cache
def parser() -> MarkdownIt:
    """Return the parser; it keeps no state between posts."""
    options = {"html": True, "linkify": True, "typographer": True, "breaks": True, "maxNesting": DEEPEST}
    parser = MarkdownIt("js-default", options)
    alternatives: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    parser.block.ruler.after("fence", "bbcode", block_tags.block_tag, alternatives)
    parser.block.ruler.at("html_block", _html_block, {"alt": ["paragraph", "reference", "blockquote"]})
    parser.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    parser.block.ruler.before("reference", "footnote", footnotes.definition, {"alt": ["paragraph", "reference"]})
    parser.inline.ruler.at("newline", _newline)
    parser.inline.ruler.at("linkify", _scheme)
    parser.inline.ruler.at("link", guarded(link))
    parser.inline.ruler.at("image", guarded(image))
    parser.inline.ruler.before("link", "note", footnotes.inline_note)
    parser.inline.ruler.before("link", "note_reference", footnotes.reference)
    parser.inline.ruler.before("link", "date", dates.date_tag)
    parser.inline.ruler.at("html_inline", _html)
    parser.inline.ruler.push("bbcode", inline_tags.inline_tag)
    parser.inline.ruler2.before("fragments_join", "bbcode", inline_tags.pair_tags)
    parser.core.ruler.after("inline", "footnotes", footnotes.gather)
    parser.core.ruler.at("linkify", linking.link_addresses)
    parser.core.ruler.at("replacements", replace)
    parser.core.ruler.before("replacements", "escaped", typographer.join_escaped)
    parser.core.ruler.at("smartquotes", typographer.curl_quotes)
    parser.core.ruler.after("smartquotes", "names", text.name_things)
    parser.core.ruler.push("boxes", markup.mark_boxes)
    parser.core.ruler.push("links", boxes.mark_links)
    assert parser.linkify is not None
    parser.linkify.tlds(list(linking.TLDS))
    for name in ("fence", "table_open", "table_close", "image"):
        parser.add_render_rule(name, getattr(markup, name))
    parser.add_render_rule("poll_text", markup.ready_markup)
    for name in ("quote", "details", "spoiler", "grid", "wrap", "poll"):
        parser.add_render_rule(f"{name}_open", markup.ready_markup)
        parser.add_render_rule(f"{name}_close", markup.ready_markup)
    return parser


def _html_block(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """Read a block of HTML; images and what is no element, such as `<?xml`, begin a paragraph instead."""
    start = state.bMarks[first] + state.tShift[first]
    if state.src.startswith(("<?", "<![", "<!D", "<!d"), start) or state.src[start : start + 4].lower() == "<img":
        return False
    return html_block(state, first, last, silent)


def _table(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """Read a table, unless nearly all of it is missing cells, which would be written out."""
    if not silent and table(state, first, last, True):
        if exhausted(state.env):
            return False
        rows = next((line for line in range(first, last) if state.isEmpty(line)), last) - first
        columns = state.src.count("|", state.bMarks[first], state.eMarks[first]) + 1
        spend(state.env, cost=8 * rows)
        if columns * rows > _FREE_CELLS + len(state.src):
            return False
    return table(state, first, last, silent)


_ADDRESS_END = re.compile(r"\[/[a-zA-Z]{1,20}\]|~~|\s")


def _scheme(state: StateInline, silent: bool) -> bool:
    """Read an address with a scheme, up to a closing tag or a mark of strike-through; the look back is paid for."""
    if not state.src.startswith("://", state.pos) or exhausted(state.env):
        return False
    spend(state.env, cost=len(state.pending))
    before, whole = state.pos, state.src
    ending = _ADDRESS_END.search(state.src, state.pos)
    if ending is not None and not ending[0].isspace():
        state.src = whole[: ending.start()]
    try:
        linked = linkify(state, silent)
    finally:
        state.src = whole
    if linked and not silent:
        scheme = state.tokens[-2].content.partition(":")[0]
        # As typed: `%20` is not read. But `&amp;` is, for addresses are copied from HTML, and such lead nowhere.
        state.tokens[-2].content = scheme + whole[before : state.pos].replace("&amp;", "&")
        state.tokens[-3].attrs["href"] = str(state.tokens[-3].attrs["href"]).replace("&amp;", "&")
    return linked


def _newline(state: StateInline, silent: bool) -> bool:
    """Read the end of a line; the token notes whether the next line begins with a space."""
    indented = state.src[state.pos + 1 : state.pos + 2] in (" ", "\t")
    if not newline(state, silent):
        return False
    if indented and not silent:
        state.tokens[-1].meta["indented"] = True
    return True


def _html(state: StateInline, silent: bool) -> bool:
    """Read an HTML tag or a comment; other declarations stay text, for they may never end."""
    source, start = state.src, state.pos
    if source.startswith("<?", start) and (end := find_once(state, "?>", start=start + 2)) >= 0:
        if not silent:  # shown as typed: its quotes stay straight, and nothing in it is a name
            token = state.push("text_special", "", 0)
            token.content = token.markup = source[start : end + 2]
            token.info = "declaration"
        state.pos = end + 2
        return True
    if source.startswith(("<!", "<?"), start):
        end = find_once(state, "-->", start=start + 4) if source.startswith("<!--", start) else -1
        if end < 0:
            return False
        state.pos = end + 3
        return True
    return html_inline(state, silent)
