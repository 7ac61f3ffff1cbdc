"""Votes and the counters that follow them."""

import asyncio

import pytest

from tertulia.forum.posts.reading import read_post
from tertulia.forum.posts.voting import list_voters, vote_post
from tertulia.forum.unit import Ports
from tertulia.model.errors import (
    LoginRequired,
    NotAllowed,
    ParameterInvalid,
    PostMissing,
    TopicArchived,
    VoteAlready,
    VoteMissing,
    VoteOwnPost,
    VoteTooLate,
)
from tertulia.model.posts import VotePost
from tertulia.model.privileges import FULL, Privilege
from tertulia.store.schema.posts import votes
from tests.forum.reading import given

pytestmark = pytest.mark.anyio


async def _make(ports: Ports) -> tuple[int, int, int]:
    """(post id, author, voter)"""
    async with given.acting(ports, 1) as unit:
        await unit.write()
        author, voter = [await given.make_user(unit, name) for name in ("author", "voter")]
        topic_id = await given.make_topic(unit, "Votes", by=author)
        post_id = await given.make_post(unit, topic_id, 1, by=author)
    return post_id, author, voter


async def _counters(ports: Ports) -> dict[str, tuple[int, ...]]:
    async with ports.unit() as unit:
        post = (await unit.tx.text("SELECT like_count, down_count FROM posts"))[0]
        topic = (await unit.tx.text("SELECT like_count, first_post_like_count FROM topics"))[0]
        sql = "SELECT username, likes_given, likes_received, down_votes_received FROM users"
        found = {str(row[0]): tuple(row[1:]) for row in await unit.tx.text(sql)}
    return {"post": tuple(post), "topic": tuple(topic), **found}


async def test_a_vote_counts_on_post_topic_and_both_users_and_can_be_turned_and_taken_back(ports: Ports) -> None:
    post_id, _, voter = await _make(ports)
    steps = {1: ((1, 0), (1, 1), (1, 0, 0), (0, 1, 0)), -1: ((0, 1), (0, 0), (0, 0, 0), (0, 0, 1))}
    for value, (post, topic, given_by, received_by) in steps.items():
        async with given.acting(ports, voter) as unit:
            view = await vote_post(unit, VotePost(post_id=post_id, value=value))
            assert (view.my_vote, view.post.like_count, view.post.down_count) == (value, *post)
        counters = await _counters(ports)
        assert counters["post"] == post
        assert counters["topic"] == topic
        assert counters["voter"] == given_by
        assert counters["author"] == received_by
    async with given.acting(ports, voter) as unit:
        assert (await vote_post(unit, VotePost(post_id=post_id, value=0))).my_vote == 0
    assert (await _counters(ports))["author"] == (0, 0, 0)
    async with ports.unit() as unit:
        rows = await unit.tx.text("SELECT facts FROM events WHERE event = 'vote_changed' ORDER BY id")
        told = [row[0] for row in rows]
        assert len(told) == 3
        assert '"before":-1' in told[2]


async def test_strict_votes_refuse_what_changes_nothing_and_what_is_late(ports: Ports) -> None:
    post_id, _, voter = await _make(ports)
    async with given.acting(ports, voter) as unit:
        with pytest.raises(VoteMissing):
            await vote_post(unit, VotePost(post_id=post_id, value=0))
    async with given.acting(ports, voter) as unit:
        assert (await vote_post(unit, VotePost(post_id=post_id, value=1))).abilities.undo_like
    async with given.acting(ports, voter) as unit:
        with pytest.raises(VoteAlready):
            await vote_post(unit, VotePost(post_id=post_id, value=1))
    async with given.acting(ports, 1) as unit:
        await unit.write()
        await unit.tx.text("UPDATE votes SET created_at = created_at - 601000")
    async with given.acting(ports, voter) as unit:
        assert not (await read_post(unit, post_id)).abilities.undo_like
        with pytest.raises(VoteTooLate):
            await vote_post(unit, VotePost(post_id=post_id, value=0))
    assert (await _counters(ports))["post"] == (1, 0)


async def test_lenient_votes_succeed_again_and_have_no_window(ports: Ports) -> None:
    post_id, _, voter = await _make(ports)
    for value in (0, 1, 1):
        async with given.acting(ports, voter) as unit:
            await vote_post(unit, VotePost(post_id=post_id, value=value, strict=False))
    assert (await _counters(ports))["post"] == (1, 0)
    async with given.acting(ports, 1) as unit:
        await unit.write()
        await unit.tx.text("UPDATE votes SET created_at = 1")
    async with given.acting(ports, voter) as unit:
        await vote_post(unit, VotePost(post_id=post_id, value=0, strict=False))
    assert (await _counters(ports))["post"] == (0, 0)


async def test_votes_are_refused_on_own_archived_and_ungranted_posts(ports: Ports) -> None:
    post_id, author, voter = await _make(ports)
    async with given.acting(ports) as unit:
        with pytest.raises(LoginRequired):
            await vote_post(unit, VotePost(post_id=post_id, value=1))
    async with given.acting(ports, author) as unit:
        with pytest.raises(VoteOwnPost):
            await vote_post(unit, VotePost(post_id=post_id, value=1))
        with pytest.raises(ParameterInvalid):
            await vote_post(unit, VotePost(post_id=post_id, value=2))
        with pytest.raises(PostMissing):
            await vote_post(unit, VotePost(post_id=999, value=1))
    async with given.acting(ports, 1) as unit:
        await unit.write()
        grants = {0: int(FULL & ~Privilege.POSTS_DOWNVOTE)}
        category = await given.make_category(unit, "Kind", grants=grants)
        await unit.tx.text(f"UPDATE topics SET category_id = {category}")
    async with given.acting(ports, voter) as unit:
        with pytest.raises(NotAllowed):
            await vote_post(unit, VotePost(post_id=post_id, value=-1))
    async with given.acting(ports, 1) as unit:
        await unit.write()
        await unit.tx.text("UPDATE topics SET archived = 1")
    for value in (1, 0):
        async with given.acting(ports, voter) as unit:
            with pytest.raises(TopicArchived):
                await vote_post(unit, VotePost(post_id=post_id, value=value))


async def test_everybody_who_votes_at_once_is_counted_once(ports: Ports) -> None:
    post_id, _, voter = await _make(ports)
    async with given.acting(ports, 1) as unit:
        await unit.write()
        voters = [await given.make_user(unit, f"voter{number}") for number in range(8)]

    async def vote(user_id: int) -> None:
        async with given.acting(ports, user_id) as unit:
            await vote_post(unit, VotePost(post_id=post_id, value=1, strict=False))

    await asyncio.gather(*(vote(user_id) for user_id in (*voters, voter, voter, voter)))
    counters = await _counters(ports)
    assert counters["post"] == (9, 0)
    assert counters["topic"] == (9, 9)
    assert counters["author"] == (0, 9, 0)
    assert counters["voter"] == (1, 0, 0)


async def test_voters_come_in_the_order_of_their_votes(ports: Ports) -> None:
    post_id, _, voter = await _make(ports)
    async with given.acting(ports, 1) as unit:
        await unit.write()
        await given.insert(unit.tx, votes, post_id=post_id, user_id=voter, value=1, created_at=2)
        await given.insert(unit.tx, votes, post_id=post_id, user_id=1, value=1, created_at=1)
        later = await given.make_user(unit, "later")
        await given.insert(unit.tx, votes, post_id=post_id, user_id=later, value=-1, created_at=3)
    async with given.acting(ports) as unit:
        assert [card.id for card in await list_voters(unit, post_id, 1)] == [1, voter]
        assert [card.id for card in await list_voters(unit, post_id, 1, offset=1)] == [voter]
        assert [card.id for card in await list_voters(unit, post_id, -1)] == [later]
