"""What goes and what stays, and that a file is never lost between its bytes and its row."""

from __future__ import annotations

import asyncio
import io
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tertulia.forum.uploads import creating, sweeping
from tertulia.forum.uploads.sweeping import delete_blobs, sweep_uploads
from tertulia.forum.uploads.viewing import read_upload_by_url
from tertulia.model.errors import Busy, UploadMissing
from tertulia.model.uploads import COMPOSER, CreateUpload, UploadView
from tertulia.store.uploads import doomed, usage
from tests.uploading import headers, multipart, picture, send, upload

if TYPE_CHECKING:
    from tertulia.forum.unit import Unit
    from tertulia.testing.forum import Forum


def sweep(forum: Forum) -> None:
    forum.unit(sweep_uploads)
    forum.run_jobs()


def keep(content: bytes) -> CreateUpload:
    return CreateUpload(purpose=COMPOSER, filename="a.png", size=len(content), file=io.BytesIO(content))


def test_what_nobody_uses_goes_after_two_days_with_its_smaller_pictures(forum: Forum) -> None:
    made = upload(forum, picture(size=(900, 600)))
    assert len(forum.blobs.kept) == 2
    forum.clock.advance(hours=47)
    sweep(forum)
    assert len(forum.blobs.kept) == 2 and forum.get(made["url"]).status == 200
    forum.clock.advance(hours=2)
    sweep(forum)
    assert forum.blobs.kept == {} and forum.get(made["url"]).status == 404


def test_uploads_that_are_swept_can_be_uploaded_again(forum: Forum) -> None:
    first = upload(forum, picture())
    forum.clock.advance(hours=49)
    sweep(forum)
    forum.clock.advance(hours=1)
    again = upload(forum, picture())
    assert again["id"] != first["id"] and again["url"] == first["url"]
    assert forum.get(again["url"]).status == 200


def test_what_a_post_a_profile_an_avatar_or_the_site_uses_stays(forum: Forum) -> None:
    mary = forum.given.user("mary")
    posted, profile, avatar, logo, kept = (upload(forum, picture(size=(10, side))) for side in range(20, 25))
    logo = upload(forum, picture(size=(10, 50)), upload_type="category_logo")
    kept = upload(forum, picture(size=(10, 51)), retain_hours=500)
    forum.given.topic("A topic with a picture", raw=f"Here is a picture for everybody ![a]({posted['short_url']})")
    bio = forum.put("/u/admin.json", json={"bio_raw": f"Me: ![a]({profile['short_url']})"}, headers=forum.keyed())
    assert bio.status == 200
    picked = {"upload_id": avatar["id"], "type": "uploaded"}
    assert forum.put(f"/u/{mary.username}/preferences/avatar/pick", json=picked, headers=forum.keyed()).status == 200
    forum.clock.advance(hours=400)
    for _ in range(2):
        sweep(forum)
    for each in (posted, profile, avatar, logo, kept):
        assert forum.get(each["url"]).status == 200, each
    forum.clock.advance(hours=200)
    sweep(forum)
    assert forum.get(kept["url"]).status == 404


def test_an_upload_of_a_deleted_post_stays_until_the_post_is_purged(forum: Forum) -> None:
    made = upload(forum, picture())
    post = forum.given.topic("A topic with a picture", raw=f"Here is a picture for everybody ![a]({made['short_url']})")
    forum.delete(f"/t/{post.post.topic_id}.json", headers=forum.keyed())
    forum.clock.advance(hours=100)
    sweep(forum)
    assert forum.get(made["url"]).status == 200


def test_bytes_without_a_row_are_swept_when_their_folder_has_its_turn(forum: Forum) -> None:
    """A process that is killed between the bytes and the row leaves this behind."""
    forum.faults.fail_next_commit()
    assert send(forum, picture()).status == 500
    assert len(forum.blobs.kept) == 1
    forum.clock.advance(hours=49)
    for _ in range(256):
        forum.unit(sweep_uploads)
        forum.clock.advance(hours=1)
    forum.run_jobs()
    assert forum.blobs.kept == {}


def test_one_run_dooms_only_so_many_bytes_and_those_with_a_row_do_not_count(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "_MOST_STRAY", 3)
    made = upload(forum, picture(), retain_hours=10_000)
    kept = next(iter(forum.blobs.kept))
    folder = kept.rpartition("/")[0]
    for number in range(5):
        key = f"{folder}/{folder[-3]}{folder[-1]}{number:038x}.png"
        forum.wait(partial(forum.blobs.put, key, io.BytesIO(b"stray"), content_type="image/png", inline=True))
    forum.clock.advance(hours=49)
    counts = []
    for _ in range(2):
        for _ in range(256):
            forum.unit(sweep_uploads)
            forum.clock.advance(hours=1)
        forum.run_jobs()
        counts.append(len(forum.blobs.kept))
    assert counts == [3, 1] and forum.get(made["url"]).status == 200


def test_bytes_with_a_row_survive_every_sweep(forum: Forum) -> None:
    made = upload(forum, picture(size=(900, 600)), retain_hours=10_000)
    forum.clock.advance(hours=49)
    for _ in range(257):
        forum.unit(sweep_uploads)
        forum.clock.advance(hours=1)
    forum.run_jobs()
    assert len(forum.blobs.kept) == 2 and forum.get(made["url"]).status == 200


def test_sweeping_can_be_switched_off(forum: Forum) -> None:
    forum.put("/admin/site_settings/clean_up_uploads", json={"clean_up_uploads": "false"}, headers=forum.keyed())
    made = upload(forum, picture())
    forum.clock.advance(hours=1000)
    sweep(forum)
    assert forum.get(made["url"]).status == 200


def test_what_is_uploaded_again_before_its_bytes_are_marked_is_spared(forum: Forum) -> None:
    upload(forum, picture())
    forum.clock.advance(hours=49)
    forum.inline_jobs = False
    forum.unit(sweep_uploads)
    made = upload(forum, picture())
    forum.inline_jobs = True
    forum.run_jobs()
    assert forum.get(made["url"]).status == 200


def test_what_is_being_deleted_is_not_given_out_again(forum: Forum) -> None:
    upload(forum, picture())
    forum.clock.advance(hours=49)
    forum.inline_jobs = False
    forum.unit(sweep_uploads)
    keys = list(forum.blobs.kept)

    async def mark(unit: Unit) -> None:
        await unit.write()
        await doomed.mark_deleting(unit.tx, keys)

    forum.unit(mark)
    assert send(forum, picture()).reason == "busy"

    async def finish(unit: Unit) -> None:
        await delete_blobs(unit, keys=keys)

    forum.unit(finish)
    forum.clock.advance(seconds=1)
    assert forum.get(upload(forum, picture())["url"]).status == 200


def test_a_deletion_that_was_broken_off_is_made_again(forum: Forum) -> None:
    upload(forum, picture())
    forum.clock.advance(hours=49)
    forum.blobs.problem = None
    forum.inline_jobs = False
    forum.unit(sweep_uploads)
    forum.blobs.problem = "down"
    forum.run_jobs()
    assert len(forum.blobs.kept) == 1
    forum.blobs.problem = None
    forum.clock.advance(hours=2)
    forum.run_jobs()
    assert forum.blobs.kept == {}


def test_the_same_file_at_the_same_moment_is_one_upload(forum: Forum) -> None:
    body = multipart(picture(size=(900, 600)), upload_type="composer")

    async def all_at_once() -> list[int]:
        asked = [forum._request("POST", "/uploads.json", body=body, headers=headers(forum.keyed())) for _ in range(8)]
        return [answer.json["id"] for answer in await asyncio.gather(*asked)]

    assert len(set(forum.wait(all_at_once))) == 1
    assert len(forum.blobs.kept) == 2


def test_two_contents_with_one_sha1_are_two_uploads(forum: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    forum.put("/admin/site_settings/authorized_extensions", json={"authorized_extensions": "*"}, headers=forum.keyed())
    from tertulia.forum.uploads import preparing

    whole = preparing._digest
    monkeypatch.setattr(
        preparing, "_digest", lambda file, make: "a" * 40 if make is preparing._sha1 else whole(file, make)
    )
    first, second = upload(forum, b"one", name="a.txt"), upload(forum, b"two", name="a.txt")
    assert first["id"] != second["id"] and first["url"] != second["url"]
    assert (forum.get(first["url"]).body, forum.get(second["url"]).body) == (b"one", b"two")


def test_a_deleted_account_leaves_its_uploads_to_the_system(forum: Forum) -> None:
    mary = forum.given.user("mary")
    made = upload(forum, picture(), by="mary")
    assert forum.delete(f"/admin/users/{mary.id}.json", headers=forum.keyed()).status == 200

    async def owner(unit: Unit) -> tuple[bool, int]:
        from tertulia.store.uploads.rows import find_upload

        found = await find_upload(unit.tx, made["id"])
        return await usage.is_owner(unit.tx, user_id=mary.id, upload_id=made["id"]), found.user_id if found else 0

    assert forum.unit(owner) == (False, -1)


def test_busy_is_said_while_the_same_content_is_being_deleted(forum: Forum) -> None:
    async def try_it(unit: Unit) -> UploadView:
        return await creating.create_upload(unit, keep(picture()))

    forum.unit(try_it, username="admin")
    keys = list(forum.blobs.kept)

    async def doom(unit: Unit) -> None:
        await unit.write()
        await doomed.delete_uploads(unit.tx, [1])
        await doomed.doom_blobs(unit.tx, keys, now=unit.now)
        await doomed.mark_deleting(unit.tx, keys)

    forum.unit(doom)
    with pytest.raises(Busy):
        forum.unit(try_it, username="admin")


def test_an_address_of_no_upload_is_missing(forum: Forum) -> None:
    async def ask(unit: Unit) -> UploadView:
        return await read_upload_by_url(unit, "upload://unknown.png")

    with pytest.raises(UploadMissing):
        forum.unit(ask)
