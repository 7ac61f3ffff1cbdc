"""Entry points: a body from the server or from bytes, parsed as its content type says, within its limits.

Parsers are beside this file; merging with the query and the path is `Parameters.merged`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import ClientDisconnect

from tertulia.http.bodies.forms import parse_form
from tertulia.http.bodies.json_documents import parse_json
from tertulia.http.bodies.limits import DEFAULT_LIMITS, Limits
from tertulia.http.bodies.media import parse_header
from tertulia.http.bodies.multipart import MultipartReader
from tertulia.http.bodies.values import UploadedFile, Value
from tertulia.model.errors import BodyBroken, BodyTooLarge

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
RawHeaders = Sequence[tuple[bytes, bytes]]

_FORM = "application/x-www-form-urlencoded"
_JSON = ("application/json", "text/json")


@dataclass(slots=True, eq=False)
class Body:
    """One request's body; `data` is empty for multipart, whose files are in `files`. Close it when done."""

    parameters: dict[str, Value] = field(default_factory=dict)
    data: bytes = b""
    content_type: str = ""  # lower-case, without parameters; "" if the client named none
    files: tuple[UploadedFile, ...] = ()

    def close(self) -> None:
        """Frees every uploaded file."""
        for file in self.files:
            file.close()


async def read_body(receive: Receive, headers: RawHeaders, *, limits: Limits = DEFAULT_LIMITS) -> Body:
    """Reads and parses the body that an ASGI server hands over; `headers` are the scope's pairs of bytes.

    Stops receiving as soon as a limit is passed. Types other than JSON, forms and multipart bring no
    parameters, as in Rails, and are kept in `data`. Raises what `parse_body` raises, and ClientDisconnect.
    """
    header = _first(headers, name=b"content-type").decode("latin-1")
    if _first(headers, name=b"content-encoding").strip().lower() not in (b"", b"identity"):
        raise BodyBroken(problem="compressed body")  # a small one can unfold to gigabytes
    media_type, parameters = parse_header(header)
    is_multipart = media_type == "multipart/form-data"
    maximum = limits.upload_bytes if is_multipart else limits.body_bytes
    announced = _first(headers, name=b"content-length")
    if announced.isdigit() and (len(announced) > 18 or int(announced) > maximum):
        raise BodyTooLarge(maximum=maximum)
    if is_multipart:
        return await _read_multipart(receive, boundary=parameters.get("boundary"), limits=limits)
    pieces: list[bytes] = []
    total = 0
    more = True
    while more:
        piece, more = await _receive(receive)
        total += len(piece)
        if total > maximum:
            raise BodyTooLarge(maximum=maximum)
        pieces.append(piece)
    data = b"".join(pieces)
    return Body(parse_body(data, header, limits=limits), data, media_type)


def parse_body(data: bytes, content_type: str, *, limits: Limits = DEFAULT_LIMITS) -> dict[str, Value]:
    """Parses a whole body as its Content-Type header says; without one, `{` means JSON and all else a form.

    Raises BodyBroken, BodyTooLarge, TooManyParameters, ParameterInvalid (see the parsers).
    """
    media_type, parameters = parse_header(content_type)
    if media_type == "multipart/form-data":
        reader = MultipartReader(boundary=parameters.get("boundary"), limits=limits)
        try:
            return _finish(reader, data=data)
        except BaseException:
            reader.close()
            raise
    if media_type == "":
        media_type = _JSON[0] if data.lstrip()[:1] == b"{" else _FORM
    if media_type in _JSON or media_type.endswith("+json"):
        return parse_json(data, limits=limits)
    if media_type == _FORM:
        return parse_form(data, limits=limits)
    if len(data) > limits.body_bytes:
        raise BodyTooLarge(maximum=limits.body_bytes)
    return {}


def _finish(reader: MultipartReader, *, data: bytes) -> dict[str, Value]:
    if data:
        reader.feed(data)
    return reader.finish()


async def _read_multipart(receive: Receive, *, boundary: str | None, limits: Limits) -> Body:
    reader = MultipartReader(boundary=boundary, limits=limits)
    try:
        more = True
        while more:
            piece, more = await _receive(receive)
            if piece:
                reader.feed(piece)
        return Body(reader.finish(), content_type="multipart/form-data", files=tuple(reader.files))
    except BaseException:  # cancellation too: the temporary files must not wait for the collector
        reader.close()
        raise


async def _receive(receive: Receive) -> tuple[bytes, bool]:
    message = await receive()
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    return bytes(message.get("body", b"")), bool(message.get("more_body", False))


def _first(headers: RawHeaders, *, name: bytes) -> bytes:
    return next((value for key, value in headers if key.lower() == name), b"")
