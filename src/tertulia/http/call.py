"""One request, as handlers see it, and the answer that they give when plain JSON is not enough."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tertulia.backends.base import Count, Limit
from tertulia.forum.unit import Unit
from tertulia.http.bodies import Body, Parameters, parse_query
from tertulia.http.routing import Row
from tertulia.http.signing import parse_cookies
from tertulia.model.actor import Actor, Credential
from tertulia.model.users import User

Counted = tuple[tuple[Limit, ...], Sequence[Count]]

JSON = "application/json; charset=utf-8"  # compared literally by pydiscourse
HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"


@dataclass(slots=True)
class Answer:
    """A response in full: bytes, status, content type (None = no such header) and further headers in order."""

    body: bytes = b""
    status: int = 200
    content_type: str | None = JSON
    headers: list[tuple[str, str]] = field(default_factory=list)
    reason: str | None = None  # code of the failure, for X-Tertulia-Reason and the log
    packed: bytes | None = None  # the body as it is sent, where that is compressed
    pieces: AsyncIterator[bytes] | None = None  # instead of `body`, of `length` bytes; sent when no unit is open
    length: int = 0


class Call:
    """The request and everything found out about it. `actor` and `unit` are set by the kit before the handler."""

    def __init__(self, *, scope: Mapping[str, Any], request_id: str) -> None:
        self.scope = scope
        self.request_id = request_id
        self.method: str = scope["method"]
        self.raw_path: bytes = scope.get("raw_path") or scope["path"].encode()
        self.path: str = scope["path"]
        self.query_string: bytes = scope.get("query_string", b"")
        self.headers: dict[str, str] = {}
        for name, value in scope["headers"]:
            self.headers.setdefault(name.decode("latin-1").lower(), value.decode("latin-1"))
        self.address = ""
        self.scheme: str = scope.get("scheme", "http")
        self.host: str = self.headers.get("host", "")
        self.row: Row | None = None
        self.dialect = ""
        self.format = "json"
        self.path_parameters: dict[str, Any] = {}
        self.body = Body()
        self.answer_headers: list[tuple[str, str]] = []
        self.unit: Unit
        self.facts: dict[str, object] = {}  # joins the log line
        self.unread = 0  # notifications of the reader, for the bell around a page
        self.counted: tuple[Limit, ...] = ()  # what the request was counted in before anybody was identified
        self.precounted: Counted | None = None  # the limits already counted it: see `giving.py`
        self.key_precounted: tuple[int, str] | None = None  # the same for its key: ms to wait, limit
        self.personal = False  # the answer holds something of this visitor alone, a token for forms for example
        self.resumed: tuple[tuple[User, Credential] | None] | None = None  # see `resuming.py`

    @property
    def actor(self) -> Actor:
        return self.unit.actor

    @cached_property
    def cookies(self) -> dict[str, str]:
        return parse_cookies(self.headers.get("cookie", ""))

    @cached_property
    def query(self) -> Parameters:
        """The query alone. Raises ParameterInvalid, TooManyParameters."""
        return Parameters(parse_query(self.query_string))

    @cached_property
    def parameters(self) -> Parameters:
        """Path over body over query, as Rails merges them."""
        return Parameters.merged(
            path=self.path_parameters, body=self.body.parameters, query=parse_query(self.query_string)
        )

    @property
    def logged_path(self) -> str:
        """The path as a log may keep it: of a row with a `{token}`, which is a secret, only the template."""
        row = self.row
        return row.path if row is not None and "{token}" in row.path else self.path[:500]

    @property
    def is_xhr(self) -> bool:
        return self.headers.get("x-requested-with", "").lower() == "xmlhttprequest"

    @property
    def agent(self) -> str:
        return self.headers.get("user-agent", "")[:255]

    def integer(self, name: str) -> int:
        """A number from the path, which the row's template promises."""
        return int(self.path_parameters[name])

    def word(self, name: str) -> str:
        """A text from the path, which the row's template promises."""
        return str(self.path_parameters[name])

    @property
    def base_url(self) -> str:
        """Where the site lives for links, without a slash at the end: the setting, else what the client asked for."""
        configured = str(self.unit.settings.process.base_url or "")
        return configured.rstrip("/") or f"{self.scheme}://{self.host}"
