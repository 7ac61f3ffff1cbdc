"""Style sheet, scripts and drawings: small files that lie beside this module, under addresses that name their content.

Whatever changes gets a new address, so browsers may keep them for ever.
"""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from pathlib import Path

import msgspec

from tertulia.http.call import Answer, Call
from tertulia.model.errors import NotFound

_FOLDER = Path(__file__).parent / "static"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
}
_FOR_EVER = "public, max-age=31536000, immutable"


class Asset(msgspec.Struct, frozen=True):
    """One file as it is sent."""

    url_name: str
    content_type: str
    body: bytes
    packed: bytes
    tag: str


@cache
def assets() -> dict[str, Asset]:
    """Every file by its own name, such as `app.css`; read once."""
    return {path.name: _load(path) for path in sorted(_FOLDER.iterdir()) if path.suffix in _TYPES}


@cache
def _by_url_name() -> dict[str, Asset]:
    return {asset.url_name: asset for asset in assets().values()}


def _load(path: Path) -> Asset:
    body = path.read_bytes()
    digest = hashlib.sha256(body).hexdigest()[:12]
    return Asset(
        url_name=f"{path.stem}.{digest}{path.suffix}",
        content_type=_TYPES[path.suffix],
        body=body,
        packed=gzip.compress(body, 9, mtime=0),
        tag=f'"{digest}"',
    )


def asset_url(name: str) -> str:
    """The address of a file. Raises KeyError for one that does not exist."""
    return f"/static/{assets()[name].url_name}"


async def get_asset(call: Call) -> Answer:
    """One of the files; nothing else can be named."""
    asset = _by_url_name().get(call.word("file"))
    if asset is None:
        raise NotFound()
    headers = [("Cache-Control", _FOR_EVER), ("ETag", asset.tag), ("Vary", "Accept-Encoding")]
    if asset.tag in call.headers.get("if-none-match", ""):
        return Answer(b"", status=304, content_type=None, headers=headers)
    if "gzip" not in call.headers.get("accept-encoding", "").lower():
        return Answer(asset.body, content_type=asset.content_type, headers=headers)
    return Answer(asset.packed, content_type=asset.content_type, headers=[*headers, ("Content-Encoding", "gzip")])
