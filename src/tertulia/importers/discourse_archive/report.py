"""What an import kept, what it could not keep, and how far it is."""

from __future__ import annotations

from collections import Counter

import msgspec

from tertulia.forum.loading.content import LoadedTopic
from tertulia.importers.discourse_archive.wire import Topic

_MOST_NAMED = 50


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far it is: posts done of all, posts per second, seconds left (None until it can be said)."""

    done: int
    total: int
    rate: float
    seconds_left: float | None


class Report(msgspec.Struct, kw_only=True):
    """The end of an import, for people (`lines`) and as JSON."""

    kept: dict[str, int] = {}
    already_here: int = 0
    not_kept: dict[str, int] = {}
    left_out: dict[str, str] = {}
    notices: list[str] = []
    seconds: float = 0.0
    posts_per_second: float = 0.0

    def lines(self) -> list[str]:
        """The report in words."""
        kept = ", ".join(f"{count} {noun}" for noun, count in self.kept.items())
        said = [f"Imported {kept} in {self.seconds:.1f} s ({self.posts_per_second:.0f} posts/s)."]
        if self.already_here:
            said.append(f"{self.already_here} topics were here already.")
        said.extend(self.notices)
        if self.not_kept:
            said.append("Not kept:")
            said.extend(f"  {count} x {what}" for what, count in self.not_kept.items())
        if self.left_out:
            said.append(f"Files left out: {len(self.left_out)}")
            shown = list(self.left_out.items())[:_MOST_NAMED]
            said.extend(f"  {printable(name)}: {printable(why)}" for name, why in shown)
            if len(self.left_out) > len(shown):
                said.append(f"  and {len(self.left_out) - len(shown)} more (--json names all)")
        return said


class Losses(msgspec.Struct):
    """Counts of what is not kept, by a sentence that says what."""

    counts: Counter[str] = msgspec.field(default_factory=Counter)

    def add(self, what: str, amount: int = 1) -> None:
        if amount:
            self.counts[what] += amount

    def ordered(self) -> dict[str, int]:
        return dict(sorted(self.counts.items(), key=lambda item: (-item[1], item[0])))


def printable(text: str) -> str:
    """Text from an archive, safe for a terminal."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text[:200])


def count_losses(wire: Topic, topic: LoadedTopic, *, losses: Losses) -> None:
    """Adds what one topic could not bring along."""
    missing = len(set(wire.post_stream.stream or ()) - {post.id for post in wire.post_stream.posts})
    losses.add("post that the topic names and the archive does not hold", missing)
    losses.add("post without Markdown, whose HTML stands for it", sum(post.raw_derived for post in topic.posts))
    losses.add("like of which only the number is known", sum(post.like_count for post in topic.posts))
    losses.add("earlier version of a post", sum(post.version - 1 for post in topic.posts))
    losses.add("post whose author is gone, shown as by system", sum(p.user_id is None for p in wire.post_stream.posts))
    if wire.bumped_at is None:
        losses.add("time when a topic was last bumped, for which the last post's stands")
