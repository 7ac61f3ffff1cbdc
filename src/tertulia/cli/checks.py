"""What `doctor` looks at. Each check answers one finding: ok, note (may be meant so) or wrong (with what to do)."""

from __future__ import annotations

import asyncio
import io
import os
import platform
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from tertulia.backends.blobs.base import BlobsFailed
from tertulia.cli.opening import DATABASE_FILE, place, run_with_database
from tertulia.cli.stopping import Stop
from tertulia.forum.addresses import site_origin
from tertulia.forum.loading.counting import list_wrong_counts
from tertulia.forum.unit import Ports
from tertulia.model.webhooks import DeliveryStatus, Hook
from tertulia.settings import Loaded
from tertulia.store.engine.checking import sqlite_facts
from tertulia.store.jobs import count_jobs
from tertulia.store.schema import VERSION
from tertulia.store.webhooks.hooks import list_active_hooks

_LEAST_PYTHON = (3, 11)
_LEAST_SQLITE = (3, 38)
_LEAST_FREE = 200 * 1024 * 1024
_PROBE = "original/doctor.txt"


class Finding(msgspec.Struct, frozen=True):
    """`state` is ok, note or wrong."""

    subject: str
    state: str
    text: str


def check_installation(loaded: Loaded) -> list[Finding]:
    """Every finding, in the order in which one would look."""
    return [
        *_machine(), *_folder(loaded), *_redis(loaded), *_address(loaded), *_mail(loaded), *_database(loaded)
    ]  # fmt: skip


def _machine() -> Iterator[Finding]:
    version = platform.python_version()
    if sys.version_info < _LEAST_PYTHON:
        yield Finding("Python", "wrong", f"{version} is too old; install 3.11 or newer")
    else:
        yield Finding("Python", "ok", version)
    facts = sqlite_facts()
    if facts.version < _LEAST_SQLITE or not facts.has_full_text:
        need = "3.38 or newer, with FTS5"
        yield Finding("SQLite", "wrong", f"{facts.text} is not enough; use a Python whose SQLite is {need}")
    else:
        yield Finding("SQLite", "ok", f"{facts.text} with FTS5")


def _folder(loaded: Loaded) -> Iterator[Finding]:
    folder = Path(loaded.process.data)
    if loaded.process.database:
        return
    if not folder.is_dir():
        yield Finding("Data directory", "wrong", f"{folder} is no directory; `tertulia init --data {folder}` makes it")
        return
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield Finding("Data directory", "wrong", f"{folder} cannot be written; give this user the right to")
    else:
        yield Finding("Data directory", "ok", str(folder))
    free = shutil.disk_usage(folder).free
    state = "ok" if free >= _LEAST_FREE else "wrong"
    advice = "" if state == "ok" else "; make room before writes begin to fail"
    yield Finding("Disk", state, f"{free // 2**20} MiB free{advice}")


def _redis(loaded: Loaded) -> Iterator[Finding]:
    if not loaded.process.redis:
        return
    parts = urlsplit(loaded.process.redis)
    try:
        if parts.scheme == "unix":
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(3)
                connection.connect(parts.path)
        else:
            socket.create_connection((parts.hostname or "localhost", parts.port or 6379), timeout=3).close()
    except OSError as problem:
        yield Finding(
            "Redis", "wrong", f"cannot be reached ({problem.strerror or problem}); start it or correct --redis"
        )
    else:
        yield Finding("Redis", "ok", "answers")


def _address(loaded: Loaded) -> Iterator[Finding]:
    base_url = loaded.process.base_url
    if not base_url:
        yield Finding("Address", "note", "base_url is not set: links take the address of each request")
        return
    problem = asyncio.run(_ask(base_url))
    if problem:
        yield Finding("Address", "note", f"{base_url} does not answer as this forum ({problem}); is it being served?")
    else:
        yield Finding("Address", "ok", f"{base_url} answers")


async def _ask(base_url: str) -> str:
    """What is wrong with the answer of a forum's own address; empty when nothing is."""
    from tertulia.backends.outbound.base import OutboundFailed, OutboundRequest
    from tertulia.backends.outbound.http import HttpOutbound

    outbound = HttpOutbound(allowed_hosts=[urlsplit(base_url).hostname or ""])
    try:
        answer = await outbound.send(OutboundRequest(url=f"{base_url}/srv/status", timeout_ms=5000))
    except OutboundFailed as problem:
        return str(problem)
    return "" if answer.status == 200 and answer.body.strip() == b"ok" else f"status {answer.status}"


def _mail(loaded: Loaded) -> Iterator[Finding]:
    process = loaded.process
    if not process.smtp_address:
        yield Finding("Mail", "note", "smtp_address is not set: nobody gets mail, so visitors cannot confirm accounts")
        return
    try:
        socket.create_connection((process.smtp_address, process.smtp_port), timeout=5).close()
    except OSError as problem:
        reason = problem.strerror or problem
        yield Finding("Mail", "wrong", f"the server cannot be reached ({reason}); correct smtp_address or smtp_port")
        return
    yield Finding("Mail", "ok", f"{process.smtp_address} answers")
    if not process.base_url:
        link = site_origin(process)
        yield Finding("Mail", "wrong", f"links in mail lead to {link} until base_url is set")


def _database(loaded: Loaded) -> Iterator[Finding]:
    file = Path(loaded.process.data) / DATABASE_FILE
    if not loaded.process.database and not file.is_file():
        yield Finding("Forum", "wrong", f"none in {place(loaded)}; run `tertulia init` first")
        return
    try:
        yield from run_with_database(loaded, _forum)
    except Stop as problem:
        yield Finding("Database", "wrong", f"{problem}; check the address and that the server runs")


async def _forum(ports: Ports) -> list[Finding]:
    version = await ports.database.version()
    if version is None:
        return [Finding("Forum", "wrong", "the database holds none; run `tertulia init` first")]
    if version != VERSION:
        return [Finding("Schema", "wrong", f"{version}, and {VERSION} is needed; run `tertulia migrate`")]
    found = [Finding("Schema", "ok", version)]
    async with ports.unit() as unit:
        wrong = await list_wrong_counts(unit)
        _, dead, _ = await count_jobs(unit.tx)
        hooks = await list_active_hooks(unit.tx)
    if wrong:
        shown = ", ".join(f"topic {topic} says {said} and has {has}" for topic, said, has in wrong[:5])
        found.append(Finding("Counters", "wrong", f"posts of {len(wrong)} topics or more are miscounted: {shown}"))
    else:
        found.append(Finding("Counters", "ok", "topics count their posts right"))
    if dead:
        found.append(Finding("Jobs", "wrong", f"{dead} failed for good; the log says why"))
    else:
        found.append(Finding("Jobs", "ok", "none failed for good"))
    return [*found, *_webhooks(hooks), await _uploads(ports)]


def _webhooks(hooks: list[Hook]) -> Iterator[Finding]:
    failing = [hook.payload_url for hook in hooks if hook.last_delivery_status == DeliveryStatus.FAILED]
    if failing:
        shown = ", ".join(failing[:5])
        text = f"{len(failing)} of {len(hooks)} did not take the last delivery: {shown}; /admin/api/web_hooks says why"
        yield Finding("Webhooks", "note", text)
    elif hooks:
        yield Finding("Webhooks", "ok", f"{len(hooks)}, none of them failing")


async def _uploads(ports: Ports) -> Finding:
    """Puts a few bytes where uploads lie, and takes them away again."""
    process = ports.loaded.process
    folder = Path(process.data) / "uploads"
    where = f"bucket {process.s3_bucket}" if process.s3_bucket else str(folder)
    if not process.s3_bucket and not folder.exists():
        return Finding("Uploads", "ok", f"none yet; the first one makes {where}")
    try:
        await ports.blobs.put(_PROBE, io.BytesIO(b"doctor"), content_type="text/plain", inline=False)
        await ports.blobs.delete(_PROBE)
    except BlobsFailed as problem:
        advice = "correct the s3_ settings" if process.s3_bucket else "give this user the right to write there"
        return Finding("Uploads", "wrong", f"{where} takes no files ({problem}); {advice}")
    return Finding("Uploads", "ok", f"{where} takes files")
