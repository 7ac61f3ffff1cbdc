"""From raw Markdown to safe HTML: parse, write, sanitise, look at what came out.

No database and no clock: what exists is told by the context. Read next: parser.py, sanitizer.py.
"""

import re
from collections.abc import MutableMapping
from typing import Any

from tertulia.forum.cooking.cooked import CookContext, Cooked
from tertulia.forum.cooking.plain import word_count

_CANDIDATE = re.compile(r"(?<![A-Za-z0-9_@])@([A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,58}[A-Za-z0-9_])?)")
_MOST_CANDIDATES = 1000
# What terminals print, and nobody sees. Gone before anything is read, so nothing is joined up behind the sanitizer.
_UNSEEN = re.compile("[\x01-\x08\x0b\x0e-\x1f]")
_MEDIA = re.compile(r"<(?:img (?![^>]*class=\"(?:emoji|avatar|site-icon|thumbnail))|video|audio)")


def cook(raw: str, *, context: CookContext) -> Cooked:
    """Turn the Markdown of one post into safe HTML in the form Discourse gives it.

    Never raises on any text; the time is linear in the length of `raw`. Mentions and quotes inside quotes
    and code are not counted.
    """
    from tertulia.forum.cooking.budget import grant
    from tertulia.forum.cooking.frames import mark_frames, show_frames
    from tertulia.forum.cooking.parser import parser
    from tertulia.forum.cooking.relations import finish_links
    from tertulia.forum.cooking.sanitizer import sanitize
    from tertulia.forum.cooking.uploads import show_uploads

    env: MutableMapping[str, Any] = {"context": context, "mentions": [], "group_mentions": [], "quotes": []}
    env.update(polls=[], raw=raw, boxed={}, alone={}, within={})
    grant(env, length=len(raw))
    html = sanitize(mark_frames(parser().render(_UNSEEN.sub("", raw), env).strip()))
    html = show_frames(html, context=context)
    html, uploads = show_uploads(html, context=context)
    html, links = finish_links(html, context=context)
    return Cooked(
        html=html,
        mentions=tuple(env["mentions"]),
        group_mentions=tuple(env["group_mentions"]),
        quotes=tuple(env["quotes"]),
        links=links,
        word_count=word_count(raw),
        has_media=len(_MEDIA.findall(html)),
        uploads=uploads,
        attachments=html.count('<a class="attachment"'),
        polls=tuple(env["polls"]),
        boxed=tuple(env["boxed"]),
        bare=tuple({**env["alone"], **env["within"]}),
    )


def find_mentions(raw: str) -> tuple[str, ...]:
    """Return the lower-cased names that `raw` may mention, in order, at most 1,000; code is not left out."""
    names = dict.fromkeys(match[1].lower() for match in _CANDIDATE.finditer(raw))
    return tuple(names)[:_MOST_CANDIDATES]
