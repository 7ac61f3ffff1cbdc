"""Pages in a real browser: they are drawn, nothing is refused by their own policy, nothing leaves the site."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tertulia.testing.forum import Forum

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
    "--enable-logging=stderr", "--virtual-time-budget=3000",
)  # fmt: skip
HOSTILE = "<img src=x onerror=\"document.title='broken into'\"> and ![picture](http://tracker.invalid/a.png)"


def browse(chromium: Path, url: str, *, folder: Path, actions: tuple[str, ...]) -> tuple[str, str]:
    """(standard output, what the browser complained about) of one visit."""
    command = [str(chromium), *FLAGS, f"--user-data-dir={folder / 'profile'}", *actions, url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout, done.stderr


@pytest.mark.parametrize("size", ["1200,900", "360,740"])
def test_a_topic_is_drawn_without_a_complaint(forum: Forum, chromium: Path, tmp_path: Path, size: str) -> None:
    view = forum.given.topic("A topic that is looked at in a browser", raw=f"Some *text* with a table.\n\n{HOSTILE}")
    picture = tmp_path / "topic.png"
    url = f"{forum.url}/t/a-topic-that-is-looked-at-in-a-browser/{view.post.topic_id}"
    actions = (f"--screenshot={picture}", f"--window-size={size}")
    _, complaints = browse(chromium, url, folder=tmp_path, actions=actions)
    assert picture.stat().st_size > 5_000, f"an empty page at {size}"
    assert "Content Security Policy" not in complaints
    assert "tracker.invalid" not in complaints
    document, _ = browse(chromium, url, folder=tmp_path, actions=("--dump-dom",))
    assert "<em>text</em>" in document
    assert "<title>broken into" not in document


def test_the_list_is_drawn_with_its_style_and_scripts(forum: Forum, chromium: Path, tmp_path: Path) -> None:
    forum.given.topic("A topic that stands in the list")
    document, complaints = browse(chromium, forum.url + "/", folder=tmp_path, actions=("--dump-dom",))
    assert "A topic that stands in the list" in document
    assert "Content Security Policy" not in complaints
    assert "Failed to load resource" not in complaints
