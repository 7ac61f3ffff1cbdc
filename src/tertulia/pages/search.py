"""Search: a field, hits with the words around them, and people, categories and tags whose names fit."""

from __future__ import annotations

from urllib.parse import urlencode

import msgspec
from markupsafe import Markup

from tertulia.forum.addresses import group_path, tag_path, topic_path, user_path
from tertulia.forum.search.searching import search
from tertulia.http.call import Answer, Call
from tertulia.model.errors import ForumError
from tertulia.model.search import Search, SearchHit, SearchView
from tertulia.pages.forms import Problems, take_back
from tertulia.pages.presenting import Link, Mark, category_mark
from tertulia.pages.rendering import Around, page

_LONGEST = 1000
_KINDS = ("posts", "users", "categories", "tags", "groups")


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """A post that was found. Title and blurb are HTML that the search made: escaped, with the words marked."""

    href: str
    title: Markup
    blurb: Markup
    author: Link
    created_at: int
    category: Mark | None


async def get_search(call: Call) -> Answer:
    q = call.query.text("q", default="")[:_LONGEST]
    number = call.query.integer("page", minimum=1, maximum=1_000, default=1)
    if not q.strip():
        return _page(call, q=q, view=None, number=number, problems=Problems())
    try:
        size = call.unit.site.search_page_size
        view = await search(call.unit, Search(q=q, page=number, per_page=size, kinds=_KINDS))
    except ForumError as error:
        return _page(call, q=q, view=None, number=number, problems=await take_back(call, error))
    return _page(call, q=q, view=view, number=number, problems=Problems())


def _page(call: Call, *, q: str, view: SearchView | None, number: int, problems: Problems) -> Answer:
    answer = page(
        call,
        "search.html",
        around=Around(
            title=f"Search: {q}" if q else "Search",
            section="search",
            json_path=f"/search.json?{urlencode({'q': q, 'page': number})}" if q else None,
            noindex=True,
            status=problems.status,
        ),
        q=q,
        problems=problems,
        searched=view is not None,
        hits=_hits(view) if view else [],
        names=_names(view) if view else [],
        newer=_at(q, number - 1) if number > 1 else None,
        older=_at(q, number + 1) if view is not None and view.more else None,
    )
    answer.reason = problems.reason
    return answer


def _at(q: str, number: int) -> str:
    return f"/search?{urlencode({'q': q, 'page': number})}"


def _hits(view: SearchView) -> list[Hit]:
    categories = {item.topic.id: category_mark(item.category) for item in view.topics}
    return [_hit(hit, category=categories.get(hit.post.post.topic_id)) for hit in view.hits]


def _hit(hit: SearchHit, *, category: Mark | None) -> Hit:
    view, post = hit.post, hit.post.post
    return Hit(
        href=topic_path(view.topic_slug, post.topic_id, post.post_number),
        title=Markup(hit.title_headline),
        blurb=Markup(hit.blurb),
        author=Link(view.user.username, user_path(view.user.username)),
        created_at=post.created_at,
        category=category,
    )


def _names(view: SearchView) -> list[Link]:
    people = [Link(f"@{card.username}", user_path(card.username)) for card in view.users]
    marks = [category_mark(ref) for ref in view.categories]
    places = [Link(mark.name, mark.href) for mark in marks if mark is not None]
    groups = [Link(f"@{found.group.name}", group_path(found.group.name)) for found in view.groups]
    return [*places, *(Link(f"#{tag.name}", tag_path(tag.name)) for tag in view.tags), *people, *groups]
