"""Reports that are tables: people by level and kind, crawlers, searches, whose posts are liked."""

from __future__ import annotations

import heapq
from collections.abc import Awaitable, Callable

from tertulia.forum import traffic
from tertulia.forum.reports.kept import sum_liked
from tertulia.forum.unit import Unit
from tertulia.model.reports import Report, ReportKind, ReportQuery, ReportRow
from tertulia.store.cards import list_cards
from tertulia.store.reports import people

LEVELS = ("newuser", "basic", "member", "regular", "leader")  # source: upstream's names of trust levels
_KINDS = {"admin": "admins", "moderator": "moderators", "suspended": "suspended", "silenced": "silenced"}
_USUAL = 50
_USUAL_PEOPLE = 10  # source: upstream's bound
MOST_ROWS = 200  # source: upstream's bound for crawlers

Values = dict[str, str | int | float | None]
Build = Callable[[Unit, ReportKind, ReportQuery], Awaitable[Report]]


async def build_table(unit: Unit, kind: ReportKind, query: ReportQuery) -> Report:
    """The table called `kind.type`."""
    return await _TABLES[kind.type](unit, kind, query)


def _made(kind: ReportKind, query: ReportQuery, rows: list[Values], key: str) -> Report:
    total = sum(int(row[key] or 0) for row in rows)
    return Report(kind=kind, query=query, rows=tuple(ReportRow(row) for row in rows), total=total)


def _limit(query: ReportQuery, usual: int = _USUAL) -> int:
    return min(query.limit or usual, MOST_ROWS)


async def _levels(unit: Unit, kind: ReportKind, query: ReportQuery) -> Report:
    counts = await people.count_levels(unit.tx)
    rows: list[Values] = [
        {"key": LEVELS[level], "x": level, "y": counts[level], "url": f"/admin/users/list/{LEVELS[level]}"}
        for level in sorted(counts)
        if 0 <= level < len(LEVELS)
    ]
    return _made(kind, query, rows, "y")


async def _kinds(unit: Unit, kind: ReportKind, query: ReportQuery) -> Report:
    counts = await people.count_kinds(unit.tx, now=unit.now)
    rows: list[Values] = [
        {"key": key, "x": name.capitalize(), "y": counts[name], "url": f"/admin/users/list/{key}"}
        for name, key in _KINDS.items()
        if counts[name]
    ]
    return _made(kind, query, rows, "y")


async def _crawlers(unit: Unit, kind: ReportKind, query: ReportQuery) -> Report:
    found = await traffic.list_details(
        unit, traffic.CRAWLER, first=query.first, last=query.last, limit=_limit(query, MOST_ROWS)
    )
    return _made(kind, query, [{"user_agent": agent, "count": count} for agent, count in found], "count")


async def _searches(unit: Unit, kind: ReportKind, query: ReportQuery) -> Report:
    found = await traffic.list_details(
        unit, traffic.SEARCH, first=query.first, last=query.last, limit=_limit(query)
    )  # fmt: skip
    return _made(kind, query, [{"term": term, "searches": count} for term, count in found], "searches")


async def _most_liked(unit: Unit, kind: ReportKind, query: ReportQuery) -> Report:
    likes = await sum_liked(unit, first=query.first, last=query.last, live=query.live)
    most = heapq.nsmallest(_limit(query, _USUAL_PEOPLE), likes, key=lambda user_id: (-likes[user_id], user_id))
    cards = await list_cards(unit.tx, most)
    rows: list[Values] = [
        {
            "user_id": user_id,
            "username": cards[user_id].username,
            "avatar": cards[user_id].avatar_template,
            "qtt_like": likes[user_id],
        }
        for user_id in most
        if user_id in cards and likes[user_id]
    ]
    return _made(kind, query, rows, "qtt_like")


_TABLES: dict[str, Build] = {
    "users_by_trust_level": _levels,
    "users_by_type": _kinds,
    "web_crawlers": _crawlers,
    "trending_search": _searches,
    "top_users_by_likes_received": _most_liked,
}
