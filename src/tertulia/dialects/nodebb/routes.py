"""Everything that may be asked in NodeBB's words: the tables of its four APIs. What is not here answers 404."""

from __future__ import annotations

from tertulia.dialects.nodebb.read.routes import ROWS as READ
from tertulia.dialects.nodebb.v1.routes import ROWS as V1
from tertulia.dialects.nodebb.v2.routes import ROWS as V2
from tertulia.dialects.nodebb.v3.routes import ROWS as V3
from tertulia.http.routing import Row

ROWS: tuple[Row, ...] = (*V1, *V2, *V3, *READ)
