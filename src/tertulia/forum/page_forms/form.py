"""The HTML of a post as a page shows it: nothing is loaded over plain http, quotes lead to their source.

Takes sanitised HTML only, where every `<` begins a tag and every value stands in double quotes. It is kept beside the
post; raise PAGE_VERSION whenever the same HTML gives another form. Read next: `keeping.py`.
"""

from __future__ import annotations

import re
from html import escape, unescape

PAGE_VERSION = 1
# Whatever lacks all of these stays as it is: what is loaded (but emoji, from here or over https), quotes and the like.
_EMOJI = r'(?! src="(?:https:/)?/[^/"][^"]*" title="[^"]*" class="emoji[a-z -]*")'
_TOUCHED = re.compile(
    rf'<(?:img{_EMOJI}|source|video|audio)[ />]| style="| srcset="|<aside class="quote|lazyYT|-local-date"'
)
_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [\w:-]+="[^"]*")*) ?/?>')
_ATTRIBUTE = re.compile(r' ([\w:-]+)="([^"]*)"')
_ALIGN = re.compile(r"text-align\s*:\s*(left|right|center)")
_QUOTE = re.compile(
    r'(<aside class="quote[^"]*"[^<>]*>\s*<div class="title">)\s*<div class="quote-controls"></div>\s*'
    r"(?:<img[^<>]*>\s*)?([^<>]{1,200}?):\s*</div>"
)
_SOURCE = re.compile(r' data-(post|topic)="([0-9]{1,18})"')
_FILM = re.compile(r"<(video|audio)\b[^<>]*>(?:(?!</\1>).)*</\1>", re.DOTALL)
_PLAIN_SOURCE = re.compile(r'<(?:source|video|audio)[^<>]* src="(http:[^"]*)"', re.IGNORECASE)
_LAZY = re.compile(
    r'<div class="(?:onebox )?lazyYT(?: [\w -]+)?" data-youtube-id="([\w-]{1,20})"'
    r'(?: data-youtube-title="([^"]*)")?[^<>]*></div>'
)
_DATE = re.compile(
    r'<span class="[a-z]+-local-date"[^<>]*>((\d{4})-(0[1-9]|1[0-2])-(\d\d)(?:T(\d\d:\d\d):\d\dZ)?)</span>'
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LOADING = {"img": "src", "source": "src", "video": "poster", "audio": "src"}


def needs_form(cooked: str) -> bool:
    """Tell whether the HTML may look different on a page; cheap, and never wrong when it says no."""
    return _TOUCHED.search(cooked) is not None


def kept_form(cooked: str) -> str | None:
    """What is kept beside the HTML: its form for pages, or None when that is the HTML itself."""
    form = page_form(cooked)
    return None if form == cooked else form


def page_form(cooked: str) -> str:
    """The HTML, safe to stand in a page. Inline styles go (the page's policy forbids them), alignment stays."""
    if not needs_form(cooked):
        return cooked
    links = 0

    def rewrite(match: re.Match[str]) -> str:
        nonlocal links
        closing, tag = bool(match[1]), match[2]
        if tag == "a":
            links += -1 if closing else 1
        if closing:
            return match[0]
        return _opened(tag, _ATTRIBUTE.findall(match[3]), inside_link=links > 0)

    cooked = _LAZY.sub(_previewed, cooked) if "lazyYT" in cooked else cooked
    cooked = _DATE.sub(_time, cooked) if "-local-date" in cooked else cooked
    html = _FILM.sub(_film, cooked) if "http:" in cooked else cooked
    return _TAG.sub(rewrite, _QUOTE.sub(_named, html))


def _named(match: re.Match[str]) -> str:
    source = dict(_SOURCE.findall(match[1]))
    if set(source) != {"post", "topic"}:
        return f"{match[1]}{match[2]} wrote</div>"
    return f'{match[1]}<a href="/t/-/{source["topic"]}/{source["post"]}">{match[2]} wrote</a></div>'


def _time(match: re.Match[str]) -> str:
    hour = f", {match[5]} UTC" if match[5] else ""
    return f'<time datetime="{match[1]}">{int(match[4])} {_MONTHS[int(match[3]) - 1]} {match[2]}{hour}</time>'


def _previewed(match: re.Match[str]) -> str:
    """A link where older forums left an empty box for a script to fill."""
    url = f"https://www.youtube.com/watch?v={match[1]}"
    return f'<p><a href="{url}" rel="noopener nofollow ugc">{match[2] or url}</a></p>'


def _film(match: re.Match[str]) -> str:
    source = _PLAIN_SOURCE.search(match[0])
    if source is None or '="https:' in match[0]:
        return match[0]
    kind = "Film" if match[1] == "video" else "Sound"
    return _instead(unescape(source[1]), alt="", inside_link=False, kind=kind)


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


def _instead(url: str, *, alt: str, inside_link: bool, kind: str = "Picture") -> str:
    """A link to a picture, film or sound that is not loaded, for others could read and change it on the way."""
    said = escape(alt.strip() or url.rpartition("/")[2] or kind.lower())
    if inside_link:
        return f'<span class="not-loaded">{kind}: {said}</span>'
    return f'<a class="not-loaded" href="{escape(url)}" rel="noopener nofollow ugc">{kind}: {said}</a>'
