"""Nothing leaves this package, or comes in from an archive, that a browser could run.

The allowlist does the work; before it, nesting is bounded, because the HTML parser's time and output grow
with the square of it. Read next: allowlist.py.
"""

import re
from functools import cache
from typing import Protocol

from tertulia.forum.cooking import allowlist
from tertulia.forum.cooking.allowlist import words

DEEPEST = 120

_FORMATTING = re.compile(r"<(b|big|em|font|i|nobr|s|small|strike|strong|tt|u)[\s/][^<>]*>", re.IGNORECASE)
_CODE_OPEN = re.compile(r"<code[\s/][^<>]*>", re.IGNORECASE)
_MOST_CODE_KINDS = 24
_GROWTH, _GROWTH_BASE = 4, 20_000
_IFRAME = re.compile(
    r'<iframe\b[^<>]{0,2000}?\ssrc="(https?://[^"<>]{1,2000})"[^<>]{0,2000}>\s{0,9}</iframe>', re.IGNORECASE
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_COMMENT = re.compile(r"<!--(?:(?!-->)[^<])*+-->")
_SCRIPT = re.compile(r"<script(?=[\s/>])[^<>]*>", re.IGNORECASE)
_TAG = re.compile(
    r"<(?:(/?)([a-zA-Z][a-zA-Z0-9-]*+)"
    r"(?:\s++[^\s\"'<>/=]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'<>=`]++))?+)*+\s*+/?>|(?=[a-zA-Z/!?]))"
)
_UNCOUNTED = words(
    """
    p li dt dd tr td th thead tbody tfoot col colgroup option br hr img wbr source input meta link area
    base embed param track
    """
)
_RAW_TEXT = words(
    """
    style script textarea title xmp iframe noembed noframes noscript plaintext svg math template select
    frameset object
    """
)


# What the HTML parser may read in its own way, so that it must see it: it drops these, or all they contain.
_PARSED = allowlist.TAGS | allowlist.SILENCED | words("iframe xmp noembed noframes plaintext frameset tbody html body")
_FOREIGN = re.compile(rf"</?(?!(?:{'|'.join(sorted(_PARSED))})[\s/>])[a-zA-Z]", re.IGNORECASE)


class _Cleaner(Protocol):
    def clean(self, html: str) -> str: ...


@cache
def _cleaner() -> _Cleaner:
    import nh3

    return nh3.Cleaner(
        tags=set(allowlist.TAGS),
        clean_content_tags=set(allowlist.SILENCED),
        attributes={tag: set(names) for tag, names in allowlist.ATTRIBUTES.items()},
        attribute_filter=allowlist.allowed_value,
        link_rel=None,
        url_schemes=set(allowlist.SCHEMES),
    )


def sanitize(html: str) -> str:
    """Return the HTML with only what a post may hold; frames become links, unknown tags leave their text.

    Works for our own cooked HTML and for that of real archives. Idempotent; time linear in the length.
    """
    # Half a surrogate pair is no character; the HTML parser takes none.
    html = html.encode("utf-8", "replace").decode()
    if (silent := _SCRIPT.search(html)) is not None:
        html = _without_lone_scripts(html, first=silent.start())
    if "<iframe" in html:
        html = _IFRAME.sub(r'<a href="\1">\1</a>', html)
    if _FOREIGN.search(html):
        html = _TAG.sub(_drop_foreign, html)
    if html.count("<") > DEEPEST:
        html = _bound(html)
    clean = _cleaner().clean(html)
    if len(clean) > _GROWTH * len(html) + _GROWTH_BASE:
        # Only unclosed formatting, repeated in every block, makes HTML grow like this.
        clean = _cleaner().clean(re.sub(r"</?(?:b|big|em|i|s|small|strike|strong|tt|u|code)\b[^<>]*>", "", html))
    # Feeds are XML, which has no such characters. Replaced, not dropped: dropping could join up a scheme.
    return _CONTROL.sub("\ufffd", clean)


def _drop_foreign(match: re.Match[str]) -> str:
    """Nothing for a tag that no post may hold. The cleaner would drop `<path>` and `<int>` with all that follows."""
    return match[0] if match[2] is None or match[2].lower() in _PARSED else ""


def _without_lone_scripts(html: str, *, first: int) -> str:
    """The HTML without the tags `<script>` that nothing ends: `Get<Script>()` takes no text away, as upstream."""
    last = html.lower().rfind("</script", first)
    if last < 0:
        return _SCRIPT.sub("", html)
    return html[:last] + _SCRIPT.sub("", html[last:])


def _bound(html: str) -> str:
    """Drop the tags that would nest deeper than allowed, and the attributes that make formatting distinct."""
    html = _FORMATTING.sub(r"<\1>", html)
    if len(set(_CODE_OPEN.findall(html))) > _MOST_CODE_KINDS:
        html = _CODE_OPEN.sub("<code>", html)
    if html.count("<") - html.count("</") <= DEEPEST:
        return html
    if "<!--" in html:
        html = _COMMENT.sub("", html)
    opened: dict[str, int] = {}
    depth = 0

    def keep(match: re.Match[str]) -> str:
        nonlocal depth
        if match[2] is None:
            return "&lt;"
        name = match[2].lower()
        if name in _RAW_TEXT:
            return ""
        if name in _UNCOUNTED:
            return match[0]
        if match[1]:
            if opened.get(name):
                opened[name] -= 1
                depth -= 1
            return match[0]
        if depth >= DEEPEST:
            return ""
        opened[name] = opened.get(name, 0) + 1
        depth += 1
        return match[0]

    return _TAG.sub(keep, html)
