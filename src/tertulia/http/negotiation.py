"""Which format answers: the path's suffix, then a credential or script request, then Accept, then HTML.

Which rows a path leads to is in `routing.py`.
"""

from __future__ import annotations

from tertulia.http.routing import Match, Row

_MEDIA_TYPES: dict[str, tuple[str, ...]] = {
    "json": ("application/json", "text/json"),
    "html": ("text/html", "application/xhtml+xml"),
    "rss": ("application/rss+xml",),
    "atom": ("application/atom+xml",),
    "ics": ("text/calendar",),
    "text": ("text/plain",),
    "csv": ("text/csv",),
}
_PREFERRED = ("html", "json")  # where the client does not care
_MAXIMUM_ACCEPT = 1024
_MAXIMUM_RANGES = 32


def choose_format(match: Match, *, has_credential_header: bool, is_xhr: bool, accept: str | None) -> Row | None:
    """The row that answers; None if the path's suffix names a format that the match does not have.

    An Accept that none of the rows meets is answered as if it were missing: HTML, else JSON, else the first.
    """
    rows = match.rows_by_format
    if match.suffix is not None:
        only = next(iter(rows.values())) if len(set(map(id, rows.values()))) == 1 else None
        return rows.get(match.suffix[1:], only)
    if (has_credential_header or is_xhr) and "json" in rows:
        return rows["json"]
    ranges = parse_accept(accept or "*/*")
    candidates = [name for name in _PREFERRED if name in rows] + [name for name in rows if name not in _PREFERRED]
    # A negative position: of equally wanted types the one that the client wrote first.
    scored = [(_score(name, ranges=ranges), -index, name) for index, name in enumerate(candidates)]
    return rows[max(scored)[2]] if scored else None


def parse_accept(header: str) -> list[tuple[str, float]]:
    """The media ranges with their weights (0 to 1) in the order written; unreadable weights count as 0.

    At most 1024 characters and 32 ranges are read.
    """
    ranges: list[tuple[str, float]] = []
    for part in header[:_MAXIMUM_ACCEPT].split(",")[:_MAXIMUM_RANGES]:
        media_range, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                weight = _weight(parameter[2:])
        if media_range:
            ranges.append((media_range, weight))
    return ranges


def _weight(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0) if text.replace(".", "", 1).isdecimal() else 0.0
    except ValueError:
        return 0.0


def _score(name: str, *, ranges: list[tuple[str, float]]) -> tuple[float, int, int]:
    """Weight, precision (exact over `text/*` over `*/*`) and position of the most precise range that fits."""
    best = (0, 0, 0.0)
    for index, (media_range, weight) in enumerate(ranges):
        for media_type in _MEDIA_TYPES.get(name, ()):
            precision = _precision(media_range, media_type=media_type)
            if precision:
                best = max(best, (precision, -index, weight))
    if not best[0] and name not in _MEDIA_TYPES:
        best = max([best, *((1, -at, weight) for at, (text, weight) in enumerate(ranges) if text == "*/*")])
    precision, position, weight = best
    return (weight, precision, position if precision == 3 else 0) if weight else (0.0, 0, 0)


def _precision(media_range: str, *, media_type: str) -> int:
    if media_range == media_type:
        return 3
    if media_range == media_type.partition("/")[0] + "/*":
        return 2
    return 1 if media_range == "*/*" else 0
