"""The forum's own addresses: topics and posts become quotes, people a card. Only what every reader of the text sees.

Which posts that are is decided in the store (`list_showable_posts`) from the categories given here.
"""

from __future__ import annotations

from html import escape
from urllib.parse import urlsplit

from tertulia.forum.addresses import SiteLink, letter_avatar, parse_site_path
from tertulia.forum.cooking import excerpt
from tertulia.forum.oneboxes.found import Found
from tertulia.forum.sessions.actors import build_actor
from tertulia.forum.unit import Unit
from tertulia.forum.users.names import username_key
from tertulia.model.oneboxes import OneboxPost, OneboxUser, Place, Shown, ShownRef
from tertulia.store.cooked import oneboxes as store

_KINDS = ("topic", "post", "user")
_MOST_BIO = 350
_HIGHEST = 2**63


def parse_own(url: str, *, base_url: str) -> SiteLink | None:
    """What an address of this forum leads to, when that can be previewed. None for every other."""
    try:
        parts, own = urlsplit(url), urlsplit(base_url)
    except ValueError:
        return None
    root = own.path.rstrip("/")
    if not own.netloc or parts.netloc.lower() != own.netloc.lower() or not parts.path.startswith(f"{root}/"):
        return None
    link = parse_site_path(parts.path.removeprefix(root))
    if link is None or link.kind not in _KINDS or max(link.id or 0, link.post_number or 0) >= _HIGHEST:
        return None
    return link


async def open_categories(unit: Unit, *, category_id: int | None) -> set[int]:
    """The categories whose posts a text in that category may show: those that everybody reads, and its own."""
    everybody = await build_actor(unit, None)
    return {*everybody.visibility.category_ids, *(() if category_id is None else (category_id,))}


async def find_own(unit: Unit, links: dict[str, SiteLink], *, place: Place, found: Found) -> None:
    """Adds what the links may show to `found`, in at most four statements however many there are."""
    users = {url: username_key(link.name or "") for url, link in links.items() if link.kind == "user"}
    if users:
        known = {each.username_key: each for each in await store.list_showable_users(unit.tx, set(users.values()))}
        for url, key in users.items():
            if key in known:
                _add_user(unit, url, known[key], found=found)
    wanted = {url: link for url, link in links.items() if link.kind != "user" and link.id is not None}
    if wanted:
        await _find_posts(unit, wanted, place=place, found=found)


async def _find_posts(unit: Unit, links: dict[str, SiteLink], *, place: Place, found: Found) -> None:
    places = {url: (link.id or 0, link.post_number or 1) for url, link in links.items() if link.kind == "topic"}
    at = await store.find_posts_at(unit.tx, set(places.values())) if places else {}
    ids = {url: at[where] for url, where in places.items() if where in at}
    ids |= {url: link.id or 0 for url, link in links.items() if link.kind == "post"}
    if not ids:
        return
    categories = await open_categories(unit, category_id=place.category_id)
    posts = {
        each.id: each for each in await store.list_showable_posts(unit.tx, set(ids.values()), category_ids=categories)
    }
    for url, post_id in ids.items():
        if post_id in posts:
            _add_post(unit, url, posts[post_id], place=place, found=found)


def _add_post(unit: Unit, url: str, post: OneboxPost, *, place: Place, found: Found) -> None:
    number = post.post_number
    found.blocks[url] = _quote(unit, url, post, is_same=post.topic_id == place.topic_id)
    found.titles[url] = post.title if number == 1 else f"{post.title} - #{number} by {post.username}"
    found.refs[url] = (
        ShownRef(Shown.TOPIC, post.topic_id),
        ShownRef(Shown.POST, post.id),
        ShownRef(Shown.USER, post.user_id),
    )


def _quote(unit: Unit, url: str, post: OneboxPost, *, is_same: bool) -> str:
    """The form of a quote. One of another topic is named by that topic, one of the same by who wrote it."""
    text = excerpt(_whole(post.cooked), length=unit.site.post_onebox_maxlength)
    picture = _avatar(unit, post, size=20)
    attributes = f'data-post="{post.post_number}" data-topic="{post.topic_id}"'
    if is_same and post.post_number > 1:
        attributes = f'data-username="{escape(post.username)}" {attributes}'
        kind, title = "quote no-group", f"{picture} {escape(post.username)}:"
    else:
        kind, title = "quote", f'{picture}\n<a href="{escape(url)}">{escape(post.title)}</a>'
    return (
        f'<aside class="{kind}" {attributes}>\n<div class="title">\n<div class="quote-controls"></div>\n'
        f"{title}\n</div>\n<blockquote>\n{text}\n</blockquote>\n</aside>"
    )


def _whole(beginning: str) -> str:
    """The beginning of a post without the tag or entity that its end was cut in."""
    if len(beginning) < store.MOST_HTML:
        return beginning
    tag, entity = beginning.rfind("<"), beginning.rfind("&", -12)
    if tag > beginning.rfind(">"):
        return beginning[:tag]
    return beginning if entity < 0 or ";" in beginning[entity:] else beginning[:entity]


def _add_user(unit: Unit, url: str, user: OneboxUser, *, found: Found) -> None:
    name = f'<div><span class="full-name">{escape(user.name)}</span></div>\n' if user.name else ""
    location = f'<div><span class="location">{escape(user.location)}</span></div>\n' if user.location else ""
    bio = f"<p>{excerpt(user.bio_cooked, length=_MOST_BIO)}</p>\n" if user.bio_cooked else ""
    picture = _avatar(unit, user, size=60, kind="thumbnail onebox-avatar")
    found.blocks[url] = (
        f'<aside class="onebox">\n<article class="onebox-body user-onebox">\n{picture}\n'
        f'<h3><a href="{escape(url)}">@{escape(user.username)}</a></h3>\n{name}{location}{bio}</article>\n'
        '<div style="clear: both"></div>\n</aside>'
    )
    found.refs[url] = (ShownRef(Shown.USER, user.id),)


def _avatar(unit: Unit, who: OneboxPost | OneboxUser, *, size: int, kind: str = "avatar") -> str:
    path = (who.avatar_template or letter_avatar(who.username)).replace("{size}", str(2 * size))
    if path.startswith("/") and not path.startswith("//"):
        path = urlsplit(unit.settings.process.base_url).path.rstrip("/") + path
    return f'<img loading="lazy" alt="" width="{size}" height="{size}" src="{escape(path)}" class="{kind}">'
