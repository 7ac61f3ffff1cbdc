"""The two APIs a forum may be asked through: where things are, and how what matters here reads in an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote


@dataclass(frozen=True)
class Topic:
    """As much of a topic as is needed. `is_open`: somebody may reply."""

    id: int
    slug: str
    title: str
    posts: int
    is_open: bool


@dataclass(frozen=True)
class Author:
    """Somebody who has written in the forum."""

    id: int
    name: str


@dataclass(frozen=True)
class Read:
    """The posts of a topic's first page: texts as HTML, and who wrote them, each once."""

    texts: tuple[str, ...]
    authors: tuple[Author, ...]
    total: int


class Api(Protocol):
    """Paths of one API, and what its answers say. A signed path is asked for by an author, with these headers."""

    name: str

    def latest(self, page: int) -> str: ...
    def topic(self, topic: Topic) -> str: ...
    def page(self, topic: Topic) -> str: ...
    def categories(self) -> str: ...
    def search(self, word: str) -> str: ...
    def reply(self, topic: Topic, text: str) -> tuple[str, Mapping[str, object]]: ...
    def sign(self, path: str, *, key: str, author: Author) -> tuple[str, Mapping[str, str]]: ...
    def read_categories(self, answer: Any) -> list[str]: ...
    def read_topics(self, answer: Any) -> list[Topic]: ...
    def read_topic(self, answer: Any) -> Read: ...
    def count_hits(self, answer: Any) -> int: ...


class Discourse:
    """Discourse's API, as its documentation describes it."""

    name = "discourse"

    def latest(self, page: int) -> str:
        return "/latest.json" if not page else f"/latest.json?page={page}"

    def topic(self, topic: Topic) -> str:
        return f"/t/{topic.id}.json"

    def page(self, topic: Topic) -> str:
        return f"/t/{topic.slug}/{topic.id}"

    def categories(self) -> str:
        return "/categories.json"

    def search(self, word: str) -> str:
        return f"/search.json?q={quote(word)}"

    def reply(self, topic: Topic, text: str) -> tuple[str, Mapping[str, object]]:
        return "/posts.json", {"topic_id": topic.id, "raw": text}

    def sign(self, path: str, *, key: str, author: Author) -> tuple[str, Mapping[str, str]]:
        return path, {"Api-Key": key, "Api-Username": author.name}

    def read_categories(self, answer: Any) -> list[str]:
        return [
            f"/c/{each['slug']}/{each['id']}.json"
            for each in answer["category_list"]["categories"]
            if each["topic_count"]
        ]

    def read_topics(self, answer: Any) -> list[Topic]:
        return [
            Topic(
                id=each["id"],
                slug=each["slug"],
                title=each["title"],
                posts=each["posts_count"],
                is_open=not (each["closed"] or each["archived"]),
            )
            for each in answer["topic_list"]["topics"]
        ]

    def read_topic(self, answer: Any) -> Read:
        posts = answer["post_stream"]["posts"]
        return Read(
            texts=tuple(post["cooked"] for post in posts),
            authors=tuple(
                dict.fromkeys(Author(post["user_id"], post["username"]) for post in posts if post["user_id"] > 0)
            ),
            total=answer["posts_count"],
        )

    def count_hits(self, answer: Any) -> int:
        return len(answer["posts"])


class NodeBB:
    """NodeBB's read API and, for replies, its write API v3; a master token acts as the author."""

    name = "nodebb"

    def latest(self, page: int) -> str:
        return "/api/recent" if not page else f"/api/recent?page={page + 1}"

    def topic(self, topic: Topic) -> str:
        return f"/api/topic/{topic.slug}"

    def page(self, topic: Topic) -> str:
        return f"/topic/{topic.slug}"

    def categories(self) -> str:
        return "/api/categories"

    def search(self, word: str) -> str:
        return f"/api/search?term={quote(word)}&in=titlesposts"

    def reply(self, topic: Topic, text: str) -> tuple[str, Mapping[str, object]]:
        return f"/api/v3/topics/{topic.id}", {"content": text}

    def sign(self, path: str, *, key: str, author: Author) -> tuple[str, Mapping[str, str]]:
        return f"{path}?_uid={author.id}", {"Authorization": f"Bearer {key}"}

    def read_categories(self, answer: Any) -> list[str]:
        return [f"/api/category/{each['slug']}" for each in answer["categories"] if each["topic_count"]]

    def read_topics(self, answer: Any) -> list[Topic]:
        return [
            Topic(
                id=each["tid"],
                slug=each["slug"],
                title=each["titleRaw"],
                posts=each["postcount"],
                is_open=not (each["locked"] or each["deleted"]),
            )
            for each in answer["topics"]
        ]

    def read_topic(self, answer: Any) -> Read:
        posts = answer["posts"]
        authors = (Author(post["uid"], post["user"]["username"]) for post in posts if post["uid"] > 0)
        return Read(
            texts=tuple(post["content"] for post in posts),
            authors=tuple(dict.fromkeys(authors)),
            total=answer["postcount"],
        )

    def count_hits(self, answer: Any) -> int:
        return int(answer["matchCount"])


class OurNodeBB(NodeBB):
    """The same at Tertulia, whose pages are where Discourse's are."""

    def page(self, topic: Topic) -> str:
        return f"/t/{topic.slug.partition('/')[2]}/{topic.id}"


APIS: Mapping[str, Api] = {api.name: api for api in (Discourse(), NodeBB())}
OURS: Mapping[str, Api] = {api.name: api for api in (Discourse(), OurNodeBB())}
