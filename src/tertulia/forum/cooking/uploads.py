"""Uploads in cooked HTML: pictures get address, size and a lightbox, files their size, unknown ones a placeholder.

Works on sanitised HTML only, where every `<` begins a tag and every value is quoted, and after it, so that what is
written here need not pass it again; it would. Read next: `markup.py`, which writes the short addresses.
"""

import re
from collections.abc import Mapping
from html import escape, unescape

from tertulia.forum.cooking.cooked import CookContext, CookedUpload

PLACEHOLDER = "/images/transparent.png"
_TAG = re.compile(r'<(/?)(img|a|source)((?: [\w:-]+="[^"]*")*) ?/?>')
_ATTRIBUTE = re.compile(r' ([\w:-]+)="([^"]*)"')
_STORED = re.compile(r'"[^"]{0,300}/([0-9a-f]{40})(?:_[0-9]_[0-9x]{1,11})?(?:\.[a-z0-9]{1,10})?"')
_STATED = ' data-base62-sha1="'
_UNITS = ("Bytes", "KB", "MB", "GB", "TB")


def human_size(size: int) -> str:
    """A number of bytes for people, three digits at most: `512 Bytes`, `1.21 KB`, `22.1 KB` (upstream's form)."""
    if size == 1:
        return "1 Byte"
    value, unit = float(size), 0
    while value >= 1024 and unit < len(_UNITS) - 1:
        value, unit = value / 1024, unit + 1
    digits = 0 if unit == 0 or value >= 100 else 1 if value >= 10 else 2
    text = f"{value:.{digits}f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} {_UNITS[unit]}"


def show_uploads(html: str, *, context: CookContext) -> tuple[str, tuple[int, ...]]:
    """The HTML with the context's uploads in it, and the ids of those that it uses, in order, each once.

    A context that knows nothing about uploads (None) leaves their short addresses as they are; a picture whose
    stated size is as large as pictures are shown gets a lightbox, for that is how larger ones are written."""
    uploads = context.uploads
    if uploads is None:
        return (_guess_lightboxes(html, context=context) if _STATED in html else html), ()
    used: dict[int, None] = {}
    links = 0
    prefix = f"{context.root}/uploads/short-url/"

    def find(url: str) -> tuple[str, CookedUpload | None] | None:
        """The short name in an address, with what it stands for; None for every other address."""
        if not url.startswith(prefix):
            return None
        name = url.removeprefix(prefix)
        upload = uploads.get(name.partition(".")[0])
        if upload is not None:
            used[upload.id] = None
        return name, upload

    def show(match: re.Match[str]) -> str:
        nonlocal links
        closing, tag = bool(match[1]), match[2]
        if closing:
            links -= tag == "a"
            return match[0]
        attributes = {name: unescape(value) for name, value in _ATTRIBUTE.findall(match[3])}
        links += tag == "a"
        found = find(attributes.get("href" if tag == "a" else "src", ""))
        if found is None:
            return match[0]
        if tag == "img":
            return _picture(attributes, *found, context=context, linked=links > 0)
        return _link(tag, attributes, *found)

    html = _TAG.sub(show, html)
    html = _with_sizes(html, uploads, prefix=prefix)
    by_sha1 = {each.sha1: each.id for each in uploads.values()}
    used |= dict.fromkeys(by_sha1[sha1] for sha1 in _STORED.findall(html) if sha1 in by_sha1)
    return html, tuple(used)


def _guess_lightboxes(html: str, *, context: CookContext) -> str:
    box, prefix = context.image_box, f"{context.root}/uploads/short-url/"
    links = 0

    def show(match: re.Match[str]) -> str:
        nonlocal links
        if match[2] == "a":
            links += -1 if match[1] else 1
        attributes = {name: unescape(value) for name, value in _ATTRIBUTE.findall(match[3])}
        source, width, height = (attributes.get(name, "") for name in ("src", "width", "height"))
        if match[2] != "img" or links or not source.startswith(prefix) or not width or not height:
            return match[0]
        if width != str(box[0]) and height != str(box[1]):
            return match[0]
        return _lightbox(match[0], attributes.get("alt", ""), url=source, size=f"{width}×{height}")

    return _TAG.sub(show, html)


def _picture(
    attributes: dict[str, str], name: str, upload: CookedUpload | None, *, context: CookContext, linked: bool
) -> str:
    if upload is None:
        kept = {key: value for key, value in attributes.items() if key != "data-base62-sha1"}
        return _tag("img", kept | {"src": f"{context.root}{PLACEHOLDER}", "data-orig-src": f"upload://{name}"})
    kept = {key: value for key, value in attributes.items() if key not in ("width", "height", "srcset")}
    kept["src"] = upload.url
    if upload.width is None or upload.height is None:
        return _tag("img", kept)
    width, height = _size(attributes, upload, box=context.image_box)
    is_larger = upload.width > width or upload.height > height
    boxed = upload.width > context.image_box[0] or upload.height > context.image_box[1]
    kept |= {"width": str(width), "height": str(height)}
    if is_larger:
        kept |= _sources(upload, width)
    if upload.dominant_color:
        kept["data-dominant-color"] = upload.dominant_color
    if linked or not boxed:
        return _tag("img", kept)
    size = f"{upload.width}×{upload.height} {human_size(upload.filesize)}"
    title = attributes.get("alt") or upload.filename
    download = f"{context.root}/uploads/short-url/{name}"
    return _lightbox(_tag("img", kept), title, url=upload.url, size=size, download=download)


def _size(attributes: Mapping[str, str], upload: CookedUpload, *, box: tuple[int, int]) -> tuple[int, int]:
    """What the author asked for, else the upload's own, both in proportion and in the box."""
    own = (upload.width or 1, upload.height or 1)
    given = (attributes.get("width", ""), attributes.get("height", ""))
    width, height = own
    if given[0].isdigit() and given[1].isdigit() and int(given[0]) and int(given[1]):
        width, height = int(given[0]), int(given[1])
    scale = min(1.0, box[0] / width, box[1] / height)
    return max(1, int(width * scale)), max(1, int(height * scale))


def _sources(upload: CookedUpload, width: int) -> dict[str, str]:
    """The smaller picture of at least this width, and what finer screens load instead."""
    fits = sorted((each for each in upload.smaller if each[0] >= width), key=lambda each: each[0])
    if not fits:
        return {}
    finer = [
        f"{next((url for own, url in fits if own >= int(width * factor)), upload.url)} {factor:g}x"
        for factor in (1.5, 2)
    ]
    return {"src": fits[0][1], "srcset": ", ".join([fits[0][1], *finer])}


def _lightbox(image: str, title: str, *, url: str, size: str, download: str = "") -> str:
    link = {"class": "lightbox", "href": url, "data-download-href": f"{download or url}?dl=1", "title": title}
    meta = (
        f'<div class="meta"><span class="filename">{escape(title, quote=False)}</span>'
        f'<span class="informations">{size}</span></div>'
    )
    return f'<div class="lightbox-wrapper">{_tag("a", link)}{image}{meta}</a></div>'


def _link(tag: str, attributes: dict[str, str], name: str, upload: CookedUpload | None) -> str:
    """An attached file keeps its short address, a film or sound gets the upload's own."""
    if tag == "source":
        return _tag(tag, attributes | ({"src": upload.url} if upload is not None else {}))
    kind = {"class": attributes["class"]} if "class" in attributes else {}
    if upload is None:
        return _tag(tag, kind | attributes | {"href": "/404", "data-orig-href": f"upload://{name}"})
    return _tag(tag, kind | attributes)


def _with_sizes(html: str, uploads: Mapping[str, CookedUpload], *, prefix: str) -> str:
    """Puts a file's size behind its link, unless the author wrote one there, as upstream's own editor does."""
    pattern = re.compile(
        rf'(<a class="attachment" href="{re.escape(prefix)}([0-9A-Za-z]{{1,27}})[^"]*"[^<>]*>[^<>]*</a>)(?! ?\()'
    )

    def add(match: re.Match[str]) -> str:
        upload = uploads.get(match[2])
        return match[0] if upload is None else f"{match[1]} ({human_size(upload.filesize)})"

    return pattern.sub(add, html)


def _tag(name: str, attributes: Mapping[str, str]) -> str:
    return f"<{name}" + "".join(f' {key}="{escape(value)}"' for key, value in attributes.items()) + ">"
