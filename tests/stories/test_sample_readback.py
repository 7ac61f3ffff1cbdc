"""A real archive, imported and read back topic by topic through both dialects."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tertulia.importers.discourse_archive import ImportRequest, import_archive
from tertulia.testing.forum import Forum

TOPIC_FIELDS = (
    "id", "title", "fancy_title", "slug", "posts_count", "created_at", "last_posted_at", "views", "like_count",
    "visible", "closed", "archived", "archetype", "category_id", "word_count", "user_id", "highest_post_number",
    "participant_count", "deleted_at", "pinned", "pinned_globally", "pinned_at", "pinned_until",
)  # fmt: skip
POST_FIELDS = (
    "id", "post_number", "post_type", "username", "created_at", "updated_at", "reply_count", "reply_to_post_number",
    "quote_count", "reads", "score", "incoming_link_count", "version", "user_id", "moderator", "admin", "staff",
    "trust_level", "user_title", "wiki", "hidden", "name", "display_username",
)  # fmt: skip


def bodies(archive: Path) -> Iterator[dict[str, Any]]:
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.isfile() and "/json/" in f"/{member.name}":
                file = tar.extractfile(member)
                assert file is not None
                yield json.load(file)


def test_every_topic_of_the_sample_is_read_back_through_both_dialects(forum: Forum, corpus: Path) -> None:
    archive = corpus / "data" / "urho3d-forum-sample.tar.gz"
    request = ImportRequest(path=archive)
    report = forum.wait(lambda: import_archive(request, open_unit=forum.ports.unit, tell=lambda _: None))
    assert (report.kept["topics"], report.kept["posts"]) == (1267, 9545)
    compared = differing = 0
    examples: list[str] = []
    for original in bodies(archive):
        ours = forum.get(f"/t/{original['id']}.json").json
        theirs = forum.get(f"/api/topic/{original['id']}").json
        assert (theirs["tid"], theirs["titleRaw"]) == (original["id"], ours["title"])
        assert theirs["postcount"] == ours["posts_count"]
        first_page = {post["pid"] for post in theirs["posts"]}
        assert first_page <= set(ours["post_stream"]["stream"])
        posts = {post["id"]: post for post in ours["post_stream"]["posts"]}
        pairs = [(original, ours, TOPIC_FIELDS)]
        pairs += [(post, posts.get(post["id"], {}), POST_FIELDS) for post in original["post_stream"]["posts"][:20]]
        for before, after, fields in pairs:
            for field in fields:
                compared += 1
                if before.get(field) != after.get(field):
                    differing += 1
                    examples.append(
                        f"{original['id']} {before['id']} {field}: {before.get(field)!r} {after.get(field)!r}"
                    )
    print(f"{compared} values compared, {differing} differ")
    assert differing <= compared * 0.001, "\n".join(examples[:: max(1, len(examples) // 40)])
