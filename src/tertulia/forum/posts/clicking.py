"""Links that readers follow: each counts once a day for a person or address, and never for who wrote it."""

from __future__ import annotations

from urllib.parse import urlsplit

from tertulia.forum.batches import note_click
from tertulia.forum.unit import Unit
from tertulia.model.posts import ClickLink
from tertulia.store.readers.clicks import find_clicked

_LONGEST = 2_000


async def click_link(unit: Unit, command: ClickLink) -> None:
    """Counts that the actor followed a link of a post that they can see; whatever is no such link counts nothing.

    The count is written with the next batch."""
    if not command.url or len(command.url) > _LONGEST or not (command.post_id or command.topic_id):
        return
    if unit.actor.user is None and not unit.actor.address:
        return
    found = await find_clicked(
        unit.tx,
        _spellings(command.url, base_url=unit.settings.process.base_url),
        post_id=command.post_id,
        topic_id=command.topic_id,
        visibility=unit.actor.visibility,
    )
    if found is not None and found.user_id != unit.actor.user_id:
        note_click(unit, found.post_id, found.url)


def _spellings(url: str, *, base_url: str) -> set[str]:
    """The address as browsers give it and as posts may hold it: of this site with and without its host, with the other
    of http and https, with and without a last slash."""
    found = {url}
    try:
        base = urlsplit(base_url)
    except ValueError:
        return found
    host = f"{base.scheme}://{base.netloc}"
    if base.netloc and url.startswith(f"{host}/"):
        found.add(url.removeprefix(host))
    elif url.startswith("/") and not url.startswith("//"):
        found.add(f"{host}{url}")
    for scheme, other in (("http://", "https://"), ("https://", "http://")):
        if url.startswith(scheme):
            found.add(other + url.removeprefix(scheme))
    return found | {each.rstrip("/") for each in found if each.rstrip("/")} | {f"{each.rstrip('/')}/" for each in found}
