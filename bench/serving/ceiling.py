"""The ceiling: the same bytes from memory through a bare Starlette application, on the server that Tertulia uses.

Run as a module it is that server: an argument names the file with the answers, another the port.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.serving.asking import Answered


def write_answers(file: Path, answers: Sequence[Answered]) -> None:
    """For the server: answer N stands at `/N`."""
    rows = [[each.status, each.own_headers, base64.b64encode(each.body).decode()] for each in answers]
    file.write_text(json.dumps(rows))


def serve(file: Path, port: int) -> None:
    """Serves until it is told to end."""
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    rows = json.loads(file.read_text())
    # Made once: the ceiling is what the server and the bytes cost, and nothing of ours.
    answers = [Response(base64.b64decode(body), status, dict(headers)) for status, headers, body in rows]

    async def answer(request: Request) -> Response:
        if request.method == "POST":
            await request.body()
        return answers[request.path_params["number"]]

    application = Starlette(routes=[Route("/{number:int}", answer, methods=["GET", "POST"])])
    uvicorn.run(
        application,
        host="127.0.0.1",
        port=port,
        loop="uvloop",
        http="httptools",
        log_level="error",
        access_log=False,
        server_header=False,
    )


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]))
