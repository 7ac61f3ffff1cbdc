"""What every page of the read API has around its own content: title, breadcrumbs, template, and who reads."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import msgspec

from tertulia.dialects.nodebb.shapes.accounts import GUEST, Account
from tertulia.dialects.nodebb.wire import escaped, flat, picture
from tertulia.forum.users.profiles import read_user
from tertulia.http.call import Call

Part = msgspec.Struct | dict[str, Any]


async def page(
    call: Call, *parts: Part, template: str, title: str, crumbs: tuple[tuple[str, str | None], ...] = ()
) -> dict[str, Any]:
    """The parts as one object with the frame around them; the frame's own names win.

    `crumbs` are names with their paths, outermost first; the last one is the page itself."""
    around = _frame(call, template=template, title=title, crumbs=crumbs or ((title, None),))
    return flat(*parts, around, {"loggedInUser": await viewer(call)})


def _frame(call: Call, *, template: str, title: str, crumbs: tuple[tuple[str, str | None], ...]) -> dict[str, Any]:
    path = call.path.removeprefix("/api") or "/"
    return {
        "_header": {"tags": {"meta": _meta(call, title), "link": _links(call, path)}},
        "bodyClass": f"page-{template.replace('/', '-')} page-status-200",
        "breadcrumbs": [{"text": escaped(text), "url": url or path} for text, url in (("Home", "/"), *crumbs)],
        "loggedIn": call.actor.user is not None,
        "relative_path": "",
        "template": {"name": template, template: True},
        "title": escaped(title),
        "url": path,
        "widgets": {"sidebar-footer": []},
    }


async def viewer(call: Call) -> dict[str, Any]:
    """Who reads, as their own account; guests are uid 0."""
    if call.actor.user is None:
        return flat(GUEST)
    view = await read_user(call.unit, user_id=call.actor.user.id)
    account = flat(Account.of_view(view, now=call.unit.now))
    return {**account, "picture": picture(view.user.avatar_template)}


def _meta(call: Call, title: str) -> list[dict[str, str]]:
    site = call.unit.site
    return [
        {"name": "title", "property": "og:title", "content": escaped(title)},
        {"name": "site_name", "property": "og:site_name", "content": escaped(site.title)},
    ]


def _links(call: Call, path: str) -> list[dict[str, str]]:
    address = quote(path, safe="/:@!$&'()*+,;=~-._%")
    return [{"rel": "canonical", "href": f"{call.base_url}{address}"}]
