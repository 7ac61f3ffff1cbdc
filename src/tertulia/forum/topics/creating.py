"""New topics and private messages, with their first post."""

from __future__ import annotations

import msgspec

from tertulia.forum.cooking import fancy
from tertulia.forum.limits.acting import take_topic
from tertulia.forum.permissions import DAY, able, allow
from tertulia.forum.posts.checking import check_repetition, prepare_checked_body
from tertulia.forum.posts.preparing import Body
from tertulia.forum.posts.storing import NewPost, store_post
from tertulia.forum.tags.tagging import replace_topic_tags, resolve_tags
from tertulia.forum.topic_rules.checking import check_external_id, check_title_free, check_title_text, checked_link
from tertulia.forum.topic_rules.placing import place_topic
from tertulia.forum.topic_rules.titles import clean_title, slugify, title_key
from tertulia.forum.topics.recipients import Recipients, follow_recipients, resolve_recipients
from tertulia.forum.unit import Unit
from tertulia.model.categories import Category
from tertulia.model.errors import ForumError, LoginRequired, RateLimited, Refusals, TagsTooFew, UnlistedRefused
from tertulia.model.oneboxes import Place
from tertulia.model.posts import PostView
from tertulia.model.topics import Archetype, CreateTopic
from tertulia.store.writing import topics as store
from tertulia.store.writing.counters import lock_counters
from tertulia.store.writing.messages import list_begun


class _Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A command with everything that had to be awaited or could be refused before the turn to write."""

    command: CreateTopic
    title: str
    body: Body
    link: str | None
    user_id: int
    at: int
    vouched: bool

    @property
    def is_message(self) -> bool:
        return self.command.archetype == Archetype.MESSAGE


class _Place(msgspec.Struct, frozen=True):
    """Where it goes: a category, or people."""

    category: Category | None = None
    recipients: Recipients = Recipients()

    @property
    def category_id(self) -> int | None:
        return self.category.id if self.category is not None else None


async def create_topic(unit: Unit, command: CreateTopic, *, vouched: bool = False) -> PostView:
    """Makes a topic with its first post and answers that post as its author sees it. `vouched`: the forum itself
    wrote the message in the actor's name, so neither its text nor its recipients are questioned.

    `created_at`, `external_id`, `skip_validations` and `import_mode` count only for API credentials of staff.
    Raises LoginRequired, Silenced, CategoryUnknown, CategoryDisabled, NotAllowed, TagsTooMany, ParameterInvalid
    (`featured_link`), RateLimited (too many messages in 24 hours), and Refusals with everything that is wrong with
    title, text, category and recipients.
    Source: upstream's topic creation."""
    allow(unit, "message.create")
    honoured = msgspec.structs.replace(command, skip_validations=True) if vouched else _honoured(unit, command)
    draft, found = await _prepare(unit, honoured, vouched=vouched)
    _, more = await _check_state(unit, draft)
    _raise_all([*found, *more])
    if not vouched:
        await take_topic(unit, is_message=draft.is_message)
    await unit.write()
    place, found = await _check_state(unit, draft)
    _raise_all(found)
    return await _store(unit, draft, place=place)


def _honoured(unit: Unit, command: CreateTopic) -> CreateTopic:
    """The command without what only API credentials of staff may ask; upstream ignores it silently."""
    if unit.actor.by_key and unit.actor.is_staff:
        return command
    return msgspec.structs.replace(
        command, created_at=None, external_id=None, skip_validations=False, import_mode=False
    )


def _raise_all(found: list[ForumError]) -> None:
    if found:
        raise Refusals(tuple(found))


async def _prepare(unit: Unit, command: CreateTopic, *, vouched: bool) -> tuple[_Draft, list[ForumError]]:
    user_id = unit.actor.user_id
    if user_id is None:
        raise LoginRequired()
    is_message, lenient = command.archetype == Archetype.MESSAGE, command.skip_validations
    title = clean_title(command.title)
    found = check_title_text(unit, title, is_private=is_message, lenient=lenient)
    body, wrong = await prepare_checked_body(
        unit,
        command.raw,
        place=Place(category_id=None if is_message else command.category_id),
        is_first=True,
        is_private=is_message,
        lenient=lenient,
    )
    draft = _Draft(
        command=command,
        title=title,
        body=body,
        link=checked_link(command.featured_link),
        user_id=user_id,
        at=unit.now if command.created_at is None else max(0, min(command.created_at, unit.now)),
        vouched=vouched,
    )
    return draft, [*found, *wrong]


async def _check_state(unit: Unit, draft: _Draft) -> tuple[_Place, list[ForumError]]:
    """What depends on other rows: the place, and what must not be there twice."""
    command = draft.command
    found: list[ForumError] = []
    place = _Place()
    if draft.is_message:
        recipients, found = await resolve_recipients(unit, command.recipients, vouched=draft.vouched)
        if not (draft.vouched or unit.actor.is_staff):
            await _check_daily_messages(unit, draft.user_id)
        place = _Place(recipients=recipients)
    else:
        try:
            place = _Place(await place_topic(unit, command.category_id))
        except Refusals as refusals:
            found = list(refusals.errors)
    if not command.visible and not able(unit, "topic.moderate", category_id=place.category_id):
        found.append(UnlistedRefused())
    if not (command.skip_validations or draft.is_message):
        found += await check_title_free(unit, draft.title, category_id=place.category_id)
    if unit.writes:  # before the question what the author wrote lately, so that the answer holds
        await lock_counters(unit.tx, category_id=place.category_id, user_id=draft.user_id)
    if not command.skip_validations:
        found += await check_repetition(unit, draft.body)
    return place, [*found, *await check_external_id(unit, command.external_id)]


async def _check_daily_messages(unit: Unit, user_id: int) -> None:
    """Raises RateLimited when the user began as many messages in 24 hours as the site allows. Source: upstream."""
    most = unit.site.max_personal_messages_per_day
    begun = await list_begun(unit.tx, user_id, since=unit.now - DAY) if most else []
    if most and len(begun) >= most:
        left = begun[-most] + DAY - unit.now
        raise RateLimited(seconds=max(1, -(-left // 1000)), limit="pms_per_day")


async def _store(unit: Unit, draft: _Draft, *, place: _Place) -> PostView:
    command = draft.command
    tag_ids = [] if draft.is_message else await _tag_ids(unit, draft, place.category)
    topic_id = await store.insert_topic(
        unit.tx,
        fields={
            "title": draft.title,
            "title_key": title_key(draft.title),
            "fancy_title": fancy(draft.title),
            "slug": slugify(draft.title),
            "archetype": int(Archetype.MESSAGE if draft.is_message else Archetype.REGULAR),
            "category_id": place.category_id,
            "user_id": draft.user_id,
            **dict.fromkeys(("created_at", "updated_at", "bumped_at", "last_posted_at"), draft.at),
            "last_post_user_id": draft.user_id,
            "visible": int(command.visible),
            "external_id": command.external_id,
            "featured_link": draft.link,
        },
    )
    if draft.is_message:
        await store.allow_readers(
            unit.tx,
            topic_id,
            user_ids=list(dict.fromkeys((draft.user_id, *place.recipients.user_ids))),
            group_ids=list(place.recipients.group_ids),
        )
        await follow_recipients(unit, topic_id, place.recipients)
    topic = await store.read_topic_again(unit.tx, topic_id)
    if draft.is_message:
        tag_ids = [tag.id for tag in await resolve_tags(unit, command.tags or (), topic=topic)]
    view = await store_post(
        unit,
        NewPost(
            topic=topic,
            body=draft.body,
            user_id=draft.user_id,
            created_at=draft.at,
            auto_track=command.auto_track,
            quiet=command.import_mode,
        ),
    )
    if tag_ids:
        await replace_topic_tags(unit.tx, topic_id, tag_ids)
    return view


async def _tag_ids(unit: Unit, draft: _Draft, category: Category | None) -> list[int]:
    category_id = category.id if category is not None else None
    tags = await resolve_tags(unit, draft.command.tags or (), category_id=category_id)
    least = category.minimum_required_tags if category is not None and unit.site.tagging_enabled else 0
    if len(tags) < least and not (unit.actor.is_staff or draft.command.skip_validations):
        raise Refusals((TagsTooFew(minimum=least),))
    return [tag.id for tag in tags]
