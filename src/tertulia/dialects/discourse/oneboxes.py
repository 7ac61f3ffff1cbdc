"""What a composer asks of an address that somebody typed. Only what everybody may see is told."""

from __future__ import annotations

from typing import Any

from tertulia.forum.oneboxes.asking import list_titles, read_onebox
from tertulia.http.call import TEXT, Answer, Call


async def get_onebox(call: Call) -> Answer:
    """HTML as plain text, as upstream sends it: it is a piece of a page and none to be opened. 404 without words, but
    not as an error: that would take the request back by which the page is fetched for the next time."""
    html = await read_onebox(call.unit, call.parameters.required_text("url"))
    return Answer((html or "").encode(), status=404 if html is None else 200, content_type=TEXT)


async def get_inline_oneboxes(call: Call) -> Any:
    titles = await list_titles(call.unit, call.parameters.texts("urls"))
    return {"inline-oneboxes": [{"url": url, "title": title} for url, title in titles.items()]}
