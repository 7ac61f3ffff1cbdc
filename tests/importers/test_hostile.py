"""Archives made to do harm: nothing outside is read or written, the broken is named, the rest comes in."""

from __future__ import annotations

import gzip
import io
import json
import os
import tarfile
from pathlib import Path

import pytest

from tertulia.forum.unit import Ports
from tertulia.importers.discourse_archive import ArchiveProblem
from tertulia.importers.discourse_archive.files import open_archive
from tests.importers.archives import pack, post, topic, write_archive
from tests.importers.conftest import Import

pytestmark = pytest.mark.anyio


def add(tar: tarfile.TarFile, name: str, content: bytes, **fields: object) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    for field, value in fields.items():
        setattr(member, field, value)
    tar.addfile(member, io.BytesIO(content))


def body(topic_id: int) -> bytes:
    return json.dumps(topic(topic_id, [post(topic_id * 10, 1)])).encode()


def test_members_that_lead_out_of_the_archive_are_not_unpacked(tmp_path: Path) -> None:
    made = tmp_path / "deep" / "archive.tar.gz"
    made.parent.mkdir()
    with tarfile.open(made, "w:gz") as tar:
        add(tar, "json/a.5.json", body(5))
        for name in ("../json/b.6.json", "/json/c.7.json", "json/../../d.8.json", "x/../json/e.9.json"):
            add(tar, name, body(6))
    before = set(tmp_path.rglob("*"))
    with open_archive(made) as archive:
        assert archive.json_names == ["a.5.json"]
    assert set(tmp_path.rglob("*")) == before


def test_links_in_an_archive_are_left_out_and_named(tmp_path: Path) -> None:
    made = tmp_path / "archive.tar.gz"
    with tarfile.open(made, "w:gz") as tar:
        add(tar, "json/a.5.json", body(5))
        add(tar, "json/b.6.json", b"", type=tarfile.SYMTYPE, linkname="/etc/passwd")
        add(tar, "json/c.7.json", b"", type=tarfile.LNKTYPE, linkname="json/a.5.json")
        add(tar, "raw/d.5.md", b"", type=tarfile.SYMTYPE, linkname="/etc/passwd")
    with open_archive(made) as archive:
        assert archive.json_names == ["a.5.json"] and archive.read_raw(5) is None
        assert set(archive.left_out) == {"json/b.6.json", "json/c.7.json", "raw/d.5.md"}


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    folder = write_archive(tmp_path / "archive", topic(5, [post(50, 1)]))
    secret = tmp_path / "secret.md"
    secret.write_text("secret")
    os.symlink(secret, folder / "raw" / "topic.5.md")
    with open_archive(folder) as archive:
        assert archive.read_raw(5) is None
        assert "raw/topic.5.md" in archive.left_out


def test_a_folder_that_is_a_link_is_none(tmp_path: Path) -> None:
    real = write_archive(tmp_path / "real", topic(5, [post(50, 1)]))
    (tmp_path / "fake").mkdir()
    os.symlink(real / "json", tmp_path / "fake" / "json")
    with pytest.raises(ArchiveProblem, match="no folder json"), open_archive(tmp_path / "fake"):
        pass


def test_what_unpacks_to_a_thousand_times_its_size_is_refused(tmp_path: Path) -> None:
    made = tmp_path / "bomb.tar.gz"
    with tarfile.open(made, "w:gz") as tar:
        for number in range(8):
            add(tar, f"json/a.{number + 1}.json", bytes(30 * 1024 * 1024))
    with pytest.raises(ArchiveProblem, match="far more"), open_archive(made):
        pass


@pytest.mark.parametrize(
    "content", [b"", b"no archive", gzip.compress(b"no tar"), gzip.compress(bytes(4096))[:30]], ids=range(4)
)
def test_what_is_no_archive_is_said_to_be_none(content: bytes, tmp_path: Path) -> None:
    made = tmp_path / "archive.tar.gz"
    made.write_bytes(content)
    with pytest.raises(ArchiveProblem), open_archive(made):
        pass


def test_a_place_with_nothing_in_it_is_said_to_be_empty(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(ArchiveProblem), open_archive(path):
            pass


BROKEN = {
    "cut.20.json": b'{"id": 20, "title": "cut sho',
    "list.21.json": b"[]",
    "type.22.json": json.dumps(topic(22, [post(220, 1)]) | {"title": 5}).encode(),
    "time.23.json": json.dumps(topic(23, [post(230, 1, created_at="yesterday")])).encode(),
    "huge.24.json": json.dumps(topic(24, [post(10**30, 1)])).encode(),
    "none.25.json": json.dumps(topic(25, [])).encode(),
    "deep.26.json": b'{"id": ' + b"[" * 100_000,
    "bytes.27.json": b'{"id": 27, "title": "\xff\xfe"}',
    "zero.28.json": json.dumps(topic(28, [post(0, 1)])).encode(),
    "again.29.json": json.dumps(topic(5, [post(290, 1)])).encode(),
}


async def test_broken_bodies_are_named_and_the_rest_comes_in(ports: Ports, run_import: Import, tmp_path: Path) -> None:
    folder = write_archive(tmp_path, topic(5, [post(50, 1)]), topic(6, [post(60, 1)]))
    for name, content in BROKEN.items():
        (folder / "json" / name).write_bytes(content)
    report = await run_import(folder)
    assert report.kept["topics"] == 2
    assert {name.removeprefix("json/") for name in report.left_out} == set(BROKEN)


async def test_an_archive_without_one_good_body_changes_nothing(
    ports: Ports, run_import: Import, tmp_path: Path
) -> None:
    (tmp_path / "json").mkdir()
    (tmp_path / "json" / "a.5.json").write_text("{}")
    with pytest.raises(ArchiveProblem, match="no topic"):
        await run_import(tmp_path)
    async with ports.unit() as unit:
        assert (await unit.tx.text("SELECT COUNT(*) FROM imports"))[0][0] == 0


async def test_hostile_values_become_storable_ones(ports: Ports, run_import: Import, tmp_path: Path) -> None:
    nasty = post(
        51,
        2,
        user_id=9,
        username="../<b>x</b>\u202e",
        name="a\x00b\nc",
        avatar_template="javascript:alert(1)",
        user_title="t\x00",
        edit_reason="why\x00not",
        action_code="x\x00",
        post_type=99,
        reads=-5,
        score=-1,
        version=10**30,
        trust_level=77,
        reply_to_post_number=10**9,
        cooked="a\x00b <a href='javascript:x'>c</a>",
        raw="a\x00b\ud800",
        link_counts=[
            {"url": "javascript:alert(1)", "internal": False, "reflection": False, "clicks": 1},
            {"url": "https://example.org/\x00", "internal": True, "reflection": False, "clicks": -7},
            {"url": "/t/x/5", "internal": True, "reflection": True, "title": "t\x00", "clicks": 10**20},
        ],
    )
    fields = {"title": "A\x00 title\u202e of\n it", "slug": "../../etc", "image_url": "javascript:x", "views": -3}
    text = json.dumps(topic(5, [post(50, 1), nasty], **fields, fancy_title="<script>", tags=["<b>", "a/b", "\x00"]))
    folder = write_archive(tmp_path, topic(6, [post(60, 1)]))
    (folder / "json" / "nasty.5.json").write_text(text.replace("\\ud800", "?"))
    await run_import(folder)
    async with ports.unit() as unit:
        rows = await unit.tx.text("SELECT title, slug, fancy_title, image_url, views FROM topics WHERE id = 5")
        users = await unit.tx.text("SELECT username, name, avatar_template, trust_level FROM users WHERE id = 9")
        links = await unit.tx.text("SELECT url, clicks FROM topic_links")
        posts = await unit.tx.text("SELECT reads, score, post_type, reply_to_post_id FROM posts WHERE id = 51")
    title, slug, fancy, image, views = rows[0]
    assert title.split() == ["A", "title", "of", "it"] and "\u202e" not in title
    assert slug == "a-title-of-it" and "<" not in fancy and image is None and views == 0
    username, name, avatar, level = users[0]
    assert set("/<>.") & set(username) == set() and "\n" not in name and avatar is None and level == 4
    assert [tuple(row) for row in links] == [("/t/x/5", 2**53)]
    assert tuple(posts[0]) == (0, 0, 1, None)


async def test_posts_of_authors_who_are_gone_are_the_system_users(
    ports: Ports, run_import: Import, tmp_path: Path
) -> None:
    report = await run_import(write_archive(tmp_path, topic(5, [post(50, 1), post(51, 2, user_id=None)])))
    async with ports.unit() as unit:
        assert (await unit.tx.text("SELECT user_id FROM posts WHERE id = 51"))[0][0] == -1
    assert report.not_kept["post whose author is gone, shown as by system"] == 1


def test_a_packed_archive_is_found_one_folder_down_and_no_deeper(tmp_path: Path) -> None:
    folder = write_archive(tmp_path / "a", topic(5, [post(50, 1)]))
    for prefix in ("", "forum/", "./forum/"):
        with open_archive(pack(folder, tmp_path / "a.tar.gz", prefix=prefix)) as archive:
            assert len(archive.json_names) == 1
    with (
        pytest.raises(ArchiveProblem, match="no folder json"),
        open_archive(pack(folder, tmp_path / "b.tar.gz", prefix="a/b/")),
    ):
        pass
