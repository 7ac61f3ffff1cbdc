"""What `growth.py` measures: operations by name, each a function that asks one forum once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bench.growth_forums import GrowthForum

Operation = Callable[[GrowthForum], Awaitable[object]]
_JSON = {"Accept": "application/json"}
_HTML = {"Accept": "text/html"}


def _get(path: Callable[[GrowthForum], str], *, html: bool = False, by: str = "") -> Operation:
    """A GET by a visitor, or with a key by `admin`, by the `busiest` person or by an ordinary `member`."""

    async def ask(forum: GrowthForum) -> object:
        who = {"busiest": forum.targets.busiest, "admin": "admin", "": ""}.get(by)
        who = forum.rng.choice(forum.targets.people) if who is None else who
        headers = forum.keyed(who) if who else _HTML if html else _JSON
        return await forum.ask("GET", path(forum), headers=headers)

    return ask


def _ordinary(forum: GrowthForum) -> int:
    return forum.rng.choice(forum.targets.ordinary)


def _page(forum: GrowthForum, topic_id: int) -> str:
    return f"/t/{forum.targets.slugs[topic_id]}/{topic_id}"


def _window(forum: GrowthForum) -> str:
    ids = "&".join(f"post_ids[]={each}" for each in forum.targets.window)
    return f"/t/{forum.targets.largest}/posts.json?{ids}"


def _deep(forum: GrowthForum) -> int:
    return forum.targets.largest_posts * 4 // 5


def _reply_to(choose: Callable[[GrowthForum], int]) -> Operation:
    async def ask(forum: GrowthForum) -> object:
        raw = f"Reply number {forum.next()} with some ordinary words about the server, the cache and its keys."
        form = {"topic_id": choose(forum), "raw": raw}
        return await forum.ask("POST", "/posts.json", headers=forum.keyed("admin"), form=form)

    return ask


async def _new_topic(forum: GrowthForum) -> object:
    number = forum.next()
    form = {"title": f"A topic begun while measuring, number {number}", "category": forum.targets.category}
    form["raw"] = f"Its first post, number {number}, has some ordinary words about the server and its keys."
    return await forum.ask("POST", "/posts.json", headers=forum.keyed("admin"), form=form)


async def _like_and_unlike(forum: GrowthForum) -> object:
    post, who = forum.rng.choice(forum.targets.posts), forum.keyed("admin")
    form = {"id": post, "post_action_type_id": 2}
    await forum.ask("POST", "/post_actions.json", headers=who, form=form)
    return await forum.ask("DELETE", f"/post_actions/{post}.json?post_action_type_id=2", headers=who)


async def _edit(forum: GrowthForum) -> object:
    raw = f"An edited text, number {forum.next()}, with some ordinary words about the server and its keys."
    path = f"/posts/{forum.rng.choice(forum.targets.posts)}.json"
    return await forum.ask("PUT", path, headers=forum.keyed("admin"), form={"post": {"raw": raw}})


async def _delete_and_recover(forum: GrowthForum) -> object:
    post, who = forum.rng.choice(forum.targets.posts), forum.keyed("admin")
    await forum.ask("DELETE", f"/posts/{post}.json", headers=who)
    return await forum.ask("PUT", f"/posts/{post}/recover.json", headers=who)


async def _follow_up(forum: GrowthForum) -> object:
    return await forum.worker.drain()


async def _timings(forum: GrowthForum) -> object:
    form = {"topic_id": forum.targets.largest, "topic_time": 5000, "timings": {str(_deep(forum)): 5000}}
    return await forum.ask("POST", "/topics/timings.json", headers=forum.keyed("admin"), form=form)


READS: dict[str, Operation] = {
    "topic of 20 posts, data": _get(lambda f: f"/t/{_ordinary(f)}.json"),
    "topic of 20 posts, data, member": _get(lambda f: f"/t/{_ordinary(f)}.json", by="member"),
    "topic of 20 posts, page": _get(lambda f: _page(f, _ordinary(f)), html=True),
    "topic of 20 posts, NodeBB": _get(lambda f: f"/api/topic/{_ordinary(f)}"),
    "largest topic, deep, data": _get(lambda f: f"{_page(f, f.targets.largest)}/{_deep(f)}.json"),
    "largest topic, deep, page": _get(lambda f: f"{_page(f, f.targets.largest)}/{_deep(f)}", html=True),
    "largest topic, NodeBB": _get(lambda f: f"/api/topic/{f.targets.largest}"),
    "largest topic, 20 posts by id": _get(_window),
    "one post": _get(lambda f: f"/posts/{f.rng.choice(f.targets.posts)}.json"),
    "newest posts": _get(lambda f: "/posts.json"),
    "latest": _get(lambda f: "/latest.json"),
    "latest, page": _get(lambda f: "/latest", html=True),
    "latest, page 2 of 3": _get(lambda f: f"/latest.json?page={f.targets.topics * 2 // 90}"),
    "latest, member": _get(lambda f: "/latest.json", by="member"),
    "latest, busiest person": _get(lambda f: "/latest.json", by="busiest"),
    "unread, busiest person": _get(lambda f: "/unread.json", by="busiest"),
    "new, member": _get(lambda f: "/new.json", by="member"),
    "category": _get(lambda f: f"/c/{f.targets.category_slug}/{f.targets.category}.json"),
    "category, page 2 of 3": _get(
        lambda f: f"/c/{f.targets.category_slug}/{f.targets.category}.json?page={f.targets.category_topics * 2 // 90}"
    ),
    "categories": _get(lambda f: "/categories.json"),
    "top of all time": _get(lambda f: "/top.json?period=all"),
    "hot": _get(lambda f: "/hot.json"),
    "tag": _get(lambda f: f"/tag/{f.targets.tag}.json"),
    "tags": _get(lambda f: "/tags.json"),
    "person": _get(lambda f: f"/u/{f.targets.busiest}.json"),
    "person, summary": _get(lambda f: f"/u/{f.targets.busiest}/summary.json"),
    "person, activity": _get(lambda f: f"/user_actions.json?username={f.targets.busiest}&offset=0"),
    "person, activity, NodeBB": _get(lambda f: f"/api/user/{f.targets.busiest.lower()}/posts", by=""),
    "people": _get(lambda f: "/directory_items.json?period=all&order=likes_received"),
    "search, a word of one post": _get(lambda f: f"/search.json?q={f.targets.needle}"),
    "search, a common word": _get(lambda f: "/search.json?q=server"),
    "search, two common words": _get(lambda f: "/search.json?q=release+page"),
    "search, newest of a person": _get(lambda f: f"/search.json?q=@{f.targets.busiest}+order:latest"),
    "notifications": _get(lambda f: "/notifications.json", by="busiest"),
    "session": _get(lambda f: "/session/current.json", by="busiest"),
    "recent, NodeBB": _get(lambda f: "/api/recent"),
    "category, NodeBB": _get(lambda f: f"/api/category/{f.targets.category}"),
    "site": _get(lambda f: "/site.json"),
    "about": _get(lambda f: "/about.json"),
    "report of posts": _get(lambda f: "/admin/reports/posts.json", by="admin"),
    "report of answers": _get(lambda f: "/admin/reports/time_to_first_response.json", by="admin"),
}
WRITES: dict[str, Operation] = {
    "reply": _reply_to(_ordinary),
    "reply in the largest topic": _reply_to(lambda f: f.targets.largest),
    "new topic": _new_topic,
    "like and take it back": _like_and_unlike,
    "edit": _edit,
    "delete and recover a post": _delete_and_recover,
    "reading times": _timings,
    "what follows writes, in the worker": _follow_up,
}
# The same bytes again and again, with answers kept.
KEPT: dict[str, Operation] = {
    "topic of 20 posts, data": _get(lambda f: f"/t/{f.targets.ordinary[0]}.json"),
    "topic of 20 posts, page": _get(lambda f: _page(f, f.targets.ordinary[0]), html=True),
    "largest topic, deep, data": READS["largest topic, deep, data"],
    "latest": READS["latest"],
    "category": READS["category"],
}
