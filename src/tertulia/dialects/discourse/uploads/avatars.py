"""Avatars: choosing one's picture, and the picture in the size that is asked for."""

from __future__ import annotations

import io
import re
from typing import Any

import msgspec

from tertulia.dialects.discourse.answers import Success, success
from tertulia.dialects.discourse.pictures import get_avatar as get_letter_avatar
from tertulia.dialects.discourse.shapes.uploads import Upload
from tertulia.forum.uploads.avatars import pick_avatar as pick
from tertulia.forum.uploads.avatars import read_avatar, refuse_avatar_change
from tertulia.forum.uploads.creating import create_upload, fetch_upload
from tertulia.forum.users.finding import find_user
from tertulia.http.bodies import UploadedFile
from tertulia.http.call import Answer, Call
from tertulia.model.errors import NotAllowed, ParameterInvalid, ParameterMissing, UploadMissing
from tertulia.model.uploads import AVATAR, CreateUpload

_VERSION = re.compile(r"([1-9][0-9]{0,17})_[0-9]{1,3}")
_SIZE = re.compile(r"[0-9]{1,4}")
_NO_FILE = UploadedFile("file", "", 0, io.BytesIO())
_FOR_A_YEAR = "public, max-age=31556952, immutable"
# `avatar` is what pydiscourse sends along from its upload.
_TYPES = ("uploaded", "custom", "system", "avatar", "")


async def pick_avatar(call: Call) -> Any:
    """`upload_id` makes an upload the picture; without one, or as `system`, it is the letter again."""
    kind = call.parameters.text("type", default="")
    upload_id = call.parameters.integer("upload_id", minimum=1)
    if kind not in _TYPES:
        raise ParameterInvalid(name="type", problem="choice")
    user = await find_user(call.unit, username=call.word("username"))
    await pick(call.unit, user.id, None if kind == "system" else upload_id)
    return success()


class Gravatar(msgspec.Struct):
    """What was found for an address at the service of pictures for addresses: the forum asks none, so nothing."""

    gravatar_upload_id: int | None = None
    gravatar_avatar_template: str | None = None


async def upload_avatar(call: Call) -> Upload:
    """A file, or with an API key the address of one, that is the picture from now on.

    Upstream dropped this for uploading and picking; pydiscourse (`update_avatar_image`, `update_avatar_from_url`)
    still sends it."""
    user = await find_user(call.unit, username=call.word("username"))
    sent = call.parameters.value("file")
    if isinstance(sent, UploadedFile):
        made = await create_upload(call.unit, _command(user.id, sent))
    else:
        address = call.parameters.required_text("file")
        if not call.actor.by_key:
            raise NotAllowed()
        made = await fetch_upload(call.unit, address, _command(user.id, _NO_FILE))
    await pick(call.unit, user.id, made.upload.id)
    return Upload.of(made)


def _command(user_id: int, file: UploadedFile) -> CreateUpload:
    return CreateUpload(purpose=AVATAR, filename=file.filename, size=file.size, file=file.file, for_user_id=user_id)


async def toggle_avatar(call: Call) -> Success:
    """`use_uploaded_avatar`: false goes back to the letter, true leaves the picture that there is.

    Upstream dropped this for picking; pydiscourse (`toggle_gravatar`) still sends it."""
    user = await find_user(call.unit, username=call.word("username"))
    uploaded = call.parameters.boolean("use_uploaded_avatar")
    if uploaded is None:
        raise ParameterMissing(name="use_uploaded_avatar")
    if uploaded:
        await refuse_avatar_change(call.unit, user.id)
    else:
        await pick(call.unit, user.id, None)
    return success()


async def refresh_gravatar(call: Call) -> Gravatar:
    user = await find_user(call.unit, username=call.word("username"))
    await refuse_avatar_change(call.unit, user.id)
    return Gravatar()


async def get_avatar(call: Call) -> Answer:
    """The picture that the version names, or, when nobody has it any more, the letter of the name."""
    version, size = _VERSION.fullmatch(call.word("version")), _SIZE.fullmatch(call.word("size"))
    if version is None or size is None:
        return await get_letter_avatar(call)
    try:
        data, content_type = await read_avatar(call.unit, int(version[1]), size=int(size[0]))
    except UploadMissing:
        return await get_letter_avatar(call)
    return Answer(data, content_type=content_type, headers=[("Cache-Control", _FOR_A_YEAR)])
