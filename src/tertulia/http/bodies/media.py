"""Header values with parameters (`multipart/form-data; boundary=x`) and file names that clients claim.

Which parser a media type selects is decided in `reading.py`.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

_PARAMETER = re.compile(r';\s*([!#$%&\'*+\-.^_`|~0-9A-Za-z]+)\s*=\s*("(?:[^"\\]|\\.)*+"|[^;"]*+)|;\s*', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_MEDIA_TYPE = re.compile(r"[!#$&^_.+\-0-9A-Za-z]{1,64}/[!#$&^_.+\-0-9A-Za-z]{1,64}")
_FILENAME_BYTES = 255
_WINDOWS_PATH = re.compile(r"\\[^\"\\]")


def parse_header(value: str) -> tuple[str, dict[str, str]]:
    """The lower-case first word and its parameters, first one of a name; stray semicolons are skipped.

    curl adds `; boundary=...` to a Content-Type that its user ended with a semicolon, hence `;;`.
    """
    main, semicolon, _ = value.partition(";")
    parameters: dict[str, str] = {}
    if semicolon:
        for found in _PARAMETER.finditer(value, len(main)):
            if found[1] is None:
                continue
            text = found[2]
            if text.startswith('"'):
                text = _unescape(text[1:-1])
            parameters.setdefault(found[1].lower(), text.strip())
    return main.strip().lower(), parameters


def _unescape(text: str) -> str:
    # Browsers of old sent whole Windows paths unescaped: there a backslash is a separator, not an escape.
    return text if _WINDOWS_PATH.search(text) else _ESCAPED.sub(r"\1", text)


def claimed_media_type(value: str) -> str:
    """The media type a part claims, lower-case without parameters; `application/octet-stream` if unusable."""
    main, _ = parse_header(value)
    return main if _MEDIA_TYPE.fullmatch(main) else "application/octet-stream"


def claimed_filename(parameters: dict[str, str]) -> str | None:
    """The base name of a file part, or None for a plain field; empty if the browser's file field was empty.

    Browsers and curl write quotes and line ends as %22, %0D, %0A (WHATWG); `filename*` is RFC 5987.
    """
    extended = parameters.get("filename*", "")
    charset, quote, rest = extended.partition("'")
    if quote and charset.lower() in ("utf-8", "us-ascii"):
        return base_name(unquote(rest.partition("'")[2], errors="replace"))
    plain = parameters.get("filename")
    if plain is None:
        return None
    for escape, letter in (("%22", '"'), ("%0D", "\r"), ("%0A", "\n")):
        plain = plain.replace(escape, letter)
    return base_name(plain) if plain else ""


def base_name(name: str) -> str:
    """A name that cannot leave its directory: last component, printable, at most 255 bytes, never empty."""
    last = name.replace("\\", "/").rpartition("/")[2]
    last = "".join(letter for letter in last if letter.isprintable()).strip()
    while len(last.encode()) > _FILENAME_BYTES:
        stem, dot, ending = last.rpartition(".")
        if not dot or len(ending) > 16:
            stem, dot, ending = last, "", ""
        last = stem[:-1] + dot + ending if stem else ending[:16]
    return last if last.strip(". ") else "file"
