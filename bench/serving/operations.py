"""What is measured: for each operation the requests, made from what the forum holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from bench.serving.apis import Api
from bench.serving.content import Content
from bench.serving.plans import UNIQUE, Step
from tertulia.forum.seeding.vocabulary import sentence

_TEXTS = 10
_AUTHORS = 20
_MIX = 20  # requests, of which one writes
_PARAGRAPH = 45  # words


@dataclass(frozen=True)
class Forum:
    """A forum to be measured. `pid` is that of a process we started; without `key` nobody is anybody there."""

    name: str
    url: str
    api: Api
    content: Content
    key: str | None
    pid: int | None = None


def _nothing(forum: Forum) -> Sequence[Step]:
    return ()


@dataclass(frozen=True)
class Operation:
    """One line of the report. One connection of several sends what `beside` gives, while the others send `steps`."""

    name: str
    title: str
    steps: Callable[[Forum], Sequence[Step]]
    needs_key: bool = False
    beside: Callable[[Forum], Sequence[Step]] = _nothing


def _topic(forum: Forum) -> list[Step]:
    return [Step(forum.api.topic(forum.content.topic))]


def _keyed_topic(forum: Forum) -> list[Step]:
    return [Step(*_sign(forum, forum.api.topic(forum.content.topic), turn=0))]


def _latest(forum: Forum) -> list[Step]:
    return [Step(forum.api.latest(0))]


def _category(forum: Forum) -> list[Step]:
    return [Step(forum.content.categories[0])]


def _page(forum: Forum) -> list[Step]:
    return [Step(forum.api.page(forum.content.topic), {"Accept": "text/html"})]


def _rare(forum: Forum) -> list[Step]:
    return [Step(forum.api.search(word)) for word in forum.content.rare]


def _common(forum: Forum) -> list[Step]:
    return [Step(forum.api.search(word)) for word in forum.content.common]


def _replies(words: int) -> Callable[[Forum], Sequence[Step]]:
    """Replies by everybody in every open topic, nobody twice in a row in one of them where there are others."""

    def steps(forum: Forum) -> list[Step]:
        topics = forum.content.written
        made = []
        for turn in range(len(topics) * min(len(forum.content.authors), _AUTHORS)):
            path, body = forum.api.reply(topics[turn % len(topics)], compose(words, seed=turn % _TEXTS))
            made.append(Step(*_sign(forum, path, turn=turn // len(topics) + turn % len(topics)), body))
        return made

    return steps


def _reads(forum: Forum) -> list[Step]:
    """What people read: topics mostly, a fifth of them with a key, then lists."""
    api, topics, categories = forum.api, forum.content.mixed, forum.content.categories
    made = []
    for turn in range(_MIX - 1):
        topic = topics[turn % len(topics)]
        if turn % 19 in (4, 12):
            made.append(Step(api.latest(0)))
        elif turn % 19 in (8, 16):
            made.append(Step(categories[turn % len(categories)]))
        else:
            path = api.topic(topic)
            made.append(Step(*_sign(forum, path, turn=turn)) if turn % 5 == 0 else Step(path))
    return made


def _mixed(forum: Forum) -> list[Step]:
    reads = _reads(forum)
    return [step for reply in _replies(90)(forum) for step in (*reads, reply)]


def _sign(forum: Forum, path: str, *, turn: int) -> tuple[str, Mapping[str, str]]:
    """The path and the headers of whoever's turn it is."""
    author = forum.content.authors[turn % len(forum.content.authors)]
    return forum.api.sign(path, key=forum.key or "", author=author)


def compose(words: int, *, seed: int) -> str:
    """A text of that many words in paragraphs, with some emphasis, beginning with a word made for each request."""
    rng = Random(f"{words}/{seed}")
    said = [UNIQUE]
    while len(said) < words:
        said += sentence(rng).split()
    del said[words:]
    for place in range(7, words, 30):
        said[place] = rng.choice(("**{}**", "*{}*", "`{}`")).format(said[place].strip(".,?!"))
    return "\n\n".join(" ".join(said[start : start + _PARAGRAPH]) for start in range(0, words, _PARAGRAPH))


OPERATIONS: tuple[Operation, ...] = (
    Operation("topic", "topic of 20 posts, JSON, visitor", _topic),
    Operation("topic-key", "topic of 20 posts, JSON, with a key", _keyed_topic, needs_key=True),
    Operation("latest", "latest topics, JSON, visitor", _latest),
    Operation("category", "a category's topics, JSON, visitor", _category),
    Operation("page", "topic of 20 posts, HTML, visitor", _page),
    Operation("search-rare", "search for rare words", _rare),
    Operation("search-common", "search for common words", _common),
    Operation("reply-20", "reply of 20 words", _replies(20), needs_key=True),
    Operation("reply-90", "reply of 90 words", _replies(90), needs_key=True),
    Operation("reply-500", "reply of 500 words", _replies(500), needs_key=True),
    Operation("mixed", "95 reads, 5 replies", _mixed, needs_key=True),
    Operation("under-writes", "reads while replies are written", _reads, needs_key=True, beside=_replies(90)),
)
