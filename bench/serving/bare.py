"""The server of the ceiling: bytes from memory through a bare Starlette application, on the server that Tertulia uses.

Run as a module; one argument names the file with the answers, another the port. Who reads it is in `ceiling.py`.
"""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path


def serve(file: Path, port: int) -> None:
    """Serves answer N of the file at `/N`, until it is told to end."""
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    rows = json.loads(file.read_text())
    # Made once: the ceiling is what the server and the bytes cost, and nothing of ours.
    answers: list[Response] = [
        Response(base64.b64decode(body), status, dict(headers)) for status, headers, body in rows
    ]

    async def answer(request: Request) -> Response:
        if request.method == "POST":
            await request.body()
        number: int = request.path_params["number"]
        return answers[number]

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
