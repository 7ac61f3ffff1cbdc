"""Where a browser is sent: redirects, and the addresses that a form may name to come back to."""

from __future__ import annotations

import re
from urllib.parse import quote

from tertulia.http.call import TEXT, Answer, Call

_LONGEST = 2000
# Browsers drop tabs and line breaks from addresses and read a backslash as a slash.
_SAME_SITE = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f-\x9f]*")
_DOORS = ("/login", "/logout")


def safe_return(path: str | None) -> str:
    """The path if it leads to a page of this site, else the front page."""
    if not path or len(path) > _LONGEST or not _SAME_SITE.fullmatch(path):
        return "/"
    bare = re.split("[?#]", path, maxsplit=1)[0]
    return "/" if bare.startswith(_DOORS) else path


def here(call: Call) -> str:
    """The path and query of this request, to come back to."""
    path = quote(call.path, safe="/%:@!$&'()*+,;=~-._")
    return safe_return(f"{path}?{call.query_string.decode('latin-1')}" if call.query_string else path)


def login_path(call: Call) -> str:
    """The log-in page that leads back to this one."""
    back = here(call) if call.method in ("GET", "HEAD") else "/"
    return "/login" if back == "/" else f"/login?return={quote(back, safe='')}"


def redirect(path: str, *, status: int = 303) -> Answer:
    """To another page of this site. 303 after a form, 301 to the right address of the same thing, 302 otherwise."""
    target = quote(path, safe="/%:@!$&'()*+,;=~-._?#")
    return Answer(b"", status=status, content_type=TEXT, headers=[("Location", target)])
