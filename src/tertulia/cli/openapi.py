"""`tertulia openapi`: the description of every route, for generators of clients and for people who compare."""

from __future__ import annotations

from tertulia import __version__
from tertulia.cli.application import application, stoppable


@application.command("openapi")
@stoppable
def openapi() -> None:
    """Print the OpenAPI 3.1 description of every route; no forum is needed."""
    print(describe_routes(), end="")


def describe_routes() -> str:
    """The description of this version's route table as JSON, one path a line."""
    from tertulia.app import route_table
    from tertulia.http.openapi import describe, render

    return render(describe(route_table().rows, version=__version__))
