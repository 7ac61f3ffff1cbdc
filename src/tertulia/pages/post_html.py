"""The HTML of a post as a page shows it: nothing is loaded over plain http, quotes lead to their source.

Takes sanitised HTML only, where every `<` begins a tag and every value stands in double quotes.
"""

from __future__ import annotations

import re
from html import escape, unescape

from markupsafe import Markup

_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [\w:-]+="[^"]*")*) ?/?>')
_ATTRIBUTE = re.compile(r' ([\w:-]+)="([^"]*)"')
_ALIGN = re.compile(r"text-align\s*:\s*(left|right|center)")
_QUOTE = re.compile(
    r'(<aside class="quote[^"]*"[^<>]*>\s*<div class="title">)\s*<div class="quote-controls"></div>\s*'
    r"(?:<img[^<>]*>\s*)?([^<>]{1,200}?):\s*</div>"
)
_SOURCE = re.compile(r' data-(post|topic)="([0-9]{1,18})"')
_LOADING = {"img": "src", "source": "src", "video": "poster", "audio": "src"}


def post_html(cooked: str) -> Markup:
    """The HTML, safe to stand in a page. Inline styles go (the page's policy forbids them), alignment stays."""
    links = 0

    def rewrite(match: re.Match[str]) -> str:
        nonlocal links
        closing, tag = bool(match[1]), match[2]
        if tag == "a":
            links += -1 if closing else 1
        if closing:
            return match[0]
        return _opened(tag, _ATTRIBUTE.findall(match[3]), inside_link=links > 0)

    return Markup(_TAG.sub(rewrite, _QUOTE.sub(_named, cooked)))  # sanitised when it was stored


def _named(match: re.Match[str]) -> str:
    source = dict(_SOURCE.findall(match[1]))
    if set(source) != {"post", "topic"}:
        return f"{match[1]}{match[2]} wrote</div>"
    return f'{match[1]}<a href="/t/-/{source["topic"]}/{source["post"]}">{match[2]} wrote</a></div>'


def _opened(tag: str, attributes: list[tuple[str, str]], *, inside_link: bool) -> str:
    values = dict(attributes)
    kind = set(values.get("class", "").split())
    if tag == "img" and "avatar" in kind:
        return ""
    loaded = _LOADING.get(tag)
    url = unescape(values.get(loaded, "")) if loaded else ""
    if loaded and _is_plain_http(url) and tag in ("img", "source"):
        return _instead(url, alt=unescape(values.get("alt", "")), inside_link=inside_link)
    kept = [_kept(name, value) for name, value in attributes if _may_stay(name, value, loaded=loaded)]
    if tag == "img" and "emoji" not in kind and "loading" not in values:
        kept.append(' loading="lazy"')
    return f"<{tag}{''.join(kept)}>"


def _is_plain_http(url: str) -> bool:
    return url.strip().lower().startswith("http:")


def _may_stay(name: str, value: str, *, loaded: str | None) -> bool:
    if name == "style":
        return _ALIGN.search(value) is not None
    if name == "srcset":
        return "http:" not in value.lower()
    return not (name in ("src", "poster") and loaded and _is_plain_http(unescape(value)))


def _kept(name: str, value: str) -> str:
    if name == "style" and (found := _ALIGN.search(value)):
        return f' data-align="{found[1]}"'
    if name in ("src", "poster") and value.startswith("//"):
        value = f"https:{value}"
    return f' {name}="{value}"'


def _instead(url: str, *, alt: str, inside_link: bool) -> str:
    """A link to a picture that is not loaded, because whoever listens on the way could read or change it."""
    said = escape(alt.strip() or url.rpartition("/")[2] or "picture")
    if inside_link:
        return f'<span class="not-loaded">Picture: {said}</span>'
    return f'<a class="not-loaded" href="{escape(url)}" rel="noopener nofollow ugc">Picture: {said}</a>'
