"""What a request counts as in reports: a page that somebody looked at, a call with a key, a status.

Source: the upstream's request tracker (kinds, headers, what a crawler is). Counting costs microseconds and writes
nothing; `forum/traffic.py` keeps the sums.
"""

from __future__ import annotations

import functools
import re

from tertulia.forum.traffic import note_request
from tertulia.forum.unit import Ports
from tertulia.http.call import Answer, Call
from tertulia.model.actor import CredentialKind

_API = {
    CredentialKind.ADMIN_KEY: "api",
    CredentialKind.MASTER_TOKEN: "api",
    CredentialKind.SIGNED_TOKEN: "api",
    CredentialKind.USER_KEY: "user_api",
    CredentialKind.USER_TOKEN: "user_api",
}
_STATUSES = {2: "http_2xx", 3: "http_3xx", 4: "http_4xx"}
_BACKGROUND = ("/message-bus/", "/topics/timings")
_YES, _NO = ("1", "true"), ("0", "false")
_PERSON = re.compile(r"trident|webkit|gecko|chrome|safari|msie|opera|goanna|discourse|rss", re.IGNORECASE)
_ROBOT = re.compile(r"bot[/;)]|\+https?://|crawl|spider|slurp|lighthouse|facebookexternalhit|archive\.org", re.I)


def track(call: Call, answer: Answer) -> None:
    """Counts the request once its answer is known, and says in a header when it was a page view.

    Style sheets, scripts and drawings are not counted, as where the upstream leaves them to the proxy."""
    if call.path.startswith("/static/"):
        return
    kinds = ["http_total", _status_kind(call, answer.status)]
    crawler = ""
    credential = call.unit.actor.credential
    api = _API.get(credential.kind) if credential is not None else None
    if api is not None:
        kinds.append(api)
    if _is_view(call, answer):
        answer.headers.append(("X-Discourse-TrackView", "1"))
        if api is None:
            views, crawler = _views(call)
            kinds.extend(views)
    note_request(call.unit.ports, now=call.unit.now, kinds=kinds, crawler=crawler)


def track_kept(ports: Ports, *, now: int, is_view: bool, agent: str, key: CredentialKind | None) -> None:
    """Counts a request for an answer that was kept, by a visitor or with a key."""
    kinds, crawler = ["http_total", "http_2xx"], ""
    if key is not None:
        kinds.append(_API[key])
    elif is_view:
        is_crawler, mobile = _judge(agent[:500])
        if is_crawler:
            kinds.append("page_view_crawler")
            crawler = agent or "(none)"
        else:
            kinds.extend(("page_view_anon", "page_view_anon_mobile") if mobile else ("page_view_anon",))
    note_request(ports, now=now, kinds=kinds, crawler=crawler)


def is_page_view(*, said: str, html: bool, is_xhr: bool) -> bool:
    """Whether an answer to GET that was found counts as a view of a page; `said` is what the browser says itself."""
    return said in _YES or (html and said not in _NO and not is_xhr)


def _status_kind(call: Call, status: int) -> str:
    if status >= 500:
        return "http_5xx"
    if call.path.startswith(_BACKGROUND):
        return "http_background"
    return _STATUSES.get(status // 100, "http_2xx")


def _is_view(call: Call, answer: Answer) -> bool:
    """A page that was sent to a browser, or data that a browser says it shows as a page."""
    if answer.status != 200:
        return False
    said = call.headers.get("discourse-track-view", "")
    html = answer.content_type is not None and answer.content_type.startswith("text/html")
    return is_page_view(said=said, html=html and call.method == "GET", is_xhr=call.is_xhr)


def _views(call: Call) -> tuple[list[str], str]:
    """The kinds of view, and the name of the crawler that it was for. On closed sites visitors see nothing."""
    agent = call.headers.get("user-agent", "")
    crawler, mobile = _judge(agent[:500])
    if crawler:
        return ["page_view_crawler"], agent or "(none)"
    who = "logged_in" if call.unit.actor.user is not None else "anon"
    if who == "anon" and call.unit.site.login_required:
        return [], ""
    return [f"page_view_{who}", f"page_view_{who}_mobile"] if mobile else [f"page_view_{who}"], ""


@functools.lru_cache(maxsize=2_000)
def _judge(agent: str) -> tuple[bool, bool]:
    """Whether a user agent is a crawler's, and whether it is a telephone's (source: upstream's rules)."""
    crawler = not _PERSON.search(agent) or bool(_ROBOT.search(agent))
    return crawler, "Mobile" in agent and "iPad" not in agent
