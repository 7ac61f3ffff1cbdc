"""What may be shown in the place of an address, what was found elsewhere, and which post shows what.

Read next: `schema/oneboxes.py`; `forum/oneboxes` decides.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, delete, exists, func, select, update

from tertulia.model.oneboxes import Onebox, OneboxPost, OneboxUser, Shown, ShownRef
from tertulia.model.posts import PostType
from tertulia.model.topics import Archetype
from tertulia.model.users import SYSTEM_ID
from tertulia.store.engine import Mapper, Tx, among, insert_query, parameter, query
from tertulia.store.schema.oneboxes import oneboxes, post_oneboxes
from tertulia.store.schema.posts import posts
from tertulia.store.schema.topics import topics
from tertulia.store.schema.users import users

MOST_HTML = 8_000  # characters of a post that an excerpt is made of
_POST = Mapper(
    OneboxPost,
    posts,
    title=topics.c.title,
    cooked=func.substr(posts.c.cooked, 1, MOST_HTML).label("beginning"),
    username=users.c.username,
    avatar_template=users.c.avatar_template,
)
_USER = Mapper(OneboxUser, users)
_ONEBOX = Mapper(Onebox, oneboxes)


def _may_be_shown() -> tuple[ColumnElement[bool], ...]:
    """Live, listed, said by somebody, in one of the categories; never of a private message."""
    return (
        topics.c.archetype == int(Archetype.REGULAR),
        topics.c.visible == 1,
        topics.c.deleted_at.is_(None),
        among(topics.c.category_id, "category_ids"),
        posts.c.deleted_at.is_(None),
        posts.c.user_deleted == 0,
        posts.c.hidden == 0,
        posts.c.post_type <= int(PostType.MODERATOR_ACTION),
    )


_PLACES = query(
    lambda: select(posts.c.topic_id, posts.c.post_number, posts.c.id).where(
        among(posts.c.topic_id, "topic_ids"), among(posts.c.post_number, "numbers")
    )
)
_POSTS = query(
    lambda: (
        select(*_POST.columns)
        .select_from(posts.join(topics, topics.c.id == posts.c.topic_id).join(users, users.c.id == posts.c.user_id))
        .where(among(posts.c.id, "ids"), *_may_be_shown())
    )
)
_SHOWABLE = query(
    lambda: (
        select(posts.c.id)
        .select_from(posts.join(topics, topics.c.id == posts.c.topic_id))
        .where(among(posts.c.id, "ids"), *_may_be_shown())
    )
)
_USERS = query(
    lambda: select(*_USER.columns).where(
        among(users.c.username_key, "keys"),
        users.c.id != SYSTEM_ID,
        users.c.active == 1,
        users.c.staged == 0,
        users.c.anonymized == 0,
        users.c.suspended_till.is_(None),
    )
)
_KNOWN = query(lambda: select(*_ONEBOX.columns).where(among(oneboxes.c.url, "urls")))
_FIND = query(lambda: select(*_ONEBOX.columns).where(oneboxes.c.id == parameter("onebox_id")))
_INSERT = insert_query(oneboxes, "url", "created_at", ignore=True)
_UPDATE = query(
    lambda: (
        update(oneboxes)
        .where(oneboxes.c.id == parameter("onebox_id"))
        .values(
            page=parameter("found", str),
            failures=parameter("in_a_row"),
            fetched_at=parameter("at"),
            asked_again_at=parameter("again_at"),
        )
    )
)
_LAST_OF_NEXT = query(
    lambda: select(func.max(oneboxes.c.id)).where(
        oneboxes.c.id.in_(
            select(oneboxes.c.id)
            .where(oneboxes.c.id > parameter("after"))
            .order_by(oneboxes.c.id)
            .limit(parameter("limit"))
        )
    )
)
_SWEEP = query(
    lambda: delete(oneboxes).where(
        oneboxes.c.id > parameter("after"),
        oneboxes.c.id <= parameter("up_to"),
        oneboxes.c.fetched_at <= parameter("before"),
        ~exists().where(post_oneboxes.c.kind == int(Shown.PAGE), post_oneboxes.c.target_id == oneboxes.c.id),
    )
)
_NEVER_FETCHED = query(lambda: select(func.count(oneboxes.c.id)).where(oneboxes.c.fetched_at.is_(None)))
_CLEAR = query(lambda: delete(post_oneboxes).where(post_oneboxes.c.post_id == parameter("post_id")))
_SHOW = insert_query(post_oneboxes, "post_id", "kind", "target_id", "waiting", ignore=True)
_TARGETS = query(
    lambda: (
        select(post_oneboxes.c.target_id)
        .where(post_oneboxes.c.kind == parameter("of_kind"), among(post_oneboxes.c.target_id, "ids"))
        .distinct()
    )
)
_SHOWING = query(
    lambda: (
        select(post_oneboxes.c.post_id)
        .where(
            post_oneboxes.c.kind == parameter("of_kind"),
            post_oneboxes.c.target_id == parameter("target"),
            post_oneboxes.c.post_id > parameter("after"),
        )
        .order_by(post_oneboxes.c.post_id)
        .limit(parameter("limit"))
    )
)
_IN_TOPIC = query(
    lambda: (
        select(post_oneboxes.c.post_id)
        .select_from(post_oneboxes.join(posts, posts.c.id == post_oneboxes.c.post_id))
        .where(
            posts.c.topic_id == parameter("target"),
            post_oneboxes.c.kind == int(Shown.POST),
            post_oneboxes.c.post_id > parameter("after"),
        )
        .distinct()
        .order_by(post_oneboxes.c.post_id)
        .limit(parameter("limit"))
    )
)
_OF_CATEGORY = query(
    lambda: (
        select(post_oneboxes.c.post_id)
        .select_from(post_oneboxes.join(topics, topics.c.id == post_oneboxes.c.target_id))
        .where(
            topics.c.category_id == parameter("target"),
            post_oneboxes.c.kind == int(Shown.TOPIC),
            post_oneboxes.c.post_id > parameter("after"),
        )
        .distinct()
        .order_by(post_oneboxes.c.post_id)
        .limit(parameter("limit"))
    )
)


async def find_posts_at(tx: Tx, places: Collection[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """Post ids by (topic id, post number), whoever may see them."""
    found = await tx.all(
        _PLACES,
        topic_ids=sorted({topic_id for topic_id, _ in places}),
        numbers=sorted({number for _, number in places}),
    )
    return {(int(row[0]), int(row[1])): int(row[2]) for row in found}


async def list_showable_posts(tx: Tx, ids: Collection[int], *, category_ids: Collection[int]) -> list[OneboxPost]:
    """Those of the posts that a text may show, when its readers read these categories."""
    return _POST.all(await tx.all(_POSTS, ids=sorted(ids), category_ids=sorted(category_ids)))


async def list_showable_ids(tx: Tx, ids: Collection[int], *, category_ids: Collection[int]) -> set[int]:
    """Their ids only."""
    found = await tx.all(_SHOWABLE, ids=sorted(ids), category_ids=sorted(category_ids))
    return {int(row[0]) for row in found}


async def list_showable_users(tx: Tx, keys: Collection[str]) -> list[OneboxUser]:
    """Those of the people, by the normal forms of their names, who have a profile that everybody sees."""
    return _USER.all(await tx.all(_USERS, keys=sorted(keys)))


async def list_oneboxes(tx: Tx, urls: Collection[str]) -> dict[str, Onebox]:
    """What is known of the addresses, by address."""
    return {each.url: each for each in _ONEBOX.all(await tx.all(_KNOWN, urls=sorted(urls)))}


async def find_onebox(tx: Tx, onebox_id: int) -> Onebox | None:
    return _ONEBOX.maybe(await tx.one(_FIND, onebox_id=onebox_id))


async def insert_oneboxes(tx: Tx, urls: Sequence[str], *, now: int) -> None:
    """Puts the addresses of which nothing is known."""
    await tx.many(_INSERT, [{"url": url, "created_at": now} for url in sorted(urls)])


async def update_onebox(tx: Tx, onebox_id: int, *, page: str, failures: int, at: int, again_at: int) -> None:
    """Writes down what asking there gave."""
    await tx.run(_UPDATE, onebox_id=onebox_id, found=page, in_a_row=failures, at=at, again_at=again_at)


async def find_last_of_next(tx: Tx, *, after: int, limit: int) -> int | None:
    """The highest id of the next `limit` addresses above `after`, or None when there is none."""
    found = await tx.value(_LAST_OF_NEXT, after=after, limit=limit)
    return None if found is None else int(found)


async def delete_unused_oneboxes(tx: Tx, *, after: int, up_to: int, before: int) -> None:
    """Forgets what was found until `before` (ms) at addresses with these ids that no post holds (any longer)."""
    await tx.run(_SWEEP, after=after, up_to=up_to, before=before)


async def count_never_fetched(tx: Tx) -> int:
    """How many addresses wait for their first request."""
    return int(await tx.value(_NEVER_FETCHED))


async def replace_shown(tx: Tx, post_id: int, shown: Collection[ShownRef], *, is_new: bool = False) -> None:
    """Makes these what the post shows something of; a post that `is_new` showed nothing."""
    if not is_new:
        await tx.run(_CLEAR, post_id=post_id)
    rows = [(int(ref.kind), ref.id, int(ref.waiting)) for ref in shown]
    if rows:
        names = ("post_id", "kind", "target_id", "waiting")
        await tx.many(_SHOW, [dict(zip(names, (post_id, *row), strict=True)) for row in sorted(rows)])


async def list_shown_targets(tx: Tx, kind: Shown, ids: Collection[int]) -> set[int]:
    """Those of the ids that some post shows something of."""
    return {int(row[0]) for row in await tx.all(_TARGETS, of_kind=int(kind), ids=sorted(ids))} if ids else set()


async def list_showing(tx: Tx, kind: Shown, target_id: int, *, after: int, limit: int) -> list[int]:
    """Ids above `after` of the posts that show something of it, or wait for it; ascending."""
    rows = await tx.all(_SHOWING, of_kind=int(kind), target=target_id, after=after, limit=limit)
    return [int(row[0]) for row in rows]


async def list_showing_in_topic(tx: Tx, topic_id: int, *, after: int, limit: int) -> list[int]:
    """The same of the topic's own posts that show other posts."""
    return [int(row[0]) for row in await tx.all(_IN_TOPIC, target=topic_id, after=after, limit=limit)]


async def list_showing_of_category(tx: Tx, category_id: int, *, after: int, limit: int) -> list[int]:
    """The same of posts that show topics of the category."""
    return [int(row[0]) for row in await tx.all(_OF_CATEGORY, target=category_id, after=after, limit=limit)]
