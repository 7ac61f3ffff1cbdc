"""Tags put on topics: names to tags, and the counts that follow. Tags by themselves are in `saving.py`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tertulia.forum.permissions import able
from tertulia.forum.tags.names import clean_tag, tag_key
from tertulia.forum.unit import Unit
from tertulia.model.errors import TagsTooMany
from tertulia.model.events import TagCreated
from tertulia.model.tags import TagRef
from tertulia.model.topics import Topic
from tertulia.store import tags as store
from tertulia.store.engine import Tx

_MOST = 100  # even for staff


async def resolve_tags(
    unit: Unit, names: Iterable[str], *, topic: Topic | None = None, category_id: int | None = None
) -> list[TagRef]:
    """The tags meant, in order and once each; missing ones are made where the actor may make tags.

    What the actor may not do is left out without a word, as upstream does: every tag where it may not tag in
    the topic's category (`category_id` while there is no topic yet), unknown names where it may not make them.
    Raises TagsTooMany (staff have room for 100). Writes only when a tag is made."""
    limit = _MOST if unit.actor.is_staff else min(unit.site.max_tags_per_topic, _MOST)
    wanted: dict[str, str] = {}
    for raw in names:
        name = clean_tag(raw, maximum=unit.site.max_tag_length, force_lowercase=unit.site.force_lowercase_tags)
        if name:
            wanted.setdefault(tag_key(name), name)
        if len(wanted) > _MOST:
            raise TagsTooMany(maximum=limit)
    subject = {"topic": topic} if topic is not None else {"category_id": category_id}
    if not wanted or not unit.site.tagging_enabled or not able(unit, "topic.tag", **subject):
        return []
    if len(wanted) > limit:
        raise TagsTooMany(maximum=limit)
    known = await store.list_tags_by_key(unit.tx, wanted)
    missing = [key for key in wanted if key not in known]
    made: dict[str, TagRef] = {}
    if missing and able(unit, "tag.create"):
        await unit.write()
        known = await store.list_tags_by_key(unit.tx, wanted)
        made = {key: await _make(unit, key, name=wanted[key]) for key in missing if key not in known}
    found = {key: TagRef(tag.id, tag.name, tag.topic_count) for key, tag in known.items()} | made
    return [found[key] for key in wanted if key in found]


def clean(unit: Unit, name: str) -> str:
    """Gives the name that a tag would have under the site's settings; empty when there is none."""
    site = unit.site
    return clean_tag(name, maximum=site.max_tag_length, force_lowercase=site.force_lowercase_tags)


async def _make(unit: Unit, key: str, *, name: str) -> TagRef:
    tag_id = await store.insert_tag(unit.tx, name=name, name_key=key, description="", now=unit.now)
    unit.tell(TagCreated(tag_id=tag_id, name=name))
    return TagRef(tag_id, name, 0)


async def replace_topic_tags(tx: Tx, topic_id: int, tag_ids: Sequence[int]) -> None:
    """Gives a topic exactly these tags, in this order, and keeps the tags' counts of public topics.

    Call it when the topic's row is as it will be; for other changes to the row see `count_topic`."""
    added, removed = await store.replace_topic_tags(tx, topic_id, tag_ids=tag_ids)
    if (added or removed) and await store.is_topic_public(tx, topic_id):
        await store.shift_counts(tx, added, by=1)
        await store.shift_counts(tx, removed, by=-1)


async def count_topic(tx: Tx, topic_id: int, *, was_public: bool) -> None:
    """Keeps the counts of a topic's tags after it was deleted, recovered, listed, unlisted or moved.

    `was_public` is what `is_topic_public` said before. Before a purge, replace the tags by none."""
    is_public = await store.is_topic_public(tx, topic_id)
    if is_public != was_public:
        carried = [tag.id for tag in await store.list_topic_tags(tx, topic_id)]
        await store.shift_counts(tx, carried, by=1 if is_public else -1)


async def is_topic_public(tx: Tx, topic_id: int) -> bool:
    """Whether everybody can see the topic in lists: what `count_topic` must be told from before a change."""
    return await store.is_topic_public(tx, topic_id)
