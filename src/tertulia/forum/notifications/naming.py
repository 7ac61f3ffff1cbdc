"""People named in a post, told inside its transaction: at most 50. Everybody else: `fanning_out.py`."""

from __future__ import annotations

from itertools import islice

from tertulia.forum.notifications.choosing import choose
from tertulia.forum.notifications.gathering import find_message, find_subject, gather_reasons
from tertulia.forum.notifications.people import load_people
from tertulia.forum.notifications.telling import insert, tell
from tertulia.forum.unit import Unit
from tertulia.model.events import PostCreated, PostEdited, TopicUserInvited
from tertulia.model.notifications import NewNotification, NotificationKind
from tertulia.model.posts import Post
from tertulia.model.topics import Topic
from tertulia.model.users import SYSTEM_ID
from tertulia.store.notifications import audience
from tertulia.store.notifications import rows as store

MOST_NAMED = 50
_NAMING = (
    NotificationKind.MENTIONED,
    NotificationKind.REPLIED,
    NotificationKind.QUOTED,
    NotificationKind.PRIVATE_MESSAGE,
)


async def tell_named(unit: Unit, event: PostCreated | PostEdited) -> None:
    """Tells the people whom a new post (or an edit, anew) mentions, answers or quotes, or whom a message is for."""
    if isinstance(event, PostCreated) and (event.quiet or await _names_nobody(unit, event)):
        return
    found = unit.subject or await find_subject(unit, event.post_id, event.topic_id)
    if found is None:
        return
    reasons = await gather_reasons(unit, event, post=found[0], topic=found[1], with_links=False)
    people = [*event.mentions, *reasons.quoted]
    if reasons.is_new:
        people += [reasons.replied or 0, *sorted(reasons.around.allowed_user_ids)]
    actor_id = event.user_id if event.actor_id is None else event.actor_id
    named = list(islice((each for each in dict.fromkeys(people) if each not in (0, event.user_id)), MOST_NAMED))
    if not named:
        return
    persons = await load_people(
        unit, named, post=reasons.post, topic=reasons.topic, around=reasons.around, actor_id=actor_id
    )
    chosen = {user_id: choose(reasons, person) for user_id, person in persons.items()}
    choices = {user_id: choice for user_id, choice in chosen.items() if choice is not None and choice.kind in _NAMING}
    await tell(unit, choices, reasons=reasons, actor_id=actor_id, event_id=unit.event_id or 0)


async def _names_nobody(unit: Unit, event: PostCreated) -> bool:
    """Most posts: told by the event and one look, without the post, its topic and its tags."""
    if event.mentions or event.quotes or event.category_id is None:
        return False
    if unit.subject is not None:
        return unit.subject[0].reply_to_user_id is None
    return await audience.find_answered(unit.tx, event.post_id) is None


async def tell_author_of_edit(unit: Unit, event: PostEdited) -> None:
    """Tells the author that somebody else (not the system: upstream's default) edited the post; once per editor."""
    found = await find_subject(unit, event.post_id, event.topic_id)
    if found is None or event.actor_id in (None, SYSTEM_ID, event.user_id):
        return
    post, topic = found
    if not await may_hear(unit, event.user_id, post=post, topic=topic, actor_id=event.actor_id):
        return
    known = await store.list_earlier(unit.tx, [event.user_id], topic_id=topic.id, post_id=post.id, kinds=())
    edits = [one for one in known.get(event.user_id, []) if one.kind == NotificationKind.EDITED]
    if any(one.actor_id == event.actor_id for one in edits):
        return
    new = NewNotification(
        user_id=event.user_id,
        kind=NotificationKind.EDITED,
        topic_id=topic.id,
        post_number=post.post_number,
        post_id=post.id,
        actor_id=event.actor_id,
        revision=event.version,
        event_id=unit.event_id,
    )
    await insert(unit, [new])


async def tell_invited(unit: Unit, event: TopicUserInvited) -> None:
    """Tells somebody that they were let into a message."""
    found = await find_message(unit, event.topic_id)
    if found is None or not await may_hear(unit, event.user_id, post=found[0], topic=found[1], actor_id=event.actor_id):
        return
    await insert(unit, [invitation(event.user_id, topic=found[1], actor_id=event.actor_id, event_id=unit.event_id)])


def invitation(user_id: int, *, topic: Topic, actor_id: int | None, event_id: int | None) -> NewNotification:
    """What somebody hears who was let into a message, by name or with a group."""
    return NewNotification(
        user_id=user_id,
        kind=NotificationKind.INVITED_TO_MESSAGE,
        topic_id=topic.id,
        post_number=1,
        post_id=topic.first_post_id,
        actor_id=actor_id,
        event_id=event_id,
    )


async def may_hear(unit: Unit, user_id: int, *, post: Post, topic: Topic, actor_id: int | None) -> bool:
    """Whether one person may be told of something that somebody did about a post."""
    around = audience.NOWHERE  # only of a message does it matter whom it is for
    if topic.is_message:
        around = await audience.find_around(unit.tx, topic.id, category_id=None, is_message=True)
    return bool(await load_people(unit, [user_id], post=post, topic=topic, around=around, actor_id=actor_id))
