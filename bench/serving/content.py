"""What a forum holds, learned through its API, so that another forum can be measured as ours is."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.serving.apis import Api, Author, Topic
from bench.serving.asking import demand_json
from bench.serving.plans import Step
from bench.serving.problems import Problem

POSTS = 20  # of the topic that is read, one page of either original
_PAGES = 5
_READ = 12  # topics whose words are counted
_WRITTEN_IN, _MIXED = 40, 20
_WORDS = 12
_TRIED = 40
_RARE, _COMMON = 3, 20  # hits: at most, at least
_TAG = re.compile(r"<[^>]*>")
_WORD = re.compile(r"[A-Za-z]{5,20}")


@dataclass(frozen=True)
class Content:
    """`topic` is read alone and never written in; `written` are open, and those of `mixed` are read meanwhile.

    `categories` are paths of some that hold topics, `authors` people who wrote."""

    topic: Topic
    mixed: Sequence[Topic]
    written: Sequence[Topic]
    categories: Sequence[str]
    authors: Sequence[Author]
    rare: Sequence[str]
    common: Sequence[str]


def learn_content(url: str, api: Api, *, words: bool) -> Content:
    """Looks around as a visitor; searches only where `words` are wanted. Raises Problem where there is too little."""
    topics = _list_topics(url, api)
    long_enough = [topic for topic in topics if topic.posts >= POSTS]
    if not long_enough:
        raise Problem(f"{url} shows no topic of {POSTS} posts on the first pages of its latest topics")
    topic = min(long_enough, key=lambda each: each.posts)
    others = [each for each in topics if each.id != topic.id and each.is_open]
    if not others:
        raise Problem(f"{url} shows no other topic that is open for replies")
    texts: list[str] = []
    authors: dict[Author, None] = {}
    for each in [topic, *topics[:_READ]]:
        read = api.read_topic(demand_json(url, Step(api.topic(each))))
        texts += read.texts
        authors |= dict.fromkeys(read.authors)
    if not authors:
        raise Problem(f"{url} shows nobody who wrote")
    categories = api.read_categories(demand_json(url, Step(api.categories())))
    if not categories:
        raise Problem(f"{url} shows no category with topics")
    found = _find_words(url, api, (*texts, *(each.title for each in topics))) if words else ([], [])
    return Content(topic, others[:_MIXED], others[:_WRITTEN_IN], categories, list(authors), *found)


def _list_topics(url: str, api: Api) -> list[Topic]:
    found: dict[int, Topic] = {}
    for page in range(_PAGES):
        listed = api.read_topics(demand_json(url, Step(api.latest(page))))
        if not listed:
            break
        found |= {topic.id: topic for topic in listed}
    return list(found.values())


def _find_words(url: str, api: Api, texts: Iterable[str]) -> tuple[list[str], list[str]]:
    """Words with few hits, and words with many, each tried."""
    counted = Counter(word.lower() for text in texts for word in _WORD.findall(_TAG.sub(" ", html.unescape(text))))
    often = [word for word, _ in counted.most_common(_TRIED)]
    seldom = [word for word, count in counted.items() if count == 1][:_TRIED]
    return _tried(url, api, seldom, least=1, most=_RARE), _tried(url, api, often, least=_COMMON, most=None)


def _tried(url: str, api: Api, words: Sequence[str], *, least: int, most: int | None) -> list[str]:
    found: list[str] = []
    for word in words:
        hits = api.count_hits(demand_json(url, Step(api.search(word))))
        if hits >= least and (most is None or hits <= most):
            found.append(word)
        if len(found) == _WORDS:
            break
    if not found:
        raise Problem(f"of {len(words)} words none has {least} to {most or 'any number of'} hits at {url}")
    return found


def count_posts(url: str, api: Api, topics: Sequence[Topic]) -> int:
    """How many posts these topics say they have."""
    return sum(api.read_topic(demand_json(url, Step(api.topic(each)))).total for each in topics)
