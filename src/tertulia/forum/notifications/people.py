"""People who may be told of a post: loaded in bulk with their levels, groups, and whether they can see it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tertulia.forum.sessions.actors import built_in_groups, list_visibilities
from tertulia.forum.unit import Unit
from tertulia.model.actor import Visibility
from tertulia.model.levels import Level
from tertulia.model.posts import Post, PostType
from tertulia.model.topics import Topic
from tertulia.model.users import User
from tertulia.store.notifications import audience as store
from tertulia.store.notifications.audience import Around
from tertulia.store.notifications.relations import list_keeping_away
from tertulia.store.users import list_users_by_ids

_NEVER: tuple[int | None, int] = (None, 0)


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who can see the post and may be told. `level` is what they chose for the topic; `around` what they
    chose for its category and tags, `last_read` the number of the last post that they have read."""

    user: User
    groups: frozenset[int]
    level: int | None
    last_read: int
    around: frozenset[int]

    @property
    def watches(self) -> bool:
        return self.level == Level.WATCHING

    @property
    def watches_around(self) -> bool:
        """By category or tag, unless something else was chosen for the topic."""
        return self.level is None and Level.WATCHING in self.around

    @property
    def mutes_around(self) -> bool:
        """Category or tag are muted, and the topic was not chosen in spite of it."""
        return Level.MUTED in self.around and (self.level is None or self.level < Level.TRACKING)


async def load_people(
    unit: Unit, user_ids: Iterable[int], *, post: Post, topic: Topic, around: Around, actor_id: int | None
) -> dict[int, Person]:
    """Those of the users who may be told: they can log in, see the post, did not do it themselves, have neither
    muted the topic nor whoever did it. By ascending id."""
    others = set(user_ids) - {actor_id}
    if not others:
        return {}
    users = {user.id: user for user in await list_users_by_ids(unit.tx, others) if _listens(user, now=unit.now)}
    if not users:
        return {}
    ids = sorted(users)
    states = await store.list_topic_states(unit.tx, ids, topic_id=topic.id)
    levels_around = await store.list_levels_around(unit.tx, ids, around)
    custom = await store.list_custom_groups_of(unit.tx, ids)
    away = await list_keeping_away(unit.tx, ids, other_id=actor_id, now=unit.now) if actor_id is not None else set()
    groups = {user_id: built_in_groups(user) | custom.get(user_id, set()) for user_id, user in users.items()}
    sights = await list_visibilities(unit, {user_id: (user, groups[user_id]) for user_id, user in users.items()})
    return {
        user_id: Person(
            user=users[user_id],
            groups=groups[user_id],
            level=states.get(user_id, _NEVER)[0],
            last_read=states.get(user_id, _NEVER)[1],
            around=frozenset(levels_around.get(user_id, ())),
        )
        for user_id in ids
        if user_id not in away
        and states.get(user_id, _NEVER)[0] != Level.MUTED
        and _sees(sights[user_id], user=users[user_id], post=post, topic=topic, around=around)
    }


def _listens(user: User, *, now: int) -> bool:
    return user.id > 0 and user.active and not user.staged and not user.is_suspended(now)


def _sees(sight: Visibility, *, user: User, post: Post, topic: Topic, around: Around) -> bool:
    """Of messages, only those who take part are told, though admins may read them all (source: upstream)."""
    if post.deleted_at is not None or topic.deleted_at is not None or post.hidden:
        return False
    if post.post_type == PostType.WHISPER and not user.is_staff:
        return False
    if topic.is_message:
        return user.id in around.allowed_user_ids or not around.group_levels.keys().isdisjoint(sight.group_ids)
    return topic.category_id in sight.category_ids
