"""What a parameter can be, and the checks that every text passes before anyone may use it.

Reading a value as the type a handler wants is in `parameters.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, TypeAlias

from tertulia.model.errors import ParameterInvalid


@dataclass(frozen=True, slots=True, eq=False)
class UploadedFile:
    """A file of a multipart body, in memory while small and on disk when not. Close it after use."""

    filename: str  # a base name: no directory, no control character, at most 255 bytes
    content_type: str  # as the client claims it: never to be trusted
    size: int
    file: IO[bytes]  # positioned at the start

    def close(self) -> None:
        """Frees the memory or disk that the file holds; a second call does nothing."""
        self.file.close()


Value: TypeAlias = "str | int | float | bool | None | list[Value] | dict[str, Value] | UploadedFile"

# The services strip NUL from these three themselves, because editors and mail really send it there.
NUL_TOLERANT = frozenset({"raw", "title", "content"})

_SHOWN = 100


def shown_name(name: str) -> str:
    """The name as an error may repeat it: printable, at most 100 characters."""
    clipped = name if len(name) <= _SHOWN else name[:_SHOWN] + "…"
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in clipped)


def invalid(name: str, *, problem: str) -> Exception:
    """The error for a parameter that cannot be used; `problem` is one word that names the kind of fault."""
    return ParameterInvalid(name=shown_name(name), problem=problem)


def check_text(text: str, *, name: str, key: str) -> str:
    """Returns the text; raises ParameterInvalid for NUL, unless `key` is one whose service strips it."""
    if "\0" in text and key not in NUL_TOLERANT:
        raise invalid(name, problem="nul")
    return text
