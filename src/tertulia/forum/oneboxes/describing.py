"""What a page says about itself in its head: title, description, picture, site, icon. Bytes in, plain text out.

A page is whatever somebody's server sends, so every text is bounded and stripped, and addresses are https or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urljoin, urlsplit

from tertulia.forum.cooking import one_line
from tertulia.model.oneboxes import Page

_MOST_TITLE, _MOST_TEXT, _MOST_NAME, _MOST_URL = 200, 500, 80, 1_000
_MOST_PIXELS = 20_000
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})")
_KINDS = ("text/html", "application/xhtml+xml")
_BAD_URL = re.compile(r"[\x00-\x20\x7f\"'<>\\`{}|^]")


def is_page(content_type: str) -> bool:
    """Whether a content type promises HTML."""
    return content_type.partition(";")[0].strip().lower() in _KINDS


def describe(body: bytes, *, content_type: str, url: str) -> Page | None:
    """What the page at `url` says about itself, or None when it has no title. Never raises on any bytes."""
    from lxml import etree, html

    end = body.lower().find(b"</head")
    head = body if end < 0 else body[:end]
    root = None
    stated = _charset(content_type)
    for encoding in (*((stated,) if stated else ()), "utf-8" if _is_utf8(head) else None):
        try:
            root = html.document_fromstring(head, parser=html.HTMLParser(encoding=encoding, no_network=True))
            break
        except (LookupError, etree.LxmlError, ValueError):
            continue
    if root is None:
        return None
    said: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = (meta.get("property") or meta.get("name") or "").strip().lower()
        said.setdefault(name, meta.get("content") or "")
    title = next((each.text_content() for each in root.iter("title")), "")
    icon = next(
        (link.get("href") or "" for link in root.iter("link") if "icon" in (link.get("rel") or "").lower().split()), ""
    )
    return _page(said, title=title, icon=icon, url=url)


def _page(said: Mapping[str, str], *, title: str, icon: str, url: str) -> Page | None:
    def first(*names: str) -> str:
        return next((said[name] for name in names if said.get(name, "").strip()), "")

    shown = one_line(first("og:title", "twitter:title") or title, most=_MOST_TITLE)
    if not shown:
        return None
    return Page(
        title=shown,
        description=one_line(first("og:description", "twitter:description", "description"), most=_MOST_TEXT),
        site_name=one_line(first("og:site_name"), most=_MOST_NAME),
        image=_secure(first("og:image:secure_url", "og:image", "og:image:url", "twitter:image"), url=url),
        image_width=_pixels(first("og:image:width")),
        image_height=_pixels(first("og:image:height")),
        icon=_secure(icon, url=url),
    )


def _secure(address: str, *, url: str) -> str:
    if not address.strip():
        return ""
    try:
        whole = urljoin(url, address.strip())
        parts = urlsplit(whole)
    except ValueError:
        return ""
    is_good = parts.scheme == "https" and parts.hostname and parts.username is None and not _BAD_URL.search(whole)
    return whole if is_good and len(whole) <= _MOST_URL else ""


def _pixels(value: str) -> int:
    text = value.strip()
    return min(int(text), _MOST_PIXELS) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _charset(content_type: str) -> str | None:
    found = _CHARSET.search(content_type)
    return found[1] if found else None


def _is_utf8(head: bytes) -> bool:
    """Whether it can be read so; where not, what the page itself names is taken."""
    try:
        head.decode()
    except UnicodeDecodeError as problem:
        return problem.reason == "unexpected end of data"
    return True
