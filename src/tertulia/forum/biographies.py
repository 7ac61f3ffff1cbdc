"""The texts in which people and groups say who they are: cooked like posts, without quotes of posts."""

from __future__ import annotations

from tertulia.forum.cooking import CookContext, cook, find_mentions
from tertulia.forum.handles import handle_key
from tertulia.forum.unit import Unit
from tertulia.forum.uploads.showing import image_box, read_cooked_uploads
from tertulia.model.errors import ForumError, UserFieldTooLong
from tertulia.store.cards import list_cards_by_keys

MAXIMUM_BIO = 3_000  # source: upstream's limit of a biography


def check_bio(raw: str) -> tuple[ForumError, ...]:
    """UserFieldTooLong when there are more than 3,000 characters."""
    return (UserFieldTooLong(name="bio_raw", maximum=MAXIMUM_BIO),) if len(raw) > MAXIMUM_BIO else ()


async def cook_bio(unit: Unit, raw: str) -> str:
    """Safe HTML; empty for an empty text. Call before `unit.write()`: it reads who is mentioned."""
    text = raw.strip()
    if not text:
        return ""
    keys = [handle_key(name) for name in find_mentions(text)]
    named = {card.username.lower(): card.username for card in await list_cards_by_keys(unit.tx, keys)} if keys else {}
    base_url = str(unit.settings.process.base_url or "").rstrip("/")
    uploads = await read_cooked_uploads(unit, text)
    context = CookContext(base_url=base_url, usernames=named, uploads=uploads, image_box=image_box(unit))
    return cook(text, context=context).html
