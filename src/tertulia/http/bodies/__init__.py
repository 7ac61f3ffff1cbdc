"""Rails-style request bodies and queries, read within bounds, and typed access to what they hold.

Answers, sessions and the request itself live one level up; rules about content live in the services.
Read next: `reading.py` (entry points), `nesting.py` (brackets in names), `parameters.py` (typed reading).
"""

from tertulia.http.bodies.forms import parse_query
from tertulia.http.bodies.limits import DEFAULT_LIMITS, Limits
from tertulia.http.bodies.parameters import Parameters
from tertulia.http.bodies.reading import Body, parse_body, read_body
from tertulia.http.bodies.values import UploadedFile, Value

__all__ = [
    "DEFAULT_LIMITS",
    "Body",
    "Limits",
    "Parameters",
    "UploadedFile",
    "Value",
    "parse_body",
    "parse_query",
    "read_body",
]
