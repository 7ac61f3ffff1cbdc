"""Frames of other sites: those that the site allows stay, in a sandbox; every other becomes a link.

The sanitizer knows no frames. Before it, a frame becomes a marked link; after it, the marked links whose address
is allowed become frames again, written here and nowhere else. Read next: sanitizer.py.
"""

import re
from html import escape, unescape
from urllib.parse import urlsplit

from tertulia.forum.cooking.cooked import CookContext

_FRAME = re.compile(r"<iframe\b([^<>]{0,4000})>[^<>]{0,200}</iframe>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\s(src|width|height)\s*=\s*(?:"([^"<>]{1,2000})"|'([^'<>]{1,2000})')""", re.IGNORECASE)
_SIZE = re.compile(r"[0-9]{1,4}(?:px|%)?")
_MARKED = re.compile(r'<a((?: [\w:-]+="[^"]*")*)>([^<>]*)</a>')
_WRITTEN = re.compile(r' ([\w:-]+)="([^"]*)"')
_MARK = "wrap-frame"
_SIZES = ("width", "height")
_SANDBOX = "allow-same-origin allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox allow-presentation"


def mark_frames(html: str) -> str:
    """Return the HTML with each frame as a marked link to what it would show; not safe yet."""
    return _FRAME.sub(_marked, html) if "<iframe" in html.lower() else html


def _marked(match: re.Match[str]) -> str:
    values = {name.lower(): unescape(double or single) for name, double, single in _ATTRIBUTE.findall(match[1])}
    url = values.get("src", "").strip()
    url = f"https:{url}" if url.startswith("//") else url
    if not url.startswith(("https://", "http://")):
        return ""
    sizes = "".join(
        f' data-{name}="{values[name]}"' for name in ("width", "height") if _SIZE.fullmatch(values.get(name, ""))
    )
    return f'<a class="{_MARK}"{sizes} href="{escape(url)}">{escape(url)}</a>'


def show_frames(html: str, *, context: CookContext) -> str:
    """Return the sanitised HTML with the marked links as frames where the context allows them, as links elsewhere."""
    if _MARK not in html:
        return html
    frames = [(_host(frame), _pattern(frame)) for frame in context.frames if frame.startswith("https://")]
    own = _host(context.base_url)

    def show(match: re.Match[str]) -> str:
        values = dict(_WRITTEN.findall(match[1]))
        if values.get("class") != _MARK or "href" not in values:
            return match[0]
        url = unescape(values["href"])
        host = _host(url)
        if host in ("", own) or not any(host == allowed and pattern.match(url) for allowed, pattern in frames):
            return f'<a href="{values["href"]}">{match[2]}</a>'
        sizes = "".join(f' {name}="{values[f"data-{name}"]}"' for name in _SIZES if f"data-{name}" in values)
        rest = f'title="{escape(host)}" frameborder="0" allowfullscreen="" loading="lazy" sandbox="{_SANDBOX}"'
        return f'<iframe src="{values["href"]}"{sizes} {rest}></iframe>'

    return _MARKED.sub(show, html)


def _pattern(frame: str) -> re.Pattern[str]:
    return re.compile("[^/?#]+".join(re.escape(part) for part in frame.split("*")))


def _host(url: str) -> str:
    """The host of an address; empty when it says who logs in, or cannot be read."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return "" if "@" in parts.netloc or "\\" in url else parts.netloc.lower()
