"""The forum that a test talks to: in process by `get`, `post` ..., over a socket by `url`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import msgspec

from tertulia.app import Application, make_ports, open_ports
from tertulia.backends.blobs.memory import MemoryBlobs
from tertulia.backends.local import LocalWakeup
from tertulia.backends.outbound.captured import CapturedOutbound
from tertulia.forum.batches import flush
from tertulia.forum.sessions.actors import build_actor, system_actor
from tertulia.forum.sites.knobs import load_settings
from tertulia.forum.unit import Unit
from tertulia.settings import Loaded
from tertulia.store.engine.base import Database
from tertulia.testing.client import Response, call, encode_form
from tertulia.testing.clock import TestClock
from tertulia.testing.faults import Faults, plan_faults
from tertulia.testing.given import Given
from tertulia.testing.golden import ADMIN_PASSWORD, Image
from tertulia.testing.host import Host
from tertulia.testing.mailbox import Mailbox
from tertulia.worker import Worker

ResultT = TypeVar("ResultT")
_MOST_WAITS = 12_000  # a minute: other tests' long transactions hide events on PostgreSQL
_MOST_STUMBLES = 20


def _browser(cookies: Mapping[str, str], token: str) -> dict[str, str]:
    pairs = "; ".join(f"{name}={value}" for name, value in cookies.items() if value)
    headers = {"Accept": "application/json", "X-Requested-With": "XMLHttpRequest"}
    return headers | ({"Cookie": pairs} if pairs else {}) | ({"X-CSRF-Token": token} if token else {})


class _Wakeup(LocalWakeup):
    """Remembers that there was something to do."""

    def __init__(self) -> None:
        super().__init__()
        self.called = True

    def wake(self) -> None:
        self.called = True
        super().wake()


class Forum:
    """A forum of one's own: the admin (id 1), two categories, keys. Calls are synchronous but for `arequest`."""

    def __init__(self, host: Host, *, image: Image, loaded: Loaded) -> None:
        self.host = host
        self.image = image
        self.clock = TestClock()
        self.key = image.secrets.key
        self.token = image.secrets.token
        self.master_token = image.secrets.master_token
        self.admin_password = ADMIN_PASSWORD
        self.database: Database = host.wait(image.copy())
        self.faults = Faults()
        self.mail = Mailbox()
        self.outgoing = CapturedOutbound()
        self.ports = make_ports(loaded, database=plan_faults(self.database, self.faults), clock=self.clock)
        self.blobs = MemoryBlobs(clock=self.clock)
        self.ports.blobs = self.blobs
        self.ports.mailer = self.mail
        self.ports.outbound = self.outgoing
        self.ports.wakeup = self._wakeup = _Wakeup()
        self._moved = self.clock.moved
        self.ports.strict = True
        self.ports.paced = False
        self.inline_jobs = True
        self.app = Application(self.ports, with_worker=False)
        self.worker = Worker(self.ports)
        self.given = Given(self)
        self.host.wait(open_ports(self.ports))
        self.host.current = self._serve

    # -- asking -----------------------------------------------------------------------------------
    @property
    def url(self) -> str:
        """Where the forum listens, for clients that need a socket. The server starts at the first use."""
        return f"http://127.0.0.1:{self.host.serve()}"

    def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        form: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Response:
        """One request without credentials but those in `headers`; jobs that it leaves run before the answer."""
        return self.wait(lambda: self._request(method, path, json=json, form=form, headers=headers, body=body))

    async def arequest(self, method: str, path: str, **options: Any) -> Response:
        """`request` for tests that are coroutines, in whatever loop they run."""
        return await self.host.future(self._request(method, path, **options))

    async def _request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        form: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Response:
        pairs = [("host", "forum.test"), *(headers or {}).items()]
        names = {name.lower() for name, _ in pairs}
        if json is not None:
            body = msgspec.json.encode(json)
            if "content-type" not in names:
                pairs.append(("content-type", "application/json"))
        elif form is not None:
            body = encode_form(form)
            if "content-type" not in names:
                pairs.append(("content-type", "application/x-www-form-urlencoded"))
        if body:
            pairs.append(("content-length", str(len(body))))
        return await call(self._serve, method=method, path=path, headers=pairs, body=body)

    def get(self, path: str, **options: Any) -> Response:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> Response:
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Any) -> Response:
        return self.request("PUT", path, **options)

    def delete(self, path: str, **options: Any) -> Response:
        return self.request("DELETE", path, **options)

    def keyed(self, username: str = "admin") -> dict[str, str]:
        """Headers of the all-users API key acting as `username`."""
        return {"Api-Key": self.key, "Api-Username": username}

    def bearer(self, token: str | None = None) -> dict[str, str]:
        """Headers of a bearer token, the admin's unless told."""
        return {"Authorization": f"Bearer {token or self.token}"}

    def login(self, username: str, password: str) -> dict[str, str]:
        """Headers of a browser that has just logged in: the session's cookies and the token for writing.

        Raises AssertionError with the forum's words when the log-in is refused."""
        cookies: dict[str, str] = {}
        token = ""
        for method, path, form in (
            ("GET", "/session/csrf.json", None),
            ("POST", "/session.json", {"login": username, "password": password}),
            ("GET", "/session/csrf.json", None),
        ):
            answer = self.request(method, path, form=form, headers=_browser(cookies, token))
            cookies.update(answer.cookies)
            if method == "POST" and "user" not in answer.json:
                raise AssertionError(f"{username} cannot log in: {answer.json}")
            token = answer.json.get("csrf", token)
        return _browser(cookies, token)

    async def _serve(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app.kit(scope, receive, send)
        if self.inline_jobs:
            await self._work(only_read=scope.get("method") in ("GET", "HEAD"))

    async def _work(self, *, only_read: bool = False) -> int:
        async with self.ports.unit() as unit:
            await flush(unit)
            await unit.commit()
        if only_read and not self._wakeup.called and self._moved == self.clock.moved:
            return 0  # asking the database costs more than most reads do
        self._wakeup.called, self._moved = False, self.clock.moved
        ran = await self.worker.drain()
        for _ in range(_MOST_WAITS):
            if not await self.worker.is_behind():
                return ran
            if self.worker.stumbles > _MOST_STUMBLES:
                break
            await asyncio.sleep(0.005)  # on PostgreSQL other databases' transactions hide events for a moment
            ran += await self.worker.drain()
        raise AssertionError("a consumer of events does not come to an end; the log names it")

    def keep_limits(self) -> None:
        """From here on keys and people are held to how often they may act; tests are quicker than people, so that
        only the limits per address, and on logging in, always hold."""
        self.ports.paced = True

    # -- inside -----------------------------------------------------------------------------------
    def run_jobs(self) -> int:
        """Runs every job that is due (they also run after each request); answers how many ran."""
        return self.wait(self._work)

    def wait(self, work: Callable[[], Awaitable[ResultT]]) -> ResultT:
        """Runs a coroutine function in the forum's own loop."""

        async def run() -> ResultT:
            return await work()

        return self.host.wait(run())

    def unit(self, body: Callable[[Unit], Awaitable[ResultT]], *, username: str = "system") -> ResultT:
        """Runs `body` in a committed unit of the given user (`system` unless told)."""

        async def run() -> ResultT:
            from tertulia.forum.users.names import username_key
            from tertulia.store.users import find_user_by_key

            async with self.ports.unit() as unit:
                unit.settings = await load_settings(unit)
                if username == "system":
                    unit.actor = await system_actor(unit)
                else:
                    user = await find_user_by_key(unit.tx, username_key(username))
                    unit.actor = await build_actor(unit, user)
                result = await body(unit)
                await unit.commit()
                return result

        return self.host.wait(run())

    def close(self) -> None:
        """Ends the forum and throws its database away."""
        self.host.current = None
        self.host.wait(self._close())

    async def _close(self) -> None:
        await self.database.close()
        await self.image.drop(self.database)
