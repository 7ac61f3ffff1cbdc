"""What a post refers to, from its cooked text to rows: mentions, quotes, links and their reflections.

What exists is asked with the author's eyes, so that nobody learns or marks what they cannot see.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from tertulia.forum.addresses import SiteLink, parse_site_path, topic_path
from tertulia.forum.cooking import CookContext, Link, Quote
from tertulia.forum.cooking.relations import finish_links
from tertulia.forum.oneboxes.storing import store_shown
from tertulia.forum.posts.preparing import Body
from tertulia.forum.unit import Unit
from tertulia.model.posts import Post
from tertulia.model.topics import Topic
from tertulia.store.uploads.usage import replace_post_uploads
from tertulia.store.writing import references as store

MAXIMUM_MENTIONS = 50
MAXIMUM_QUOTES = 50
MAXIMUM_LINKS = 100
_MAXIMUM_URL = 2_000


async def store_references(
    unit: Unit, post: Post, *, topic: Topic, body: Body, is_new: bool = False
) -> tuple[list[int], list[int]]:
    """Replaces everything the post referred to; answers ids of the people named and the posts quoted.

    A post that `is_new` was stored just now and referred to nothing: eight statements less."""
    mentioned = body.mentioned()[:MAXIMUM_MENTIONS]
    groups = body.mentioned_groups()[:MAXIMUM_MENTIONS]
    await store.replace_mentions(unit.tx, post.id, mentioned, is_new=is_new)
    await store.replace_group_mentions(unit.tx, post.id, groups, is_new=is_new)
    quoted = await _find_quoted(unit, topic, quotes=body.cooked.quotes)
    await replace_post_uploads(unit.tx, post.id, body.cooked.uploads, is_new=is_new)
    live = post.deleted_at is None
    await store.replace_quotes(unit.tx, post.id, quoted, counted=live, is_new=is_new)
    await store_links(unit, post, topic=topic, links=body.cooked.links if live else (), is_new=is_new)
    await store_shown(unit, post.id, category_id=topic.category_id, shown=body.shown, asked=body.asked, is_new=is_new)
    return mentioned, quoted


async def restore_links(unit: Unit, post: Post, *, topic: Topic) -> None:
    """Puts the links of a recovered post back, as its stored HTML has them."""
    _, links = finish_links(post.cooked, context=CookContext(base_url=unit.settings.process.base_url))
    await store_links(unit, post, topic=topic, links=links)


async def _find_quoted(unit: Unit, topic: Topic, *, quotes: Iterable[Quote]) -> list[int]:
    places = [(quote.topic_id or topic.id, quote.post_number) for quote in quotes if quote.post_number is not None][
        :MAXIMUM_QUOTES
    ]
    places = [place for place in places if max(place) < 2**63]
    found = await store.find_quotable(unit.tx, dict.fromkeys(places), visibility=unit.actor.visibility)
    return list(dict.fromkeys(found.values()))


async def store_links(unit: Unit, post: Post, *, topic: Topic, links: Sequence[Link], is_new: bool = False) -> None:
    """Replaces the links of the post. A link to another topic shows there as well, unless a message holds it."""
    kept = [link for link in links if len(link.url) <= _MAXIMUM_URL][:MAXIMUM_LINKS]
    leads = {link.url: _leads_to(link) for link in kept}
    wanted = {lead.id for lead in leads.values() if lead is not None and lead.id is not None}
    topics = await store.find_linkable(unit.tx, wanted, visibility=unit.actor.visibility)
    rows: list[dict[str, Any]] = []
    for link in kept:
        lead = leads[link.url]
        linked = lead.id if lead is not None and lead.id in topics else None
        title, first_post_id = topics[linked] if linked is not None else ("", 0)
        row = {
            "topic_id": topic.id,
            "post_id": post.id,
            "user_id": post.user_id,
            "url": link.url,
            "domain": _domain(link.url),
            "title": title,
            "internal": int(link.internal),
            "reflection": 0,
            "linked_topic_id": linked,
            "linked_post_id": first_post_id if linked is not None else None,
            "created_at": unit.now,
        }
        rows.append(row)
        if linked is not None and linked != topic.id and not topic.is_message:
            rows.append(
                row
                | {
                    "topic_id": linked,
                    "post_id": first_post_id,
                    "url": topic_path(topic.slug, topic.id, post.post_number),
                    "domain": "",
                    "title": topic.title,
                    "reflection": 1,
                    "linked_topic_id": topic.id,
                    "linked_post_id": post.id,
                }
            )
    await store.replace_links(unit.tx, post.id, rows, is_new=is_new)


def _leads_to(link: Link) -> SiteLink | None:
    if not link.internal:
        return None
    lead = parse_site_path(_parts(link.url)[1])
    return lead if lead is not None and lead.kind == "topic" else None


def _domain(url: str) -> str:
    return _parts(url)[0]


def _parts(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
        return (parts.hostname or "")[:255], parts.path
    except ValueError:
        return "", ""
