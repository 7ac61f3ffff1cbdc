"""Both engines find the same posts for the same words: one corpus, one table of questions and answers."""

from __future__ import annotations

import pytest

from tertulia.forum.indexing.posts import index_post, remove_posts
from tertulia.forum.search.searching import search
from tertulia.forum.unit import Ports
from tertulia.model.search import Search
from tests.forum.sites.given import acting, add_topic

pytestmark = pytest.mark.anyio

CORPUS = {
    "plain": ("Cooking with gas", "The quick brown fox jumps over the lazy dog."),
    "accent": ("Café au lait", "Déjà vu at the naïve façade, Ångström."),
    "digits": ("Release v3.4.1", "Upgrade to 2026-03-01 or build_42 with abc123def."),
    "mail": ("Contact", "Write to mira.o'neil@example.org or see https://example.org/a_b?c=d&e=f"),
    "cjk": ("日本語の掲示板", "東京都に住んでいます。今日は良い天気ですね"),
    "korean": ("한국어 게시판", "안녕하세요 반갑습니다"),
    "cyrillic": ("Привет мир", "Ёлка и Война и мир"),
    "arabic": ("مرحبا", "السلام عليكم"),
    "thai": ("สวัสดี", "ภาษาไทย"),
    "code": ("Errors in C++", "if (a && b) { return x->y; } NOT NEAR OR AND"),
    "emoji": ("Party 🎉", "We 👍 this: 👨‍👩‍👧 :tada:"),
    "german": ("Straße und Maß", "Die STRASSE ist lang. Übergrößenträger"),
    "turkish": ("İstanbul", "IĞDIR ılık"),
    "long": ("A long one", " ".join(f"word{number}" for number in range(3_000)) + " finalword"),
    "huge": ("Huge word", "x" * 5_000 + " after"),
    "quotes": ("He said", "\"it's\" 'quoted' \\ back\\slash : * ^ ( ) ~ title"),
}

QUESTIONS = {
    "fox": {"plain"},
    "FOX jumps": {"plain"},
    "quick gas": {"plain"},
    '"quick brown"': {"plain"},
    '"brown quick"': set(),
    '"gas The"': set(),
    "jum": {"plain"},
    "jump": {"plain"},
    "cafe": {"accent"},
    "Café": {"accent"},
    "deja naive": {"accent"},
    "angstrom": {"accent"},
    "v3.4": {"digits"},
    "2026-03-01": {"digits"},
    "build_42": {"digits"},
    "abc123": {"digits"},
    "example.org": {"mail"},
    "mira.o'neil@example.org": {"mail"},
    "a_b?c=d": {"mail"},
    "日本語": {"cjk"},
    "本語": {"cjk"},
    "東京": {"cjk"},
    "京都": {"cjk"},
    '"天気"': {"cjk"},
    "天文台": set(),
    "안녕": {"korean"},
    "반갑습니다": {"korean"},
    "ПРИВЕТ": {"cyrillic"},
    "елка": {"cyrillic"},
    "мир": {"cyrillic"},
    "السلام": {"arabic"},
    "ภาษาไทย": {"thai"},
    "c++ errors": {"code"},
    "NOT NEAR": {"code"},
    "a && b": {"code", "mail"},
    "party": {"emoji"},
    "strasse": {"german"},
    "Straße": {"german"},
    "übergrößen": {"german"},
    "istanbul": {"turkish"},
    "word2999 finalword": {"long"},
    '"word2999 finalword"': {"long"},
    "x" * 70: {"huge"},
    "quoted back": {"quotes"},
    "it's": {"quotes"},
    "fox OR café": set(),
    "fox* ": {"plain"},
    "') | ('fox": {"plain"},
    '"unclosed fox': set(),
    "{title} : fox": set(),
}  # fmt: skip


async def test_the_same_words_find_the_same_posts_on_both_engines(ports: Ports) -> None:
    ids = {await add_topic(ports, title, body): name for name, (title, body) in CORPUS.items()}
    answers = {}
    for question in QUESTIONS:
        async with acting(ports, None) as unit:
            view = await search(unit, Search(q=question))
        answers[question] = {ids[hit.post.post.topic_id] for hit in view.hits}
    assert answers == QUESTIONS


async def test_what_only_the_title_says_is_found_in_the_title(ports: Ports) -> None:
    inside = await add_topic(ports, "Gardening at night", "about roses")
    await add_topic(ports, "About roses", "gardening at night")
    async with acting(ports, None) as unit:
        for question in ("gardening in:title", 't "gardening at"', "in:title gard"):
            hits = (await search(unit, Search(q=question))).hits
            assert [hit.post.post.topic_id for hit in hits] == [inside], question
        assert len((await search(unit, Search(q="gardening"))).hits) == 2
        assert not (await search(unit, Search(q="gardening roses in:title"))).hits


async def test_a_title_counts_more_than_a_text(ports: Ports) -> None:
    await add_topic(ports, "Something else", "roses among many other words in a longer text")
    titled = await add_topic(ports, "Roses", "something else among many other words in a text")
    async with acting(ports, None) as unit:
        hits = (await search(unit, Search(q="roses"))).hits
    assert hits[0].post.post.topic_id == titled


async def test_a_post_is_found_by_its_newest_words_only(ports: Ports) -> None:
    topic = await add_topic(ports, "Growing", "tulips")
    async with acting(ports) as unit:
        post_id = (await search(unit, Search(q="tulips"))).hits[0].post.post.id
        await unit.write()
        await index_post(unit, post_id=post_id, title="Growing", body="daffodils")
        await unit.commit()
    async with acting(ports) as unit:
        assert not (await search(unit, Search(q="tulips"))).hits
        assert (await search(unit, Search(q="daffodils growing"))).hits[0].post.post.topic_id == topic
        await unit.write()
        await remove_posts(unit.tx, [post_id])
        await remove_posts(unit.tx, [])
        assert not (await search(unit, Search(q="daffodils"))).hits
        await unit.commit()
    async with acting(ports) as unit:
        assert not (await search(unit, Search(q="daffodils"))).hits
