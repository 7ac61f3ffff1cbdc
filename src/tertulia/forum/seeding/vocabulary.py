"""Words for made-up texts: common ones, sentences of them, and names that no dictionary has.

Everything is drawn from the generator that is given, so that the same one gives the same words.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_NOUNS = _words(
    """
    answer antenna archive backup battery board branch browser buffer build cable cache camera category channel
    client cluster column compiler config container controller cursor database device document domain driver
    editor engine error event export extension feature field file filter firmware folder forum frame gateway
    handler header host image import index input instance interface journal kernel key keyboard label layer
    library link list loader lock log machine manual map member memory menu message meter method mirror model
    module monitor motor mount network node notice object option order output package page panel parser password
    patch pattern pipeline plan plugin pointer policy pool port printer process profile program project protocol
    proxy query queue reader record region release report request result role route router rule sample scanner
    schema screen script search sensor server service session setting shader signal site socket source stack
    stream switch table tag target task template terminal test theme thread ticket timer token tool topic
    tracker update upload user value version view volume widget window worker
    """
)
_VERBS = _words(
    """
    accepts answers blocks breaks builds calls changes checks closes copies counts creates deletes drops fails
    fills finds follows forgets handles hides holds ignores keeps leaves loads logs loses makes misses moves
    needs opens parses prints reads rejects removes repeats replaces returns runs saves sends shows skips sorts
    starts stops stores takes tells times tries updates uses waits wants warns works writes
    """
)
_QUALITIES = _words(
    """
    big blank broken busy clean clever cold common correct dark deep dry early empty extra fast final fresh full
    green heavy hidden huge idle large late lazy light local long loose loud main minor missing modern narrow
    new odd old open own plain private proper public quick quiet random rare ready recent red remote safe second
    secret shared short simple slow small soft stable stale steady strange strict tidy tiny upper usual valid
    warm weekly whole wide wrong
    """
)
_OPENINGS = tuple(
    """
    Today|Since the last release|As far as I can see|On my machine|After a restart|For some reason|Every morning
    |In the second case|With the old settings|When nobody looks|To be fair|As a workaround|Without any warning
    |In my experience|At least here|Before the move|Once in a while|By the way|If that helps|From what I read
    """.replace("\n", "").split("|")
)
_JOINERS = ("and", "but", "because", "so", "while", "although", "until", "unless", "when", "where")
_CLOSINGS = (
    "Does anybody know why?", "Any ideas?", "Thanks for looking into it.", "I hope that helps.", "It works for me.",
    "Is there a better way?", "That was all.", "I will try again tomorrow.", "Please tell me what you find.",
    "It's the third time this week, isn't it?", "Nobody \"officially\" supports this...", "Déjà vu, naïve as I am.",
    "日本語の設定でも同じです。", "Das Gerät läuft seit März größtenteils störungsfrei.", "Спасибо, помогло!",
)  # fmt: skip
_ONSETS = (
    "b",
    "br",
    "d",
    "dr",
    "f",
    "g",
    "gr",
    "h",
    "k",
    "kl",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "sk",
    "t",
    "tr",
    "v",
    "z",
)
_VOWELS = ("a", "e", "i", "o", "u", "ai", "ei", "ou")
_CODAS = ("", "", "", "l", "n", "r", "s", "t", "x", "nd", "rk")
RARE_WORDS = 20_000
RARE_PHRASES = 20_000


def made_up_word(rng: Random, *, syllables: int = 2) -> str:
    """A word that can be spoken and means nothing, in small ASCII letters."""
    return "".join(
        rng.choice(_ONSETS) + rng.choice(_VOWELS) + (rng.choice(_CODAS) if rng.random() < 0.6 else "")
        for _ in range(syllables)
    )


def rare_words(rng: Random) -> tuple[str, ...]:
    """20,000 different made-up words."""
    found: dict[str, None] = {}
    while len(found) < RARE_WORDS:
        found[made_up_word(rng, syllables=rng.choice((2, 3, 3)))] = None
    return tuple(found)


def rare_phrases(rng: Random, rare: Sequence[str]) -> tuple[str, ...]:
    """20,000 sequences of two to four of these words, the first ones far more often than the last."""
    return tuple(
        " ".join([rare[int(rng.random() ** 3 * len(rare))] for _ in range(rng.randint(2, 4))])
        for _ in range(RARE_PHRASES)
    )


def clause(rng: Random) -> str:
    """A statement without a stop: `the old server rejects a blank token`."""
    subject = f"the {_quality(rng)}{rng.choice(_NOUNS)}"
    thing = f"{rng.choice(('the', 'a', 'my', 'every', 'that'))} {_quality(rng)}{rng.choice(_NOUNS)}"
    return f"{subject} {rng.choice(_VERBS)} {thing}"


def sentence(rng: Random) -> str:
    """One sentence."""
    text = clause(rng)
    if rng.random() < 0.4:
        text = f"{rng.choice(_OPENINGS).strip()}, {text}"
    if rng.random() < 0.5:
        text = f"{text}, {rng.choice(_JOINERS)} {clause(rng)}"
    return f"{text[0].upper()}{text[1:]}{'?' if rng.random() < 0.1 else '.'}"


def closing(rng: Random) -> str:
    """What people end with."""
    return rng.choice(_CLOSINGS)


def noun(rng: Random) -> str:
    return rng.choice(_NOUNS)


def title(rng: Random, *, rare: str) -> str:
    """A topic's title, 15 to 100 characters."""
    forms = (
        f"{rare.capitalize()}: {clause(rng)}",
        f"{clause(rng)} ({rare})",
        f"How do I teach {rare} that {clause(rng)}?",
        f"{_quality(rng)}{rng.choice(_NOUNS)} and {_quality(rng)}{rng.choice(_NOUNS)} in {rare}",
        f"Why {clause(rng)} with {rare}?",
    )
    text = rng.choice(forms)
    return f"{text[0].upper()}{text[1:]}"


def _quality(rng: Random) -> str:
    return f"{rng.choice(_QUALITIES)} " if rng.random() < 0.45 else ""
