"""One thread per test session that hosts forums: an event loop, and (when asked for) a server on a free port.

Tests stay synchronous; blocking clients such as requests or pydiscourse can be used against the forum's URL.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

ResultT = TypeVar("ResultT")
AsgiApp = Callable[[Any, Any, Any], Awaitable[None]]


class Host:
    """Runs coroutines in its own thread and serves whichever app is current."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.current: AsgiApp | None = None
        self._server: Any = None
        self._served: Any = None
        self.port = 0
        self._thread = threading.Thread(target=self._run, name="tertulia-forum", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    def wait(self, work: Coroutine[Any, Any, ResultT], *, seconds: float = 120) -> ResultT:
        """The result of `work`, run in the host's loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(seconds)

    def future(self, work: Coroutine[Any, Any, ResultT]) -> asyncio.Future[ResultT]:
        """The same for tests that are coroutines themselves: something to await in their own loop."""
        return asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self.loop))

    def serve(self) -> int:
        """Starts the server if it does not run yet; answers its port on 127.0.0.1."""
        if self._server is None:
            self.wait(self._start())
        return self.port

    async def _start(self) -> None:
        import uvicorn

        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        config = uvicorn.Config(
            self._app,
            lifespan="off",
            log_level="warning",
            access_log=False,
            proxy_headers=False,
            loop="none",
            interface="asgi3",
        )
        self._server = uvicorn.Server(config)
        self._served = asyncio.ensure_future(self._server.serve(sockets=[listener]))
        while not self._server.started:
            await asyncio.sleep(0.001)

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        if self.current is None:
            raise RuntimeError("no forum is being tested at this moment")
        await self.current(scope, receive, send)

    def stop(self) -> None:
        """Ends the server and the thread."""
        if self._server is not None:
            self._server.should_exit = True
            self.wait(self._wait_for_server())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)

    async def _wait_for_server(self) -> None:
        await self._served
