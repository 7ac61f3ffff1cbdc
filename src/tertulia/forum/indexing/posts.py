"""What of a post is searchable, and keeping it so: called by the services that write posts.

A topic's title belongs to the row of its first post only, so that a new title rewrites one row.
"""

from __future__ import annotations

from collections.abc import Sequence

from tertulia.forum.indexing.expressions import tsvector_text
from tertulia.forum.indexing.words import document, words
from tertulia.forum.unit import Unit
from tertulia.store.engine import Tx
from tertulia.store.engine.query import SQLITE
from tertulia.store.fulltext import rows

# Between title and body, so that no phrase begins in one and ends in the other. No word is spelled like it.
BOUNDARY = "~"


async def index_post(at: Unit | Tx, *, post_id: int, title: str, body: str, is_new: bool = False) -> None:
    """Puts or replaces a post's row; one that `is_new` has none.

    `body` is plain text; `title` is empty for all but first posts.
    Needs a unit (or transaction) that writes. Reads at most 1,000,000 characters of each."""
    tx = at.tx if isinstance(at, Unit) else at
    head, text = index_texts(tx.engine, title=title, body=body)
    if tx.engine == SQLITE:
        await rows.save_words(tx, post_id, title=head, body=text, is_new=is_new)
        return
    await rows.save_vector(tx, post_id, title=head, body=text)


def index_texts(engine: str, *, title: str, body: str) -> tuple[str, str]:
    """Title and body as the engine's index keeps them; pure, so that bulk loads prepare it before they write."""
    if engine == SQLITE:
        return document(title), document(body)
    head = tsvector_text(title)
    if head:
        head = f"{head} '{BOUNDARY}':{min(len(words(title)) + 1, 16_000)}"
    return head, tsvector_text(body)


async def remove_posts(tx: Tx, post_ids: Sequence[int]) -> None:
    """Takes purged posts out of the index; deleted ones may stay, as searches show what is visible only."""
    if post_ids:
        await rows.delete_rows(tx, post_ids)
