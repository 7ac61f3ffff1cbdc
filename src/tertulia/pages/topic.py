"""A topic with its posts, page by page, and the two small things that a reader may do with a post: like, unlike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from markupsafe import Markup

from tertulia.forum.addresses import topic_path
from tertulia.forum.batches import note_posts_shown
from tertulia.forum.page_forms.keeping import read_page_forms
from tertulia.forum.permissions import able
from tertulia.forum.posts.reading import read_post
from tertulia.forum.posts.voting import vote_post
from tertulia.forum.topics.read_state import record_timings
from tertulia.forum.topics.reading import find_topic, read_topic
from tertulia.http.call import Answer, Call
from tertulia.model.errors import Busy
from tertulia.model.posts import VotePost
from tertulia.model.topics import ReadTimings, ReadTopic, Topic, TopicView
from tertulia.pages.forms import Problems, accepted
from tertulia.pages.messages.people import taking_part
from tertulia.pages.posts import Box, boxes, unmade
from tertulia.pages.presenting import Row, category_marks, person, tag_links, topic_row, topic_states
from tertulia.pages.rendering import Around, page
from tertulia.pages.returning import login_path, redirect
from tertulia.pages.sentences import SENTENCES
from tertulia.pages.times import day

CHUNK = 20
READ_MS = 1000  # what a page that was sent counts for as reading; scripts of later pages measure it
_STOPS = 8
_DAY = 86_400_000


class Stop(msgspec.Struct, frozen=True):
    """A place on the timeline in the rail."""

    text: str
    href: str
    position: int
    current: bool


async def get_topic(call: Call) -> Answer:
    """The page, or a redirect when the words in the address are not the topic's."""
    topic = await find_topic(call.unit, call.integer("topic_id"))
    if call.path_parameters.get("slug") != topic.slug:
        return _moved(call, topic)
    view = await read_topic(call.unit, _command(call))
    made_now = unmade(view, target=call.path_parameters.get("post_number"))
    answer = _page(call, view, forms=await read_page_forms(call.unit, made_now))
    await _note_reading(call, view)
    return answer


def _moved(call: Call, topic: Topic) -> Answer:
    query = f"?{call.query_string.decode('latin-1')}" if call.query_string else ""
    return redirect(topic_path(topic.slug, topic.id, call.path_parameters.get("post_number")) + query, status=301)


def _command(call: Call) -> ReadTopic:
    number = call.path_parameters.get("post_number")
    at = None if number is not None else call.query.integer("page", minimum=1)
    return ReadTopic(topic_id=call.integer("topic_id"), page=at, post_number=number, chunk=CHUNK, record_visit=True)


async def _note_reading(call: Call, view: TopicView) -> None:
    """Without scripts nobody says what was on the screen, so a page that was sent counts as read."""
    numbers = [post.post.post_number for post in view.posts]
    known = view.state.last_read_post_number if view.state is not None else 0
    if numbers:
        note_posts_shown(call.unit, view.topic.id, first=min(numbers), last=max(numbers))
    if able(call.unit, "member") and max(numbers, default=0) > known:
        command = ReadTimings(topic_id=view.topic.id, timings=dict.fromkeys(numbers, READ_MS), topic_time=READ_MS)
        try:
            await record_timings(call.unit, command)
        except Busy:
            await call.unit.end()  # who only reads need not wait for those who write


def _page(call: Call, view: TopicView, *, forms: Mapping[int, str]) -> Answer:
    topic = view.topic
    path = topic_path(topic.slug, topic.id)
    number = call.path_parameters.get("post_number")
    return page(
        call,
        "topic.html",
        around=Around(
            title=topic.title,
            description=topic.excerpt,
            section="topic",
            json_path=f"{path}.json",
            noindex=not topic.visible or topic.is_message,
        ),
        topic=topic,
        path=path,
        marks=category_marks(view.category),
        tags=tag_links(view.tags),
        states=topic_states(topic, pinned=topic.is_pinned(call.unit.now)),
        posts=boxes(view, forms=forms, target=number),
        links=_page_links(view, path=path),
        place=f"Page {view.page} of {view.page_count}" if view.page_count > 1 else "",
        stops=_stops(view, path=path, now=call.unit.now),
        people=[(person(each.user), each.post_count) for each in view.participants[:12]],
        last=person(view.last_poster),
        last_href=topic_path(topic.slug, topic.id, topic.highest_post_number),
        can_reply=view.abilities.reply,
        accept=accepted(call),
        blocked=_blocked(view),
        reply_login=login_path(call),
        suggested=_suggested(view),
        keep=_keep,
        problems=Problems(),
        message=taking_part(view, me=call.unit.actor.user_id),
    )


class _Rows(msgspec.Struct, frozen=True):
    """Topics to read next, and where their HTML is kept, if it is."""

    rows: list[Row]
    forms: dict[tuple[object, ...], Any] | None
    form: tuple[object, ...] = (Row,)


def _suggested(view: TopicView) -> _Rows | Markup | None:
    """The rows, or their HTML once the template has made it; None where there are none."""
    made = _Rows([], view.suggested_forms)
    kept: Markup | None = made.forms.get(made.form) if made.forms is not None else None
    if kept is not None or not view.suggested:
        return kept
    made.rows.extend(topic_row(each, users=view.suggested_users) for each in view.suggested)
    return made


def _keep(part: Box | _Rows, html: Markup) -> Markup:
    """Called by the template with what it has made of a part: others who are shown the same are given it again."""
    if part.forms is not None:
        part.forms[part.form] = html
    return html


def _blocked(view: TopicView) -> str:
    """Why there is no reply form; nothing for those who only need to log in."""
    code = view.abilities.create_post_blocked_by
    if not code or code == "not_logged_in":
        return ""
    return "" if "{" in SENTENCES.get(code, "{") else SENTENCES[code]


def _page_links(view: TopicView, *, path: str) -> dict[str, str | None]:
    """The pages before and after what is shown, which may be a window that begins in the middle of a page."""

    def at(number: int) -> str:
        return path if number == 1 else f"{path}?page={number}"

    if not view.posts:
        return {"earlier": None, "later": None}
    index = _place(view)
    begins = view.posts[0].post.id == view.first_post_id
    ends = view.posts[-1].post.id == view.last_post_id
    return {
        "earlier": None if begins else at(max(index - 1, 0) // CHUNK + 1),
        "later": None if ends else at((index + len(view.posts)) // CHUNK + 1),
    }


def _place(view: TopicView) -> int:
    """How many posts come before those shown; for topics too long to know, as many as their number says."""
    first = view.posts[0].post
    return view.stream.index(first.id) if first.id in view.stream else first.post_number - 1


def _stops(view: TopicView, *, path: str, now: int) -> list[Stop]:
    """At most eight pages, evenly chosen and the last among them, each with the day on which it begins."""
    pages = view.page_count
    if pages < 2:
        return []
    step = max(-(-(pages - 1) // (_STOPS - 1)), 1)
    return [_stop(view, number, path=path, now=now) for number in (*range(1, pages, step), pages)]


def _stop(view: TopicView, number: int, *, path: str, now: int) -> Stop:
    position = (number - 1) * CHUNK + 1
    days = [ago for at, ago in view.timeline if at <= position]
    text = day(now - days[-1] * _DAY) if days else f"Page {number}"
    return Stop(text, path if number == 1 else f"{path}?page={number}", position, number == view.page)


async def post_like(call: Call) -> Answer:
    return await _vote(call, 1)


async def post_unlike(call: Call) -> Answer:
    return await _vote(call, 0)


async def _vote(call: Call, value: int) -> Answer:
    view = await vote_post(call.unit, VotePost(post_id=call.integer("post_id"), value=value))
    return redirect(topic_path(view.topic_slug, view.post.topic_id, view.post.post_number))


async def get_post(call: Call) -> Answer:
    """`/p/12` leads to the post in its topic."""
    view = await read_post(call.unit, call.integer("post_id"))
    return redirect(topic_path(view.topic_slug, view.post.topic_id, view.post.post_number), status=302)


async def get_last(call: Call) -> Answer:
    topic: Topic = await find_topic(call.unit, call.integer("topic_id"))
    return redirect(topic_path(topic.slug, topic.id, topic.highest_post_number), status=302)
