"""New uploads: from a file that somebody sends, or from an address that the forum fetches."""

from __future__ import annotations

import io
from urllib.parse import unquote, urlsplit

from tertulia.backends.base import Limit
from tertulia.backends.outbound.base import OutboundFailed, OutboundRequest
from tertulia.forum.limits.taking import MINUTE, is_limited, take
from tertulia.forum.permissions import allow
from tertulia.forum.unit import Unit
from tertulia.forum.uploads.checking import largest
from tertulia.forum.uploads.preparing import Made, prepare_upload
from tertulia.forum.uploads.viewing import view_upload
from tertulia.model.errors import Busy, LoginRequired, ParameterInvalid, UploadFetchFailed, UserMissing
from tertulia.model.uploads import AVATAR, PURPOSES, STAFF_PURPOSES, CreateUpload, Upload, UploadView
from tertulia.store.engine.base import WriteConflict
from tertulia.store.uploads import rows, usage
from tertulia.store.uploads.doomed import spare_blobs
from tertulia.store.users import find_user

LIMIT = "uploads_60_secs"
_FETCH_MS = 20_000
_MOST_FETCHED = 33_554_432
_MOST_RETAINED = 87_600


async def create_upload(unit: Unit, command: CreateUpload) -> UploadView:
    """Keeps a file. The same content, as it came or as it is kept, is the same upload whoever brings it.

    Files that are refused count in the limit too: looking into them is what costs (source: upstream).
    Avatars of others are for staff, and so are pictures of the site. `retain_hours` counts for admins only. Raises
    LoginRequired, Silenced, NotAllowed, UserMissing, RateLimited, ParameterInvalid (`upload_type`), Busy, and what
    `prepare_upload` raises."""
    await _check(unit, command)
    await _take(unit)
    return await _keep(unit, command)


async def _keep(unit: Unit, command: CreateUpload) -> UploadView:
    prepared = await prepare_upload(unit, command)
    user_id = unit.actor.user_id
    if user_id is None:
        raise LoginRequired()
    await unit.write()
    upload = await _store(unit, prepared)
    for owner in {user_id, command.for_user_id or user_id}:
        await usage.insert_owner(unit.tx, user_id=owner, upload_id=upload.id)
    if command.retain_hours and unit.actor.is_admin:
        await rows.keep_longer(unit.tx, upload.id, hours=min(command.retain_hours, _MOST_RETAINED))
        upload = await rows.find_upload(unit.tx, upload.id) or upload
    return await view_upload(unit, upload)


async def fetch_upload(unit: Unit, url: str, command: CreateUpload) -> UploadView:
    """The same with a file from a public address; of `command` its purpose and for whom it is. Every attempt counts.

    Raises UploadFetchFailed for whatever does not arrive whole within 20 s, and what `create_upload` raises."""
    await _check(unit, command)
    await _take(unit)
    most = min(max(largest(unit, picture=True), largest(unit, picture=False)), _MOST_FETCHED)
    await unit.pause()
    request = OutboundRequest(url=url, timeout_ms=_FETCH_MS, max_response_bytes=most, max_redirects=5)
    try:
        answer = await unit.ports.outbound.send(request)
    except OutboundFailed:
        raise UploadFetchFailed() from None
    if answer.status != 200:
        raise UploadFetchFailed()
    name = unquote(urlsplit(answer.url).path.rpartition("/")[2]) or "file"
    file = io.BytesIO(answer.body)
    await _check(unit, command)  # fetching took its time
    return await _keep(unit, _with_file(command, name=name, file=file, size=len(answer.body)))


def _with_file(command: CreateUpload, *, name: str, file: io.BytesIO, size: int) -> CreateUpload:
    return CreateUpload(
        purpose=command.purpose,
        filename=name,
        size=size,
        file=file,
        for_user_id=command.for_user_id,
        pasted=command.pasted,
        for_message=command.for_message,
        retain_hours=command.retain_hours,
    )


async def _check(unit: Unit, command: CreateUpload) -> None:
    allow(unit, "upload.create")
    if command.purpose not in PURPOSES:
        raise ParameterInvalid(name="upload_type", problem="choice")
    if command.purpose in STAFF_PURPOSES:
        allow(unit, "upload.staff")
    if command.purpose == AVATAR:
        user = await find_user(unit.tx, command.for_user_id or unit.actor.user_id or 0)
        if user is None or not (user.active or unit.actor.is_staff):
            raise UserMissing()
        allow(unit, "user.avatar", user=user)


async def _take(unit: Unit) -> None:
    if is_limited(unit):
        limit = Limit(LIMIT, str(unit.actor.user_id), unit.site.max_uploads_per_minute, MINUTE)
        await take(unit, [limit], even_refused=True)


async def _store(unit: Unit, prepared: Upload | Made) -> Upload:
    """The row, found again or made. Raises WriteConflict, Busy."""
    if not isinstance(prepared, Made):
        if await rows.find_upload(unit.tx, prepared.id) is None:
            raise WriteConflict("swept meanwhile")
        await rows.touch_upload(unit.tx, prepared.id, now=unit.now)
        return prepared
    if not await spare_blobs(unit.tx, prepared.keys, put_after=unit.now):
        raise Busy(seconds=1)  # the same content is just being deleted
    same = await rows.find_upload_by_sha1(unit.tx, prepared.upload.sha1)
    if same is not None:
        return same
    return await rows.insert_upload(unit.tx, prepared.upload, prepared.thumbnails)
