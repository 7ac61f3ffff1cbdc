"""What a bare address alone on its line becomes without asking anybody: a film, a sound, a picture, a player.

Only the address is looked at. Every other address waits as a one-box, see markup.py. Read next: markup.py.
"""

import re
from html import escape
from urllib.parse import urlsplit

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
