"""The links of cooked HTML: which lead outside, what `rel` they carry, what they are; and the ids of footnotes.

Works on sanitised HTML only, where every `<` begins a tag and every value is quoted. Read next: sanitizer.py.
"""

import re
from html import unescape
from urllib.parse import urlsplit

from tertulia.forum.cooking.cooked import CookContext, Link

_ANCHOR = re.compile(r'<a((?: [\w:-]+="[^"]*")*)>|<(/?)aside(?: class="([^"]*)")?|<(blockquote|div class="title")>')
_ATTRIBUTE = re.compile(r' ([\w:-]+)="([^"]*)"')
_FOOTNOTE = re.compile(r'((?: id="|href="#)footnote-(?:ref-)?)[0-9a-f]{8}-(?=\d)')
_NAMES = ("lightbox", "mention", "mention-group", "hashtag-cooked", "hashtag", "anchor")


def finish_links(html: str, *, context: CookContext) -> tuple[str, tuple[Link, ...]]:
    """Return the HTML with `rel` set on links that lead outside, and the links outside quotes, each once.

    What the title of a quote links to is what is quoted, and counts: so does a onebox of the forum's own topics."""
    host = urlsplit(context.base_url).netloc.lower() if context.base_url else ""
    rel = "noopener nofollow ugc" if context.nofollow else "noopener"
    found: dict[str, bool] = {}
    quoted = 0
    titled = False

    def finish(match: re.Match[str]) -> str:
        nonlocal quoted, titled
        if match[4]:
            titled = match[4] != "blockquote"
            return match[0]
        if match[1] is None:
            titled = False
            if match[2]:
                quoted = max(0, quoted - 1)
            elif quoted or "quote" in (match[3] or "").split():
                quoted += 1
            return match[0]
        attributes = [(name, text) for name, text in _ATTRIBUTE.findall(match[1]) if name != "rel"]
        values = dict(attributes)
        url = unescape(values.get("href", ""))
        internal = _is_internal(url, host)
        if (
            url
            and (not quoted or (titled and quoted == 1))
            and not url.startswith("#footnote-")
            and not set(values.get("class", "").split()) & set(_NAMES)
        ):
            found.setdefault(url, internal)
        if url and not internal:
            attributes.append(("rel", rel))
        return "<a" + "".join(f' {name}="{text}"' for name, text in attributes) + ">"

    html = _ANCHOR.sub(finish, html)
    return html, tuple(Link(url, internal) for url, internal in found.items())


def _is_internal(url: str, host: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if parts.netloc:
        return parts.netloc.lower() == host
    return not parts.scheme and not url.startswith(("//", "\\", "/\\"))


def has_footnotes(html: str) -> bool:
    """Tell whether cooked HTML holds ids of footnotes."""
    return _FOOTNOTE.search(html) is not None


def own_footnotes(html: str, *, post_id: int) -> str:
    """Return cooked HTML whose footnotes have the post's id in theirs, as upstream's: no two posts share one."""
    return _FOOTNOTE.sub(rf"\g<1>{post_id}-", html)
