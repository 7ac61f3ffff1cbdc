"""Promises about accounts that go: deleted, deleted with their posts, made anonymous."""

from __future__ import annotations

import pytest

from tertulia.forum import account_deleting
from tertulia.forum.account_deleting import delete_user
from tertulia.forum.posts.creating import create_post
from tertulia.forum.posts.reading import read_post
from tertulia.forum.topics.creating import create_topic
from tertulia.forum.unit import Ports, Unit
from tertulia.forum.users.deleting import anonymize_user
from tertulia.forum.users.following import follow_user
from tertulia.model import errors
from tertulia.model.posts import CreatePost
from tertulia.model.topics import CreateTopic
from tertulia.store.users import find_user
from tertulia.worker import Worker
from tests.forum.users.given import ADMIN, act, events_of, log_of, person, refused, stored

pytestmark = pytest.mark.anyio
TEXT = "A text that is long enough to be a reply, {}."


async def gone(ports: Ports, user_id: int) -> bool:
    return await act(ports, -1, lambda unit: find_user(unit.tx, user_id)) is None


async def delete(ports: Ports, who: int, user_id: int, **how: bool) -> None:
    await act(ports, who, lambda unit: delete_user(unit, user_id, **how))


async def writings(ports: Ports, user_id: int) -> tuple[int, int]:
    """(id of the first post of a topic by the user, id of a reply by the user to the admin)."""
    mine = await act(
        ports,
        user_id,
        lambda unit: create_topic(unit, CreateTopic(title="What I wanted to say", raw=TEXT.format(1), category_id=1)),
        allow_uncategorized_topics=True,
    )
    theirs = await act(
        ports,
        ADMIN,
        lambda unit: create_topic(unit, CreateTopic(title="Something for you all", raw=TEXT.format(2), category_id=1)),
        allow_uncategorized_topics=True,
    )
    command = CreatePost(topic_id=theirs.post.topic_id, raw=TEXT.format(3))
    reply = await act(ports, user_id, lambda unit: create_post(unit, command))
    return mine.post.id, reply.post.id


async def test_an_account_without_posts_goes_with_everything_about_it(ports: Ports) -> None:
    bob, eve = await person(ports, "bob"), await person(ports, "eve")
    await act(ports, bob, lambda unit: follow_user(unit, eve))
    await delete(ports, ADMIN, bob)
    assert await gone(ports, bob)
    assert (await stored(ports, eve)).follower_count == 0
    assert ("delete_user", bob) in await log_of(ports)
    assert "user_deleted" in await events_of(ports)


async def test_posts_keep_an_account_until_somebody_means_it(ports: Ports) -> None:
    bob = await person(ports, "bob")
    first, reply = await writings(ports, bob)
    error = await refused(delete(ports, ADMIN, bob), errors.UserHasPosts)
    assert error.params == {"posts": 2}
    await delete(ports, ADMIN, bob, delete_posts=True)
    assert await gone(ports, bob)
    for post_id in (first, reply):
        await refused(act(ports, None, lambda unit, p=post_id: read_post(unit, p)), errors.PostMissing)
        view = await act(ports, ADMIN, lambda unit, p=post_id: read_post(unit, p))
        assert view.post.user_id == -1 and view.post.deleted_at is not None


async def test_a_large_account_is_shut_at_once_and_deleted_by_the_job(
    ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = await person(ports, "bob")
    await writings(ports, bob)
    monkeypatch.setattr(account_deleting, "AT_ONCE", 1)
    monkeypatch.setattr(account_deleting, "SLICE", 1)
    await delete(ports, ADMIN, bob, delete_posts=True)
    assert not (await stored(ports, bob)).active
    await Worker(ports).drain(limit=20)
    assert await gone(ports, bob)


async def test_only_admins_delete_others_and_no_admin_is_deleted(ports: Ports) -> None:
    bob, mod = await person(ports, "bob"), await person(ports, "modesta", moderator=1)
    for who in (await person(ports, "eve"), mod):
        await refused(delete(ports, who, bob), errors.NotAllowed)
    await refused(delete(ports, mod, mod), errors.NotAllowed)
    await refused(delete(ports, None, bob), errors.LoginRequired)
    for protected in (ADMIN, -1):
        await refused(delete(ports, ADMIN, protected), errors.UserIsProtected)
    await refused(delete(ports, ADMIN, 99), errors.UserMissing)
    await refused(act(ports, mod, lambda unit: anonymize_user(unit, bob)), errors.NotAllowed)
    await refused(act(ports, ADMIN, lambda unit: anonymize_user(unit, ADMIN)), errors.UserIsProtected)


async def test_members_delete_their_own_account_and_the_job_what_they_wrote(ports: Ports) -> None:
    bob, eve = await person(ports, "bob"), await person(ports, "eve")
    first, reply = await writings(ports, bob)
    await delete(ports, eve, eve)
    assert await gone(ports, eve)
    await refused(delete(ports, bob, bob), errors.UserHasPosts)
    await delete(ports, bob, bob, delete_posts=True)
    assert not (await stored(ports, bob)).active
    await Worker(ports).drain(limit=20)
    assert await gone(ports, bob)
    for post_id in (first, reply):
        await refused(act(ports, None, lambda unit, p=post_id: read_post(unit, p)), errors.PostMissing)


async def test_an_anonymous_account_says_nothing_about_its_person(ports: Ports) -> None:
    personal = {"name": "Bob", "bio_raw": "hi", "bio_cooked": "<p>hi</p>", "location": "Porto", "external_id": "x1"}
    bob = await person(ports, "bob", password_hash="secret", signature="bye", **personal)
    user = await act(ports, ADMIN, lambda unit: anonymize_user(unit, bob))
    assert user.username.startswith("anon") and user.username[4:].isdigit()
    kept = await stored(ports, bob)
    assert (kept.email, kept.email_key, kept.password_hash, kept.external_id) == (None, None, None, None)
    assert (kept.name, kept.bio_raw, kept.bio_cooked, kept.location, kept.signature) == ("",) * 5
    assert kept.anonymized

    async def texts(unit: Unit) -> str:
        return str(list(await unit.tx.text("SELECT subject, details FROM staff_actions")))

    assert "bob" not in (await act(ports, -1, texts)).lower()
