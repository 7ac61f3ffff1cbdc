"""Answers that many routes share: nothing, success, a redirect to the right address."""

from __future__ import annotations

from urllib.parse import quote

import msgspec

from tertulia.http.call import TEXT, Answer, Call


class Success(msgspec.Struct):
    """Done, and nothing more to say."""

    success: str = "OK"


def nothing() -> Answer:
    """200 without a body. pydiscourse insists on a content type, and decodes whatever claims to be JSON."""
    return Answer(b"", content_type=TEXT)


def success() -> Success:
    """What most changes answer."""
    return Success()


def plain(text: str) -> Answer:
    """Text as it is."""
    return Answer(text.encode(), content_type=TEXT)


def redirect(call: Call, path: str, *, status: int = 301, keep_query: bool = True) -> Answer:
    """To another path of this site; the query goes along."""
    target = quote(path, safe="/%:@!$&'()*+,;=~-._?")
    if keep_query and call.query_string:
        target += ("&" if "?" in target else "?") + call.query_string.decode("latin-1")
    answer = Answer(b"", status=status, content_type=TEXT)
    answer.headers.append(("Location", call.base_url + target))
    return answer
