"""How often our HTML says what a real forum's said for the same Markdown, and where it differs most.

Needs an archive of a Discourse forum: a folder or a tar.gz that holds `json/` and `raw/`. Two shares are told.
As it stands: taken out are one-boxes, captions of light boxes, svg, avatars, white space; emoji count by their title.
As far as the Markdown tells: also taken out is what depended on asking elsewhere: what a bare address became on either
side (with the line break beside it), players of films, and the light box of a picture, which its real size decides.
Then where the posts that differ come from, each counted once.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from lxml import html as lxml_html
from lxml.html import HtmlElement

from tertulia.forum.cooking import CookContext, cook, find_mentions
from tertulia.importers.discourse_archive.files import open_archive
from tertulia.importers.discourse_archive.topics import raws_by_number
from tertulia.importers.discourse_archive.wire import decode_topic

_LEFT_OUT = {"onebox", "inline-onebox", "meta", "avatar"}
_ONEBOX = re.compile(r'<aside class="onebox[^"]*"[^>]*>.*?</aside>', re.DOTALL)
_SOURCE = re.compile(
    r'<aside class="onebox[^"]*"(?: data-onebox-src="([^"]*)")?[^>]*>(?:.*?<a href="([^"]*)")?', re.DOTALL
)
_LOCAL_BOX = re.compile(
    r'<aside class="quote[^"]*"[^>]*>\s*<div class="title">(?:(?!</div>\s*<blockquote).)*<a href.*?</aside>', re.DOTALL
)
_PLAYER = re.compile(
    r'<div class="[^"]*(?:lazyYT|lazy-video-container|video-onebox)[^"]*".*?</div>'
    r"|<video\b.*?</video>|<iframe\b.*?</iframe>",
    re.DOTALL,
)
_LIGHTBOX = re.compile(r'<div class="lightbox-wrapper">\s*<a [^>]*>\s*(<img [^>]*>).*?</a>\s*</div>', re.DOTALL)
_ANCHOR = re.compile(r'<a ((?:[^>"]|"[^"]*")*)>(.*?)</a>', re.DOTALL)
_HREF = re.compile(r'href="([^"]*)"')
_NO_CODE = re.compile(r"<pre><code[^>]*></code></pre>")
_GUESSED = re.compile(r'<a href="http://([^"/]+)"[^>]*>(?i:\1)</a>')
_STRAIGHT = str.maketrans("“”‘’", "\"\"''")
_HOLE = "<wbr>"
_BREAK = re.compile(rf"(?:<br>\s*)?{_HOLE}(?:(?:\s|<br>|</?p>|{_HOLE})*{_HOLE})?(?:\s*<br>)?")
_EMPTY = re.compile(r"<p>(?:\s|<br>)*</p>|(?:<br>\s*)+(?=</p>)|(?<=<p>)(?:\s*<br>)+")
_SPACE = re.compile(r"\s+")
_REGULAR = 1
_SHOWN = 25
_NAMED = re.compile(r'<(a|span) class="mention"[^>]*>@([^<]+)')


@dataclass(frozen=True)
class Pair:
    """One post: its Markdown and what the real forum made of it."""

    topic_id: int
    number: int
    raw: str
    cooked: str


@dataclass(frozen=True)
class Compared:
    """Whether both say the same, as text and as a tree of tags; `differences` name what does not."""

    topic_id: int
    number: int
    same_text: bool
    same_tree: bool
    same_strict_text: bool
    same_strict_tree: bool
    text_cause: str
    tree_cause: str
    differences: tuple[str, ...]


def read_pairs(archive: Path) -> Iterator[Pair]:
    """Every ordinary post of the archive of which both forms are there."""
    with open_archive(archive) as opened:
        for name in opened.json_names:
            topic = decode_topic(opened.read_json(name))
            posts = topic.post_stream.posts
            raws = raws_by_number(posts, opened.read_raw(topic.id))
            for post in posts:
                if post.post_type == _REGULAR and post.post_number in raws:
                    yield Pair(topic.id, post.post_number, raws[post.post_number], post.cooked)


def compare(pair: Pair) -> Compared:
    """Cooks the Markdown and compares with what the real forum answered."""
    theirs, ours = pair.cooked, cook(pair.raw, context=_context(pair)).html
    strict_texts, strict_shapes = _forms(theirs, ours)
    boxed = {href for found in _SOURCE.findall(theirs) for href in found if href} | {
        href for html in (theirs, ours) for href in _one_boxed(html)
    }
    titled = set(_one_boxed(ours, name="inline-onebox"))
    texts, shapes = _forms(*(_without_fetched(html, boxed, titled) for html in (theirs, ours)))
    found = list(_name_differences(*shapes, sign="tree")) if shapes[0] != shapes[1] else []
    if texts[0] != texts[1]:
        found += _name_text(*texts)
    return Compared(
        pair.topic_id,
        pair.number,
        texts[0] == texts[1],
        shapes[0] == shapes[1],
        strict_texts[0] == strict_texts[1],
        strict_shapes[0] == strict_shapes[1],
        _text_cause(theirs, ours, strict_texts, told=texts) if strict_texts[0] != strict_texts[1] else "",
        _tree_cause(theirs, ours, told=shapes) if strict_shapes[0] != strict_shapes[1] else "",
        tuple(found),
    )


def _text_cause(theirs: str, ours: str, texts: list[str], *, told: list[str]) -> str:
    """Why the texts differ, as far as can be told by taking one thing away at a time."""
    if len(_NO_CODE.findall(theirs)) > len(_NO_CODE.findall(ours)):
        return "code that the real forum lost"
    if texts[0].translate(_STRAIGHT) == texts[1].translate(_STRAIGHT):
        return "straight or curly quotes"
    if told[0] == told[1] or "onebox" in theirs or _LOCAL_BOX.search(theirs) or _is_titled(theirs, ours):
        return "titles and previews of addresses"
    return "other"


def _is_titled(theirs: str, ours: str) -> bool:
    """Whether an address that is bare, or has a title of our own, has another there."""
    bare = {"".join(_HREF.findall(attributes)) for attributes, text in _ANCHOR.findall(ours) if text in attributes}
    bare.update(_one_boxed(ours, name="inline-onebox"))
    return any("".join(_HREF.findall(each)) in bare and text not in each for each, text in _ANCHOR.findall(theirs))


def _tree_cause(theirs: str, ours: str, *, told: list[list[str]]) -> str:
    """Why the trees differ, as far as can be told by taking one thing away at a time."""
    if len(_NO_CODE.findall(theirs)) > len(_NO_CODE.findall(ours)):
        return "code that the real forum lost"
    for name, pattern, kept in (
        ("light boxes", _LIGHTBOX, r"\1"),
        ("links made of names such as `clicked.name`", _GUESSED, r"\1"),
    ):
        shapes = _forms(pattern.sub(kept, theirs), pattern.sub(kept, ours))[1]
        if shapes[0] == shapes[1]:
            return name
    return "titles and previews of addresses" if told[0] == told[1] else "other"


def _context(pair: Pair) -> CookContext:
    """Who exists is not in the Markdown: whom the real forum did not know, this one does not know either."""
    missing = {name.lower() for tag, name in _NAMED.findall(pair.cooked) if tag == "span"}
    names = [name for name in find_mentions(pair.raw) if name not in missing]
    return CookContext(usernames={name: name for name in names})


def _forms(*htmls: str) -> tuple[list[str], list[list[str]]]:
    trees = [_tree(html) for html in htmls]
    return [_SPACE.sub("", _text(tree)) for tree in trees], [list(_tags(tree)) for tree in trees]


def _one_boxed(html: str, *, name: str = "onebox") -> Iterator[str]:
    for attributes, _ in _ANCHOR.findall(html):
        if name in attributes:
            yield from _HREF.findall(attributes)


def _without_fetched(html: str, boxed: set[str], titled: set[str]) -> str:
    """The HTML with a hole for each address that was asked, then without the holes and what is left around them.

    `titled` are addresses that stand bare in the Markdown, so that whatever text is there, is a title."""

    def anchor(match: re.Match[str]) -> str:
        href = "".join(_HREF.findall(match[1]))
        bare = (
            "onebox" in match[1]
            or href in titled
            or (href in boxed and match[2].rstrip("/") in (href, href.partition("//")[2]))
        )
        return _HOLE if bare else match[0]

    html = _LIGHTBOX.sub(r"\1", html)
    for pattern in (_ONEBOX, _LOCAL_BOX, _PLAYER):
        html = pattern.sub(_HOLE, html)
    html = _BREAK.sub("", _ANCHOR.sub(anchor, html))
    return _EMPTY.sub("", html)


def _tree(html: str) -> HtmlElement:
    tree = lxml_html.fragment_fromstring(html, create_parent="div")
    for node in list(tree.iter()):
        if not isinstance(node.tag, str) or node.tag == "svg" or _LEFT_OUT & set((node.get("class") or "").split()):
            node.drop_tree()
        elif node.tag == "img" and "emoji" in (node.get("class") or "").split():
            node.tail = (node.get("title") or "") + (node.tail or "")
            node.drop_tree()
    return tree


def _text(tree: HtmlElement) -> str:
    return "".join(tree.itertext())


def _tags(tree: HtmlElement) -> Iterator[str]:
    for node in tree:
        yield f"<{node.tag}>"
        yield from _tags(node)
        yield f"</{node.tag}>"


def _name_differences(theirs: list[str], ours: list[str], *, sign: str) -> Iterator[str]:
    matcher = SequenceMatcher(None, theirs, ours, autojunk=False)
    for act, first, last, start, end in matcher.get_opcodes():
        if act != "equal":
            yield f"{sign}: {' '.join(theirs[first:last][:6]) or '-'}  =>  {' '.join(ours[start:end][:6]) or '-'}"


def _name_text(theirs: str, ours: str) -> list[str]:
    at = next((place for place, pair in enumerate(zip(theirs, ours, strict=False)) if pair[0] != pair[1]), None)
    at = min(len(theirs), len(ours)) if at is None else at
    return [f"text: {theirs[max(at - 12, 0) : at + 12]!r}  =>  {ours[max(at - 12, 0) : at + 12]!r}"]


def report(results: list[Compared], *, show: int) -> str:
    """The shares, and the commonest differences with one example each."""
    count = len(results)
    if not count:
        return "No post with both forms.\n"
    lines = [
        f"{count} posts",
        f"as far as the Markdown tells: {_shares(results, 'same_text', 'same_tree')}",
        f"as it stands:                 {_shares(results, 'same_strict_text', 'same_strict_tree')}",
        "",
        "Where the posts that differ as it stands come from:",
        *_causes(results),
        "",
        "The commonest differences (theirs => ours), in how many posts, and one of them:",
    ]
    places: dict[str, list[str]] = {}
    for each in results:
        for difference in dict.fromkeys(each.differences):
            places.setdefault(difference, []).append(f"{each.topic_id}/{each.number}")
    counted = Counter({difference: len(where) for difference, where in places.items()})
    lines += [f"{number:6}  {name}  ({places[name][0]})" for name, number in counted.most_common(show)]
    return "\n".join(lines) + "\n"


def _causes(results: list[Compared]) -> list[str]:
    texts, trees = (Counter(getattr(each, name) for each in results) for name in ("text_cause", "tree_cause"))
    names = sorted((set(texts) | set(trees)) - {""}, key=lambda name: -texts[name] - trees[name])
    return [f"{texts[name]:6} texts {trees[name]:6} trees  {name}" for name in names]


def _shares(results: list[Compared], *names: str) -> str:
    texts, trees = (100 * sum(getattr(each, name) for each in results) / len(results) for name in names)
    return f"equal text {texts:.2f} %, equal tag tree {trees:.2f} %"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive", type=Path)
    parser.add_argument("--show", type=int, default=_SHOWN, help="how many differences are named")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--posts", action="store_true", help="name every post that differs")
    chosen = parser.parse_args()
    with ProcessPoolExecutor(chosen.workers) as pool:
        results = list(pool.map(compare, read_pairs(chosen.archive), chunksize=50))
    print(report(results, show=chosen.show), end="")
    if chosen.posts:
        for each in results:
            if each.differences:
                print(f"{each.topic_id}/{each.number}: {'; '.join(each.differences)}")


if __name__ == "__main__":
    main()
