"""What a delivery says: loaded as the system user sees it, worded by the dialect, and stored before the first attempt.

Every further attempt sends the same bytes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from tertulia.forum.addresses import site_origin
from tertulia.forum.categories.reading import read_category
from tertulia.forum.groups.reading import read_group
from tertulia.forum.posts.reading import find_post, read_post, read_post_by_number
from tertulia.forum.topics.reading import read_topic
from tertulia.forum.unit import Unit
from tertulia.forum.users.choices import view_groups_of
from tertulia.forum.users.profiles import read_cards, read_user
from tertulia.forum.webhooks.catalogue import PING
from tertulia.model.categories import Category, CategoryView
from tertulia.model.errors import ForumError, Kind
from tertulia.model.groups import Group, GroupView
from tertulia.model.tags import Tag
from tertulia.model.topics import ReadTopic
from tertulia.model.users import User, UserView
from tertulia.model.webhooks import (
    Delivery,
    Hook,
    HookEnvelope,
    HookFacts,
    HookPost,
    HookRequest,
    HookUser,
    Membership,
)
from tertulia.store import categories as category_store
from tertulia.store.group_members import find_members
from tertulia.store.tags import find_tag_by_id
from tertulia.store.webhooks import deliveries as store
from tertulia.store.webhooks.hooks import find_hook

Facts = dict[str, Any]
_encode = msgspec.json.Encoder().encode


async def render_delivery(unit: Unit, *, delivery_id: int, retry: int = 0, redelivery: bool = False) -> None:
    """The first half of the job: stores headers and body, unless an earlier attempt did."""
    delivery = await store.find_delivery(unit.tx, delivery_id)
    hook = await find_hook(unit.tx, delivery.web_hook_id) if delivery is not None else None
    if delivery is None or hook is None or delivery.rendered_at is not None:
        return
    request = await _render(unit, hook, delivery)
    await unit.write()
    await store.store_request(
        unit.tx,
        delivery.id,
        body=request.body,
        request_url=hook.payload_url,
        request_headers=_encode(dict(request.headers)).decode(),
        now=unit.now,
    )


async def _render(unit: Unit, hook: Hook, delivery: Delivery) -> HookRequest:
    envelope = HookEnvelope(
        facts=await load_facts(unit, delivery),
        hook=hook,
        delivery_id=delivery.id,
        origin=site_origin(unit.settings.process),
    )
    request: HookRequest = unit.present("webhooks", envelope)
    return request


async def load_facts(unit: Unit, delivery: Delivery) -> HookFacts:
    """What the body is made of. A thing that is gone for good is told by what the event says of it."""
    facts: Facts = msgspec.json.decode(delivery.facts) if delivery.facts else {}
    name = delivery.name.partition(" ")[0]
    told = HookFacts(subject=delivery.subject, name=name, now=unit.now)
    if delivery.subject == PING:
        return told
    try:
        return await _LOADERS[delivery.subject](unit, told, facts)
    except ForumError as error:
        if error.kind is not Kind.MISSING:
            raise
        return msgspec.structs.replace(told, gone=facts)


async def _topic(unit: Unit, told: HookFacts, facts: Facts) -> HookFacts:
    command = ReadTopic(topic_id=facts["topic_id"], chunk=1, with_suggested=False, show_deleted=True)
    return msgspec.structs.replace(told, topic=await read_topic(unit, command))


async def _post(unit: Unit, told: HookFacts, facts: Facts) -> HookFacts:
    if "post_id" in facts:
        view = await read_post(unit, facts["post_id"])
    else:
        view = await read_post_by_number(unit, facts["topic_id"], facts["post_number"])
    category = None
    if view.category_id is not None:
        visibility = unit.actor.visibility
        category = await category_store.find_category(unit.tx, view.category_id, visibility=visibility)
    return msgspec.structs.replace(told, post=HookPost(view=view, category_slug=category.slug if category else None))


async def _like(unit: Unit, told: HookFacts, facts: Facts) -> HookFacts:
    await find_post(unit, facts["post_id"])
    cards = await read_cards(unit, [facts["voter_id"]])
    return msgspec.structs.replace(await _post(unit, told, facts), card=cards.get(facts["voter_id"] or 0))


async def _user(unit: Unit, told: HookFacts, facts: Facts) -> HookFacts:
    if facts.get("user") is not None:
        gone = msgspec.convert(facts["user"], User)
        view = UserView(
            user=gone, groups=(), is_self=False, sees_email=True, can_edit=False, can_admin=False, follows=False
        )
        return msgspec.structs.replace(told, user=HookUser(view=view))
    view = await read_user(unit, user_id=facts["user_id"])
    return msgspec.structs.replace(told, user=HookUser(view=view, groups=await view_groups_of(unit, view)))


async def _group(unit: Unit, told: HookFacts, facts: Facts) -> HookFacts:
    if facts.get("group") is None:
        return msgspec.structs.replace(told, group=await read_group(unit, group_id=facts["group_id"]))
    view = GroupView(
        group=msgspec.convert(facts["group"], Group), is_member=False, is_owner=False, can_see_members=True,
        can_admin=True, can_edit=True, mentionable=True, messageable=True,
    )  # fmt: skip
    return msgspec.structs.replace(told, group=view)


async def _membership(unit: Unit, told: HookFacts, facts: Facts) -> HookFacts:
    group_id, user_id = facts["group_id"], facts["user_id"]
    group = (await read_group(unit, group_id=group_id)).group
    owners = await find_members(unit.tx, group_id, ids=[user_id])
    membership = Membership(
        group_id=group_id,
        user_id=user_id,
        level=group.default_notification_level,
        owner=owners.get(user_id, False),
        added_at=unit.now,
    )
    return msgspec.structs.replace(told, membership=membership)


async def _category(unit: Unit, told: HookFacts, facts: Facts) -> HookFacts:
    if facts.get("category") is None:
        return msgspec.structs.replace(told, category=await read_category(unit, facts["category_id"]))
    gone = msgspec.convert(facts["category"], Category)
    return msgspec.structs.replace(told, category=CategoryView(category=gone, path=(), privileges=0, level=None))


async def _tag(unit: Unit, told: HookFacts, facts: Facts) -> HookFacts:
    if facts.get("tag") is not None:
        return msgspec.structs.replace(told, tag=msgspec.convert(facts["tag"], Tag))
    tag = await find_tag_by_id(unit.tx, facts["tag_id"], visibility=unit.actor.visibility)
    return msgspec.structs.replace(told, tag=tag) if tag is not None else msgspec.structs.replace(told, gone=facts)


_LOADERS: dict[str, Callable[[Unit, HookFacts, Facts], Awaitable[HookFacts]]] = {
    "topic": _topic,
    "post": _post,
    "like": _like,
    "user": _user,
    "user_promoted": _user,
    "group": _group,
    "group_user": _membership,
    "category": _category,
    "tag": _tag,
}
