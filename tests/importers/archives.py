"""Small archives for tests: bodies of `/t/ID.json` and pages of `/raw/ID`, written into a folder."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

TIME = "2020-03-04T05:06:{:02d}.789Z"
RULE = "\n\n-------------------------\n\n"


def post(post_id: int, number: int, user_id: int | None = 7, **fields: Any) -> dict[str, Any]:
    """A post as a forum sends it."""
    return {
        "id": post_id,
        "post_number": number,
        "user_id": user_id,
        "username": f"user{user_id}" if user_id is not None else None,
        "name": f"User {user_id}",
        "created_at": TIME.format(number % 60),
        "updated_at": TIME.format(number % 60),
        "cooked": f"<p>Text of post {post_id}.</p>",
        "actions_summary": [{"id": 2, "count": 3}],
        "reads": 5,
        "score": 1.5,
        "incoming_link_count": 2,
        "trust_level": 2,
        "version": 1,
        **fields,
    }


def topic(topic_id: int, posts: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    """A body of `/t/ID.json`."""
    return {
        "id": topic_id,
        "title": f"Title of topic {topic_id}",
        "fancy_title": f"Title of topic {topic_id}",
        "slug": f"title-of-topic-{topic_id}",
        "created_at": TIME.format(0),
        "last_posted_at": posts[-1]["created_at"] if posts else None,
        "category_id": 10,
        "user_id": posts[0]["user_id"] if posts else 7,
        "posts_count": len(posts),
        "reply_count": 1,
        "highest_post_number": len(posts),
        "participant_count": len({each["user_id"] for each in posts}),
        "views": 123,
        "like_count": 3 * len(posts),
        "word_count": 44,
        "post_stream": {"posts": posts, "stream": [each["id"] for each in posts]},
        "details": {},
        **fields,
    }


def raw_page(posts: list[tuple[str, int, str]]) -> str:
    """A page of `/raw/ID` of (username, post number, text)."""
    return "".join(
        f"{name} | 2020-03-04 05:06:{number:02d} UTC | #{number}\n\n{text}{RULE}" for name, number, text in posts
    )


def write_archive(folder: Path, *bodies: dict[str, Any], raws: dict[int, str] | None = None) -> Path:
    """The folder with `json/` and `raw/` in it."""
    (folder / "json").mkdir(parents=True, exist_ok=True)
    (folder / "raw").mkdir(exist_ok=True)
    for body in bodies:
        (folder / "json" / f"{body['slug']}.{body['id']}.json").write_text(json.dumps(body))
    for topic_id, text in (raws or {}).items():
        (folder / "raw" / f"topic.{topic_id}.md").write_text(text)
    return folder


def pack(folder: Path, into: Path, *, prefix: str = "") -> Path:
    """A .tar.gz of the folder's content, below `prefix` where one is given."""
    with tarfile.open(into, "w:gz") as tar:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                tar.add(path, arcname=f"{prefix}{path.relative_to(folder)}")
    return into
