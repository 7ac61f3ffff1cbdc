"""Templates to answers. Jinja2 is loaded at the first page, escapes everything, and refuses names it does not know.

What stands around every page (site, reader, addresses) is the shell; screens hand in the rest.
"""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from tertulia.http.call import HTML, Answer, Call
from tertulia.http.csrf import csrf_token
from tertulia.pages.assets import asset_url
from tertulia.pages.returning import login_path
from tertulia.pages.times import day, time_tag

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"


class Shell(msgspec.Struct, frozen=True, kw_only=True):
    """What stands around a page. `me` is the reader's username, `json_path` where the same is as data."""

    site_title: str
    title: str
    description: str
    section: str
    me: str | None
    unread: int
    is_staff: bool
    is_admin: bool
    tagging: bool
    login_path: str
    json_path: str | None
    noindex: bool


class Around(msgspec.Struct, frozen=True, kw_only=True):
    """What a screen may say about its shell. `api` is the call that the page makes, for staff pages."""

    title: str = ""
    description: str = ""
    section: str = ""
    json_path: str | None = None
    noindex: bool = False
    status: int = 200


@cache
def environment() -> Environment:
    """The one environment of this process."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals.update(asset=asset_url, day=day, counted=counted, short=short)
    return made


def counted(number: int, one: str, many: str = "") -> str:
    """`1 reply`, `1,234 replies`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def short(number: int) -> str:
    """A number for narrow places: `950`, `1.2k`, `3.4M`."""
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if number >= size:
            return f"{number / size:.1f}".removesuffix(".0") + letter
    return str(number)


def page(call: Call, template: str, *, around: Around, **facts: Any) -> Answer:
    """The page as an answer. Facts are what the template names."""
    text = (
        environment()
        .get_template(template)
        .render(
            shell=_shell(call, around),
            csrf=partial(csrf_token, call),
            when=partial(time_tag, now=call.unit.now),
            **facts,
        )
    )
    return Answer(text.encode("utf-8", "replace"), status=around.status, content_type=HTML)


def _shell(call: Call, around: Around) -> Shell:
    site, user = call.unit.site, call.unit.actor.user
    return Shell(
        site_title=site.title,
        title=around.title,
        description=(around.description or site.site_description)[:300],
        section=around.section,
        me=user.username if user is not None else None,
        unread=call.unread,
        is_staff=user is not None and (user.admin or user.moderator),
        is_admin=user is not None and user.admin,
        tagging=site.tagging_enabled,
        login_path=login_path(call),
        json_path=around.json_path,
        noindex=around.noindex,
    )
