"""What a test starts from, in one line each: people, keys, categories, topics, replies."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

import msgspec

from tertulia.forum.categories.saving import save_category
from tertulia.forum.keys.creating import create_key
from tertulia.forum.posts.creating import create_post
from tertulia.forum.topics.creating import create_topic
from tertulia.forum.unit import Unit
from tertulia.forum.users.finding import find_user
from tertulia.forum.users.registering import create_user
from tertulia.forum.users.roles import set_role, set_trust_level
from tertulia.model.actor import CredentialKind
from tertulia.model.categories import CategoryView, SaveCategory
from tertulia.model.keys import CreateKey, KeyScope, ScopeMode
from tertulia.model.posts import CreatePost, PostView
from tertulia.model.topics import CreateTopic
from tertulia.model.users import CreateUser, User

ResultT = TypeVar("ResultT")


class RunsUnits(Protocol):
    """What makes content needs of a forum: units that are committed."""

    def unit(self, body: Callable[[Unit], Awaitable[ResultT]], *, username: str = "system") -> ResultT: ...


class Given:
    """Makes content through the services, so that it is what a forum would hold."""

    def __init__(self, forum: RunsUnits) -> None:
        self._forum = forum
        self._count = 0

    def user(
        self,
        username: str,
        *,
        trust_level: int = 1,
        admin: bool = False,
        moderator: bool = False,
        password: str | None = None,
    ) -> User:
        """An active, approved account."""

        async def make(unit: Unit) -> User:
            view = await create_user(
                unit,
                CreateUser(
                    username=username,
                    email=f"{username.lower()}@example.org",
                    password=password,
                    active=True,
                    approved=True,
                ),
            )
            user = view.user
            if user.trust_level != trust_level:
                user = await set_trust_level(unit, user.id, trust_level)
            for role, wanted in (("admin", admin), ("moderator", moderator)):
                if wanted:
                    user = await set_role(unit, user.id, role, True)
            return user

        return self._forum.unit(make)

    def key(self, username: str | None = None, *, scopes: tuple[str, ...] = (), read_only: bool = False) -> str:
        """The secret of a new API key: of one user, or (without a name) for all of them.

        `scopes` are names such as `topics:read`; none means that the key may do everything."""
        mode = ScopeMode.GRANULAR if scopes else ScopeMode.READ_ONLY if read_only else ScopeMode.GLOBAL
        return self._key(CredentialKind.ADMIN_KEY, username, mode=mode, scopes=scopes)

    def user_api_key(self, username: str, *scopes: str) -> str:
        """The secret of a new user API key of a user, with the scopes `read` and `write` unless told."""
        wanted = scopes or ("read", "write")
        return self._key(CredentialKind.USER_KEY, username, mode=ScopeMode.GRANULAR, scopes=wanted)

    def token(self, username: str) -> str:
        """The secret of a new bearer token of a user."""
        return self._key(CredentialKind.USER_TOKEN, username)

    def _key(
        self, kind: CredentialKind, username: str | None, *, mode: ScopeMode | None = None, scopes: tuple[str, ...] = ()
    ) -> str:
        async def make(unit: Unit) -> str:
            user_id = None if username is None else (await find_user(unit, username=username)).id
            command = CreateKey(
                kind=kind,
                user_id=user_id,
                description="given",
                scope_mode=mode,
                scopes=tuple(KeyScope(scope=scope) for scope in scopes),
            )
            return (await create_key(unit, command)).secret or ""

        return self._forum.unit(make)

    def category(self, name: str, **fields: object) -> CategoryView:
        """A category; `bundles={"staff": 1}` restricts it."""

        async def make(unit: Unit) -> CategoryView:
            command = msgspec.structs.replace(SaveCategory(name=name), **fields)
            return await save_category(unit, command)

        return self._forum.unit(make)

    def topic(
        self, title: str | None = None, *, raw: str | None = None, by: str = "admin", category_id: int = 1,
        tags: tuple[str, ...] | None = None,
    ) -> PostView:  # fmt: skip
        """A topic with its first post."""
        self._count += 1
        count = self._count

        async def make(unit: Unit) -> PostView:
            command = CreateTopic(
                title=title or f"An ordinary topic, number {count} of its kind",
                raw=raw or f"The first post of an ordinary topic, which is number {count} of its kind.",
                category_id=category_id,
                tags=tags,
            )
            return await create_topic(unit, command)

        return self._forum.unit(make, username=by)

    def reply(self, topic_id: int, *, raw: str | None = None, by: str = "admin", to: int | None = None) -> PostView:
        """A reply, to the topic or to one of its posts by number."""
        self._count += 1
        count = self._count

        async def make(unit: Unit) -> PostView:
            text = raw or f"An ordinary reply, which is number {count} of its kind."
            return await create_post(unit, CreatePost(topic_id=topic_id, raw=text, reply_to_post_number=to))

        return self._forum.unit(make, username=by)
