"""A real archive, imported and read back topic by topic through both dialects."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tertulia.importers.discourse_archive import ImportRequest, import_archive
from tertulia.testing.forum import Forum
from tests.stories.roundtrip import Roundtrip, differing_tree

_PAGE = 20


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
    forum.inline_jobs = False  # nothing but reading follows
    roundtrip = Roundtrip()
    for original in bodies(archive):
        count = len(original["post_stream"]["posts"])
        ours = forum.get(f"/t/{original['id']}.json" + ("?print=true" if count > _PAGE else "")).json
        theirs = forum.get(f"/api/topic/{original['id']}").json
        assert (theirs["tid"], theirs["titleRaw"]) == (original["id"], ours["title"])
        assert theirs["postcount"] == ours["posts_count"]
        first_page = {post["pid"] for post in theirs["posts"]}
        assert first_page <= set(ours["post_stream"]["stream"])
        roundtrip.add(original, ours, ours["post_stream"]["posts"])
    print(f"\n{roundtrip.report()}")
    assert roundtrip.compared > 250_000
    assert roundtrip.differing <= roundtrip.compared * 0.001, roundtrip.report()


def test_trees_differ_in_tags_attributes_and_words_but_not_in_how_they_are_written() -> None:
    assert differing_tree("<p>a &amp; <b title='x' id=y>b</b>\n</p>", '<p>a  &#38; <b id="y" title="x">b</b></p>') == ""
    assert differing_tree("<p>a</p>", "<p>b</p>") == "a => b"
    assert differing_tree("<p>a</p>", "<div>a</div>") == "<p> => <div>"
    assert differing_tree('<a href="x">a</a>', '<a href="y">a</a>') == '<a href="x"> => <a href="y">'
    assert differing_tree("<p>a</p><p>b</p>", "<p>a</p>") == "<p> => </div>"
    assert (
        differing_tree('<p class="b  a" style="x: 1; y:2;">c<svg/></p>', '<p class="a b" style="x:1;y:2">c</p>') == ""
    )
