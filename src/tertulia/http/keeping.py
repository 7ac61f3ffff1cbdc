"""Whole answers for visitors and for keys, kept as bytes and given again as long as nothing in them has changed.

Before any of them is given, the store says whether its version still holds (`store/freshness.py`); a minute is the
longest that one is kept, for the sake of counters and of what moves with the clock. Rows opt in with `kept`.
Everything that comes with a request still happens: limits, counters, views, the log. Why: docs/decisions/0011.
"""

from __future__ import annotations

import hashlib
import secrets
import zlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any

from tertulia.forum.unit import Ports
from tertulia.http.call import Answer, Call
from tertulia.http.making import Making
from tertulia.http.network import Network, resolve_client
from tertulia.http.signing import safe_header
from tertulia.model.actor import CredentialKind
from tertulia.store.fragments import Fragments
from tertulia.store.freshness import NO_TOPIC, NOBODY, Freshness

MOST_MS = 60_000  # as long as the upstream keeps its own
_LEAST_ZIPPED = 1_000
_LONGEST = 500  # of a query or a header that tells answers apart
_MOST_CLIENTS = 4_096
_OVERHEAD = 4_500  # bytes of one kept answer beside its body (its key has at most 3,000), generously
_ASKS: Mapping[bytes, int] = {
    name: place
    for place, name in enumerate(
        (
            b"accept",
            b"x-requested-with",
            b"host",
            b"user-agent",
            b"accept-encoding",
            b"if-none-match",
            b"discourse-track-view",
        )
    )
}
_FORWARDED = frozenset({b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host"})
# Whoever sends one of these is somebody, or sends something: their answers are made for them.
_PERSONAL = frozenset(
    {
        b"authorization",
        b"discourse-logged-in",
        b"content-length",
        b"transfer-encoding",
        b"range",
        b"expect",
    }
)
# What a key says of itself. Kept answers are told apart by a digest of it, which no other process could make.
_KEYS = frozenset(
    {
        b"api-key",
        b"api-username",
        b"api-user-id",
        b"api-user-external-id",
        b"user-api-key",
        b"user-api-client-id",
        b"user-api-client",
    }
)
_PERSONS = (CredentialKind.ADMIN_KEY, CredentialKind.USER_KEY)
_SALT = secrets.token_bytes(32)
_SESSION = b"_t"  # the cookie, however it is written
_NOTED = (b"search", b"q=", b"api_key")  # what is looked for, and keys in a wrong place, are noted

Key = tuple[bytes, bytes, bytes, bytes, str, str, bytes]


class Asked:
    """A request of a visitor or with a key, as far as answers differ by it."""

    __slots__ = (
        "address",
        "agent",
        "is_xhr",
        "key",
        "keyed",
        "known",
        "making",
        "none_match",
        "position",
        "said",
        "zipped",
    )

    def __init__(self, key: Key, address: str, asks: list[bytes], position: int) -> None:
        self.key = key
        self.keyed = bool(key[6])
        self.address = address
        self.is_xhr = asks[1].lower() == b"xmlhttprequest"
        self.agent = asks[3].decode("latin-1")[:255] if asks[3] else ""
        self.zipped = b"gzip" in asks[4] and b"gzip;q=0" not in asks[4].replace(b" ", b"")
        self.none_match = asks[5].decode("latin-1")
        self.said = asks[6].decode("latin-1")
        self.position = position  # of what was known before anything was read for the answer
        self.known = False
        self.making: Making[Kept] | None = None  # what others wait for, if this request makes it


class Kept:
    """One answer. `head` holds its headers but those that differ by request."""

    __slots__ = (
        "body",
        "credential",
        "dialect",
        "expires",
        "given",
        "head",
        "html",
        "position",
        "requests",
        "route",
        "seconds",
        "size",
        "tag",
        "topic_id",
        "user_id",
        "visited",
        "zipped",
    )

    def __init__(self, call: Call, answer: Answer, *, position: int, topic_id: int, expires: int) -> None:
        self.body = answer.body
        self.zipped: bytes | None = None
        self.html = bool(answer.content_type and answer.content_type.startswith("text/html"))
        kind = [(b"content-type", (answer.content_type or "").encode("latin-1"))]
        self.head = kind + encode_headers(answer.headers)
        self.tag = next((value for name, value in answer.headers if name == "ETag"), "")
        self.position = position
        self.topic_id = topic_id
        self.expires = expires
        actor = call.unit.actor
        self.user_id = actor.user_id
        self.credential = actor.credential
        self.visited = call.unit.visited
        self.route = call.row.path if call.row is not None else "-"
        self.dialect = call.dialect
        self.given = ("kept_answers_total", (("dialect", call.dialect),))
        self.requests = ("http_requests_total", (("dialect", call.dialect), ("status", "2xx")))
        self.seconds = ("http_request_seconds_total", (("dialect", call.dialect),))
        self.size = len(self.body) + _OVERHEAD

    def zip(self) -> bytes:
        """The body as gzip, made at the first call; the body itself where that is no shorter."""
        if self.zipped is None:
            packer = zlib.compressobj(5, zlib.DEFLATED, 31)
            made = packer.compress(self.body) + packer.flush()
            self.zipped = made if len(self.body) >= _LEAST_ZIPPED and len(made) < len(self.body) else self.body
        return self.zipped


class Keeper:
    """The kept answers of one process, at most `most_bytes` of them; those not asked for the longest go first."""

    def __init__(self, ports: Ports, freshness: Freshness, *, most_bytes: int, trusted: tuple[Network, ...]) -> None:
        self.freshness = freshness
        # Parts of answers get a quarter: what they hold is estimated, whole answers are counted.
        self.fragments = Fragments(freshness, most_bytes=most_bytes // 4)
        self._ports = ports
        self._most = most_bytes - most_bytes // 4
        self._trusted = trusted
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._bytes = 0
        self._makings: dict[Key, Making[Kept]] = {}
        self._clients: dict[tuple[Any, ...], tuple[str, str | None, str | None]] = {}

    def ask(self, scope: Mapping[str, Any]) -> Asked | None:
        """What a request asks for; None where it is not plain reading."""
        if scope["method"] != "GET" or not self._most:
            return None
        asks, seen = [b"", b"", b"", b"", b"", b"", b""], 0
        forwarded: tuple[tuple[bytes, bytes], ...] = ()
        shown: list[bytes] = []
        for name, value in scope["headers"]:
            place = _ASKS.get(name)
            if place is not None:
                if seen & 1 << place:  # of two, even if the first is empty, others may read another one
                    return None
                seen |= 1 << place
                asks[place] = value
            elif name in _PERSONAL or (name == b"cookie" and _SESSION in value):
                return None
            elif name in _KEYS:
                shown += (name, value)
            elif name in _FORWARDED:
                forwarded = (*forwarded, (name, value))
        query: bytes = scope.get("query_string", b"")
        if query and (len(query) > _LONGEST or any(word in query for word in _NOTED)):
            return None
        path: bytes = scope.get("raw_path") or scope["path"].encode()
        if max(len(path), len(asks[0]), len(asks[1]), len(asks[2])) > _LONGEST:
            return None
        peer = scope.get("client") or ("", 0)
        address, scheme, host = self._client(peer[0], forwarded)
        key = (
            path,
            query,
            asks[0],
            asks[1],
            scheme or scope.get("scheme", "http"),
            host or asks[2].decode("latin-1"),
            _digest(shown, address) if shown else b"",
        )
        return Asked(key, address, asks, self.freshness.position)

    async def look(self) -> int | None:
        """The position of what is known by now; None where it cannot be known, or nothing is kept."""
        if not self._most:
            return None
        known = self.freshness.look_now() or await self.freshness.look()
        return self.freshness.position if known else None

    async def find(self, asked: Asked, *, now: int) -> Kept | None:
        """The kept answer, once it is known that nothing has changed in it until this call.

        Who is the first to find that it has changed makes it anew for all who ask meanwhile, and says so with
        `end_making`."""
        freshness = self.freshness
        kept = self._kept.get(asked.key)
        known = freshness.look_now() or await freshness.look()
        asked.position = freshness.position  # before anything is read: what comes later ends what is made now
        asked.known = known
        if kept is not None:
            if known and now < kept.expires and self._holds(kept):
                if asked.key in self._kept:  # unless it went while others were waited for
                    self._kept.move_to_end(asked.key)
                return kept
            if self._kept.get(asked.key) is kept:
                self._drop(asked.key)
        return await self._share(asked, kept, now=now) if known else None

    async def _share(self, asked: Asked, ended: Kept | None, *, now: int) -> Kept | None:
        """What somebody makes already, if nothing in it has changed between their look and this one's: then all that
        this one must be shown is in it, however long it takes. Otherwise this one makes it, for those who follow."""
        making = self._makings.get(asked.key)
        if making is not None and self._holds(making):
            made = await making.wait()
            return made if made is not None and now < made.expires else None
        last = making or ended  # without either nobody knows yet whether such an answer is kept at all
        if last is not None:
            making = Making(position=asked.position, topic_id=last.topic_id, user_id=last.user_id or NOBODY)
            self._makings[asked.key] = asked.making = making
        return None

    def end_making(self, asked: Asked, made: Kept | None = None) -> None:
        """Gives what was made to those who wait for it. None: each of them makes an answer."""
        making = asked.making
        if making is not None:
            making.end(made)
            if self._makings.get(asked.key) is making:
                del self._makings[asked.key]

    def _holds(self, found: Kept | Making[Kept]) -> bool:
        return self.freshness.holds(found.position, found.topic_id, found.user_id or NOBODY)

    def keep(self, call: Call, answer: Answer, asked: Asked) -> Kept | None:
        """Keeps an answer that is the same for every visitor, or for every use of a key; others are left alone."""
        row, unit = call.row, call.unit
        if row is None or not row.kept or row.limit != "default" or answer.status != 200 or answer.pieces is not None:
            return None
        credential = unit.actor.credential
        fits = credential is not None and credential.kind in _PERSONS if asked.keyed else unit.actor.user is None
        if not fits or not asked.known or unit.writes or call.answer_headers or call.personal:
            return None
        topic_id = int(call.path_parameters["topic_id"]) if row.kept == "topic" else NO_TOPIC
        expires = unit.now + MOST_MS
        for moment in (unit.holds_until, unit.parts_until):
            if moment is not None:
                expires = min(expires, moment)
        kept = Kept(call, answer, position=asked.position, topic_id=topic_id, expires=expires)
        if kept.size > self._most // 8:
            return None
        other = self._kept.get(asked.key)
        if other is not None and other.position > kept.position:
            return kept  # somebody has read later than this one did
        self._drop(asked.key)
        self._kept[asked.key] = kept
        self._bytes += kept.size
        while self._bytes > self._most:
            self._drop(next(iter(self._kept)))
        return kept

    def weigh(self, asked: Asked, kept: Kept) -> None:
        """Counts what a compressed form adds."""
        if kept.zipped is not None and kept.zipped is not kept.body and self._kept.get(asked.key) is kept:
            self._bytes += len(kept.zipped)
            kept.size += len(kept.zipped)

    def _drop(self, key: Key) -> None:
        gone = self._kept.pop(key, None)
        if gone is not None:
            self._bytes -= gone.size

    def _client(self, peer: str, forwarded: tuple[tuple[bytes, bytes], ...]) -> tuple[str, str | None, str | None]:
        key = (peer, forwarded)
        found = self._clients.get(key)
        if found is None:
            client = resolve_client(peer, forwarded, trusted_proxies=self._trusted)
            found = (client.address, client.scheme, client.host)
            if len(self._clients) >= _MOST_CLIENTS:
                self._clients.clear()
            if sum(len(value) for _, value in forwarded) <= _LONGEST:
                self._clients[key] = found
        return found


def _digest(shown: list[bytes], address: str) -> bytes:
    return hashlib.blake2b(b"\0".join((*shown, address.encode())), digest_size=24, key=_SALT).digest()


def encode_headers(headers: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """Headers as ASGI wants them, without anything that could smuggle one."""
    return [(name.encode("latin-1"), safe_header(value).encode("latin-1")) for name, value in headers]
