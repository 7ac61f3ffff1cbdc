"""What a bare address alone on its line says about itself, where the site's addresses can be read without asking.

A card in the shape of a one-box: the site, and what of its the address names. Whoever knows more puts it in its place.
Read next: embeds.py, markup.py.
"""

import re
from html import escape
from urllib.parse import unquote, urlsplit

_WIKIPEDIA = re.compile(r"[a-z-]{2,12}\.(?:m\.)?wikipedia\.org")
_STACK_EXCHANGE = re.compile(
    r"(?:[a-z]+\.)?(?:stackoverflow|superuser|serverfault|askubuntu)\.com|[a-z]+\.stackexchange\.com"
)
_QUESTION = re.compile(r"(?:questions/\d{1,12}(?:/.*)?|[aq]/\d{1,12}(?:/.*)?)")
_CODE_HOSTS = ("github.com", "gitlab.com")
_PASTE_HOST = "gist.github.com"
# The first parts of paths that are pages of the site itself, and nobody's name.
_SITE_PAGES = (
    "about apps blog collections contact customer-stories enterprise events explore features help login"
    " marketplace new notifications orgs pricing search security settings signup site sponsors topics trending"
).split()
_LONGEST = 300


def card_of(url: str) -> str | None:
    """Return the HTML of a card for the address, or None when the address alone does not tell what is there."""
    if not url.startswith(("https://", "http://")):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    host = parts.netloc.lower().removeprefix("www.")
    path = parts.path.strip("/")
    title = _title(host, path)
    if title is None:
        return None
    address = escape(url)
    link = f'<a href="{address}" target="_blank">'
    return (
        f'<aside class="onebox allowlistedgeneric" data-onebox-src="{address}">\n'
        f'<header class="source">{link}{escape(host)}</a></header>\n'
        f'<article class="onebox-body"><h3>{link}{escape(title[:_LONGEST])}</a></h3></article>\n</aside>'
    )


def _title(host: str, path: str) -> str | None:
    words = path.split("/")
    if host in _CODE_HOSTS:
        return unquote(path) if len(words) >= 2 and words[0].lower() not in _SITE_PAGES else None
    if host == _PASTE_HOST:
        return unquote(path) if path else None
    if _WIKIPEDIA.fullmatch(host) and words[0] == "wiki" and len(words) >= 2:
        return unquote(path.removeprefix("wiki/")).replace("_", " ")
    if _STACK_EXCHANGE.fullmatch(host) and _QUESTION.fullmatch(path):
        return unquote(words[-1]).replace("-", " ") if len(words) >= 3 else path
    return None
