"""Texts and numbers of an archive made storable: no characters that a database refuses, no numbers out of bounds."""

from __future__ import annotations

from tertulia.forum.posts.texts import clean_raw

LARGEST_NUMBER = 2**53


def clean_line(text: str | None, *, longest: int) -> str:
    """One line of text without control characters."""
    return " ".join(clean_raw((text or "")[: longest * 4]).split())[:longest]


def clean_name(text: str, *, longest: int) -> str:
    """A name with its spaces as they were; one line like others where it holds anything that is not shown."""
    return text[:longest] if text.isprintable() and text.strip() else clean_line(text, longest=longest)


def clean_url(text: str, *, longest: int = 2000) -> str:
    """The address if it is one of the web or of this site; else nothing."""
    address = text.strip()
    if not address.startswith(("http://", "https://", "/")) or len(address) > longest:
        return ""
    return "" if any(c.isspace() or not c.isprintable() or c in "\"'<>\\" for c in address) else address


def count_of(number: int | None) -> int:
    """A count: never negative, never larger than anything that is counted."""
    return min(max(number or 0, 0), LARGEST_NUMBER)
