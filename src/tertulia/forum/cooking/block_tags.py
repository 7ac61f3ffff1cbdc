"""BBCode that stands on its own lines: quotes, code, details, spoilers, grids, wraps, polls.

A tag either fills one line with its end tag last, or stands alone and its end tag stands alone too. What other blocks
are ended with behind the end tag on one line ends nothing, and is left out, as upstream.
Read next: tags.py for one tag, inline_tags.py for tags inside a paragraph.
"""

import re
from collections.abc import Callable
from html import escape

from markdown_it.rules_block import StateBlock

from tertulia.forum.cooking import budget
from tertulia.forum.cooking.cooked import Quote
from tertulia.forum.cooking.polls import shape_poll
from tertulia.forum.cooking.tags import Tag, read_tag

_NUMBER = re.compile(r"(post|topic):\s*(\d{1,18})$")


def block_tag(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """Turn a BBCode block that begins at line `first` into tokens; False when there is none."""
    if state.is_code_block(first):
        return False
    start, end = state.bMarks[first] + state.tShift[first], state.eMarks[first]
    if start >= end or state.src[start] != "[":
        return False
    tag = read_tag(state.src, start=start, end=end)
    if tag is None or tag.closing or tag.name not in _BLOCKS:
        return False
    if silent:
        # As upstream, the tag ends the paragraph before it even when its own end is missing.
        return True
    rest = state.src[tag.end : end].rstrip()
    if rest:
        return _one_line(state, tag, rest, first)
    close = _closing_line(state, tag.name, first, last)
    if close is None:
        return False
    _several_lines(state, tag, first, close)
    return True


def _one_line(state: StateBlock, tag: Tag, rest: str, line: int) -> bool:
    ending = f"[/{tag.name}]"
    rest = _without_stray_ends(rest, ending=ending)
    if not rest.lower().endswith(ending) or ending in rest[: -len(ending)].lower():
        return False
    body = rest[: -len(ending)]
    if tag.name == "code":
        _push_code(state, tag, body, line, line + 1)
    else:
        _open(state, tag, line, line + 1)
        state.push("paragraph_open", "p", 1).map = [line, line + 1]
        inline = state.push("inline", "", 0)
        inline.content, inline.map, inline.children = body, [line, line + 1], []
        state.push("paragraph_close", "p", -1)
        _close(state, tag)
    state.line = line + 1
    return True


def _without_stray_ends(rest: str, *, ending: str) -> str:
    """The line up to `ending` when nothing but end tags of other blocks follows it, else the line as it is."""
    end = len(rest)
    while (start := rest.rfind("[", 0, end)) >= 0:
        last = rest[start:end].lower()
        if last == ending:
            return rest[:end]
        if last not in _STRAY_ENDS:
            break
        end = start
        while end and rest[end - 1].isspace():
            end -= 1
    return rest


def _closing_line(state: StateBlock, name: str, first: int, last: int) -> int | None:
    if budget.exhausted(state.env):
        return None
    depth = 0
    for line in range(first + 1, last):
        start, end = state.bMarks[line] + state.tShift[line], state.eMarks[line]
        if start < end and state.sCount[line] < state.blkIndent:
            break
        if start >= end or state.src[start] != "[" or state.is_code_block(line):
            continue
        tag = read_tag(state.src, start=start, end=end)
        if tag is None or tag.name != name or state.src[tag.end : end].strip():
            continue
        if not tag.closing:
            depth += 1
        elif depth:
            depth -= 1
        else:
            return line
    budget.spend(state.env, cost=8 * (last - first))
    return None


def _several_lines(state: StateBlock, tag: Tag, first: int, close: int) -> None:
    # Each level reads its lines once more, so the lines of a closed block are paid for as well.
    budget.spend(state.env, cost=close - first)
    if tag.name == "code":
        text = state.getLines(first + 1, close, state.blkIndent, True)
        _push_code(state, tag, text, first, close + 1)
    else:
        outer_type, outer_end = state.parentType, state.lineMax
        state.parentType, state.lineMax = "blockquote", close
        opening = len(state.tokens)
        _open(state, tag, first, close + 1)
        state.md.block.tokenize(state, first + 1, close)
        if tag.name == "poll":
            shape_poll(state, tag, opening)
            state.level -= 1
        else:
            _close(state, tag)
        state.parentType, state.lineMax = outer_type, outer_end
    state.line = close + 1


def _push_code(state: StateBlock, tag: Tag, text: str, first: int, after: int) -> None:
    token = state.push("fence", "code", 0)
    token.info, token.markup, token.map = tag.value or tag.attributes.get("lang", ""), "```", [first, after]
    token.content = text.strip("\n")


def _open(state: StateBlock, tag: Tag, first: int, after: int) -> None:
    token = state.push(f"{tag.name}_open", "", 1)
    token.block, token.map, token.content = True, [first, after], _BLOCKS[tag.name](tag)
    if tag.name == "quote" and tag.value:
        token.meta["quote"] = read_quote(tag.value)


def _close(state: StateBlock, tag: Tag) -> None:
    token = state.push(f"{tag.name}_close", "", -1)
    token.block, token.content = True, _ENDS[tag.name]


def read_quote(value: str) -> Quote:
    """Read the attribution `username, post:1, topic:2, full:true` of a quote."""
    parts = [part.strip() for part in value.split(",")]
    numbers = {match[1]: int(match[2]) for part in parts[1:] if (match := _NUMBER.match(part))}
    return Quote(parts[0], numbers.get("post"), numbers.get("topic"))


def _quote(tag: Tag) -> str:
    if not tag.value:
        return '<aside class="quote no-group">\n<blockquote>\n'
    quote = read_quote(tag.value)
    attributes = f' data-username="{escape(quote.username)}"'
    if quote.post_number is not None:
        attributes += f' data-post="{quote.post_number}"'
    if quote.topic_id is not None:
        attributes += f' data-topic="{quote.topic_id}"'
    if any(part.strip() == "full:true" for part in tag.value.split(",")[1:]):
        attributes += ' data-full="true"'
    return (
        f'<aside class="quote no-group"{attributes}>\n<div class="title">\n'
        f'<div class="quote-controls"></div>\n {escape(quote.username)}:</div>\n<blockquote>\n'
    )


def _details(tag: Tag) -> str:
    opened = " open" if tag.attributes.get("open") or tag.value == "open" else ""
    return f"<details{opened}>\n<summary>\n{escape(tag.value or 'Summary')}</summary>\n"


def _spoiler(tag: Tag) -> str:
    return f'<div class="{tag.name}">\n'


def _grid(tag: Tag) -> str:
    mode = tag.attributes.get("mode")
    return '<div class="d-image-grid"' + (f' data-mode="{escape(mode)}"' if mode else "") + ">\n"


def _wrap(tag: Tag) -> str:
    return f"<div{wrap_attributes(tag)}>\n"


def wrap_attributes(tag: Tag) -> str:
    """Write the attributes of `[wrap=name key=value]`; what may not stay is dropped after cooking."""
    own = "".join(f' data-{key}="{escape(text)}"' for key, text in tag.attributes.items())
    return ' class="d-wrap"' + (f' data-wrap="{escape(tag.value)}"' if tag.value else "") + own


def _poll(tag: Tag) -> str:
    return ""


def _code(tag: Tag) -> str:
    return f'<pre><code class="lang-{escape(tag.value or "auto")}">'


_BLOCKS: dict[str, Callable[[Tag], str]] = {
    "quote": _quote,
    "details": _details,
    "spoiler": _spoiler,
    "code": _code,
    "grid": _grid,
    "wrap": _wrap,
    "poll": _poll,
}
_STRAY_ENDS = frozenset(f"[/{name}]" for name in _BLOCKS)
_ENDS = {
    "quote": "</blockquote>\n</aside>\n",
    "details": "</details>\n",
    "spoiler": "</div>\n",
    "grid": "</div>\n",
    "wrap": "</div>\n",
}
