"""Writes the reference pages that are derived from tables: errors, events, permissions, routes, OpenAPI.

`python docs/generate.py --write` writes them; `tests/house/test_reference.py` compares.
`settings.md` and `cli.md` are rendered by `tertulia.settings.reference` and `tertulia.cli.reference`.
"""

from __future__ import annotations

import sys
import typing
from collections.abc import Callable, Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

FOLDER = Path(__file__).resolve().parent / "reference"
_NOTE = "<!-- Written by docs/generate.py --write. Do not edit. -->"

# What a sentence to the caller must not say, because it would tell too much.
WHEN = {
    "credential.key_unknown": "No key or token is the one that was sent.",
    "credential.key_revoked": "The key was revoked.",
    "credential.key_expired": "The key is older, or was unused for longer, than the settings allow.",
    "credential.address_refused": "The key names addresses, and the request comes from none of them.",
    "credential.scope_missing": "The key's scopes do not reach this route, or not with these parameters.",
    "credential.api_username_missing": "A key for all users was sent without saying for whom it acts.",
    "credential.api_username_unknown": "The user that a key should act for does not exist.",
    "credential.api_username_mismatch": "A key of one user should act for another one.",
    "credential.acting_user_missing": "A master token was sent without `_uid`.",
    "credential.acting_user_unknown": "The user named by `_uid` does not exist.",
    "credential.token_invalid": "A signed token is broken, expired, or signed with another secret.",
    "credential.user_inactive": "The account behind the credential is not active.",
    "credential.user_suspended": "The account behind the credential is suspended.",
    "credential.kind_refused": "This act needs another kind of credential, mostly a log-in by password.",
    "not_allowed": "The thing may be seen, and this may not be done with it.",
    "staff_only": "The route is for staff; to others it says that it does not exist.",
    "user.is_protected": "The account is one of staff or the system, and the actor is not above it.",
    "group.closed": "The group does not let people join or leave by themselves.",
    "topic.closed": "The topic is closed to replies.",
    "topic.archived": "The topic is archived and cannot change.",
    "topic.deleted": "The topic is deleted.",
    "request.csrf_failed": "A session was used without a valid CSRF token.",
}


def page(title: str, *parts: str) -> str:
    return "\n\n".join([f"# {title}", _NOTE, *(part.strip("\n") for part in parts)]) + "\n"


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    names = list(head)
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    for row in rows:
        cells = [str(cell).replace("|", "\\|").replace("\n", " ") for cell in row]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


# -- errors -------------------------------------------------------------------------------------------
def errors_page() -> str:
    from tertulia.dialects.discourse import errors as discourse
    from tertulia.dialects.discourse.sentences import sentence as discourse_sentence
    from tertulia.dialects.nodebb import errors as nodebb
    from tertulia.dialects.nodebb.sentences import sentence as nodebb_sentence
    from tertulia.model.errors import CATALOGUE
    from tertulia.pages.sentences import SENTENCES as PAGES

    call: Any = SimpleNamespace(unit=SimpleNamespace(actor=SimpleNamespace(user=object())))
    rows = []
    for code, kind in CATALOGUE.items():
        error = kind(**{name: f"{{{name}}}" for name in kind.names})
        when = WHEN.get(code) or PAGES.get(code) or ""
        rows.append(
            (
                f"`{code}`",
                kind.kind.value,
                ", ".join(f"`{name}`" for name in kind.names),
                f"{discourse.STATUS[kind.kind]} {discourse_sentence(error)}",
                f"{nodebb.status_of(call, error)} {nodebb_sentence(error)}",
                when,
            )
        )
    return page("Errors", _ERRORS, table(("code", "kind", "facts", "Discourse", "NodeBB", "when"), rows))


_ERRORS = """\
Every refusal has one stable code. Whatever the dialect says, the code is in the header `X-Tertulia-Reason`;
what is hidden from the caller and what does not exist both say `not_found` there.

**Discourse's form** is `{"errors": ["..."], "error_type": "..."}` with the status and sentence of the table. Some
routes have their own form: registering and logging in answer 200 with `success: false` or `error`; writing a post
adds `"action": "create_post"`; suspending twice answers `{"failed": "FAILED", "message": "..."}`. A wrong key is
answered in plain text unless the request names JSON.

**NodeBB's form** is `{"status": {"code": "...", "message": "..."}, "response": {}}` in v3 and the read API, and
`{"code": "...", "message": "..."}` in v1 and v2. A guest who may not do something hears 401 instead of 403.

**Browsers** get a page with the heading and status of the failure's kind.

Words in braces are filled in with the facts. An empty last column means that the sentences say all there is."""


# -- events -------------------------------------------------------------------------------------------
def events_page() -> str:
    from tertulia.effects.table import EFFECTS
    from tertulia.model.events import ALL

    rows = []
    for kind in ALL:
        hints = typing.get_type_hints(kind)
        fields = ", ".join(f"`{name}`" for name in kind.__struct_fields__ if name in hints)
        follows = ", ".join(f"`{_named(effect)}`" for effect in EFFECTS[kind]) or "nothing"
        rows.append((f"`{kind.__struct_config__.tag}`", fields, follows))
    return page("Events", _EVENTS, table(("event", "facts", "what follows inside the transaction"), rows))


def _named(function: Callable[..., Any]) -> str:
    return f"{function.__module__.rpartition('.')[2]}.{function.__name__}"


_EVENTS = """\
What happened, as facts. Each event is a row of the event log, written in the transaction that made it true; the worker
reads the log for whatever follows later. `actor_id` is who did it, empty for nobody in particular. What is destroyed
is carried whole, since nobody can look it up afterwards."""


# -- permissions --------------------------------------------------------------------------------------
def permissions_page() -> str:
    from tertulia.forum.permissions import PERMISSIONS, Ask
    from tertulia.settings.site import SiteSettings

    people = _people()
    rows = []
    for act, rule in PERMISSIONS.items():
        cells = [f"`{act}`"]
        for actor, author in people.values():
            refusal = rule(Ask(actor=actor, now=_NOW, site=SiteSettings(), **_subject(author)))
            cells.append("yes" if refusal is None else f"`{refusal.code}`")
        rows.append(cells)
    return page("Permissions", _PERMISSIONS, table(("act", *people), rows))


_NOW = 100_000
_PERMISSIONS = """\
Who may do what with default settings, in an open topic of a category that everybody may write in. The subject is a
reply by another member, in that member's topic, and that member's account; for *own* it is one's own. A code
is what the caller hears, see [Errors](errors.md). Everything is decided in `forum/permissions.py`; whether the thing
can be seen at all is decided before, and what cannot be seen is missing, not refused."""


def _people() -> dict[str, tuple[Any, int]]:
    """Column title -> who acts, and whose the subject is."""
    from tertulia.model.actor import Actor
    from tertulia.model.privileges import FULL, READONLY, Privilege

    def member(bits: int = FULL, **fields: Any) -> Actor:
        return Actor(user=_blank("users", "User", id=2, username="mary", **fields), privileges={1: bits})

    return {
        "guest": (Actor(privileges={1: READONLY}), 9),
        "member, others'": (member(), 9),
        "member, own": (member(), 2),
        "trust level 4": (member(trust_level=4), 9),
        "category moderator": (member(FULL | Privilege.MODERATE), 9),
        "moderator": (member(moderator=True), 9),
        "admin": (member(admin=True), 9),
    }


def _subject(author: int) -> dict[str, Any]:
    return {
        "topic": _blank("topics", "Topic", id=1, category_id=1, user_id=author, posts_count=2),
        "post": _blank("posts", "Post", id=2, topic_id=1, post_number=2, post_type=1, user_id=author),
        "category_id": 1,
        "user": _blank("users", "User", id=author),
    }


def _blank(module: str, name: str, **fields: Any) -> Any:
    """A record with nothing in it but `fields`."""
    from importlib import import_module

    import msgspec

    kind = getattr(import_module(f"tertulia.model.{module}"), name)
    empty = {int: 0, str: "", bool: False, float: 0.0}
    return kind(**{field.name: empty.get(field.type) for field in msgspec.structs.fields(kind)} | fields)


# -- routes -------------------------------------------------------------------------------------------
def routes_page() -> str:
    from tertulia.app import route_table

    rows = [row for row in route_table().rows if row.absent is None]
    parts = []
    for dialect, title in (("discourse", "Discourse"), ("nodebb", "NodeBB"), ("pages", "Pages")):
        mine = sorted((row for row in rows if row.dialect == dialect), key=lambda row: (row.path, row.method))
        listed = table(
            ("method", "path", "for", "scope of a key"),
            ((row.method, f"`{row.path}`", row.access, f"`{row.scope}`" if row.scope else "") for row in mine),
        )
        parts.append(f"## {title}\n\n{listed}")
    return page("Routes", _ROUTES, *parts)


_ROUTES = """\
Every route that answers. `{name:int}` is a parameter and its form. Discourse's routes also answer with `.json` at the
end. *For* is who may ask at all; what each may do with a thing is in [Permissions](permissions.md). A key that has
scopes reaches only routes that name one of them. The shapes of the answers are in [openapi.json](openapi.json), which
`tertulia openapi` prints."""


def openapi_file() -> str:
    from tertulia.cli.openapi import describe_routes

    return describe_routes()


PAGES: dict[str, Callable[[], str]] = {
    "errors.md": errors_page,
    "events.md": events_page,
    "permissions.md": permissions_page,
    "routes.md": routes_page,
    "openapi.json": openapi_file,
}


def main(arguments: list[str]) -> int:
    """Writes or names the pages that differ; the exit code is 1 when some do and were not written."""
    different = [
        name
        for name, make in PAGES.items()
        if not (FOLDER / name).is_file() or (FOLDER / name).read_text("utf-8") != make()
    ]
    for name in different:
        print(name)
        if "--write" in arguments:
            (FOLDER / name).write_text(PAGES[name](), "utf-8")
    return 1 if different and "--write" not in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
