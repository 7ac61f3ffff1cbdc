"""`PUT /posts/ID/rebake`: staff have the HTML of a post made again."""

from __future__ import annotations

from tertulia.forum.unit import Unit
from tertulia.store.writing.posts import update_post
from tertulia.testing.forum import Forum


def spoil(forum: Forum, post_id: int) -> None:
    async def change(unit: Unit) -> None:
        await unit.write()
        await update_post(unit.tx, post_id, fields={"cooked": "<p>spoilt</p>"})

    forum.unit(change)


def test_staff_have_a_post_cooked_again_and_hear_nothing_of_it(forum: Forum) -> None:
    topic_id = forum.given.topic().post.topic_id
    before = forum.get(f"/t/{topic_id}.json", headers=forum.keyed("admin")).json
    post = before["post_stream"]["posts"][0]
    spoil(forum, post["id"])
    answer = forum.put(f"/posts/{post['id']}/rebake.json", headers=forum.keyed("admin"))
    assert (answer.status, answer.body) == (200, b"")
    after = forum.get(f"/posts/{post['id']}.json", headers=forum.keyed("admin")).json
    names = ("cooked", "version", "updated_at")
    assert {name: after[name] for name in names} == {name: post[name] for name in names}
    again = forum.get(f"/t/{topic_id}.json", headers=forum.keyed("admin")).json
    assert again["last_posted_at"] == before["last_posted_at"]


def test_others_may_not_and_what_is_not_there_is_missing(forum: Forum) -> None:
    forum.given.user("mary")
    topic_id = forum.given.topic().post.topic_id
    post_id = forum.get(f"/t/{topic_id}.json", headers=forum.keyed("admin")).json["post_stream"]["posts"][0]["id"]
    spoil(forum, post_id)
    assert forum.put(f"/posts/{post_id}/rebake.json", headers=forum.keyed("mary")).status == 403
    assert forum.put(f"/posts/{post_id}/rebake.json").status == 403
    assert forum.put("/posts/999999/rebake.json", headers=forum.keyed("admin")).status == 404
    assert forum.get(f"/posts/{post_id}.json").json["cooked"] == "<p>spoilt</p>"
