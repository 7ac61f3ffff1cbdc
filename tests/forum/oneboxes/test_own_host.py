"""The forum's own pages are never asked for over HTTP, however their address is spelled and wherever it comes from."""

from __future__ import annotations

import pytest

from tertulia.backends.outbound.base import OutboundRequest, OutboundResponse
from tertulia.testing.forum import Forum
from tests.forum.oneboxes.test_own_addresses import SITE, cooked, reply, topic


@pytest.mark.parametrize("host", ["forum.test:443", "forum.test.", "forum.test:8080", "FORUM.test"])
def test_an_own_address_is_not_asked_for(forum: Forum, host: str) -> None:
    first = topic(forum)
    there = topic(forum, raw="Another beginning of it all")
    reply(forum, there["topic_id"], f"https://{host}/t/{first['topic_id']}")
    forum.run_jobs()
    assert forum.ports.outbound.requests == []


class Elsewhere:
    """Leads to the forum."""

    async def send(self, request: OutboundRequest) -> OutboundResponse:
        return OutboundResponse(
            status=200,
            headers=(("content-type", "text/html"),),
            body=b"<title>What was said here</title><meta name=description content=words>",
            url=f"{SITE}/t/-/1",
        )


def test_what_leads_back_to_the_forum_is_not_shown(forum: Forum) -> None:
    forum.ports.outbound = Elsewhere()
    there = topic(forum, raw="Another beginning of it all")
    said = reply(forum, there["topic_id"], "https://elsewhere.example/short")
    forum.run_jobs()
    assert "What was said here" not in cooked(forum, said["id"])
