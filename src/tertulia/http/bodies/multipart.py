"""Multipart bodies, read while they arrive: fields into memory, files into bounded temporary files.

Which media type leads here is in `reading.py`; what brackets in names mean is in `nesting.py`.
"""

from __future__ import annotations

import logging
from tempfile import SpooledTemporaryFile
from typing import IO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser

from tertulia.http.bodies.limits import Limits
from tertulia.http.bodies.media import claimed_filename, claimed_media_type, parse_header
from tertulia.http.bodies.nesting import Nested
from tertulia.http.bodies.values import UploadedFile, Value, invalid
from tertulia.model.errors import BodyBroken, BodyTooLarge, StorageFailed, TooManyParameters

# The parser warns about each malformed body: hostile clients would write our log.
logging.getLogger("python_multipart").setLevel(logging.ERROR)

_IN_MEMORY = 64 * 1024
_LONGEST_BOUNDARY = 200
_IDENTITY_ENCODINGS = ("", "binary", "8bit", "7bit")  # the Ruby client names one of these per part


class MultipartReader:
    """Takes the bytes of one body in pieces. After any error, `close` frees what was spooled."""

    def __init__(self, *, boundary: str | None, limits: Limits) -> None:
        self.files: list[UploadedFile] = []
        self._limits = limits
        self._tree = Nested(limits=limits)
        self._head = b""
        self._total = self._field_bytes = self._parts = 0
        self._ended = False
        self._header_name, self._header_value = bytearray(), bytearray()
        self._headers: dict[str, bytes] = {}
        self._part: _Part | None = None
        self._parser = self._make_parser(boundary) if boundary else None

    def feed(self, data: bytes) -> None:
        """Reads the next piece; raises BodyBroken, BodyTooLarge, TooManyParameters, ParameterInvalid."""
        self._total += len(data)
        if self._total > self._limits.upload_bytes:
            raise BodyTooLarge(maximum=self._limits.upload_bytes)
        if self._parser is None:
            self._head += data
            if b"\n" not in self._head and len(self._head) <= _LONGEST_BOUNDARY + 4:
                return
            data, self._head = self._head, b""
            self._parser = self._make_parser(sniff_boundary(data))
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise BodyBroken(problem=str(error)[:200]) from None

    def finish(self) -> dict[str, Value]:
        """The parameters of a complete body, files positioned at their start; an empty body has none."""
        if self._total and not self._ended:
            raise BodyBroken(problem="multipart body without its end")
        return self._tree.root

    def close(self) -> None:
        """Closes every file, also that of a part which never ended."""
        if self._part is not None and self._part.file is not None:
            self._part.file.close()
        for file in self.files:
            file.close()

    def _make_parser(self, boundary: str) -> MultipartParser:
        if len(boundary) > _LONGEST_BOUNDARY:
            raise BodyBroken(problem="multipart boundary too long")
        return MultipartParser(
            boundary.encode("latin-1", errors="replace"),
            {
                "on_part_begin": self._begin_part,
                "on_part_data": self._take_data,
                "on_part_end": self._end_part,
                "on_header_field": lambda data, start, end: self._header_name.extend(data[start:end]),
                "on_header_value": lambda data, start, end: self._header_value.extend(data[start:end]),
                "on_header_end": self._end_header,
                "on_headers_finished": self._open_part,
                "on_end": self._end,
            },
            max_header_count=self._limits.part_headers,
            max_header_size=self._limits.part_header_bytes,
        )

    def _begin_part(self) -> None:
        self._parts += 1
        if self._parts > self._limits.parts:
            raise TooManyParameters(maximum=self._limits.parts)
        self._headers = {}

    def _end_header(self) -> None:
        self._headers.setdefault(self._header_name.decode("latin-1").lower(), bytes(self._header_value))
        self._header_name.clear()
        self._header_value.clear()

    def _open_part(self) -> None:
        self._part = _Part.of(self._headers)

    def _take_data(self, data: bytes, start: int, end: int) -> None:
        part = self._part
        if part is None:
            return
        if part.file is not None:
            try:
                part.file.write(memoryview(data)[start:end])
            except OSError:  # no room for temporary files
                raise StorageFailed() from None
        else:
            self._field_bytes += end - start
            if self._field_bytes > self._limits.body_bytes:
                raise BodyTooLarge(maximum=self._limits.body_bytes)
            part.text.extend(data[start:end])
        part.size += end - start

    def _end_part(self) -> None:
        part, self._part = self._part, None
        if part is None:
            return
        if part.file is not None:
            part.file.seek(0)
            file = UploadedFile(part.filename or "file", part.content_type, part.size, part.file)
            self.files.append(file)
            self._tree.add(part.name, value=file)
        elif part.filename is None:
            self._tree.add(part.name, value=part.decoded())

    def _end(self) -> None:
        self._ended = True


class _Spool(SpooledTemporaryFile[bytes]):
    """A file that outlives the reader: whoever takes the parameters closes it."""


class _Part:
    """One part while it is read. A file field that was left empty has filename '' and is dropped."""

    def __init__(self, *, name: str, filename: str | None, content_type: str) -> None:
        self.name = name
        self.filename = filename
        self.content_type = content_type
        self.text = bytearray()
        self.file: IO[bytes] | None = _Spool(max_size=_IN_MEMORY) if filename else None
        self.size = 0

    @classmethod
    def of(cls, headers: dict[str, bytes]) -> _Part:
        encoding = headers.get("content-transfer-encoding", b"").decode("latin-1").strip().lower()
        if encoding not in _IDENTITY_ENCODINGS:
            raise BodyBroken(problem="encoded part")
        try:
            disposition = headers.get("content-disposition", b"").decode("utf-8")
        except UnicodeDecodeError:
            raise BodyBroken(problem="part header is not UTF-8") from None
        kind, parameters = parse_header(disposition)
        if kind != "form-data" or not parameters.get("name"):
            raise BodyBroken(problem="part without a name")
        media_type = headers.get("content-type", b"application/octet-stream").decode("latin-1")
        name = parameters["name"].replace("%22", '"')
        return cls(name=name, filename=claimed_filename(parameters), content_type=claimed_media_type(media_type))

    def decoded(self) -> str:
        try:
            return self.text.decode("utf-8")
        except UnicodeDecodeError:
            raise invalid(self.name, problem="encoding") from None


def sniff_boundary(data: bytes) -> str:
    """The boundary by the body's own first line, for clients that named none; BodyBroken if it has none."""
    line = data.lstrip(b"\r\n").partition(b"\n")[0].rstrip(b" \t\r")
    if not line.startswith(b"--") or len(line) < 3 or len(line) > _LONGEST_BOUNDARY + 2:
        raise BodyBroken(problem="multipart body without a boundary")
    return line[2:].decode("latin-1")
