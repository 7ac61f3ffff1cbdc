"""Earlier versions of a post: shown, listed, and gone back to."""

from __future__ import annotations

import msgspec

from tertulia.forum.cooking import CookContext, cook
from tertulia.forum.permissions import able, allow
from tertulia.forum.posts.claiming import find_allowed
from tertulia.forum.posts.editing import store_text, tell_edited
from tertulia.forum.posts.preparing import INLINE_BYTES, prepare_body
from tertulia.forum.posts.reading import find_post, view_posts
from tertulia.forum.posts.versions import Changes, decode_changes, record_changes
from tertulia.forum.staff_actions import log_staff_action
from tertulia.forum.topic_rules.changing import TopicChange, change_topic
from tertulia.forum.unit import Unit
from tertulia.model.errors import RevertsNothing, RevisionMissing, RevisionNumberInvalid
from tertulia.model.oneboxes import Place
from tertulia.model.posts import Post, PostView, Revision, RevisionView
from tertulia.model.topics import Topic
from tertulia.model.users import SYSTEM_ID
from tertulia.store.cards import list_cards
from tertulia.store.writing import revisions as store
from tertulia.store.writing.posts import read_post_again
from tertulia.store.writing.posts import update_post as update_row

_MOST = 1000


async def read_revision(unit: Unit, post_id: int, number: int | None) -> RevisionView:
    """What version `number` (2 or more; None = the latest) changed, beside its neighbours.

    Raises PostMissing, NotAllowed, RevisionNumberInvalid below 2, RevisionMissing. Source: upstream."""
    post, topic = await _find_readable(unit, post_id)
    revisions = await _visible(unit, post, topic)
    wanted = (revisions[-1].number if revisions else 0) if number is None else number
    if number is not None and number < 2:
        raise RevisionNumberInvalid()
    numbers = [revision.number for revision in revisions]
    if wanted not in numbers:
        raise RevisionMissing()
    place = numbers.index(wanted)
    revision = revisions[place]
    changes = decode_changes(revision.changes)
    before, after = _texts(post, revisions, place=place)
    cards = await list_cards(unit.tx, [revision.user_id, SYSTEM_ID])
    return RevisionView(
        revision=revision,
        post=post,
        editor=cards.get(revision.user_id) or cards[SYSTEM_ID],
        changes=changes,
        cooked_before=await _cooked(unit, before),
        cooked_after=await _cooked(unit, after) if after != before else "",
        first=numbers[0],
        previous=numbers[place - 1] if place else None,
        next=numbers[place + 1] if place + 1 < len(numbers) else None,
        last=numbers[-1],
        can_edit=able(unit, "post.edit", post=post, topic=topic),
    )


async def list_revisions(unit: Unit, post_id: int) -> tuple[Revision, ...]:
    """Every version's change (at most 1,000), the oldest first. Raises PostMissing, NotAllowed."""
    post, topic = await _find_readable(unit, post_id)
    return tuple(await _visible(unit, post, topic))


async def _find_readable(unit: Unit, post_id: int) -> tuple[Post, Topic]:
    post, topic = await find_post(unit, post_id)
    if unit.actor.user_id != post.user_id:
        allow(unit, "post.history", post=post, topic=topic)
        if not unit.site.edit_history_visible_to_public:
            allow(unit, "post.moderate", post=post, topic=topic)
    return post, topic


async def _visible(unit: Unit, post: Post, topic: Topic) -> list[Revision]:
    found = await store.list_revisions(unit.tx, post.id, limit=_MOST)
    if able(unit, "post.moderate", post=post, topic=topic):
        return found
    return [revision for revision in found if not revision.hidden]


def _texts(post: Post, revisions: list[Revision], *, place: int) -> tuple[str, str]:
    """The text before and after a revision: its own, or what the next one that changed the text began from."""
    for revision in revisions[place:]:
        pair = decode_changes(revision.changes).get("raw")
        if pair is not None:
            before = str(pair[0])
            return (before, str(pair[1])) if revision is revisions[place] else (before, before)
    return post.raw, post.raw


def _place(topic: Topic, wanted: dict[str, object]) -> Place:
    """Where the text will stand: a topic that is moved with it shows what everybody sees until it is cooked again."""
    return Place(topic.id, None if "category_id" in wanted else topic.category_id)


async def _cooked(unit: Unit, raw: str) -> str:
    context = CookContext(base_url=unit.settings.process.base_url, frames=unit.site.allowed_iframes)
    if len(raw) > INLINE_BYTES:
        return (await unit.ports.offload.thread(lambda: cook(raw, context=context))).html
    return cook(raw, context=context).html


async def revert_post(unit: Unit, post_id: int, number: int) -> PostView:
    """Makes the post what it was before version `number` (2 or more), as one more version.

    Raises PostMissing, NotAllowed (moderators only), RevisionNumberInvalid, RevisionMissing, RevertsNothing,
    and what changing the topic raises. Source: upstream, staff only."""
    post, topic = await find_allowed(unit, post_id, act="post.moderate")
    if number < 2:
        raise RevisionNumberInvalid()
    wanted = _before(await _wanted(unit, post, number))
    raw = wanted.get("raw")
    body = await prepare_body(unit, raw, place=_place(topic, wanted)) if isinstance(raw, str) else None
    await unit.write()
    post, topic = await find_allowed(unit, post_id, act="post.moderate")
    wanted = _before(await _wanted(unit, post, number))
    changes: dict[str, tuple[object, object]] = {}
    if post.post_number == 1:
        changes |= await change_topic(unit, topic, _topic_change(wanted))
    if body is not None and body.raw != post.raw:
        changes["raw"] = (post.raw, body.raw)
        await store_text(unit, post, topic, body=body)
    if "wiki" in wanted and bool(wanted["wiki"]) != post.wiki:
        changes["wiki"] = (post.wiki, bool(wanted["wiki"]))
        await update_row(unit.tx, post.id, fields={"wiki": int(bool(wanted["wiki"]))})
    if not changes:
        raise RevertsNothing()
    reason = f"reverted to version {number - 1}"
    version = await record_changes(unit, post, changes=changes, reason=reason, force=True)
    await log_staff_action(
        unit, "post_edit", target_user_id=post.user_id, topic_id=topic.id, post_id=post.id, details=reason
    )
    tell_edited(unit, post, topic, version=version, raw_changed="raw" in changes, reason=reason)
    return (await view_posts(unit, [await read_post_again(unit.tx, post.id)]))[0]


async def _wanted(unit: Unit, post: Post, number: int) -> list[Changes]:
    """The changes from version `number` on, the oldest first."""
    revisions = await store.list_revisions(unit.tx, post.id, limit=_MOST)
    if number not in {revision.number for revision in revisions}:
        raise RevisionMissing()
    return [decode_changes(revision.changes) for revision in revisions if revision.number >= number]


def _before(steps: list[Changes]) -> dict[str, object]:
    """What each field was before the first step that changed it."""
    found: dict[str, object] = {}
    for step in reversed(steps):
        found |= {name: pair[0] for name, pair in step.items()}
    return found


def _topic_change(wanted: dict[str, object]) -> TopicChange:
    fields: dict[str, object] = {"skip_validations": True}
    fields |= {name: wanted[name] for name in ("title", "category_id", "tags") if name in wanted}
    return msgspec.convert(fields, TopicChange)
