"""Answers that many routes share: nothing, success, a redirect to the right address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import msgspec

from tertulia.http.call import TEXT, Answer, Call
from tertulia.http.routing.later import LaterHandler

_DEPRECATED = ("Deprecation", "true")


class Success(msgspec.Struct):
    """Done, and nothing more to say."""

    success: str = "OK"


class _LegacyHandler(LaterHandler):
    """The same with a handler whose module is not loaded yet; what it answers is known when it is resolved."""

    __slots__ = ()

    async def __call__(self, call: Call) -> Any:
        call.answer_headers.append(_DEPRECATED)
        return await super().__call__(call)


def nothing() -> Answer:
    """200 without a body. pydiscourse insists on a content type, and decodes whatever claims to be JSON."""
    return Answer(b"", content_type=TEXT)


def legacy(handler: Callable[[Call], Any]) -> Callable[[Call], Any]:
    """A method that only older clients still send: it works, and the answer says that it will not for ever."""
    if isinstance(handler, LaterHandler):
        return _LegacyHandler(handler.module, handler.name)

    async def answer(call: Call) -> Any:
        call.answer_headers.append(_DEPRECATED)
        return await handler(call)

    return answer


def add_allowance(call: Call, kind: str) -> None:
    """Says how often the reader may still do what was just done; headers of the upstream's likes."""
    allowance = call.unit.taken.get(kind)
    if allowance is not None:
        call.answer_headers.append(("Discourse-Actions-Remaining", str(allowance.left)))
        call.answer_headers.append(("Discourse-Actions-Max", str(allowance.most)))


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
