"""Pages of a list: where one is, and the links around."""

from __future__ import annotations

import msgspec

PER_PAGE = 20  # source: the original's default for topics and for posts
_AROUND = 2


class Step(msgspec.Struct, frozen=True):
    """One page to go to."""

    page: int
    active: bool
    qs: str


class Rel(msgspec.Struct, frozen=True):
    """A link for the head of a page."""

    rel: str
    href: str


class Pagination(msgspec.Struct, frozen=True, kw_only=True):
    """`pages` is empty where there is only one."""

    currentPage: int
    pageCount: int
    prev: Step
    next: Step
    first: Step
    last: Step
    pages: tuple[Step, ...]
    rel: tuple[Rel, ...]

    @classmethod
    def of(cls, *, page: int, count: int) -> Pagination:
        """`page` is 1-based; a page past the end counts as the last."""
        count = max(1, count)
        page = max(1, min(page, count))
        before, after = max(1, page - 1), min(count, page + 1)
        shown = sorted({1, count, *range(max(1, page - _AROUND), min(count, page + _AROUND) + 1)}) if count > 1 else ()
        rel = [Rel("prev", f"?page={before}")] if page > 1 else []
        rel += [Rel("next", f"?page={after}")] if page < count else []
        return cls(
            currentPage=page,
            pageCount=count,
            prev=_step(before, active=page > 1),
            next=_step(after, active=page < count),
            first=_step(1, active=page == 1),
            last=_step(count, active=page == count),
            pages=tuple(_step(one, active=one == page) for one in shown),
            rel=tuple(rel),
        )


def _step(page: int, *, active: bool) -> Step:
    return Step(page, active, f"page={page}")


def page_count(total: int, *, per_page: int) -> int:
    """At least one page."""
    return max(1, -(-total // per_page))
