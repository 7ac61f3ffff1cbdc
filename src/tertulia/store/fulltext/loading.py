"""Rows of the full-text index in bulk, for posts that are in it for the first time."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from tertulia.store.engine import Tx
from tertulia.store.engine.query import SQLITE
from tertulia.store.fulltext.recent import copy_rows, find_first

SearchRow = tuple[int, str, str] | bytes  # of SQLite: post id, words of the title and of the text; else `vector_row`
_TITLE = 3 << 14  # weight A
_PLACES = [struct.pack(">HH", 1, place) for place in range(16_384)]  # of words that occur once
_PACK = [struct.Struct(f">H{count}H").pack for count in range(256)]
_MOST_SPELLED = 100_000
_POST_ID, _ID_AT = struct.Struct(">q"), 6  # where `vector_row` has it

# Three lists instead of a statement a row; most posts have no title of their own.
_INSERT_VECTORS = (
    "INSERT INTO post_search (post_id, document) SELECT post, CASE WHEN head = '' THEN body::tsvector "
    "ELSE setweight(head::tsvector, 'A') || body::tsvector END "
    "FROM unnest($1::bigint[], $2::text[], $3::text[]) AS given (post, head, body)"
)


class _Spelled(dict[str, bytes]):
    """Words as PostgreSQL reads them."""

    def __missing__(self, word: str) -> bytes:
        spelled = word.encode() + b"\0"
        if len(self) < _MOST_SPELLED:
            self[word] = spelled
        return spelled


_SPELLED = _Spelled()


async def insert_texts(tx: Tx, rows: Sequence[tuple[int, str, str]]) -> None:
    """(post id, title, body), both texts as `forum.indexing.posts.index_texts` gives them for this engine."""
    if not rows:
        return
    if tx.engine == SQLITE:
        await tx.copy("post_search", ("rowid", "title", "body"), rows)
    else:
        await tx.text(_INSERT_VECTORS, *map(list, zip(*rows, strict=True)))
    await _copy_recent(tx, [row[0] for row in rows])


def vector_row(post_id: int, title: Sequence[str], body: Sequence[str]) -> bytes:
    """PostgreSQL: a row of the index as `copy_texts` takes it, ready before anybody waits.

    The words are in their order, fewer than 16,000 in all and none of them more than 200 times."""
    words = [*title, *body]
    found = dict(zip(reversed(words), _PLACES[len(words) : 0 : -1], strict=True))  # where each is met first
    again: dict[str, list[int]] = {}
    if len(found) < len(words):
        for place, word in enumerate(words, start=1):
            if found[word] is not _PLACES[place]:
                again.setdefault(word, []).append(place)
        for word, places in again.items():
            found[word] = _PACK[len(places) + 1](len(places) + 1, words.index(word) + 1, *places)
    for word in title:
        places = [words.index(word) + 1, *again.get(word, ())]
        weighed = [place | _TITLE if place <= len(title) else place for place in places]
        found[word] = _PACK[len(places)](len(places), *weighed)
    vector = b"".join([_SPELLED[word] + at for word, at in found.items()])
    return struct.pack(">hiqii", 2, 8, post_id, len(vector) + 4, len(found)) + vector


async def copy_texts(tx: Tx, rows: Sequence[SearchRow]) -> None:
    """The same rows as `insert_texts` puts, as they were made ready for this engine."""
    if rows and tx.engine == SQLITE:
        await tx.copy("post_search", ("rowid", "title", "body"), [row for row in rows if not isinstance(row, bytes)])
    elif rows:
        await tx.copy_binary("post_search", ("post_id", "document"), [row for row in rows if isinstance(row, bytes)])
    await _copy_recent(tx, [_POST_ID.unpack_from(row, _ID_AT)[0] if isinstance(row, bytes) else row[0] for row in rows])


async def _copy_recent(tx: Tx, post_ids: Sequence[int]) -> None:
    """What the small index covers of these posts goes there as well."""
    first = await find_first(tx) if post_ids else None
    if first is not None:
        await copy_rows(tx, [post_id for post_id in post_ids if post_id >= first])
