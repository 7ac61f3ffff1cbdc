"""What HTML of a post may hold: tags, attributes, classes, styles. Everything else is dropped.

Drawn from the HTML that real Discourse forums serve. Read next: sanitizer.py, which applies it.
"""

import re


def words(text: str) -> frozenset[str]:
    """Return the words of a list written with spaces and line breaks."""
    return frozenset(text.split())


TAGS = words(
    """
    a abbr acronym article aside audio b bdi bdo big blockquote br caption center cite code col colgroup
    dd del details dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 header hr i img ins kbd li mark
    ol p picture pre q rb rp rt rtc ruby s samp section small source span strike strong sub summary sup
    table tbody td tfoot th thead time tr tt u ul var video wbr
    """
)

# Dropped with all they contain.
SILENCED = words("script style svg math template noscript textarea")

_EVERYWHERE = words(
    """
    class lang dir title style id data-username data-post data-topic data-full data-base62-sha1
    data-orig-src data-small-upload data-download-href data-onebox-src data-bbcode data-slug data-type
    data-id data-ref data-style-type data-icon data-user-id data-user-card data-group-id data-width
    data-height data-youtube-id data-youtube-title data-parameters data-video-id data-video-title
    data-provider-name data-format data-date data-time data-timezone data-timezones data-email-preview
    data-calendar data-countdown data-recurring data-range data-poll-name data-poll-option-id
    data-poll-status data-poll-type data-poll-results data-poll-charttype data-poll-min data-poll-max
    data-poll-step data-poll-public data-drop-close data-clicks data-wrap data-value
    data-github-private-repo data-dominant-color data-thumbnail data-theme-toc data-code-wrap
    data-expanded data-video-start-time data-mode data-displayedtimezone
    data-poll-close data-poll-groups data-poll-order
    """
)
_PER_TAG = {
    "a": "href rel target",
    "abbr": "title",
    "audio": "controls preload",
    "blockquote": "cite",
    "col": "span width",
    "colgroup": "span",
    "del": "cite datetime",
    "details": "open",
    "img": "src srcset sizes alt width height loading",
    "ins": "cite datetime",
    "li": "value",
    "ol": "start reversed type",
    "q": "cite",
    "source": "src srcset type media",
    "td": "align colspan rowspan valign headers",
    "th": "align colspan rowspan scope valign headers",
    "time": "datetime",
    "ul": "type",
    "video": "controls height width poster preload loop muted",
}
ATTRIBUTES = {tag: _EVERYWHERE | frozenset(_PER_TAG.get(tag, "").split()) for tag in TAGS}

SCHEMES = frozenset(("http", "https", "mailto", "tel"))

_CLASSES = words(
    """
    quote no-group quote-modified title quote-controls avatar mention mention-group hashtag hashtag-raw
    hashtag-cooked hashtag-icon-placeholder emoji only-emoji animated spoiler spoiled lightbox-wrapper
    lightbox meta filename informations source site-icon thumbnail inline-onebox inline-onebox-loading
    aspect-image aspect-image-full-size md-table poll poll-container poll-info poll-title poll-buttons
    info-number info-label info-text lazyYT lazyYT-container lazy-video-container youtube-onebox
    vimeo-onebox youtube-thumbnail video-thumbnail lines start selected
    date user content labels label1 label2 message added removed branches tags tweet like retweet
    excerpt show-more show-more-container hidden badge-wrapper bullet clear-badge outer-box inner-box
    album-title attachment anchor chcklst-box checked fa fa-fw fa-square-o fa-square-check-o
    cooked-date relative-date past elided math footnote-ref footnotes
    footnotes-list footnotes-sep footnote-item footnote-backref footnote video-container
    video-placeholder-container video-onebox audio-onebox image-wrapper d-wrap d-image-grid scale-images
    overflow stackexchange wikipedia googledrive googleplayapp twitterstatus imgur-album amazon gfycat
    whitelistedgeneric allowlistedgeneric bidi-warning tlp user-onebox full-name location
    """
)
_PREFIXES = re.compile(
    r"(?:lang|language|hljs|onebox|bbcode|github|badge-category|ytp|g-drive|googledocs|wrap|theme)"
    r"[a-zA-Z0-9_+#.-]{0,60}|[a-z]{1,20}-local-date"
)
_STYLE = re.compile(
    r"(text-align|--aspect-ratio|background-color|color|counter-reset|width|max-width|height|max-height|clear)"
    r"\s*:\s*([#\w.%,/ -]{1,60}|rgba?\([\d., %]{1,40}\))"
)
_IDENTIFIER = re.compile(r"(?:footnote|fn)[\w:-]{0,80}")
_REL = words("noopener noreferrer nofollow ugc sponsored tag")


def allowed_value(tag: str, name: str, value: str) -> str | None:
    """Return what may stay of the value of an allowed attribute, or None when nothing may."""
    if name == "class":
        return " ".join(word for word in value.split() if word in _CLASSES or _PREFIXES.fullmatch(word)) or None
    if name == "style":
        parts = [part.strip() for part in value.split(";")]
        return ";".join(part for part in parts if _STYLE.fullmatch(part)) or None
    if name == "id":
        return value if _IDENTIFIER.fullmatch(value) else None
    if name == "rel":
        return " ".join(word for word in value.split() if word in _REL) or None
    if name == "target":
        return value if value == "_blank" else None
    if name == "srcset":
        return value if all(_is_plain_url(part) for part in value.split(",")) else None
    return value


def _is_plain_url(candidate: str) -> bool:
    url = candidate.strip().split(" ")[0].lower()
    return url.startswith(("https://", "http://", "/")) or ":" not in url
