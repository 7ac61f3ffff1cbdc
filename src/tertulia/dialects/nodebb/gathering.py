"""What shapes need beside one view, read in bulk: topics and categories of posts, tallies of topics, groups of users.

Every number of statements here is the same for one thing and for a page of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tertulia.dialects.nodebb.shapes.accounts import profile
from tertulia.dialects.nodebb.shapes.categories import CategoryOfPost
from tertulia.dialects.nodebb.shapes.groups import Group
from tertulia.dialects.nodebb.shapes.posts import CreatedPost, Place, Summary
from tertulia.dialects.nodebb.shapes.topics import TopicItem, TopicOfPost, TopicRecord
from tertulia.dialects.nodebb.wire import own_group_name, reader
from tertulia.forum.groups.reading import list_groups, read_group
from tertulia.forum.topics.listing import list_topics
from tertulia.forum.topics.tallies import TopicPlace, TopicTally, read_places, read_tallies
from tertulia.forum.unit import Unit
from tertulia.forum.users.profiles import read_user
from tertulia.http.call import Call
from tertulia.model.errors import TopicMissing
from tertulia.model.groups import GroupView, ListGroups
from tertulia.model.posts import PostView
from tertulia.model.topics import ListTopics, TopicListView
from tertulia.model.users import UserView

MOST_GROUPS = 100


# -- posts --------------------------------------------------------------------------------------------
def _place(found: TopicPlace) -> Place:
    return Place(
        topic=TopicOfPost.of(found.topic, refs=found.tags),
        category=CategoryOfPost.of(found.category) if found.category else None,
        main_post_id=found.topic.first_post_id,
    )


async def place_of(unit: Unit, topic_id: int) -> Place:
    """Where the posts of one topic stand. Raises TopicMissing."""
    found = await read_places(unit, [topic_id])
    if topic_id not in found:
        raise TopicMissing()
    return _place(found[topic_id])


async def summaries(call: Call, posts: Sequence[PostView]) -> list[Summary]:
    """Posts beside their topics and categories; those whose topic cannot be seen are left out."""
    found = await read_places(call.unit, {view.post.topic_id for view in posts})
    places = {topic_id: _place(each) for topic_id, each in found.items()}
    return [
        Summary.of_post(view, place=places[view.post.topic_id], now=call.unit.now)
        for view in posts
        if view.post.topic_id in places
    ]


async def created_post(call: Call, view: PostView) -> CreatedPost:
    """A post right after it was written."""
    return CreatedPost.of(view, place=await place_of(call.unit, view.post.topic_id), reader=reader(call))


# -- topics -------------------------------------------------------------------------------------------
async def topic_items(call: Call, found: TopicListView) -> list[TopicItem]:
    """The rows of a list."""
    who = reader(call)
    tallies = await read_tallies(call.unit, [item.topic.id for item in found.items])
    return [
        TopicItem.of_item(item, users=found.users, reader=who, index=index, tally=tallies[item.topic.id])
        for index, item in enumerate(found.items, start=found.page * found.per_page)
    ]


async def topic_record(unit: Unit, topic_id: int) -> TopicRecord:
    """One topic without the people in it. Raises TopicMissing."""
    found = (await read_places(unit, [topic_id])).get(topic_id)
    if found is None:
        raise TopicMissing()
    tally = (await read_tallies(unit, [topic_id])).get(topic_id, TopicTally())
    return TopicRecord.of_topic(found.topic, refs=found.tags, now=unit.now, tally=tally)


class CreatedTopic(TopicItem, frozen=True, kw_only=True):
    """A topic right after it was made: its row of a list with its first post."""

    mainPost: CreatedPost


async def created_topic(call: Call, view: PostView) -> CreatedTopic:
    """The topic of a first post that was written just now."""
    command = ListTopics(topic_ids=(view.post.topic_id,), with_teasers=True)
    items = await topic_items(call, await list_topics(call.unit, command))
    if not items:
        raise TopicMissing()
    row = {name: getattr(items[0], name) for name in items[0].__struct_fields__}
    return CreatedTopic(**row, mainPost=await created_post(call, view))


# -- people and groups --------------------------------------------------------------------------------
async def groups_of(unit: Unit, view: UserView) -> tuple[Group, ...]:
    """The groups of somebody, as far as the reader may know."""
    known = await list_groups(unit, ListGroups(username=view.user.username, per_page=MOST_GROUPS))
    mine = {group.id for group in view.groups}
    return tuple(Group.of(each.group) for each in known.groups if each.group.id in mine)


async def find_group(unit: Unit, slug: str) -> GroupView:
    """A group by the slug or name that clients of this dialect write. Raises GroupMissing."""
    return await read_group(unit, name=own_group_name(slug))


async def profile_of(call: Call, view: UserView) -> dict[str, object]:
    """What every page of a profile holds."""
    return profile(view, reader=reader(call), groups=await groups_of(call.unit, view))


async def find_user_by_slug(unit: Unit, slug: str) -> UserView:
    """Raises UserMissing."""
    return await read_user(unit, username=slug)


async def owner_names(call: Call) -> tuple[str, ...]:
    """Who owns a new group: `ownerUid`, else nobody. Raises UserMissing."""
    owner = call.parameters.integer("ownerUid")
    return () if owner is None else ((await read_user(call.unit, user_id=owner)).user.username,)


def look_only_into(unit: Unit, category_id: int) -> None:
    """From here on the actor sees nothing but one category: lists across the forum become lists of it."""
    visible = unit.actor.visibility
    kept = tuple(each for each in visible.category_ids if each == category_id)
    narrowed = msgspec.structs.replace(visible, category_ids=kept)
    unit.actor = msgspec.structs.replace(unit.actor, visibility=narrowed)
