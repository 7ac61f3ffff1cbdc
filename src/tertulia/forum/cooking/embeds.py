"""What a bare address becomes without asking anybody: a film, a sound, a picture, a player, a card; in text a title.

Only the address is looked at. Every other address waits as a one-box, or stays as it is. Read next: boxes.py.
"""

import re
from html import escape
from urllib.parse import unquote, urlsplit

from tertulia.forum.cooking.allowlist import words
from tertulia.forum.cooking.titles import one_line

_YOUTUBE = re.compile(
    r"https?://(?:www\.|m\.)?(?:youtube(?:-nocookie)?\.com/(?:watch\?(?:[^#]*&)?v=|embed/|shorts/|live/|v/)|youtu\.be/)"
    r"([A-Za-z0-9_-]{11})(?![A-Za-z0-9_-])"
)
_START = re.compile(r"[?&#](?:t|start)=(?:(\d{1,3})h)?(?:(\d{1,4})m)?(?:(\d{1,6})s?)?(?=$|[&#])")
_VIMEO = re.compile(r"https?://(?:www\.|player\.)?vimeo\.com/(?:video/|channels/[\w-]{1,60}/)?(\d{4,12})(?=$|[/?#])")
_FILE = re.compile(
    r"\.(?:(?P<picture>png|jpe?g|gif|webp|avif|bmp|tiff?)|(?P<film>mp4|webm|mov|ogv)"
    r"|(?P<sound>mp3|ogg|opus|wav|m4a|aac|flac))$",
    re.IGNORECASE,
)
_WIKIPEDIA = re.compile(r"[a-z-]{2,12}\.(?:m\.)?wikipedia\.org")
_STACK_EXCHANGE = re.compile(
    r"(?:[a-z]+\.)?(?:stackoverflow|superuser|serverfault|askubuntu)\.com|[a-z]+\.stackexchange\.com"
)
_QUESTION = re.compile(r"(?:questions/\d{1,12}(?:/.*)?|[aq]/\d{1,12}(?:/.*)?)")
_SHARED_FILE = re.compile(r"(?:s|scl/fi)/[A-Za-z0-9]{6,40}/([^/]{1,300})")
# A topic of any Discourse: the words of its title, its number, and perhaps the number of a post in it.
_TOPIC = re.compile(r"(?:[\w.~-]{1,60}/)?t/([^/]{3,2000})/\d{1,12}(?:/(\d{1,12}))?")
_CODE_HOSTS = ("github.com", "gitlab.com")
_PASTE_HOST = "gist.github.com"
# The first parts of paths that are pages of the site itself, and nobody's name.
_SITE_PAGES = words(
    """
    about apps blog collections contact customer-stories enterprise events explore features help login
    marketplace new notifications orgs pricing search security settings signup site sponsors topics trending
    """
)
_LONGEST = 300


def embed_of(url: str) -> str | None:
    """Return the HTML that shows what the address leads to, or None when only asking there would tell."""
    if match := _YOUTUBE.match(url):
        return _player("youtube", match[1], url, start=_seconds(url))
    if match := _VIMEO.match(url):
        return _player("vimeo", match[1], url, start="")
    if not url.startswith(("https://", "http://")):
        return None
    try:
        path = urlsplit(url).path
    except ValueError:
        return None
    found = _FILE.search(path)
    if found is None or path.endswith("/"):
        return None
    address = escape(url)
    link = f'<a href="{address}">{address}</a>'
    if found["film"]:
        source = f'<source src="{address}">{link}'
        return f'<div class="onebox video-onebox"><video width="100%" height="100%" controls="">{source}</video></div>'
    if found["sound"]:
        return f'<audio controls=""><source src="{address}">{link}</audio>'
    return f'<a href="{address}" target="_blank" class="onebox"><img src="{address}"></a>'


def card_of(url: str) -> str | None:
    """Return a card in the shape of a one-box: the site and what of its the address names; None when it does not tell.

    Whoever knows more of the page puts it in its place."""
    place = _place(url)
    title = one_line(_title(*place) or "", most=_LONGEST) if place else ""
    if place is None or not title:
        return None
    host, address = place[0], escape(url)
    link = f'<a href="{address}" target="_blank">'
    return (
        f'<aside class="onebox allowlistedgeneric" data-onebox-src="{address}">\n'
        f'<header class="source">{link}{escape(host)}</a></header>\n'
        f'<article class="onebox-body"><h3>{link}{escape(title)}</a></h3></article>\n</aside>'
    )


def title_of(url: str) -> str | None:
    """Return the title that the address itself spells, as plain text; None for every address that spells none.

    These are topics of forums like this one: `/t/how-to-begin/12/3` is "How to begin - #3"."""
    place = _place(url)
    found = _TOPIC.fullmatch(place[1]) if place else None
    if found is None:
        return None
    title = one_line(unquote(found[1]).replace("-", " "), most=_LONGEST)
    # One plain word is no title: `topic` stands there when a title has no letters for an address. Nor are numbers.
    if (" " not in title and title.isascii()) or not any(map(str.isalpha, title)):
        return None
    number = found[2] if found[2] and int(found[2]) > 1 else ""
    return title[0].upper() + title[1:] + (f" - #{number}" if number else "")


def is_block(html: str) -> bool:
    """Tell whether what is shown in the place of an address stands instead of a paragraph and not in one."""
    return html.startswith(("<div", "<aside"))


def _seconds(url: str) -> str:
    match = _START.search(url)
    if match is None or not any(match.groups()):
        return ""
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return str(hours * 3600 + minutes * 60 + seconds)


def _player(kind: str, film: str, url: str, *, start: str) -> str:
    """A preview that leads to the film; nothing of the player loads before somebody follows it."""
    address = escape(url)
    data = f'data-video-id="{film}" data-video-title="" data-video-start-time="{start}" data-provider-name="{kind}"'
    shown = address
    if kind == "youtube":
        picture = f"https://img.youtube.com/vi/{film}/hqdefault.jpg"
        shown = f'<img class="youtube-thumbnail" src="{picture}" alt="YouTube" width="480" height="360">'
    return (
        f'<div class="{kind}-onebox lazy-video-container" {data}>'
        f'<a href="{address}" target="_blank" class="video-thumbnail onebox">{shown}</a></div>'
    )


def _place(url: str) -> tuple[str, str] | None:
    """The host and the path of a page of the web, without `www.` and without the slashes around the path."""
    if not url.startswith(("https://", "http://")):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts.netloc.lower().removeprefix("www."), parts.path.strip("/")


def _title(host: str, path: str) -> str | None:
    steps = path.split("/")
    if host in _CODE_HOSTS:
        return unquote(path) if len(steps) >= 2 and steps[0].lower() not in _SITE_PAGES else None
    if host == _PASTE_HOST:
        return unquote(path) if path else None
    if _WIKIPEDIA.fullmatch(host) and steps[0] == "wiki" and len(steps) >= 2:
        return unquote(path.removeprefix("wiki/")).replace("_", " ")
    if _STACK_EXCHANGE.fullmatch(host) and _QUESTION.fullmatch(path):
        return unquote(steps[-1]).replace("-", " ") if len(steps) >= 3 else path
    if host == "dropbox.com" and (shared := _SHARED_FILE.fullmatch(path)):
        return unquote(shared[1])
    return None
