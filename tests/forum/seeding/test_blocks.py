"""Texts put together from cooked pieces are what cooking the whole text gives."""

from __future__ import annotations

from random import Random

from tertulia.forum.cooking import CookContext, cook, plain_text, word_count
from tertulia.forum.indexing.words import document
from tertulia.forum.page_forms.form import kept_form
from tertulia.forum.posts.texts import clean_raw, raw_key
from tertulia.forum.seeding import shares
from tertulia.forum.seeding.blocks import compose, make_pool, plain_block, quote_block
from tertulia.forum.seeding.vocabulary import rare_phrases, rare_words, title
from tertulia.forum.seeding.writing import Cast, write_topics

RARE = rare_words(Random(8))
NAMES = ("talvi", "moreno2", "skailu_7")


def test_every_text_is_what_cooking_and_indexing_it_gives() -> None:
    rng = Random(3)
    cast = Cast(
        engine="sqlite", now=1_700_000_000_000, seed=3, user_ids=(11, 12, 13), usernames=NAMES,
        user_weights=shares.zipf_weights(3), category_ids=(5,), category_weights=(1.0,), tag_ids=(1, 2),
        tag_weights=(1.0, 2.0), pool=make_pool(rng, usernames=NAMES), rare=RARE,
        phrases=rare_phrases(rng, RARE),
    )  # fmt: skip
    context = CookContext(usernames={name: name for name in NAMES})
    sizes, begun = [40] * 12, [1_600_000_000_000] * 12
    kinds = {"<aside": 0, "<pre": 0, "<ul": 0, "<ol": 0, "<h2": 0, 'class="mention"': 0, "<a href": 0, "emoji": 0}
    for piece in write_topics(cast, sizes=sizes, beginnings=begun, first_topic_id=70, first_post_id=900):
        for row, (post_id, head, body) in zip(piece.rows["posts"], piece.texts, strict=True):
            cooked = cook(row["raw"], context=context)
            assert row["cooked"] == cooked.html, row["raw"]
            assert row["page_html"] == kept_form(cooked.html)
            assert clean_raw(row["raw"]) == row["raw"] and row["raw_key"] == raw_key(row["raw"])
            assert row["word_count"] == cooked.word_count == word_count(row["raw"])
            assert (post_id, body) == (row["id"], document(plain_text(cooked.html)))
            assert bool(head) == (row["post_number"] == 1)
            mentioned = {entry["user_id"] for entry in piece.rows["post_mentions"] if entry["post_id"] == row["id"]}
            assert mentioned == {11 + NAMES.index(name) for name in cooked.mentions}
            links = [entry["url"] for entry in piece.rows["topic_links"] if entry["post_id"] == row["id"]]
            assert sorted(links) == sorted(link.url for link in cooked.links)
            for mark in kinds:
                kinds[mark] += mark in cooked.html
    assert all(kinds.values()), kinds


def test_any_two_pieces_stand_side_by_side_unless_both_are_lists() -> None:
    rng = Random(5)
    pool = make_pool(rng, usernames=NAMES)
    context = CookContext(usernames={name: name for name in NAMES})
    for _ in range(400):
        one, other = rng.choice(pool), rng.choice(pool)
        if one.is_list and other.is_list:
            continue
        text = compose([one, other])
        assert text.html == cook(text.raw, context=context).html
        assert text.page == kept_form(text.html)
    quoted = quote_block(plain_block("Alpha beta.", words=2), username="moreno2", post_number=3, topic_id=44)
    assert quoted.html == cook(quoted.raw, context=context).html


def test_shares_add_up_and_are_uneven() -> None:
    sizes = shares.posts_per_topic(Random(1), topics=500, posts=12_345)
    assert sum(sizes) == 12_345 and min(sizes) >= 1 and max(sizes) > 1_000
    assert shares.posts_per_topic(Random(1), topics=3, posts=3) == [1, 1, 1]
    assert shares.posts_per_topic(Random(1), topics=1, posts=9) == [9]
    times = shares.times(Random(1), count=50, begin=1_000_000_000_000, now=1_000_000_100_000)
    assert times == sorted(times) and times[0] == 1_000_000_000_000 and times[-1] <= 1_000_000_100_000
    begun = shares.beginnings(Random(1), topics=50, now=10**12)
    assert begun == sorted(begun) and begun[-1] < 10**12


def test_titles_keep_to_the_lengths_of_titles() -> None:
    rng = Random(9)
    rare = rare_words(rng)
    assert len(set(rare)) == len(rare) == 20_000
    assert all(15 <= len(title(rng, rare=rng.choice(rare))) <= 110 for _ in range(500))
