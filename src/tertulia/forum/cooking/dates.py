"""`[date=2024-05-01 time=10:00 timezone="Europe/Berlin"]` and `[date-range from=... to=...]`: times for every reader.

The text is the moment in UTC, so that nobody needs a script to read it; clients turn it into the reader's own time.
Read next: inline_tags.py.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from html import escape
from importlib import resources
from zoneinfo import ZoneInfo, available_timezones

from markdown_it.rules_inline import StateInline

from tertulia.forum.cooking.budget import take
from tertulia.forum.cooking.tags import read_attributes

_TAG = re.compile(r"\[date(?:=(?P<date>[^\s\[\]]{1,40})|(?P<range>-range))(?P<rest>[^\[\]\n]{0,500})\]")
_PASSED_ON = ("time", "format", "timezones", "timezone", "recurring", "countdown", "calendar", "displayedtimezone")
_ZONE = re.compile(r"[A-Za-z0-9_+-]{1,40}(?:/[A-Za-z0-9_+-]{1,40}){0,2}")
_MOST_DATES = 300
_QUOTES = "\"'“”"


def date_tag(state: StateInline, silent: bool) -> bool:
    """Turn a date or a range of dates into spans; what is no date stays text."""
    if not state.src.startswith("[date", state.pos):
        return False
    match = _TAG.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    attributes = read_attributes(match["rest"])
    html = _range(attributes) if match["range"] else _one(match["date"].strip(_QUOTES), attributes)
    if html is None:
        return False
    if not silent and not take(state.env, kind="dates", most=_MOST_DATES):
        state.push("text", "", 0).content = match[0]
    elif not silent:
        state.push("html_inline", "", 0).content = html
    state.pos = match.end()
    return True


def _range(attributes: Mapping[str, str]) -> str | None:
    shown = []
    for side in ("from", "to"):
        day, _, hour = attributes.get(side, "").partition("T")
        if side == "to" and not day:
            continue
        own = {key: text for key, text in attributes.items() if key in _PASSED_ON and key != "time"}
        html = _one(day, own | ({"time": hour} if hour else {}), side=side)
        if html is None:
            return None
        shown.append(html)
    return "<span>→</span>".join(shown)


def _one(day: str, attributes: Mapping[str, str], *, side: str = "") -> str | None:
    moment = _moment(day, attributes.get("time"), attributes.get("timezone"))
    if moment is None:
        return None
    data = {"date": day} | {key: attributes[key] for key in _PASSED_ON if key in attributes}
    data |= {"range": side} if side else {}
    data["email-preview"] = f"{moment} UTC"
    written = "".join(f' data-{key}="{escape(text)}"' for key, text in data.items())
    return f'<span class="{_class_name()}"{written}>{moment}</span>'


def _moment(day: str, hour: str | None, zone: str | None) -> str | None:
    try:
        parsed = date.fromisoformat(day)
        if hour is None:
            return parsed.isoformat()
        if hour.endswith("Z") or len(hour) < 5:
            return None
        local = datetime.combine(parsed, time.fromisoformat(hour), tzinfo=_zone(zone))
        return local.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError):
        return None


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _zone(name: str | None) -> ZoneInfo:
    """The zone of that name, UTC when there is none; only known names are looked up, for they are file names."""
    known = name is not None and _ZONE.fullmatch(name) is not None and name in _zones()
    return ZoneInfo(name if known and name is not None else "UTC")


@cache
def _class_name() -> str:
    """The class that clients look for; in a file of its own because it is a client's word."""
    return resources.files("tertulia.forum.cooking").joinpath("names.txt").read_text("utf-8").split()[1]
