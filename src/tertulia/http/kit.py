"""One request, one way: match, read, identify, admit, handle, encode, commit, send.

Rules live in services, words in dialects; here is only the order. Read next: `dialects.py`, `call.py`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import suppress
from typing import Any

import msgspec
from starlette.requests import ClientDisconnect

from tertulia.forum.sites.knobs import load_settings
from tertulia.forum.unit import Ports
from tertulia.http.bodies import DEFAULT_LIMITS, Limits, read_body
from tertulia.http.call import Answer, Call
from tertulia.http.dialects import Dialect, admit
from tertulia.http.giving import Refused, Request, give, keep_answer
from tertulia.http.giving import count as count_kept
from tertulia.http.keeping import Asked, Keeper, encode_headers
from tertulia.http.limits import RequestLimits
from tertulia.http.negotiation import choose_format
from tertulia.http.network import resolve_client
from tertulia.http.routing import Match, Row, Table
from tertulia.http.tags import add_tag, spare
from tertulia.http.traffic import track
from tertulia.model.actor import CredentialKind
from tertulia.model.errors import Busy, ForumError, Internal, MethodUnknown, NotFound
from tertulia.store.engine.base import UniqueViolation, WriteConflict
from tertulia.store.freshness import make_freshness
from tertulia.telemetry.context import REQUEST_ID, new_request_id
from tertulia.telemetry.counters import count
from tertulia.telemetry.requests import log_request

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

_LOG = logging.getLogger("tertulia.http")
_encode = msgspec.json.Encoder().encode
_ATTEMPTS = 3


class Kit:
    """The ASGI application for HTTP. `fallback` names the dialect that speaks for paths that no row knows."""

    def __init__(
        self,
        *,
        table: Table,
        dialects: Mapping[str, Dialect],
        ports: Ports,
        fallback: Callable[[Call], str],
        limits: RequestLimits,
    ) -> None:
        self.table = table
        self.dialects = dialects
        self.ports = ports
        self.fallback = fallback
        self.request_limits = limits
        process = ports.loaded.process
        self.trusted = tuple(process.trusted_proxies)
        self.keeper = Keeper(
            ports,
            make_freshness(ports.database),
            most_bytes=process.kept_answers_megabytes * 1_000_000,
            trusted=self.trusted,
        )
        ports.fragments = self.keeper.fragments
        self.body_limits = Limits(body_bytes=process.max_body_bytes, upload_bytes=process.max_body_bytes)

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        refused: Refused | None = None
        asked = self.keeper.ask(scope)
        if asked is not None:
            now = self.ports.clock.now()
            kept = await self.keeper.find(asked, now=now)
            if kept is not None:
                request = Request(asked, scope, send, now, started)
                refused = await count_kept(self.ports, self.request_limits, kept, request)
                if refused is None:
                    await give(self.ports, self.keeper, kept, request)
                    return
        try:
            await self._make(scope, receive, send, asked=asked, refused=refused, started=started)
        finally:
            if asked is not None:
                self.keeper.end_making(asked)

    async def _make(
        self,
        scope: Mapping[str, Any],
        receive: Receive,
        send: Send,
        *,
        asked: Asked | None,
        refused: Refused | None,
        started: float,
    ) -> None:
        call = Call(scope=scope, request_id=new_request_id())
        if refused is not None:
            call.precounted, call.key_precounted = refused
        token = REQUEST_ID.set(call.request_id)
        try:
            answer = await self._answer(call, receive, known_at=await self._look(call, asked))
            self._add_headers(call, answer, asked, started=started)
            await self._send(call, answer, send)
            self._log(call, answer, started=started)
        except ClientDisconnect:
            _LOG.info("client went away", extra={"facts": {"method": call.method, "path": call.logged_path}})
        finally:
            call.body.close()
            REQUEST_ID.reset(token)

    # -- the walk ---------------------------------------------------------------------------------
    async def _look(self, call: Call, asked: Asked | None) -> int | None:
        """What is known of changes before anything is read, where the answer may be made of kept parts."""
        if asked is not None:
            return asked.position if asked.known else None
        if call.method != "GET" or "range" in call.headers:  # who asks for a part is given nothing kept, not even parts
            return None
        return await self.keeper.look()

    async def _answer(self, call: Call, receive: Receive, *, known_at: int | None) -> Answer:
        peer = call.scope.get("client") or ("", 0)
        client = resolve_client(peer[0], call.scope["headers"], trusted_proxies=self.trusted)
        call.address = client.address
        call.scheme = client.scheme or call.scheme
        call.host = client.host or call.host
        for attempt in range(_ATTEMPTS):
            if attempt:
                call.answer_headers.clear()
                call.resumed = None
                await self._let_others_finish()
            async with self.ports.unit() as unit:
                call.unit = unit
                unit.known_at = known_at
                try:
                    if attempt == 0:
                        unit.settings = await load_settings(unit)
                        await self._find_row(call)
                        await self._read(call, receive)
                    else:
                        unit.settings = await load_settings(unit)
                    return await self._handle(call, attempt)
                except ForumError as error:
                    return self._refuse(call, error)
                # Somebody else's row came first: the rule that looked for it finds it in the next attempt.
                except (WriteConflict, UniqueViolation):
                    if attempt == _ATTEMPTS - 1:
                        _LOG.exception("write conflict, given up", extra={"facts": {"path": call.logged_path}})
                        return self._refuse(call, Internal())
                except (ClientDisconnect, MemoryError):
                    raise
                except Exception:
                    _LOG.exception("unhandled", extra={"facts": {"method": call.method, "path": call.logged_path}})
                    return self._refuse(call, Internal())
        raise AssertionError("the loop answers or raises")

    async def _let_others_finish(self) -> None:
        """Waits for the commit of whoever was first: on SQLite what a batch holds is read only after it."""
        with suppress(Busy):
            async with self.ports.unit() as unit:
                await unit.write()
                await unit.commit()

    async def _find_row(self, call: Call) -> None:
        """The row that answers. Unknown paths count in the limits as well."""
        try:
            self._route(call)
        finally:
            dialect = self.dialects.get(call.dialect)
            shows_key = dialect is not None and dialect.has_credential(call)
            await self.request_limits.count_request(call, shows_key=shows_key)

    def _route(self, call: Call) -> None:
        match = self.table.match(call.method, call.raw_path)
        if match is None or (row := self._choose(call, match)) is None:
            call.dialect = self.fallback(call)
            if match is None and self.table.methods(call.raw_path):
                raise MethodUnknown(method=call.method[:20])
            raise NotFound()
        call.row = row
        if not row.kept:
            call.unit.known_at = None  # only what opts in may be put together of kept parts
        call.dialect = row.dialect
        call.path_parameters = dict(match.params)
        call.format = next(name for name, other in match.rows_by_format.items() if other is row)

    def _choose(self, call: Call, match: Match) -> Row | None:
        credential = any(self.dialects[row.dialect].has_credential(call) for row in match.rows_by_format.values())
        return choose_format(
            match, has_credential_header=credential, is_xhr=call.is_xhr, accept=call.headers.get("accept")
        )

    async def _read(self, call: Call, receive: Receive) -> None:
        if call.method in ("GET", "HEAD") and "content-length" not in call.headers:
            return
        call.resumed = None
        await call.unit.pause()  # a client that is slow to send must not hold a connection of the database
        call.body = await read_body(receive, call.scope["headers"], limits=self.body_limits)

    async def _handle(self, call: Call, attempt: int) -> Answer:
        row = call.row
        if row is None:
            raise NotFound()
        dialect = self.dialects[call.dialect]
        unit = call.unit
        unit.actor = await dialect.identify(call)
        if attempt == 0:
            await self.request_limits.count_credential(call)
        credential = unit.actor.credential
        if row.csrf and (credential is None or credential.kind is CredentialKind.SESSION):
            dialect.check_csrf(call)
        admit(call)
        result = await row.handler(call)
        answer = result if isinstance(result, Answer) else Answer(_encode(result), status=row.status)
        await unit.commit()
        return answer

    def _refuse(self, call: Call, error: ForumError) -> Answer:
        if not call.dialect:
            call.dialect = self.fallback(call)
        answer = self.dialects[call.dialect].refuse(call, error)
        if answer.reason is None:
            answer.reason = error.code
        return answer

    # -- the way out ------------------------------------------------------------------------------
    def _add_headers(self, call: Call, answer: Answer, asked: Asked | None, *, started: float) -> None:
        self.dialects[call.dialect].finish(call, answer)
        answer.headers.append(("X-Content-Type-Options", "nosniff"))
        add_tag(call, answer)
        if asked is not None:
            keep_answer(self.keeper, call, answer, asked)
        track(call, answer)
        spare(call, answer)
        answer.headers.extend(call.answer_headers)
        answer.headers.append(("X-Request-Id", call.request_id))
        answer.headers.append(("X-Runtime", f"{time.perf_counter() - started:.6f}"))
        if answer.reason is not None:
            answer.headers.append(("X-Tertulia-Reason", answer.reason))

    async def _send(self, call: Call, answer: Answer, send: Send) -> None:
        body = answer.body if answer.packed is None else answer.packed
        length = len(body) if answer.pieces is None else answer.length
        headers = [(b"content-length", str(length).encode())] if answer.status != 304 else []
        if answer.content_type is not None:
            headers.append((b"content-type", answer.content_type.encode("latin-1")))
        headers.extend(encode_headers(answer.headers))
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        if answer.pieces is not None and call.method != "HEAD":
            async for piece in answer.pieces:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"" if call.method == "HEAD" else body})

    def _log(self, call: Call, answer: Answer, *, started: float) -> None:
        milliseconds = (time.perf_counter() - started) * 1000
        route = call.row.path if call.row else "-"
        count("http_requests_total", dialect=call.dialect, status=str(answer.status // 100) + "xx")
        count("http_request_seconds_total", milliseconds / 1000, dialect=call.dialect)
        facts: dict[str, object] = {
            "method": call.method,
            "path": call.logged_path,
            "route": route,
            "status": answer.status,
            "ms": round(milliseconds, 2),
            "address": call.address,
            "user_id": call.unit.actor.user_id,
            "reason": answer.reason,
        }
        credential = call.unit.actor.credential
        if credential is not None:
            facts["credential"] = credential.kind.name.lower()
            facts["key_id"] = credential.id
        log_request(call.request_id, facts)


__all__ = ["DEFAULT_LIMITS", "Kit"]
