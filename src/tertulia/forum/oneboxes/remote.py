"""Pages elsewhere: what was fetched of them, as HTML. Everything a page says of itself is text, and escaped.

Read next: `fetching.py`, which asks; `describing.py`, which reads the answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from html import escape
from urllib.parse import urlsplit

import msgspec

from tertulia.forum.oneboxes.found import Found
from tertulia.forum.unit import Unit
from tertulia.model.oneboxes import Page, Shown, ShownRef
from tertulia.store.cooked import oneboxes as store

MOST_URL = 1_000
_decode = msgspec.json.Decoder(Page).decode


def is_blocked(url: str, domains: Collection[str]) -> bool:
    """Whether the address is on one of the domains, or below one; so is one that cannot be read."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return True
    named = {domain.strip().lstrip("*.").lower() for domain in domains}
    return not host or any(host == domain or host.endswith(f".{domain}") for domain in named if domain)


async def find_elsewhere(unit: Unit, urls: Iterable[str], *, found: Found) -> None:
    """Adds what is known of the pages to `found`, and says which must be asked. One statement."""
    domains = unit.site.blocked_onebox_domains
    wanted = [url for url in urls if len(url) <= MOST_URL and not is_blocked(url, domains)]
    known = await store.list_oneboxes(unit.tx, wanted) if wanted else {}
    for url in wanted:
        onebox = known.get(url)
        if onebox is not None and onebox.page:
            page = _decode(onebox.page)
            found.titles[url] = page.title
            found.refs[url] = (ShownRef(Shown.PAGE, onebox.id),)
            if page.description or page.image:
                found.blocks[url] = _article(url, page)
        if onebox is None or not onebox.page or onebox.asked_again_at <= unit.now:
            found.asked.append(url)


def _article(url: str, page: Page) -> str:
    address, host = escape(url), urlsplit(url).hostname or ""
    icon = f'<img src="{escape(page.icon)}" class="site-icon" width="32" height="32">\n\n      ' if page.icon else ""
    text = f"  <p>{escape(page.description, quote=False)}</p>\n" if page.description else ""
    name = escape(page.site_name or host, quote=False)
    return (
        f'<aside class="onebox allowlistedgeneric" data-onebox-src="{address}">\n  <header class="source">\n'
        f'      {icon}<a href="{address}" target="_blank">{name}</a>\n  </header>\n\n'
        f'  <article class="onebox-body">\n    {_picture(page)}\n\n'
        f'<h3><a href="{address}" target="_blank">{escape(page.title, quote=False)}</a></h3>\n\n'
        f"{text}\n\n  </article>\n\n"
        '  <div class="onebox-metadata">\n    \n    \n  </div>\n\n  <div style="clear: both"></div>\n</aside>'
    )


def _picture(page: Page) -> str:
    if not page.image:
        return ""
    source = escape(page.image)
    if not page.image_width or not page.image_height:
        return f'<img src="{source}" class="thumbnail">'
    width, height = min(page.image_width, 690), page.image_height * min(page.image_width, 690) // page.image_width
    style, size = f"--aspect-ratio:{width}/{height};", f'width="{width}" height="{height}"'
    return f'<div class="aspect-image" style="{style}"><img src="{source}" class="thumbnail" {size}></div>'
