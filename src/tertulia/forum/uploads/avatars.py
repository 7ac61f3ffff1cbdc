"""Avatars: choosing an upload as one's picture, and the squares of every size that are made of it."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from urllib.parse import quote, urlsplit

from tertulia.backends.blobs.base import BlobMissing, BlobsFailed, read_all
from tertulia.forum.permissions import allow
from tertulia.forum.unit import Unit
from tertulia.forum.uploads.kinds import PICTURES
from tertulia.forum.uploads.naming import original_key
from tertulia.forum.uploads.pictures import Unreadable, square
from tertulia.forum.uploads.preparing import in_turn
from tertulia.model.errors import AvatarUploadMissing, StorageFailed, UploadMissing, UserMissing
from tertulia.model.events import UserUpdated
from tertulia.model.uploads import Upload
from tertulia.model.users import User
from tertulia.store.accounts.changes import change_user
from tertulia.store.uploads import rows, usage
from tertulia.store.users import find_user, lock_user

# Sizes that are made; others get the next larger one. Source: the sizes that upstream's clients ask for.
SIZES = (24, 32, 48, 64, 72, 96, 120, 144, 192, 240, 288, 360, 480)
_VERSION = 2
_SQUARES = "uploads.squares"
_MOST_BYTES = 8_388_608


async def pick_avatar(unit: Unit, user_id: int, upload_id: int | None) -> User:
    """Makes an upload of one's own somebody's picture; None goes back to the letter.

    Of others for staff, who may also choose what that person uploaded. Raises UserMissing, NotAllowed,
    UserIsProtected, AvatarUploadMissing for an upload that is not there, no picture, or neither's."""
    await _check(unit, user_id, upload_id)
    await unit.write()
    upload = await _check(unit, user_id, upload_id)
    user = await lock_user(unit.tx, user_id)
    if user is None:
        raise UserMissing()
    await usage.set_avatar(unit.tx, user_id=user.id, upload_id=upload.id if upload else None)
    template = _template(unit, user, upload) if upload is not None else None
    if template != user.avatar_template:
        await change_user(unit.tx, user.id, fields={"avatar_template": template, "updated_at": unit.now})
        unit.tell(UserUpdated(user_id=user.id, fields=("avatar_template",)))
    return user


async def refuse_avatar_change(unit: Unit, user_id: int) -> None:
    """Raises what `pick_avatar` without an upload would raise; changes nothing."""
    await _check(unit, user_id, None)


async def _check(unit: Unit, user_id: int, upload_id: int | None) -> Upload | None:
    user = await find_user(unit.tx, user_id)
    if user is None or not (user.active or unit.actor.is_staff or user.id == unit.actor.user_id):
        raise UserMissing()
    allow(unit, "user.edit", user=user)
    if upload_id is None:
        return None
    allow(unit, "user.avatar", user=user)
    upload = await rows.find_upload(unit.tx, upload_id)
    if upload is None or upload.extension not in PICTURES:
        raise AvatarUploadMissing()
    for owner in {user.id, unit.actor.user_id or user.id}:
        if await usage.is_owner(unit.tx, user_id=owner, upload_id=upload.id):
            return upload
    raise AvatarUploadMissing()


def _template(unit: Unit, user: User, upload: Upload) -> str:
    host = urlsplit(unit.settings.process.base_url).hostname or "forum"
    return f"/user_avatar/{host}/{quote(user.username.lower(), safe='')}/{{size}}/{upload.id}_{_VERSION}.png"


async def read_avatar(unit: Unit, upload_id: int, *, size: int) -> tuple[bytes, str]:
    """A square of at least `size` pixels, and its content type, of an upload that is somebody's picture.

    Raises UploadMissing, StorageFailed."""
    side = next((each for each in SIZES if each >= size), SIZES[-1])
    upload = await usage.find_avatar(unit.tx, upload_id)
    if upload is None:
        raise UploadMissing()
    kept: OrderedDict[tuple[str, int], tuple[bytes, str]] = unit.ports.memory.setdefault(_SQUARES, OrderedDict())
    if (upload.sha1, side) in kept:
        kept.move_to_end((upload.sha1, side))
        return kept[upload.sha1, side]
    await unit.pause()
    made = await _make(unit, upload, side)
    kept[upload.sha1, side] = made
    while sum(len(data) for data, _ in kept.values()) > _MOST_BYTES:
        kept.popitem(last=False)
    return made


async def _make(unit: Unit, upload: Upload, side: int) -> tuple[bytes, str]:
    key = original_key(upload.sha1, upload.extension)
    try:
        data = await read_all(unit.ports.blobs, key, most=upload.filesize)
        return await in_turn(unit, partial(square, data, side))
    except (BlobMissing, Unreadable):
        raise UploadMissing() from None
    except (BlobsFailed, TimeoutError):
        raise StorageFailed() from None
