"""What an edit changes of a topic itself: title, category, tags, link. Used by edits of topics and of first posts.

Who may edit was settled before; what a target category asks is asked here. Read next: `editing.py`.
"""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from tertulia.forum.cooking import fancy
from tertulia.forum.permissions import able
from tertulia.forum.tags.tagging import count_topic, is_topic_public, replace_topic_tags, resolve_tags
from tertulia.forum.topic_rules.checking import check_title_free, check_title_text, checked_link
from tertulia.forum.topic_rules.placing import place_topic
from tertulia.forum.topic_rules.titles import clean_title, slugify, title_key
from tertulia.forum.unit import Unit
from tertulia.model.errors import Refusals, TagsTooFew
from tertulia.model.events import TopicEdited
from tertulia.model.topics import Topic
from tertulia.store import tags as tag_store
from tertulia.store.categories import lock_category
from tertulia.store.writing import topics as store


class TopicChange(msgspec.Struct, frozen=True, kw_only=True):
    """What shall be different; UNSET leaves a part as it is."""

    title: str | UnsetType = UNSET
    category_id: int | None | UnsetType = UNSET
    tags: tuple[str, ...] | UnsetType = UNSET
    featured_link: str | None | UnsetType = UNSET
    skip_validations: bool = False


async def change_topic(unit: Unit, topic: Topic, change: TopicChange) -> dict[str, tuple[object, object]]:
    """Applies the change to a locked topic, tells TopicEdited, and answers (before, after) of what is different.

    Raises Refusals for titles, CategoryUnknown, CategoryDisabled, NotAllowed (target category), TagsTooMany."""
    changes = await _change_title(unit, topic, change)
    changes |= await _move(unit, topic, change)
    fields = {name: pair[1] for name, pair in changes.items()}
    if "title" in fields:
        title = str(fields["title"])
        fields |= {"title_key": title_key(title), "fancy_title": fancy(title), "slug": slugify(title)}
    if change.featured_link is not UNSET:
        link = checked_link(change.featured_link)
        if link != topic.featured_link:
            changes["featured_link"] = (topic.featured_link, link)
            fields["featured_link"] = link
    was_public = await is_topic_public(unit.tx, topic.id)
    if fields:
        await store.update_topic(unit.tx, topic.id, fields={**fields, "updated_at": unit.now})
    if "category_id" in fields:
        await count_topic(unit.tx, topic.id, was_public=was_public)
    changes |= await _change_tags(unit, topic, change, category_id=fields.get("category_id", topic.category_id))
    if changes:
        unit.tell(
            TopicEdited(
                topic_id=topic.id,
                category_id=(await store.read_topic_again(unit.tx, topic.id)).category_id,
                before={name: pair[0] for name, pair in changes.items()},
                after={name: pair[1] for name, pair in changes.items()},
            )
        )
    return changes


async def _change_title(unit: Unit, topic: Topic, change: TopicChange) -> dict[str, tuple[object, object]]:
    title = topic.title if change.title is UNSET else clean_title(change.title)
    if title == topic.title:
        return {}
    lenient = change.skip_validations
    found = check_title_text(unit, title, is_private=topic.is_message, lenient=lenient)
    if not lenient and not topic.is_message:
        found += await check_title_free(unit, title, category_id=topic.category_id, except_id=topic.id)
    if found:
        raise Refusals(tuple(found))
    return {"title": (topic.title, title)}


async def _move(unit: Unit, topic: Topic, change: TopicChange) -> dict[str, tuple[object, object]]:
    wanted = topic.category_id if change.category_id is UNSET else change.category_id
    if wanted == topic.category_id or topic.is_message:
        return {}
    category = await place_topic(unit, wanted)
    if category.id == topic.category_id:
        return {}
    for category_id in sorted(filter(None, (topic.category_id, category.id))):
        await lock_category(unit.tx, category_id)
    return {"category_id": (topic.category_id, category.id)}


async def _change_tags(
    unit: Unit, topic: Topic, change: TopicChange, *, category_id: object
) -> dict[str, tuple[object, object]]:
    if change.tags is UNSET or not unit.site.tagging_enabled:
        return {}
    if topic.is_message and not able(unit, "topic.tag", topic=topic):
        return {}
    target = category_id if isinstance(category_id, int) else None
    about = topic if topic.is_message else None
    tags = await resolve_tags(unit, change.tags, topic=about, category_id=target)
    before = await tag_store.list_topic_tags(unit.tx, topic.id)
    if {tag.id for tag in tags} == {tag.id for tag in before}:
        return {}
    category = await lock_category(unit.tx, target) if target is not None else None
    least = category.minimum_required_tags if category is not None else 0
    if len(tags) < least and not unit.actor.is_staff:
        raise Refusals((TagsTooFew(minimum=least),))
    await replace_topic_tags(unit.tx, topic.id, [tag.id for tag in tags])
    return {"tags": ([tag.name for tag in before], [tag.name for tag in tags])}
