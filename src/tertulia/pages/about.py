"""About the forum: who runs it, and how much happens."""

from __future__ import annotations

from tertulia.forum.sites.reading import read_about
from tertulia.http.call import Answer, Call
from tertulia.model.sites import AboutView, SiteCounts
from tertulia.pages.presenting import person
from tertulia.pages.rendering import Around, page


async def get_about(call: Call) -> Answer:
    return _page(call, await read_about(call.unit))


def _page(call: Call, view: AboutView) -> Answer:
    return page(
        call,
        "about.html",
        around=Around(title="About", section="about", json_path="/about.json"),
        description=call.unit.site.site_description,
        created_at=view.created_at,
        admins=[person(card) for card in view.admins],
        moderators=[person(card) for card in view.moderators],
        table=_table(view.counts),
        contact=call.unit.site.contact_email,
    )


def _table(counts: SiteCounts) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Rows of numbers: the last day, 7 days, 30 days, all time."""
    return (
        ("Topics", (counts.topics_day, counts.topics_week, counts.topics_month, counts.topics)),
        ("Posts", (counts.posts_day, counts.posts_week, counts.posts_month, counts.posts)),
        ("Likes", (counts.likes_day, counts.likes_week, counts.likes_month, counts.likes)),
        ("New members", (counts.users_day, counts.users_week, counts.users_month, counts.users)),
    )
