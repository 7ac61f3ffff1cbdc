"""Texts put together from paragraphs that were cooked once: cooking the whole gives exactly the same HTML.

That holds because Markdown's blocks do not reach over a blank line, as long as no list follows a list; a test cooks
whole texts and compares. A thousand cooked paragraphs so give millions of posts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from random import Random

import msgspec

from tertulia.forum.cooking import CookContext, cook, plain_text, word_count
from tertulia.forum.indexing.words import document
from tertulia.forum.page_forms.form import kept_form
from tertulia.forum.seeding.vocabulary import closing, noun, sentence

POOL = 1_200
_PLAIN_SHARE = 0.72


class Block(msgspec.Struct, frozen=True):
    """A piece of a text. `bare` is the text as `raw_key` reads it, `spelled` what SQLite's index holds of it, `page`
    its form for pages where that is not `html`."""

    raw: str
    html: str
    page: str | None
    spelled: str
    bare: str
    words: int
    is_list: bool = False
    url: str = ""
    mentions: int | None = None


class Text(msgspec.Struct, frozen=True):
    """A whole text with all that is kept of it."""

    raw: str
    html: str
    page: str | None
    spelled: str
    key: str
    words: int


def make_block(raw: str, *, usernames: dict[str, str], url: str = "", mentions: int | None = None) -> Block:
    """Cooks one piece, really; `usernames` as cooking wants them."""
    html = cook(raw, context=CookContext(usernames=usernames)).html
    spelled = document(plain_text(html))
    is_list = raw.startswith(("- ", "1. "))
    return Block(raw, html, kept_form(html), spelled, _bare(raw), word_count(raw), is_list, url, mentions)


def plain_block(text: str, *, words: int) -> Block:
    """A paragraph of small words, letters and a stop only, which cooking leaves as it is."""
    spelled = text[:-1].lower()
    return Block(text, f"<p>{text}</p>", None, spelled, spelled.replace(" ", "") + ".", words)


def quote_block(block: Block, *, username: str, post_number: int, topic_id: int) -> Block:
    """A quotation of that piece, which is a paragraph. The name is of letters, digits and underscores."""
    where = f"post:{post_number}, topic:{topic_id}"
    raw = f'[quote="{username}, {where}"]\n{block.raw}\n[/quote]'
    aside = (
        f'<aside class="quote no-group" data-username="{username}" data-post="{post_number}" data-topic="{topic_id}">\n'
        '<div class="title">'
    )
    html = (
        f'{aside}\n<div class="quote-controls"></div>\n {username}:</div>\n'
        f"<blockquote>\n{block.html}\n</blockquote>\n</aside>"
    )
    page = (
        f'{aside}<a href="/t/-/{topic_id}/{post_number}">{username} wrote</a></div>\n'
        f"<blockquote>\n{block.page or block.html}\n</blockquote>\n</aside>"
    )
    bare = f'[quote="{username.casefold()},post:{post_number},topic:{topic_id}"]{block.bare}[/quote]'
    spelled = f"{document(username)} {block.spelled}".strip()
    return Block(raw, html, page, spelled, bare, block.words + 7)


def compose(blocks: Sequence[Block]) -> Text:
    """The whole text of these pieces, of which no two neighbours are lists."""
    if len(blocks) == 1:
        only = blocks[0]
        return Text(only.raw, only.html, only.page, only.spelled, _key(only.bare), only.words)
    return Text(
        "\n\n".join([each.raw for each in blocks]),
        "\n".join([each.html for each in blocks]),
        None if {each.page for each in blocks} == {None} else "\n".join([each.page or each.html for each in blocks]),
        " ".join([each.spelled for each in blocks]),
        _key("".join([each.bare for each in blocks])),
        sum([each.words for each in blocks]),
    )


def make_pool(rng: Random, *, usernames: Sequence[str]) -> tuple[Block, ...]:
    """The pieces that texts are made of. The first `usernames` are the ones that get mentioned."""
    known = {name.lower(): name for name in usernames}
    pool = []
    for number in range(POOL):
        if number < POOL * _PLAIN_SHARE:
            pool.append(make_block(_paragraph(rng), usernames=known))
        else:
            pool.append(_special(rng, number=number, usernames=usernames, known=known))
    return tuple(pool)


def _special(rng: Random, *, number: int, usernames: Sequence[str], known: dict[str, str]) -> Block:
    kind = number % 6
    if kind == 0:
        url = f"https://docs.example.org/{noun(rng)}/{noun(rng)}?page={number}"
        return make_block(f"{sentence(rng)} See {url} for more.", usernames=known, url=url)
    if kind == 1:
        url = f"https://files.example.net/{noun(rng)}-{number}.{rng.choice(('pdf', 'zip', 'txt', 'html'))}"
        return make_block(f"[{noun(rng)} {noun(rng)}]({url}): {sentence(rng)}", usernames=known, url=url)
    if kind == 2:
        lead = rng.choice(("- ", "1. "))
        items = [f"{lead}{sentence(rng)}" for _ in range(rng.randint(2, 5))]
        return make_block("\n".join(items), usernames=known)
    if kind == 3:
        return make_block(_code(rng), usernames=known)
    if kind == 4 and usernames:
        who = min(int(rng.random() ** 2 * len(usernames)), len(usernames) - 1)
        return make_block(f"@{usernames[who]} {_paragraph(rng)}", usernames=known, mentions=who)
    return make_block(f"## {sentence(rng).rstrip('.?')}", usernames=known)


def _paragraph(rng: Random) -> str:
    sentences = [sentence(rng) for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 4)))]
    if rng.random() < 0.25:
        sentences.append(closing(rng))
    if rng.random() < 0.2:
        place = rng.randrange(len(sentences))
        mark = rng.choice(("**{}**", "*{}*", "~~{}~~"))
        sentences[place] = mark.format(sentences[place])
    if rng.random() < 0.15:
        sentences.append(f"I set `{noun(rng)}_{noun(rng)} = {rng.randint(1, 99)}`.")
    if rng.random() < 0.08:
        sentences.append(rng.choice((":smile:", ":+1:", ":tada:")))
    return " ".join(sentences)


def _code(rng: Random) -> str:
    lines = []
    for _ in range(rng.randint(2, 8)):
        name, other = noun(rng), noun(rng)
        form = rng.choice(("{0} = {1}({2})", "if {0} < {2}:", "    return {1}[{2}]", "# {0} & {1}", "{0}.{1} += {2}"))
        lines.append(form.format(name, other, rng.randint(0, 500)))
    return f"```{rng.choice(('python', 'lua', 'text'))}\n" + "\n".join(lines) + "\n```"


def _bare(raw: str) -> str:
    return "".join(raw.split()).casefold()


def _key(bare: str) -> str:
    return hashlib.sha256(bare.encode()).hexdigest()
