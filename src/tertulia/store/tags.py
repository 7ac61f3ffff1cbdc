"""Tags and the topics that carry them. `topic_count` counts topics that everybody can see."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update

from tertulia.model.actor import Visibility
from tertulia.model.levels import Subject
from tertulia.model.tags import Tag, TagRef
from tertulia.model.topics import Archetype
from tertulia.store import visibility as visible
from tertulia.store.engine import Mapper, Tx, among, insert_query, parameter, query
from tertulia.store.schema.categories import categories
from tertulia.store.schema.tags import levels, tags, topic_tags
from tertulia.store.schema.topics import topics

TAG = Mapper(Tag, tags)
TAG_REF = Mapper(TagRef, tags)

_INSERT = insert_query(tags, "name", "name_key", "description", "created_at", returning="id")
_PUT = insert_query(topic_tags, "topic_id", "tag_id", "position", ignore=True)


def _carried_by_a_visible_topic() -> ColumnElement[bool]:
    return exists(
        select(topic_tags.c.topic_id)
        .join(topics, topics.c.id == topic_tags.c.topic_id)
        .where(topic_tags.c.tag_id == tags.c.id, visible.topic_is_visible())
    )


def _is_public() -> ColumnElement[bool]:
    return and_(
        topics.c.archetype == int(Archetype.REGULAR),
        topics.c.deleted_at.is_(None),
        topics.c.visible == 1,
        categories.c.restricted == 0,
    )


_FIND = query(
    lambda: select(*TAG.columns).where(
        tags.c.name_key == parameter("name_key", str),
        or_(tags.c.topic_count > 0, parameter("sees_all") == 1, _carried_by_a_visible_topic()),
    )
)
_FIND_BY_ID = query(
    lambda: select(*TAG.columns).where(
        tags.c.id == parameter("tag_id"),
        or_(tags.c.topic_count > 0, parameter("sees_all") == 1, _carried_by_a_visible_topic()),
    )
)
_LOCK = query(lambda: select(*TAG.columns).where(tags.c.name_key == parameter("name_key", str)).with_for_update())
_BY_KEYS = query(lambda: select(*TAG.columns).where(among(tags.c.name_key, "name_keys")))
_LIST = query(
    lambda: (
        select(*TAG.columns)
        .where(or_(tags.c.topic_count > 0, parameter("sees_all") == 1))
        .order_by(tags.c.topic_count.desc(), tags.c.id.desc())
        .limit(parameter("limit"))
    )
)
_SEARCH = query(
    lambda: (
        select(*TAG_REF.columns)
        .where(
            tags.c.name_key >= parameter("first", str),
            tags.c.name_key < parameter("beyond", str),
            or_(tags.c.topic_count > 0, parameter("sees_all") == 1),
        )
        .order_by(tags.c.topic_count.desc(), tags.c.name_key)
        .limit(parameter("limit"))
    )
)
_UPDATE = query(
    lambda: (
        update(tags)
        .where(tags.c.id == parameter("tag_id"))
        .values(
            name=parameter("new_name", str),
            name_key=parameter("new_key", str),
            description=parameter("new_description", str),
        )
    )
)
_DELETE = query(lambda: delete(tags).where(tags.c.id == parameter("old_tag")))
_DELETE_USES = query(lambda: delete(topic_tags).where(topic_tags.c.tag_id == parameter("old_tag")))
_DELETE_LEVELS = query(
    lambda: delete(levels).where(levels.c.subject == int(Subject.TAG), levels.c.subject_id == parameter("old_tag"))
)
_OF_TOPIC = query(
    lambda: (
        select(*TAG_REF.columns)
        .join(topic_tags, topic_tags.c.tag_id == tags.c.id)
        .where(topic_tags.c.topic_id == parameter("one_topic"))
        .order_by(topic_tags.c.position, tags.c.id)
    )
)
_CLEAR = query(lambda: delete(topic_tags).where(topic_tags.c.topic_id == parameter("one_topic")))
_TOPIC_IS_PUBLIC = query(
    lambda: (
        select(topics.c.id)
        .join(categories, categories.c.id == topics.c.category_id)
        .where(topics.c.id == parameter("one_topic"), _is_public())
    )
)
_SHIFT = query(
    lambda: (
        update(tags)
        .where(among(tags.c.id, "tag_ids"))
        .values(topic_count=func.coalesce(tags.c.topic_count, 0) + parameter("by"))
    )
)
_RECOUNT = query(
    lambda: (
        update(tags)
        .where(
            exists(
                select(topic_tags.c.topic_id)
                .join(topics, topics.c.id == topic_tags.c.topic_id)
                .where(topic_tags.c.tag_id == tags.c.id, topics.c.category_id == parameter("one_category"))
            )
        )
        .values(
            topic_count=select(func.count(topics.c.id))
            .select_from(topic_tags)
            .join(topics, topics.c.id == topic_tags.c.topic_id)
            .join(categories, categories.c.id == topics.c.category_id)
            .where(topic_tags.c.tag_id == tags.c.id, _is_public())
            .scalar_subquery()
        )
    )
)


async def find_tag(tx: Tx, name_key: str, *, visibility: Visibility) -> Tag | None:
    """The tag, when a topic that the reader can see carries it; unused ones for staff."""
    values = {**visible.values(visibility), "sees_all": int(visibility.sees_deleted)}
    return TAG.maybe(await tx.one(_FIND, name_key=name_key, **values))


async def find_tag_by_id(tx: Tx, tag_id: int, *, visibility: Visibility) -> Tag | None:
    """The same by id."""
    values = visible.values(visibility)
    return TAG.maybe(await tx.one(_FIND_BY_ID, tag_id=tag_id, sees_all=int(visibility.sees_deleted), **values))


async def lock_tag(tx: Tx, name_key: str) -> Tag | None:
    """The tag, locked until the unit ends: for changes."""
    return TAG.maybe(await tx.one(_LOCK, name_key=name_key))


async def list_tags_by_key(tx: Tx, name_keys: Collection[str]) -> dict[str, Tag]:
    """Existing tags by key, for putting them on topics: says nothing that using them would not say."""
    return {tag.name_key: tag for tag in TAG.all(await tx.all(_BY_KEYS, name_keys=list(name_keys)))}


async def list_tags(tx: Tx, *, visibility: Visibility, limit: int) -> list[Tag]:
    """Tags of public topics, the commonest first; staff also see the others."""
    return TAG.all(await tx.all(_LIST, sees_all=int(visibility.sees_deleted), limit=limit))


async def search_tags(tx: Tx, prefix: str, *, visibility: Visibility, limit: int) -> list[TagRef]:
    """The same whose key begins with `prefix` (a key itself, not empty)."""
    beyond = prefix + "\U0010ffff"
    sees_all = int(visibility.sees_deleted)
    return TAG_REF.all(await tx.all(_SEARCH, first=prefix, beyond=beyond, sees_all=sees_all, limit=limit))


async def insert_tag(tx: Tx, *, name: str, name_key: str, description: str, now: int) -> int:
    """Raises UniqueViolation."""
    return int(await tx.value(_INSERT, name=name, name_key=name_key, description=description, created_at=now))


async def update_tag(tx: Tx, tag: Tag) -> None:
    """Writes name, key and description. Raises UniqueViolation."""
    await tx.run(_UPDATE, tag_id=tag.id, new_name=tag.name, new_key=tag.name_key, new_description=tag.description)


async def delete_tag(tx: Tx, tag_id: int) -> None:
    """Takes the tag off every topic, with the levels that people have for it."""
    for statement in (_DELETE_USES, _DELETE_LEVELS, _DELETE):
        await tx.run(statement, old_tag=tag_id)


async def list_topic_tags(tx: Tx, topic_id: int) -> list[TagRef]:
    """The tags of one topic in their order; the topic was found with its reader's visibility before."""
    return TAG_REF.all(await tx.all(_OF_TOPIC, one_topic=topic_id))


async def replace_topic_tags(tx: Tx, topic_id: int, *, tag_ids: Sequence[int]) -> tuple[set[int], set[int]]:
    """Gives the topic exactly these tags in this order; answers (added, removed). Counts are left alone."""
    before = {tag.id for tag in await list_topic_tags(tx, topic_id)}
    wanted = list(dict.fromkeys(tag_ids))
    await tx.run(_CLEAR, one_topic=topic_id)
    await tx.many(
        _PUT,
        [{"topic_id": topic_id, "tag_id": tag_id, "position": place} for place, tag_id in enumerate(wanted)],
    )
    return set(wanted) - before, before - set(wanted)


async def is_topic_public(tx: Tx, topic_id: int) -> bool:
    """Whether everybody can see the topic in lists, which is what tags count."""
    return await tx.value(_TOPIC_IS_PUBLIC, one_topic=topic_id) is not None


async def shift_counts(tx: Tx, tag_ids: Collection[int], *, by: int) -> None:
    if tag_ids and by:
        await tx.run(_SHIFT, tag_ids=sorted(tag_ids), by=by)


async def recount_tags(tx: Tx, category_id: int) -> None:
    """Counts the topics of every tag used in the category again, after it became restricted or public."""
    await tx.run(_RECOUNT, one_category=category_id)
