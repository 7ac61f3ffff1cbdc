"""What a real forum answered for a topic, held against what this one answers for it after the import.

Left out, as it says something of the reader, the machine or another version of upstream, not of the content:
`timeline_lookup`, `suggested_topics`, `actions_summary`, everything that begins with `can_`, `bookmark`, `draft` or
`flair`, avatars, `read` and `yours`, fields of plugins.

Known to differ: a name that is null becomes empty, as accounts here have a name always; and what may not be in HTML
that comes from elsewhere (frames, most inline styles, unknown classes of code) is dropped or becomes a link.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

import msgspec
import nh3
from lxml import html as lxml_html
from lxml.html import HtmlElement

TOPIC_FIELDS = (
    "id", "title", "fancy_title", "slug", "posts_count", "created_at", "last_posted_at", "views", "like_count",
    "reply_count", "visible", "closed", "archived", "archetype", "category_id", "word_count", "user_id",
    "highest_post_number", "participant_count", "deleted_at", "pinned", "pinned_globally", "pinned_at",
    "pinned_until", "has_summary", "slow_mode_seconds", "featured_link", "image_url",
)  # fmt: skip
POST_FIELDS = (
    "id", "post_number", "post_type", "topic_id", "topic_slug", "username", "name", "display_username", "created_at",
    "updated_at", "reply_count", "reply_to_post_number", "quote_count", "reads", "score", "incoming_link_count",
    "version", "user_id", "moderator", "admin", "staff", "trust_level", "user_title", "wiki", "hidden", "deleted_at",
    "user_deleted", "edit_reason",
)  # fmt: skip
_SPACE = re.compile(r"\s+")
_TAG = re.compile(r"<([a-z][a-z0-9]*)\b")
_NAME = re.compile(r"\s([a-z][a-z0-9-]*)=")
_PARAGRAPH = re.compile(r"<p>\s*</p>")  # what is left of one that a block ended at once; it shows nothing
_SHOWN = 25


class Roundtrip(msgspec.Struct):
    """How many values were compared and, by kind of difference, where they differ."""

    compared: int = 0
    places: dict[str, list[str]] = msgspec.field(default_factory=dict)

    @property
    def differing(self) -> int:
        return sum(len(where) for where in self.places.values())

    def add(self, topic: Mapping[str, Any], ours: Mapping[str, Any], posts: Sequence[Mapping[str, Any]]) -> None:
        """Compares the body of `/t/ID.json` with ours, and its posts with `posts`, by id."""
        where = f"/t/{topic['id']}"
        self._compare(topic, ours, TOPIC_FIELDS, where)
        self._note("stream", topic["post_stream"]["stream"], ours["post_stream"]["stream"], where)
        by_id = {post["id"]: post for post in posts}
        for post in topic["post_stream"]["posts"]:
            answered = by_id.get(post["id"], {})
            self._compare(post, answered, POST_FIELDS, f"{where}/{post['post_number']}")
            self._compare_html(post["cooked"], answered.get("cooked", ""), f"{where}/{post['post_number']}")

    def _compare(self, theirs: Mapping[str, Any], ours: Mapping[str, Any], fields: Sequence[str], where: str) -> None:
        for field in fields:
            self._note(field, theirs.get(field), ours.get(field), where)

    def _note(self, field: str, theirs: Any, ours: Any, where: str) -> None:
        self.compared += 1
        if theirs != ours:
            self.places.setdefault(f"{field}: {_short(theirs)} => {_short(ours)}", []).append(where)

    def _compare_html(self, theirs: str, ours: str, where: str) -> None:
        self.compared += 1
        if theirs != ours and (kind := differing_tree(theirs, ours)):
            self.places.setdefault(f"cooked: {kind}", []).append(where)

    def report(self) -> str:
        """The share, and the commonest differences with how often and one place each."""
        share = 100 * (1 - self.differing / max(self.compared, 1))
        lines = [f"{self.compared} values compared, {self.differing} differ: {share:.3f} % are equal"]
        counted = Counter({kind: len(where) for kind, where in self.places.items()})
        lines += [f"{count:6}  {kind}  ({self.places[kind][0]})" for kind, count in counted.most_common(_SHOWN)]
        return "\n".join(lines)


def differing_tree(theirs: str, ours: str) -> str:
    """What differs first between two HTML texts as trees of tags, attributes and words; empty when nothing does.

    Drawings (`svg`) do not count: no archive may bring any. Classes are compared as a set, styles as a list."""
    first, second = (list(_flat(_tree(html))) for html in (theirs, ours))
    for before, after in zip_longest(first, second, fillvalue="the end"):
        if before != after:
            return f"{_short(before)} => {_short(after)}"
    return ""


def _tree(html: str) -> HtmlElement:
    """The tree that a browser makes of it, in which a block ends the paragraph that it is written in."""
    tags, names = set(_TAG.findall(html)) - {"svg", "path", "use"}, {"alt", *_NAME.findall(html)}
    whole = nh3.clean(
        html,
        tags=tags,
        clean_content_tags={"svg"},
        attributes=dict.fromkeys(tags, names),
        generic_attribute_prefixes={"data-"},
        link_rel=None,
        url_schemes={"http", "https", "mailto", "data", "steam"},
    )
    return lxml_html.fragment_fromstring(_PARAGRAPH.sub("", whole), create_parent="div")


def _flat(node: HtmlElement) -> Iterator[str]:
    """Tags and texts in their order; texts without the space around them, and only where there are any."""
    if isinstance(node.tag, str) and node.tag != "svg":
        yield f"<{node.tag}{''.join(_attributes(node))}>"
        yield from _words(node.text)
        for child in node:
            yield from _flat(child)
        yield f"</{node.tag}>"
    yield from _words(node.tail)


def _words(text: str | None) -> Iterator[str]:
    words = _SPACE.sub(" ", text or "").strip()
    if words:
        yield words


def _attributes(node: HtmlElement) -> Iterator[str]:
    for name, value in sorted(node.attrib.items()):
        if name == "class":
            value = " ".join(sorted(set(value.split())))
        elif name == "style":
            value = ";".join(_SPACE.sub("", part) for part in value.split(";") if part.strip())
        if value or name != "style":
            yield f' {name}="{value}"'


def _short(value: Any) -> str:
    text = value if isinstance(value, str) and value else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
