"""Cooked posts in a real browser without any policy: no script of theirs runs, only pictures and films are loaded."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tertulia.forum.cooking import CookContext, cook, sanitize
from tertulia.pages.post_html import post_html
from tests.forum.cooking.test_safety import POSTS
from tests.forum.cooking.vectors import EVERYTHING
from tests.pages.test_chromium import browse

PART = 1000
PARTS = range(0, len(EVERYTHING), PART)
_PAGE = """<!doctype html><meta charset=utf-8><title>posts</title><link rel=icon href=data:,><script>
window.ran = []; window.name = "";
for (const name of ["alert", "confirm", "prompt", "print", "open", "msgbox"]) window[name] = () => { ran.push(name); };
performance.setResourceTimingBufferSize(100000);
</script>%s<pre id=result></pre><script>
const scripts = document.scripts.length;
const look = () => {
  const found = [];
  for (const element of document.querySelectorAll(".post *")) {
    for (const attribute of element.attributes) {
      if (attribute.name.startsWith("on")) found.push(element.outerHTML.slice(0, 200));
    }
    const address = element.href ?? element.src ?? "";
    if (typeof address !== "string" || (address && !/^(https?|mailto|tel):/.test(address))) {
      found.push(element.outerHTML.slice(0, 200));
    }
    for (const kind of ["mouseover", "focus", "pointerover", "toggle", "error", "load", "animationstart"]) {
      element.dispatchEvent(new Event(kind, {bubbles: true}));
    }
  }
  return found;
};
addEventListener("load", () => {
  const before = look();
  for (const post of document.querySelectorAll(".post")) post.innerHTML = post.innerHTML;
  setTimeout(() => {
    const asked = performance.getEntriesByType("resource").map((entry) => [entry.initiatorType, entry.name]);
    const odd = asked.filter(([kind]) => !["img", "video", "audio", "source"].includes(kind));
    document.getElementById("result").textContent = JSON.stringify({
      ran, odd, found: [...before, ...look()], posts: document.querySelectorAll(".post").length,
      scripts: document.scripts.length - scripts, frames: frames.length, asked: asked.length,
    });
  }, 500);
});
</script>"""


class _Pages(BaseHTTPRequestHandler):
    """Gives the page under `/` and nothing under any other name."""

    page = b""

    def do_GET(self) -> None:
        body = type(self).page if self.path == "/" else b""
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


def look_at(chromium: Path, served: str, htmls: list[str], *, folder: Path) -> dict[str, Any]:
    """What the browser found in a page of these fragments; every other host leads nowhere."""
    posts = "".join(f'<div class="post">{html}</div>\n' for html in htmls)
    _Pages.page = (_PAGE % posts).encode("utf-8", "replace")
    nowhere = "--host-resolver-rules=MAP * 127.0.0.1:9, EXCLUDE 127.0.0.1"
    document, _ = browse(chromium, served, folder=folder, actions=("--dump-dom", nowhere))
    result = re.search(r'<pre id="result">(.*?)</pre>', document, re.DOTALL)
    assert result is not None and result[1], "the page was left, or its own script did not end"
    answer: dict[str, Any] = json.loads(unescape(result[1]))
    return answer


def assert_quiet(seen: dict[str, Any], *, posts: int) -> None:
    assert {key: seen[key] for key in ("ran", "odd", "found", "scripts", "frames")} == {
        "ran": [],
        "odd": [],
        "found": [],
        "scripts": 0,
        "frames": 0,
    }
    assert seen["posts"] == posts


def forms_of(payload: str) -> list[str]:
    """A post of it, the same in a page, and the HTML of an archive."""
    html = cook(f"{payload}\n\nx {payload} y", context=CookContext()).html
    return [html, str(post_html(html)), sanitize(f"<p>{payload}</p>")]


def test_the_corpus_is_large_enough() -> None:
    assert len(EVERYTHING) >= 2000


@pytest.mark.parametrize("start", PARTS)
def test_no_published_payload_runs(chromium: Path, served: str, tmp_path: Path, start: int) -> None:
    htmls = [html for payload in EVERYTHING[start : start + PART] for html in forms_of(payload)]
    assert_quiet(look_at(chromium, served, htmls, folder=tmp_path), posts=len(htmls))


@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@given(posts=st.lists(POSTS, min_size=100, max_size=200))
def test_no_mixture_of_fragments_runs(chromium: Path, served: str, tmp_path: Path, posts: list[str]) -> None:
    htmls = [html for post in posts for html in forms_of(post)]
    assert_quiet(look_at(chromium, served, htmls, folder=tmp_path), posts=len(htmls))


@pytest.mark.parametrize(
    ("html", "where"),
    [
        ("<img src=x onerror=alert(1)>", "ran"),
        ("<script>alert(1)</script>", "ran"),
        ("<link rel=stylesheet href=//e.example/x.css>", "odd"),
        ("<a href=javascript:alert(1)>x</a>", "found"),
        ("<iframe srcdoc=x></iframe>", "frames"),
    ],
)
def test_the_check_itself_sees_what_is_harmful(
    chromium: Path, served: str, tmp_path: Path, html: str, where: str
) -> None:
    assert look_at(chromium, served, [html], folder=tmp_path)[where]
