"""Files as browsers fetch them. What is no harmless picture, sound or film is saved, never shown, and cannot run."""

from __future__ import annotations

import base64
import re
from urllib.parse import quote

from tertulia.forum.uploads.serving import find_file, find_short_file, find_thumbnail_file, read_file
from tertulia.http.call import Answer, Call
from tertulia.model.errors import ParameterInvalid, RangeInvalid
from tertulia.model.uploads import StoredFile

_FOR_EVER = "public, max-age=31556952, immutable"
_SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
_RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))")
_IN_MEMORY = 1_048_576
_TRANSPARENT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAAC0lEQVR42mNgAAIAAAUAAen63NgAAAAASUVORK5CYII="
)


async def get_short(call: Call) -> Answer:
    """The file behind a short address, or where it is when browsers find it elsewhere."""
    _refuse_scripts(call)
    file = await find_short_file(call.unit, call.word("file"))
    if file.public_url is not None and not _wants_download(call):
        return Answer(b"", status=302, content_type=None, headers=[("Location", file.public_url)])
    return await _send(call, file)


async def get_original(call: Call) -> Answer:
    _refuse_scripts(call)
    return await _send(call, await find_file(call.unit, call.word("path").rpartition("/")[2]))


async def get_optimized(call: Call) -> Answer:
    _refuse_scripts(call)
    return await _send(call, await find_thumbnail_file(call.unit, call.word("path").rpartition("/")[2]))


async def get_old(call: Call) -> Answer:
    """The form of addresses that old posts hold: the name right below the site."""
    _refuse_scripts(call)
    return await _send(call, await find_file(call.unit, call.word("file")))


async def get_transparent(call: Call) -> Answer:
    """What stands in posts for an upload that is not there."""
    return Answer(_TRANSPARENT, content_type="image/png", headers=[("Cache-Control", _FOR_EVER)])


def _refuse_scripts(call: Call) -> None:
    """Source: upstream answers 400 to requests of scripts for files."""
    if call.is_xhr:
        raise ParameterInvalid(name="X-Requested-With", problem="choice")


def _wants_download(call: Call) -> bool:
    return call.query.text("dl") == "1"


async def _send(call: Call, file: StoredFile) -> Answer:
    tag = f'"{file.tag}"'
    headers = [("Cache-Control", _FOR_EVER), ("ETag", tag), ("Accept-Ranges", "bytes"), *_protection(call, file)]
    if tag in call.headers.get("if-none-match", ""):
        return Answer(b"", status=304, content_type=None, headers=headers)
    start, end = _range(call, file)
    status = 200 if (start, end) == (0, file.filesize) else 206
    if status == 206:
        headers.append(("Content-Range", f"bytes {start}-{end - 1}/{file.filesize}"))
    answer = Answer(status=status, content_type=file.content_type, headers=headers)
    await _fill(call, answer, file, start=start, end=end)
    return answer


async def _fill(call: Call, answer: Answer, file: StoredFile, *, start: int, end: int) -> None:
    """Small files are read before the answer begins, so that a failure can still be said."""
    pieces = read_file(call.unit.ports.blobs, file.key, start=start, end=end)
    if end - start > _IN_MEMORY:
        answer.pieces, answer.length = pieces, end - start
        return
    await call.unit.pause()
    answer.body = b"".join([piece async for piece in pieces])


def _protection(call: Call, file: StoredFile) -> list[tuple[str, str]]:
    """`?inline=1` shows what browsers show without running it; SVG and all else stay downloads."""
    inline = file.inline or (call.query.text("inline") == "1" and file.content_type == "application/pdf")
    headers = [("Content-Security-Policy", _SANDBOX), ("Cross-Origin-Resource-Policy", "cross-origin")]
    if _wants_download(call) or not inline:
        headers.append(("Content-Disposition", f"attachment; {_filename(file.filename)}"))
    else:
        headers.append(("Content-Disposition", f"inline; {_filename(file.filename)}"))
    return headers


def _filename(name: str) -> str:
    """The name for every browser: letters of ASCII, and the real one encoded (RFC 6266)."""
    plain = "".join(
        letter if letter.isascii() and letter.isprintable() and letter not in '"\\%' else "_" for letter in name
    )
    return f"filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _range(call: Call, file: StoredFile) -> tuple[int, int]:
    """One range of bytes; several, or what is no range, are answered with everything. Raises RangeInvalid."""
    found = _RANGE.fullmatch(call.headers.get("range", "").strip())
    condition = call.headers.get("if-range")
    if found is None or call.method != "GET" or condition not in (None, f'"{file.tag}"'):
        return 0, file.filesize
    if found[3]:
        start, end = max(0, file.filesize - int(found[3])), file.filesize
    else:
        start = int(found[1])
        end = min(int(found[2]) + 1, file.filesize) if found[2] else file.filesize
    if start >= end:
        raise RangeInvalid(length=file.filesize)
    return start, end
