"""Keeping files that clients send or name, and finding uploads by their addresses."""

from __future__ import annotations

import io
from typing import Any

from tertulia.dialects.discourse.shapes.uploads import FoundUrl, Metadata, Upload
from tertulia.forum.uploads.creating import create_upload as keep
from tertulia.forum.uploads.creating import fetch_upload
from tertulia.forum.uploads.viewing import look_up_urls, read_upload_by_url
from tertulia.http.bodies import Parameters, UploadedFile
from tertulia.http.call import Call
from tertulia.model.errors import NotAllowed, ParameterInvalid, ParameterMissing
from tertulia.model.uploads import AVATAR, COMPOSER, CreateUpload

# Older clients send words of their own for what a file is wanted for (source: the gem, pydiscourse).
_OLD_WORDS = {"image": COMPOSER, "upload": COMPOSER, "avatar_upload": AVATAR}
_NO_FILE = UploadedFile("file", "", 0, io.BytesIO())


async def create_upload(call: Call) -> Any:
    """`file` or `files[]`, or with an API key `url`; the answer comes when everything is done, asked for or not."""
    parameters = call.parameters
    purpose, file, url = _purpose(parameters), _file(parameters), parameters.text("url")
    if file is not None:
        return Upload.of(await keep(call.unit, _command(parameters, purpose=purpose, file=file)))
    if not url:
        raise ParameterMissing(name="file")
    if not call.actor.by_key:
        raise NotAllowed()
    return Upload.of(await fetch_upload(call.unit, url, _command(parameters, purpose=purpose, file=_NO_FILE)))


def _purpose(parameters: Parameters) -> str:
    word = parameters.text("upload_type") or parameters.text("type")
    if not word:
        raise ParameterMissing(name="upload_type or type")
    return _OLD_WORDS.get(word, word)


def _file(parameters: Parameters) -> UploadedFile | None:
    if isinstance(parameters.value("file"), UploadedFile):
        return parameters.file("file")
    files = [each for each in parameters.items("files") if isinstance(each, UploadedFile)]
    if not files and parameters.value("file") not in (None, ""):
        raise ParameterInvalid(name="file", problem="type")
    return files[0] if files else None


def _command(parameters: Parameters, *, purpose: str, file: UploadedFile) -> CreateUpload:
    return CreateUpload(
        purpose=purpose,
        filename=file.filename,
        size=file.size,
        file=file.file,
        for_user_id=parameters.integer("user_id", minimum=-1) if purpose == AVATAR else None,
        pasted=parameters.boolean("pasted", default=False),
        for_message=parameters.boolean("for_private_message", default=False),
        retain_hours=parameters.integer("retain_hours", minimum=0),
    )


async def lookup_urls(call: Call) -> Any:
    found = await look_up_urls(call.unit, call.parameters.texts("short_urls")[:500])
    return [FoundUrl(short_url=asked, url=view.url, short_path=view.short_path) for asked, view in found]


async def lookup_metadata(call: Call) -> Any:
    return Metadata.of(await read_upload_by_url(call.unit, call.parameters.required_text("url")))
