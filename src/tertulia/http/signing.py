"""Signed values, cookies and header values that cannot smuggle anything.

Who is behind a cookie is decided by the sessions; passwords and tokens are hashed in the services.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from typing import Literal, TypedDict, Unpack
from urllib.parse import quote

_LONGEST_SIGNED = 8192
_LONGEST_COOKIES = 16384
_MAXIMUM_COOKIES = 100
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}")
_COOKIE_VALUE = re.compile(r"[!#-+\--:<-\[\]-~]{0,4000}")  # RFC 6265's cookie-octet
_COOKIE_PATH = re.compile(r"/[!-:<-~]{0,255}")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def equal_in_constant_time(left: str | bytes, *, right: str | bytes) -> bool:
    """Whether both are the same; the time taken tells nothing about where they differ."""
    return hmac.compare_digest(_bytes(left), _bytes(right))


def sign(value: str, *, key: str | bytes, purpose: str = "") -> str:
    """The value in URL-safe letters with a signature (HMAC-SHA256) that only holders of the key can make.

    What is signed for one purpose is not valid for another. ValueError for an empty key.
    """
    payload = base64.urlsafe_b64encode(value.encode()).rstrip(b"=").decode("ascii")
    return f"{payload}.{_signature(payload, key=key, purpose=purpose)}"


def unsign(signed: str, *, key: str | bytes, purpose: str = "") -> str | None:
    """The value that `sign` was given with this key and purpose; None for anything else, however broken."""
    if len(signed) > _LONGEST_SIGNED:
        return None
    payload, _, signature = signed.rpartition(".")
    if not equal_in_constant_time(_signature(payload, key=key, purpose=purpose), right=signature):
        return None
    try:
        return base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode()
    except (binascii.Error, ValueError):
        return None


def _signature(payload: str, *, key: str | bytes, purpose: str) -> str:
    if not key:
        raise ValueError("an empty key signs nothing")
    message = _bytes(purpose) + b"\0" + _bytes(payload)
    digest = hmac.new(_bytes(key), message, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def _bytes(text: str | bytes) -> bytes:
    return text.encode("utf-8", errors="surrogatepass") if isinstance(text, str) else text


# -- cookies ----------------------------------------------------------------------------------------
class CookieFlags(TypedDict, total=False):
    """What a cookie may say beyond name, value and age; see `set_cookie` for the defaults."""

    http_only: bool
    same_site: Literal["Lax", "Strict", "None"]
    path: str


def parse_cookies(header: str) -> dict[str, str]:
    """The cookies of a Cookie header, the first of a name (browsers send the most specific path first).

    Malformed pairs are skipped; at most 16 kB and 100 cookies are read.
    """
    cookies: dict[str, str] = {}
    for pair in header[:_LONGEST_COOKIES].split(";", _MAXIMUM_COOKIES)[:_MAXIMUM_COOKIES]:
        name, equals, value = pair.strip().partition("=")
        value = value.strip()
        if len(value) > 1 and value.startswith('"') and value.endswith('"'):
            value = value[1:-1]
        if equals and _TOKEN.fullmatch(name) and _COOKIE_VALUE.fullmatch(value):
            cookies.setdefault(name, value)
    return cookies


def set_cookie(name: str, value: str, *, max_age: int | None, secure: bool, **flags: Unpack[CookieFlags]) -> str:
    """The value of a Set-Cookie header. `max_age` in seconds: None ends with the browser, 0 deletes.

    Not readable by scripts, SameSite=Lax and Path=/ unless told. ValueError for names, values or paths that
    would break out of the header, and for SameSite=None without `secure`, which browsers drop.
    """
    path = flags.get("path", "/")
    same_site = flags.get("same_site", "Lax")
    if not _TOKEN.fullmatch(name):
        raise ValueError("a cookie's name is a token")
    if not _COOKIE_VALUE.fullmatch(value):
        raise ValueError(f"the value of cookie {name} holds characters that a cookie cannot carry")
    if not _COOKIE_PATH.fullmatch(path):
        raise ValueError(f"the path of cookie {name} is not a path")
    if same_site not in ("Lax", "Strict", "None") or (same_site == "None" and not secure):
        raise ValueError(f"cookie {name}: SameSite is Lax, Strict, or None on a secure cookie")
    parts = [f"{name}={value}", f"Path={path}", f"SameSite={same_site}"]
    if max_age is not None:
        parts.append(f"Max-Age={max(0, int(max_age))}")
    if secure:
        parts.append("Secure")
    if flags.get("http_only", True):
        parts.append("HttpOnly")
    return "; ".join(parts)


def safe_header(value: str) -> str:
    """The text as one header value: control characters become a space, non-ASCII is percent-encoded UTF-8."""
    text = _UNPRINTABLE.sub(" ", value).strip()
    return quote(text, safe="".join(map(chr, range(32, 127))), errors="replace")
