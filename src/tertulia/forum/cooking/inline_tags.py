"""BBCode inside a paragraph: [b] [i] [u] [s] [url] [img] [email] [code] [spoiler] [wrap].

What Discourse does not know ([color], [size], [list]) stays text, as there.
Read next: tags.py, block_tags.py.
"""

from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from tertulia.forum.cooking.budget import find_once
from tertulia.forum.cooking.tags import Tag, read_tag

_SPANS = {"b": "bbcode-b", "i": "bbcode-i", "u": "bbcode-u", "s": "bbcode-s", "spoiler": "spoiler", "wrap": "d-wrap"}
_RAW = ("img", "code", "email")
_SAFE_STARTS = ("http://", "https://", "//", "/", "mailto:")


def inline_tag(state: StateInline, silent: bool) -> bool:
    """Turn one BBCode tag into tokens; tags that must pair are marked here and paired by `pair_tags`."""
    if state.src[state.pos] != "[":
        return False
    tag = read_tag(state.src, start=state.pos, end=state.posMax)
    if tag is None:
        return False
    if not tag.closing and (tag.name in _RAW or (tag.name == "url" and not tag.value)):
        return _raw(state, tag, silent)
    if tag.name not in _SPANS and tag.name != "url":
        return False
    if not silent:
        if tag.name == "url":  # an address inside is the link's text
            opens = not tag.closing and find_once(state, "[/url]", start=tag.end) >= 0
            state.linkLevel = max(0, state.linkLevel - 1) if tag.closing else state.linkLevel + opens
        token = state.push("text", "", 0)
        token.content = state.src[state.pos : tag.end]
        token.meta = {"tag": tag}
        # The joining of text runs before the pairing; an own type keeps the tag apart until then.
        token.type = "bbcode"
    state.pos = tag.end
    return True


def _raw(state: StateInline, tag: Tag, silent: bool) -> bool:
    written = state.src[state.pos + 1 : state.pos + 1 + len(tag.name)]  # `[IMG]` ends with `[/IMG]`
    ending = f"[/{tag.name}]"
    close = find_once(state, ending, start=tag.end)
    if close < 0 and written != tag.name:
        close = find_once(state, f"[/{written}]", start=tag.end)
    if close < 0:
        return False
    if not silent:
        body = state.src[tag.end : close]
        if not _push_raw(state, tag.name, body):
            return False
    state.pos = close + len(ending)
    return True


def _push_raw(state: StateInline, name: str, body: str) -> bool:
    if name == "code":
        token = state.push("code_inline", "code", 0)
        token.content = body.strip("\n")
        return True
    url = state.md.normalizeLink(body.strip())
    if name == "email":
        url = f"mailto:{url}"
    if name == "url" and not url.lower().startswith(_SAFE_STARTS) and "." in url and ":" not in url:
        url = f"http://{url}"
    if not url.lower().startswith(_SAFE_STARTS) or not state.md.validateLink(url) or " " in body.strip():
        return False
    if name == "img":
        token = state.push("image", "img", 0)
        token.attrs, token.children, token.content = {"src": url, "alt": ""}, [], ""
        return True
    token = state.push("link_open", "a", 1)
    token.attrs = {"href": url, "data-bbcode": "true"}
    token.info = "auto"
    state.push("text", "", 0).content = body
    state.push("link_close", "a", -1).info = "auto"
    return True


def pair_tags(state: StateInline) -> None:
    """Pair the marked tags of one paragraph, each end with the nearest beginning; the others become text."""
    marked = [index for index, token in enumerate(state.tokens) if token.type == "bbcode"]
    opened: list[int] = []
    waiting: dict[str, int] = {}
    for index in marked:
        token = state.tokens[index]
        tag: Tag = token.meta["tag"]
        token.type = "text"
        if not tag.closing:
            opened.append(index)
            waiting[tag.name] = waiting.get(tag.name, 0) + 1
        elif waiting.get(tag.name):
            while True:
                start = opened.pop()
                name = state.tokens[start].meta["tag"].name
                waiting[name] -= 1
                if name == tag.name:
                    break
            _pair(state, state.tokens[start], token, name)


def _pair(state: StateInline, start: Token, end: Token, name: str) -> None:
    if name == "url":
        href = state.md.normalizeLink(start.meta["tag"].value)
        if not href.lower().startswith(_SAFE_STARTS):
            href = f"https://{href}" if "." in href and ":" not in href else ""
        if not href or not state.md.validateLink(href):
            return
        start.type, start.tag, start.attrs = "link_open", "a", {"href": href, "data-bbcode": "true"}
        end.type, end.tag = "link_close", "a"
    else:
        tag: Tag = start.meta["tag"]
        own = {f"data-{key}": text for key, text in tag.attributes.items()} if name == "wrap" else {}
        named = {"data-wrap": tag.value} if name == "wrap" and tag.value else {}
        start.type, start.tag, start.attrs = "span_open", "span", {"class": _SPANS[name], **named, **own}
        end.type, end.tag = "span_close", "span"
    start.content = end.content = ""
    start.nesting, end.nesting = 1, -1
