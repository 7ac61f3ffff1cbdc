"""How closely somebody follows a topic, a category or a tag. A module of its own, as it asks about all three."""

from __future__ import annotations

from tertulia.forum.categories.reading import read_category
from tertulia.forum.groups.reading import find_group
from tertulia.forum.permissions import allow
from tertulia.forum.topics.reading import find_topic
from tertulia.forum.unit import Unit
from tertulia.model.errors import LevelInvalid, NotAllowed, TagMissing, UserMissing
from tertulia.model.levels import Level, SetLevel, Subject
from tertulia.store.group_members import find_members
from tertulia.store.levels import save_level
from tertulia.store.readers.topic_states import save_topic_level
from tertulia.store.tags import find_tag_by_id
from tertulia.store.users import find_user

_STORED = {"category": Subject.CATEGORY, "tag": Subject.TAG, "group": Subject.GROUP}


async def set_level(unit: Unit, command: SetLevel) -> int:
    """Sets the actor's own level (an admin may set somebody else's) and gives it back.

    Raises LoginRequired, NotAllowed, UserMissing, TopicMissing, CategoryMissing, TagMissing, GroupMissing, and
    LevelInvalid for numbers that are no level (topics do not take 4)."""
    allow(unit, "member")
    user_id = unit.actor.user_id if command.user_id is None else command.user_id
    if user_id is None or user_id != unit.actor.user_id:
        allow(unit, "user.admin")
    await _check_subject(unit, command)
    most = Level.WATCHING if command.subject == "topic" else Level.WATCHING_FIRST_POST
    if not Level.MUTED <= command.level <= most:
        raise LevelInvalid(name=str(command.level))
    await unit.write()
    await _check_subject(unit, command)
    if user_id is None or await find_user(unit.tx, user_id) is None:
        raise UserMissing()
    if command.subject == "topic":
        await save_topic_level(unit.tx, command.subject_id, user_id, level=command.level)
    else:
        await save_level(
            unit.tx,
            user_id,
            subject=_STORED[command.subject],
            subject_id=command.subject_id,
            level=command.level,
        )
    return command.level


async def _check_member(unit: Unit, command: SetLevel) -> None:
    """Raises GroupMissing, and NotAllowed when the person is not in the group."""
    group = await find_group(unit, group_id=command.subject_id)
    if command.user_id in (None, unit.actor.user_id):
        is_member = group.id in unit.actor.group_ids
    else:
        is_member = group.automatic or bool(await find_members(unit.tx, group.id, ids=[command.user_id or 0]))
    if not is_member:
        raise NotAllowed()


async def _check_subject(unit: Unit, command: SetLevel) -> None:
    if command.subject == "topic":
        await find_topic(unit, command.subject_id)
    elif command.subject == "group":
        await _check_member(unit, command)
    elif command.subject == "category":
        await read_category(unit, command.subject_id)
    elif command.subject == "tag":
        if await find_tag_by_id(unit.tx, command.subject_id, visibility=unit.actor.visibility) is None:
            raise TagMissing()
    else:
        raise LevelInvalid(name=command.subject[:100])
