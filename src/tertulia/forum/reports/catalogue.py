"""Every report that there is: its name (the upstream's), its words, and what it can be narrowed by.

How each is counted: `series.py` for numbers by day, `tables.py` for the rest. What the upstream has besides and this
forum does not: docs/howto/read-reports.md.
"""

from __future__ import annotations

import msgspec

from tertulia.model.reports import ReportColumn, ReportKind

_DAY_X = ReportColumn("x", "Day", "date")
_COUNT_Y = ReportColumn("y", "Count", "number")


def _series(type_: str, title: str, description: str, **fields: bool) -> ReportKind:
    kind = ReportKind(
        type=type_,
        title=title,
        description=description,
        yaxis=f"Number of {title[0].lower()}{title[1:]}",
        columns=(_DAY_X, _COUNT_Y),
    )
    return msgspec.structs.replace(kind, **fields)


def _table(type_: str, title: str, description: str, *columns: ReportColumn, has_dates: bool = True) -> ReportKind:
    return ReportKind(
        type=type_, title=title, description=description, form="table", columns=columns, has_dates=has_dates
    )


def _stacked(type_: str, title: str, description: str) -> ReportKind:
    return ReportKind(
        type=type_, title=title, description=description, form="stacked", columns=(_DAY_X, _COUNT_Y)
    )  # fmt: skip


_CONTENT = (
    _series("signups", "Signups", "Accounts made.", by_group=True),
    _series("topics", "Topics", "Topics started, without messages.", by_category=True),
    _series("posts", "Posts", "Posts written in public topics.", by_category=True),
    _series("likes", "Likes", "Likes given that still stand.", by_category=True),
    _series(
        "flags", "Flags", "Posts reported to staff. Nothing can be reported yet.", by_category=True,
        higher_is_better=False,
    ),
    _series("bookmarks", "Bookmarks", "Bookmarks set that still stand.", by_category=True),
    _series("visits", "User Visits", "Members who were here, once a day each.", by_group=True),
    _series("new_contributors", "New Contributors", "Members who wrote their first public post."),
    _series("daily_engaged_users", "Daily Engaged Users", "Members who wrote or liked something.", average=True),
    _series(
        "dau_by_mau", "DAU/MAU", "Members here on the day as a part of those here in its 30 days, in per cent.",
        average=True, percent=True,
    ),
    _series(
        "time_to_first_response", "Time to first response", "Hours until somebody else answered a topic, on average.",
        average=True, higher_is_better=False, by_category=True,
    ),
    _series(
        "topics_with_no_response", "Topics with no response", "Topics that nobody else has answered.",
        higher_is_better=False, by_category=True,
    ),
    _series("user_to_user_private_messages", "User-to-User (excluding replies)", "Messages begun by members."),
    _series(
        "user_to_user_private_messages_with_replies", "User-to-User (with replies)",
        "Posts in messages that members began.",
    ),
    _series("system_private_messages", "System", "Messages that the forum itself sent."),
)  # fmt: skip
_TRAFFIC = (
    _series("page_view_total_reqs", "Pageviews", "Pages shown to members, visitors and crawlers."),
    _series("page_view_logged_in_reqs", "Logged In Pageviews", "Pages shown to members."),
    _series("page_view_anon_reqs", "Anonymous Pageviews", "Pages shown to visitors who were not logged in."),
    _series("page_view_crawler_reqs", "Web Crawler Pageviews", "Pages shown to crawlers."),
    _series("page_view_logged_in_mobile_reqs", "Logged In Pageviews (mobile)", "The same, on telephones."),
    _series("page_view_anon_mobile_reqs", "Anonymous Pageviews (mobile)", "The same, on telephones."),
    _series("http_total_reqs", "All requests", "Requests of every kind, without style sheets and scripts."),
    _series("http_2xx_reqs", "Status 2xx (OK)", "Requests that succeeded."),
    _series("http_3xx_reqs", "HTTP 3xx (Redirect)", "Requests that were sent elsewhere."),
    _series("http_4xx_reqs", "HTTP 4xx (Client Error)", "Requests that were refused.", higher_is_better=False),
    _series("http_5xx_reqs", "HTTP 5xx (Server Error)", "Requests that failed.", higher_is_better=False),
    _series("http_background_reqs", "Background", "Polling and read times."),
    _series("api_reqs", "API requests", "Requests with an API key of the forum or a master token."),
    _series("user_api_reqs", "User API requests", "Requests with a key or token of a member."),
    _stacked("consolidated_page_views", "Consolidated Pageviews", "Pages shown to members, visitors and crawlers."),
    _stacked("consolidated_api_requests", "Consolidated API Requests", "Requests by keys of the forum and of members."),
)
_TABLES = (
    _table(
        "users_by_trust_level", "Users per Trust Level", "Accounts on each level of trust, now.",
        ReportColumn("key", "Trust level"), ReportColumn("y", "Count", "number"), has_dates=False,
    ),
    _table(
        "users_by_type", "Users per Type", "Staff, and members who may not write or log in, now.",
        ReportColumn("x", "Type"), ReportColumn("y", "Count", "number"), has_dates=False,
    ),
    _table(
        "web_crawlers", "Web Crawler User Agents", "What crawlers called themselves, by pages shown to them.",
        ReportColumn("user_agent", "User agent"), ReportColumn("count", "Pageviews", "number"),
    ),
    _table(
        "trending_search", "Trending Search Terms", "What was searched for, without who searched.",
        ReportColumn("term", "Term"), ReportColumn("searches", "Searches", "number"),
    ),
    _table(
        "top_users_by_likes_received", "Top Users by likes received", "Whose posts were liked most.",
        ReportColumn("username", "User", "user"), ReportColumn("qtt_like", "Likes received", "number"),
    ),
)  # fmt: skip

KINDS: dict[str, ReportKind] = {kind.type: kind for kind in (*_CONTENT, *_TRAFFIC, *_TABLES)}
# What comes first where all reports are shown at once; the second and the fourth are one report.
FIRST = ("signups", "topics", "visits", "topics", "posts")
