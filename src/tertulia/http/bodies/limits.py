"""How much a request may bring: bytes, parameters, nesting. Every parser in this package takes one `Limits`.

What a post or a title may hold is decided by the services. Read next: `reading.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one request; a route that takes uploads widens `upload_bytes` alone."""

    body_bytes: int = 10 * MEBIBYTE  # JSON, forms, and all fields of a multipart body that are not files
    upload_bytes: int = 10 * MEBIBYTE  # a whole multipart body
    parameters: int = 4096  # names in a form or query, members in JSON: what Rack accepts
    json_values: int = 65536  # tiny values cost thirty times their bytes once parsed
    depth: int = 32  # brackets in one name, or nested JSON
    name_bytes: int = 1024
    parts: int = 256
    part_headers: int = 8  # lines in front of one part
    part_header_bytes: int = 4096  # one such line


DEFAULT_LIMITS = Limits()
