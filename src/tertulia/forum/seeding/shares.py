"""How much of everything: few topics with very many posts, few people who write most of them."""

from __future__ import annotations

from itertools import accumulate
from random import Random

YEAR = 31_557_600_000  # ms
HOUR = 3_600_000
SPAN = 3 * YEAR


def posts_per_topic(rng: Random, *, topics: int, posts: int) -> list[int]:
    """Numbers that add up to `posts`, each at least one; the sizes follow Zipf's law in random order."""
    left = posts - topics
    weights = [1 / rank for rank in range(1, topics + 1)]
    scale = left / sum(weights)
    sizes = [1 + int(weight * scale) for weight in weights]
    for index in range(posts - sum(sizes)):
        sizes[index % topics] += 1
    rng.shuffle(sizes)
    return sizes


def zipf_weights(count: int) -> list[float]:
    """Running totals for `Random.choices`: the first is drawn twice as often as the second, and so on."""
    return list(accumulate(1 / rank for rank in range(1, count + 1)))


def beginnings(rng: Random, *, topics: int, now: int) -> list[int]:
    """When topics were begun (ms), in order, within three years before `now`, the more the nearer."""
    return sorted(now - HOUR - int(SPAN * rng.random() ** 1.3) for _ in range(topics))


def times(rng: Random, *, count: int, begin: int, now: int) -> list[int]:
    """When the posts of a topic were written: the first at `begin`, most soon after it, all before `now`."""
    room = max(now - begin - 60_000, 0)
    lasted = room if count > 300 else min(room, int(HOUR * 24 * 30 * rng.random() ** 3) + 60_000 * count)
    return [begin + int(lasted * (place / count) ** 1.6) for place in range(count)]


def likes(rng: Random) -> int:
    """How often a post is liked: mostly never, now and then a lot."""
    drawn = rng.random()
    return 0 if drawn < 0.85 else min(int(0.15 / (1.000001 - drawn)), 40)
