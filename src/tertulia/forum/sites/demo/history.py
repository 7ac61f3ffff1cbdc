"""The demo's people and what they left without writing: when they joined, which days they came, what they opened.

Loaded in bulk, by arithmetic instead of chance, so that every demo forum shows the same month.
"""

from __future__ import annotations

import msgspec

from tertulia.forum.loading.people import blank_user, load_users
from tertulia.forum.loading.reading import load_traffic, load_views, load_visits
from tertulia.forum.sites.demo.content import Demo
from tertulia.forum.unit import Unit
from tertulia.forum.users.names import username_key
from tertulia.model.users import User

HOUR = 3_600_000
DAY = 24 * HOUR
FIRST_ID = 2
MONTH = 30


async def put_people(unit: Unit, demo: Demo) -> None:
    """Everybody's account: the talkers first, so that their ids are 2 and up, then the crowd."""
    talkers = [
        msgspec.structs.replace(
            _account(unit, number, username=user.username, days=user.days),
            name=user.name,
            bio_raw=user.bio,
            bio_cooked=f"<p>{user.bio}</p>",
            trust_level=user.level,
        )
        for number, user in enumerate(demo.users)
    ]
    crowd = [
        msgspec.structs.replace(
            _account(
                unit, len(talkers) + number, username=username_key(name), days=_joined(number, of=len(demo.crowd))
            ),
            name=name,
            trust_level=number % 2,
        )
        for number, name in enumerate(demo.crowd)
    ]
    await load_users(unit, [*talkers, *crowd])


async def put_visits(unit: Unit, demo: Demo) -> None:
    """On which of the last thirty days each of them was here, from the day on which they joined; and pages shown."""
    joined = [user.days for user in demo.users] + [_joined(n, of=len(demo.crowd)) for n in range(len(demo.crowd))]
    for ago in range(MONTH, 0, -1):
        at = unit.now - ago * DAY
        present = [
            (FIRST_ID + number, at - (number * 7 % 11) * HOUR // 4)
            for number, days in enumerate(joined)
            if ago <= days and (ago == days or _comes(number, ago, talks=number < len(demo.users)))
        ]
        await load_visits(unit, present, day=at // DAY)
        await load_traffic(unit, _pages(len(present), ago), day=at // DAY)


async def put_views(unit: Unit, demo: Demo, *, topic_ids: list[int]) -> None:
    """Who opened which topic, so that lists show views."""
    people = len(demo.users) + len(demo.crowd)
    views = [
        (topic_id, FIRST_ID + number, unit.now - (number * 5 + place) % 48 * HOUR)
        for place, topic_id in enumerate(topic_ids)
        for number in range(people)
        if number < len(demo.users) or (number * 3 + place * 5) % 7 < 3
    ]
    await load_views(unit, views)


def _account(unit: Unit, number: int, *, username: str, days: int) -> User:
    at = unit.now - days * DAY + number * 5 % 9 * HOUR
    return blank_user(FIRST_ID + number, username=username, created_at=at)


def _pages(present: int, ago: int) -> dict[str, int]:
    members, visitors, crawlers = present * 9 + ago % 5, 40 + (MONTH - ago) * 3 + ago * 7 % 23, 6 + ago * 5 % 11
    total = members + visitors + crawlers
    return {
        "page_view_logged_in": members,
        "page_view_anon": visitors,
        "page_view_crawler": crawlers,
        "http_total": total + total // 4,
        "http_2xx": total,
        "http_3xx": total // 4,
    }


def _joined(number: int, *, of: int) -> int:
    """Days before the founding; a few on most days, more in the second week."""
    return max(1, MONTH - 1 - number * (MONTH - 1) // of - number * number % 3)


def _comes(number: int, ago: int, *, talks: bool) -> bool:
    return (number * 5 + ago * 3) % 7 < (5 if talks else 2)
