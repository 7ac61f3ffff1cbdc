"""Blobs: the same promises of a directory, of memory, and of a bucket on a server that checks signatures."""

from __future__ import annotations

import asyncio
import errno
import io
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tertulia.backends.blobs import local
from tertulia.backends.blobs.base import BlobMissing, Blobs, BlobsFailed, check_key, read_all
from tertulia.backends.blobs.local import LocalBlobs
from tertulia.backends.blobs.memory import MemoryBlobs
from tertulia.backends.blobs.s3 import Bucket, S3Blobs
from tertulia.backends.choosing import make_blobs
from tertulia.backends.local import SystemClock
from tertulia.settings import load

pytestmark = pytest.mark.anyio
KEY = "original/3X/a/b/" + "ab" * 20 + ".png"
SERVER = Path(__file__).parent / "s3_server.py"


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    """A bucket of our own server; TERTULIA_TEST_S3 names a Python that has `moto[server]`."""
    python = os.environ.get("TERTULIA_TEST_S3", "")
    if not python:
        if os.environ.get("CI") == "true":
            pytest.fail("CI needs TERTULIA_TEST_S3")
        pytest.skip("TERTULIA_TEST_S3 is not set: nothing tested against an S3 server")
    with subprocess.Popen(
        [python, str(SERVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        line = next((line for line in process.stdout if line.startswith("ready ")), "")
        assert line, "the S3 server did not start"
        _, port, key_id, secret = line.split()
        yield Bucket(name="forum", endpoint=f"http://127.0.0.1:{port}", key_id=key_id, secret=secret, prefix="site/one")
        process.kill()


@pytest.fixture(params=["directory", "memory", "bucket"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    if request.param == "directory":
        return LocalBlobs(tmp_path / "uploads")
    if request.param == "memory":
        return MemoryBlobs(clock=SystemClock())
    return S3Blobs(request.getfixturevalue("bucket"))


async def put(blobs: Blobs, content: bytes, key: str = KEY, *, inline: bool = True) -> None:
    await blobs.put(key, io.BytesIO(content), content_type="image/png", inline=inline)


async def test_what_was_put_is_read_whole_and_in_part(blobs: Blobs) -> None:
    content = bytes(range(256)) * 5000
    await put(blobs, content)
    assert await read_all(blobs, KEY, most=len(content)) == content
    assert b"".join([piece async for piece in blobs.read(KEY, start=1000, end=1300)]) == content[1000:1300]
    await put(blobs, b"other")
    assert await read_all(blobs, KEY, most=5) == b"other"
    await blobs.delete(KEY)


async def test_a_source_is_read_from_its_start(blobs: Blobs) -> None:
    source = io.BytesIO(b"whole")
    source.seek(3)
    await blobs.put(KEY, source, content_type="image/png", inline=False)
    assert await read_all(blobs, KEY, most=100) == b"whole"
    await blobs.delete(KEY)


async def test_what_is_not_there_is_missing_and_deleting_it_does_nothing(blobs: Blobs) -> None:
    key = KEY.replace("ab", "cd")
    await blobs.delete(key)
    with pytest.raises(BlobMissing):
        await read_all(blobs, key, most=10)


async def test_a_folder_lists_its_own_blobs_with_the_time_of_the_last_put(blobs: Blobs) -> None:
    other = KEY.replace("/a/b/", "/c/d/")
    before = time.time() * 1000 - 2000
    await put(blobs, b"one")
    await put(blobs, b"two", other)
    found = [entry async for entry in blobs.walk("original/3X/a/b")]
    assert [entry.key for entry in found] == [KEY] and before <= found[0].changed_at <= time.time() * 1000 + 2000
    assert [entry async for entry in blobs.walk("original/3X/f/f")] == []
    for key in (KEY, other):
        await blobs.delete(key)


@pytest.mark.parametrize(
    "key",
    ["", "/etc/passwd", "../x", "a/../../x", "a//b", "a/./b", "a\0b", "a b", "A/x", "a/b.PNG", "a" * 500, "a/..", "é"],
)
async def test_keys_that_could_lead_outside_are_refused(blobs: Blobs, key: str) -> None:
    for act in (put(blobs, b"x", key), blobs.delete(key), read_all(blobs, key, most=1)):
        with pytest.raises(ValueError, match="no key"):
            await act
    with pytest.raises(ValueError, match="no key"):
        check_key(key)


async def test_many_puts_of_one_key_at_once_leave_one_whole_blob(tmp_path: Path) -> None:
    blobs, content = LocalBlobs(tmp_path), b"x" * 300_000
    await asyncio.gather(*(put(blobs, content) for _ in range(8)))
    assert await read_all(blobs, KEY, most=400_000) == content
    await blobs.delete(KEY)


# -- a directory ------------------------------------------------------------------------------------
def full(*_arguments: object, **_options: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("step", ["copyfileobj", "fsync"])
async def test_a_full_disk_fails_cleanly_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    blobs = LocalBlobs(tmp_path / "uploads")
    target: Any = shutil if step == "copyfileobj" else os
    monkeypatch.setattr(target, step, full)
    with pytest.raises(BlobsFailed, match="ENOSPC"):
        await put(blobs, b"x" * 1000)
    assert [path for path in (tmp_path / "uploads").rglob("*") if path.is_file()] == []


async def test_half_of_a_file_is_never_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs = LocalBlobs(tmp_path / "uploads")
    seen: list[bool] = []
    copy: Callable[..., None] = shutil.copyfileobj

    def copy_and_look(*arguments: Any) -> None:
        copy(*arguments)
        seen.append((tmp_path / "uploads" / KEY).exists())

    monkeypatch.setattr(shutil, "copyfileobj", copy_and_look)
    await put(blobs, b"x" * 1000)
    assert seen == [False] and (tmp_path / "uploads" / KEY).read_bytes() == b"x" * 1000


async def test_what_a_killed_process_left_half_written_goes_after_a_day(tmp_path: Path) -> None:
    blobs = LocalBlobs(tmp_path / "uploads")
    await put(blobs, b"x")
    old, fresh = (tmp_path / "uploads" / "incoming" / name for name in ("old", "fresh"))
    for path in (old, fresh):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 90_000,) * 2)
    assert [entry async for entry in blobs.walk("original/3X/0/0")] == []
    assert (old.exists(), fresh.exists()) == (False, True)


async def test_a_place_that_cannot_be_written_fails_cleanly(tmp_path: Path) -> None:
    (tmp_path / "uploads").write_text("a file where the directory should be")
    with pytest.raises(BlobsFailed):
        await put(LocalBlobs(tmp_path / "uploads"), b"x")


# -- a bucket ---------------------------------------------------------------------------------------
async def test_a_wrong_secret_a_missing_bucket_and_a_server_that_is_away_fail_in_one_way(bucket: Bucket) -> None:
    import msgspec

    for change in ({"secret": "wrong"}, {"name": "absent"}, {"endpoint": "http://127.0.0.1:9"}):
        blobs = S3Blobs(msgspec.structs.replace(bucket, **change))
        with pytest.raises(BlobsFailed):
            await put(blobs, b"x")


async def test_a_bucket_knows_the_type_and_what_browsers_shall_do(bucket: Bucket) -> None:
    blobs = S3Blobs(bucket)
    await put(blobs, b"x", inline=False)
    found = await blobs._store().get_async(f"site/one/{KEY}")
    shown = {str(name).lower(): value for name, value in found.attributes.items()}
    assert shown["content-type"] == "image/png" and shown["content-disposition"] == "attachment"
    assert "immutable" in str(shown["cache-control"])
    await blobs.delete(KEY)


def test_the_settings_choose_the_place(tmp_path: Path) -> None:
    environ = {"TERTULIA_DATA": str(tmp_path)}
    local = make_blobs(load({}, environ=environ).process)
    assert isinstance(local, LocalBlobs) and local.folder == tmp_path / "uploads"
    assert local.public_url(KEY) is None
    given = {
        "DISCOURSE_S3_BUCKET": "pictures/forum",
        "DISCOURSE_S3_REGION": "eu-west-1",
        "DISCOURSE_S3_ENDPOINT": "https://s3.example",
        "DISCOURSE_S3_ACCESS_KEY_ID": "id",
        "DISCOURSE_S3_SECRET_ACCESS_KEY": "secret",
        "DISCOURSE_S3_CDN_URL": "https://cdn.example/",
    }
    chosen = make_blobs(load({}, environ={**environ, **given}).process)
    assert isinstance(chosen, S3Blobs)
    assert chosen.bucket == Bucket(
        name="pictures",
        prefix="forum",
        region="eu-west-1",
        endpoint="https://s3.example",
        key_id="id",
        secret="secret",
        public_base="https://cdn.example/",
    )
    assert chosen.public_url(KEY) == f"https://cdn.example/forum/{KEY}"


async def test_new_folders_are_on_disk_before_the_blob_counts_as_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(local, "_sync_folder", synced.append)
    kept = LocalBlobs(tmp_path / "blobs")
    await put(kept, b"content", "original/3X/a/b/ab.png")
    top = tmp_path / "blobs"
    assert synced == [top, *(top / each for each in ("original", "original/3X", "original/3X/a", "original/3X/a/b"))]
    synced.clear()
    await put(kept, b"content", "original/3X/a/b/ac.png")
    assert synced == [top / "original/3X/a/b"]
