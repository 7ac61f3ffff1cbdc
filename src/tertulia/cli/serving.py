"""`tertulia serve` and `tertulia run`: the server's process from settings to the last finished request.

Loads nothing that a running forum does not need. The options are documented in `serve.py` and `run.py`.
"""

from __future__ import annotations

import contextlib
import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from tertulia.cli.flags import parse_flags
from tertulia.cli.opening import load_flags, place, run_with_forum
from tertulia.cli.stopping import FAILED, Stop, say
from tertulia.forum.unit import Ports
from tertulia.settings import Loaded

if TYPE_CHECKING:
    import uvicorn

    from tertulia.app import Application

GRACE_SECONDS = 30
BACKLOG = 2048
_FLAGS = "_TERTULIA_SERVER_FLAGS"  # for the processes that one server starts; no setting


def serve_command(arguments: Sequence[str]) -> int:
    """`tertulia serve ARGUMENTS`; answers the exit code."""
    return _stoppable(lambda: serve(parse_flags(arguments, command="serve")))


def run_command(arguments: Sequence[str]) -> int:
    """`tertulia run ARGUMENTS`; answers the exit code."""
    return _stoppable(lambda: run(parse_flags(arguments, command="run"), arguments=arguments))


def serve(flags: Mapping[str, object]) -> int:
    """Serves the forum until SIGTERM or SIGINT, then finishes what runs. Raises Stop."""
    loaded = load_flags(flags)
    run_with_forum(loaded, _nothing)
    listener = _listen(loaded)
    if loaded.process.workers > 1:
        return _serve_with_many(loaded, flags, listener)
    from tertulia.app import create_app
    from tertulia.telemetry.logs import set_up_logs

    set_up_logs(level=loaded.process.log_level, form=loaded.process.log_format)
    server = _make_server(loaded, create_app(loaded), ready=lambda: _say_ready(loaded, listener))
    # When everything is finished uvicorn raises the signal again: an orderly end is exit code 0.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server.run(sockets=[listener])
    return 0 if server.started else FAILED


def run(flags: Mapping[str, object], *, arguments: Sequence[str]) -> int:
    """Serves; where there is no forum yet founds one with demo content first. Raises Stop."""
    from tertulia.cli.founding import Admin, found_forum, is_founded
    from tertulia.cli.printing import founded_lines, lines_for_keys, lines_to_paste

    loaded = load_flags(flags)
    if is_founded(loaded):
        print(f"Starting the forum in {place(loaded)}.", flush=True)
        print("\n".join(lines_for_keys(loaded)), flush=True)
        return serve(flags)
    import os

    founded = found_forum(loaded, Admin(), demo=True)
    print("\n".join([*founded_lines(founded), "", *lines_to_paste(founded), ""]), flush=True)
    # Founding has loaded much that serving does not need: begin anew in the same process.
    os.execv(sys.executable, [sys.executable, "-m", "tertulia", "serve", *arguments])


def create_served_app() -> Application:
    """The app of one of several processes, which find their flags in the environment."""
    import os

    from tertulia.app import create_app
    from tertulia.telemetry.logs import set_up_logs

    loaded = load_flags(msgspec.json.decode(os.environ[_FLAGS], type=dict[str, str | bool]))
    set_up_logs(level=loaded.process.log_level, form=loaded.process.log_format)
    _end_with_the_supervisor()
    return create_app(loaded)


def _end_with_the_supervisor() -> None:
    """A supervisor that was killed must not leave processes behind that go on serving and hold the port."""
    import multiprocessing
    import os
    import threading

    supervisor = multiprocessing.parent_process()
    if supervisor is None:
        return

    def watch() -> None:
        supervisor.join()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="supervisor", daemon=True).start()


async def _nothing(ports: Ports) -> None:
    """That the forum could be opened is all that is asked."""


def _serve_with_many(loaded: Loaded, flags: Mapping[str, object], listener: socket.socket) -> int:
    import os

    from uvicorn.supervisors import Multiprocess

    os.environ[_FLAGS] = msgspec.json.encode(dict(flags), enc_hook=str).decode()
    config = _make_config(loaded, "tertulia.cli.serving:create_served_app", factory=True)
    _say_ready(loaded, listener)
    Multiprocess(config, sockets=[listener]).run()
    return 0


def _make_config(loaded: Loaded, app: Application | str, *, factory: bool = False) -> uvicorn.Config:
    import uvicorn

    return uvicorn.Config(
        app,
        factory=factory,
        workers=loaded.process.workers,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def _make_server(loaded: Loaded, app: Application, *, ready: Callable[[], None]) -> uvicorn.Server:
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            if self.started:
                ready()

    return Server(_make_config(loaded, app))


def _listen(loaded: Loaded) -> socket.socket:
    """A socket bound before anything else starts, so that a port in use is said at once."""
    host, port = loaded.process.host, loaded.process.port
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as problem:
        raise Stop(f"cannot listen on {host} port {port}: {problem.strerror}") from problem
    listener.set_inheritable(True)
    return listener


def _say_ready(loaded: Loaded, listener: socket.socket) -> None:
    from tertulia.cli.founding import forum_url

    process = msgspec.structs.replace(loaded.process, port=listener.getsockname()[1])
    url = forum_url(msgspec.structs.replace(loaded, process=process))
    # Whoever started it may have stopped reading; that is no reason not to serve.
    with contextlib.suppress(BrokenPipeError):
        print(f"Tertulia serves {place(loaded)} on {url}", flush=True)


def _stoppable(command: Callable[[], int]) -> int:
    try:
        return command()
    except Stop as stop:
        say(f"tertulia: {stop}")
        return stop.code
    except KeyboardInterrupt:
        return 130
